//! The counted part of each line of a claim: first the exclusions are applied in the order of the
//! scheme, then the quotas that all lines share, earliest invoice first. The order in which lines
//! were typed does not matter.

use crate::base::money::Paise;
use crate::base::refusal::Refusal;
use crate::claim::entitlement::Facts;
use crate::scheme::fact::{FactPlace, FactRule, StatedFact, stated};
use crate::scheme::rules::book::{CheckedClaimRules, asked};
use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::expression::NoValue;
use crate::scheme::rules::names::{Names, Value};
use crate::scheme::rules::rule::CheckedRule;
use crate::scheme::rules::rule::not_computable;
use crate::scheme::scheme::{Component, Scheme};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One accepted line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFacts<'a> {
    pub line: i64,
    pub invoice_number: &'a str,
    pub party: &'a str,
    pub invoice_date: NaiveDate,
    pub quantity_kg: i64,
    pub amount: Paise,
    pub facts: &'a [StatedFact],
}

/// A part of a line that does not count, and the rule that excludes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Excluded {
    pub code: String,
    pub quantity_kg: i64,
    pub amount_paise: Paise,
}

/// The part of one accepted line that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountedLine {
    pub line: i64,
    pub counted_kg: i64,
    pub counted_amount_paise: Paise,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<Excluded>,
}

impl CountedLine {
    /// A line that counts in full.
    pub fn whole(line: &LineFacts<'_>) -> CountedLine {
        CountedLine {
            line: line.line,
            counted_kg: line.quantity_kg,
            counted_amount_paise: line.amount,
            excluded: Vec::new(),
        }
    }

    fn exclude(&mut self, code: &str, kg: i64, amount: Paise) {
        let kg = kg.clamp(0, self.counted_kg);
        let amount = Paise(amount.0.clamp(0, self.counted_amount_paise.0));
        if kg == 0 && amount == Paise::ZERO {
            return;
        }
        self.counted_kg -= kg;
        self.counted_amount_paise = self.counted_amount_paise.minus_floored(amount);
        self.excluded.push(Excluded { code: code.to_owned(), quantity_kg: kg, amount_paise: amount });
    }
}

/// Counts every line. `claim` holds the values of the claim's names. Refuses if a rule cannot be
/// computed.
pub fn count(
    scheme: &Scheme,
    component: Component,
    rules: &CheckedClaimRules,
    claim: &[Option<Value>],
    lines: &[LineFacts<'_>],
) -> Result<Vec<CountedLine>, Refusal> {
    let mut line_slots = LineSlots::of(scheme, component, &scheme.book.line_names, claim);
    let mut counted = Vec::with_capacity(lines.len());
    for line in lines {
        line_slots.fill(line);
        let mut result = CountedLine::whole(line);
        for rule in &rules.exclusions {
            apply_exclusion(rule, &line_slots.slots, &mut result).map_err(not_computable(&rule.rule.code))?;
        }
        counted.push(result);
    }
    for quota in &rules.quotas {
        apply_quota(quota, claim, lines, &mut counted)?;
    }
    Ok(counted)
}

/// The sums over the counted parts of lines, by their names.
pub fn sums<'r>(
    scheme: &Scheme,
    facts: &Facts<'_>,
    rules: &'r CheckedClaimRules,
    claim: &[Option<Value>],
    counted: &[CountedLine],
) -> Result<Vec<(&'r str, Exact)>, Refusal> {
    let mut found: Vec<(&str, Exact)> = rules.sums.iter().map(|sum| (sum.code.as_str(), Exact::ZERO)).collect();
    if found.is_empty() {
        return Ok(found);
    }
    let names = &scheme.book.counted_names;
    let mut line_slots = LineSlots::of(scheme, facts.component, names, claim);
    for (line, part) in facts.lines.iter().zip(counted) {
        line_slots.fill(line);
        line_slots.set("line_counted_kg", part.counted_kg);
        line_slots.set("line_counted_amount", part.counted_amount_paise.0);
        for (sum, (_, total)) in rules.sums.iter().zip(&mut found) {
            let refuse = not_computable(&sum.code);
            let slots = &line_slots.slots;
            if sum.when.as_ref().map_or(Ok(true), |when| when.truth(slots)).map_err(&refuse)? {
                let added = sum.sum.number(slots).and_then(|number| Ok(total.plus(number)?));
                *total = added.map_err(&refuse)?;
            }
        }
    }
    Ok(found)
}

/// The values of the names of one line after another.
struct LineSlots<'a> {
    names: &'a Names,
    slots: Vec<Option<Value>>,
    declared: Vec<(&'a FactRule, usize)>,
}

impl<'a> LineSlots<'a> {
    /// Slots with the values of the claim, and the words of its lines' facts, which are names of lines only.
    fn of(scheme: &'a Scheme, component: Component, names: &'a Names, claim: &[Option<Value>]) -> LineSlots<'a> {
        let mut slots = names.empty_slots();
        slots[..claim.len()].copy_from_slice(claim);
        for (name, value) in scheme.book.fixed.iter().filter(|(_, value)| matches!(value, Value::Word(_))) {
            if let Some(slot) = names.slot(name) {
                slots[slot] = Some(*value);
            }
        }
        let asked = asked(scheme, FactPlace::ClaimLine, Some(component)).into_iter();
        let declared = asked.filter_map(|rule| Some((rule, names.slot(&rule.code)?))).collect();
        LineSlots { names, slots, declared }
    }

    fn set(&mut self, name: &str, number: i64) {
        if let Some(slot) = self.names.slot(name) {
            self.slots[slot] = Some(Value::Number(Exact::whole(number)));
        }
    }

    fn fill(&mut self, line: &LineFacts<'_>) {
        self.set("line_kg", line.quantity_kg);
        self.set("line_amount", line.amount.0);
        if let Some(slot) = self.names.slot("line_date") {
            self.slots[slot] = Some(Value::Date(line.invoice_date));
        }
        for (rule, slot) in &self.declared {
            self.slots[*slot] = rule.value(stated(line.facts, &rule.code));
        }
    }
}

fn apply_exclusion(rule: &CheckedRule, slots: &[Option<Value>], line: &mut CountedLine) -> Result<(), NoValue> {
    if !rule.when.as_ref().map_or(Ok(true), |when| when.truth(slots))? {
        return Ok(());
    }
    let whole = rule.quantity.is_none() && rule.amount.is_none();
    // An excluded quantity rounds up, so that the counted quantity rounds down.
    let up = |exact: Exact| Exact::ZERO.minus(exact).and_then(Exact::rounded_down).map(|number| -number);
    let kg = match &rule.quantity {
        Some(expression) => up(expression.number(slots)?)?,
        None if whole => line.counted_kg,
        None => 0,
    };
    let amount = match &rule.amount {
        Some(expression) => Paise(up(expression.number(slots)?)?),
        None if whole => line.counted_amount_paise,
        None => Paise::ZERO,
    };
    line.exclude(&rule.rule.code, kg, amount);
    Ok(())
}

/// Distributes the quantity of a quota over the lines, earliest invoice first; the amount of a line
/// that is cut is reduced in proportion.
fn apply_quota(
    rule: &CheckedRule,
    claim: &[Option<Value>],
    lines: &[LineFacts<'_>],
    counted: &mut [CountedLine],
) -> Result<(), Refusal> {
    let refuse = not_computable(&rule.rule.code);
    if !rule.when.as_ref().map_or(Ok(true), |when| when.truth(claim)).map_err(&refuse)? {
        return Ok(());
    }
    let Some(quantity) = &rule.quantity else { return Ok(()) };
    let room = quantity.number(claim).and_then(|exact| Ok(exact.rounded_down()?)).map_err(&refuse)?;
    let mut room = room.max(0);
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|index| {
        let line = &lines[*index];
        (line.invoice_date, line.invoice_number, line.party, line.quantity_kg, line.amount)
    });
    for index in order {
        let line = &mut counted[index];
        let kept = line.counted_kg.min(room);
        room -= kept;
        if kept < line.counted_kg {
            let part = line.counted_amount_paise.ratio_rounded_down(kept, line.counted_kg);
            let amount = line.counted_amount_paise.minus_floored(part.ok_or(Refusal::AmountTooLarge)?);
            line.exclude(&rule.rule.code, line.counted_kg - kept, amount);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::entitlement::tests::{day, sales, whole};
    use crate::claim::entitlement::{Facts, compute};
    use crate::scheme::fact::FactValue;
    use proptest::prelude::*;

    const TEXT: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-3.toml");

    /// The parts of a generated line: day of the year, kilograms, paise, stated facts.
    type Drawn = (u64, i64, i64, Vec<StatedFact>);

    fn drawn() -> impl Strategy<Value = Drawn> {
        let fact = |code: &str, value: FactValue| StatedFact { code: code.to_owned(), value, evidence_id: None };
        let facts = prop_oneof![
            4 => Just(Vec::new()),
            1 => Just(vec![fact("related_party", FactValue::YesNo(true))]),
            1 => Just(vec![fact("sintered_ndfeb", FactValue::YesNo(false))]),
            1 => (0_i64..2_000, 0_i64..2_000_000).prop_map(move |(kg, paise)| {
                vec![fact("credited_kg", FactValue::Number(kg)), fact("credited_paise", FactValue::Number(paise))]
            }),
        ];
        (0_u64..420, 1_i64..200_000, 1_i64..1_000_000_000, facts)
    }

    fn claim<'a>(lines: &'a [(usize, Drawn)], numbers: &'a [String], used_kg: i64) -> Facts<'a> {
        let date = |text: &str| Value::Date(day(text));
        let line = |(index, (offset, kg, paise, facts)): &'a (usize, Drawn)| LineFacts {
            line: *index as i64 + 1,
            invoice_number: &numbers[*index],
            party: "Sample Motors",
            invoice_date: day("2028-03-01") + chrono::Days::new(*offset),
            quantity_kg: *kg,
            amount: Paise(*paise),
            facts,
        };
        let mut facts = Facts { lines: lines.iter().map(line).collect(), ..sales(0, 0) };
        facts.known.extend([
            ("used_kg", whole(used_kg)),
            ("commissioned_on", date("2028-04-10")),
            ("period_from", date("2028-04-01")),
            ("period_to", date("2029-03-31")),
            ("award_ends_on", date("2033-10-31")),
        ]);
        facts
    }

    proptest! {
        #[test]
        fn the_order_of_lines_never_matters_and_parts_are_the_whole(
            drawn in proptest::collection::vec(drawn(), 1..12), turn in 0_usize..12, used in 0_i64..800_000,
        ) {
            let scheme = Scheme::parse(TEXT).unwrap();
            let numbers: Vec<String> = (0..drawn.len()).map(|index| format!("S/{index:03}")).collect();
            let lines: Vec<(usize, Drawn)> = drawn.into_iter().enumerate().collect();
            let mut turned = lines.clone();
            turned.rotate_left(turn % lines.len());
            turned.reverse();
            let (statement, counted) = compute(&scheme, &claim(&lines, &numbers, used)).unwrap();
            let (again, mut other) = compute(&scheme, &claim(&turned, &numbers, used)).unwrap();
            other.sort_by_key(|line| line.line);
            prop_assert_eq!(&counted, &other);
            prop_assert_eq!(&statement, &again);
            for (line, (_, (_, kg, paise, _))) in counted.iter().zip(&lines) {
                let out_kg: i64 = line.excluded.iter().map(|part| part.quantity_kg).sum();
                let out: i64 = line.excluded.iter().map(|part| part.amount_paise.0).sum();
                prop_assert_eq!((line.counted_kg + out_kg, line.counted_amount_paise.0 + out), (*kg, *paise));
                prop_assert!(line.counted_kg >= 0 && line.counted_amount_paise >= Paise::ZERO);
            }
            prop_assert!(statement.counted_kg <= (750_000 - used).max(0));
            let sum: i64 = statement.line_rules.iter().map(|rule| rule.quantity_kg).sum();
            prop_assert_eq!(statement.counted_kg + sum, statement.accepted_kg);
        }
    }
}
