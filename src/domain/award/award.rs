//! Awards: capacity and ceilings granted to one organisation, derived from the scheme, with the
//! required performance security and the last day of the award.

use crate::award::application::ApplicationForm;
use crate::base::calendar::Timestamp;
use crate::base::id::{ApplicationId, AwardId, OrganisationId, UserId};
use crate::base::money::Paise;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::budget::ledger::AccountAward;
use crate::budget::posting::Purse;
use crate::scheme::fact::{FactPlace, StatedFact, stated};
use crate::scheme::rules::book::asked;
use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::names::Value;
use crate::scheme::rules::rule::not_computable;
use crate::scheme::scheme::{Component, Scheme};
use crate::scheme::value_chain::KG_PER_TONNE;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The most that one component of an award may ever receive, and the formula by which it was
/// computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ceiling {
    pub component: Component,
    pub amount_paise: Paise,
    pub formula: String,
}

/// The ceilings of an award.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Ceilings(pub Vec<Ceiling>);

/// How the formula of a ceiling ends.
const ROUNDED_DOWN: &str = ", rounded down to the paisa";

impl Ceiling {
    /// The formula without the words at its end, which every language has of its own; `None` if it has other words.
    pub fn bare_formula(&self) -> Option<&str> {
        self.formula.strip_suffix(ROUNDED_DOWN)
    }
}

impl Ceilings {
    /// The ceiling of a component; zero if the award has none for it.
    pub fn of(&self, component: Component) -> Paise {
        self.0.iter().find(|ceiling| ceiling.component == component).map_or(Paise::ZERO, |ceiling| ceiling.amount_paise)
    }

    /// The ceilings as pairs of component and amount.
    pub fn pairs(&self) -> Vec<(Component, Paise)> {
        self.0.iter().map(|ceiling| (ceiling.component, ceiling.amount_paise)).collect()
    }

    /// The sum of all ceilings; `None` on overflow.
    pub fn total(&self) -> Option<Paise> {
        Paise::sum(self.0.iter().map(|ceiling| ceiling.amount_paise))
    }
}

/// Capacity granted to one organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Award {
    pub id: AwardId,
    pub number: String,
    pub scheme_code: String,
    pub scheme_version: i64,
    pub application_id: ApplicationId,
    pub organisation_id: OrganisationId,
    pub capacity_mtpa: i64,
    /// Sales-linked incentive granted, paise per kilogram.
    pub rate_paise_per_kg: Paise,
    pub ceilings: Ceilings,
    pub security_required_paise: Paise,
    pub awarded_on: NaiveDate,
    /// The last day on which sales can earn incentive.
    pub ends_on: NaiveDate,
    pub awarded_by: UserId,
    pub awarded_at: Timestamp,
    /// The day on which the whole value chain was commissioned, once verified.
    pub commissioned_on: Option<NaiveDate>,
    pub version: i64,
}

impl Award {
    /// The part of the award that names its accounts.
    pub fn account_award(&self) -> AccountAward {
        AccountAward { id: self.id, number: self.number.clone(), organisation_id: self.organisation_id }
    }

    /// The accounts of one component of the award, for posting.
    pub fn purse(&self, component: Component) -> Purse {
        Purse { scheme_code: self.scheme_code.clone(), component, award: self.account_award() }
    }

    /// The kilograms for which one performance year can earn incentive.
    pub fn yearly_capacity_kg(&self) -> i64 {
        self.capacity_mtpa.saturating_mul(KG_PER_TONNE)
    }
}

/// That an award was ended by two people, because its winner walked away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AwardEnd {
    pub ended_on: NaiveDate,
    pub reason: String,
}

/// The places and the capacity that the scheme has left to award.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub awards: i64,
    pub awarded_mtpa: i64,
}

/// The terms of an award of a given capacity to a given application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub ceilings: Ceilings,
    pub security_required: Paise,
    pub ends_on: NaiveDate,
}

/// The terms of an award, or the first reason for refusing it.
pub fn terms(
    scheme: &Scheme,
    form: &ApplicationForm,
    capacity_mtpa: i64,
    room: Room,
    awarded_on: NaiveDate,
) -> Result<Terms, Refusal> {
    if let Some(reason) = scheme.capacity_problem(capacity_mtpa) {
        return Err(Refusal::CapacityNotAllowed { reason });
    }
    if capacity_mtpa > form.capacity_mtpa {
        let reason = Reason::CapacityApplied { applied_mtpa: form.capacity_mtpa };
        return Err(Refusal::CapacityNotAllowed { reason });
    }
    if room.awards >= scheme.beneficiaries_most.value {
        return Err(Refusal::BeneficiariesExceeded { most: scheme.beneficiaries_most.value });
    }
    let room_mtpa = scheme.total_capacity_mtpa.value - room.awarded_mtpa;
    if capacity_mtpa > room_mtpa {
        return Err(Refusal::CapacityExceeded { need_mtpa: capacity_mtpa, room_mtpa });
    }
    let ceilings = ceilings(scheme, form.rate()?, &form.facts, capacity_mtpa)?;
    let security_required = scheme.security_required(ceilings.total(), capacity_mtpa)?;
    Ok(Terms { ceilings, security_required, ends_on: scheme.award_ends_on(awarded_on) })
}

/// The values of the names that every award has, in the slots of an application's names.
pub fn award_slots(
    scheme: &Scheme,
    rate: Option<Paise>,
    facts: &[StatedFact],
    capacity_mtpa: i64,
) -> Vec<Option<Value>> {
    let names = &scheme.book.application_names;
    let mut slots = names.empty_slots();
    let mut set = |name: &str, value: Value| {
        if let Some(slot) = names.slot(name) {
            slots[slot] = Some(value);
        }
    };
    scheme.book.fixed.iter().for_each(|(name, value)| set(name, *value));
    set("capacity", Value::Number(Exact::whole(capacity_mtpa)));
    if let Some(rate) = rate {
        set("rate", Value::Number(Exact::whole(rate.0)));
    }
    for rule in asked(scheme, FactPlace::Application, None) {
        if let Some(value) = rule.value(stated(facts, &rule.code)) {
            set(&rule.code, value);
        }
    }
    slots
}

/// The most that each component of an award of this capacity may ever receive, for a bid that
/// requests this rate and states these facts.
pub fn ceilings(scheme: &Scheme, rate: Paise, facts: &[StatedFact], capacity_mtpa: i64) -> Result<Ceilings, Refusal> {
    let names = &scheme.book.application_names;
    let slots = award_slots(scheme, Some(rate), facts, capacity_mtpa);
    let mut ceilings = Vec::new();
    for (component, rule) in &scheme.book.ceilings {
        let Some(amount) = &rule.amount else { continue };
        let refuse = not_computable(&rule.rule.code);
        let most = amount.number(&slots).and_then(|exact| Ok(exact.rounded_down()?)).map_err(&refuse)?;
        ceilings.push(Ceiling {
            component: *component,
            amount_paise: Paise(most.max(0)),
            formula: format!("{}{ROUNDED_DOWN}", amount.with_numbers(names, &slots)),
        });
    }
    Ok(Ceilings(ceilings))
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::scheme::scheme::tests::sample;

    pub fn form(capacity_mtpa: i64) -> ApplicationForm {
        ApplicationForm {
            capacity_mtpa,
            least_capacity_mtpa: None,
            stages: Vec::new(),
            net_worth_paise: Paise(1),
            investment_plan: Vec::new(),
            incentive_asked_paise_per_kg: Some(Paise(160_000)),
            documents: Vec::new(),
            facts: Vec::new(),
        }
    }

    fn day() -> NaiveDate {
        "2026-05-01".parse().unwrap()
    }

    #[test]
    fn two_awards_at_the_ceiling_rate_use_up_both_components_exactly() {
        let none = Room { awards: 0, awarded_mtpa: 0 };
        let first = terms(&sample(), &form(900), 900, none, day()).unwrap();
        let one = Room { awards: 1, awarded_mtpa: 900 };
        let second = terms(&sample(), &form(600), 600, one, day()).unwrap();
        for (component, outlay) in
            [(Component::SalesLinkedIncentive, "₹1,200.00 crore"), (Component::CapitalSubsidy, "₹130.00 crore")]
        {
            let sum = first.ceilings.of(component).checked_add(second.ceilings.of(component)).unwrap();
            assert_eq!(sum.in_crore(), outlay);
        }
        assert_eq!(first.ends_on.to_string(), "2033-04-30");
    }

    #[test]
    fn the_scheme_cannot_be_overbooked() {
        let code = |capacity, awards, awarded_mtpa| {
            terms(&sample(), &form(1000), capacity, Room { awards, awarded_mtpa }, day()).unwrap_err().code()
        };
        assert_eq!(code(750, 1, 900), "capacity_exceeded");
        assert_eq!(code(500, 2, 1000), "beneficiaries_exceeded");
        assert_eq!(code(1050, 0, 0), "capacity_not_allowed");
        let more = terms(&sample(), &form(600), 650, Room { awards: 0, awarded_mtpa: 0 }, day());
        assert_eq!(more.unwrap_err().code(), "capacity_not_allowed");
    }
}
