//! Set-off: a payment to a beneficiary that owes money is reduced. The amount set off is reserved when the
//! payment is advised, counts when the payment succeeds (from the day of the advice), and returns to the
//! recovery when it fails. The bank always has at least one paisa to pay, so that every set-off has a payment
//! that settles it.

use crate::db::{recoveries, recovery_credits};
use crate::domain::calendar::FinancialYear;
use crate::domain::id::PaymentId;
use crate::domain::ledger::Movement;
use crate::domain::money::Paise;
use crate::domain::payment::Payment;
use crate::domain::posting_recovery;
use crate::domain::recovery::Recovery;
use crate::domain::recovery_credit::{CreditKind, CreditStatus, RecoveryCredit};
use crate::domain::refusal::Refusal;
use crate::domain::tranche::Tranche;
use crate::service::error::{Error, OrNotFound};
use crate::service::recoveries::purse_of;
use crate::service::recovery_credits::{dues_on, new_credit};
use crate::service::runner::Work;

/// The amounts to be set off against one payment.
#[derive(Default)]
pub struct Kept {
    pub total_paise: Paise,
    parts: Vec<(Recovery, RecoveryCredit)>,
}

/// Computes what to set off against a tranche's payment: the open amounts of the orders for this beneficiary,
/// oldest recovery first, at most what is due today.
pub fn plan(work: &mut Work<'_, '_>, tranche: &Tranche, payment: PaymentId) -> Result<Kept, Error> {
    let mut kept = Kept::default();
    let mut room = tranche.amount_paise.minus_floored(Paise(1));
    for mut recovery in recoveries::to_set_off(work.tx, tranche.organisation_id)? {
        let today = work.today();
        let (mut dues, accrued) = dues_on(work, &recovery, today)?;
        let Some(order) = &mut recovery.set_off else { continue };
        let amount = order.open_paise.min(dues.due.total()?).min(room);
        if amount == Paise::ZERO {
            continue;
        }
        order.open_paise = order.open_paise.minus_floored(amount);
        let reference = order.note.clone();
        room = room.minus_floored(amount);
        kept.total_paise = kept.total_paise.checked_add(amount).ok_or(Refusal::AmountTooLarge)?;
        let first = work.schemes.in_force(&recovery.scheme_code, work.today())?.settles_first();
        let parts = dues.split(amount, first)?;
        dues.take_off(&parts)?;
        recovery.held_by = Some(payment);
        let credit = RecoveryCredit {
            status: CreditStatus::Held,
            accrued,
            dues_after: dues,
            payment_id: Some(payment),
            reference,
            ..new_credit(work, &recovery, CreditKind::SetOff, today, &parts)
        };
        kept.parts.push((recovery, credit));
    }
    Ok(kept)
}

/// Reserves the set-offs, once the payment is stored.
pub fn hold(work: &mut Work<'_, '_>, kept: Kept) -> Result<(), Error> {
    for (mut recovery, credit) in kept.parts {
        recoveries::update(work.tx, &mut recovery)?;
        recovery_credits::insert(work.tx, &credit)?;
    }
    Ok(())
}

/// The set-offs of a payment. Most payments have none, and then nothing is read.
fn set_offs_of(work: &mut Work<'_, '_>, payment: &Payment, status: CreditStatus) -> Result<Vec<RecoveryCredit>, Error> {
    if payment.set_off_paise == Paise::ZERO {
        return Ok(Vec::new());
    }
    Ok(recovery_credits::set_offs_of(work.tx, payment.id, status)?)
}

/// The payment succeeded: the amount set off is recovered, in the year in which the bank paid.
pub fn credit(work: &mut Work<'_, '_>, payment: &Payment, year: FinancialYear) -> Result<Vec<Movement>, Error> {
    let mut movements = Vec::new();
    for mut credit in set_offs_of(work, payment, CreditStatus::Held)? {
        let mut recovery = recoveries::find(work.tx, credit.recovery_id)?.or_not_found("recovery")?;
        let (mut dues, accrued) = dues_on(work, &recovery, credit.credited_on)?;
        let parts = credit.parts();
        // The recovery did not change since the advice, so the amounts due then are due now.
        dues.take_off(&parts).map_err(|refusal| Error::Internal(refusal.to_string()))?;
        recovery.held_by = None;
        if recovery.set_off.as_ref().is_some_and(|order| order.open_paise == Paise::ZERO) {
            recovery.set_off = None;
        }
        if let Some(plan) = &mut recovery.plan {
            plan.credit(parts.total()?);
        }
        recovery.keep(&dues);
        recoveries::update(work.tx, &mut recovery)?;
        credit.status = CreditStatus::Done;
        credit.accrued = accrued;
        credit.dues_after = dues;
        recovery_credits::finish(work.tx, &credit)?;
        let purse = purse_of(work, &recovery)?;
        movements.extend(posting_recovery::accrual(&purse, credit.accrued.total()?));
        movements.extend(posting_recovery::credit(&purse, year, &parts));
    }
    Ok(movements)
}

/// The payment failed: nothing was recovered, and the order is open again for its amount.
pub fn release(work: &mut Work<'_, '_>, payment: &Payment) -> Result<(), Error> {
    for mut credit in set_offs_of(work, payment, CreditStatus::Held)? {
        let mut recovery = recoveries::find(work.tx, credit.recovery_id)?.or_not_found("recovery")?;
        recovery.held_by = None;
        let amount = credit.parts().total()?;
        if let Some(order) = &mut recovery.set_off {
            order.open_paise = order.open_paise.checked_add(amount).ok_or(Refusal::AmountTooLarge)?;
        }
        recoveries::update(work.tx, &mut recovery)?;
        credit.status = CreditStatus::Released;
        recovery_credits::finish(work.tx, &credit)?;
    }
    Ok(())
}

/// The bank returned the payment: the amount set off is owed again, with the interest that would have accrued
/// since. Setting it off again requires a new order.
pub fn undo(work: &mut Work<'_, '_>, payment: &Payment, year: FinancialYear) -> Result<Vec<Movement>, Error> {
    let mut movements = Vec::new();
    for kept in set_offs_of(work, payment, CreditStatus::Done)? {
        let mut recovery = recoveries::find(work.tx, kept.recovery_id)?.or_not_found("recovery")?;
        // The amount that another payment reserves was computed from what was due at its advice.
        if let Some(other) = recovery.held_by {
            return Err(Refusal::SetOffPending { payment: other.to_string() }.into());
        }
        let mut dues = recovery.dues();
        let scheme = work.schemes.in_force(&recovery.scheme_code, work.today())?.clone();
        let parts = kept.parts();
        let missed = dues.restore(&parts, kept.credited_on, scheme.recovery_interest())?;
        recovery.keep(&dues);
        if let Some(plan) = &mut recovery.plan {
            plan.credited_paise = plan.credited_paise.minus_floored(parts.total()?);
        }
        let purse = purse_of(work, &recovery)?;
        movements.extend(posting_recovery::undo_credit(&purse, year, &parts, missed.total()?));
        let undone = RecoveryCredit {
            accrued: missed,
            payment_id: Some(payment.id),
            reference: "the bank took the payment back".to_owned(),
            ..new_credit(work, &recovery, CreditKind::SetOffUndone, work.today(), &parts)
        };
        recoveries::update(work.tx, &mut recovery)?;
        recovery_credits::insert(work.tx, &undone)?;
    }
    Ok(movements)
}
