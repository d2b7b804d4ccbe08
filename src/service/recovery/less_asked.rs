//! A recovery that asks for less than before: its order reduces or drops it, or its notice is withdrawn.

use crate::db::claim::claims;
use crate::db::payment::disbursements;
use crate::db::recovery::recoveries;
use crate::service::recovery::claim_standing::ClaimStanding;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Work;
use domain::base::money::Paise;
use domain::base::refusal::Refusal;
use domain::recovery::recovery::Recovery;

/// Stores a recovery that claims less than before, and takes that part of its payment from under it. A final
/// certificate counted what was asked of the payments of its claim, so what it needs of that stays asked.
pub(super) fn claim_less(work: &mut Work<'_, '_>, recovery: &mut Recovery, freed: Paise) -> Result<(), Error> {
    recoveries::update(work.tx, recovery)?;
    let Some(id) = recovery.disbursement_id else { return Ok(()) };
    if !recoveries::put_under_recovery(work.tx, id, Paise(-freed.0))? {
        return Err(Error::Internal(format!("recovery {} holds more of its payment than there is", recovery.number)));
    }
    if freed == Paise::ZERO {
        return Ok(());
    }
    let paid = disbursements::find(work.tx, id)?.or_not_found("disbursement")?;
    let claim = claims::find(work.tx, paid.claim_id)?.or_not_found("claim")?;
    let standing = ClaimStanding::certified(work.tx, &claim)?;
    let short = standing.map_or(Paise::ZERO, |standing| standing.beyond(Paise::ZERO).min(freed));
    if short == Paise::ZERO {
        return Ok(());
    }
    let least = recovery.amount_paise.checked_add(short).ok_or(Refusal::AmountTooLarge)?;
    Err(Refusal::CertificateNeedsRecovery { claim: claim.name(), least }.into())
}
