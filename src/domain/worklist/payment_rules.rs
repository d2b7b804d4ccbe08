//! Whom a payment waits for, an answer of the treasury, a difference of the bank, and a correction.

use crate::base::permission::{Permission, Step};
use crate::correction::correction::CorrectionStatus;
use crate::payment::bank_difference::DifferenceStatus;
use crate::payment::payment::PaymentStatus;
use crate::payment::treasury_return::LineResult;
use crate::worklist::desk_times::TimedDesk;
use crate::worklist::rule::Waits::{Elsewhere, ForNobody};
use crate::worklist::rule::{Clock, Rule, Then, Waits};
use crate::worklist::rules::one;

/// Recording the answer of the bank.
fn settle_payment() -> Rule {
    let settle = Rule::for_act("settle_payment", Permission::SettlePayment).as_step(Step::Pay);
    // The bank cannot answer before the day on which the treasury was told to pay.
    settle.at_desk_or(TimedDesk::BankAnswer, Then::PaymentUnanswered).counted_from_its_day()
}

/// The word of a second person that a payment did not arrive.
fn confirm_failure() -> Rule {
    Rule::for_act("confirm_failure", Permission::ConfirmFailure).as_step(Step::ConfirmFailure)
}

/// A payment of which the treasury was told, and which has had no answer for longer than the bank has: the office that
/// pays cannot say alone that it did not arrive.
pub fn unanswered_payment() -> Waits {
    let second = confirm_failure().at_desk_or(TimedDesk::BankAnswer, Then::PaymentUnanswered).counted_from_its_day();
    Waits::For(vec![settle_payment(), second])
}

/// A failed payment of which nobody but the office that pays says so, or of which the treasury says both: its tranche
/// is not paid again before a second person confirms it.
pub fn unexplained_payment() -> Waits {
    one(confirm_failure().at_desk(TimedDesk::Other))
}

/// A proposal to undo, hold or open something again.
pub fn correction(status: CorrectionStatus) -> Waits {
    match status {
        CorrectionStatus::Proposed => one(Rule::for_act("decide_correction", Permission::DecideCorrection)
            .as_step(Step::DecideCorrection)
            .at_desk(TimedDesk::Other)),
        CorrectionStatus::Approved | CorrectionStatus::Refused => ForNobody,
    }
}

/// A payment; `on_file` once an advice file of the treasury has it.
pub fn payment(status: PaymentStatus, on_file: bool) -> Waits {
    match status {
        PaymentStatus::Advised if !on_file => one(Rule::for_act("make_payment_advice", Permission::MakePaymentAdvice)
            .as_step(Step::Pay)
            .at_desk(TimedDesk::BankAnswer)),
        PaymentStatus::Advised | PaymentStatus::Accepted | PaymentStatus::Unknown => one(settle_payment()),
        // A failed payment leaves its tranche sanctioned: it can be advised again.
        PaymentStatus::Failed | PaymentStatus::FailedAfterSuccess => Elsewhere("tranche"),
        PaymentStatus::Succeeded => ForNobody,
    }
}

/// A line of a file of the treasury. Lines that wait are tried again by themselves. What contradicts the records or was
/// refused waits until the records or a later answer agree with it, or until an officer closes it.
pub fn treasury_line(result: LineResult) -> Waits {
    match result {
        LineResult::Contradicted | LineResult::Refused => {
            one(Rule::for_act("close_treasury_line", Permission::UploadTreasuryReturn).at_desk(TimedDesk::Other))
        }
        LineResult::Open | LineResult::Applied | LineResult::AlreadyRecorded | LineResult::Waiting => ForNobody,
    }
}

/// A difference between a bank scroll and the records.
pub fn difference(status: DifferenceStatus) -> Waits {
    let step = |act, permission, step| {
        one(Rule::for_act(act, permission).as_step(step).until(Clock::SettleWithin, Then::ControlTurnsRed))
    };
    match status {
        DifferenceStatus::Open => {
            step("propose_difference_settlement", Permission::ProposeDifferenceSettlement, Step::ProposeSettlement)
        }
        DifferenceStatus::Proposed => step("settle_difference", Permission::SettleDifference, Step::Settle),
        DifferenceStatus::Settled | DifferenceStatus::Cleared => ForNobody,
    }
}
