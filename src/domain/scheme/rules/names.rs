//! The names that rules may use, the type of each value, and how values are shown to people.

use crate::base::money::{BasisPoints, Paise};
use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::table::Table;
use crate::scheme::rules::unit::Unit;
use crate::scheme::rules::word::Word;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Number(Unit),
    Truth,
    Date,
    /// One of the words of a fact.
    Word(String),
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Kind::Number(unit) if unit.is_plain() => f.write_str("a plain number"),
            Kind::Number(unit) => write!(f, "a number in {unit}"),
            Kind::Truth => f.write_str("yes or no"),
            Kind::Date => f.write_str("a date"),
            Kind::Word(fact) => write!(f, "one of the words of `{fact}`"),
        }
    }
}

/// A value of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    Number(Exact),
    Truth(bool),
    Date(NaiveDate),
    Word(Word),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Number(number) => number.fmt(f),
            Value::Truth(true) => f.write_str("yes"),
            Value::Truth(false) => f.write_str("no"),
            Value::Date(date) => date.fmt(f),
            Value::Word(word) => word.fmt(f),
        }
    }
}

/// The names that a rule may use, each with the slot of its value, and the tables (a symbol table).
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub(in crate::scheme::rules) slots: BTreeMap<String, (usize, Kind)>,
    pub(in crate::scheme::rules) tables: BTreeMap<String, Arc<Table>>,
}

impl Names {
    /// Gives a name the next slot. Returns `false` and changes nothing if the name is taken.
    pub fn add(&mut self, name: &str, kind: Kind) -> bool {
        let free = !self.slots.contains_key(name) && !self.tables.contains_key(name);
        if free {
            self.slots.insert(name.to_owned(), (self.slots.len(), kind));
        }
        free
    }

    /// Adds a table. Returns `false` and changes nothing if the name is taken.
    pub fn add_table(&mut self, name: &str, table: Arc<Table>) -> bool {
        let free = !self.slots.contains_key(name) && !self.tables.contains_key(name);
        if free {
            self.tables.insert(name.to_owned(), table);
        }
        free
    }

    /// The slot of a name; `None` for a name that is not known.
    pub fn slot(&self, name: &str) -> Option<usize> {
        self.slots.get(name).map(|(slot, _)| *slot)
    }

    /// The type of a name; `None` for a name that is not known.
    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.slots.get(name).map(|(_, kind)| kind)
    }

    /// Slots for the values of these names, all empty.
    pub fn empty_slots(&self) -> Vec<Option<Value>> {
        vec![None; self.slots.len()]
    }
}

/// A value in the form people read: `₹1,600.00/kg`, `1000 kg`, `40 %`, `yes`.
pub fn in_words(value: Option<Value>, kind: &Kind) -> String {
    let (Some(value), Kind::Number(unit)) = (value, kind) else {
        return value.map_or("not shown".to_owned(), |value| value.to_string());
    };
    let Value::Number(number) = value else { return value.to_string() };
    let rest = unit.over(&Unit::paise());
    let money = unit.has_money() && (rest.is_plain() || rest.is_below_a_line());
    match number.rounded_down() {
        Ok(paise) if money && number.is_whole() => {
            let per = if rest.is_plain() { String::new() } else { rest.to_string().trim_start_matches('1').to_owned() };
            format!("{}{per}", Paise(paise))
        }
        _ if unit.is_plain() && !number.is_whole() => {
            let hundredths = number.times(Exact::whole(10_000));
            match hundredths {
                Ok(points) if points.is_whole() => {
                    points.rounded_down().map_or(number.to_string(), |p| BasisPoints(p).to_string())
                }
                _ => number.to_string(),
            }
        }
        _ if unit.is_plain() => number.to_string(),
        _ => format!("{number} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_money_is_shown_in_rupees() {
        let shown = |number: i64, unit: &str| {
            in_words(Some(Value::Number(Exact::whole(number))), &Kind::Number(unit.parse().unwrap()))
        };
        assert_eq!(shown(160_000, "paise/kg"), "₹1,600.00/kg");
        assert_eq!(shown(0, "paise"), "₹0.00");
        // No share of anything is a plain number, and no rupees a paisa.
        assert_eq!(shown(0, "1"), "0");
        assert_eq!(shown(3, "1/day"), "3 1/day");
    }
}
