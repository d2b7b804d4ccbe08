//! Payment advices to the treasury and what the bank answered. Only a success is a disbursement;
//! a failed payment stays on record and the money is advised again under a new number.

use crate::domain::calendar::Timestamp;
use crate::domain::field::FieldErrors;
use crate::domain::id::{OrganisationId, PaymentId, TrancheId, UserId};
use crate::domain::money::Paise;
use crate::domain::refusal::Refusal;
use crate::domain::utr::normalise_utr;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// What is known of a payment (the words of the Civil Accounts Manual, para 2.3.8).
    pub enum PaymentStatus {
        Advised = "advised",
        /// The treasury has it and will pay.
        Accepted = "accepted",
        Succeeded = "succeeded",
        Failed = "failed",
        FailedAfterSuccess = "failed_after_success",
        /// Neither paid nor failed as far as anybody can tell: it can only be settled, never sent again.
        Unknown = "unknown",
    }
}

/// One payment advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    pub id: PaymentId,
    /// The advice's own number, new for every attempt.
    pub number: String,
    pub tranche_id: TrancheId,
    pub organisation_id: OrganisationId,
    /// What the bank is to pay: the tranche without what is set off.
    pub amount_paise: Paise,
    /// What is kept back for recoveries.
    pub set_off_paise: Paise,
    /// The account as it was when the advice was made.
    pub bank_account: String,
    pub ifsc: String,
    pub status: PaymentStatus,
    pub advised_by: UserId,
    pub advised_at: Timestamp,
    pub utr: Option<String>,
    pub paid_on: Option<NaiveDate>,
    /// Why it failed, in the bank's words.
    pub reason: Option<String>,
    pub settled_by: Option<UserId>,
    pub settled_at: Option<Timestamp>,
    pub version: i64,
    /// When the treasury said that it has it.
    pub accepted_at: Option<Timestamp>,
}

/// What the bank reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankAnswer {
    /// `accepted`, `succeeded`, `failed`, `failed_after_success` or `unknown`.
    pub outcome: PaymentStatus,
    /// The bank's reference; needed for a success.
    pub utr: Option<String>,
    /// The day the bank paid; needed for a success.
    pub paid_on: Option<NaiveDate>,
    /// The amount the bank paid; needed for a success.
    pub amount_paise: Option<Paise>,
    /// Needed unless it was accepted or succeeded.
    pub reason: Option<String>,
}

impl BankAnswer {
    /// Notes what an answer of this outcome lacks or must not have.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        let success = self.outcome == PaymentStatus::Succeeded;
        errors.require(
            self.outcome != PaymentStatus::Advised,
            "/outcome",
            "accepted, succeeded, failed, failed_after_success or unknown",
        );
        errors.require(self.utr.is_some() == success, "/utr", "given for a success, and only there");
        errors.require(self.paid_on.is_some() == success, "/paid_on", "given for a success, and only there");
        errors.require(self.amount_paise.is_some() == success, "/amount_paise", "given for a success, and only there");
        let well = success || self.outcome == PaymentStatus::Accepted;
        errors.require(self.reason.is_some() != well, "/reason", "given unless it was accepted or succeeded");
        if let Some(utr) = &self.utr {
            errors.take("/utr", normalise_utr(utr));
        }
        if let Some(reason) = &self.reason {
            crate::domain::field::check_text(&mut errors, "/reason", reason, 500);
        }
        errors.finish()
    }
}

impl BankAnswer {
    /// The UTR in its one form, if there is one.
    pub fn plain_utr(&self) -> Option<String> {
        self.utr.as_deref().and_then(|utr| normalise_utr(utr).ok())
    }
}

impl Payment {
    /// Whether an answer says something new about this payment, says again what is recorded, or
    /// cannot be true beside it. The order in which the treasury's answers arrive does not matter.
    pub fn weigh(&self, answer: &BankAnswer) -> Result<Weighed, Refusal> {
        use PaymentStatus::{Accepted, Advised, Failed, FailedAfterSuccess, Succeeded, Unknown};
        if let Some(reported) = answer.amount_paise.filter(|reported| *reported != self.amount_paise) {
            return Err(Refusal::AmountDiffers { advised: self.amount_paise, reported });
        }
        let same_success = answer.plain_utr() == self.utr && answer.paid_on == self.paid_on;
        match (answer.outcome, self.status) {
            (Accepted, Advised) => Ok(Weighed::New),
            (Accepted, Unknown) if self.accepted_at.is_none() => Ok(Weighed::New),
            // Whatever became of it, the treasury had it.
            (Accepted, _) => Ok(Weighed::Known),
            (Succeeded | Failed, Advised | Accepted | Unknown) => Ok(Weighed::New),
            (Succeeded, Succeeded | FailedAfterSuccess) if same_success => Ok(Weighed::Known),
            (FailedAfterSuccess, Succeeded) => Ok(Weighed::New),
            (FailedAfterSuccess, Advised | Accepted | Unknown) => {
                Err(Refusal::AnswerTooEarly { payment: self.number.clone(), is: self.status.to_string() })
            }
            (Unknown, Advised | Accepted) => Ok(Weighed::New),
            (reported, recorded) if reported == recorded && reported != Succeeded => Ok(Weighed::Known),
            _ => Err(self.contradicted_by(&describe(answer))),
        }
    }

    /// The refusal of an answer that cannot be true beside what is recorded.
    pub fn contradicted_by(&self, reported: &str) -> Refusal {
        let recorded = match (&self.utr, self.paid_on) {
            (Some(utr), Some(paid_on)) => format!("{} with UTR {utr} of {paid_on}", self.status),
            _ => self.status.to_string(),
        };
        Refusal::AnswerContradicted { payment: self.number.clone(), recorded, reported: reported.to_owned() }
    }

    /// Takes in the bank's answer: a success or failure of a payment that is open, the word that
    /// the treasury has it or that nobody knows, or the return of a succeeded one.
    pub fn settle(&mut self, answer: &BankAnswer, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        use PaymentStatus::{Accepted, Advised, FailedAfterSuccess, Succeeded, Unknown};
        let (from, needs): (&[PaymentStatus], _) = match answer.outcome {
            FailedAfterSuccess => (&[Succeeded], "succeeded"),
            Unknown => (&[Advised, Accepted], "advised or accepted"),
            Accepted => (&[Advised, Unknown], "advised or unknown"),
            _ => (&[Advised, Accepted, Unknown], "advised, accepted or unknown"),
        };
        if !from.contains(&self.status) {
            return Err(Refusal::WrongState { noun: "payment", is: self.status.to_string(), needs });
        }
        if let Some(reported) = answer.amount_paise.filter(|reported| *reported != self.amount_paise) {
            return Err(Refusal::AmountDiffers { advised: self.amount_paise, reported });
        }
        if answer.outcome == PaymentStatus::Succeeded {
            if let Some(paid_on) = answer.paid_on {
                super::milestone::check_day(paid_on, self.advised_at.date_in_india(), at.date_in_india())?;
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

/// What an answer is to a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighed {
    /// It changes what is recorded.
    New,
    /// It is recorded already.
    Known,
}

/// An answer in words.
fn describe(answer: &BankAnswer) -> String {
    match (&answer.utr, answer.paid_on) {
        (Some(utr), Some(paid_on)) => format!("{} with UTR {utr} of {paid_on}", answer.outcome),
        _ => answer.outcome.to_string(),
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
