//! The history of a recovery, recomputed from its first day: every line of interest, every credit
//! and the amount due now must follow from the earlier ones.

use crate::base::refusal::Refusal;
use crate::recovery::interest::{Dues, InterestLine, InterestLines, Parts};
use crate::recovery::recovery::{Recovery, RecoveryStatus};
use crate::recovery::recovery_credit::{CreditKind, CreditStatus, RecoveryCredit};
use crate::scheme::recovery_rules::InterestRate;
use crate::scheme::scheme::Basis;
use chrono::NaiveDate;

/// The first entry that does not follow from the earlier ones; `None` if all do. Credits are given
/// oldest first.
pub fn fault(recovery: &Recovery, credits: &[RecoveryCredit]) -> Option<String> {
    let told = |what: &str| Some(format!("recovery {}: {what}", recovery.number));
    let ordered = recovery.decision.as_ref().map_or(recovery.amount_paise, |order| order.amount_paise);
    if ordered != recovery.amount_paise {
        return told("its amount is not the one that was ordered");
    }
    if !matches!(recovery.status, RecoveryStatus::Demanded | RecoveryStatus::Settled) {
        let due = Parts {
            principal_paise: recovery.principal_due_paise,
            interest_paise: recovery.interest_due_paise,
            damages_paise: recovery.damages_due_paise,
        };
        return if due.is_zero() && credits.is_empty() { None } else { told("it is not demanded and money is due") };
    }
    let mut dues = recovery.dues_at_first();
    for credit in credits.iter().filter(|credit| credit.status == CreditStatus::Done) {
        let rates = rates_of(&credit.accrued);
        let lines = match set_off_day(credit, credits) {
            Some(day) => dues.restore(&credit.parts(), day, &rates),
            None => accrue_and_take_off(&mut dues, credit, &rates),
        };
        if lines.as_ref() != Ok(&credit.accrued) {
            return told(&format!("the interest up to the {} of {} differs", credit.kind, credit.credited_on));
        }
        if dues != credit.dues_after {
            return told(&format!("what was due after the {} of {} differs", credit.kind, credit.credited_on));
        }
    }
    if dues == recovery.dues() { None } else { told("what is due now does not follow from its credits") }
}

fn accrue_and_take_off(
    dues: &mut Dues,
    credit: &RecoveryCredit,
    rates: &[InterestRate],
) -> Result<InterestLines, Refusal> {
    let lines = dues.accrue(rates, credit.credited_on)?;
    dues.take_off(&credit.parts())?;
    Ok(lines)
}

/// For a reversed set-off: the day on which the set-off had counted.
fn set_off_day(credit: &RecoveryCredit, credits: &[RecoveryCredit]) -> Option<NaiveDate> {
    if credit.kind != CreditKind::SetOffUndone {
        return None;
    }
    let kept = |other: &&RecoveryCredit| other.kind == CreditKind::SetOff && other.payment_id == credit.payment_id;
    Some(credits.iter().find(kept).map_or(credit.credited_on, |kept| kept.credited_on))
}

/// The rates stated in the lines.
fn rates_of(lines: &InterestLines) -> Vec<InterestRate> {
    let rate = |line: &InterestLine| InterestRate {
        from: line.from,
        basis_points: line.basis_points,
        method: line.method,
        basis: Basis::Assumption,
        source: String::new(),
    };
    lines.0.iter().map(rate).collect()
}
