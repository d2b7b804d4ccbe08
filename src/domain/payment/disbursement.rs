//! Disbursements: payments that reached the beneficiary, as listed for the auditor.

use crate::base::calendar::{FinancialYear, Timestamp};
use crate::base::id::{AwardId, ClaimId, DisbursementId, OrganisationId, PaymentId, TrancheId};
use crate::base::money::Paise;
use crate::scheme::scheme::Component;
use crate::words;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// Whether the money stayed with the beneficiary.
    pub enum DisbursementStatus {
        Succeeded = "succeeded",
        FailedAfterSuccess = "failed_after_success",
    }
}

/// A payment that reached the beneficiary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Disbursement {
    pub id: DisbursementId,
    pub number: String,
    pub scheme_code: String,
    pub component: Component,
    pub organisation_id: OrganisationId,
    pub beneficiary: String,
    pub award_id: AwardId,
    pub claim_id: ClaimId,
    pub tranche_id: TrancheId,
    pub payment_id: PaymentId,
    /// The financial year in which it was earned.
    pub performance_year: FinancialYear,
    /// The financial year in which the bank paid it.
    pub payment_year: FinancialYear,
    pub paid_on: NaiveDate,
    /// The gross amount: what the bank paid plus what was set off.
    pub amount_paise: Paise,
    /// The part that was deducted for recoveries.
    pub set_off_paise: Paise,
    /// The amount that the bank paid.
    pub net_paise: Paise,
    pub utr: String,
    pub status: DisbursementStatus,
    pub recorded_at: Timestamp,
}

words! {
    /// The field by which a list is sorted.
    pub enum DisbursementSort {
        PaidOn = "paid_on",
        Amount = "amount",
    }
}

words! {
    /// The direction of sorting.
    pub enum Direction {
        Ascending = "ascending",
        Descending = "descending",
    }
}

/// Totals of a whole selection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DisbursementTotals {
    pub count: i64,
    pub amount_paise: Paise,
}
