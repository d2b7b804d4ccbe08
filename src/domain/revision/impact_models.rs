//! The parts of an impact sheet that nobody claimed: model claims of an award, and the examples of scheme files. What
//! no model shows is named, because a loss that cannot be seen would else look like none.

use crate::base::calendar::plus_months;
use crate::base::money::{LARGEST_AMOUNT, Paise};
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::claim::counted_lines::LineFacts;
use crate::claim::entitlement::{Facts, Release, money};
use crate::revision::example_claim::ExampleClaim;
use crate::revision::impact::{AwardFacts, entitlement};
use crate::revision::impact_totals::Shift;
use crate::revision::rule_changes::rules_only;
use crate::scheme::fact::StatedFact;
use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::figure::Title;
use crate::scheme::rules::names::Value;
use crate::scheme::scheme::{Component, Scheme};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Net prices of a kilogram, in rupees, at which a model year is assumed to be sold.
const MODEL_PRICES: [i64; 6] = [1_000, 2_000, 4_000, 6_000, 8_000, 16_000];

/// Sections of a version that never change what a claim or a ceiling comes to.
const NO_AMOUNT: &[&str] = &[
    "governed_by",
    "eligibility",
    "holds",
    "performance_security",
    "liquidated_damages",
    "recovery",
    "allocation",
    "examples",
];

/// A model claim, which shows the effect of the draft on future claims: a year at full capacity
/// sold at one price, or an investment of twice the capital ceiling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelClaim {
    pub component: Component,
    pub price_paise_per_kg: Option<Paise>,
    /// The example of the award's own version whose stated facts it has, where a claim states facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts_of: Option<Title>,
    #[serde(flatten)]
    pub shift: Shift,
}

/// A component in which no model shows what the draft changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotModelled {
    pub component: Component,
    /// The rule of the award's own version that has no value for the models; none if the rules give nothing for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The fact that it needs, if one is not stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// Why it has no value, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl NotModelled {
    fn because(component: Component, refusal: &Refusal) -> NotModelled {
        let (rule, fact) = match refusal {
            Refusal::RuleNotComputable { rule, why: Reason::NotStated { fact } } => (Some(rule), Some(fact)),
            Refusal::RuleNotComputable { rule, .. } => (Some(rule), None),
            _ => (None, None),
        };
        let problem = Some(refusal.to_string());
        NotModelled { component, rule: rule.cloned(), fact: fact.cloned(), problem }
    }
}

/// An example of a version before, as its file says it and as the draft computes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExampleImpact {
    pub version_before: i64,
    pub title: Title,
    pub component: Component,
    #[serde(flatten)]
    pub shift: Shift,
}

/// The examples of these versions under the draft; a version that comes twice is taken once.
pub fn example_impacts<'a>(draft: &Scheme, versions: impl Iterator<Item = &'a Scheme>) -> Vec<ExampleImpact> {
    let by_number: BTreeMap<i64, &Scheme> = versions.map(|scheme| (scheme.version, scheme)).collect();
    let mut impacts = Vec::new();
    for (version_before, scheme) in by_number {
        for example in &scheme.examples {
            // The examples of a version were read with it, so each of them can be read again.
            let Ok(claim) = ExampleClaim::of(scheme, example) else { continue };
            let after = claim.statement(draft).map(|statement| statement.entitlement_paise);
            let shift = Shift::of(Ok(example.amount_paise), after);
            let (title, component) = (example.title.clone(), example.component);
            impacts.push(ExampleImpact { version_before, title, component, shift });
        }
    }
    impacts
}

/// Whether two versions compute every claim and every ceiling alike.
fn computes_alike(one: &Scheme, other: &Scheme) -> bool {
    let amounts = |scheme: &Scheme| {
        let mut value = rules_only(scheme);
        if let Some(keys) = value.as_object_mut() {
            NO_AMOUNT.iter().for_each(|key| drop(keys.remove(*key)));
        }
        value
    };
    amounts(one) == amounts(other)
}

/// The facts that a model claim states: those of an example, or none.
#[derive(Default)]
struct StatedSet {
    of: Option<Title>,
    claim: Vec<(StatedFact, String)>,
    line: Vec<StatedFact>,
}

/// The sets of facts that the examples of a version state in claims for a component; one that states nothing if none
/// of them states any.
fn stated_sets(own: &Scheme, component: Component) -> Vec<StatedSet> {
    let mut sets: Vec<StatedSet> = Vec::new();
    for example in own.examples.iter().filter(|example| example.component == component) {
        let Ok(read) = ExampleClaim::of(own, example) else { continue };
        let (claim, line) = read.stated_facts();
        let known = sets.iter().any(|set| set.claim == claim && set.line == line);
        let named = !claim.is_empty() || !line.is_empty();
        if named && !known {
            sets.push(StatedSet { of: Some(example.title.clone()), claim: claim.to_vec(), line: line.to_vec() });
        }
    }
    if sets.is_empty() { vec![StatedSet::default()] } else { sets }
}

/// What a model sells or invests.
struct Model {
    component: Component,
    price: Option<Paise>,
    kg: i64,
    amount: Paise,
}

fn models_of(facts: &AwardFacts<'_>) -> Vec<Model> {
    let year = facts.award.yearly_capacity_kg();
    let sales = MODEL_PRICES.iter().filter_map(|rupees| {
        let price = Paise::from_rupees(*rupees)?;
        let component = Component::SalesLinkedIncentive;
        Some(Model { component, price: Some(price), kg: year, amount: price.times(year)? })
    });
    let invested = facts.award.ceilings.of(Component::CapitalSubsidy).times(2);
    let invested = invested.filter(|amount| *amount > Paise::ZERO);
    let capital = invested.map(|amount| Model { component: Component::CapitalSubsidy, price: None, kg: 0, amount });
    let all = sales.chain(capital);
    all.filter(|model| facts.own.book.claims_for(model.component).is_some()).collect()
}

/// The model claims that the award's own version can compute, compared with the draft; and what none of them shows.
pub fn models(draft: &Scheme, facts: &AwardFacts<'_>) -> (Vec<ModelClaim>, Vec<NotModelled>) {
    let (mut claims, mut problems) = (Vec::new(), Vec::new());
    for model in models_of(facts) {
        for set in stated_sets(facts.own, model.component) {
            let modelled = model_facts(draft, facts, &model, &set);
            match entitlement(facts.own, &modelled) {
                Ok(before) => claims.push(ModelClaim {
                    component: model.component,
                    price_paise_per_kg: model.price,
                    facts_of: set.of.clone(),
                    shift: Shift::of(Ok(before), entitlement(draft, &modelled)),
                }),
                Err(refusal) => problems.push(NotModelled::because(model.component, &refusal)),
            }
        }
    }
    let not_modelled = if computes_alike(facts.own, draft) { Vec::new() } else { blind(facts, &claims, problems) };
    (claims, not_modelled)
}

/// What the model claims do not show: where they have no value, and components in which they give nothing at all.
fn blind(facts: &AwardFacts<'_>, claims: &[ModelClaim], problems: Vec<NotModelled>) -> Vec<NotModelled> {
    let mut found: Vec<NotModelled> = Vec::new();
    for one in problems {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    for component in [Component::SalesLinkedIncentive, Component::CapitalSubsidy] {
        let promised = facts.award.ceilings.of(component) > Paise::ZERO;
        let shown = claims.iter().any(|claim| claim.component == component && claim.shift.before_paise > Paise::ZERO);
        let named = found.iter().any(|one| one.component == component);
        if promised && !shown && !named {
            found.push(NotModelled { component, rule: None, fact: None, problem: None });
        }
    }
    found
}

/// Facts under which no date excludes anything, with enough room in every account.
fn model_facts<'a>(draft: &Scheme, facts: &AwardFacts<'_>, model: &Model, set: &'a StatedSet) -> Facts<'a> {
    let award = facts.award;
    let day = draft.effective_from.max(award.commissioned_on.unwrap_or(award.awarded_on)).min(award.ends_on);
    let whole = |number: i64| Value::Number(Exact::whole(number));
    let numbers = [
        ("capacity", whole(award.capacity_mtpa)),
        ("rate", money(award.rate_paise_per_kg)),
        ("award_ceiling", money(award.ceilings.of(model.component))),
        ("milestone_share", whole(1)),
        ("installed_capacity", whole(award.capacity_mtpa)),
        ("used_kg", whole(0)),
        ("claimed_last_year", Value::Truth(false)),
        ("counted_amount_before", money(Paise::ZERO)),
        ("entitled_before", money(Paise::ZERO)),
        ("entitled_for_milestone_before", money(Paise::ZERO)),
    ];
    let dates = [
        ("awarded_on", award.awarded_on),
        ("award_ends_on", award.ends_on),
        ("commissioned_on", day),
        ("milestone_achieved_on", day),
        ("period_from", day),
        ("period_to", plus_months(day, 12)),
        ("submitted_on", plus_months(day, 12)),
    ];
    let dates = dates.into_iter().map(|(name, date)| (name, Value::Date(date)));
    let balances = [facts.own, draft].into_iter().filter_map(|scheme| scheme.mass_balance.as_ref());
    let explained: Vec<_> = balances.flat_map(|rules| rules.explaining(model.kg)).collect();
    let line = LineFacts {
        line: 1,
        invoice_number: "",
        party: "",
        invoice_date: day,
        quantity_kg: model.kg,
        amount: model.amount,
        facts: &set.line,
    };
    // What the application of the award states comes before what an example says of another one.
    let own = facts.stated.iter().map(|fact| (fact.clone(), String::new()));
    Facts {
        component: model.component,
        lines: vec![line],
        accepted_lines: 1,
        rejected_lines: 0,
        known: numbers.into_iter().chain(dates).chain(explained).collect::<BTreeMap<_, _>>(),
        stated: own.chain(set.claim.iter().cloned()).collect(),
        amount_claimed: LARGEST_AMOUNT,
        award_room: LARGEST_AMOUNT,
        component_room: LARGEST_AMOUNT,
        appropriation_room: LARGEST_AMOUNT,
        release: Release::Whole,
    }
}
