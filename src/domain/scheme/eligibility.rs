//! Eligibility: the conditions and documents that a scheme file requires of an applicant.

use crate::base::money::Paise;
use crate::scheme::rules::rule::Rule;
use crate::scheme::scheme::{Basis, MoneyFigure, Scheme};
use crate::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// A kind of document that an application must carry.
    pub enum DocumentKind {
        BoardResolution = "board_resolution",
        NetWorthCertificate = "net_worth_certificate",
        DetailedProjectReport = "detailed_project_report",
        AuditedAccounts = "audited_accounts",
        Other = "other",
    }
}

/// The least net worth for a capacity up to a bound, in rupees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NetWorthSlab {
    pub up_to_mtpa: i64,
    pub rupees: i64,
    pub basis: Basis,
    pub source: String,
}

/// The eligibility section of a scheme file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Eligibility {
    pub documents: Vec<DocumentKind>,
    pub documents_basis: Basis,
    pub documents_source: String,
    pub net_worth: Vec<NetWorthSlab>,
    pub investment_per_mtpa: MoneyFigure,
    /// Further conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<Rule>,
}

impl Scheme {
    /// The least net worth for a capacity: that of the first slab that reaches it; `None` above all
    /// slabs.
    pub fn least_net_worth(&self, capacity_mtpa: i64) -> Option<Paise> {
        let slab = self.eligibility.net_worth.iter().find(|slab| capacity_mtpa <= slab.up_to_mtpa)?;
        Paise::from_rupees(slab.rupees)
    }
}

words! {
    /// A criterion that an applicant must meet.
    pub enum Criterion {
        /// Capacity within the scheme's bounds and steps.
        Capacity = "capacity",
        /// Every stage from oxide to magnet.
        WholeChain = "whole_chain",
        /// The net worth that is required for this capacity.
        NetWorth = "net_worth",
        /// The planned investment that is required for this capacity.
        Investment = "investment",
        /// The requested incentive lies within the ceiling.
        IncentiveRate = "incentive_rate",
        /// The documents are present, and the officer found them genuine.
        Documents = "documents",
    }
}
