//! The numbers that the rules of a statement used, each with its origin.

use crate::base::money::Paise;
use crate::claim::entitlement::Facts;
use crate::claim::statement::{InputOrigin, StatementInput, StatementRow, StatementTable};
use crate::scheme::rules::book::{CheckedClaimRules, Origin};
use crate::scheme::rules::names::{Kind, Names, Value};
use crate::scheme::scheme::Scheme;
use std::collections::{BTreeMap, BTreeSet};

/// Collects the numbers that were used.
pub struct Inputs<'a> {
    scheme: &'a Scheme,
    facts: &'a Facts<'a>,
    found: BTreeMap<String, StatementInput>,
    tables: BTreeSet<String>,
}

impl<'a> Inputs<'a> {
    pub fn new(scheme: &'a Scheme, facts: &'a Facts<'a>) -> Self {
        Inputs { scheme, facts, found: BTreeMap::new(), tables: BTreeSet::new() }
    }

    /// Adds the room of an account.
    pub fn ledger(&mut self, name: &str, room: Paise) {
        self.note(name, room.0.to_string(), "paise".to_owned(), InputOrigin::Ledger);
    }

    /// Adds a number that belongs to the statement itself.
    pub fn note(&mut self, name: &str, value: String, unit: String, origin: InputOrigin) {
        let input = StatementInput {
            name: name.to_owned(),
            value,
            unit,
            origin,
            basis: None,
            source: String::new(),
            evidence_digest: String::new(),
        };
        self.found.insert(name.to_owned(), input);
    }

    /// Adds every number that the rules for these claims use, whether or not they were binding. A
    /// number stated in a line is not added here, because the line contains it.
    pub fn rules(&mut self, rules: &CheckedClaimRules, slots: &[Option<Value>]) {
        // Sums and values are results of the rules, which the statement has by themselves.
        let own: BTreeSet<&str> = rules.titles().map(|(name, _)| name).collect();
        let used = rules.expressions().flat_map(|expression| &expression.uses);
        for name in used.filter(|name| !own.contains(name.as_str())) {
            self.name(name, &rules.names, slots);
        }
    }

    fn name(&mut self, name: &str, names: &Names, slots: &[Option<Value>]) {
        if self.scheme.tables.contains_key(name) {
            self.tables.insert(name.to_owned());
            return;
        }
        let book = &self.scheme.book;
        let Some(kind) = names.kind(name).or_else(|| book.line_names.kind(name)) else { return };
        // A word of a line's fact is the same in every line.
        let fixed = || book.fixed.get(name).copied();
        let slot = names.slot(name).and_then(|slot| slots.get(slot).copied().flatten());
        let Some(value) = slot.or_else(fixed) else { return };
        let unit = match kind {
            Kind::Number(unit) => unit.to_string(),
            Kind::Truth => "yes_no".to_owned(),
            Kind::Date => "date".to_owned(),
            Kind::Word(_) => "word".to_owned(),
        };
        let origin = self.scheme.book.origins.get(name);
        let word = match origin {
            Some(Origin::Definition) => InputOrigin::Definition,
            Some(Origin::Figure { .. }) => InputOrigin::Scheme,
            Some(Origin::Lines) => InputOrigin::Lines,
            _ => InputOrigin::Fact,
        };
        let (basis, source) = match origin {
            Some(Origin::Figure { basis, source }) => (Some(*basis), source.clone()),
            _ => (None, String::new()),
        };
        let evidence = self.facts.stated.iter().find(|(fact, _)| fact.code == name);
        let evidence_digest = evidence.map(|(_, digest)| digest.clone()).unwrap_or_default();
        let (name, value) = (name.to_owned(), value.to_string());
        let input = StatementInput { name: name.clone(), value, unit, origin: word, basis, source, evidence_digest };
        self.found.insert(name, input);
    }

    /// All numbers by name, and the tables.
    pub fn finish(self) -> (Vec<StatementInput>, Vec<StatementTable>) {
        let table = |name: &String| {
            let written = self.scheme.tables.get(name)?;
            let read = written.read().ok()?;
            let rows = read.rows.iter().zip(&written.rows).map(|((bound, value), row)| StatementRow {
                up_to: bound.map(|bound| bound.to_string()),
                value: value.to_string(),
                basis: row.basis,
                source: row.source.clone(),
            });
            Some(StatementTable { name: name.clone(), rows: rows.collect() })
        };
        let tables = self.tables.iter().filter_map(table).collect();
        (self.found.into_values().collect(), tables)
    }
}
