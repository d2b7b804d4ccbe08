//! Facts that a scheme requires beyond those that every scheme has: they are declared in its file
//! and stated by the manufacturer in an application, a claim or one line of a claim.

use crate::base::argument::Titled;
use crate::base::field::FieldErrors;
use crate::base::field_reason::FieldReason;
use crate::base::id::EvidenceId;
use crate::scheme::rules::figure::{Measure, Title};
use crate::scheme::rules::names::{Kind, Value};
use crate::scheme::rules::word::Word;
use crate::scheme::scheme::{Basis, Component};
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// The largest number of facts that one form may state.
pub const MOST_FACTS: usize = 40;

words! {
    /// The form in which a fact is stated.
    pub enum FactPlace {
        Application = "application",
        Claim = "claim",
        ClaimLine = "claim_line",
    }
}

words! {
    /// The type of a fact's value.
    pub enum FactKind {
        Number = "number",
        YesNo = "yes_no",
        Date = "date",
        /// One of several words.
        Word = "word",
    }
}

/// A value as stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum FactValue {
    YesNo(bool),
    /// A whole number, in the unit the scheme names.
    Number(i64),
    Date(NaiveDate),
    /// One of the words that the scheme names.
    Word(Word),
}

impl FactValue {
    /// The type of this value.
    pub fn kind(self) -> FactKind {
        match self {
            FactValue::YesNo(_) => FactKind::YesNo,
            FactValue::Number(_) => FactKind::Number,
            FactValue::Date(_) => FactKind::Date,
            FactValue::Word(_) => FactKind::Word,
        }
    }
}

impl fmt::Display for FactValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FactValue::YesNo(yes) => f.write_str(if *yes { "yes" } else { "no" }),
            FactValue::Number(number) => number.fmt(f),
            FactValue::Date(date) => date.fmt(f),
            FactValue::Word(word) => word.fmt(f),
        }
    }
}

/// A word that a fact can be; its code is a name in rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactWord {
    pub code: Word,
    pub title: Title,
}

/// The declaration of a fact that a scheme requires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactRule {
    /// Its name in rules.
    pub code: String,
    pub place: FactPlace,
    /// Required only in claims for this component.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<Component>,
    pub kind: FactKind,
    /// The unit of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Measure>,
    /// The words of which it is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<FactWord>,
    pub title: Title,
    /// The value that applies if the fact is not stated. Without it, the fact must be stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<FactValue>,
    /// Whether an evidence file must prove it.
    #[serde(default)]
    pub evidence: bool,
    pub basis: Basis,
    pub source: String,
}

impl FactRule {
    /// Whether the fact is required here.
    pub fn is_asked(&self, place: FactPlace, component: Option<Component>) -> bool {
        self.place == place && (self.component.is_none() || self.component == component)
    }

    /// The type of its value in rules, or the error in the declaration.
    pub fn read(&self) -> Result<Kind, String> {
        if self.absent.is_some_and(|absent| absent.kind() != self.kind) {
            return Err(format!("absent must be {}", self.kind));
        }
        if (self.kind == FactKind::Word) == self.words.is_empty() {
            return Err("a word, and only a word, has words".to_owned());
        }
        if let Some(FactValue::Word(word)) = self.absent
            && !self.has_word(word)
        {
            return Err(format!("absent is `{word}`, which is none of its words"));
        }
        match (self.kind, &self.unit) {
            (FactKind::Word, None) => Ok(Kind::Word(self.code.clone())),
            (FactKind::Number, Some(measure)) => Ok(Kind::Number(measure.unit.clone())),
            (FactKind::YesNo, None) => Ok(Kind::Truth),
            (FactKind::Date, None) => Ok(Kind::Date),
            _ => Err("a number, and only a number, has a unit".to_owned()),
        }
    }

    /// The codes with titles that it brings: its own, and those of its words.
    pub fn titles(&self) -> impl Iterator<Item = (&str, &Title)> {
        let words = self.words.iter().map(|word| (word.code.as_str(), &word.title));
        std::iter::once((self.code.as_str(), &self.title)).chain(words)
    }

    /// Whether a word is one of those that the fact can be.
    pub fn has_word(&self, word: Word) -> bool {
        self.words.iter().any(|known| known.code == word)
    }

    /// A stated value in the unit of rules, or the value of `absent` if nothing is stated.
    pub fn value(&self, stated: Option<FactValue>) -> Option<Value> {
        Some(match stated.or(self.absent)? {
            FactValue::Number(number) => Value::Number(self.unit.as_ref()?.exact(number).ok()?),
            FactValue::YesNo(yes) => Value::Truth(yes),
            FactValue::Date(date) => Value::Date(date),
            FactValue::Word(word) => Value::Word(word),
        })
    }
}

/// A fact as stated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatedFact {
    pub code: String,
    pub value: FactValue,
    /// The evidence file that proves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_id: Option<EvidenceId>,
}

/// Facts as stated, in the order of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct StatedFacts(pub Vec<StatedFact>);

impl StatedFacts {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The value that a form states for a fact.
pub fn stated(facts: &[StatedFact], code: &str) -> Option<FactValue> {
    facts.iter().find(|fact| fact.code == code).map(|fact| fact.value)
}

/// Reports facts that are not required here, are of the wrong type or are stated twice. With
/// `complete` it also reports required facts that are missing and have no `absent` value.
pub fn check_facts(errors: &mut FieldErrors, pointer: &str, asked: &[&FactRule], facts: &[StatedFact], complete: bool) {
    errors.require(facts.len() <= MOST_FACTS, pointer, FieldReason::AtMost { most: MOST_FACTS as i64, what: "facts" });
    for (index, fact) in facts.iter().enumerate().take(MOST_FACTS) {
        let at = |field: &str| format!("{pointer}/{index}/{field}");
        let Some(rule) = asked.iter().find(|rule| rule.code == fact.code) else {
            let known: Vec<&str> = asked.iter().map(|rule| rule.code.as_str()).collect();
            let reason = match known.as_slice() {
                [] => FieldReason::NoFacts,
                known => FieldReason::FactsAsked { facts: known.join(", ") },
            };
            errors.add(at("code"), reason);
            continue;
        };
        let twice = facts.iter().take(index).any(|earlier| earlier.code == fact.code);
        errors.require(!twice, at("code"), FieldReason::FactTwice);
        errors.require(fact.value.kind() == rule.kind, at("value"), FieldReason::FactKind { kind: rule.kind.as_str() });
        if let FactValue::Word(word) = fact.value
            && rule.kind == FactKind::Word
        {
            let words: Vec<&str> = rule.words.iter().map(|known| known.code.as_str()).collect();
            errors.require(rule.has_word(word), at("value"), FieldReason::OneOf { choices: words.join(", ") });
        }
        if let FactValue::Number(number) = fact.value {
            let most = crate::base::money::LARGEST_AMOUNT.0;
            let reason = if number < 0 { FieldReason::WholeNumber } else { FieldReason::Range { least: 0, most } };
            errors.require((0..=most).contains(&number), at("value"), reason);
        }
        errors.require(!rule.evidence || fact.evidence_id.is_some(), at("evidence_id"), FieldReason::FactFile);
    }
    if complete {
        for rule in asked.iter().filter(|rule| rule.absent.is_none()) {
            let missing = stated(facts, &rule.code).is_none();
            errors.require(
                !missing,
                pointer,
                FieldReason::FactMissing {
                    fact: rule.code.clone(),
                    title: Titled { en: rule.title.en.clone(), hi: rule.title.hi.clone() },
                },
            );
        }
    }
}
