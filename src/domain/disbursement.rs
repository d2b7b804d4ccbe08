//! Disbursements: payments that reached the beneficiary, as listed for the auditor.

use crate::domain::calendar::{FinancialYear, Timestamp};
use crate::domain::id::{AwardId, ClaimId, DisbursementId, OrganisationId, PaymentId, TrancheId};
use crate::domain::money::Paise;
use crate::domain::scheme::Component;
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

/// A disbursement with every field in its text form: the text stored in the table is the text in
/// JSON and CSV, so long lists are written without parsing each field. It gives the same text as
/// [`Disbursement`], field by field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WrittenDisbursement {
    pub id: String,
    pub number: String,
    pub scheme_code: String,
    pub component: String,
    pub organisation_id: String,
    pub beneficiary: String,
    pub award_id: String,
    pub claim_id: String,
    pub tranche_id: String,
    pub payment_id: String,
    pub performance_year: String,
    pub payment_year: String,
    pub paid_on: String,
    pub amount_paise: i64,
    pub set_off_paise: i64,
    pub net_paise: i64,
    pub utr: String,
    pub status: String,
    pub recorded_at: String,
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

/// A filter for disbursements; every part that is given must match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisbursementFilter {
    pub scheme_code: Option<String>,
    pub organisation_id: Option<OrganisationId>,
    pub component: Option<Component>,
    pub performance_year: Option<FinancialYear>,
    pub payment_year: Option<FinancialYear>,
    pub paid_from: Option<NaiveDate>,
    pub paid_to: Option<NaiveDate>,
    pub amount_from: Option<Paise>,
    pub amount_to: Option<Paise>,
    pub status: Option<DisbursementStatus>,
    pub utr: Option<String>,
}

/// The position after which the next page starts (a cursor): the sort value and the id of the last
/// row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    pub value: String,
    pub id: String,
}

/// The order of a list, and the position after which it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisbursementOrder {
    pub sort: DisbursementSort,
    pub direction: Direction,
    pub after: Option<Position>,
}

impl DisbursementOrder {
    /// The position of a row in this order.
    pub fn position(&self, row: &WrittenDisbursement) -> Position {
        let value = match self.sort {
            DisbursementSort::PaidOn => row.paid_on.clone(),
            DisbursementSort::Amount => row.amount_paise.to_string(),
        };
        Position { value, id: row.id.clone() }
    }
}

/// Totals of a whole selection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DisbursementTotals {
    pub count: i64,
    pub amount_paise: Paise,
}
