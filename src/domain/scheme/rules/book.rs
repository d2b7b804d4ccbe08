//! The rule book of a scheme version: all its rules, checked against the names they may use, with
//! the values of its figures in their slots. It is built once, when the file is read.

use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::eligibility::Criterion;
use crate::scheme::fact::{FactPlace, FactRule};
use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::expression::Expression;
use crate::scheme::rules::figure::{NamedFigure, NamedTable};
use crate::scheme::rules::names::{Kind, Names, Value};
use crate::scheme::rules::rule::{CheckedRule, Need, Rule, Shape, is_code};
use crate::scheme::scheme::{Basis, Component, Figure, Scheme};
use crate::words;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use utoipa::ToSchema;

/// The rule for the most that one component of an award may ever receive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CeilingRule {
    pub component: Component,
    pub code: String,
    pub amount_paise: String,
    pub title: crate::scheme::rules::figure::Title,
    pub clause: String,
    pub basis: Basis,
    pub source: String,
}

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
    /// Rules that exclude a whole line, or the given quantity and amount of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclusions: Vec<Rule>,
    /// Quantities that all lines share, earliest line first; a quantity above them does not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotas: Vec<Rule>,
    /// The part of the counted quantity that uses up the year's capacity; if absent, all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity_kg: Option<String>,
    /// Limits of the amount, in the order of application.
    pub limits: Vec<Rule>,
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
    pub exclusions: Vec<CheckedRule>,
    pub quotas: Vec<CheckedRule>,
    pub quantity: Option<Expression>,
    pub limits: Vec<CheckedRule>,
}

/// The origin of a name's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Definition,
    Figure { basis: Basis, source: String },
    Fact,
    Lines,
}

/// A checked book of rules.
#[derive(Clone, Debug, Default)]
pub struct RuleBook {
    /// Names of an application, and those of an award.
    pub application_names: Names,
    /// Names of a claim.
    pub claim_names: Names,
    /// Names of a claim and of one of its lines.
    pub line_names: Names,
    /// Names of a claim and of the sums over its lines.
    pub total_names: Names,
    /// Values that are the same for every claim, by name.
    pub fixed: BTreeMap<String, Value>,
    pub origins: BTreeMap<String, Origin>,
    /// Criteria of eligibility in addition to those that every scheme has.
    pub criteria: Vec<CheckedRule>,
    pub ceilings: Vec<(Component, CheckedRule)>,
    pub claims: Vec<CheckedClaimRules>,
}

const DEFINITIONS: &[(&str, i64, &str)] =
    &[("kg_per_tonne", 1_000, "kg/t"), ("one_year", 1, "year"), ("one_month", 1, "month"), ("one_day", 1, "day")];

/// Names that applications and awards have in common.
const AWARD_NAMES: &[(&str, &str)] = &[("capacity", "t/year"), ("rate", "paise/kg")];

const APPLICATION_NAMES: &[(&str, &str)] = &[
    ("net_worth", "paise"),
    ("planned_investment", "paise"),
    ("covers_chain", "yes_no"),
    ("documents_shown", "yes_no"),
];

/// Names that every claim has. `used_kg` counts earlier claims in its performance year, `*_before`
/// all earlier claims of the award for the component.
const CLAIM_NAMES: &[(&str, &str)] = &[
    ("amount_claimed", "paise"),
    ("award_ceiling", "paise"),
    ("awarded_on", "date"),
    ("award_ends_on", "date"),
    ("commissioned_on", "date"),
    ("period_from", "date"),
    ("period_to", "date"),
    ("submitted_on", "date"),
    ("milestone_share", "1"),
    ("milestone_achieved_on", "date"),
    ("installed_capacity", "t/year"),
    ("used_kg", "kg"),
    ("counted_amount_before", "paise"),
    ("entitled_before", "paise"),
];

const LINE_NAMES: &[(&str, &str)] = &[("line_kg", "kg"), ("line_amount", "paise"), ("line_date", "date")];

const TOTAL_NAMES: &[(&str, &str)] = &[("counted_kg", "kg"), ("counted_amount", "paise")];

fn kind_of(text: &str) -> Kind {
    match text {
        "date" => Kind::Date,
        "yes_no" => Kind::Truth,
        unit => Kind::Number(unit.parse().unwrap_or_default()),
    }
}

/// The sections that are used for a file without claim rules of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Standard {
    award_ceilings: Vec<CeilingRule>,
    claims: Vec<ClaimRules>,
}

const STANDARD: &str = include_str!("standard.toml");

impl RuleBook {
    /// Checks every rule of a scheme and builds its book; the error names the key and the reason.
    pub fn read(scheme: &Scheme) -> Result<RuleBook, BadScheme> {
        let mut book = RuleBook::default();
        let mut names = Names::default();
        for (name, value, unit) in DEFINITIONS {
            names.add(name, kind_of(unit));
            book.fixed.insert((*name).to_owned(), Value::Number(Exact::whole(*value)));
            book.origins.insert((*name).to_owned(), Origin::Definition);
        }
        book.add_all(&mut names, AWARD_NAMES, Origin::Fact);
        for (name, figure) in scheme.named_figures() {
            book.add_figure(&mut names, &name, &figure)?;
        }
        for (name, table) in scheme.named_tables() {
            add_table(&mut names, &name, &table)?;
        }
        book.add_facts(&mut names, scheme, FactPlace::Application)?;
        book.application_names = names.clone();
        book.add_all(&mut names, CLAIM_NAMES, Origin::Fact);
        let kilograms = scheme.mass_balance.iter().flat_map(|rules| rules.claim_names());
        let kilograms: Vec<_> = kilograms.map(|name| (name, "kg")).collect();
        book.add_all(&mut names, &kilograms, Origin::Fact);
        book.add_facts(&mut names, scheme, FactPlace::Claim)?;
        let (mut line, mut total) = (names.clone(), names.clone());
        book.claim_names = names;
        book.add_all(&mut line, LINE_NAMES, Origin::Lines);
        book.add_facts(&mut line, scheme, FactPlace::ClaimLine)?;
        book.line_names = line;
        book.add_all(&mut total, TOTAL_NAMES, Origin::Lines);
        book.total_names = total;
        let mut applied = book.application_names.clone();
        book.add_all(&mut applied, APPLICATION_NAMES, Origin::Fact);
        book.application_names = applied;
        book.check_rules(scheme)?;
        book.check_all_used(scheme)?;
        Ok(book)
    }

    /// The claim rules of a component, if it can be claimed.
    pub fn claims_for(&self, component: Component) -> Option<&CheckedClaimRules> {
        self.claims.iter().find(|rules| rules.component == component)
    }

    fn add_all(&mut self, names: &mut Names, all: &[(&str, &str)], origin: Origin) {
        for (name, kind) in all {
            names.add(name, kind_of(kind));
            self.origins.insert((*name).to_owned(), origin.clone());
        }
    }

    fn add_figure(&mut self, names: &mut Names, name: &str, figure: &NamedFigure) -> Result<(), BadScheme> {
        let key = format!("figures.{name}");
        let (value, kind) = figure.read().map_err(|why| BadScheme::new(&key, why))?;
        if !is_code(name) || !names.add(name, kind) {
            return Err(BadScheme::new(key, "this name is taken or is no name"));
        }
        self.fixed.insert(name.to_owned(), value);
        let origin = Origin::Figure { basis: figure.basis, source: figure.source.clone() };
        self.origins.insert(name.to_owned(), origin);
        Ok(())
    }

    fn add_facts(&mut self, names: &mut Names, scheme: &Scheme, place: FactPlace) -> Result<(), BadScheme> {
        for (index, rule) in scheme.facts.iter().enumerate().filter(|(_, rule)| rule.place == place) {
            let at = |field: &str| format!("facts.{index}.{field}");
            let kind = rule.read().map_err(|why| BadScheme::new(at("kind"), why))?;
            let free = is_code(&rule.code) && !self.origins.contains_key(&rule.code);
            if !free || !names.add(&rule.code, kind) {
                return Err(BadScheme::new(at("code"), "this name is taken or is no name"));
            }
            self.origins.insert(rule.code.clone(), Origin::Fact);
            for (number, word) in rule.words.iter().enumerate() {
                let code = word.code.as_str();
                let free = !self.origins.contains_key(code) && !word.title.en.is_empty() && !word.title.hi.is_empty();
                if !free || !names.add(code, Kind::Word(rule.code.clone())) {
                    return Err(BadScheme::new(at(&format!("words.{number}")), "this name is taken, or it has no title"));
                }
                self.fixed.insert(code.to_owned(), Value::Word(word.code));
                self.origins.insert(code.to_owned(), Origin::Definition);
            }
        }
        Ok(())
    }

    fn check_rules(&mut self, scheme: &Scheme) -> Result<(), BadScheme> {
        let standard: Standard =
            toml::from_str(STANDARD).map_err(|error| BadScheme::new("claims", error.to_string()))?;
        let own = !scheme.claims.is_empty();
        let ceilings = if own { &scheme.award_ceilings } else { &standard.award_ceilings };
        for (index, ceiling) in ceilings.iter().enumerate() {
            let shape = Shape { when: Need::Never, quantity: Need::Never, amount: Need::Must };
            let rule = ceiling.as_rule();
            let checked =
                CheckedRule::check(&format!("award_ceilings.{index}"), &rule, shape, &self.application_names)?;
            self.ceilings.push((ceiling.component, checked));
        }
        for (index, rule) in scheme.eligibility.criteria.iter().enumerate() {
            let shape = Shape { when: Need::Must, quantity: Need::Never, amount: Need::Never };
            let key = format!("eligibility.criteria.{index}");
            let checked = CheckedRule::check(&key, rule, shape, &self.application_names)?;
            let known = Criterion::ALL.iter().any(|criterion| criterion.as_str() == rule.code);
            if known || self.criteria.iter().any(|other| other.rule.code == rule.code) {
                return Err(BadScheme::new(format!("{key}.code"), "this criterion is there already"));
            }
            self.criteria.push(checked);
        }
        let claims = if own { &scheme.claims } else { &standard.claims };
        for (index, rules) in claims.iter().enumerate() {
            let checked = self.check_claim_rules(&format!("claims.{index}"), &with_balance(scheme, rules))?;
            let twice = self.claims_for(rules.component).is_some();
            if twice || rules.component == Component::Administration {
                return Err(BadScheme::new(format!("claims.{index}.component"), "each claimable component once"));
            }
            if !self.ceilings.iter().any(|(component, _)| *component == rules.component) {
                return Err(BadScheme::new("award_ceilings", format!("none for {}", rules.component)));
            }
            self.claims.push(checked);
        }
        Ok(())
    }

    fn check_claim_rules(&self, key: &str, rules: &ClaimRules) -> Result<CheckedClaimRules, BadScheme> {
        let all = |part: &str, rules: &[Rule], shape: Shape, names: &Names| {
            let check = |(index, rule)| CheckedRule::check(&format!("{key}.{part}.{index}"), rule, shape, names);
            rules.iter().enumerate().map(check).collect::<Result<Vec<CheckedRule>, BadScheme>>()
        };
        let exclusion = Shape { when: Need::Must, quantity: Need::May, amount: Need::May };
        let quota = Shape { when: Need::May, quantity: Need::Must, amount: Need::Never };
        let limit = Shape { when: Need::May, quantity: Need::Never, amount: Need::Must };
        let kg = kind_of("kg");
        let quantity = rules.quantity_kg.as_ref().map(|text| {
            Expression::check_as(text, &self.total_names, &kg)
                .map_err(|why| BadScheme::new(format!("{key}.quantity_kg"), why))
        });
        let window_months = rules.window_months.as_ref().map(|figure| figure.value);
        if window_months.is_some_and(|months| !(1..=120).contains(&months)) {
            return Err(BadScheme::new(format!("{key}.window_months"), "1 to 120 months"));
        }
        let checked = CheckedClaimRules {
            component: rules.component,
            period: rules.period,
            window_months,
            exclusions: all("exclusions", &rules.exclusions, exclusion, &self.line_names)?,
            quotas: all("quotas", &rules.quotas, quota, &self.claim_names)?,
            quantity: quantity.transpose()?,
            limits: all("limits", &rules.limits, limit, &self.total_names)?,
        };
        let mut codes = BTreeSet::new();
        let every = checked.exclusions.iter().chain(&checked.quotas).chain(&checked.limits);
        match every.map(|rule| &rule.rule.code).find(|code| !codes.insert(code.as_str())) {
            Some(code) => Err(BadScheme::new(key, format!("the code {code} stands twice"))),
            None if checked.limits.is_empty() => Err(BadScheme::new(format!("{key}.limits"), "needs at least one")),
            None => Ok(checked),
        }
    }

    /// Refuses a figure, table or fact that no rule uses, because it would look as if it mattered.
    fn check_all_used(&self, scheme: &Scheme) -> Result<(), BadScheme> {
        let rules = self.claims.iter().flat_map(|claim| {
            let rules = claim.exclusions.iter().chain(&claim.quotas).chain(&claim.limits);
            rules.flat_map(CheckedRule::expressions).chain(&claim.quantity)
        });
        let criteria = self.criteria.iter().flat_map(CheckedRule::expressions);
        let ceilings = self.ceilings.iter().flat_map(|(_, rule)| rule.expressions()).chain(criteria);
        let used: BTreeSet<&str> =
            rules.chain(ceilings).flat_map(|expression| expression.uses.iter().map(String::as_str)).collect();
        let named = |key: &str, name: &str| {
            let why = format!("no rule uses `{name}`; what no rule uses does not belong in the file");
            if used.contains(name) { Ok(()) } else { Err(BadScheme::new(key, why)) }
        };
        scheme.figures.keys().try_for_each(|name| named(&format!("figures.{name}"), name))?;
        scheme.tables.keys().try_for_each(|name| named(&format!("tables.{name}"), name))?;
        scheme.facts.iter().enumerate().try_for_each(|(index, fact)| named(&format!("facts.{index}"), &fact.code))
    }
}

impl CeilingRule {
    fn as_rule(&self) -> Rule {
        Rule {
            code: self.code.clone(),
            title: self.title.clone(),
            when: None,
            quantity_kg: None,
            amount_paise: Some(self.amount_paise.clone()),
            clause: self.clause.clone(),
            basis: self.basis,
            source: self.source.clone(),
        }
    }
}

/// Adds the rule that holds kilograms the mass balance does not explain, after all other quotas.
fn with_balance<'a>(scheme: &Scheme, rules: &'a ClaimRules) -> Cow<'a, ClaimRules> {
    match &scheme.mass_balance {
        Some(balance) if rules.component == Component::SalesLinkedIncentive => {
            let mut rules = rules.clone();
            rules.quotas.push(balance.rule());
            Cow::Owned(rules)
        }
        _ => Cow::Borrowed(rules),
    }
}

fn add_table(names: &mut Names, name: &str, table: &NamedTable) -> Result<(), BadScheme> {
    let key = format!("tables.{name}");
    let table = table.read().map_err(|why| BadScheme::new(&key, why))?;
    if !is_code(name) || !names.add_table(name, Arc::new(table)) {
        return Err(BadScheme::new(key, "this name is taken or is no name"));
    }
    Ok(())
}

/// The names of a claim's own facts, in addition to those that a scheme declares.
pub fn claim_names(scheme: &Scheme) -> impl Iterator<Item = &'static str> {
    let balance = scheme.mass_balance.iter().flat_map(|rules| rules.claim_names()).collect::<Vec<_>>();
    AWARD_NAMES.iter().chain(CLAIM_NAMES).map(|(name, _)| *name).chain(balance)
}

/// The facts that a scheme requires in a form.
pub fn asked(scheme: &Scheme, place: FactPlace, component: Option<Component>) -> Vec<&FactRule> {
    scheme.facts.iter().filter(|rule| rule.is_asked(place, component)).collect()
}
