//! Forms as they are sent. The name of a field is the JSON pointer of its place in the body of the operation, with a
//! kind before it that says how its text becomes JSON: `rupees:/amount_paise`. The body is then read by the reader of
//! the interface, so that a fault has the same pointer on a page and in an answer.

use crate::web::edge::body::{self, Mended};
use crate::web::edge::problem::{FieldProblem, Problem};
use crate::web::edge_reason::EdgeReason;
use crate::web::portal::numbers::{latin_digits, parse_amount, parse_whole};
use crate::web::portal::problem_page::{REDRAWN, SHOWN_AGAIN, redrawn};
use actix_web::web::Query;
use chrono::{Datelike, NaiveDate};
use domain::base::field::{FieldError, FieldErrors};
use domain::base::field_reason::FieldReason;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The hidden field with the seal of a form.
pub const SEAL: &str = "seal";
/// The hidden field with the version that the person saw.
pub const VERSION: &str = "version";
/// The hidden field that asks for the page of a form in another language: what was typed is shown again, with what is
/// wrong with it, and nothing is done.
pub const REDRAW: &str = "redraw";
/// Its value where the form was not sent yet.
pub const UNSENT: &str = "unsent";
/// Its value where the page is asked for in the same language, because it could not show everything in time.
pub const ONCE_MORE: &str = "once_more";
/// More elements than any list of a form has.
const ELEMENTS_MOST: usize = 1_000;

/// What was typed: names and texts in the order of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed(pub Vec<(String, String)>);

impl Typed {
    /// Reads a form as browsers send it. Line ends become one character, as they are in JSON.
    pub fn parse(body: &[u8]) -> Result<Typed, Problem> {
        let wrong = || Problem::because("malformed_json", EdgeReason::NoForm);
        let text = std::str::from_utf8(body).map_err(|_| wrong())?;
        let pairs = Query::<Vec<(String, String)>>::from_query(text).map_err(|_| wrong())?.into_inner();
        Ok(Typed(pairs.into_iter().map(|(name, text)| (name, text.replace("\r\n", "\n"))).collect()))
    }

    /// The text of a field by its full name.
    pub fn named(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// The text of a field by its pointer, whatever its kind; a secret is never given back.
    pub fn text(&self, pointer: &str) -> &str {
        let shown = self.fields().find(|(kind, known, _)| *known == pointer && *kind != "secret");
        shown.map_or("", |(_, _, text)| text)
    }

    /// Whether this is one of the texts of a field that has several.
    pub fn has(&self, pointer: &str, choice: &str) -> bool {
        self.fields().any(|(_, known, text)| known == pointer && text == choice)
    }

    /// How many rows of a list were sent, whether anything was typed into them or not.
    pub fn rows(&self, list: &str) -> usize {
        let row = |(_, pointer, _): (&str, &str, &str)| -> Option<usize> {
            pointer.strip_prefix(list)?.strip_prefix('/')?.split('/').next()?.parse().ok()
        };
        self.fields().filter_map(row).filter(|row| *row < ELEMENTS_MOST).max().map_or(0, |last| last + 1)
    }

    /// Kind, pointer and text of every field with a pointer.
    fn fields(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.0.iter().filter_map(|(name, text)| {
            let place = name.find('/')?;
            let (kind, pointer) = name.split_at(place);
            Some((kind.strip_suffix(':').unwrap_or(kind), pointer, text.as_str()))
        })
    }

    /// Names and texts of what may be shown again: no seal, no version, no secret.
    pub fn shown_again(&self) -> impl Iterator<Item = (&str, &str)> {
        let shown = self.0.iter().filter(|(name, _)| name.contains('/') && !name.starts_with("secret:"));
        shown.map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The version that the person saw.
    pub fn version(&self) -> Result<i64, Problem> {
        let mut sent = self.0.iter().filter(|(name, _)| name == VERSION);
        let seen = sent.next().filter(|_| sent.next().is_none()).and_then(|(_, text)| text.parse().ok());
        seen.ok_or_else(|| Problem::edge("version_required", "the form does not say which version was seen"))
    }

    /// The JSON that the fields say; every text that cannot be read is named.
    pub fn json(&self) -> Result<Value, Problem> {
        let (body, errors) = self.read()?;
        errors.finish()?;
        Ok(body)
    }

    /// What was typed into one field, if it can be read as what it is for.
    pub fn part<T: DeserializeOwned>(&self, pointer: &str) -> Option<T> {
        let (body, _) = self.read().ok()?;
        serde_json::from_value(body.pointer(pointer)?.clone()).ok()
    }

    /// The JSON of the fields that can be read, and what is wrong with the others.
    fn read(&self) -> Result<(Value, FieldErrors), Problem> {
        let (mut body, mut errors) = (Value::Object(Map::new()), FieldErrors::new());
        let mut days: BTreeMap<&str, [&str; 3]> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for (kind, pointer, text) in self.fields() {
            if kind != "each" && !seen.insert(pointer) {
                // No page of ours sends a field twice, and neither of the two texts may win silently.
                errors.add(pointer, FieldReason::Twice);
            } else if kind == "day" {
                let (of, part) = pointer.rsplit_once('/').unwrap_or((pointer, ""));
                let parts = days.entry(of).or_insert([""; 3]);
                if let Some(place) = ["d", "m", "y"].iter().position(|known| *known == part) {
                    parts[place] = text;
                }
            } else if kind == "each" {
                // One of several choices: the next element of the list.
                let next = body.pointer(pointer).and_then(Value::as_array).map_or(0, Vec::len);
                put(&mut body, &format!("{pointer}/{next}"), Value::from(text))?;
            } else if let Some(value) = errors.take(pointer, value_of(kind, text)).flatten() {
                put(&mut body, pointer, value)?;
            }
        }
        for (pointer, parts) in days {
            if let Some(value) = errors.take(pointer, day_of(parts)).flatten() {
                put(&mut body, pointer, value)?;
            }
        }
        Ok((body, errors))
    }

    /// The body of an operation, and the JSON it was read from. Everything that cannot be read is named at once.
    pub fn body<T: DeserializeOwned>(&self) -> Result<(T, String), Problem> {
        let (json, mut errors) = self.read()?;
        let text = json.to_string();
        match body::read(text.as_bytes()) {
            Ok(read) if errors.0.is_empty() => return Ok((read, text)),
            Ok(_) => {}
            Err(unread) => {
                // A field whose text is wrong is not missing as well.
                let is_known = |error: &FieldError| errors.0.iter().any(|known| known.pointer == error.pointer);
                let others: Vec<FieldError> = unread.0.into_iter().filter(|error| !is_known(error)).collect();
                errors.0.extend(others.into_iter().map(at_its_field));
            }
        }
        Err(errors.into())
    }

    /// Whether only the page is asked for, in another language or once more.
    pub fn redraws(&self) -> bool {
        self.named(REDRAW).is_some()
    }

    /// What is answered at once where only the page is asked for, and nothing of what is wrong with the form was told
    /// yet: somebody who has not sent it is not told what is missing.
    pub fn only_shown(&self) -> Option<Problem> {
        match self.named(REDRAW)? {
            UNSENT => Some(redrawn(REDRAWN)),
            ONCE_MORE => Some(redrawn(SHOWN_AGAIN)),
            _ => None,
        }
    }

    /// Everything that a page in another language sends again: all fields but secrets.
    pub fn sent_again(&self) -> Vec<(String, String)> {
        self.0.iter().filter(|(name, _)| !name.starts_with("secret:") && name != REDRAW).cloned().collect()
    }

    /// The body with something in every place that cannot be read, so that the rules can be asked about the others.
    pub(in crate::web) fn mended<T: DeserializeOwned>(&self) -> Option<Mended<T>> {
        let (json, _) = self.read().ok()?;
        body::mended_body(json)
    }

    /// A problem with the texts that were left empty as well: the command would name them only after the form was read.
    pub fn with_what_is_empty(&self, mut problem: Problem) -> Problem {
        if problem.code != "invalid_fields" {
            return problem;
        }
        let empty = self.fields().filter(|(kind, _, text)| kind.is_empty() && text.trim().is_empty());
        // Whether a line needs a reason depends on its decision.
        for (_, pointer, _) in empty.filter(|(_, pointer, _)| !pointer.starts_with("/lines/")) {
            if !problem.errors.iter().any(|error| error.pointer == pointer) {
                problem.errors.push(FieldError::new(pointer, FieldReason::Empty).into());
            }
        }
        problem
    }
}

/// A problem with what a rule says of the fields that can be read: `said` has what it says of each of the two mended
/// bodies, and only what it says of both is about what was typed.
pub fn with_what_rules_say(mut problem: Problem, places: &[String], said: [Vec<FieldProblem>; 2]) -> Problem {
    let within = |one: &str, other: &str| one == other || one.starts_with(&format!("{other}/"));
    let touches = |one: &str, other: &str| within(one, other) || within(other, one);
    let [first, second] = said;
    for error in first {
        let twice = second.iter().any(|other| other.pointer == error.pointer && other.code == error.code);
        let mended = places.iter().any(|place| touches(&error.pointer, place));
        let known = problem.errors.iter().any(|known| touches(&error.pointer, &known.pointer));
        if twice && !mended && !known {
            problem.errors.push(error);
        }
    }
    problem
}

/// The value of one text; `None` for a field that was left empty and is left out.
fn value_of(kind: &str, text: &str) -> Result<Option<Value>, FieldReason> {
    let empty = text.trim().is_empty();
    match kind {
        "" | "free" | "secret" => Ok(Some(Value::from(text))),
        _ if empty => Ok(None),
        "maybe" | "word" => Ok(Some(Value::from(text))),
        "rupees" => parse_amount(text).map(|amount| Some(Value::from(amount.0))),
        "kg" => parse_whole(text).map(|number| Some(Value::from(number))),
        "yes" => Ok(Some(Value::from(true))),
        "either" => text.parse::<bool>().map(|yes| Some(Value::from(yes))).map_err(|_| FieldReason::Unreadable),
        _ => Err(FieldReason::Unreadable),
    }
}

/// A day as a form has it that is filled with what is on record: its three fields with their texts.
pub fn day_fields(pointer: &str, day: NaiveDate) -> Vec<(String, String)> {
    let parts = [("d", day.day().to_string()), ("m", day.month().to_string()), ("y", day.year().to_string())];
    parts.map(|(part, text)| (format!("day:{pointer}/{part}"), text)).into()
}

/// A day from what was typed as day, month and year.
fn day_of(parts: [&str; 3]) -> Result<Option<Value>, FieldReason> {
    if parts.iter().all(|part| part.trim().is_empty()) {
        return Ok(None);
    }
    let number = |text: &str| latin_digits(text.trim()).parse::<u32>().ok();
    let [day, month, year] = parts.map(number);
    let known = year
        .filter(|year| (1900..2200).contains(year))
        .and_then(|year| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month?, day?));
    known.map(|day| Some(Value::from(day.to_string()))).ok_or(FieldReason::TypedDay)
}

/// Puts a value where a pointer says, and makes the objects and lists on the way.
fn put(body: &mut Value, pointer: &str, value: Value) -> Result<(), Problem> {
    let wrong = || Problem::because("malformed_json", EdgeReason::NoPlace { pointer: pointer.to_owned() });
    let mut place = body;
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        place = match part.parse::<usize>() {
            Ok(index) if index < ELEMENTS_MOST => {
                if place.is_null() || place.as_object().is_some_and(Map::is_empty) {
                    *place = Value::Array(Vec::new());
                }
                let list = place.as_array_mut().ok_or_else(wrong)?;
                while list.len() <= index {
                    list.push(Value::Null);
                }
                list.get_mut(index).ok_or_else(wrong)?
            }
            _ => {
                if place.is_null() {
                    *place = Value::Object(Map::new());
                }
                place.as_object_mut().ok_or_else(wrong)?.entry(part).or_insert(Value::Null)
            }
        };
    }
    *place = value;
    Ok(())
}

/// What the reader does not take is a fault of the person's fields here, not of a program: what a form sends is wrong
/// only where something is left out, or where somebody changed the form.
fn at_its_field(error: FieldError) -> FieldError {
    let reason = if error.reason == FieldReason::Missing { error.reason } else { FieldReason::Unreadable };
    FieldError { reason, ..error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::payment::payment::BankAnswer;
    use proptest::prelude::*;
    use serde_json::json;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        Typed(pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }

    #[test]
    fn texts_become_the_body_of_the_operation() {
        let form = typed(&[
            ("seal", "x"),
            ("version", "3"),
            ("word:/outcome", "succeeded"),
            ("maybe:/utr", "SBIN1"),
            ("day:/paid_on/d", "5"),
            ("day:/paid_on/m", "०४"),
            ("day:/paid_on/y", "2028"),
            ("rupees:/amount_paise", "15 crore"),
            ("maybe:/reason", " "),
        ]);
        let expected = json!({ "outcome": "succeeded", "utr": "SBIN1", "paid_on": "2028-04-05",
            "amount_paise": 15_000_000_000_i64 });
        assert_eq!(form.json().unwrap(), expected);
        assert_eq!(form.version().unwrap(), 3);
        form.body::<BankAnswer>().unwrap();
        let several = typed(&[("each:/roles", "auditor"), ("each:/roles", "verifier"), ("either:/disabled", "false")]);
        assert_eq!(several.json().unwrap(), json!({ "roles": ["auditor", "verifier"], "disabled": false }));
        assert!(several.has("/roles", "verifier") && !several.has("/roles", "preparer"));
        let lines = typed(&[
            ("kg:/lines/1/quantity_kg", "2,000"),
            ("/lines/0/invoice_number", "A/1"),
            ("yes:/b", "on"),
            ("either:/c", "false"),
        ]);
        let expected =
            json!({ "b": true, "c": false, "lines": [{ "invoice_number": "A/1" }, { "quantity_kg": 2_000 }] });
        assert_eq!(lines.json().unwrap(), expected);
    }

    #[test]
    fn every_fault_has_the_pointer_of_its_field() {
        let pointers = |form: &Typed| -> Vec<(String, String)> {
            let problem = form.body::<BankAnswer>().map(|_| ()).unwrap_err();
            problem.errors.into_iter().map(|error| (error.pointer, error.code.to_owned())).collect()
        };
        let form = typed(&[("rupees:/amount_paise", "much"), ("day:/paid_on/d", "31"), ("day:/paid_on/m", "2")]);
        let expected = [("/amount_paise", "typed_amount"), ("/paid_on", "typed_day"), ("/outcome", "missing")];
        assert_eq!(pointers(&form), expected.map(|(at, why)| (at.to_owned(), why.to_owned())));
        assert_eq!(pointers(&typed(&[])), [("/outcome".to_owned(), "missing".to_owned())]);
        assert_eq!(pointers(&typed(&[("word:/outcome", "gone")]))[0].0, "/outcome");
        // A field that is sent twice has no text: neither the first nor the last one wins.
        let twice = typed(&[("word:/outcome", "failed"), ("maybe:/reason", "a"), ("maybe:/reason", "b")]);
        assert_eq!(pointers(&twice), [("/reason".to_owned(), "twice".to_owned())]);
        let twice = typed(&[("day:/paid_on/d", "1"), ("day:/paid_on/d", "2"), ("/x", "1"), ("kg:/x", "1")]);
        assert_eq!(twice.json().unwrap_err().errors.len(), 3, "and the day is none");
        assert!(typed(&[("version", "3"), ("version", "4")]).version().is_err());
        assert_eq!(pointers(&typed(&[("word:/outcome", "gone")]))[0].1, "unreadable", "no text of a parser");
        assert!(typed(&[("/a", "1"), ("/a/b", "2")]).json().is_err());
        assert!(typed(&[("/9999/b", "2")]).json().is_ok(), "a number that is no place in a list is a name");
    }

    proptest! {
        #[test]
        fn no_form_is_a_panic(pairs in proptest::collection::vec(("[a-z:/0-9~]{0,12}", ".{0,8}"), 0..8)) {
            let form = Typed(pairs);
            let _ = form.body::<BankAnswer>();
        }
    }
}
