//! The rule that decides which version of a scheme governs an application and a claim, and the
//! check that two persons prepared and published a version.

use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::scheme::{Basis, Scheme};
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The rule by which the governing version of a claim is chosen.
    pub enum ClaimGovernedBy {
        /// The version under which the award was made.
        Award = "award",
        /// The version in force on the day the claim is submitted.
        DateOfClaim = "date_of_claim",
        /// The version in force on the last day of the sales claimed.
        DateOfSale = "date_of_sale",
    }
}

/// The scheme's own rule for the governing version of a claim. An application is governed by the
/// version in force on its day, and an award by the version of its application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GovernedBy {
    pub claim: ClaimGovernedBy,
    pub basis: Basis,
    pub source: String,
}

/// A scheme that gave way to this one. It changes nothing of that scheme; it is said wherever that scheme is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Superseded {
    pub code: String,
    /// The day on which this scheme was approved in its place.
    pub on: NaiveDate,
    pub basis: Basis,
    pub source: String,
}

impl Scheme {
    /// The rule by which the governing version of a claim is chosen; the version of the award by
    /// default.
    pub fn claim_governed_by(&self) -> ClaimGovernedBy {
        self.governed_by.as_ref().map_or(ClaimGovernedBy::Award, |rule| rule.claim)
    }

    /// Checks that a file with claim rules names two different persons or offices, and says what it
    /// changes if it is not the first version.
    pub(crate) fn check_publication(&self) -> Result<(), BadScheme> {
        if self.claims.is_empty() {
            return Ok(());
        }
        let name = |text: &Option<String>| text.as_deref().map(str::trim).unwrap_or_default().to_lowercase();
        let (author, publisher) = (name(&self.prepared_by), name(&self.published_by));
        if author.is_empty() || publisher.is_empty() || author == publisher {
            return Err(BadScheme::new("published_by", "prepared_by and published_by name two different people"));
        }
        if (self.version > 1) == self.changes.is_empty() {
            return Err(BadScheme::new(
                "changes",
                "a version after the first, and only such a one, says what it changes",
            ));
        }
        Ok(())
    }
}
