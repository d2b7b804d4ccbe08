//! Credits that reduce a recovery: receipts, set-offs against a later payment, write-offs and
//! waivers; and the statement of a recovery for any day.

use crate::base::calendar::Timestamp;
use crate::base::field::{FieldErrors, check_day, check_text};
use crate::base::field_reason::FieldReason;
use crate::base::id::{
    DisbursementId, EvidenceId, MilestoneId, PaymentId, RecoveryCreditId, RecoveryId, SecurityId, UserId,
};
use crate::base::money::Paise;
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
