//! The rules of a scheme's file for recoveries: the rates of interest by date, the order in which a
//! receipt is allocated, and the liquidated damages for a day of delay.

use crate::base::money::BasisPoints;
use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::partial_achievement::WhilePartial;
use crate::scheme::scheme::{Basis, Scheme};
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The amount that bears interest.
    pub enum InterestMethod {
        /// The principal alone.
        Simple = "simple",
        /// The principal and, from each anniversary on, the interest unpaid by then.
        CompoundYearly = "compound_yearly",
    }
}

words! {
    /// The part to which a receipt is allocated first, after damages.
    pub enum SettlesFirst {
        Interest = "interest",
        Principal = "principal",
    }
}

/// A rate from a day on, until a later rate begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InterestRate {
    pub from: NaiveDate,
    pub basis_points: BasisPoints,
    pub method: InterestMethod,
    pub basis: Basis,
    pub source: String,
}

/// The liquidated damages for a day of delay: one of the three ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DamagesRule {
    /// A share of the performance security that the award requires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis_points_per_day: Option<BasisPoints>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rupees_per_day: Option<i64>,
    /// The name of a table of sums for a day by awarded capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The most that the damages for one milestone come to; without it there is no such limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<DamagesCap>,
    /// The damages for a day while a part is reached; stated if the scheme counts parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub while_partial: Option<WhilePartial>,
    pub basis: Basis,
    pub source: String,
}

/// The most that damages for one milestone come to: one of the two ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DamagesCap {
    /// A share of the performance security that the award requires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis_points: Option<BasisPoints>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rupees: Option<i64>,
    pub basis: Basis,
    pub source: String,
}

/// The rules by which recoveries bear interest and receipts are allocated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryRules {
    /// The part to which a receipt is allocated first.
    pub settles_first: SettlesFirst,
    pub settles_first_basis: Basis,
    pub settles_first_source: String,
    /// Rates by the day from which they apply, oldest first; without a rate there is no interest.
    #[serde(default)]
    pub interest: Vec<InterestRate>,
}

/// What a computation of a recovery needs of these rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryTerms {
    pub interest: Vec<InterestRate>,
    pub settles_first: SettlesFirst,
}

impl Scheme {
    pub fn recovery_terms(&self) -> RecoveryTerms {
        RecoveryTerms { interest: self.recovery_interest().to_vec(), settles_first: self.settles_first() }
    }

    /// The rates at which money to be paid back bears interest.
    pub fn recovery_interest(&self) -> &[InterestRate] {
        self.recovery.as_ref().map_or(&[], |rules| &rules.interest)
    }

    /// The part to which a receipt is allocated first; interest by default.
    pub fn settles_first(&self) -> SettlesFirst {
        self.recovery.as_ref().map_or(SettlesFirst::Interest, |rules| rules.settles_first)
    }

    /// Checks these sections of a scheme file; the error names the key and the reason.
    pub(crate) fn check_recovery(&self) -> Result<(), BadScheme> {
        let fail = |key: &str, why: &str| Err(BadScheme::new(key, why));
        let rates = self.recovery_interest();
        if rates.iter().any(|rate| !(0..=10_000).contains(&rate.basis_points.0)) {
            return fail("recovery.interest", "a yearly rate is 0 to 10000 basis points");
        }
        if !rates.is_sorted_by(|earlier, later| earlier.from < later.from) {
            return fail("recovery.interest", "rates must be in the order of their days, one a day");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::scheme::scheme::Scheme;
    use crate::scheme::scheme::tests::TEXT;

    #[test]
    fn a_wrong_rate_is_named_by_key() {
        let wrong = |from: &str, to: &str| {
            let changed = TEXT.replacen(from, to, 1);
            assert_ne!(changed, TEXT, "{from}");
            Scheme::parse(&changed).unwrap_err().to_string()
        };
        assert!(wrong("basis_points_per_day = 10", "basis_points_per_day = 0").contains("liquidated_damages"));
        assert!(wrong("basis_points = 900", "basis_points = -1").contains("recovery.interest"));
        let again = "[[recovery.interest]]\nfrom = \"2025-04-01\"\nbasis_points = 800\nmethod = \"compound_yearly\"\n\
                     basis = \"assumption\"\nsource = \"x\"\n\n[[milestones]]";
        assert!(wrong("[[milestones]]", again).contains("in the order of their days"));
        let later = again.replace("2025-04-01", "2026-04-01");
        assert!(Scheme::parse(&TEXT.replacen("[[milestones]]", &later, 1)).is_ok());
    }
}
