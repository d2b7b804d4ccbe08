//! A watch over all that waits while people act: what an act brings to somebody waits since the instant of that act,
//! and what it does not touch waits as before. The clock moves on before each act.

use crate::harness::app::App;
use crate::harness::people::at;
use magnet_scheme::client::Person;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Kinds that the calendar brings, whoever acts.
const OF_THE_CALENDAR: [&str; 2] = ["window", "year_end"];

/// What waits, by kind, record, state and act, with since when.
type Waiting = BTreeMap<[String; 4], Value>;

pub struct Watch<'a> {
    app: &'a App,
    people: Vec<Arc<Person>>,
    known: Waiting,
}

impl<'a> Watch<'a> {
    /// Watches the worklists of every office and of the company that most tests are about.
    pub fn begin(app: &'a App) -> Watch<'a> {
        let people = vec![
            app.verifier(),
            app.section_officer(),
            app.finance_officer(),
            app.competent_authority(),
            app.disbursing_officer(),
            app.scheme_administrator(),
            app.auditor(),
            app.preparer(),
            app.signatory(),
        ];
        let mut watch = Watch { app, people, known: Waiting::new() };
        watch.known = watch.now();
        watch
    }

    fn now(&self) -> Waiting {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut found = Waiting::new();
        for person in &self.people {
            let list = person.get("/worklist?limit=200").unwrap().json();
            let rows = [&list["data"], &list["cannot_act"]["data"]].map(|rows| rows.as_array().unwrap());
            for row in
                rows.into_iter().flatten().filter(|row| !OF_THE_CALENDAR.contains(&row["kind"].as_str().unwrap()))
            {
                let key = [&row["kind"], &row["id"], &row["state"], &row["waiting"]["ends_with"]].map(text);
                found.insert(key, row["waiting"]["since"].clone());
            }
        }
        found
    }

    /// Somebody acts, a minute after the act before.
    #[track_caller]
    pub fn act(&mut self, act: impl FnOnce() -> Value) -> Value {
        self.app.wait_seconds(60);
        let instant = json!(self.app.now());
        let answer = act();
        let after = self.now();
        for (key, since) in &after {
            match self.known.get(key) {
                Some(before) => assert_eq!(since, before, "{key:?} waited before this act"),
                None => assert!(self.is_since(since, &instant), "{key:?} came with this act, since {since}"),
            }
        }
        self.known = after;
        answer
    }

    /// Whether something waits since this act, which may have begun with uploads.
    fn is_since(&self, since: &Value, instant: &Value) -> bool {
        let (since, begun) = (since.as_str().unwrap(), instant.as_str().unwrap());
        (begun..=self.app.now().to_string().as_str()).contains(&since)
    }

    /// Somebody acts on a record, which then lies with somebody else: its own page says so too.
    #[track_caller]
    pub fn brings(&mut self, noun: &str, act: impl FnOnce() -> Value) -> Value {
        let before = json!(self.app.now().plus_seconds(60));
        let record = self.act(act);
        let mut answers = self.people.iter().map(|person| person.get(&at(noun, &record)).unwrap());
        let shown = answers.find(|answer| answer.status == 200).unwrap().json();
        let waiting = shown["waiting"].as_array().unwrap();
        assert!(!waiting.is_empty(), "{noun} waits for nobody: {shown}");
        for one in waiting {
            assert!(self.is_since(&one["since"], &before), "{noun}: {one}");
        }
        record
    }

    /// The day moves on without an act.
    pub fn until(&mut self, instant: &str) {
        self.app.set_clock(instant);
        self.known = self.now();
    }
}
