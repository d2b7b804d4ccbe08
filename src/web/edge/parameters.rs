//! The parameters of an operation, as the route table describes them: their names, and what can be read from each.

use domain::base::field::{FieldErrors, check_day, is_of_files, parse_day};
use domain::base::field_reason::FieldReason;
use domain::desk::subject::ENDINGS;
use serde_json::{Value, json};
use utoipa::openapi::path::{Parameter as Described, ParameterIn};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{RefOr, Required};

/// What can be read from a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ParameterKind {
    /// A whole number, and its limits where the description has both.
    Whole(Option<(i64, i64)>),
    YesNo,
    Day,
    Instant,
    Year,
    Id,
    OneOf(Vec<String>),
    /// Whatever its handler can read.
    Other,
    /// Where a page of a list begins.
    Cursor,
}

/// One parameter in the query part of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    required: bool,
    /// Whether it may be given several times.
    several: bool,
    kind: ParameterKind,
}

/// The parameters in the query part of an operation's address.
pub fn of_operation(described: Vec<RefOr<Described>>, schemas: &[(String, RefOr<Schema>)]) -> Vec<Parameter> {
    // No parameter is described elsewhere.
    let own = described.into_iter().filter_map(|one| if let RefOr::T(own) = one { Some(own) } else { None });
    let in_query = own.filter(|one| one.parameter_in == ParameterIn::Query);
    let parameter = |one: Described| Parameter {
        required: one.required == Required::True,
        several: json!(one.schema)["type"] == json!("array"),
        kind: match kind_of(&json!(one.schema), schemas, 0) {
            ParameterKind::Other if one.name.ends_with("_id") && one.name != "message_id" => ParameterKind::Id,
            _ if one.name == "cursor" => ParameterKind::Cursor,
            known => known,
        },
        name: one.name,
    };
    in_query.map(parameter).collect()
}

/// What a schema describes; one schema may name another.
fn kind_of(schema: &Value, schemas: &[(String, RefOr<Schema>)], depth: usize) -> ParameterKind {
    let named = schema["$ref"].as_str().and_then(|address| address.rsplit('/').next());
    let inner = ["oneOf", "anyOf", "allOf"].iter().find_map(|key| {
        let mut some = schema[*key].as_array()?.iter();
        some.find(|one| one["type"] != json!("null")).cloned()
    });
    let other = named.and_then(|name| schemas.iter().find(|(known, _)| known == name)).map(|(_, found)| json!(found));
    let items = schema.get("items").filter(|_| schema["type"] == json!("array")).cloned();
    if let Some(schema) = other.or(inner).or(items).filter(|_| depth < 4) {
        return kind_of(&schema, schemas, depth + 1);
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    };
    let words = schema["enum"].as_array().map(|words| words.iter().filter_map(Value::as_str).map(str::to_owned));
    match (words, kind, schema["format"].as_str(), schema["pattern"].as_str()) {
        (Some(words), ..) => ParameterKind::OneOf(words.collect()),
        (_, Some("integer"), ..) => ParameterKind::Whole(schema["minimum"].as_i64().zip(schema["maximum"].as_i64())),
        (_, Some("boolean"), ..) => ParameterKind::YesNo,
        (_, _, Some("date"), _) => ParameterKind::Day,
        (_, _, Some("date-time"), _) => ParameterKind::Instant,
        (_, _, Some("uuid"), _) => ParameterKind::Id,
        (_, _, _, Some(r"^\d{4}-\d{2}$")) => ParameterKind::Year,
        _ => ParameterKind::Other,
    }
}

impl ParameterKind {
    /// What is expected of a parameter of this kind, if a text is none.
    fn fault(&self, text: &str) -> Option<FieldReason> {
        use domain::base::calendar::{FinancialYear, Timestamp};
        let (reads, expected) = match self {
            ParameterKind::Whole(None) => (text.parse::<i64>().is_ok(), FieldReason::JsonWhole),
            ParameterKind::Whole(Some((least, most))) => {
                let fits = text.parse().is_ok_and(|number: i64| (*least..=*most).contains(&number));
                (fits, FieldReason::Range { least: *least, most: *most })
            }
            ParameterKind::YesNo => (text.parse::<bool>().is_ok(), FieldReason::JsonYesNo),
            ParameterKind::Day => (text.parse::<chrono::NaiveDate>().is_ok(), FieldReason::ADay),
            ParameterKind::Instant => (text.parse::<Timestamp>().is_ok(), FieldReason::AnInstant),
            ParameterKind::Year => (text.parse::<FinancialYear>().is_ok(), FieldReason::AYear),
            ParameterKind::Id => (uuid::Uuid::parse_str(text).is_ok(), FieldReason::AnId),
            ParameterKind::OneOf(words) => {
                (words.iter().any(|word| word == text), FieldReason::OneOf { choices: words.join(", ") })
            }
            // What a cursor holds, its list alone knows; where nothing else is wrong, it is what could not be read.
            ParameterKind::Cursor | ParameterKind::Other => (true, FieldReason::Unreadable),
        };
        (!reads).then_some(expected)
    }
}

/// The place of a parameter in a problem.
fn place(name: &str) -> String {
    format!("?{name}")
}

/// Names every parameter that an operation does not have, and every day that lies nowhere in the calendar of files.
pub fn check(known: &[Parameter], further: &[&str], given: &[(String, String)]) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::new();
    let names: Vec<&str> = known.iter().map(|one| one.name.as_str()).chain(further.iter().copied()).collect();
    // A field of a list is named once, without the endings that make bounds of it.
    let of_another = |name: &str, ending: &str| name.strip_suffix(ending).is_some_and(|field| names.contains(&field));
    let told = names.iter().filter(|name| !ENDINGS.iter().any(|ending| of_another(name, ending)));
    let told: Vec<&str> = told.copied().collect();
    for (name, text) in given {
        match known.iter().find(|one| one.name == *name) {
            Some(parameter) if parameter.kind == ParameterKind::Day => {
                // The parser of days takes `2026-3-1` too, and text order is not time order then.
                match (parse_day(text), text.parse::<chrono::NaiveDate>()) {
                    (Ok(day), _) => check_day(&mut errors, &place(name), day),
                    (Err(_), Ok(day)) if is_of_files(day) => errors.add(place(name), FieldReason::ADay),
                    (Err(_), Ok(_)) => errors.add(place(name), FieldReason::YearRange),
                    (Err(_), Err(_)) => {}
                }
            }
            None if names.is_empty() => errors.add(place(name), FieldReason::NoParameters),
            None if !names.contains(&name.as_str()) => {
                errors.add(place(name), FieldReason::UnknownParameter { known: told.join(", ") });
            }
            _ => {}
        }
    }
    errors.finish()
}

/// Names every parameter that its handler could not read.
pub fn unreadable(known: &[Parameter], given: &[(String, String)]) -> FieldErrors {
    let mut errors = faults(known, given);
    if errors.0.is_empty() && given.iter().any(|(name, _)| name == "cursor") {
        errors.add(place("cursor"), FieldReason::Cursor);
    }
    if errors.0.is_empty() {
        // Whatever is given may be what could not be read.
        given.iter().for_each(|(name, _)| errors.add(place(name), FieldReason::Unreadable));
    }
    errors
}

/// Names every parameter that is none of what its description says, is missing, or is given too often.
pub fn faults(known: &[Parameter], given: &[(String, String)]) -> FieldErrors {
    let mut errors = FieldErrors::new();
    for parameter in known {
        let texts: Vec<&str> =
            given.iter().filter(|(name, _)| *name == parameter.name).map(|(_, text)| text.as_str()).collect();
        match texts.as_slice() {
            [] if parameter.required => errors.add(place(&parameter.name), FieldReason::Missing),
            [] => {}
            [_, _, ..] if !parameter.several => errors.add(place(&parameter.name), FieldReason::Twice),
            texts => {
                if let Some(expected) = texts.iter().find_map(|text| parameter.kind.fault(text)) {
                    errors.add(place(&parameter.name), expected);
                }
            }
        }
    }
    errors
}
