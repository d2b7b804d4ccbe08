//! The entitlement of a claim: a pure function of accepted facts and the scheme version. The rules
//! of the scheme are applied in its own order, then the room of the accounts as further caps; each
//! cap states whether it was binding and how much headroom it left. Everything rounds down to the
//! paisa.

use crate::base::money::Paise;
use crate::base::refusal::Refusal;
use crate::claim::counted_lines::{CountedLine, LineFacts, count, sums};
use crate::claim::entitlement_ladder::{
    ASKED_BACK, AWARD_CEILING, COMPONENT_OUTLAY, Ladder, PROVISIONAL_SHARE, RELEASED_BEFORE, YEARS_APPROPRIATION,
};
use crate::claim::named_results::{intermediate, line_sums};
use crate::claim::statement::{InputOrigin, LineFactRule, LineRule, Statement};
use crate::claim::statement_inputs::Inputs;
use crate::scheme::balance_findings::BalanceFindings;
use crate::scheme::fact::{FactPlace, FactValue, StatedFact};
use crate::scheme::mass_balance;
use crate::scheme::rules::book::{CheckedClaimRules, asked};
use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::expression::{Expression, NoValue};
use crate::scheme::rules::names::{Names, Value};
use crate::scheme::rules::rule::not_computable;
use crate::scheme::scheme::{Basis, Component, Scheme};
use crate::scheme::staged_release::{Balance, Released, StagedRelease};
use std::collections::BTreeMap;

/// The accepted facts of a claim, and the room of the accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts<'a> {
    pub component: Component,
    /// The lines that the agency accepted.
    pub lines: Vec<LineFacts<'a>>,
    pub accepted_lines: i64,
    pub rejected_lines: i64,
    /// Facts of the award, the claim and its milestone by their names in rules; a name that is
    /// missing has no value.
    pub known: BTreeMap<&'static str, Value>,
    /// Further facts that the manufacturer stated, with the digest of the file that proves each.
    pub stated: Vec<(StatedFact, String)>,
    pub amount_claimed: Paise,
    pub award_room: Paise,
    pub component_room: Paise,
    pub appropriation_room: Paise,
    pub release: Release,
}

/// The part of the entitlement that is released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Release {
    Whole,
    /// On provisional papers: a share of it.
    Provisional(StagedRelease),
    /// On the final certificate: the part that was not released before.
    Final(Released),
}

impl Release {
    /// The first release of a component: in part or whole, as its scheme says.
    pub fn first(scheme: &Scheme, component: Component) -> Release {
        scheme.staged_release_of(component).map_or(Release::Whole, |rule| Release::Provisional(rule.clone()))
    }
}

/// A sum of money as the value of a name in rules.
pub fn money(amount: Paise) -> Value {
    Value::Number(Exact::whole(amount.0))
}

/// Computes the statement for these facts under this scheme version, and the counted part of each
/// line. Refuses if a rule cannot be computed or an amount is too large.
pub fn compute(scheme: &Scheme, facts: &Facts<'_>) -> Result<(Statement, Vec<CountedLine>), Refusal> {
    let book = &scheme.book;
    let rules = book.claims_for(facts.component).ok_or(Refusal::NotInScheme { what: "claims for this component" })?;
    let claim = claim_slots(scheme, facts);
    let counted = match facts.release {
        // The certified amounts already exclude what the rules excluded of the lines.
        Release::Final(_) => facts.lines.iter().map(CountedLine::whole).collect(),
        _ => count(scheme, facts.component, rules, &claim, &facts.lines)?,
    };
    let sum_kg = counted.iter().map(|line| line.counted_kg).sum();
    let sum = Paise::sum(counted.iter().map(|line| line.counted_amount_paise)).ok_or(Refusal::AmountTooLarge)?;
    let names = &rules.names;
    let mut slots = names.empty_slots();
    slots[..claim.len()].copy_from_slice(&claim);
    let totals = [("counted_kg", Value::Number(Exact::whole(sum_kg))), ("counted_amount", money(sum))];
    for (name, value) in totals {
        set(names, &mut slots, name, value);
    }
    for (name, sum) in sums(scheme, facts, rules, &claim, &counted)? {
        set(names, &mut slots, name, Value::Number(sum));
    }
    let values = intermediate(rules, &mut slots)?;
    let mut ladder = Ladder { amount: facts.amount_claimed, caps: Vec::new(), inputs: Inputs::new(scheme, facts) };
    for rule in &rules.limits {
        ladder.limit(rule, names, &slots)?;
    }
    ladder.room(&AWARD_CEILING, "award_room", facts.award_room);
    ladder.room(&COMPONENT_OUTLAY, "component_room", facts.component_room);
    let entitlement = ladder.amount;
    let (withheld, settled, room) = release(&mut ladder, facts).ok_or(Refusal::AmountTooLarge)?;
    let releasable = ladder.amount;
    ladder.room(&YEARS_APPROPRIATION, "appropriation_room", room);
    let payable = ladder.amount;
    let eligible_kg = used_quantity(rules, &slots)?.unwrap_or(sum_kg);
    ladder.inputs.rules(rules, &slots);
    let accepted_amount = Paise::sum(facts.lines.iter().map(|line| line.amount)).ok_or(Refusal::AmountTooLarge)?;
    let (inputs, tables) = ladder.inputs.finish();
    let balance = balance_findings(scheme, facts)?;
    let statement = Statement {
        scheme_code: scheme.code.clone(),
        scheme_version: scheme.version,
        component: facts.component,
        accepted_lines: facts.accepted_lines,
        rejected_lines: facts.rejected_lines,
        accepted_kg: facts.lines.iter().map(|line| line.quantity_kg).sum(),
        accepted_amount_paise: accepted_amount,
        counted_kg: sum_kg,
        counted_amount_paise: sum,
        amount_claimed_paise: facts.amount_claimed,
        line_rules: line_rules(rules, &counted)?,
        line_facts: line_facts(scheme, facts.component),
        line_sums: line_sums(rules, &slots),
        values,
        mass_balance: balance.steps,
        stocks: balance.stocks,
        inputs,
        tables,
        bound_by: ladder.caps.iter().rev().find(|cap| cap.binding).map(|cap| cap.cap.clone()),
        caps: ladder.caps,
        rounding: "every share is rounded down to the paisa".to_owned(),
        eligible_kg,
        entitlement_paise: entitlement,
        released_paise: settled.kept,
        withdrawn_paise: settled.withdrawn,
        receivable_paise: settled.receivable,
        withheld_paise: withheld,
        payable_paise: payable,
        deferred_paise: releasable.minus_floored(payable),
    };
    Ok((statement, counted))
}

/// Gives a name its value; a name that these rules do not know has none.
pub(super) fn set(names: &Names, slots: &mut [Option<Value>], name: &str, value: Value) {
    if let Some(slot) = names.slot(name).and_then(|slot| slots.get_mut(slot)) {
        *slot = Some(value);
    }
}

/// The values of the names that rules of a claim can use.
fn claim_slots(scheme: &Scheme, facts: &Facts<'_>) -> Vec<Option<Value>> {
    let names = &scheme.book.claim_names;
    let mut slots = names.empty_slots();
    for (name, value) in &scheme.book.fixed {
        set(names, &mut slots, name, *value);
    }
    for (name, value) in &facts.known {
        set(names, &mut slots, name, *value);
    }
    set(names, &mut slots, "amount_claimed", money(facts.amount_claimed));
    let accepted = facts.lines.iter().map(|line| line.quantity_kg).sum();
    set(names, &mut slots, mass_balance::ACCEPTED, Value::Number(Exact::whole(accepted)));
    let places = [FactPlace::Application, FactPlace::Claim];
    let rules = places.into_iter().flat_map(|place| asked(scheme, place, Some(facts.component)));
    for rule in rules {
        if let Some(value) = rule.value(facts.stated(&rule.code)) {
            set(names, &mut slots, &rule.code, value);
        }
    }
    slots
}

impl Facts<'_> {
    fn stated(&self, code: &str) -> Option<FactValue> {
        self.stated.iter().find(|(fact, _)| fact.code == code).map(|(fact, _)| fact.value)
    }
}

/// The part of the counted quantity that uses up the year's capacity; `None` means all of it.
fn used_quantity(rules: &CheckedClaimRules, slots: &[Option<Value>]) -> Result<Option<i64>, Refusal> {
    let refuse = not_computable("quantity_kg");
    let quantity = rules.quantity.as_ref();
    let read = |expression: &Expression| Ok(expression.number(slots)?.rounded_down()?);
    quantity.map(read).transpose().map_err(|why: NoValue| refuse(why))
}

fn line_rules(rules: &CheckedClaimRules, counted: &[CountedLine]) -> Result<Vec<LineRule>, Refusal> {
    let shared = rules.quotas.iter().map(|rule| (rule, true));
    let mut totals = Vec::new();
    for (rule, shared) in rules.exclusions.iter().map(|rule| (rule, false)).chain(shared) {
        let parts: Vec<_> =
            counted.iter().flat_map(|line| &line.excluded).filter(|part| part.code == rule.rule.code).collect();
        let amount = Paise::sum(parts.iter().map(|part| part.amount_paise)).ok_or(Refusal::AmountTooLarge)?;
        totals.push(LineRule {
            code: rule.rule.code.clone(),
            title: rule.rule.title.clone(),
            clause: rule.rule.clause.clone(),
            basis: rule.rule.basis,
            source: rule.rule.source.clone(),
            when: rule.rule.when.clone(),
            quantity_kg_rule: rule.rule.quantity_kg.clone(),
            amount_paise_rule: rule.rule.amount_paise.clone(),
            shared,
            lines: parts.len() as i64,
            quantity_kg: parts.iter().map(|part| part.quantity_kg).sum(),
            amount_paise: amount,
        });
    }
    Ok(totals)
}

fn balance_findings(scheme: &Scheme, facts: &Facts<'_>) -> Result<BalanceFindings, Refusal> {
    let rules = scheme.mass_balance.as_ref().filter(|_| facts.component == Component::SalesLinkedIncentive);
    let accepted = facts.lines.iter().map(|line| line.quantity_kg).sum();
    let found = rules.map(|rules| rules.findings(&facts.known, accepted)).transpose();
    Ok(found.map_err(|_| Refusal::AmountTooLarge)?.unwrap_or_default())
}

fn line_facts(scheme: &Scheme, component: Component) -> Vec<LineFactRule> {
    let asked = asked(scheme, FactPlace::ClaimLine, Some(component)).into_iter();
    asked
        .map(|rule| {
            let factor = rule.unit.as_ref().and_then(|measure| measure.exact(1).ok()).unwrap_or(Exact::ONE);
            LineFactRule { code: rule.code.clone(), factor: factor.to_string(), absent: rule.absent }
        })
        .collect()
}

/// Reduces the amount of the ladder to what may be released now. Returns the withheld amount, the
/// balance of a final entitlement against earlier releases, and the room of the year.
fn release(ladder: &mut Ladder<'_>, facts: &Facts<'_>) -> Option<(Paise, Balance, Paise)> {
    let entitlement = ladder.amount;
    let nothing = Balance::default();
    match &facts.release {
        Release::Whole => Some((Paise::ZERO, nothing, facts.appropriation_room)),
        Release::Provisional(rule) => {
            let share = rule.provisional_share;
            let exact = Exact::ratio(share.0, 10_000).ok()?;
            ladder.inputs.note("provisional_share", exact.to_string(), "1".to_owned(), InputOrigin::Scheme);
            let formula = format!("{share} of {entitlement}");
            let limit = entitlement.share_rounded_down(share)?;
            ladder.fixed(&PROVISIONAL_SHARE, rule.basis, "before * provisional_share".to_owned(), formula, limit);
            Some((entitlement.minus_floored(ladder.amount), nothing, facts.appropriation_room))
        }
        Release::Final(released) => {
            let balance = released.settle(entitlement)?;
            if balance.counted > Paise::ZERO {
                ladder.inputs.ledger("asked_back", balance.counted);
                ladder.add(&ASKED_BACK, "asked_back", balance.counted)?;
            }
            ladder.inputs.ledger("released", balance.kept);
            let formula = format!("{} - {}", ladder.amount, balance.kept);
            let expression = "max(before - released, 0)".to_owned();
            ladder.fixed(&RELEASED_BEFORE, Basis::Official, expression, formula, balance.balance);
            let room = facts.appropriation_room.checked_add(released.room_back(balance))?;
            Some((Paise::ZERO, balance, room))
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::base::money::BasisPoints;
    use crate::scheme::scheme::tests::sample;
    use chrono::NaiveDate;

    pub const PLENTY: Paise = Paise(1_000_000_000_000_000);

    pub fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    pub fn whole(number: i64) -> Value {
        Value::Number(Exact::whole(number))
    }

    pub fn line(quantity_kg: i64, amount: i64) -> LineFacts<'static> {
        LineFacts {
            line: 1,
            invoice_number: "S/1",
            party: "Sample Motors",
            invoice_date: day("2028-06-01"),
            quantity_kg,
            amount: Paise(amount),
            facts: &[],
        }
    }

    /// Sales under an award of 750 MTPA at Rs 1,600 per kg.
    pub fn sales(kg: i64, turnover: i64) -> Facts<'static> {
        Facts {
            component: Component::SalesLinkedIncentive,
            lines: vec![line(kg, turnover)],
            accepted_lines: 1,
            rejected_lines: 0,
            known: BTreeMap::from([("capacity", whole(750)), ("rate", whole(160_000)), ("used_kg", whole(0))]),
            stated: Vec::new(),
            amount_claimed: PLENTY,
            award_room: PLENTY,
            component_room: PLENTY,
            appropriation_room: PLENTY,
            release: Release::Whole,
        }
    }

    fn capital(investment: i64) -> Facts<'static> {
        let share = Value::Number(Exact::ratio(4_000, 10_000).unwrap());
        let known = BTreeMap::from([("award_ceiling", whole(65_000_000_000)), ("milestone_share", share)]);
        Facts { component: Component::CapitalSubsidy, lines: vec![line(0, investment)], known, ..sales(0, 0) }
    }

    fn result(facts: &Facts<'_>) -> (i64, Option<String>) {
        let (statement, _) = compute(&sample(), facts).unwrap();
        (statement.payable_paise.0, statement.bound_by)
    }

    fn bound(amount: i64, cap: &str) -> (i64, Option<String>) {
        (amount, Some(cap.to_owned()))
    }

    #[test]
    fn each_cap_of_sales_can_bite() {
        // Rs 1,600 x 1,000 kg against 40 % of turnover: the rate is the binding cap above Rs 4,000
        // per kg sold.
        assert_eq!(result(&sales(1_000, 500_000_000)), bound(160_000_000, "rate_per_kg"));
        assert_eq!(result(&sales(1_000, 400_000_000)), bound(160_000_000, "rate_per_kg"));
        assert_eq!(result(&sales(1_000, 399_999_999)), bound(159_999_999, "share_of_turnover"));
        assert_eq!(result(&sales(750_001, PLENTY.0)), bound(120_000_000_000, "yearly_capacity"));
        assert_eq!(result(&Facts { amount_claimed: Paise(7), ..sales(1_000, 500_000_000) }), (7, None));
        assert_eq!(result(&Facts { award_room: Paise(9), ..sales(1_000, 500_000_000) }), bound(9, "award_ceiling"));
        let outlay = Facts { component_room: Paise(8), ..sales(1_000, 500_000_000) };
        assert_eq!(result(&outlay), bound(8, "component_outlay"));
    }

    #[test]
    fn a_statement_names_its_numbers() {
        let (statement, counted) = compute(&sample(), &sales(1_000, 399_999_999)).unwrap();
        let cap = &statement.caps[1];
        assert_eq!(cap.formula, "₹39,99,999.99 * 40 %");
        assert_eq!((cap.exact.as_str(), cap.limit_paise), ("799999998/5", Paise(159_999_999)));
        assert_eq!(statement.caps[0].formula, "1000 kg * min(₹1,600.00/kg, ₹1,600.00/kg)");
        let share = statement.inputs.iter().find(|input| input.name == "turnover_share").unwrap();
        assert_eq!((share.value.as_str(), share.unit.as_str(), share.origin), ("2/5", "1", InputOrigin::Scheme));
        assert!(share.basis.is_some() && share.source.contains("40 %"));
        assert_eq!(counted, [CountedLine::whole(&line(1_000, 399_999_999))]);
    }

    #[test]
    fn a_fact_that_is_not_shown_is_named() {
        let facts = Facts { known: BTreeMap::new(), ..sales(1, 1) };
        let refusal = compute(&sample(), &facts).unwrap_err();
        assert_eq!(refusal.code(), "rule_not_computable");
        assert!(refusal.to_string().contains("rate"), "{refusal}");
    }

    #[test]
    fn a_thin_year_defers_and_does_not_forfeit() {
        let thin = Facts { appropriation_room: Paise(100_000_000), ..sales(1_000, 500_000_000) };
        let (statement, _) = compute(&sample(), &thin).unwrap();
        assert_eq!(
            (statement.entitlement_paise, statement.payable_paise, statement.deferred_paise),
            (Paise(160_000_000), Paise(100_000_000), Paise(60_000_000))
        );
        assert_eq!(statement.bound_by.as_deref(), Some("years_appropriation"));
    }

    #[test]
    fn capital_follows_investment_then_milestone() {
        assert_eq!(result(&capital(10_000_000_000)), bound(1_500_000_000, "share_of_investment"));
        assert_eq!(result(&capital(900_000_000_000)), bound(26_000_000_000, "milestone_share"));
        let share = Paise(100_000_000_001).share_rounded_down(BasisPoints(1_500)).unwrap();
        assert_eq!(result(&capital(100_000_000_001)).0, share.0, "down to the paisa");
    }

    proptest::proptest! {
        #[test]
        fn never_above_any_cap_and_monotone_in_quantity(
            kg in 0_i64..2_000_000, more in 0_i64..1_000, turnover in 0_i64..LARGE, used in 0_i64..800_000,
            award in 0_i64..LARGE, year in 0_i64..LARGE, claimed in 1_i64..LARGE,
        ) {
            let facts = |kg| Facts {
                amount_claimed: Paise(claimed), award_room: Paise(award), appropriation_room: Paise(year),
                known: BTreeMap::from([("capacity", whole(750)), ("rate", whole(150_000)), ("used_kg", whole(used))]),
                ..sales(kg, turnover)
            };
            let (statement, _) = compute(&sample(), &facts(kg)).unwrap();
            for cap in &statement.caps {
                proptest::prop_assert!(statement.payable_paise <= cap.limit_paise, "{:?}", cap);
                proptest::prop_assert_eq!(cap.after_paise, cap.before_paise.min(cap.limit_paise));
            }
            proptest::prop_assert_eq!(statement.payable_paise.0 + statement.deferred_paise.0, statement.entitlement_paise.0);
            let (larger, _) = compute(&sample(), &facts(kg + more)).unwrap();
            proptest::prop_assert!(larger.payable_paise >= statement.payable_paise);
        }
    }

    const LARGE: i64 = 1_000_000_000_000;
}
