//! The rule book of a scheme version: all its rules, checked against the names they may use, with
//! the values of its figures in their slots. It is built once, when the file is read.

use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::eligibility::Criterion;
use crate::scheme::fact::{FactPlace, FactRule};
pub use crate::scheme::rules::claim_rules::{CheckedClaimRules, ClaimPeriod, ClaimRules};
use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::figure::{NamedFigure, NamedTable, Title};
use crate::scheme::rules::names::{Kind, Names, Value};
use crate::scheme::rules::rule::{CheckedRule, Need, Rule, Shape, is_code};
use crate::scheme::scheme::{Basis, Component, Scheme};
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
    pub title: Title,
    pub clause: String,
    pub basis: Basis,
    pub source: String,
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
    /// The same and those of the parts of the line that count.
    pub counted_names: Names,
    /// Names of a claim and of the totals of its lines.
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
/// all earlier claims of the award for the component; `*_last_year` those of the performance year before.
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
    ("claimed_last_year", "yes_no"),
    ("counted_kg_last_year", "kg"),
    ("counted_amount_last_year", "paise"),
    ("entitled_last_year", "paise"),
    ("counted_amount_before", "paise"),
    ("entitled_before", "paise"),
    ("entitled_for_milestone_before", "paise"),
];

const LINE_NAMES: &[(&str, &str)] = &[("line_kg", "kg"), ("line_amount", "paise"), ("line_date", "date")];

/// The parts of a line that count, in sums over lines.
const COUNTED_NAMES: &[(&str, &str)] = &[("line_counted_kg", "kg"), ("line_counted_amount", "paise")];

const TOTAL_NAMES: &[(&str, &str)] = &[("counted_kg", "kg"), ("counted_amount", "paise")];

pub(super) fn kind_of(text: &str) -> Kind {
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
        book.line_names = line.clone();
        book.add_all(&mut line, COUNTED_NAMES, Origin::Lines);
        book.counted_names = line;
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
                    return Err(BadScheme::new(
                        at(&format!("words.{number}")),
                        "this name is taken, or it has no title",
                    ));
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
            if !checked.sums.is_empty() && scheme.staged_release_of(rules.component).is_some() {
                let why = "a final certificate states one amount, of which no line says a fact: release it whole";
                return Err(BadScheme::new(format!("claims.{index}.sums"), why));
            }
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

    /// Refuses a figure, table or fact that no rule uses, because it would look as if it mattered.
    fn check_all_used(&self, scheme: &Scheme) -> Result<(), BadScheme> {
        let rules = self.claims.iter().flat_map(CheckedClaimRules::expressions);
        let criteria = self.criteria.iter().flat_map(CheckedRule::expressions);
        let ceilings = self.ceilings.iter().flat_map(|(_, rule)| rule.expressions()).chain(criteria);
        let used = rules.chain(ceilings).flat_map(|expression| expression.uses.iter().map(String::as_str));
        let used: BTreeSet<&str> = used.chain(scheme.tables_by_capacity()).collect();
        let named = |key: &str, name: &str| {
            let why = format!("no rule uses `{name}`; what no rule uses does not belong in the file");
            if used.contains(name) { Ok(()) } else { Err(BadScheme::new(key, why)) }
        };
        scheme.figures.keys().try_for_each(|name| named(&format!("figures.{name}"), name))?;
        scheme.tables.keys().try_for_each(|name| named(&format!("tables.{name}"), name))?;
        scheme.facts.iter().enumerate().try_for_each(|(index, fact)| named(&format!("facts.{index}"), &fact.code))?;
        scheme.claims.iter().enumerate().try_for_each(|(index, rules)| {
            let sums = rules.sums.iter().map(|sum| &sum.code);
            let mut own = sums.chain(rules.values.iter().map(|value| &value.code));
            own.try_for_each(|code| named(&format!("claims.{index}"), code))
        })
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
