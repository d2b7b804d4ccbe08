//! Scheme versions created here: drafted by one person, published by another, on an impact sheet that
//! both can read; past decisions do not change, and a loss of an award needs its own instrument.

mod changed_rules;
mod impact;

use crate::harness::app::App;
use crate::harness::disarm::names;
use crate::harness::people::{Answered, CRORE, SCHEME, Verbs, at, says};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

const FOURTH: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-4.toml");

/// The text of a version after the fourth, in which claims follow the version in force on their day.
fn text(version: i64, from: &str) -> String {
    FOURTH
        .replacen("version = 4", &format!("version = {version}"), 1)
        .replacen("\"2026-12-01\"", &format!("\"{from}\""), 1)
        .replacen("claim = \"award\"", "claim = \"date_of_claim\"", 1)
}

/// The same with another text in one place.
fn text_with(version: i64, from: &str, old: &str, new: &str) -> String {
    let text = text(version, from);
    let changed = text.replacen(old, new, 1);
    assert_ne!(changed, text, "{old}");
    changed
}

pub fn half_turnover(version: i64) -> String {
    text_with(version, "2027-04-01", "[figures.turnover_share]\nvalue = 4000", "[figures.turnover_share]\nvalue = 2000")
}

trait Legislates {
    fn drafts_scheme(&self, text: &str) -> Response;
    fn impact(&self, draft: &Value) -> Value;
    fn publishes(&self, draft: &Value) -> Response;
    fn gives_up(&self, draft: &Value) -> Response;
    fn proposes_instrument(&self, draft: &Value) -> Response;
    fn approves_instrument(&self, draft: &Value) -> Response;
}

impl Legislates for Person {
    fn drafts_scheme(&self, text: &str) -> Response {
        self.post("/scheme-drafts", None, &json!({ "text": text })).unwrap()
    }
    fn impact(&self, draft: &Value) -> Value {
        self.sees(&format!("{}/impact", at("scheme-drafts", draft)))
    }
    fn publishes(&self, draft: &Value) -> Response {
        let body = json!({ "impact_digest": self.impact(draft)["digest"] });
        self.does(&format!("{}/publication", at("scheme-drafts", draft)), draft, body)
    }
    fn gives_up(&self, draft: &Value) -> Response {
        let body = json!({ "reason": "not needed" });
        self.does(&format!("{}/withdrawal", at("scheme-drafts", draft)), draft, body)
    }
    fn proposes_instrument(&self, draft: &Value) -> Response {
        let digest = &self.impact(draft)["digest"];
        let body =
            json!({ "reference": "Sample order 7 of 2027", "reason": "the outlay is short", "impact_digest": digest });
        self.does(&format!("{}/instrument", at("scheme-drafts", draft)), draft, body)
    }
    fn approves_instrument(&self, draft: &Value) -> Response {
        let body = json!({ "note": "approved on file", "impact_digest": self.impact(draft)["digest"] });
        self.does(&format!("{}/instrument/approval", at("scheme-drafts", draft)), draft, body)
    }
}

impl App {
    /// Drafted by one scheme administrator and published by the other.
    fn legislated(&self, text: &str) -> Value {
        let draft = self.scheme_administrator().drafts_scheme(text).ok();
        self.other_scheme_administrator().publishes(&draft).ok()
    }

    fn newest(&self) -> i64 {
        let list = self.anybody("GET", &format!("/api/v1/schemes/{SCHEME}/versions"), None).ok();
        list["data"].as_array().unwrap().last().unwrap()["version"].as_i64().unwrap()
    }
}

#[apply(on_both!)]
fn one_person_drafts_and_another_publishes(app: App) {
    app.set_clock("2026-12-02T06:30:00Z");
    let (one, other) = (app.scheme_administrator(), app.other_scheme_administrator());
    let draft = one.drafts_scheme(&half_turnover(5)).ok();
    assert_eq!((&draft["status"], &draft["scheme_version"]), (&json!("draft"), &json!(5)));
    assert_eq!(app.newest(), 4);
    one.publishes(&draft).refused(409, "same_person");
    assert_eq!(app.newest(), 4);
    let published = other.publishes(&draft).ok();
    assert_eq!(published["status"], "published");
    assert_eq!(app.newest(), 5);
    other.publishes(&published).refused(409, "wrong_state");
    one.gives_up(&published).refused(409, "wrong_state");

    let versions = app.anybody("GET", &format!("/api/v1/schemes/{SCHEME}/versions"), None).ok();
    let versions = versions["data"].as_array().unwrap();
    assert_eq!(versions.len(), 5);
    let (fourth, fifth) = (&versions[3], &versions[4]);
    assert_eq!(
        (&fifth["drafted_by"], &fifth["published_by"]),
        (&draft["drafted_by"], &published["publication"]["taken_by"])
    );
    assert_eq!(
        (&fourth["drafted_by"], &fourth["author"]),
        (&Value::Null, &json!("Sample programme division of the ministry"))
    );
    assert_eq!((&fifth["digest"], &fifth["effective_from"]), (&draft["digest"], &json!("2027-04-01")));
    assert_eq!(fifth["published_at"], published["publication"]["taken_at"]);
    let file = app.anybody("GET", &format!("/api/v1/schemes/{SCHEME}/versions/5"), None).ok();
    assert_eq!(file["text"], half_turnover(5));
    let changes: Vec<String> = file["difference"]
        .as_array()
        .unwrap()
        .iter()
        .map(|leaf| format!("{} {} {}", leaf["key"].as_str().unwrap(), leaf["before"], leaf["after"]))
        .collect();
    let expected = [
        "effective_from \"2026-12-01\" \"2027-04-01\"",
        "figures.turnover_share.value 4000 2000",
        "governed_by.claim \"award\" \"date_of_claim\"",
        "version 4 5",
    ];
    assert_eq!(changes, expected);
    app.anybody("GET", &format!("/api/v1/schemes/{SCHEME}/versions/6"), None).refused(404, "not_found");
    app.anybody("GET", "/api/v1/schemes/nothing/versions", None).refused(404, "not_found");

    // Either of them may abandon a draft.
    for person in [&one, &other] {
        let draft = one.drafts_scheme(&half_turnover(6)).ok();
        assert_eq!(person.gives_up(&draft).ok()["status"], "withdrawn");
    }
    assert_eq!(app.newest(), 5);
    app.must_verify();
}

#[apply(on_both!)]
fn what_is_wrong_with_a_text_is_told_by_key_and_line(app: App) {
    let before = app.content();
    let one = app.scheme_administrator();
    let wrong = |text: &str, part: &str| {
        let problem = one.drafts_scheme(text).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/text");
        says(&problem, part);
    };
    let changed = |old: &str, new: &str| text_with(5, "2026-12-02", old, new);
    wrong(&changed("number_prefix", "number_suffix"), "number_suffix");
    wrong(
        &changed("outlay_capital_subsidy * capacity", "outlay_capital_subsidy * capacitor"),
        "key 'award_ceilings.0.amount_paise'",
    );
    wrong(&changed("counted_kg * min", "counted_kg * * min"), "line ");
    wrong(&changed("published_by = \"Sample integrated finance", "published_by = \"Sample programme"), "two different");
    wrong("", "must be given");
    wrong("x = [", "line 1");
    wrong(&format!("{}\n# {}", text(5, "2026-12-02"), "x".repeat(262_144)), "at most 256 KiB");
    wrong(&"[".repeat(100_000), "");
    let mut after = app.content();
    for table in ["users", "sessions", "refresh_tokens"] {
        after.insert(table.to_owned(), before.get(table).cloned().unwrap_or_default());
    }
    assert_eq!(after["scheme_drafts"], before["scheme_drafts"]);
    assert_eq!(after["schemes"], before["schemes"]);
}

#[apply(on_both!)]
fn the_past_is_not_changed(app: App) {
    app.set_clock("2026-12-02T06:30:00Z");
    let one = app.scheme_administrator();
    let refused = |text: &str, part: &str| says(&one.drafts_scheme(text).refused(409, "version_not_allowed"), part);
    refused(&text(4, "2026-12-02"), "the next one is 5");
    refused(&text(6, "2026-12-02"), "the next one is 5");
    refused(&text(5, "2026-12-01"), "can begin is 2026-12-02");
    refused(&text_with(5, "2026-12-02", "\"NDFEB\"", "\"OTHER\""), "number_prefix");
    let outlay = text_with(5, "2026-12-02", "1200_00_00_000", "1201_00_00_000").replacen("1345_", "1346_", 1);
    refused(&outlay, "budget instrument");
    refused(
        &text_with(1, "2026-12-02", "ndfeb-2025-proposal", "another").replacen("version = 1", "version = 2", 1),
        "the next one is 1",
    );

    // A date that was allowed when the version was drafted must still be allowed when it is published.
    let draft = one.drafts_scheme(&text(5, "2026-12-02")).ok();
    app.set_clock("2026-12-03T06:30:00Z");
    let late = app.other_scheme_administrator().publishes(&draft).refused(409, "version_not_allowed");
    says(&late, "it begins on 2026-12-02; the first day on which it can begin is 2026-12-03");
    app.legislated(&text(5, "2026-12-05"));
    refused(&text(6, "2026-12-04"), "before version 5");
    assert_eq!(app.newest(), 5);
    app.must_verify();
}

#[apply(on_both!)]
fn a_version_is_known_after_a_restart_and_to_other_processes(mut app: App) {
    app.set_clock("2026-12-02T06:30:00Z");
    let other = App::start_with(app.engine, |config| *config = app.config.clone());
    other.set_clock("2026-12-02T06:30:00Z");
    assert_eq!((app.newest(), other.newest()), (4, 4));
    app.legislated(&text(5, "2026-12-02"));
    assert_eq!((app.newest(), other.newest()), (5, 5));
    // The other process also uses it for its own writes.
    let known = app.scheme_administrator();
    let there = Person::new(&other.client, known.email.clone(), known.password.clone());
    says(&there.drafts_scheme(&text(5, "2026-12-02")).refused(409, "version_not_allowed"), "the next one is 6");
    let draft = there.drafts_scheme(&half_turnover(6)).ok();
    app.other_scheme_administrator().publishes(&draft).ok();
    assert_eq!((app.newest(), other.newest()), (6, 6));
    drop(other);
    app.serve(false);
    assert_eq!(app.newest(), 6);
    let award = app.scheme_administrator().opens_window("2026-12-01", "2026-12-31").ok();
    assert_eq!(award["scheme_code"], SCHEME);
    assert_eq!(app.awarded("lodestone", 500)["scheme_version"], 5);
    app.must_verify();
}

/// A later program ships its own text under a number that was meanwhile published here.
#[apply(on_both!)]
fn a_number_published_here_is_no_longer_the_programs(app: App) {
    let schemes = tempfile::tempdir().unwrap();
    for (version, text) in [
        (1, include_str!("../../../config/schemes/ndfeb-2025-proposal.toml")),
        (2, include_str!("../../../config/schemes/ndfeb-2025-proposal-2.toml")),
        (3, include_str!("../../../config/schemes/ndfeb-2025-proposal-3.toml")),
    ] {
        std::fs::write(schemes.path().join(format!("{version}.toml")), text).unwrap();
    }
    let mut app = App::start_with(app.engine, |config| config.schemes.folder = schemes.path().to_owned());
    app.set_clock("2026-12-02T06:30:00Z");
    let ours = app.legislated(&text(4, "2026-12-02"))["digest"].clone();
    app.config.schemes.folder = std::path::PathBuf::new();
    app.serve(false);
    let versions = app.anybody("GET", &format!("/api/v1/schemes/{SCHEME}/versions"), None).ok();
    assert_eq!(versions["data"].as_array().unwrap().last().unwrap()["digest"], ours);
    app.must_verify();
    // A file of that number in the schemes folder is reported as an error.
    std::fs::write(schemes.path().join("4.toml"), FOURTH).unwrap();
    app.config.schemes.folder = schemes.path().to_owned();
    app.stop();
    assert!(app.start_problem(false).unwrap().contains("never edited"));
}

#[apply(on_both!)]
fn a_number_is_published_once(app: App) {
    app.set_clock("2026-12-02T06:30:00Z");
    let drafts =
        [text(5, "2026-12-02"), half_turnover(5)].map(|text| app.scheme_administrator().drafts_scheme(&text).ok());
    let publisher = app.other_scheme_administrator();
    publisher.get("/me").unwrap();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = drafts.iter().map(|draft| scope.spawn(|| publisher.publishes(draft).status)).collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut sorted = statuses.clone();
    sorted.sort();
    assert_eq!(sorted, [200, 409], "{statuses:?}");
    let left = drafts.iter().zip(&statuses).find(|(_, status)| **status == 409).unwrap().0;
    says(&publisher.publishes(left).refused(409, "version_not_allowed"), "the next one is 6");
    assert_eq!(app.newest(), 5);
    app.must_verify();
}

#[apply(on_both!)]
fn a_new_scheme_is_published_with_its_outlay(app: App) {
    let first = text(1, "2026-12-02").replacen("code = \"ndfeb-2025-proposal\"", "code = \"sample-scheme\"", 1);
    let changes = first.find("changes = [").unwrap()..first.find("]\n\n[outlay]").unwrap() + 2;
    let first = format!("{}{}", &first[..changes.start], &first[changes.end..]);
    let one = app.scheme_administrator();
    says(&one.drafts_scheme(&first).refused(409, "version_not_allowed"), "number_prefix NDFEB");
    let draft = one.drafts_scheme(&first.replacen("\"NDFEB\"", "\"SAMPLE\"", 1)).ok();
    let answer = app.other_scheme_administrator().publishes(&draft);
    let outlay: i64 = answer.balances().values().sum();
    assert_eq!(outlay, 2 * 1_345 * CRORE, "authorised, and available");
    let budget = app.auditor().sees("/budget")["data"].clone();
    let available: i64 = budget
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["scheme_code"] == "sample-scheme" && row["level"] == "component")
        .map(|row| row["available_paise"].as_i64().unwrap())
        .sum();
    assert_eq!(available, 1_345 * CRORE);
    app.must_verify();
}

#[apply(on_both!)]
fn a_changed_version_or_draft_is_found_and_named(app: App) {
    app.set_clock("2026-12-02T06:30:00Z");
    app.legislated(&text(5, "2026-12-02"));
    let draft = app.scheme_administrator().drafts_scheme(&half_turnover(6)).ok();
    app.must_verify();
    app.try_sql("UPDATE schemes SET document = 'x'").unwrap_err();
    app.try_sql("DELETE FROM schemes").unwrap_err();
    app.try_sql("UPDATE scheme_drafts SET version = version + 1 WHERE status = 'published'").unwrap_err();
    app.try_sql("UPDATE scheme_drafts SET document = 'x'").unwrap_err();
    app.try_sql("DELETE FROM scheme_drafts").unwrap_err();
    let id = draft["id"].as_str().unwrap();
    let step = format!(
        r#"{{"note":"x","taken_by":"{}","taken_at":"2026-12-02T06:30:00.000000Z"}}"#,
        draft["drafted_by"].as_str().unwrap()
    );
    let which = format!("id = '{id}'");
    let edit = format!("UPDATE scheme_drafts SET status = 'withdrawn', withdrawal = '{step}' WHERE {which}");
    names(&app, &edit, ("scheme_drafts", &which), "status, withdrawal");
}
