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
    /// Gross: what the bank paid and what was set off, whether or not it stayed.
    pub amount_paise: Paise,
    /// Returned: the whole gross amount if the bank took the payment back, else nothing.
    pub returned_paise: Paise,
    /// Kept: what of the returned amount paid recoveries; the rest is owed to the payee again.
    pub kept_paise: Paise,
    /// The part of the gross amount that was deducted for recoveries; undone if the bank took the payment back.
    pub set_off_paise: Paise,
    /// Net: what the bank paid and did not take back.
    pub net_paise: Paise,
    pub utr: String,
    pub status: DisbursementStatus,
    pub recorded_at: Timestamp,
}

/// The figures of a disbursement beside its gross amount. They are computed here alone; the statement of the selections
/// (`db/desk/records/disbursements.sql`) says the same to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    pub returned_paise: Paise,
    pub kept_paise: Paise,
    pub net_paise: Paise,
}

impl Figures {
    pub fn of(gross: Paise, set_off: Paise, kept: Paise, status: DisbursementStatus) -> Figures {
        let (returned_paise, kept_paise, net_paise) = match status {
            DisbursementStatus::Succeeded => (Paise::ZERO, Paise::ZERO, gross.minus_floored(set_off)),
            DisbursementStatus::FailedAfterSuccess => (gross, kept, Paise::ZERO),
        };
        Figures { returned_paise, kept_paise, net_paise }
    }
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

/// Totals of a whole selection. Gross less returned is what stayed; of that, net was paid by the bank and the rest was
/// set off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DisbursementTotals {
    pub count: i64,
    /// Gross: all that was paid, with what was set off, whether or not it stayed.
    pub amount_paise: Paise,
    /// Of it, what the bank took back.
    pub returned_paise: Paise,
    /// Of that, what paid recoveries.
    pub kept_paise: Paise,
    /// Net: what the bank paid and did not take back.
    pub net_paise: Paise,
}
