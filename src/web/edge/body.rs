//! The JSON of a body as the type that an operation takes. What cannot be read is a fault of its field: named by its
//! JSON pointer, with what is expected there. The words of the parser are for programmers and go to nobody.

use crate::web::edge::problem::Problem;
use crate::web::loose_days::loose_days;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::money::LARGEST_AMOUNT;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Only of a body up to this length are all faults looked for; of a longer one, the first fault is named.
const SEARCHED_BYTES_MOST: usize = 32 << 10;
/// How often a body is read again to find its further faults.
const READINGS_MOST: usize = 200;

/// How often a text may be read again.
fn readings_for(text: &[u8]) -> usize {
    if text.len() <= SEARCHED_BYTES_MOST { READINGS_MOST } else { 1 }
}

/// A body as the type that an operation takes.
pub(in crate::web) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    read(body).map_err(|errors| Problem::of_fields("malformed_json", errors))
}

/// The same with the faults as such.
pub(in crate::web) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, FieldErrors> {
    let text = if body.is_empty() { b"{}" } else { body };
    // The parser would take a list for an object, field by field.
    if text.trim_ascii_start().first() != Some(&b'{') {
        return Err(FieldErrors::one("", FieldReason::JsonObject));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    match serde_path_to_error::deserialize(&mut deserializer) {
        Ok(parsed) => match deserializer.end() {
            Ok(()) => loose_days::<T>(text, readings_for(text)).finish().map(|()| parsed),
            Err(error) => Err(FieldErrors::one("", not_json(&error))),
        },
        Err(error) => Err(faults::<T>(text, &error)),
    }
}

fn not_json(error: &serde_json::Error) -> FieldReason {
    FieldReason::NotJson { line: error.line(), column: error.column() }
}

/// What is wrong with a body whose first fault is this error.
fn faults<T: DeserializeOwned>(text: &[u8], first: &serde_path_to_error::Error<serde_json::Error>) -> FieldErrors {
    let tree: Option<Value> = serde_json::from_slice(text).ok();
    // Where one of several words is expected, the parser calls any other value that is no text a fault of the JSON. As
    // a tree, it is a fault of its field.
    let of_tree = || serde_path_to_error::deserialize::<_, T>(tree.as_ref()?).err();
    let (at, fault) = match of_tree().filter(|_| !first.inner().is_data()) {
        Some(error) => Fault::of(pointer(error.path()), &error.inner().to_string()),
        None if first.inner().is_data() => Fault::of(pointer(first.path()), &first.inner().to_string()),
        None => return FieldErrors::one(pointer(first.path()), not_json(first.inner())),
    };
    let tree = tree.filter(|_| text.len() <= SEARCHED_BYTES_MOST);
    // A member that stands twice is one in the tree, so the search does not see it.
    let mut search = Search::default();
    if matches!(fault.reason, FieldReason::Twice) {
        search.found.add(at.clone(), FieldReason::Twice);
    }
    let found = tree.map(|tree| search.all::<T>(tree)).unwrap_or_default();
    if found.0.is_empty() { FieldErrors::one(at, fault.reason) } else { found }
}

/// A path as a JSON pointer.
pub(in crate::web) fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let part = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(key.clone()),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().filter_map(part).map(|part| format!("/{}", escaped(&part))).collect()
}

pub(in crate::web) fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

/// What was expected at one place.
struct Fault {
    reason: FieldReason,
    /// A value that could stand there, if the fault says one.
    choice: Option<String>,
    /// Whether nothing may stand there.
    superfluous: bool,
}

impl Fault {
    /// The place of a fault and what is expected there, from the place at which the parser stopped and what it said.
    fn of(place: String, said: &str) -> (String, Fault) {
        let named = said.split('`').nth(1).unwrap_or_default();
        let inner = if place.ends_with(&format!("/{}", escaped(named))) {
            place.clone()
        } else {
            format!("{place}/{}", escaped(named))
        };
        let plain = |reason| Fault { reason, choice: None, superfluous: false };
        // The names after the one that is wrong.
        let known: Vec<&str> = said.split('`').skip(3).step_by(2).collect();
        if said.starts_with("missing field `") {
            (inner, plain(FieldReason::Missing))
        } else if said.starts_with("duplicate field `") {
            (inner, plain(FieldReason::Twice))
        } else if said.starts_with("unknown field `") {
            let reason = match known.as_slice() {
                [] => FieldReason::NoFields,
                known => FieldReason::UnknownField { known: known.join(", ") },
            };
            (inner, Fault { reason, choice: None, superfluous: true })
        } else if said.starts_with("unknown variant `") {
            let choice = known.first().map(|first| (*first).to_owned());
            (place, Fault { choice, ..plain(FieldReason::OneOf { choices: known.join(", ") }) })
        } else if WORD_EXPECTED.iter().any(|text| said.contains(text)) {
            // The parser names the words only when it reads another one.
            (place, Fault { choice: Some(String::new()), ..plain(FieldReason::Unreadable) })
        } else {
            (place, plain(expected(said)))
        }
    }
}

/// What the parser says where one of several words stands, and something else was sent.
const WORD_EXPECTED: &[&str] = &["expected string or map", "expected map with a single key"];

/// What the parser expected, by what it said.
fn expected(said: &str) -> FieldReason {
    let said = said.split(" at line ").next().unwrap_or_default();
    let kind = said.rsplit_once("expected ").map_or(said, |(_, kind)| kind);
    let whole = ["i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128", "usize", "isize"];
    match kind {
        kind if whole.contains(&kind) => FieldReason::JsonWhole,
        "a string" | "a borrowed string" | "a character" => FieldReason::JsonText,
        "a boolean" => FieldReason::JsonYesNo,
        kind if kind.contains("date") => FieldReason::ADay,
        kind if kind.contains("UUID") || said.contains("UUID") => FieldReason::AnId,
        kind if kind.starts_with("a sequence") || kind.starts_with("a tuple") => FieldReason::JsonList,
        kind if kind.starts_with("struct ") || kind.contains("map") => FieldReason::JsonObject,
        _ if said.starts_with("a financial year") => FieldReason::AYear,
        _ if said.starts_with("an instant") => FieldReason::AnInstant,
        _ if said.starts_with("a stage") => FieldReason::ACode,
        _ if IMPOSSIBLE_DAY.iter().any(|text| said.starts_with(text)) => FieldReason::ADay,
        _ => FieldReason::Unreadable,
    }
}

/// What the parser of days says.
const IMPOSSIBLE_DAY: &[&str] = &["input ", "premature end of input", "trailing input"];

/// The search for every fault of a body: what is wrong is replaced by what could stand there, and the body is read
/// again.
#[derive(Default)]
struct Search {
    found: FieldErrors,
    readings: usize,
    /// The places where the search itself put something.
    mended: Vec<String>,
    /// Whether it chose a word there, on which may depend what belongs into other places.
    chose: bool,
}

impl Search {
    fn all<T: DeserializeOwned>(mut self, mut tree: Value) -> FieldErrors {
        self.mend::<T>(&mut tree);
        self.found
    }

    /// Puts something into every place that is at fault, until the body can be read or nothing is left to try.
    fn mend<T: DeserializeOwned>(&mut self, tree: &mut Value) -> bool {
        let mut tried = (String::new(), 0);
        while self.readings < READINGS_MOST {
            self.readings += 1;
            let Err(error) = serde_path_to_error::deserialize::<_, T>(&*tree) else { return true };
            let (at, fault) = Fault::of(pointer(error.path()), &error.inner().to_string());
            self.chose |= fault.choice.is_some();
            // What is missing in a value that the search itself put there is no fault of the body.
            let within = |known: &str| at == known || at.starts_with(&format!("{known}/"));
            let attempt = if tried.0 == at { tried.1 + 1 } else { 0 };
            let asks_again = attempt == 0 && fault.choice.as_ref().is_some_and(String::is_empty);
            if !asks_again && !self.found.0.iter().any(|known| within(&known.pointer)) {
                self.found.add(at.clone(), fault.reason);
            }
            if !mended(tree, &at, fault.choice, fault.superfluous, attempt) {
                break;
            }
            if attempt == 0 {
                self.mended.push(at.clone());
            }
            tried = (at, attempt);
        }
        false
    }
}

/// A body that cannot be read, with something that could stand in every place at fault: once the least and once the
/// most. What a rule says of another place counts only if it says so of both.
pub(in crate::web) struct Mended<T> {
    pub least: T,
    pub most: T,
    /// The places where something else stands than what was sent.
    pub places: Vec<String>,
}

/// Mends the JSON of a body. `None` where a word is missing or unknown: what belongs into other fields may depend on
/// it.
pub(in crate::web) fn mended_body<T: DeserializeOwned>(mut tree: Value) -> Option<Mended<T>> {
    let mut search = Search::default();
    let is_short = tree.to_string().len() <= SEARCHED_BYTES_MOST;
    if !is_short || !search.mend::<T>(&mut tree) || search.chose {
        return None;
    }
    let with = |day: &str, number: i64| -> Option<T> {
        let mut tree = tree.clone();
        for place in &search.mended {
            match tree.pointer_mut(place) {
                Some(value) if value.as_str() == Some(SOME_DAY) => *value = json!(day),
                Some(value) if value.is_number() => *value = json!(number),
                _ => {}
            }
        }
        serde_json::from_value(tree).ok()
    };
    let (least, most) = (with("1900-01-01", 1)?, with("2199-12-31", LARGEST_AMOUNT.0)?);
    Some(Mended { least, most, places: search.mended })
}

/// The day that the search tries.
const SOME_DAY: &str = "2027-03-31";

/// Puts something at a place that may be what is expected there; `false` when nothing is left to try.
fn mended(tree: &mut Value, at: &str, choice: Option<String>, superfluous: bool, attempt: usize) -> bool {
    let Some((around, name)) = at.rsplit_once('/') else { return false };
    let name = name.replace("~1", "/").replace("~0", "~");
    let values = [
        json!(null),
        json!(""),
        json!(0),
        json!(false),
        json!([]),
        json!({}),
        json!(SOME_DAY),
        json!("00000000-0000-0000-0000-000000000000"),
        json!("2026-27"),
        json!("2027-04-01T06:30:00Z"),
    ];
    // A word that is missing is found in three readings: there is none, there is another one, these are the words.
    let value = match choice.filter(|_| attempt <= 2) {
        Some(choice) => json!(choice),
        None => match values.get(attempt) {
            Some(value) => value.clone(),
            None => return false,
        },
    };
    match tree.pointer_mut(around) {
        Some(Value::Object(members)) if superfluous => members.remove(&name).is_some(),
        Some(Value::Object(members)) => {
            members.insert(name, value);
            true
        }
        Some(Value::Array(values)) => match name.parse::<usize>().ok().and_then(|index| values.get_mut(index)) {
            Some(place) => {
                *place = value;
                true
            }
            None => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use domain::base::calendar::{FinancialYear, Timestamp};
    use domain::base::id::ClaimId;
    use domain::scheme::scheme::Component;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)] // it is only read
    struct Row {
        on: NaiveDate,
        count: i64,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)] // it is only read
    struct Body {
        title: String,
        component: Component,
        year: FinancialYear,
        at: Option<Timestamp>,
        claim_id: Option<ClaimId>,
        sure: bool,
        rows: Vec<Row>,
    }

    fn wrong(text: &str) -> Vec<(String, &'static str)> {
        let errors = read::<Body>(text.as_bytes()).map(|_| ()).unwrap_err();
        errors.0.into_iter().map(|error| (error.pointer, error.reason.code())).collect()
    }

    fn named(pairs: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
        pairs.iter().map(|(pointer, code)| ((*pointer).to_owned(), *code)).collect()
    }

    #[test]
    fn every_fault_of_a_body_is_named_with_what_is_expected() {
        let text = r#"{"title":7,"component":7,"year":"2026","at":"noon","claim_id":"x","rows":
            [{"on":"2026-02-30","count":1},{"on":"2026-02-01","count":1.5,"more":1},7],"extra":1}"#;
        let mut found = wrong(text);
        found.sort();
        let mut expected = named(&[
            ("/title", "json_text"),
            ("/component", "one_of"),
            ("/year", "a_year"),
            ("/at", "an_instant"),
            ("/claim_id", "an_id"),
            ("/rows/0/on", "a_day"),
            ("/rows/1/count", "json_whole"),
            ("/rows/1/more", "unknown_field"),
            ("/rows/2", "json_object"),
            ("/extra", "unknown_field"),
            ("/sure", "missing"),
        ]);
        expected.sort();
        assert_eq!(found, expected);
        let all = named(&[
            ("/title", "missing"),
            ("/component", "missing"),
            ("/year", "missing"),
            ("/sure", "missing"),
            ("/rows", "missing"),
        ]);
        assert_eq!(wrong("{}"), all);
    }

    #[test]
    fn a_day_is_written_with_two_digits_and_a_text_as_anybody_likes() {
        let body = |title: &str, days: [&str; 2]| {
            let [one, other] = days.map(|day| format!(r#"{{"on":"{day}","count":1}}"#));
            let head = r#""component":"capital_subsidy","year":"2026-27","sure":true"#;
            format!(r#"{{"title":"{title}",{head},"rows":[{one},{other}]}}"#)
        };
        let good = body("2026-1-2", ["2026-01-02", "2026-12-31"]);
        assert!(read::<Body>(good.as_bytes()).is_ok());
        for loose in
            ["2026-1-2", "2026-01-2", " 2026-01-02", "2026-\\u0031-2", "\\u0032026-1-2", "+2026-01-02", "2026-01- 2"]
        {
            assert_eq!(wrong(&body("2026-1-2", [loose, "2026-12-31"])), named(&[("/rows/0/on", "a_day")]), "{loose}");
        }
        let both = named(&[("/rows/0/on", "a_day"), ("/rows/1/on", "a_day")]);
        assert_eq!(wrong(&body("x", ["2026-1-2", "2026-3-4"])), both);
        let long = body(&"x".repeat(SEARCHED_BYTES_MOST), ["2026-1-2", "2026-3-4"]);
        assert_eq!(wrong(&long), named(&[("/rows/0/on", "a_day")]));
    }

    #[test]
    fn a_word_that_is_no_text_is_a_fault_of_its_field_and_hides_no_other() {
        for value in ["null", "5", "true", "[]", "{}", "1.5"] {
            let text = format!(r#"{{"component":{value},"title":null,"year":null,"sure":null,"rows":null}}"#);
            let mut found = wrong(&text);
            found.sort();
            let mut expected = named(&[
                ("/component", "one_of"),
                ("/title", "json_text"),
                ("/year", "json_text"),
                ("/sure", "json_yes_no"),
                ("/rows", "json_list"),
            ]);
            expected.sort();
            assert_eq!(found, expected, "{value}");
        }
        let long = format!(r#"{{"title":"{}","component":null}}"#, "a".repeat(SEARCHED_BYTES_MOST));
        assert_eq!(wrong(&long)[0].0, "/component");
    }

    #[test]
    fn a_mended_body_has_the_least_and_the_most_where_it_was_at_fault() {
        #[derive(Debug, Deserialize)]
        struct Asked {
            on: NaiveDate,
            count: i64,
        }
        let mended = mended_body::<Asked>(json!({ "on": "2026-02-30" })).unwrap();
        assert_eq!(mended.places, ["/on", "/count"]);
        let days = [&mended.least, &mended.most].map(|body| body.on.to_string());
        assert_eq!(days, ["1900-01-01", "2199-12-31"]);
        assert_eq!([mended.least.count, mended.most.count], [1, LARGEST_AMOUNT.0]);
        assert!(mended_body::<Body>(json!({ "title": "x" })).is_none(), "a word is missing");
    }

    #[test]
    fn what_is_no_json_is_named_with_its_place() {
        assert_eq!(wrong("[]"), named(&[("", "json_object")]));
        assert_eq!(wrong("{"), named(&[("", "not_json")]));
        assert_eq!(wrong("{\"title\": }"), named(&[("/title", "not_json")]));
        assert_eq!(wrong("{\"sure\":true,\"sure\":true}")[0], ("/sure".to_owned(), "twice"));
    }

    #[test]
    fn no_reason_has_the_words_of_the_parser() {
        let text = r#"{"title":"a","component":"x","year":"y","at":5,"claim_id":[],"sure":"z","rows":{}}"#;
        for error in read::<Body>(text.as_bytes()).map(|_| ()).unwrap_err().0 {
            let said = error.reason.to_string();
            for word in ["struct", "variant", "invalid", "expected", "column", "i64"] {
                assert!(!said.contains(word), "{said}");
            }
        }
    }
}
