//! From which turnover the invoices of a firm are e-invoices, which carry an invoice reference number (IRN).

use crate::scheme::scheme::MoneyFigure;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The rule for e-invoices; without it an IRN is optional.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EInvoiceRules {
    /// Once the lines of a claim show that a firm invoiced so much in a financial year, each of them states its IRN.
    pub irn_from_turnover: MoneyFigure,
}
