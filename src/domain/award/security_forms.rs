//! The forms for acts on guarantees, checked field by field.

use crate::base::field::{FieldErrors, check_day, check_name, check_text};
use crate::base::field_reason::FieldReason;
use crate::base::id::{EvidenceId, RecoveryId};
use crate::base::money::Paise;
use crate::base::utr::normalise_utr;
use crate::words;
use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The answer of the issuing bank to a direct inquiry.
    pub enum BankWord {
        Confirmed = "confirmed",
        NotConfirmed = "not_confirmed",
    }
}

/// The form by which a signatory lodges a guarantee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityForm {
    pub guarantee_number: String,
    pub bank: String,
    pub amount_paise: Paise,
    pub issued_on: NaiveDate,
    pub expires_on: NaiveDate,
    /// The end of the claim period; the expiry day if there is none.
    pub claim_expires_on: Option<NaiveDate>,
    pub evidence_id: EvidenceId,
}

/// The form of an extension as the bank issued it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityExtension {
    pub expires_on: NaiveDate,
    /// The end of the claim period; the expiry day if there is none.
    pub claim_expires_on: Option<NaiveDate>,
    /// The amount by which the bank raises the guarantee (a top-up), if it does; the dates may then stay as they are.
    #[serde(default)]
    pub top_up_paise: Option<Paise>,
    pub reference: String,
    pub dated_on: NaiveDate,
    pub evidence_id: EvidenceId,
}

/// The form for the bank's answer about a guarantee or its extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityConfirmation {
    pub outcome: BankWord,
    /// The reference of the bank's own message, which was requested directly.
    pub reference: String,
    pub note: String,
    pub evidence_id: Option<EvidenceId>,
    /// Why it is another guarantee than the one that it is like; needed only then.
    #[serde(default)]
    pub different_because: Option<String>,
}

/// The form by which a guarantee is invoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityInvocation {
    /// The recovery that the money will pay: a demanded refund, true-up or damages of the same
    /// award.
    pub recovery_id: Option<RecoveryId>,
    /// At most the amount owed today.
    pub amount_paise: Paise,
    pub reference: String,
    pub reason: String,
}

/// The form for money that the bank paid on an invocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityReceipt {
    /// The recovery for which the guarantee was invoked; the money is a receipt of it.
    pub recovery_id: Option<RecoveryId>,
    pub amount_paise: Paise,
    pub utr: String,
    pub received_on: NaiveDate,
}

/// The form by which a guarantee is released and returned to the bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityRelease {
    pub reference: String,
    pub reason: String,
}

/// A guarantee ends within so many years.
const YEARS_MOST: u32 = 30;

fn check_amount(errors: &mut FieldErrors, amount: Paise) {
    errors.require_amount(amount, 1, "/amount_paise", FieldReason::PositiveAmount);
}

fn check_dates(errors: &mut FieldErrors, expires_on: NaiveDate, claim: Option<NaiveDate>, today: NaiveDate) {
    // No scheme and no guarantee of it lasts longer.
    let latest = today.checked_add_months(Months::new(12 * YEARS_MOST)).unwrap_or(today);
    let possible = FieldReason::DayRange { earliest: today, latest };
    errors.require(expires_on <= latest, "/expires_on", possible.clone());
    errors.require(expires_on > today, "/expires_on", FieldReason::NotInFuture);
    if let Some(claim) = claim {
        errors.require(claim <= latest, "/claim_expires_on", possible);
        errors.require(claim >= expires_on, "/claim_expires_on", FieldReason::BeforeExpiry);
    }
}

impl SecurityForm {
    /// Checks the form; the error lists every field that is not valid. A guarantee for a scheme is not issued before
    /// the day on which the scheme begins.
    pub fn check(&self, begins_on: NaiveDate, today: NaiveDate) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_name(&mut errors, "/guarantee_number", &self.guarantee_number, 60);
        check_name(&mut errors, "/bank", &self.bank, 120);
        check_amount(&mut errors, self.amount_paise);
        check_day(&mut errors, "/issued_on", self.issued_on);
        check_dates(&mut errors, self.expires_on, self.claim_expires_on, today);
        errors.require(self.issued_on <= today, "/issued_on", FieldReason::InFuture);
        errors.require(self.issued_on >= begins_on, "/issued_on", FieldReason::BeforeScheme);
        errors.finish()
    }
}

impl SecurityExtension {
    /// Checks the form; the error lists every field that is not valid. An amendment is not dated before the day on
    /// which the guarantee that it amends was issued.
    pub fn check(&self, issued_on: NaiveDate, today: NaiveDate) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_dates(&mut errors, self.expires_on, self.claim_expires_on, today);
        if let Some(top_up) = self.top_up_paise {
            errors.require_amount(top_up, 1, "/top_up_paise", FieldReason::PositiveAmount);
        }
        check_name(&mut errors, "/reference", &self.reference, 200);
        check_day(&mut errors, "/dated_on", self.dated_on);
        errors.require(self.dated_on <= today, "/dated_on", FieldReason::InFuture);
        let possible = FieldReason::DayRange { earliest: issued_on, latest: today };
        errors.require(self.dated_on >= issued_on, "/dated_on", possible);
        errors.finish()
    }
}

impl SecurityConfirmation {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_name(&mut errors, "/reference", &self.reference, 200);
        check_text(&mut errors, "/note", &self.note, 4_000);
        if let Some(reason) = &self.different_because {
            check_text(&mut errors, "/different_because", reason, 2_000);
        }
        errors.finish()
    }
}

impl SecurityInvocation {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_amount(&mut errors, self.amount_paise);
        check_name(&mut errors, "/reference", &self.reference, 200);
        check_text(&mut errors, "/reason", &self.reason, 4_000);
        errors.finish()
    }
}

impl SecurityReceipt {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_amount(&mut errors, self.amount_paise);
        errors.take("/utr", normalise_utr(&self.utr));
        check_day(&mut errors, "/received_on", self.received_on);
        errors.finish()
    }
}

impl SecurityRelease {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_name(&mut errors, "/reference", &self.reference, 200);
        check_text(&mut errors, "/reason", &self.reason, 4_000);
        errors.finish()
    }
}
