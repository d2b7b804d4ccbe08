//! The rules by which claims for one component are computed, as written and as checked: exclusions and quotas of lines,
//! sums over them, intermediate values, and limits.

use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::rules::book::{RuleBook, kind_of};
use crate::scheme::rules::expression::Expression;
use crate::scheme::rules::figure::Title;
use crate::scheme::rules::names::{Kind, Names};
use crate::scheme::rules::rule::{CheckedRule, Need, Rule, Shape, is_code};
use crate::scheme::scheme::{Component, Figure};
use crate::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// What claims for the same milestone got before.
const BEFORE_ON_MILESTONE: &str = "entitled_for_milestone_before";

/// The names that have a value only where a claim has a milestone.
const OF_MILESTONE: &[&str] = &["milestone_share", "milestone_achieved_on", BEFORE_ON_MILESTONE];

/// The rules by which claims for one component are computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimRules {
    pub component: Component,
    /// The periods that can be claimed; if absent, any days of one financial year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<ClaimPeriod>,
    /// The number of months after the end of the financial year in which a claim for it can be
    /// submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_months: Option<Figure>,
    /// Whether a milestone may be claimed by several claims one after another, as the money is spent. The limits then
    /// subtract what claims for it got before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub several_claims: bool,
    /// Whether capital subsidy is claimed for the days on which money was spent. Such a claim names no milestone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_period: bool,
    /// Whether capital subsidy by period is claimed only after the plant is commissioned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub after_commissioning: bool,
    /// Rules that exclude a whole line, or the given quantity and amount of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclusions: Vec<Rule>,
    /// Quantities that all lines share, earliest line first; a quantity above them does not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotas: Vec<Rule>,
    /// Sums over the lines, each a name in what follows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sums: Vec<LineSum>,
    /// Intermediate values, each a name in what follows it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<NamedValue>,
    /// The part of the counted quantity that uses up the year's capacity; if absent, all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity_kg: Option<String>,
    /// Limits of the amount, in the order of application.
    pub limits: Vec<Rule>,
}

/// A sum over the counted parts of the lines: of all of them, or of those that meet a condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineSum {
    pub code: String,
    pub title: Title,
    /// Which lines are summed; if absent, every line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What of a line is summed: an expression over its names, its facts and its counted parts.
    pub sum: String,
}

/// A value that rules use by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedValue {
    pub code: String,
    pub title: Title,
    pub value: String,
}

words! {
    /// The periods of sales that can be claimed.
    pub enum ClaimPeriod {
        FinancialYear = "financial_year",
        Quarter = "quarter",
    }
}

/// Claim rules after checking.
#[derive(Clone, Debug)]
pub struct CheckedClaimRules {
    pub component: Component,
    pub period: Option<ClaimPeriod>,
    pub window_months: Option<i64>,
    pub several_claims: bool,
    pub by_period: bool,
    pub after_commissioning: bool,
    pub exclusions: Vec<CheckedRule>,
    pub quotas: Vec<CheckedRule>,
    pub sums: Vec<CheckedSum>,
    pub values: Vec<CheckedValue>,
    pub quantity: Option<Expression>,
    pub limits: Vec<CheckedRule>,
    /// The names of a claim with its totals, sums and values.
    pub names: Names,
}

/// A sum over lines after checking.
#[derive(Clone, Debug)]
pub struct CheckedSum {
    pub code: String,
    pub title: Title,
    pub when: Option<Expression>,
    pub sum: Expression,
}

/// An intermediate value after checking.
#[derive(Clone, Debug)]
pub struct CheckedValue {
    pub code: String,
    pub title: Title,
    pub value: Expression,
}

impl CheckedClaimRules {
    /// Every expression of these rules.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let rules = self.exclusions.iter().chain(&self.quotas).chain(&self.limits).flat_map(CheckedRule::expressions);
        let sums = self.sums.iter().flat_map(|sum| sum.when.iter().chain([&sum.sum]));
        let values = self.values.iter().map(|value| &value.value);
        rules.chain(sums).chain(values).chain(&self.quantity)
    }

    /// The titles of its sums and values, by their names.
    pub fn titles(&self) -> impl Iterator<Item = (&str, &Title)> {
        let sums = self.sums.iter().map(|sum| (sum.code.as_str(), &sum.title));
        sums.chain(self.values.iter().map(|value| (value.code.as_str(), &value.title)))
    }
}

impl RuleBook {
    /// Checks the rules of one component; `key` is their place in the file.
    pub(super) fn check_claim_rules(&self, key: &str, rules: &ClaimRules) -> Result<CheckedClaimRules, BadScheme> {
        let all = |part: &str, rules: &[Rule], shape: Shape, names: &Names| {
            let check = |(index, rule)| CheckedRule::check(&format!("{key}.{part}.{index}"), rule, shape, names);
            rules.iter().enumerate().map(check).collect::<Result<Vec<CheckedRule>, BadScheme>>()
        };
        let exclusion = Shape { when: Need::Must, quantity: Need::May, amount: Need::May };
        let quota = Shape { when: Need::May, quantity: Need::Must, amount: Need::Never };
        let limit = Shape { when: Need::May, quantity: Need::Never, amount: Need::Must };
        let kg = kind_of("kg");
        let mut names = self.total_names.clone();
        let sums = self.check_sums(key, &rules.sums, &mut names)?;
        let values = check_values(key, &rules.values, &mut names)?;
        let quantity = rules.quantity_kg.as_ref().map(|text| {
            Expression::check_as(text, &names, &kg).map_err(|why| BadScheme::new(format!("{key}.quantity_kg"), why))
        });
        let window_months = rules.window_months.as_ref().map(|figure| figure.value);
        if window_months.is_some_and(|months| !(1..=120).contains(&months)) {
            return Err(BadScheme::new(format!("{key}.window_months"), "1 to 120 months"));
        }
        let checked = CheckedClaimRules {
            component: rules.component,
            period: rules.period,
            window_months,
            several_claims: rules.several_claims,
            by_period: rules.by_period,
            after_commissioning: rules.after_commissioning,
            exclusions: all("exclusions", &rules.exclusions, exclusion, &self.line_names)?,
            quotas: all("quotas", &rules.quotas, quota, &self.claim_names)?,
            quantity: quantity.transpose()?,
            limits: all("limits", &rules.limits, limit, &names)?,
            sums,
            values,
            names,
        };
        check_of_capital(key, rules, &checked)?;
        let mut codes = BTreeSet::new();
        let every = checked.exclusions.iter().chain(&checked.quotas).chain(&checked.limits);
        match every.map(|rule| &rule.rule.code).find(|code| !codes.insert(code.as_str())) {
            Some(code) => Err(BadScheme::new(key, format!("the code {code} stands twice"))),
            None if checked.limits.is_empty() => Err(BadScheme::new(format!("{key}.limits"), "needs at least one")),
            None => Ok(checked),
        }
    }

    fn check_sums(&self, key: &str, sums: &[LineSum], names: &mut Names) -> Result<Vec<CheckedSum>, BadScheme> {
        let mut checked = Vec::with_capacity(sums.len());
        for (index, sum) in sums.iter().enumerate() {
            let at = |field: &str| format!("{key}.sums.{index}.{field}");
            let wrong = |field: &'static str| move |why: String| BadScheme::new(at(field), why);
            let when = sum.when.as_ref().map(|text| Expression::check_as(text, &self.counted_names, &Kind::Truth));
            let when = when.transpose().map_err(wrong("when"))?;
            let added = Expression::check(&sum.sum, &self.counted_names).map_err(wrong("sum"))?;
            if !matches!(added.kind, Kind::Number(_)) {
                return Err(BadScheme::new(at("sum"), format!("only numbers are summed, not {}", added.kind)));
            }
            add_name(names, &at("code"), &sum.code, &sum.title, added.kind.clone())?;
            checked.push(CheckedSum { code: sum.code.clone(), title: sum.title.clone(), when, sum: added });
        }
        Ok(checked)
    }
}

/// Checks what only capital subsidy can have: several claims of one milestone, or claims for days of spending.
fn check_of_capital(key: &str, rules: &ClaimRules, checked: &CheckedClaimRules) -> Result<(), BadScheme> {
    let fail = |field: &str, why: String| Err(BadScheme::new(format!("{key}.{field}"), why));
    let capital = rules.component == Component::CapitalSubsidy;
    let subtracts = checked.limits.iter().flat_map(CheckedRule::expressions);
    let subtracts = subtracts.flat_map(|limit| &limit.uses).any(|name| name == BEFORE_ON_MILESTONE);
    if rules.several_claims && (!capital || !subtracts) {
        let why = format!("is for capital subsidy, and a limit then subtracts `{BEFORE_ON_MILESTONE}`");
        return fail("several_claims", why);
    }
    if rules.by_period && (!capital || rules.several_claims) {
        return fail("by_period", "is for capital subsidy, and never beside several_claims of a milestone".to_owned());
    }
    if rules.after_commissioning && !rules.by_period {
        let why = "is for capital subsidy by_period; elsewhere the shares of the milestones say it";
        return fail("after_commissioning", why.to_owned());
    }
    if capital && !rules.by_period && rules.period.is_some() {
        return fail("period", "is for sales, and for capital subsidy by_period".to_owned());
    }
    let uses = || checked.expressions().flat_map(|expression| &expression.uses);
    match uses().find(|name| rules.by_period && OF_MILESTONE.contains(&name.as_str())) {
        Some(name) => fail("by_period", format!("a claim without a milestone has no `{name}`")),
        None => Ok(()),
    }
}

/// Checks intermediate values; each may use those before it.
fn check_values(key: &str, values: &[NamedValue], names: &mut Names) -> Result<Vec<CheckedValue>, BadScheme> {
    let mut checked = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        let at = |field: &str| format!("{key}.values.{index}.{field}");
        let read = Expression::check(&value.value, names).map_err(|why| BadScheme::new(at("value"), why))?;
        add_name(names, &at("code"), &value.code, &value.title, read.kind.clone())?;
        checked.push(CheckedValue { code: value.code.clone(), title: value.title.clone(), value: read });
    }
    Ok(checked)
}

fn add_name(names: &mut Names, key: &str, code: &str, title: &Title, kind: Kind) -> Result<(), BadScheme> {
    if title.en.trim().is_empty() || title.hi.trim().is_empty() {
        return Err(BadScheme::new(key, "needs a title in en and hi"));
    }
    if !is_code(code) || !names.add(code, kind) {
        return Err(BadScheme::new(key, "this name is taken or is no name"));
    }
    Ok(())
}
