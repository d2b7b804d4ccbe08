//! Payments: each is one attempt to pay a tranche, advised to the treasury and answered by the
//! bank. Only a success is a disbursement; a failed payment stays on record and the money is
//! advised again under a new number.

use crate::base::calendar::Timestamp;
use crate::base::field::FieldErrors;
use crate::base::field_reason::FieldReason;
use crate::base::id::{OrganisationId, PaymentId, TrancheId, UserId};
use crate::base::money::Paise;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::base::utr::normalise_utr;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The status of a payment (the terms of the Civil Accounts Manual, para 2.3.8).
    pub enum PaymentStatus {
        Advised = "advised",
        /// The treasury has received it and will pay.
        Accepted = "accepted",
        Succeeded = "succeeded",
        Failed = "failed",
        FailedAfterSuccess = "failed_after_success",
        /// It is not known whether it was paid or failed: it can only be settled, never sent again.
        Unknown = "unknown",
    }
}

impl PaymentStatus {
    /// Whether the bank has still to say what became of it.
    pub fn is_on_its_way(self) -> bool {
        matches!(self, PaymentStatus::Advised | PaymentStatus::Accepted | PaymentStatus::Unknown)
    }
}

/// One payment to a tranche's payee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    pub id: PaymentId,
    /// Its own number, new for every attempt.
    pub number: String,
    pub tranche_id: TrancheId,
    pub organisation_id: OrganisationId,
    /// The amount that the bank is to pay: the tranche less what is set off.
    pub amount_paise: Paise,
    /// The amount deducted for recoveries.
    pub set_off_paise: Paise,
    /// The account as it was when the payment was advised.
    pub bank_account: String,
    pub ifsc: String,
    pub status: PaymentStatus,
    pub advised_by: UserId,
    pub advised_at: Timestamp,
    pub utr: Option<String>,
    pub paid_on: Option<NaiveDate>,
    /// The reason for the failure, in the bank's words.
    pub reason: Option<String>,
    pub settled_by: Option<UserId>,
    pub settled_at: Option<Timestamp>,
    pub version: i64,
    /// The time at which the treasury confirmed receipt.
    pub accepted_at: Option<Timestamp>,
}

/// The answer of the bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankAnswer {
    /// `accepted`, `succeeded`, `failed`, `failed_after_success` or `unknown`.
    pub outcome: PaymentStatus,
    /// The bank's reference; required for a success.
    pub utr: Option<String>,
    /// The day on which the bank paid; required for a success.
    pub paid_on: Option<NaiveDate>,
    /// The amount that the bank paid; required for a success.
    pub amount_paise: Option<Paise>,
    /// Required unless it was accepted or succeeded.
    pub reason: Option<String>,
}

impl BankAnswer {
    /// Reports fields that an answer of this outcome lacks or must not have.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        let success = self.outcome == PaymentStatus::Succeeded;
        errors.require(self.outcome != PaymentStatus::Advised, "/outcome", FieldReason::Outcomes);
        errors.require_just_when(success, self.utr.is_some(), "/utr", FieldReason::ForSuccess);
        errors.require_just_when(success, self.paid_on.is_some(), "/paid_on", FieldReason::ForSuccess);
        errors.require_just_when(success, self.amount_paise.is_some(), "/amount_paise", FieldReason::ForSuccess);
        let well = success || self.outcome == PaymentStatus::Accepted;
        errors.require_just_when(!well, self.reason.is_some(), "/reason", FieldReason::UnlessWell);
        if let Some(utr) = &self.utr {
            errors.take("/utr", normalise_utr(utr));
        }
        if let Some(reason) = &self.reason {
            crate::base::field::check_text(&mut errors, "/reason", reason, 500);
        }
        errors.finish()
    }
}

impl BankAnswer {
    /// The UTR in normal form, if there is one.
    pub fn plain_utr(&self) -> Option<String> {
        self.utr.as_deref().and_then(|utr| normalise_utr(utr).ok())
    }
}

impl Payment {
    /// Decides whether an answer is new, repeats what is recorded, or contradicts it, in which case
    /// it is refused. The order in which the treasury's answers arrive does not matter.
    pub fn weigh(&self, answer: &BankAnswer) -> Result<Weighed, Refusal> {
        use PaymentStatus::{Accepted, Advised, Failed, FailedAfterSuccess, Succeeded, Unknown};
        if let Some(reported) = answer.amount_paise.filter(|reported| *reported != self.amount_paise) {
            return Err(Refusal::AmountDiffers { advised: self.amount_paise, reported });
        }
        let same_success = answer.plain_utr() == self.utr && answer.paid_on == self.paid_on;
        match (answer.outcome, self.status) {
            (Accepted, Advised) => Ok(Weighed::New),
            (Accepted, Unknown) if self.accepted_at.is_none() => Ok(Weighed::New),
            // Whatever happened later, the treasury had received it.
            (Accepted, _) => Ok(Weighed::Known),
            (Succeeded | Failed, Advised | Accepted | Unknown) => Ok(Weighed::New),
            (Succeeded, Succeeded | FailedAfterSuccess) if same_success => Ok(Weighed::Known),
            (FailedAfterSuccess, Succeeded) => Ok(Weighed::New),
            (FailedAfterSuccess, Advised | Accepted | Unknown) => {
                Err(Refusal::AnswerTooEarly { payment: self.number.clone(), is: self.status.as_str() })
            }
            (Unknown, Advised | Accepted) => Ok(Weighed::New),
            (reported, recorded) if reported == recorded && reported != Succeeded => Ok(Weighed::Known),
            _ => Err(self.contradicted_by(described(answer.outcome, answer.utr.as_ref(), answer.paid_on))),
        }
    }

    /// The refusal of an answer that contradicts what is recorded.
    pub fn contradicted_by(&self, reported: Reason) -> Refusal {
        let recorded = described(self.status, self.utr.as_ref(), self.paid_on);
        Refusal::AnswerContradicted { payment: self.number.clone(), recorded, reported }
    }

    /// Records the bank's answer: the success or failure of an open payment, the receipt by the
    /// treasury, an unknown outcome, or the bank return of a succeeded payment.
    pub fn settle(&mut self, answer: &BankAnswer, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        use PaymentStatus::{Accepted, Advised, FailedAfterSuccess, Succeeded, Unknown};
        let (from, needs): (&[PaymentStatus], _) = match answer.outcome {
            FailedAfterSuccess => (&[Succeeded], "succeeded"),
            Unknown => (&[Advised, Accepted], "advised or accepted"),
            Accepted => (&[Advised, Unknown], "advised or unknown"),
            _ => (&[Advised, Accepted, Unknown], "advised, accepted or unknown"),
        };
        if !from.contains(&self.status) {
            return Err(Refusal::WrongState { noun: "payment", is: self.status.as_str(), needs });
        }
        if let Some(reported) = answer.amount_paise.filter(|reported| *reported != self.amount_paise) {
            return Err(Refusal::AmountDiffers { advised: self.amount_paise, reported });
        }
        if answer.outcome == PaymentStatus::Succeeded {
            if let Some(paid_on) = answer.paid_on {
                crate::milestone::milestone::check_day(paid_on, self.advised_at.date_in_india(), at.date_in_india())?;
            }
            self.utr = answer.plain_utr();
            self.paid_on = answer.paid_on;
        }
        self.status = answer.outcome;
        if answer.outcome == Accepted {
            self.accepted_at = Some(at);
            return Ok(());
        }
        self.reason.clone_from(&answer.reason);
        self.settled_by = Some(by);
        self.settled_at = Some(at);
        Ok(())
    }
}

/// The relation of an answer to a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighed {
    /// It changes what is recorded.
    New,
    /// It is already recorded.
    Known,
}

/// An answer in words.
fn described(status: PaymentStatus, utr: Option<&String>, paid_on: Option<NaiveDate>) -> Reason {
    let is = status.as_str();
    match (utr, paid_on) {
        (Some(utr), Some(paid_on)) => Reason::StateWithUtrOf { is, utr: utr.clone(), paid_on },
        _ => Reason::OnlyState { is },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_utr_has_one_form() {
        assert_eq!(normalise_utr(" sbin r52026 0801-0000001 ").unwrap(), "SBINR5202608010000001");
        for wrong in ["", "123", "SBIN_R520260801", "A".repeat(23).as_str()] {
            assert!(normalise_utr(wrong).is_err(), "{wrong}");
        }
    }
}
