//! Examples of a scheme file: a claim in facts, and the amount that the rules of the file must give for it. Whoever
//! writes a scheme says what it is meant to pay, and the program holds the rules against it.

use crate::base::money::Paise;
use crate::scheme::fact::FactValue;
use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::figure::Title;
use crate::scheme::rules::names::{Kind, Value};
use crate::scheme::rules::word::Word;
use crate::scheme::scheme::{Basis, Component};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A value of an example.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ExampleValue {
    YesNo(bool),
    /// A whole number: of a fact that the scheme declares, in its unit; of any other, in the unit of rules.
    Number(i64),
    Date(NaiveDate),
    Word(Word),
    /// A fraction such as `3/10`.
    Fraction(Fraction),
}

/// A fraction as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = r"^-?\d+/\d+$")]
pub struct Fraction(pub String);

impl ExampleValue {
    /// The value as a form would state it; `None` for a fraction, which no form can state.
    pub fn stated(&self) -> Option<FactValue> {
        match self {
            ExampleValue::YesNo(yes) => Some(FactValue::YesNo(*yes)),
            ExampleValue::Number(number) => Some(FactValue::Number(*number)),
            ExampleValue::Date(date) => Some(FactValue::Date(*date)),
            ExampleValue::Word(word) => Some(FactValue::Word(*word)),
            ExampleValue::Fraction(_) => None,
        }
    }

    /// The value of a name of this type, in the unit of rules; `None` if it is of another type.
    pub fn of_kind(&self, kind: &Kind) -> Option<Value> {
        match (self, kind) {
            (ExampleValue::YesNo(yes), Kind::Truth) => Some(Value::Truth(*yes)),
            (ExampleValue::Number(number), Kind::Number(_)) => Some(Value::Number(Exact::whole(*number))),
            (ExampleValue::Fraction(text), Kind::Number(_)) => text.0.parse().ok().map(Value::Number),
            (ExampleValue::Date(date), Kind::Date) => Some(Value::Date(*date)),
            _ => None,
        }
    }
}

/// An invoice of an example.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleLine {
    pub date: NaiveDate,
    #[serde(default)]
    pub quantity_kg: i64,
    pub amount_paise: Paise,
    /// The facts that the scheme requires of a line, by their codes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, FactValue>,
}

/// A claim with what the rules must give for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    pub title: Title,
    pub component: Component,
    /// The entitlement that must come out, to the paisa.
    pub amount_paise: Paise,
    /// The limit that must be the one that bound it, if that matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_by: Option<String>,
    /// Facts of the application, the award and the claim by their names in rules. What is left out is nothing
    /// before (`used_kg`, `counted_amount_before`, `entitled_before`), a whole milestone, the whole capacity
    /// installed, the award ceiling that follows, materials that explain every kilogram, and a claim without an end.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, ExampleValue>,
    pub lines: Vec<ExampleLine>,
    pub basis: Basis,
    pub source: String,
}
