//! A scheme as data: one TOML file is one version. Every figure states its basis. A file is checked
//! as a whole before it is used, and once loaded it is never edited: its digest is stored.

use crate::base::calendar::plus_months;
use crate::base::money::{BasisPoints, Paise};
use crate::base::reason::Reason;
use crate::scheme::allocation_rules::AllocationRules;
use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::e_invoices::EInvoiceRules;
use crate::scheme::eligibility::Eligibility;
use crate::scheme::example::Example;
use crate::scheme::fact::FactRule;
use crate::scheme::governing::{GovernedBy, Superseded};
use crate::scheme::hold::HoldPeriods;
use crate::scheme::mass_balance::MassBalanceRules;
use crate::scheme::partial_achievement::PartialRule;
use crate::scheme::recovery_rules::{DamagesRule, RecoveryRules};
use crate::scheme::rules::book::{CeilingRule, ClaimRules, RuleBook};
use crate::scheme::rules::figure::{NamedFigure, NamedTable};
use crate::scheme::security_rule::SecurityRule;
use crate::scheme::staged_release::StagedRelease;
pub use crate::scheme::value_chain::{ByStage, Chain, ChainStage};
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

words! {
    /// A part of the outlay with its own purpose.
    pub enum Component {
        CapitalSubsidy = "capital_subsidy",
        SalesLinkedIncentive = "sales_linked_incentive",
        Administration = "administration",
    }
}

words! {
    /// The basis of a figure.
    pub enum Basis {
        Official = "official",
        Reported = "reported",
        Assumption = "assumption",
    }
}

/// A sum of money in the file, in whole rupees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoneyFigure {
    pub rupees: i64,
    pub basis: Basis,
    pub source: String,
}

impl MoneyFigure {
    /// The amount in paise. Loading checked that it fits.
    pub fn paise(&self) -> Paise {
        Paise::from_rupees(self.rupees).unwrap_or(Paise::ZERO)
    }
}

/// A whole number in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    pub value: i64,
    pub basis: Basis,
    pub source: String,
}

/// A share in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShareFigure {
    pub basis_points: BasisPoints,
    pub basis: Basis,
    pub source: String,
}

/// A date in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DateFigure {
    pub date: NaiveDate,
    pub basis: Basis,
    pub source: String,
}

/// One component's part of the outlay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComponentOutlay {
    pub code: Component,
    pub rupees: i64,
    pub basis: Basis,
    pub source: String,
}

/// Bounds and step of the capacity that one beneficiary may be awarded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacityBounds {
    pub least: i64,
    pub most: i64,
    pub step: i64,
    pub basis: Basis,
    pub source: String,
}

/// The rules of the sales-linked incentive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SalesLinkedRules {
    pub rate_ceiling_per_kg: MoneyFigure,
    pub turnover_share: ShareFigure,
}

/// The rules of the capital subsidy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CapitalRules {
    pub investment_share: ShareFigure,
    pub counted_from: DateFigure,
}

/// The rule for one milestone of every award.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestoneRule {
    pub code: String,
    pub title: String,
    /// Months from the award to the due date.
    pub due_months: u32,
    /// Share of the award's capital ceiling that its verification makes claimable.
    pub capital_share: BasisPoints,
    /// Whether its verification commissions the plant: from then on sales earn incentive.
    #[serde(default)]
    pub commissions: bool,
    /// Share of the awarded capacity that must be installed, for each stage.
    #[schema(value_type = BTreeMap<String, BasisPoints>)]
    pub installed: ByStage<BasisPoints>,
    /// The rule by which a part of it counts; without it, no part counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<PartialRule>,
    pub basis: Basis,
    pub source: String,
}

/// One version of a scheme.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    pub code: String,
    pub name: String,
    pub version: i64,
    /// Gazette or order number.
    pub reference: String,
    pub effective_from: NaiveDate,
    /// The author of this version, and the second person or office that published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepared_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_by: Option<String>,
    /// The changes from the previous version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<String>,
    /// The schemes that gave way to this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supersedes: Vec<Superseded>,
    /// The rule for the governing version; without it, the version of the award governs its claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub governed_by: Option<GovernedBy>,
    /// The prefix of every number that the scheme issues.
    pub number_prefix: String,
    pub outlay: MoneyFigure,
    pub components: Vec<ComponentOutlay>,
    pub beneficiaries_most: Figure,
    pub total_capacity_mtpa: Figure,
    pub gestation_years: Figure,
    pub incentive_years: Figure,
    pub capacity_mtpa: CapacityBounds,
    pub chain: Chain,
    pub eligibility: Eligibility,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales_linked_incentive: Option<SalesLinkedRules>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capital_subsidy: Option<CapitalRules>,
    /// Numbers and dates that rules use by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub figures: BTreeMap<String, NamedFigure>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<String, NamedTable>,
    /// Further facts that the scheme requires.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<FactRule>,
    /// The most that each component of an award may receive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub award_ceilings: Vec<CeilingRule>,
    /// The rules by which claims are computed. A file without this section is read with the
    /// standard rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimRules>,
    /// The mass balance rules for claims for sales; without them, none is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_balance: Option<MassBalanceRules>,
    /// From which turnover the lines of a claim state an IRN; without this section they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e_invoices: Option<EInvoiceRules>,
    pub holds: HoldPeriods,
    /// The guarantee that an award requires; without this section, none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub performance_security: Option<SecurityRule>,
    /// Components that are released in stages; the others are released whole.
    #[serde(default)]
    pub staged_release: Vec<StagedRelease>,
    /// The liquidated damages for a day of delay; a scheme without this rule has no damages.
    pub liquidated_damages: Option<DamagesRule>,
    /// Without this section, money that is paid back bears no interest.
    pub recovery: Option<RecoveryRules>,
    /// Without this section, awards are issued without competition.
    pub allocation: Option<AllocationRules>,
    #[serde(default)]
    pub milestones: Vec<MilestoneRule>,
    /// Claims with what they must give, held whenever the file is read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Example>,
    /// The rule book, checked when the file was read.
    #[serde(skip)]
    #[schema(ignore)]
    pub book: Arc<RuleBook>,
}

impl Scheme {
    /// Parses and checks a whole file. The error names the line, the key and what was expected.
    pub fn parse(text: &str) -> Result<Scheme, BadScheme> {
        let mut scheme: Scheme = toml::from_str(text).map_err(|error| BadScheme::of_toml(&error, text))?;
        scheme.check().map_err(|error| error.located(text))?;
        scheme.book = Arc::new(RuleBook::read(&scheme).map_err(|error| error.located(text))?);
        scheme.milestones.iter_mut().for_each(|rule| rule.installed.put_in_order(&scheme.chain.stages));
        Ok(scheme)
    }

    /// SHA-256 of the file as hexadecimal digits, which identifies the text of a version.
    pub fn digest(text: &str) -> String {
        crate::base::digest::hex(&Sha256::digest(text.as_bytes()))
    }

    /// The component's part of the outlay; zero for a component that the scheme does not have.
    pub fn component_outlay(&self, component: Component) -> Paise {
        let row = self.components.iter().find(|row| row.code == component);
        row.and_then(|row| Paise::from_rupees(row.rupees)).unwrap_or(Paise::ZERO)
    }

    /// Whether claims for a component are for the days on which money was spent, without a milestone.
    pub fn is_claimed_by_period(&self, component: Component) -> bool {
        self.claims.iter().any(|rules| rules.component == component && rules.by_period)
    }

    /// Whether nothing is claimed for a component before the plant is commissioned: sales in a scheme that commissions
    /// plants, and capital subsidy by period where the scheme says so.
    pub fn waits_for_commissioning(&self, component: Component) -> bool {
        match component {
            Component::SalesLinkedIncentive => self.milestones.iter().any(|milestone| milestone.commissions),
            _ => self.claims.iter().any(|rules| rules.component == component && rules.after_commissioning),
        }
    }

    /// The years of an award: those of gestation and those of incentive.
    pub fn award_years(&self) -> i64 {
        self.gestation_years.value + self.incentive_years.value
    }

    /// The last day of an award that is made on a day.
    pub fn award_ends_on(&self, awarded_on: NaiveDate) -> NaiveDate {
        let months = u32::try_from(self.award_years()).unwrap_or(0).saturating_mul(12);
        plus_months(awarded_on, months).pred_opt().unwrap_or(awarded_on)
    }

    /// The reason why a capacity is outside the scheme's bounds or steps; `None` when it is
    /// allowed.
    pub fn capacity_problem(&self, capacity_mtpa: i64) -> Option<Reason> {
        let bounds = &self.capacity_mtpa;
        if capacity_mtpa < bounds.least || capacity_mtpa > bounds.most {
            return Some(Reason::CapacityRange { least_mtpa: bounds.least, most_mtpa: bounds.most });
        }
        if (capacity_mtpa - bounds.least) % bounds.step != 0 {
            return Some(Reason::CapacitySteps { step_mtpa: bounds.step });
        }
        None
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub const TEXT: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-2.toml");

    pub fn sample() -> Scheme {
        Scheme::parse(TEXT).unwrap()
    }

    #[test]
    fn the_default_scheme_is_the_1345_crore_proposal() {
        let scheme = sample();
        assert_eq!(scheme.outlay.paise().in_crore(), "₹1,345.00 crore");
        assert_eq!(scheme.component_outlay(Component::SalesLinkedIncentive).in_crore(), "₹1,200.00 crore");
        assert_eq!(scheme.component_outlay(Component::CapitalSubsidy).in_crore(), "₹130.00 crore");
        assert_eq!(scheme.component_outlay(Component::Administration).in_crore(), "₹15.00 crore");
        assert_eq!((scheme.beneficiaries_most.value, scheme.total_capacity_mtpa.value), (2, 1500));
        assert_eq!(scheme.gestation_years.value + scheme.incentive_years.value, 7);
        let per_kg = scheme.rate_ceiling().unwrap();
        assert_eq!(per_kg.times(1_500_000 * 5), Some(scheme.component_outlay(Component::SalesLinkedIncentive)));
    }

    #[test]
    fn a_wrong_file_is_named_by_key_and_line() {
        let wrong = |from: &str, to: &str| {
            let changed = TEXT.replacen(from, to, 1);
            assert_ne!(changed, TEXT, "{from}");
            Scheme::parse(&changed).unwrap_err().to_string()
        };
        assert!(wrong("rupees = 130_00_00_000", "rupees = 131_00_00_000").contains("components"));
        assert!(wrong("rupees = 130_00_00_000", "rupees = -1").contains("rupees"));
        assert!(wrong("basis = \"reported\"", "basis = \"rumour\"").contains("line"));
        assert!(wrong("number_prefix", "number_suffix").contains("number_suffix"));
        assert!(wrong("capital_share = 4000", "capital_share = 3999").contains("capital_share"));
        assert!(wrong("step = 50", "step = 0").contains("capacity_mtpa"));
        assert!(wrong("commissions = true", "commissions = false").contains("commissions"));
    }

    #[test]
    fn bounds_and_steps_of_capacity() {
        let scheme = sample();
        for allowed in [500, 550, 750, 1000] {
            assert_eq!(scheme.capacity_problem(allowed), None);
        }
        for refused in [0, -500, 499, 501, 1050, i64::MAX, i64::MIN] {
            assert!(scheme.capacity_problem(refused).is_some(), "{refused}");
        }
    }
}
