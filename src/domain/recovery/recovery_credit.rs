//! Credits that reduce a recovery: receipts, set-offs against a later payment, write-offs and
//! waivers; the instalment plan; and the statement of a recovery for any day.

use crate::base::calendar::Timestamp;
use crate::base::field::{FieldErrors, check_day, check_text};
use crate::base::field_reason::FieldReason;
use crate::base::id::{
    DisbursementId, EvidenceId, MilestoneId, PaymentId, RecoveryCreditId, RecoveryId, SecurityId, UserId,
};
use crate::base::money::{LARGEST_AMOUNT, Paise};
use crate::base::refusal::Refusal;
use crate::base::utr::normalise_utr;
use crate::recovery::interest::{Dues, InterestLines, Parts};
use crate::recovery::recovery::{OrderOutcome, Recovery, RecoveryKind};
use crate::scheme::recovery_rules::InterestRate;
use crate::words;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest time for a reply to a notice. An assumption: no rule that is cited here names one.
const REPLY_DAYS_MOST: u64 = 1_096;

/// The least and the largest number of instalments of a plan.
const INSTALMENTS_LEAST: usize = 2;
pub const INSTALMENTS_MOST: usize = 60;

words! {
    /// The kind of a credit, which reduces a recovery or increases it again.
    pub enum CreditKind {
        /// The beneficiary paid.
        Receipt = "receipt",
        /// Deducted from a payment to the beneficiary.
        SetOff = "set_off",
        /// The bank returned the payment from which it was deducted: the amount is owed again.
        SetOffUndone = "set_off_undone",
        WriteOff = "write_off",
        Waiver = "waiver",
        /// The bank returned the very payment that is recovered (bank return).
        BankReturn = "bank_return",
        /// The bank paid under an invoked guarantee.
        Guarantee = "guarantee",
    }
}

impl CreditKind {
    /// Whether it is money received on a day: its amount is given, and its allocation follows from
    /// the day.
    pub fn is_money_in(self) -> bool {
        matches!(self, CreditKind::Receipt | CreditKind::SetOff | CreditKind::Guarantee)
    }
}

words! {
    /// Whether a credit counts.
    pub enum CreditStatus {
        /// Its payment is advised and the outcome is not known yet.
        Held = "held",
        Done = "done",
        /// Its payment failed: it never counted.
        Released = "released",
    }
}

/// One credit of a recovery, with the interest that was computed for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecoveryCredit {
    pub id: RecoveryCreditId,
    pub recovery_id: RecoveryId,
    pub kind: CreditKind,
    pub status: CreditStatus,
    /// The day from which it counts.
    pub credited_on: NaiveDate,
    pub principal_paise: Paise,
    pub interest_paise: Paise,
    pub damages_paise: Paise,
    /// The interest from the previous credit up to this day, line by line.
    pub accrued: InterestLines,
    /// The amounts due after it.
    pub dues_after: Dues,
    /// The bank's reference of a receipt.
    pub utr: Option<String>,
    /// The payment from which it was deducted, or which the bank returned.
    pub payment_id: Option<PaymentId>,
    /// The guarantee under which the bank paid.
    pub security_id: Option<SecurityId>,
    /// The order, reason or note behind it.
    pub reference: String,
    pub recorded_by: UserId,
    pub recorded_at: Timestamp,
}

impl RecoveryCredit {
    /// The copy for a manufacturer: without the order or the noting of the offices behind it.
    pub fn without_noting(mut self) -> RecoveryCredit {
        self.reference.clear();
        self
    }

    /// The credited amount by what it pays.
    pub fn parts(&self) -> Parts {
        Parts {
            principal_paise: self.principal_paise,
            interest_paise: self.interest_paise,
            damages_paise: self.damages_paise,
        }
    }
}

/// One instalment of a plan: its day and amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Instalment {
    pub due_on: NaiveDate,
    pub amount_paise: Paise,
}

/// A granted instalment plan. The instalments add up to the amount that was due on the day of the
/// grant; interest that accrues afterwards is due in addition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InstalmentPlan {
    pub granted_by: UserId,
    pub granted_on: NaiveDate,
    pub instalments: Vec<Instalment>,
    /// The amount credited since the grant.
    pub credited_paise: Paise,
}

/// One instalment and the part of it that is paid: credits fill the instalments in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct InstalmentState {
    pub due_on: NaiveDate,
    pub amount_paise: Paise,
    pub paid_paise: Paise,
    /// Its day has passed and it is not fully paid.
    pub overdue: bool,
}

impl InstalmentPlan {
    /// Checks that the instalments add up exactly to the amount due and are in the order of their
    /// days.
    pub fn check(instalments: &[Instalment], due: Paise, today: NaiveDate) -> Result<(), PlanProblem> {
        Self::check_rows(instalments, today).map_err(PlanProblem::Fields)?;
        let sum = Paise::sum(instalments.iter().map(|one| one.amount_paise)).unwrap_or(LARGEST_AMOUNT);
        if sum == due { Ok(()) } else { Err(PlanProblem::Refused(Refusal::InstalmentsDiffer { sum, due })) }
    }

    /// Checks each instalment for itself, and their number and order.
    pub fn check_rows(instalments: &[Instalment], today: NaiveDate) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        errors.require(
            (INSTALMENTS_LEAST..=INSTALMENTS_MOST).contains(&instalments.len()),
            "/instalments",
            FieldReason::Between {
                least: INSTALMENTS_LEAST as i64,
                most: INSTALMENTS_MOST as i64,
                what: "instalments",
            },
        );
        let rising = instalments.windows(2).all(|pair| matches!(pair, [a, b] if a.due_on < b.due_on));
        errors.require(rising, "/instalments", FieldReason::LaterEach);
        for (index, one) in instalments.iter().enumerate() {
            check_amount(&mut errors, &format!("/instalments/{index}/amount_paise"), one.amount_paise);
            check_day(&mut errors, &format!("/instalments/{index}/due_on"), one.due_on);
            errors.require(one.due_on >= today, format!("/instalments/{index}/due_on"), FieldReason::InPast);
        }
        errors.finish()
    }

    /// Adds an amount that was credited.
    pub fn credit(&mut self, amount: Paise) {
        self.credited_paise = self.credited_paise.checked_add(amount).unwrap_or(LARGEST_AMOUNT);
    }

    /// The instalments and how far each is paid; a credit fills the earliest instalments first.
    pub fn states(&self, today: NaiveDate) -> Vec<InstalmentState> {
        let mut left = self.credited_paise;
        let state = |one: &Instalment| {
            let paid_paise = left.min(one.amount_paise);
            left = left.minus_floored(paid_paise);
            let overdue = paid_paise < one.amount_paise && one.due_on < today;
            InstalmentState { due_on: one.due_on, amount_paise: one.amount_paise, paid_paise, overdue }
        };
        self.instalments.iter().map(state).collect()
    }
}

/// The reason why a plan is not valid.
#[derive(Debug)]
pub enum PlanProblem {
    Fields(FieldErrors),
    Refused(Refusal),
}

/// A set-off order: the next payments to the beneficiary are reduced by up to this amount, until it
/// is used up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetOffOrder {
    /// The amount still to be set off.
    pub open_paise: Paise,
    pub ordered_by: UserId,
    pub ordered_at: Timestamp,
    pub note: String,
}

/// The amounts due on a day: those after the last credit before it, and the interest since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecoveryStatement {
    pub on: NaiveDate,
    pub due: Parts,
    pub total_paise: Paise,
    /// The interest since the last credit, line by line; it is posted with the next credit.
    pub accrued: InterestLines,
}

impl RecoveryStatement {
    /// Computes the statement from a recovery, its credits (in the order of their days) and the
    /// rates; `on` may lie before or after today.
    pub fn of(
        recovery: &Recovery,
        credits: &[RecoveryCredit],
        rates: &[InterestRate],
        on: NaiveDate,
    ) -> Result<RecoveryStatement, Refusal> {
        let counted: Vec<&RecoveryCredit> =
            credits.iter().filter(|credit| credit.status == CreditStatus::Done).collect();
        let mut dues = match (counted.iter().rev().find(|credit| credit.credited_on <= on), counted.first()) {
            (Some(last), _) => last.dues_after.clone(),
            (None, Some(_)) => recovery.dues_at_first(),
            (None, None) => recovery.dues(),
        };
        let accrued = dues.accrue(rates, on)?;
        Ok(RecoveryStatement { on, due: dues.due, total_paise: dues.due.total()?, accrued })
    }
}

fn check_amount(errors: &mut FieldErrors, pointer: &str, amount: Paise) {
    errors.require_amount(amount, 1, pointer, FieldReason::PositiveAmount);
}

/// The form of a show-cause notice: why money has to come back, and by when the beneficiary may
/// reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowCauseForm {
    /// `refund` or `liquidated_damages`.
    pub kind: RecoveryKind,
    /// The payment to be recovered; required for a refund.
    pub disbursement_id: Option<DisbursementId>,
    /// The amount to be recovered; required for a refund.
    pub amount_paise: Option<Paise>,
    /// The late milestone; required for damages.
    pub milestone_id: Option<MilestoneId>,
    /// The last day to be charged; required for damages.
    pub charged_to: Option<NaiveDate>,
    pub grounds: String,
    pub reply_due_on: NaiveDate,
}

impl ShowCauseForm {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self, today: NaiveDate) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        let (refund, damages) = (self.kind == RecoveryKind::Refund, self.kind == RecoveryKind::LiquidatedDamages);
        errors.require(refund || damages, "/kind", FieldReason::RecoveryKinds);
        errors.require_just_when(refund, self.disbursement_id.is_some(), "/disbursement_id", FieldReason::ForRefund);
        errors.require_just_when(refund, self.amount_paise.is_some(), "/amount_paise", FieldReason::ForRefund);
        errors.require_just_when(damages, self.milestone_id.is_some(), "/milestone_id", FieldReason::ForDamages);
        errors.require_just_when(damages, self.charged_to.is_some(), "/charged_to", FieldReason::ForDamages);
        if let Some(amount) = self.amount_paise {
            check_amount(&mut errors, "/amount_paise", amount);
        }
        if let Some(to) = self.charged_to {
            errors.require(to <= today, "/charged_to", FieldReason::InFuture);
        }
        check_text(&mut errors, "/grounds", &self.grounds, 4_000);
        check_day(&mut errors, "/reply_due_on", self.reply_due_on);
        errors.require(self.reply_due_on > today, "/reply_due_on", FieldReason::OneDayLeft);
        // Until that day nobody can order anything: a mistyped year would hold the recovery for a century.
        let within = today.checked_add_days(Days::new(REPLY_DAYS_MOST)).is_none_or(|last| self.reply_due_on <= last);
        errors.require(within, "/reply_due_on", FieldReason::DaysAhead { most: REPLY_DAYS_MOST as i64 });
        errors.finish()
    }
}

/// The reply of the beneficiary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticeReplyForm {
    pub text: String,
    #[serde(default)]
    pub evidence: Vec<EvidenceId>,
}

impl NoticeReplyForm {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_text(&mut errors, "/text", &self.text, 4_000);
        errors.require(
            self.evidence.len() <= 50,
            "/evidence",
            FieldReason::AtMost { most: 50, what: "evidence files" },
        );
        errors.finish()
    }
}

/// The decision on a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderForm {
    pub outcome: OrderOutcome,
    /// Required if the amount is reduced.
    pub amount_paise: Option<Paise>,
    pub reasons: String,
}

impl OrderForm {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        let reduced = self.outcome == OrderOutcome::Reduced;
        errors.require_just_when(reduced, self.amount_paise.is_some(), "/amount_paise", FieldReason::WhenReduced);
        if let Some(amount) = self.amount_paise {
            check_amount(&mut errors, "/amount_paise", amount);
        }
        check_text(&mut errors, "/reasons", &self.reasons, 4_000);
        errors.finish()
    }
}

/// A receipt of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptForm {
    /// The bank's reference.
    pub utr: String,
    pub received_on: NaiveDate,
    pub amount_paise: Paise,
}

impl ReceiptForm {
    /// Checks the form and returns the UTR in normal form.
    pub fn check(&self) -> Result<String, FieldErrors> {
        let mut errors = FieldErrors::new();
        let utr = errors.take("/utr", normalise_utr(&self.utr));
        check_amount(&mut errors, "/amount_paise", self.amount_paise);
        errors.finish()?;
        Ok(utr.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(due_on: &str, amount: i64) -> Instalment {
        Instalment { due_on: due_on.parse().unwrap(), amount_paise: Paise(amount) }
    }

    #[test]
    fn a_plan_sums_to_the_paisa_and_fills_in_order() {
        let today = "2026-06-01".parse().unwrap();
        let plan = [one("2026-06-10", 40), one("2026-07-10", 60)];
        assert!(InstalmentPlan::check(&plan, Paise(100), today).is_ok());
        for due in [99, 101] {
            let wrong = InstalmentPlan::check(&plan, Paise(due), today);
            assert!(matches!(wrong, Err(PlanProblem::Refused(refusal)) if refusal.code() == "instalments_differ"));
        }
        for wrong in [vec![one("2026-06-10", 100)], vec![plan[1], plan[0]], vec![one("2026-05-31", 40), plan[1]]] {
            assert!(matches!(InstalmentPlan::check(&wrong, Paise(100), today), Err(PlanProblem::Fields(_))));
        }
        let granted = InstalmentPlan {
            granted_by: crate::payment::tranche::tests::person(1),
            granted_on: today,
            instalments: plan.to_vec(),
            credited_paise: Paise(45),
        };
        let states = granted.states("2026-07-11".parse().unwrap());
        let told: Vec<_> = states.iter().map(|state| (state.paid_paise.0, state.overdue)).collect();
        assert_eq!(told, [(40, false), (5, true)]);
    }
}
