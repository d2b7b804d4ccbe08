//! The values that a text is about, each with a kind, so that every language shows it in its own way: an amount
//! in rupees, a day with the name of its month, a word of the program in its translation.

use crate::base::calendar::FinancialYear;
use crate::base::money::{BasisPoints, Paise};
use crate::base::permission::Permission;
use crate::base::told::Message;
use chrono::NaiveDate;
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use utoipa::ToSchema;

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// An amount of money.
    Paise(Paise),
    /// Whole kilograms.
    Kg(i64),
    /// Tonnes a year.
    Mtpa(i64),
    /// A number of days.
    Days(i64),
    /// Any other whole number, such as a version or a line.
    Number(i64),
    Day(NaiveDate),
    /// A word of the program or of a scheme's file, such as `submitted`.
    Word(Cow<'static, str>),
    /// Words of which any one fits, such as the roles that hold a permission.
    AnyOf(Vec<&'static str>),
    /// What is the same in every language: a number of a record, a name, what a person or a program wrote.
    Text(String),
    /// A text within the text.
    Message(Box<Message>),
    /// A title of a scheme's file, which has it in both languages.
    Titled(Titled),
    /// Several values in a row.
    Series(Vec<Argument>),
}

/// The JSON form: `{"kind": "paise", "value": 300}`.
#[derive(Serialize, ToSchema)]
#[schema(as = Argument)]
pub struct ArgumentView {
    /// `paise`, `kg`, `mtpa`, `days`, `number`, `day`, `word`, `any_of`, `text`, `message`, `titled` or `series`.
    kind: &'static str,
    value: serde_json::Value,
}

impl Argument {
    fn view(&self) -> ArgumentView {
        let number = |kind, value: i64| ArgumentView { kind, value: value.into() };
        let text = |kind, value: String| ArgumentView { kind, value: value.into() };
        match self {
            Argument::Paise(amount) => number("paise", amount.0),
            Argument::Kg(kg) => number("kg", *kg),
            Argument::Mtpa(mtpa) => number("mtpa", *mtpa),
            Argument::Days(days) => number("days", *days),
            Argument::Number(count) => number("number", *count),
            Argument::Day(day) => text("day", day.to_string()),
            Argument::Word(word) => text("word", word.clone().into_owned()),
            Argument::AnyOf(words) => ArgumentView { kind: "any_of", value: words.clone().into() },
            Argument::Text(words) => text("text", words.clone()),
            Argument::Message(message) => ArgumentView { kind: "message", value: json_of(message) },
            Argument::Titled(Titled { en, hi }) => {
                ArgumentView { kind: "titled", value: serde_json::json!({ "en": en, "hi": hi }) }
            }
            Argument::Series(several) => ArgumentView {
                kind: "series",
                value: several.iter().map(|one| serde_json::to_value(one).unwrap_or_default()).collect(),
            },
        }
    }
}

fn json_of(message: &Message) -> serde_json::Value {
    let Message { code, arguments, english, .. } = message;
    serde_json::json!({ "code": code, "arguments": arguments, "text": english })
}

impl Serialize for Argument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.view().serialize(serializer)
    }
}

/// The values of one text by their names, in the order of declaration; in JSON an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments(pub Vec<(&'static str, Argument)>);

impl Arguments {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Arguments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A word of a scheme's file or of another table of codes; a language without a translation shows the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(pub String);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Several words of a scheme's file or of another table of codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codes(pub Vec<String>);

impl fmt::Display for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

impl ToArgument for Codes {
    fn to_argument(&self, _: &str) -> Argument {
        Argument::Series(self.0.iter().map(|code| Argument::Word(Cow::Owned(code.clone()))).collect())
    }
}

/// The roles that hold a permission, as a text says them.
pub struct Holders(pub Permission);

impl Holders {
    fn words(&self) -> Vec<&'static str> {
        let names: Vec<&str> = self.0.roles().iter().map(|role| role.as_str()).collect();
        if names.is_empty() { vec!["the operator"] } else { names }
    }
}

impl fmt::Display for Holders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().join(" or "))
    }
}

impl ToArgument for Holders {
    fn to_argument(&self, _: &str) -> Argument {
        Argument::AnyOf(self.words())
    }
}

/// What can stand in a text under a name. The name of a whole number ends with its unit, as everywhere.
pub trait ToArgument {
    fn to_argument(&self, name: &str) -> Argument;
}

impl ToArgument for Argument {
    fn to_argument(&self, _: &str) -> Argument {
        self.clone()
    }
}

impl ToArgument for Paise {
    fn to_argument(&self, _: &str) -> Argument {
        Argument::Paise(*self)
    }
}

impl ToArgument for NaiveDate {
    fn to_argument(&self, _: &str) -> Argument {
        Argument::Day(*self)
    }
}

impl ToArgument for i64 {
    fn to_argument(&self, name: &str) -> Argument {
        match name.rsplit('_').next() {
            Some("kg") => Argument::Kg(*self),
            Some("mtpa") => Argument::Mtpa(*self),
            Some("days") => Argument::Days(*self),
            _ => Argument::Number(*self),
        }
    }
}

impl ToArgument for usize {
    fn to_argument(&self, name: &str) -> Argument {
        i64::try_from(*self).unwrap_or(i64::MAX).to_argument(name)
    }
}

/// A text that the program itself chose is a word.
impl ToArgument for &'static str {
    fn to_argument(&self, _: &str) -> Argument {
        Argument::Word(Cow::Borrowed(self))
    }
}

impl ToArgument for Code {
    fn to_argument(&self, _: &str) -> Argument {
        Argument::Word(Cow::Owned(self.0.clone()))
    }
}

impl ToArgument for String {
    fn to_argument(&self, _: &str) -> Argument {
        Argument::Text(self.clone())
    }
}

impl ToArgument for FinancialYear {
    fn to_argument(&self, _: &str) -> Argument {
        Argument::Text(self.to_string())
    }
}

/// A share is the same in every language: `12.50 %`.
impl ToArgument for BasisPoints {
    fn to_argument(&self, _: &str) -> Argument {
        Argument::Text(self.to_string())
    }
}

impl<T: ToArgument> ToArgument for Box<T> {
    fn to_argument(&self, name: &str) -> Argument {
        (**self).to_argument(name)
    }
}

/// A size of a file in bytes, written with the largest unit that leaves no rest: `20 MiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(1 << 20, "MiB"), (1 << 10, "KiB"), (1, "B")];
        let fits = |(unit, _): &&(u64, &str)| self.0 >= *unit && self.0.is_multiple_of(*unit);
        let (unit, name) = units.iter().find(fits).unwrap_or(&(1, "B"));
        write!(f, "{} {name}", self.0 / unit)
    }
}

impl ToArgument for Size {
    fn to_argument(&self, _: &str) -> Argument {
        Argument::Text(self.to_string())
    }
}

/// A title of a scheme's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Titled {
    pub en: String,
    pub hi: String,
}

impl fmt::Display for Titled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

impl ToArgument for Titled {
    fn to_argument(&self, _: &str) -> Argument {
        Argument::Titled(self.clone())
    }
}

/// Several texts in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series<T>(pub Vec<T>);

impl<T: fmt::Display> fmt::Display for Series<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, one) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{one}")?;
        }
        Ok(())
    }
}

impl<T: ToArgument> ToArgument for Series<T> {
    fn to_argument(&self, name: &str) -> Argument {
        Argument::Series(self.0.iter().map(|one| one.to_argument(name)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_the_largest_unit_that_leaves_no_rest() {
        let sizes = [20_971_520, 65_536, 1_000_000, 1_025, 0].map(|bytes| Size(bytes).to_string());
        assert_eq!(sizes, ["20 MiB", "64 KiB", "1000000 B", "1025 B", "0 B"]);
    }
}
