//! The note sheet of a record: officers write, offices and auditors read, and for a manufacturer there is none.

use crate::harness::app::{App, Engine};
use crate::harness::disarm::{must_miss, must_name};
use crate::harness::people::{Answered, Verbs, at, says};
use crate::harness::recovery_people::Recovers;
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

/// What offices do with note sheets.
pub trait NoteVerbs {
    /// Notes something about the record that a member names: `("claim_id", id or number)`.
    fn notes(&self, about: (&str, &Value), text: &str) -> Response;
    /// The same with files.
    fn notes_with(&self, about: (&str, &Value), text: &str, documents: &[Value]) -> Response;
}

impl NoteVerbs for Person {
    fn notes(&self, about: (&str, &Value), text: &str) -> Response {
        self.notes_with(about, text, &[])
    }
    fn notes_with(&self, (member, record): (&str, &Value), text: &str, documents: &[Value]) -> Response {
        let mut body = json!({ "text": text, "documents": documents });
        body[member] = record.clone();
        self.post("/notes", None, &body).unwrap()
    }
}

fn numbers(list: &Value) -> Vec<i64> {
    list["data"].as_array().unwrap().iter().map(|note| note["number"].as_i64().unwrap()).collect()
}

fn texts(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|note| note["text"].as_str().unwrap()).collect()
}

#[apply(on_both!)]
fn offices_write_on_the_note_sheet_of_a_claim_and_read_who_wrote_what(app: App) {
    let tranche = app.tranche_of_15_crore();
    let claim = app.auditor().sees("/claims")["data"][0].clone();
    let (verifier, section) = (app.verifier(), app.section_officer());
    [&verifier, &section].into_iter().for_each(|person| drop(person.get("/me").unwrap()));
    let before = (app.audit_length(), app.auditor().sees(&at("claims", &claim)), app.budget_table());
    let first = verifier.notes(("claim_id", &claim["number"]), "The invoices were seen in original.");
    let location = first.header("location").unwrap().to_owned();
    let first = first.ok();
    assert_eq!((first["number"].as_i64(), &first["about_id"]), (Some(1), &claim["id"]));
    assert_eq!(location, format!("/api/v1{}", at("notes", &first)));
    let second = section.notes(("claim_id", &claim["id"]), "Please link with last year's file.\nनमूना").ok();
    assert_eq!(second["number"], 2);
    // Each record has its own numbers.
    assert_eq!(section.notes(("tranche_id", &tranche["number"]), "Fit to be recommended.").ok()["number"], 1);
    assert_eq!(app.audit_behind(before.0), ["write_note done"; 3]);
    assert_eq!(app.auditor().sees(&at("claims", &claim)), before.1, "a note changes nothing");
    assert_eq!(app.budget_table(), before.2);

    let number = claim["number"].as_str().unwrap().replace('/', "-");
    for reader in [app.auditor(), app.disbursing_officer(), app.finance_officer()] {
        let list = reader.sees(&format!("/notes?claim_id={number}"));
        assert_eq!(texts(&list), ["The invoices were seen in original.", "Please link with last year's file.\nनमूना"]);
        let who = reader.get(&at("notes", &second)).unwrap().json()["written_by_person"].clone();
        assert_eq!(who["offices"], json!(["section_officer"]));
        assert!(who["name"].is_string(), "{who}");
    }
    assert_eq!(numbers(&app.auditor().sees("/notes")), [1, 2, 1]);
    let page = app.auditor().sees(&format!("/notes?claim_id={number}&limit=1"));
    let rest =
        app.auditor().sees(&format!("/notes?claim_id={number}&cursor={}", page["page"]["next"].as_str().unwrap()));
    assert_eq!((numbers(&page), numbers(&rest)), (vec![1], vec![2]));
    app.auditor().get(&format!("/notes?claim_id={number}&tranche_id={number}")).unwrap().refused(400, "bad_parameter");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn every_kind_of_record_has_a_note_sheet(app: App) {
    app.paid(&app.tranche_of_15_crore(), "SBINR52026050100000001", "2026-05-01");
    let auditor = app.auditor();
    let recovery = app.second("section").asks_back(&auditor.sees("/disbursements")["data"][0], 1_000_000).ok();
    let first = |noun: &str| auditor.sees(noun)["data"][0].clone();
    let records = [
        ("application_id", first("/applications")["number"].clone()),
        ("milestone_id", first("/milestones")["id"].clone()),
        ("claim_id", first("/claims")["number"].clone()),
        ("tranche_id", first("/tranches")["number"].clone()),
        ("recovery_id", recovery["number"].clone()),
        ("budget_instrument_id", first("/budget-instruments")["number"].clone()),
    ];
    for (member, record) in &records {
        let note = app.disbursing_officer().notes((member, record), "Seen.").ok();
        let kind = member.strip_suffix("_id").unwrap();
        assert_eq!((note["number"].as_i64(), note["about_kind"].as_str()), (Some(1), Some(kind)));
        let unknown = json!(uuid::Uuid::now_v7());
        app.disbursing_officer().notes((member, &unknown), "Seen.").refused(404, "not_found");
    }
    let body = json!({ "text": "Seen." });
    let none = app.verifier().post("/notes", None, &body).unwrap().refused(422, "invalid_fields");
    assert_eq!(none["errors"][0]["code"], "one_record");
    let two = json!({ "text": "Seen.", "claim_id": records[2].1, "tranche_id": records[3].1 });
    app.verifier().post("/notes", None, &two).unwrap().refused(422, "invalid_fields");
    app.must_verify();
}

#[apply(on_both!)]
fn for_a_manufacturer_there_is_no_note_and_no_file_of_one(app: App) {
    app.tranche_of_15_crore();
    let claim = app.auditor().sees("/claims")["data"][0].clone();
    let about = ("claim_id", &claim["id"]);
    let finance = app.finance_officer();
    let file = finance.attaches("opinion");
    let note = finance.notes_with(about, "The company's auditor is under inquiry.", std::slice::from_ref(&file)).ok();
    let content = format!("/evidence/{}/content", file.as_str().unwrap());
    for reader in [app.auditor(), app.verifier(), app.competent_authority()] {
        assert_eq!(reader.get(&content).unwrap().status, 200);
        assert_eq!(reader.sees(&at("notes", &note))["documents"], json!([file]));
    }
    let never = uuid::Uuid::now_v7();
    for maker in [app.preparer_of("lodestone"), app.signatory_of("lodestone"), app.signatory_of("ferrite")] {
        for (there, not_there) in [
            (at("notes", &note), format!("/notes/{never}")),
            (content.clone(), format!("/evidence/{never}/content")),
            (content.replace("/content", ""), format!("/evidence/{never}")),
            (format!("/notes?claim_id={}", claim["id"].as_str().unwrap()), format!("/notes?claim_id={never}")),
        ] {
            let (one, other) = (maker.get(&there).unwrap(), maker.get(&not_there).unwrap());
            assert_eq!((one.status, other.status), (404, 404), "{there}");
            assert_eq!(one.json()["detail"], other.json()["detail"], "{there}");
        }
        maker.get("/notes").unwrap().refused(404, "not_found");
        let own = maker.attaches("own");
        maker.notes(about, "Let me in.").refused(403, "not_permitted");
        // A file of a company is not attached to a note either.
        finance.notes_with(about, "Seen.", &[own]).refused(409, "evidence_unknown");
    }
    let answers = ["/claims", "/tranches", "/worklist", "/selections/claims", &at("claims", &claim)]
        .map(|path| app.signatory_of("lodestone").get(path).unwrap().text());
    assert!(answers.iter().all(|answer| !answer.contains("under inquiry")));
    app.auditor().notes(about, "I was here.").refused(403, "not_permitted");
    app.administrator().get("/notes").unwrap().refused(403, "not_permitted");
    app.must_verify();
}

#[apply(on_both!)]
fn a_note_has_text_and_few_files(app: App) {
    app.tranche_of_15_crore();
    let claim = app.auditor().sees("/claims")["data"][0]["id"].clone();
    let about = ("claim_id", &claim);
    let verifier = app.verifier();
    let file = verifier.attaches("one");
    let before = app.rows("notes");
    for text in ["", "  \n", &"x".repeat(10_001), "safe\u{202E}txe"] {
        let problem = verifier.notes(about, text).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/text");
    }
    verifier.notes_with(about, "Twice.", &[file.clone(), file.clone()]).refused(422, "invalid_fields");
    verifier.notes_with(about, "None.", &[json!(uuid::Uuid::now_v7())]).refused(409, "evidence_unknown");
    assert_eq!(app.rows("notes"), before);
    verifier.notes_with(about, &"x".repeat(10_000), &[file]).ok();
    // What is drafted exists for its company alone.
    let award = app.auditor().sees("/awards")["data"][0].clone();
    let milestone = app.milestone(&award, "oxide_to_metal");
    let form = app.capital_form("lodestone", &milestone, 1_000_000);
    let draft = app.preparer_of("lodestone").claims(&award, &form);
    if draft.status == 201 {
        verifier.notes(("claim_id", &draft.json()["id"]), "Early.").refused(404, "not_found");
    }
}

#[apply(on_both!)]
fn a_note_is_written_once_under_its_key_and_its_text_stands_beside_the_log(app: App) {
    app.tranche_of_15_crore();
    let claim = app.auditor().sees("/claims")["data"][0]["id"].clone();
    let verifier = app.verifier();
    let body = json!({ "claim_id": claim, "text": "Only beside the log." }).to_string();
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "one")];
    let send = || verifier.send("POST", "/notes", &headers, Some(body.as_bytes())).unwrap();
    let note = send().ok();
    assert_eq!(send().ok(), note);
    assert_eq!(app.rows("notes").len(), 1);
    let details = app.values("SELECT details AS value FROM audit_log WHERE command = 'write_note'");
    assert_eq!(details.len(), 1);
    assert!(!details[0].contains("Only beside") && details[0].contains("_sd"), "{}", details[0]);
    let subject = app.values("SELECT subject AS value FROM disclosures WHERE field = 'text'");
    assert_eq!(subject, [format!("note:{}", note["id"].as_str().unwrap())]);
}

#[apply(on_both!)]
fn no_statement_changes_a_note_and_verify_notices_who_gets_round_that(app: App) {
    app.tranche_of_15_crore();
    let claim = app.auditor().sees("/claims")["data"][0]["id"].clone();
    for text in ["One.", "Two.", "Three."] {
        app.verifier().notes(("claim_id", &claim), text).ok();
    }
    app.must_verify();
    for attempt in ["UPDATE notes SET text = 'other'", "UPDATE notes SET number = 9", "DELETE FROM notes"] {
        let refused = app.try_sql(attempt).unwrap_err();
        assert!(refused.contains("append-only"), "{attempt}: {refused}");
    }
    match app.engine {
        Engine::Sqlite => app.sql("DROP TRIGGER notes_no_update; DROP TRIGGER notes_no_delete;"),
        Engine::Postgres => app.sql("DROP TRIGGER notes_append_only ON notes;"),
    }
    let second = ("notes", "number = 2");
    let set = |text: &str| format!("UPDATE notes SET text = '{text}' WHERE number = 2");
    must_name(&app, (&set("Else."), &set("Two.")), second, "text");
    let number = |from: i64, to: i64| format!("UPDATE notes SET number = {to} WHERE number = {from}");
    let gap = "are not numbered without a gap";
    let found = must_name(&app, (&number(2, 7), &number(7, 2)), second, "number");
    assert!(found.contains(gap), "{found}");
    let found = must_miss(&app, second);
    assert!(found.contains(gap), "{found}");
}

#[apply(on_both!)]
fn two_writers_at_once_leave_no_gap_and_no_number_twice(app: App) {
    app.tranche_of_15_crore();
    let claim = app.auditor().sees("/claims")["data"][0]["id"].clone();
    let people = [app.verifier(), app.section_officer(), app.finance_officer(), app.competent_authority()];
    people.iter().for_each(|person| drop(person.get("/me").unwrap()));
    std::thread::scope(|scope| {
        for person in &people {
            let claim = &claim;
            scope.spawn(move || {
                for turn in 0..10 {
                    // Every third is refused, and takes no number.
                    let text = if turn % 3 == 2 { "" } else { "Seen." };
                    let answer = person.notes(("claim_id", claim), text);
                    assert_eq!(answer.status, if text.is_empty() { 422 } else { 201 }, "{}", answer.text());
                }
            });
        }
    });
    let list = app.auditor().sees(&format!("/notes?limit=200&claim_id={}", claim.as_str().unwrap()));
    assert_eq!(numbers(&list), (1..=28).collect::<Vec<i64>>());
    app.must_verify();
}

#[apply(on_both!)]
fn the_name_of_an_erased_officer_is_gone_from_the_note_sheet_and_the_office_stays(app: App) {
    let app = App::start_with(app.engine, |config| config.personal_data.kept_years = 0);
    app.tranche_of_15_crore();
    let claim = app.auditor().sees("/claims")["data"][0]["id"].clone();
    let officer = app.person("leaving", &["section_officer"], None);
    let note = officer.notes(("claim_id", &claim), "Handed over.").ok();
    let shown = || app.auditor().get(&at("notes", &note)).unwrap().json();
    let name = shown()["written_by_person"]["name"].as_str().unwrap().to_owned();
    let administrator = app.administrator();
    let user = administrator.sees(&format!("/users/{}", note["written_by"].as_str().unwrap()));
    let change = json!({ "name": user["name"], "roles": user["roles"], "organisation_id": null, "disabled": true });
    let user = administrator.put(&at("users", &user), user["version"].as_i64().unwrap(), &change).unwrap().ok();
    let path = format!("{}/erasure", at("users", &user));
    administrator.post(&path, user["version"].as_i64(), &json!({ "reference": "Sample request 7" })).unwrap().ok();
    let after = shown();
    assert_eq!((after["text"].as_str(), &after["number"]), (Some("Handed over."), &json!(1)));
    assert_eq!(after["written_by_person"], json!({ "erased": true, "offices": ["section_officer"] }));
    assert!(!after.to_string().contains(&name));
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_refused_note_says_so_in_the_language_of_its_reader(app: App) {
    app.tranche_of_15_crore();
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "k"), ("Accept-Language", "hi")];
    let answer = app.verifier().send("POST", "/notes", &headers, Some(b"{\"text\":\"x\"}")).unwrap();
    says(&answer.refused(422, "invalid_fields"), "अभिलेख");
}
