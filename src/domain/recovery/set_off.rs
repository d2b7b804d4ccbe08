//! Set-off: a payment to a beneficiary that owes money is made smaller. The part kept back is held
//! with the advice, counts when the payment succeeds (from the day of the advice), and goes back to
//! the recovery when the payment fails. When the bank takes the payment back, the part is owed again.

use crate::base::calendar::FinancialYear;
use crate::base::id::{PaymentId, RecoveryCreditId};
use crate::base::money::Paise;
use crate::base::refusal::{Refusal, Undecided};
use crate::budget::ledger::Movement;
use crate::budget::posting::Purse;
use crate::budget::whole_rupees::PaymentUnit;
use crate::recovery::posting_recovery;
use crate::recovery::posting_recovery::Rooms;
use crate::recovery::recovery::Recovery;
use crate::recovery::recovery_change::{CreditChange, CreditSource, NewCredit, Recorder, RecoveryChange};
use crate::recovery::recovery_credit::{CreditKind, CreditStatus, RecoveryCredit};
use crate::scheme::recovery_rules::RecoveryTerms;

/// A recovery with an order to set off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToSetOff {
    pub recovery: Recovery,
    pub terms: RecoveryTerms,
    /// The id of the credit, if something is set off.
    pub credit_id: RecoveryCreditId,
}

/// What a payment will keep back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptBack {
    pub total_paise: Paise,
    pub changes: Vec<RecoveryChange>,
}

/// How much of a payment to keep back: what the orders for this beneficiary ask, in the given order
/// of recoveries, and no more than is due today. The bank always has at least the least payment to
/// pay, so that every set-off has a payment that settles it; what is kept back is in whole units as
/// the payment is.
pub fn keep_back(
    gross: Paise,
    unit: PaymentUnit,
    payment: PaymentId,
    orders: Vec<ToSetOff>,
    recorder: Recorder,
) -> Result<KeptBack, Refusal> {
    let today = recorder.at.date_in_india();
    let mut room = gross.minus_floored(unit.least());
    let mut kept = KeptBack { total_paise: Paise::ZERO, changes: Vec::new() };
    for ToSetOff { mut recovery, terms, credit_id } in orders {
        let (mut dues, accrued) = recovery.dues_on(&terms, today)?;
        let Some(order) = &mut recovery.set_off else { continue };
        let amount = unit.payable(order.open_paise.min(dues.due.total()?).min(room));
        if amount == Paise::ZERO {
            continue;
        }
        order.open_paise = order.open_paise.minus_floored(amount);
        let reference = order.note.clone();
        room = room.minus_floored(amount);
        kept.total_paise = kept.total_paise.checked_add(amount).ok_or(Refusal::AmountTooLarge)?;
        let parts = dues.split(amount, terms.settles_first)?;
        dues.take_off(&parts)?;
        recovery.held_by = Some(payment);
        let new = NewCredit {
            id: credit_id,
            kind: CreditKind::SetOff,
            credited_on: today,
            parts,
            accrued,
            dues_after: dues,
            source: CreditSource::Payment(payment),
            reference,
        };
        let credit = CreditChange::Added(new.of(&recovery, recorder));
        kept.changes.push(RecoveryChange { recovery, credit, no_longer_asked: None, begins: false });
    }
    Ok(kept)
}

/// A set-off that a payment holds or has made, with its recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetOff {
    pub credit: RecoveryCredit,
    pub recovery: Recovery,
    pub purse: Purse,
    pub terms: RecoveryTerms,
    /// The id of the credit that undoes it, if the bank took the payment back.
    pub undone_id: RecoveryCreditId,
}

impl SetOff {
    /// The payment succeeded: what it kept back is recovered, in the year in which the bank paid.
    pub fn credit(self, year: FinancialYear) -> Result<(RecoveryChange, Vec<Movement>), Undecided> {
        let SetOff { mut credit, mut recovery, purse, terms, .. } = self;
        let (mut dues, accrued) = recovery.dues_on(&terms, credit.credited_on)?;
        let parts = credit.parts();
        // Nothing moved the recovery since the advice, so what was due then is due now.
        dues.take_off(&parts).map_err(|refusal| Undecided::Inconsistent(refusal.to_string()))?;
        recovery.held_by = None;
        if recovery.set_off.as_ref().is_some_and(|order| order.open_paise == Paise::ZERO) {
            recovery.set_off = None;
        }
        if let Some(plan) = &mut recovery.plan {
            plan.credit(parts.total()?);
        }
        recovery.keep(&dues);
        let mut movements = posting_recovery::accrual(&purse, accrued.total()?);
        movements.extend(posting_recovery::credit(&purse, year, &parts));
        credit.status = CreditStatus::Done;
        credit.accrued = accrued;
        credit.dues_after = dues;
        let credit = CreditChange::Finished(credit);
        Ok((RecoveryChange { recovery, credit, no_longer_asked: None, begins: false }, movements))
    }

    /// The payment failed: nothing was recovered, and the order is as it was before the advice.
    pub fn release(self) -> Result<RecoveryChange, Refusal> {
        let SetOff { mut credit, mut recovery, .. } = self;
        recovery.held_by = None;
        let amount = credit.parts().total()?;
        if let Some(order) = &mut recovery.set_off {
            order.open_paise = order.open_paise.checked_add(amount).ok_or(Refusal::AmountTooLarge)?;
        }
        credit.status = CreditStatus::Released;
        Ok(RecoveryChange { recovery, credit: CreditChange::Finished(credit), no_longer_asked: None, begins: false })
    }

    /// The bank took the payment back: what it had kept back is owed again, with the interest it
    /// would have borne since. Setting it off again needs a new order.
    pub fn undo(
        self,
        payment: PaymentId,
        year: FinancialYear,
        recorder: Recorder,
        rooms: &mut Rooms,
    ) -> Result<(RecoveryChange, Vec<Movement>), Refusal> {
        let SetOff { credit: kept, mut recovery, purse, terms, undone_id } = self;
        // What another payment holds was computed from what was due at its advice.
        if let Some(other) = recovery.held_by {
            return Err(Refusal::SetOffPending { payment: other.to_string() });
        }
        let mut dues = recovery.dues();
        let parts = kept.parts();
        let missed = dues.restore(&parts, kept.credited_on, &terms.interest)?;
        recovery.keep(&dues);
        if let Some(plan) = &mut recovery.plan {
            plan.credited_paise = plan.credited_paise.minus_floored(parts.total()?);
        }
        let movements = posting_recovery::undo_set_off(&purse, year, &parts, missed.total()?, rooms);
        let undone = NewCredit {
            id: undone_id,
            kind: CreditKind::SetOffUndone,
            credited_on: recorder.at.date_in_india(),
            parts,
            accrued: missed,
            dues_after: dues,
            source: CreditSource::Payment(payment),
            reference: "the bank took the payment back".to_owned(),
        };
        let credit = CreditChange::Added(undone.of(&recovery, recorder));
        Ok((RecoveryChange { recovery, credit, no_longer_asked: None, begins: false }, movements))
    }
}
