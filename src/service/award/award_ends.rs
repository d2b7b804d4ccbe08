//! Ending an award whose winner walked away. Two people decide it as a correction (`service/correction/effects.rs`);
//! what it needs and does is here. What was paid stays paid until it is recovered, and a guarantee can be invoked for
//! what is demanded.

use crate::db::award::awards;
use crate::db::budget::accounts;
use crate::db::claim::claims;
use crate::db::engine::transaction::ReadTx;
use crate::db::payment::tranches;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Work;
use domain::award::award::Award;
use domain::base::id::AwardId;
use domain::base::money::Paise;
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::budget::ledger::Stage;
use domain::budget::posting;
use domain::claim::claim::ClaimStatus;
use domain::payment::tranche::TrancheStatus;
use domain::scheme::scheme::Component;

/// Refuses an act under an award that was ended.
pub fn require_running(tx: &mut ReadTx<'_>, award: &Award) -> Result<(), Error> {
    match awards::end_of(tx, award.id)? {
        Some(end) => Err(Refusal::AwardEnded { award: award.number.clone(), on: end.ended_on }.into()),
        None => Ok(()),
    }
}

/// A claim of the award that is not decided, or of which something is still to be paid, if any.
pub(super) fn open_claim(work: &mut Work<'_, '_>, award: &Award) -> Result<Option<Reason>, Error> {
    let unit = work.finance.units.on(work.today());
    for component in [Component::CapitalSubsidy, Component::SalesLinkedIncentive] {
        let open = claims::live(work.tx, award.id, component)?.into_iter().find(|claim| {
            // Paise that cannot be paid bind nobody.
            let waits = unit.is_enough(claim.deferred_paise) || claim.withheld_paise > Paise::ZERO;
            claim.status == ClaimStatus::Submitted || waits
        });
        if let Some(claim) = open {
            return Ok(Some(Reason::ClaimOpen { claim: claim.name() }));
        }
    }
    Ok(None)
}

/// A tranche of the award that is neither paid nor over, if any.
pub(super) fn open_tranche(work: &mut Work<'_, '_>, award: &Award) -> Result<Option<Reason>, Error> {
    let over = [TrancheStatus::Disbursed, TrancheStatus::Rejected, TrancheStatus::Expired];
    let open = tranches::list(work.tx, None, Some(award.organisation_id))?
        .into_iter()
        .find(|tranche| tranche.award_id == award.id && !over.contains(&tranche.status));
    Ok(open.map(|tranche| Reason::TrancheOpen { tranche: tranche.number, is: tranche.status.as_str() }))
}

/// The award, if it can be ended: it runs, and no claim or tranche of it is open.
pub fn endable(work: &mut Work<'_, '_>, id: AwardId) -> Result<Award, Error> {
    let award = awards::find(work.tx, id)?.or_not_found("award")?;
    require_running(work.tx, &award)?;
    let open = match open_claim(work, &award)? {
        None => open_tranche(work, &award)?,
        claim => claim,
    };
    match open {
        Some(reason) => Err(Refusal::AwardNotSettled { award: award.number, reason }.into()),
        None => Ok(award),
    }
}

/// What nothing has used of the award's ceilings goes back to the scheme, for whoever waits. Its capacity follows:
/// nothing counts an award that was ended.
pub fn release(work: &mut Work<'_, '_>, award: &Award) -> Result<(), Error> {
    let balances = accounts::of_award(work.tx, award.id)?;
    let unused = balances.into_iter().filter(|one| one.account.stage == Stage::Committed);
    let unused: Vec<(Component, Paise)> = unused.map(|one| (one.account.component, one.balance)).collect();
    let journal = posting::end_award(&award.scheme_code, &award.account_award(), &unused);
    if journal.movements.is_empty() { Ok(()) } else { work.post(&journal) }
}
