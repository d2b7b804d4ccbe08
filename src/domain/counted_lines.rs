//! What of each line of a claim counts: its exclusions in the order of the scheme, then the
//! quantities that all lines share, the earliest invoice first. The order in which lines were typed
//! never matters.

use crate::domain::fact::{FactPlace, StatedFact, stated};
use crate::domain::money::Paise;
use crate::domain::refusal::Refusal;
use crate::domain::rules::book::{CheckedClaimRules, asked};
use crate::domain::rules::exact::Exact;
use crate::domain::rules::expression::NoValue;
use crate::domain::rules::names::Value;
use crate::domain::rules::rule::CheckedRule;
use crate::domain::scheme::{Component, Scheme};
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

/// A part of a line that does not count, by which rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Excluded {
    pub code: String,
    pub quantity_kg: i64,
    pub amount_paise: Paise,
}

/// What of one accepted line counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountedLine {
    pub line: i64,
    pub counted_kg: i64,
    pub counted_amount_paise: Paise,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<Excluded>,
}

impl CountedLine {
    /// A line of which all counts.
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

/// A refusal that names the rule and why it has no value.
pub fn not_computable(rule: &str) -> impl Fn(NoValue) -> Refusal + '_ {
    move |why| Refusal::RuleNotComputable { rule: rule.to_owned(), why: why.to_string() }
}

/// Counts every line. `claim` holds the values of the claim's names.
pub fn count(
    scheme: &Scheme,
    component: Component,
    rules: &CheckedClaimRules,
    claim: &[Option<Value>],
    lines: &[LineFacts<'_>],
) -> Result<Vec<CountedLine>, Refusal> {
    let names = &scheme.book.line_names;
    let mut slots = names.empty_slots();
    slots[..claim.len()].copy_from_slice(claim);
    let place = |name: &str| names.slot(name).unwrap_or_default();
    let (kg, amount, date) = (place("line_kg"), place("line_amount"), place("line_date"));
    let declared: Vec<_> = asked(scheme, FactPlace::ClaimLine, Some(component))
        .into_iter()
        .map(|rule| (rule, place(&rule.code)))
        .collect();
    let mut counted = Vec::with_capacity(lines.len());
    for line in lines {
        slots[kg] = Some(Value::Number(Exact::whole(line.quantity_kg)));
        slots[amount] = Some(Value::Number(Exact::whole(line.amount.0)));
        slots[date] = Some(Value::Date(line.invoice_date));
        for (rule, slot) in &declared {
            slots[*slot] = rule.value(stated(line.facts, &rule.code));
        }
        let mut result = CountedLine::whole(line);
        for rule in &rules.exclusions {
            apply_exclusion(rule, &slots, &mut result).map_err(not_computable(&rule.rule.code))?;
        }
        counted.push(result);
    }
    for quota in &rules.quotas {
        apply_quota(quota, claim, lines, &mut counted)?;
    }
    Ok(counted)
}

fn apply_exclusion(rule: &CheckedRule, slots: &[Option<Value>], line: &mut CountedLine) -> Result<(), NoValue> {
    if !rule.when.as_ref().map_or(Ok(true), |when| when.truth(slots))? {
        return Ok(());
    }
    let whole = rule.quantity.is_none() && rule.amount.is_none();
    // What is excluded rounds up, so that what counts rounds down.
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

/// Lets lines have the quantity there is, the earliest first; the amount of a line that is cut goes
/// down in proportion.
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
