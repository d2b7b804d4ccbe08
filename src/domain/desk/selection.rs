//! Selections: queries over one kind of record. Every field that is listed here can be compared,
//! and no other; its type decides how. The SQL expression of each field is in
//! `db/desk/selection_sources.rs`.

use crate::base::calendar::{FinancialYear, Timestamp};
use crate::base::field::{BadParameter, is_of_files, parse_day};
use crate::base::field_reason::FieldReason;
use crate::base::folding::folded;
use crate::base::utr::normalise_utr;
use crate::desk::subject::ENDINGS;
pub use crate::desk::subject::{Field, Holds, Subject};
use serde::Serialize;

/// A value as stored in a column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Value {
    Missing,
    Number(i64),
    Text(String),
}

/// The comparison of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Equal to one of these values.
    OneOf(Vec<Value>),
    From(Value),
    To(Value),
    /// Contains this text, ignoring case.
    Contains(String),
    /// Only records that have (true) or lack (false) this field.
    Given(bool),
}

/// One condition, which every selected record must meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub field: &'static Field,
    pub compared: Compared,
}

/// A query: the records of a kind that meet every condition, in an order; or their counts and sums,
/// grouped by some of their fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    pub subject: Subject,
    pub conditions: Vec<Condition>,
    pub sort: &'static Field,
    pub descending: bool,
    pub group_by: Vec<&'static Field>,
}

/// The position after which a page starts (a cursor): the sort value and the key of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    pub sort: Value,
    pub key: Value,
}

impl Selection {
    /// The parameters of a selection besides the fields of its records, none of which has such a name.
    pub const PARAMETERS: &[&str] = &["sort", "group_by", "limit", "cursor", "totals", "format"];

    /// Parses a selection from parameters, including `sort` and `group_by`. A field that is given
    /// several times means any of these values.
    pub fn parse<'p>(
        subject: Subject,
        parameters: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<Selection, BadParameter> {
        let sort = subject.field(subject.usual_sort()).unwrap_or(subject.key());
        let mut selection = Selection { subject, conditions: Vec::new(), sort, descending: true, group_by: Vec::new() };
        for (name, text) in parameters {
            match name {
                "sort" => selection.sort_by(text)?,
                "group_by" => selection.group(text)?,
                _ => selection.compare(name, text)?,
            }
        }
        Ok(selection)
    }

    fn sort_by(&mut self, text: &str) -> Result<(), BadParameter> {
        let (descending, name) = match text.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, text),
        };
        let found = self.subject.field(name).filter(|field| field.always);
        self.sort = found.ok_or_else(|| BadParameter::new("sort", FieldReason::SortField))?;
        self.descending = descending;
        Ok(())
    }

    fn group(&mut self, text: &str) -> Result<(), BadParameter> {
        for name in text.split(',') {
            let found = self.subject.field(name).filter(|field| field.groups && !self.group_by.contains(field));
            let none = || BadParameter::new("group_by", FieldReason::GroupField { name: name.to_owned() });
            let field = found.ok_or_else(none)?;
            self.group_by.push(field);
        }
        Ok(())
    }

    fn compare(&mut self, name: &str, text: &str) -> Result<(), BadParameter> {
        if let Some(field) = self.subject.compared(name) {
            let value = value(field, name, text)?;
            let same = self.conditions.iter_mut().find_map(|condition| match &mut condition.compared {
                Compared::OneOf(values) if condition.field == field => Some(values),
                _ => None,
            });
            match same {
                Some(values) => values.push(value),
                None => self.conditions.push(Condition { field, compared: Compared::OneOf(vec![value]) }),
            }
            return Ok(());
        }
        let with = |ending: &'static str| Some((ending, self.subject.compared(name.strip_suffix(ending)?)?));
        let asked = ENDINGS.into_iter().find_map(with);
        let bad = |why| BadParameter::new(name, why);
        let unknown = || bad(FieldReason::FieldOf { of: self.subject.to_string(), endings: ENDINGS.join(", ") });
        let (ending, field) = asked.ok_or_else(unknown)?;
        let compared = match (ending, field.holds) {
            ("_contains", Holds::Text) => match folded_part(text) {
                part if part.is_empty() => return Err(bad(FieldReason::Empty)),
                part => Compared::Contains(part),
            },
            ("_contains", _) => return Err(bad(FieldReason::ContainsText)),
            ("_given", _) if field.always => return Err(bad(FieldReason::GivenAlways)),
            ("_given", _) => Compared::Given(text.parse().map_err(|_| bad(FieldReason::JsonYesNo))?),
            ("_from", _) => Compared::From(value(field, name, text)?),
            _ => Compared::To(value(field, name, text)?),
        };
        self.conditions.push(Condition { field, compared });
        Ok(())
    }

    /// Adds a condition that must hold besides those that are given.
    pub fn and(&mut self, field: &'static Field, compared: Compared) {
        self.conditions.push(Condition { field, compared });
    }

    /// Conditions that follow from the given ones and let the database use an index: the year or
    /// month of a payment bounds its day.
    pub fn implied(&self) -> Vec<Condition> {
        let Some(day) = self.subject.field("paid_on").filter(|field| field.always) else { return Vec::new() };
        let mut implied = Vec::new();
        for condition in &self.conditions {
            let Compared::OneOf(values) = &condition.compared else { continue };
            let [Value::Text(text)] = values.as_slice() else { continue };
            let days = match condition.field.name {
                "payment_year" => {
                    text.parse::<FinancialYear>().ok().and_then(|year| Some((year.first_day()?, year.last_day()?)))
                }
                _ => None,
            };
            let (first, last) = match (condition.field.name, days) {
                (_, Some((first, last))) => (first.to_string(), last.to_string()),
                ("payment_month", _) => (format!("{text}-01"), format!("{text}-31")),
                _ => continue,
            };
            implied.push(Condition { field: day, compared: Compared::From(Value::Text(first)) });
            implied.push(Condition { field: day, compared: Compared::To(Value::Text(last)) });
        }
        implied
    }

    /// The canonical form of the selection: the same for the same query, however it was written.
    pub fn written(&self) -> String {
        let mut parts: Vec<String> = self.conditions.iter().flat_map(Condition::written).collect();
        parts.sort();
        parts.dedup();
        parts.push(format!("sort={}{}", if self.descending { "-" } else { "" }, self.sort.name));
        if !self.group_by.is_empty() {
            let names: Vec<&str> = self.group_by.iter().map(|field| field.name).collect();
            parts.push(format!("group_by={}", names.join(",")));
        }
        format!("{}?{}", self.subject, parts.join("&"))
    }
}

/// A part of a text as it is searched. The space around it is part of what is asked for.
fn folded_part(text: &str) -> String {
    let between = folded(&format!("|{text}|"));
    between.strip_prefix('|').and_then(|rest| rest.strip_suffix('|')).unwrap_or_default().to_owned()
}

impl Condition {
    fn written(&self) -> Vec<String> {
        let name = self.field.name;
        let text = |value: &Value| match value {
            Value::Missing => String::new(),
            Value::Number(number) => number.to_string(),
            Value::Text(text) => escaped(text),
        };
        match &self.compared {
            Compared::OneOf(values) => values.iter().map(|value| format!("{name}={}", text(value))).collect(),
            Compared::From(value) => vec![format!("{name}_from={}", text(value))],
            Compared::To(value) => vec![format!("{name}_to={}", text(value))],
            Compared::Contains(part) => vec![format!("{name}_contains={}", escaped(part))],
            Compared::Given(given) => vec![format!("{name}_given={given}")],
        }
    }
}

/// Text escaped for the query part of a URL.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Parses a value of a field, in the form in which columns store it.
fn value(field: &Field, name: &str, text: &str) -> Result<Value, BadParameter> {
    let bad = |why: FieldReason| BadParameter::new(name, why);
    Ok(match field.holds {
        Holds::Text if field.name == "utr" => Value::Text(normalise_utr(text).map_err(bad)?),
        Holds::Text => Value::Text(text.to_owned()),
        Holds::Paise | Holds::Number => Value::Number(text.parse().map_err(|_| bad(FieldReason::JsonWhole))?),
        Holds::Day => {
            let day = parse_day(text).ok().filter(|day| is_of_files(*day));
            let day = day.ok_or_else(|| bad(FieldReason::ADay))?;
            Value::Text(day.to_string())
        }
        Holds::Instant => {
            let instant = text.parse().ok().filter(|at: &Timestamp| is_of_files(at.date_in_india()));
            let instant = instant.ok_or_else(|| bad(FieldReason::AnInstant))?;
            Value::Text(instant.to_string())
        }
        Holds::Year => {
            let year: FinancialYear = text.parse().map_err(|_| bad(FieldReason::AYear))?;
            Value::Text(year.to_string())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(subject: Subject, query: &str) -> Result<Selection, BadParameter> {
        Selection::parse(subject, query.split('&').filter_map(|part| part.split_once('=')))
    }

    #[test]
    fn a_question_has_one_written_form() {
        let one =
            parse(Subject::Disbursements, "status=succeeded&paid_on_from=2026-04-01&component=sales&component=capital")
                .unwrap();
        let other = parse(
            Subject::Disbursements,
            "component=capital&component=sales&paid_on_from=2026-04-01&status=succeeded&sort=-paid_on",
        )
        .unwrap();
        assert_eq!(one.written(), other.written());
        assert_eq!(
            one.written(),
            "disbursements?component=capital&component=sales&paid_on_from=2026-04-01&status=succeeded&sort=-paid_on"
        );
    }

    #[test]
    fn a_field_whose_name_ends_like_a_range_is_a_field() {
        let selection = parse(Subject::Claims, "period_from=2026-04-01&period_from_to=2027-03-31").unwrap();
        assert_eq!(selection.conditions[0].compared, Compared::OneOf(vec![Value::Text("2026-04-01".to_owned())]));
        assert_eq!(selection.conditions[1].compared, Compared::To(Value::Text("2027-03-31".to_owned())));
        assert_eq!(selection.conditions[1].field.name, "period_from");
    }

    #[test]
    fn records_are_narrowed_by_fields_that_are_not_shown() {
        let selection = parse(Subject::Payments, "award_id=1&claim_id_contains=2").unwrap();
        assert_eq!(selection.conditions.iter().map(|one| one.field.name).collect::<Vec<_>>(), ["award_id", "claim_id"]);
        for query in ["sort=award_id", "group_by=award_id"] {
            assert!(parse(Subject::Payments, query).is_err(), "{query}");
        }
        for subject in Subject::ALL {
            assert!(subject.beside().iter().all(|field| subject.field(field.name).is_none()), "{subject}");
        }
    }

    #[test]
    fn what_is_no_field_is_named() {
        for query in [
            "colour=red",
            "paid_on=yesterday",
            "amount_paise_from=1.5",
            "amount_paise_contains=1",
            "utr_given=true",
            "sort=colour",
            "group_by=utr",
            "group_by=status,status",
            "payment_year=2026-28",
            "utr_contains=",
        ] {
            let bad = parse(Subject::Disbursements, query).unwrap_err();
            assert_eq!(bad.name, query.split('=').next().unwrap(), "{bad:?}");
        }
        assert!(parse(Subject::Claims, "sort=submitted_at").is_err(), "not every claim has it");
        assert!(parse(Subject::Claims, "submitted_at_given=maybe").is_err());
    }

    #[test]
    fn no_field_has_the_name_of_a_parameter_of_every_list() {
        for subject in Subject::ALL {
            for field in subject.fields().iter().chain(subject.beside()) {
                let name = field.name;
                assert!(
                    !Selection::PARAMETERS.contains(&name),
                    "{subject}: `{name}` would narrow and be taken as more"
                );
            }
        }
    }

    #[test]
    fn the_usual_sort_is_a_field_that_is_always_there() {
        for subject in Subject::ALL {
            assert!(subject.field(subject.usual_sort()).is_some_and(|field| field.always), "{subject}");
            assert!(subject.key().always, "{subject}");
            let of_organisations = subject.field("organisation_id").is_some_and(|field| field.always);
            assert!(subject.question().is_some() || subject.of_organisations() == of_organisations, "{subject}");
        }
    }
}
