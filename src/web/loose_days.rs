//! Days in the JSON of a body that are not written with two digits each.

use crate::web::edge::body::{escaped, pointer};
use chrono::NaiveDate;
use domain::base::field::{FieldErrors, parse_day};
use domain::base::field_reason::FieldReason;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The days of a body that are not written with two digits each. The parser of days takes `2026-1-2` as well; which
/// texts are days, only the type knows. So what looks like such a day is made impossible, and what the type then
/// refuses is one.
pub(in crate::web) fn loose_days<T: DeserializeOwned>(text: &[u8], readings_most: usize) -> FieldErrors {
    let mut errors = FieldErrors::new();
    let has_any = text.split(|byte| *byte == b'"').any(may_be_loose);
    let Some(mut tree) = Some(text).filter(|_| has_any).and_then(|text| serde_json::from_slice(text).ok()) else {
        return errors;
    };
    let mut texts = Vec::new();
    gather_loose(&tree, "", &mut texts);
    texts.iter().for_each(|(at, _)| put(&mut tree, at, IMPOSSIBLE));
    while errors.0.len() < readings_most {
        let Err(error) = serde_path_to_error::deserialize::<_, T>(&tree) else { break };
        let stopped = pointer(error.path());
        let within = |at: &str| at == stopped || at.starts_with(&format!("{stopped}/"));
        let Some(place) = texts.iter().position(|(at, _)| within(at)) else { break };
        let (at, day) = texts.remove(place);
        put(&mut tree, &at, &day.to_string());
        errors.add(at, FieldReason::ADay);
    }
    errors
}

/// A text that is no day.
const IMPOSSIBLE: &str = "2026-13-32";
/// No day has a longer text; where one has an escape, its text is shorter than it looks.
const DAY_BYTES_MOST: usize = 72;

/// Whether what stands between two quotation marks may be a day that is not written with two digits each.
fn may_be_loose(part: &[u8]) -> bool {
    let looks = |first: &u8| first.is_ascii_digit() || b"+- \\".contains(first);
    let is_short = part.len() <= DAY_BYTES_MOST && part.first().is_some_and(looks);
    is_short && (part.contains(&b'\\') || std::str::from_utf8(part).is_ok_and(|text| loose_day(text).is_some()))
}

/// The day of a text in which it is not written with two digits each.
fn loose_day(text: &str) -> Option<NaiveDate> {
    text.parse().ok().filter(|_| parse_day(text).is_err())
}

fn gather_loose(tree: &Value, at: &str, found: &mut Vec<(String, NaiveDate)>) {
    match tree {
        Value::String(text) => found.extend(loose_day(text).map(|day| (at.to_owned(), day))),
        Value::Array(all) => {
            all.iter().enumerate().for_each(|(index, one)| gather_loose(one, &format!("{at}/{index}"), found));
        }
        Value::Object(all) => {
            all.iter().for_each(|(name, one)| gather_loose(one, &format!("{at}/{}", escaped(name)), found));
        }
        _ => {}
    }
}

fn put(tree: &mut Value, at: &str, text: &str) {
    if let Some(place) = tree.pointer_mut(at) {
        *place = json!(text);
    }
}
