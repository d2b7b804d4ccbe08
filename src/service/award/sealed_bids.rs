//! Keeping the rates of bids that compete apart from their applications, until the bids are opened.

use crate::db::award::sealed_bids;
use crate::db::engine::transaction::ReadTx;
use crate::service::running::error::Error;
use crate::service::running::past::Moment;
use crate::service::running::runner::Work;
use crate::service::running::secret::random_secret;
use domain::award::application::{Application, ApplicationForm, ApplicationStatus};
use domain::award::award::ceilings;
use domain::award::sealed_bid::SealedBid;
use domain::base::money::Paise;
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::people::user::Actor;
use domain::scheme::scheme::Scheme;

/// Takes the rate out of an application whose scheme ranks bids, and returns it, to be sealed once the application is
/// stored. Elsewhere the rate is no secret and stays.
pub(super) fn taken_out(scheme: &Scheme, application: &mut Application) -> Option<Paise> {
    if scheme.allocation.is_some() { application.form.incentive_asked_paise_per_kg.take() } else { None }
}

/// Seals a rate that was taken out of an application, each time under a new salt. An application has one rate: the
/// one that was typed last.
pub(super) fn seal(work: &mut Work<'_, '_>, application: &Application, rate: Option<Paise>) -> Result<(), Error> {
    let Some(rate_paise_per_kg) = rate else { return Ok(()) };
    let (salt, sealed_at) = (random_secret()?, work.now);
    match sealed_bids::find(work.tx, application.id)? {
        Some(mut bid) => {
            (bid.rate_paise_per_kg, bid.salt) = (rate_paise_per_kg, salt);
            sealed_bids::update(work.tx, &mut bid)?;
        }
        None => {
            let (id, scheme_code) = (application.id, application.scheme_code.clone());
            let bid = SealedBid { id, scheme_code, rate_paise_per_kg, salt, sealed_at, version: 1 };
            sealed_bids::insert(work.tx, &bid)?;
        }
    }
    Ok(())
}

/// The sealed rate of an application, if it has one that is not opened.
pub(super) fn sealed_of(tx: &mut ReadTx<'_>, application: &Application) -> Result<Option<SealedBid>, Error> {
    let sealed = application.form.incentive_asked_paise_per_kg.is_none();
    Ok(if sealed { sealed_bids::find(tx, application.id)? } else { None })
}

/// Shows the people of a company the rate in a draft of their own, as it is now. Once it is submitted nobody reads it:
/// a read of the past shows none, because the draft of then may be submitted since, and no answer to an act has it,
/// because an answer is stored and given again, and a rehearsed act is none.
pub(super) fn with_own_rate(tx: &mut ReadTx<'_>, actor: &Actor, application: &mut Application) -> Result<(), Error> {
    let own = actor.organisation_id == Some(application.organisation_id);
    let now = Moment::asked().is_none();
    if now && own && application.status == ApplicationStatus::Draft {
        application.form.incentive_asked_paise_per_kg = sealed_of(tx, application)?
            .map(|bid| bid.rate_paise_per_kg)
            .or(application.form.incentive_asked_paise_per_kg);
    }
    Ok(())
}

/// The ceilings of an award of what is applied for can be computed: else nobody could award it. A capacity that the
/// scheme does not award is found at the scrutiny.
pub(super) fn require_ceilings(
    scheme: &Scheme,
    form: &ApplicationForm,
    sealed: Option<&SealedBid>,
) -> Result<(), Refusal> {
    if scheme.capacity_problem(form.capacity_mtpa).is_some() {
        return Ok(());
    }
    let Some(bid) = sealed else {
        return ceilings(scheme, form.rate()?, &form.facts, form.capacity_mtpa).map(|_| ());
    };
    // A refusal stands in the log, so it does not say what the sealed rate would come to.
    let computed = ceilings(scheme, bid.rate_paise_per_kg, &form.facts, form.capacity_mtpa);
    let unsaid = |_| Refusal::RuleNotComputable { rule: "ceilings".to_owned(), why: Reason::RateSealed };
    computed.map(|_| ()).map_err(unsaid)
}
