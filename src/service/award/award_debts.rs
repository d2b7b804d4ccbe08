//! What an award that is over still owes: recoveries that are not settled, damages that accrued, and, where two people
//! ended it, what was paid under it and is not asked back. It binds its guarantees until it is settled, or until two
//! people decide that nothing more is due (`nothing_due` among the corrections).

use crate::db::award::{awards, securities};
use crate::db::milestone::milestones;
use crate::db::payment::disbursements;
use crate::db::recovery::recoveries;
use crate::service::award::award_ends::{open_claim, open_tranche};
use crate::service::milestone::milestone_files::Delays;
use crate::service::recovery::recovery_credits::dues_on;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Work;
use domain::award::award::Award;
use domain::award::security::{Security, callable};
use domain::base::argument::Series;
use domain::base::id::AwardId;
use domain::base::money::Paise;
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::recovery::recovery::{Recovery, RecoveryStatus};

/// A part of what is owed, and why.
type Ground = (Paise, Reason);

/// Why a guarantee of an award that is over cannot go: the banks of its other guarantees can be asked for less than
/// what is owed. `None` where nothing is owed, or enough is left.
pub(super) fn binding(work: &mut Work<'_, '_>, released: &Security) -> Result<Option<Reason>, Error> {
    let award = awards::find(work.tx, released.award_id)?.or_not_found("award")?;
    let grounds = grounds(work, &award)?;
    let owed = Paise::sum(grounds.iter().map(|(amount, _)| *amount)).ok_or(Refusal::AmountTooLarge)?;
    let mut others = securities::of_award(work.tx, award.id)?;
    others.retain(|other| other.id != released.id);
    let left = callable(&others, work.today());
    if grounds.is_empty() || left >= owed {
        return Ok(None);
    }
    let obligation = Reason::AwardOwing { grounds: Series(grounds.into_iter().map(|(_, reason)| reason).collect()) };
    Ok(Some(Reason::CoverNeeded { left, required: owed, obligation: Box::new(obligation) }))
}

/// The award, if it can be decided that nothing more is due under it: it is over, and no claim, tranche or recovery of
/// it is open.
pub fn closable(work: &mut Work<'_, '_>, id: AwardId) -> Result<Award, Error> {
    let award = awards::find(work.tx, id)?.or_not_found("award")?;
    let open = if !is_over(work, &award)? {
        Some(Reason::AwardRuns { until: award.ends_on })
    } else if let Some(claim) = open_claim(work, &award)? {
        Some(claim)
    } else if let Some(tranche) = open_tranche(work, &award)? {
        Some(tranche)
    } else {
        open_recoveries(work, &award)?.into_iter().next().map(|(_, reason)| reason)
    };
    match open {
        Some(reason) => Err(Refusal::AwardOwes { award: award.number, reason }.into()),
        None => Ok(award),
    }
}

/// Whether nothing runs under the award any more, because two people ended it or because its last day is past.
fn is_over(work: &mut Work<'_, '_>, award: &Award) -> Result<bool, Error> {
    Ok(work.today() > award.ends_on || awards::end_of(work.tx, award.id)?.is_some())
}

/// All that an award which is over still owes; nothing of one that runs, which its own security covers.
fn grounds(work: &mut Work<'_, '_>, award: &Award) -> Result<Vec<Ground>, Error> {
    let ended = awards::end_of(work.tx, award.id)?.is_some();
    if !ended && work.today() <= award.ends_on {
        return Ok(Vec::new());
    }
    let mut grounds = open_recoveries(work, award)?;
    if awards::owes_nothing(work.tx, award.id)? {
        return Ok(grounds);
    }
    grounds.extend(damages_accrued(work, award)?);
    let paid = disbursements::not_asked_back(work.tx, award.organisation_id, award.id)?;
    if ended && paid > Paise::ZERO {
        grounds.push((paid, Reason::PaidUnderEnded { amount: paid }));
    }
    Ok(grounds)
}

/// The recoveries of the award that are not settled: what is due with the interest to the day, or what is asked for.
fn open_recoveries(work: &mut Work<'_, '_>, award: &Award) -> Result<Vec<Ground>, Error> {
    let settled = [RecoveryStatus::Settled, RecoveryStatus::Dropped];
    let mut all = recoveries::list(work.tx, Some(award.id), None, None)?;
    all.retain(|recovery| !settled.contains(&recovery.status));
    all.into_iter().map(|recovery| owed_by(work, recovery)).collect()
}

fn owed_by(work: &mut Work<'_, '_>, recovery: Recovery) -> Result<Ground, Error> {
    let amount = match recovery.status {
        RecoveryStatus::Demanded => dues_on(work, &recovery, work.today())?.0.due.total()?,
        _ => recovery.amount_paise,
    };
    let is = recovery.status.as_str();
    Ok((amount, Reason::RecoveryOpen { recovery: recovery.number, is }))
}

/// The damages of late days for which nothing was demanded, of each milestone. What an open notice asks for is part of
/// its recovery already.
fn damages_accrued(work: &mut Work<'_, '_>, award: &Award) -> Result<Vec<Ground>, Error> {
    let all = recoveries::list(work.tx, Some(award.id), None, None)?;
    let (delays, today) = (Delays::of_award(work.tx, award.id, &all)?, work.today());
    let mut grounds = Vec::new();
    for milestone in milestones::list(work.tx, Some(award.id), None)? {
        let code = milestone.code.clone();
        let damages = delays.file(work.schemes, award, milestone, today)?.standing.damages.unwrap_or_default();
        let amount = damages.accrued_paise.minus_floored(damages.noticed_paise);
        if amount > Paise::ZERO {
            grounds.push((amount, Reason::DamagesAccrued { milestone: code, amount }));
        }
    }
    Ok(grounds)
}
