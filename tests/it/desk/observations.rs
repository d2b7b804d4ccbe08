//! The audit desk: requisitions and observations, their clocks, and the people who take part in them.

use crate::harness::app::App;
use crate::harness::disarm::{disarm, must_miss, must_name};
use crate::harness::people::{Answered, CRORE, Verbs, at, says};
use crate::harness::recovery_people::Recovers;
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

pub trait DeskVerbs {
    fn raises(&self, pins: Value, organisation: Option<&Value>) -> Response;
    fn writes(&self, observation: &Value, act: &str) -> Response;
    fn converts(&self, observation: &Value, recovery: &Value) -> Response;
    fn requires(&self, title: &str) -> Response;
    fn answers_requisition(&self, requisition: &Value) -> Response;
}

impl DeskVerbs for Person {
    fn raises(&self, pins: Value, organisation: Option<&Value>) -> Response {
        let form = json!({
            "title": "Payment before the inspection", "text": "The inspection is dated after the payment.",
            "organisation_id": organisation.map(|one| one["id"].clone()), "as_of": "2026-05-01", "pins": pins,
            "amount_paise": CRORE,
        });
        self.post("/observations", None, &form).unwrap()
    }
    fn writes(&self, observation: &Value, act: &str) -> Response {
        self.does(
            &format!("{}/{act}", at("observations", observation)),
            observation,
            json!({ "text": format!("my {act}") }),
        )
    }
    fn converts(&self, observation: &Value, recovery: &Value) -> Response {
        let body = json!({ "recovery_id": recovery["id"], "text": "taken up" });
        self.does(&format!("{}/conversion", at("observations", observation)), observation, body)
    }
    fn requires(&self, title: &str) -> Response {
        self.post("/requisitions", None, &json!({ "title": title, "text": "the log of the furnace" })).unwrap()
    }
    fn answers_requisition(&self, requisition: &Value) -> Response {
        let path = format!("{}/answer", at("requisitions", requisition));
        self.does(&path, requisition, json!({ "text": "here it is" }))
    }
}

/// The first entry of the log.
fn entry() -> Value {
    json!([{ "kind": "audit_entry", "reference": "1" }])
}

fn acts(observation: &Value) -> Vec<&str> {
    observation["steps"].as_array().unwrap().iter().map(|step| step["act"].as_str().unwrap()).collect()
}

#[apply(on_both!)]
fn an_observation_is_walked_to_its_settlement(app: App) {
    let advised = app.disbursing_officer().advises(&app.sanctioned_15_crore()).ok();
    let paid = app.disbursing_officer().confirms(&advised, "SBINR52026050100000001", "2026-05-01").ok();
    let (auditor, section) = (app.auditor(), app.section_officer());
    auditor.sees("/me");
    let before = app.audit_length();
    let pins = json!([
        { "kind": "disbursement", "reference": paid["disbursement"]["id"] },
        { "kind": "claim", "reference": paid["disbursement"]["claim_id"] },
        { "kind": "award", "reference": paid["disbursement"]["award_id"] },
        { "kind": "audit_entry", "reference": before.to_string() },
    ]);
    let raised = auditor.raises(pins, Some(&app.organisation("lodestone"))).ok();
    assert_eq!((&raised["number"], &raised["status"]), (&json!("AUD/2026-27/OBS/0001"), &json!("raised")));
    assert_eq!((&raised["due_on"], &raised["known_at"]), (&json!("2026-05-29"), &json!(before)));
    let hash = app.values(&format!("SELECT hash AS value FROM audit_log WHERE sequence = {before}"));
    assert_eq!((&raised["pins"][3]["hash"], &raised["pins"][0]["hash"]), (&json!(hash[0]), &Value::Null));
    section.writes(&raised, "settlement").refused(403, "not_permitted");
    auditor.writes(&raised, "reply").refused(403, "not_permitted");
    auditor.writes(&raised, "remark").refused(409, "wrong_state");
    section.writes(&raised, "action-taken").refused(409, "wrong_state");
    let replied = section.writes(&raised, "reply").ok();
    section.writes(&replied, "reply").refused(409, "wrong_state");
    section.writes(&raised, "reply").refused(412, "stale_version");
    app.set_clock("2026-05-20T06:30:00Z");
    let remarked = auditor.writes(&replied, "remark").ok();
    assert_eq!((&remarked["status"], &remarked["due_on"]), (&json!("remarked"), &json!("2026-06-17")));
    let replied = app.finance_officer().writes(&remarked, "reply").ok();
    let settled = auditor.writes(&replied, "settlement").ok();
    let noted = app.competent_authority().writes(&settled, "action-taken").ok();
    assert_eq!(acts(&noted), ["reply", "remark", "reply", "settlement", "action_taken"]);
    assert_eq!(noted["status"], "settled");
    auditor.writes(&noted, "remark").refused(409, "wrong_state");
    auditor.writes(&noted, "settlement").refused(409, "wrong_state");
    let shown = app.disbursing_officer().sees(&at("observations", &noted));
    assert_eq!((&shown["steps"], &shown["overdue"]), (&noted["steps"], &json!(false)));
    let entries = app.acts();
    let done =
        entries.iter().filter(|one| one["subject"] == json!(format!("observation:{}", noted["id"].as_str().unwrap())));
    assert_eq!(done.filter(|one| one["outcome"] == "done").count(), 6, "one entry for each act");
    app.must_verify();
}

#[apply(on_both!)]
fn an_observation_becomes_a_recovery(app: App) {
    let advised = app.disbursing_officer().advises(&app.sanctioned_15_crore()).ok();
    let paid = app.disbursing_officer().confirms(&advised, "SBINR52026050100000001", "2026-05-01").ok();
    let notice = app.second("section").asks_back(&paid["disbursement"], CRORE).ok();
    let auditor = app.auditor();
    let others = auditor.raises(entry(), Some(&app.organisation("ferrite"))).ok();
    auditor.converts(&others, &notice).refused(409, "pin_unknown");
    let nothing = json!({ "id": uuid::Uuid::now_v7() });
    let raised = auditor.raises(entry(), Some(&app.organisation("lodestone"))).ok();
    auditor.converts(&raised, &nothing).refused(409, "pin_unknown");
    app.section_officer().converts(&raised, &notice).refused(403, "not_permitted");
    let converted = auditor.converts(&raised, &notice).ok();
    assert_eq!((&converted["status"], &converted["recovery_id"]), (&json!("converted"), &notice["id"]));
    auditor.writes(&converted, "settlement").refused(409, "wrong_state");
    let noted = app.section_officer().writes(&converted, "action-taken").ok();
    assert_eq!(acts(&noted), ["conversion", "action_taken"]);
    app.must_verify();
}

#[apply(on_both!)]
fn four_weeks_are_counted_in_india(app: App) {
    // In India the second of May has already begun.
    app.set_clock("2026-05-01T18:30:00Z");
    let raised = app.auditor().raises(entry(), None).ok();
    assert_eq!(raised["due_on"], "2026-05-30");
    let overdue = |app: &App| {
        let list = app.auditor().sees("/observations?overdue=true");
        let shown = app.auditor().sees(&at("observations", &raised));
        assert_eq!(json!(list["data"].as_array().unwrap().len() == 1), shown["overdue"]);
        shown["overdue"] == true
    };
    app.set_clock("2026-05-30T18:29:59Z");
    assert!(!overdue(&app), "its last day");
    app.set_clock("2026-05-30T18:30:00Z");
    assert!(overdue(&app));
    app.section_officer().writes(&raised, "reply").ok();
    assert!(!overdue(&app), "late, but replied");
}

#[apply(on_both!)]
fn what_is_pinned_is_on_record(app: App) {
    let auditor = app.auditor();
    auditor.sees("/me");
    let none = uuid::Uuid::now_v7().to_string();
    let past = (app.audit_length() + 10).to_string();
    for (kind, reference) in [
        ("audit_entry", past.as_str()),
        ("audit_entry", "one"),
        ("disbursement", &none),
        ("claim", "x"),
        ("award", &none),
    ] {
        let refused =
            auditor.raises(json!([{ "kind": kind, "reference": reference }]), None).refused(409, "pin_unknown");
        says(&refused, reference);
    }
    auditor.raises(entry(), Some(&json!({ "id": none }))).refused(409, "pin_unknown");
    auditor.raises(json!([]), None).refused(422, "invalid_fields");
    auditor.raises(json!([entry()[0], entry()[0]]), None).refused(422, "invalid_fields");
    let raised = auditor.raises(entry(), None).ok();
    let with_file = json!({ "text": "see the file", "evidence": [none] });
    let path = format!("{}/reply", at("observations", &raised));
    app.section_officer().does(&path, &raised, with_file).refused(409, "pin_unknown");
    let file = app.verifier().attaches("plan");
    let replied =
        app.section_officer().does(&path, &raised, json!({ "text": "see the file", "evidence": [file] })).ok();
    assert_eq!(replied["steps"][0]["evidence"], json!([file]));
}

#[apply(on_both!)]
fn manufacturers_know_of_no_observation(app: App) {
    let raised = app.auditor().raises(entry(), Some(&app.organisation("lodestone"))).ok();
    let asked = app.auditor().requires("Furnace log").ok();
    for person in [app.preparer_of("lodestone"), app.signatory_of("lodestone"), app.verifier(), app.administrator()] {
        for path in ["/observations", "/requisitions", &at("observations", &raised), &at("requisitions", &asked)] {
            person.get(path).unwrap().refused(403, "not_permitted");
        }
        person.writes(&raised, "reply").refused(403, "not_permitted");
        person.answers_requisition(&asked).refused(403, "not_permitted");
    }
}

#[apply(on_both!)]
fn a_requisition_is_answered_once_in_time(app: App) {
    let asked = app.auditor().requires("Furnace log").ok();
    assert_eq!((&asked["number"], &asked["due_on"]), (&json!("AUD/2026-27/REQ/0001"), &json!("2026-05-15")));
    app.set_clock("2026-05-15T18:30:00Z");
    assert_eq!(app.auditor().sees("/requisitions?overdue=true")["data"][0]["overdue"], true);
    app.auditor().answers_requisition(&asked).refused(403, "not_permitted");
    let answered = app.section_officer().answers_requisition(&asked).ok();
    assert_eq!((&answered["status"], &answered["answer"]["text"]), (&json!("answered"), &json!("here it is")));
    app.finance_officer().answers_requisition(&answered).refused(409, "wrong_state");
    assert_eq!(app.auditor().sees("/requisitions?overdue=true")["data"], json!([]));
    assert_eq!(app.auditor().sees("/requisitions?status=answered")["data"].as_array().unwrap().len(), 1);
    app.must_verify();
}

#[apply(on_both!)]
fn lists_are_narrowed_and_come_in_pages(app: App) {
    let auditor = app.auditor();
    let (lodestone, ferrite) = (app.organisation("lodestone"), app.organisation("ferrite"));
    let first = auditor.raises(entry(), Some(&lodestone)).ok();
    auditor.raises(entry(), Some(&ferrite)).ok();
    auditor.raises(entry(), None).ok();
    app.section_officer().writes(&first, "reply").ok();
    let numbers = |path: &str| {
        let list = auditor.sees(path);
        let found = list["data"].as_array().unwrap().iter();
        (
            found.map(|one| one["number"].as_str().unwrap()[16..].to_owned()).collect::<Vec<_>>(),
            list["page"]["next"].clone(),
        )
    };
    assert_eq!(numbers("/observations").0, ["0001", "0002", "0003"]);
    assert_eq!(numbers("/observations?status=raised").0, ["0002", "0003"]);
    let of = format!("/observations?organisation_id={}", ferrite["id"].as_str().unwrap());
    assert_eq!(numbers(&of), (vec!["0002".to_owned()], Value::Null));
    let (page, next) = numbers("/observations?limit=2");
    assert_eq!(page, ["0001", "0002"]);
    let rest = numbers(&format!("/observations?limit=2&cursor={}", next.as_str().unwrap()));
    assert_eq!(rest, (vec!["0003".to_owned()], Value::Null));
    auditor.get("/observations?limit=0").unwrap().refused(400, "bad_parameter");
    auditor.get("/observations?state=raised").unwrap().refused(400, "bad_parameter");
}

#[apply(on_both!)]
fn what_was_written_cannot_be_changed_unseen(app: App) {
    let raised = app.auditor().raises(entry(), None).ok();
    app.section_officer().writes(&raised, "reply").ok();
    app.auditor().requires("Furnace log").ok();
    app.must_verify();
    assert!(app.try_sql("DELETE FROM observations").is_err() && app.try_sql("DELETE FROM requisitions").is_err());
    for (table, column, fault, undone) in [
        (
            "observations",
            "due_on",
            "UPDATE observations SET due_on = '2027-05-29'",
            "UPDATE observations SET due_on = '2026-05-29'",
        ),
        (
            "observations",
            "text",
            "UPDATE observations SET text = text || '!'",
            "UPDATE observations SET text = substr(text, 1, length(text) - 1)",
        ),
        (
            "requisitions",
            "title",
            "UPDATE requisitions SET title = 'Other'",
            "UPDATE requisitions SET title = 'Furnace log'",
        ),
    ] {
        let found = must_name(&app, (fault, undone), (table, "1 = 1"), column);
        assert!(found.contains("/0001)"), "{found}");
    }
    disarm(&app);
    must_miss(&app, ("requisitions", "1 = 1"));
}
