//! The effect of a bank return on the recoveries of the returned payment: a recovery that is not decided yet is
//! dropped, one that is due is paid from the returned amount, and the rest is owed to the beneficiary again. What a
//! final certificate had counted of a dropped notice stays asked, as a true-up, which the returned amount pays too.

use crate::db::award::awards;
use crate::db::claim::claims;
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::db::payment::{disbursements, payments};
use crate::db::recovery::{recoveries, recovery_credits};
use crate::service::recovery::claim_standing::{ClaimStanding, settled_by};
use crate::service::recovery::recoveries::true_up;
use crate::service::recovery::recovery_credits::terms_of;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Work;
use domain::base::id::RecoveryCreditId;
use domain::base::money::Paise;
use domain::base::refusal::Refusal;
use domain::payment::disbursement::Disbursement;
use domain::payment::payment::Payment;
use domain::payment::tranche::Tranche;
use domain::recovery::bank_return::RecoveryOfPayment;
use domain::recovery::recovery::Recovery;
use domain::recovery::recovery_start::OrderReason;
use std::collections::{BTreeMap, BTreeSet};

/// The amount of each of these tranches that bank returns used for recoveries. A tranche's own amount was
/// reduced by it, so both together are the amount over which the tranche was started.
pub fn kept_beside(tx: &mut ReadTx<'_>, tranches: &[Tranche]) -> Result<Vec<Paise>, DbError> {
    let ids: Vec<String> = tranches.iter().map(|tranche| tranche.id.to_string()).collect();
    let kept: BTreeMap<String, i64> = recovery_credits::kept_of_tranches(tx, &ids)?.into_iter().collect();
    if kept.is_empty() {
        return Ok(vec![Paise::ZERO; tranches.len()]);
    }
    let pays: BTreeSet<String> = payments::live_of(tx, &ids)?.into_iter().map(|(tranche, _)| tranche).collect();
    let beside = |(tranche, id): (&Tranche, &String)| {
        let kept = kept.get(id).map_or(Paise::ZERO, |paise| Paise(*paise));
        if tranche.is_used_up(kept, pays.contains(id)) { Paise::ZERO } else { kept }
    };
    Ok(tranches.iter().zip(&ids).map(beside).collect())
}

/// The recoveries of a payment that the bank takes back, in the order in which they were begun, with the one that
/// begins by it. Most payments are not under recovery, and then nothing more is read.
pub fn recoveries_of(work: &mut Work<'_, '_>, payment: &Payment) -> Result<Vec<RecoveryOfPayment>, Error> {
    if recoveries::under_recovery(work.tx, payment.id)? == Paise::ZERO {
        return Ok(Vec::new());
    }
    let id = payment.id.to_string();
    let paid = disbursements::of_payments(work.tx, &[id])?.into_iter().next().or_not_found("disbursement")?;
    let mut found = Vec::new();
    for recovery in recoveries::of_disbursement(work.tx, paid.id)? {
        let credits = recovery_credits::of_recovery(work.tx, recovery.id)?;
        let terms = terms_of(work, &recovery)?;
        let credit_id = RecoveryCreditId(work.new_id());
        found.push(RecoveryOfPayment { recovery, credits, terms, credit_id, begins: false });
    }
    if let Some(recovery) = still_needed(work, &paid, &found)? {
        let terms = terms_of(work, &recovery)?;
        let credit_id = RecoveryCreditId(work.new_id());
        found.push(RecoveryOfPayment { recovery, credits: Vec::new(), terms, credit_id, begins: true });
    }
    Ok(found)
}

/// What the final certificate of the claim needs of the notices that are dropped by the return: it counted them, so
/// without them the beneficiary would be paid more than its entitlement.
fn still_needed(
    work: &mut Work<'_, '_>,
    paid: &Disbursement,
    found: &[RecoveryOfPayment],
) -> Result<Option<Recovery>, Error> {
    let open = found.iter().filter(|one| one.recovery.is_undecided()).map(|one| one.recovery.amount_paise);
    let dropped = Paise::sum(open).ok_or(Refusal::AmountTooLarge)?;
    if dropped == Paise::ZERO {
        return Ok(None);
    }
    let claim = claims::find(work.tx, paid.claim_id)?.or_not_found("claim")?;
    let Some(standing) = ClaimStanding::certified(work.tx, &claim)? else { return Ok(None) };
    let needed = standing.beyond(dropped).min(dropped);
    if needed == Paise::ZERO {
        return Ok(None);
    }
    let award = awards::find(work.tx, paid.award_id)?.or_not_found("award")?;
    let certificate = settled_by(work.tx, &claim)?;
    let reason = OrderReason::BeyondCertificate { certificate };
    Ok(Some(true_up(work, &award, paid.component, paid, needed, reason)?))
}
