//! The days for claiming. A claim that was first submitted in time keeps its day, however it came back: it may be
//! corrected and submitted again, and a claim that was rejected may be corrected by another one. Neither may claim more
//! than was submitted in time (`domain/claim/in_time.rs`), nor be worth more by other facts or days.

use crate::db::claim::{claim_returns, claims};
use crate::db::engine::transaction::ReadTx;
use crate::service::claim::claim_checks::worth;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Work;
use chrono::NaiveDate;
use domain::award::award::Award;
use domain::base::calendar::{FinancialYear, Timestamp, plus_months};
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::ClaimId;
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::claim::claim::{Claim, ClaimForm, ClaimLineRecord, ClaimStatus};
use domain::claim::claim_return::ClaimReturn;
use domain::claim::in_time::{Submission, last_in_time, require_not_enlarged};
use domain::scheme::fact::StatedFacts;
use domain::scheme::scheme::{Component, Scheme};

/// Requires that the claim which a form says it corrects was rejected, is of the same award, year and milestone, and is
/// corrected by no other claim.
pub fn check_replaced(
    tx: &mut ReadTx<'_>,
    award: &Award,
    form: &ClaimForm,
    year: FinancialYear,
    others: &[Claim],
) -> Result<(), Error> {
    let Some(id) = form.replaces else { return Ok(()) };
    let fits = |claim: &Claim| claim.award_id == award.id && is_for_the_same(claim, form.component, form, year);
    if !claims::find(tx, id)?.is_some_and(|claim| fits(&claim)) {
        return Err(FieldErrors::one("/replaces", FieldReason::ReplacementOf).into());
    }
    match corrected_by(tx, id, others)? {
        Some(other) => Err(Refusal::AlreadyExists { what: Reason::OpenReplacement { claim: other.name() } }.into()),
        None => Ok(()),
    }
}

/// The claim with which a chain of corrections began.
fn origin(tx: &mut ReadTx<'_>, id: ClaimId) -> Result<ClaimId, Error> {
    let mut first = id;
    // A claim names only one that was there before it, so this ends.
    while let Some(before) = claims::find(tx, first)?.or_not_found("claim")?.replaces {
        first = before;
    }
    Ok(first)
}

/// The one of these claims that corrects the same claim as another would, directly or over corrections that were
/// rejected. What was submitted in time once is claimed once.
fn corrected_by<'a>(tx: &mut ReadTx<'_>, id: ClaimId, others: &'a [Claim]) -> Result<Option<&'a Claim>, Error> {
    let first = origin(tx, id)?;
    for other in others {
        if let Some(replaced) = other.replaces
            && origin(tx, replaced)? == first
        {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

fn is_for_the_same(claim: &Claim, component: Component, form: &ClaimForm, year: FinancialYear) -> bool {
    // The milestone says what a claim is for; without one, its year does.
    let same_year = form.milestone_id.is_some() || claim.performance_year == year;
    claim.status == ClaimStatus::Rejected
        && claim.component == component
        && claim.milestone_id == form.milestone_id
        && same_year
}

/// The last day on which the scheme lets a claim be submitted for the first time, by the months that it allows from the
/// end of the claim's financial year.
fn last_day(scheme: &Scheme, claim: &Claim) -> Option<NaiveDate> {
    let months = scheme.book.claims_for(claim.component).and_then(|rules| rules.window_months);
    // A supplement has no deadline of its own: the claim it supplements was in time.
    let months = months.filter(|_| claim.supplements.is_none())?;
    Some(plus_months(claim.performance_year.last_day()?, u32::try_from(months).unwrap_or(0)))
}

/// Refuses a claim that comes after the days for claiming, unless it corrects what was in time; then it names that, and
/// keeps its day.
pub fn keep_day(
    work: &mut Work<'_, '_>,
    (scheme, award): (&Scheme, &Award),
    claim: &mut Claim,
    returns: &[ClaimReturn],
    lines: &[ClaimLineRecord],
) -> Result<(), Error> {
    let form = claim.form(lines);
    let today = work.today();
    if let Some(last) = last_day(scheme, claim).filter(|last| today > *last) {
        let before = require_in_time(work.tx, claim, returns, &form, last)?;
        require_not_worth_more(work.tx, (scheme, award), claim, (&before, lines), last)?;
    }
    if claim.first_submitted_at.is_none() {
        let first = match (returns.first(), claim.replaces) {
            (Some(first), _) => Some(first.submitted_at),
            (None, Some(id)) => day_of_replaced(work.tx, id, &form)?,
            (None, None) => None,
        };
        claim.first_submitted_at = Some(first.unwrap_or(work.now));
    }
    Ok(())
}

/// When a claim that is corrected was first submitted. A correction that claims more is a demand with a day of its own.
fn day_of_replaced(tx: &mut ReadTx<'_>, id: ClaimId, form: &ClaimForm) -> Result<Option<Timestamp>, Error> {
    let replaced = claims::find(tx, id)?.or_not_found("claim")?;
    let lines = claims::lines(tx, id)?;
    if require_not_enlarged(&replaced.form(&lines), form).is_err() {
        return Ok(None);
    }
    let first = claim_returns::of_claim(tx, id)?.first().map(|one| one.submitted_at);
    Ok(replaced.first_submitted_at.or(first).or(replaced.submitted_at))
}

fn require_in_time(
    tx: &mut ReadTx<'_>,
    claim: &mut Claim,
    returns: &[ClaimReturn],
    form: &ClaimForm,
    last: NaiveDate,
) -> Result<ClaimForm, Error> {
    let closed = || Refusal::ClaimWindowClosed { year: claim.performance_year, last };
    let enlarged = |reason| Refusal::ClaimEnlarged { last, reason };
    let mut before = last_in_time(submissions(returns), last);
    if before.is_none()
        && let Some(id) = claim.replaces
    {
        before = Some(submitted_in_time(tx, id, last)?.ok_or_else(closed)?);
    }
    if let Some(before) = before {
        require_not_enlarged(&before, form).map_err(enlarged)?;
        return Ok(before);
    }
    // Nothing is named: it corrects the newest rejected claim of which it could be a correction.
    let others = claims::live(tx, claim.award_id, claim.component)?;
    let mut first_fault = None;
    for rejected in claims::rejected(tx, claim.award_id, claim.component)? {
        let fits = is_for_the_same(&rejected, claim.component, form, claim.performance_year);
        if !fits || corrected_by(tx, rejected.id, &others)?.is_some() {
            continue;
        }
        let Some(before) = submitted_in_time(tx, rejected.id, last)? else { continue };
        match require_not_enlarged(&before, form) {
            Ok(()) => {
                claim.replaces = Some(rejected.id);
                return Ok(before);
            }
            Err(reason) => first_fault = first_fault.or(Some(reason)),
        }
    }
    Err(first_fault.map_or_else(closed, enlarged).into())
}

/// Refuses a correction for which the rules give more than for what was submitted in time: other facts or other days
/// make a claim larger as well.
fn require_not_worth_more(
    tx: &mut ReadTx<'_>,
    (scheme, award): (&Scheme, &Award),
    claim: &Claim,
    (before, lines): (&ClaimForm, &[ClaimLineRecord]),
    last: NaiveDate,
) -> Result<(), Error> {
    let was = Claim {
        period_from: before.period_from,
        period_to: before.period_to,
        amount_claimed_paise: before.amount_claimed_paise,
        facts: StatedFacts(before.facts.clone()),
        mass_balance: before.mass_balance.clone(),
        ..claim.clone()
    };
    let of_before = ClaimLineRecord::numbered(before.lines.clone());
    let in_time = match worth(tx, scheme, award, &was, &of_before) {
        Ok(in_time) => in_time,
        // What the rules cannot value now was valued by other rules; what is submitted must have a value (see
        // `require_computable`).
        Err(Error::Refused(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let worth = worth(tx, scheme, award, claim, lines)?;
    if worth > in_time {
        return Err(Refusal::ClaimEnlarged { last, reason: Reason::WorthMore { worth, in_time } }.into());
    }
    Ok(())
}

fn submissions(returns: &[ClaimReturn]) -> Vec<Submission> {
    let submission = |one: &ClaimReturn| Submission { form: one.form.clone(), on: one.submitted_at.date_in_india() };
    returns.iter().map(submission).collect()
}

/// What was last submitted in time of a rejected claim, or of the one that it corrects, and so on.
fn submitted_in_time(tx: &mut ReadTx<'_>, id: ClaimId, last: NaiveDate) -> Result<Option<ClaimForm>, Error> {
    let mut next = Some(id);
    while let Some(id) = next {
        let claim = claims::find(tx, id)?.or_not_found("claim")?;
        let mut all = submissions(&claim_returns::of_claim(tx, id)?);
        if let Some(at) = claim.submitted_at {
            all.push(Submission { form: claim.form(&claims::lines(tx, id)?), on: at.date_in_india() });
        }
        if let Some(form) = last_in_time(all, last) {
            return Ok(Some(form));
        }
        next = claim.replaces;
    }
    Ok(None)
}
