//! Every step of a story rehearsed before it is taken: while this is on, the verb `does` asks with `Dry-Run: true`
//! first, and fails the test unless the act then ends as it was rehearsed and the rehearsal left nothing behind.

use crate::harness::people::Answered;
use crate::harness::stored::Dump;
use magnet_scheme::client::{Person, Response};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// How often a rehearsal is asked for again that a busy machine could not show in time.
const PATIENCE: usize = 200;

/// What a run with rehearsals counted, by the end of the act.
pub type Ends = BTreeMap<String, u64>;

struct Underway {
    dump: Dump,
    /// Compares everything stored before and after one rehearsal in this many.
    every: u64,
    asked: u64,
    ends: Ends,
}

thread_local! {
    static ON: RefCell<Option<Underway>> = const { RefCell::new(None) };
}

/// Plays `story` with a rehearsal before each step; compares everything stored around one in `every` of them.
/// Returns what the story returned, and how the rehearsals ended.
pub fn rehearsing<T>(dump: Dump, every: u64, story: impl FnOnce() -> T) -> (T, Ends) {
    let on = Underway { dump, every, asked: 0, ends: Ends::new() };
    ON.set(Some(on));
    let off = Off;
    let told = story();
    let ends = ON.with_borrow_mut(|on| on.as_mut().map(|on| std::mem::take(&mut on.ends)));
    drop(off);
    (told, ends.unwrap_or_default())
}

/// Ends the rehearsals, even where the story fails: the next test runs on the same thread.
struct Off;

impl Drop for Off {
    fn drop(&mut self) {
        ON.set(None);
    }
}

/// A request that asks only what a step would do.
pub trait Rehearses {
    /// Asks until the service has a moment for it.
    fn rehearses(&self, path: &str, seen: Option<i64>, body: &Value) -> Response;
    /// What a step would do, which must be possible.
    fn rehearsed(&self, path: &str, seen: Option<i64>, body: &Value) -> Value;
    /// Asks once.
    fn asks_what_if(&self, path: &str, seen: Option<i64>, body: &Value) -> Response;
}

impl Rehearses for Person {
    fn rehearses(&self, path: &str, seen: Option<i64>, body: &Value) -> Response {
        for _ in 0..PATIENCE {
            let rehearsed = self.asks_what_if(path, seen, body);
            if rehearsed.status != 503 {
                return rehearsed;
            }
            assert_eq!(rehearsed.json()["code"], "cannot_preview_now", "{}", rehearsed.text());
        }
        panic!("{path} could not be rehearsed {PATIENCE} times");
    }

    #[track_caller]
    fn rehearsed(&self, path: &str, seen: Option<i64>, body: &Value) -> Value {
        let rehearsed = self.rehearses(path, seen, body);
        assert_eq!(rehearsed.status, 200, "{path}: {}", rehearsed.text());
        rehearsed.json()
    }

    fn asks_what_if(&self, path: &str, seen: Option<i64>, body: &Value) -> Response {
        let tag = seen.map(|version| format!("\"{version}\""));
        let mut headers = vec![("Content-Type", "application/json"), ("Dry-Run", "true")];
        headers.extend(tag.iter().map(|tag| ("If-Match", tag.as_str())));
        self.send("POST", path, &headers, Some(body.to_string().as_bytes())).unwrap()
    }
}

/// Takes a step; while rehearsals are on, rehearses it first.
#[track_caller]
pub fn step(person: &Person, path: &str, seen: Option<i64>, body: &Value) -> Response {
    let Some(rehearsed) = beforehand(person, path, seen, body) else { return person.post(path, seen, body).unwrap() };
    let ended = person.post(path, seen, body).unwrap();
    let end = compare(path, &rehearsed, &ended);
    ON.with_borrow_mut(|on| on.as_mut().map(|on| *on.ends.entry(end).or_default() += 1));
    ended
}

fn beforehand(person: &Person, path: &str, seen: Option<i64>, body: &Value) -> Option<Response> {
    let dump = ON.with_borrow_mut(|on| {
        let on = on.as_mut()?;
        on.asked += 1;
        Some((on.asked - 1).is_multiple_of(on.every).then(|| on.dump.clone()))
    })?;
    let Some(dump) = dump else { return Some(person.rehearses(path, seen, body)) };
    // A person whose session has ended signs in before the first look, not between the two.
    person.get("/me").unwrap();
    let before = dump.everything();
    let rehearsed = person.rehearses(path, seen, body);
    same(path, &before, &dump.everything());
    Some(rehearsed)
}

/// Fails unless both looks found the same in every table.
#[track_caller]
pub fn same(what: &str, before: &BTreeMap<String, Vec<String>>, after: &BTreeMap<String, Vec<String>>) {
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (table, rows) in before {
        assert_eq!(rows, &after[table], "{what} changed {table}");
    }
}

/// Fails unless the act ended as rehearsed; returns how.
#[track_caller]
pub fn compare(path: &str, rehearsed: &Response, ended: &Response) -> String {
    let told = rehearsed.json();
    if told["code"] == "dry_run_not_offered" {
        assert_eq!(rehearsed.status, 400);
        return "not offered".to_owned();
    }
    if ended.status >= 300 {
        let problem = ended.json();
        for member in ["status", "code", "title", "detail", "errors", "type"] {
            assert_eq!(told[member], problem[member], "{path}: {} and then {}", rehearsed.text(), ended.text());
        }
        assert_eq!(rehearsed.status, ended.status);
        return problem["code"].as_str().unwrap().to_owned();
    }
    assert_eq!(rehearsed.status, 200, "{path}: {} and then {}", rehearsed.text(), ended.text());
    assert_eq!(rehearsed.header("dry-run"), Some("true"));
    for header in ["log-entry", "location", "idempotency-replayed"] {
        assert_eq!(rehearsed.header(header), None, "{path}");
    }
    assert_eq!(told["dry_run"], true);
    let after =
        |change: &Value| (change["account"].as_str().unwrap().to_owned(), change["after_paise"].as_i64().unwrap());
    let balances: BTreeMap<String, i64> = told["balances"].as_array().unwrap().iter().map(after).collect();
    assert_eq!(balances, ended.balances(), "{path}");
    let record = ended.json();
    let warnings = record["warnings"].as_array().cloned().unwrap_or_default();
    assert_eq!(told["warnings"].as_array(), Some(&warnings), "{path}");
    agrees(&told["result"], &record, path);
    "done".to_owned()
}

/// Fails unless every member of what was rehearsed is in the record, except what only the act draws.
#[track_caller]
fn agrees(rehearsed: &Value, record: &Value, at: &str) {
    match (rehearsed, record) {
        (Value::Null, _) => {}
        (Value::Object(members), Value::Object(real)) => {
            let known = |name: &&String| !["balances", "warnings"].contains(&name.as_str());
            let names: Vec<&String> = members.keys().filter(known).collect();
            assert_eq!(names, real.keys().filter(known).collect::<Vec<_>>(), "{at}");
            members.iter().for_each(|(name, value)| agrees(value, &real[name], &format!("{at}/{name}")));
        }
        (Value::Array(parts), Value::Array(real)) if parts.len() == real.len() => {
            parts.iter().zip(real).for_each(|(part, real)| agrees(part, real, at));
        }
        _ => assert_eq!(rehearsed, record, "{at}"),
    }
}
