//! Idempotency keys: the same key never does anything twice.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, SCHEME, Verbs, at};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

fn provision(paise: i64) -> Value {
    json!({
        "kind": "provision", "scheme_code": SCHEME, "component": "capital_subsidy", "financial_year": "2026-27", "amount_paise": paise,
        "reference": "Sample demand", "dated_on": "2026-04-01",
    })
}

fn proposes(person: &Person, key: &str, paise: i64) -> Response {
    person.post_with_key("/budget-instruments", key, None, &provision(paise)).unwrap()
}

#[track_caller]
fn replays(first: &Response, again: &Response) {
    assert_eq!((again.status, &again.bytes), (first.status, &first.bytes), "{}", again.text());
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), (None, Some("true")));
    assert_eq!(again.header("location"), first.header("location"));
}

#[apply(on_both!)]
fn a_write_without_a_usable_key_is_refused(app: App) {
    let person = app.scheme_administrator();
    person.sees("/budget");
    let (content, before) = (app.content(), app.audit_length());
    let body = provision(CRORE).to_string();
    let send = |path: &str, key: Option<&str>| {
        let mut headers = vec![("Content-Type", "application/json"), ("If-Match", "\"1\"")];
        headers.extend(key.map(|key| ("Idempotency-Key", key)));
        person.send("POST", path, &headers, Some(body.as_bytes())).unwrap()
    };
    for key in [None, Some(""), Some("  "), Some("\"\"")] {
        send("/budget-instruments", key).refused(400, "idempotency_key_missing");
    }
    for key in ["x".repeat(256), "schlüssel".to_owned()] {
        send("/budget-instruments", Some(&key)).refused(400, "bad_header");
    }
    let upload = app.verifier().send(
        "POST",
        "/evidence?file_name=a.pdf",
        &[("Content-Type", "application/pdf")],
        Some(b"%PDF-"),
    );
    upload.unwrap().refused(400, "idempotency_key_missing");
    assert_eq!(app.content()["budget_instruments"], content["budget_instruments"]);
    assert_eq!(
        app.content()["idempotency_keys"].len(),
        content["idempotency_keys"].len() + 1,
        "the verifier's account"
    );
    assert_eq!(app.audit_behind(before), ["create_user done", "sign_in done"], "the verifier's account");
    send("/budget-instruments", Some(&"x".repeat(255))).ok();
}

#[apply(on_both!)]
fn the_same_key_and_body_replay_the_answer_and_do_nothing(app: App) {
    let person = app.scheme_administrator();
    person.sees("/budget");
    let before = app.audit_length();
    let first = proposes(&person, "one", CRORE);
    assert_eq!(first.status, 201);
    let content = app.content();
    for _ in 0..3 {
        replays(&first, &proposes(&person, "one", CRORE));
    }
    // In quotation marks, as the draft standard writes it, it is the same key.
    replays(&first, &proposes(&person, "\"one\"", CRORE));
    assert_eq!(app.audit_behind(before), ["propose_budget_instrument done"]);
    assert_eq!(app.content(), content);
    assert_ne!(proposes(&person, "two", CRORE).ok()["id"], first.json()["id"]);
}

#[apply(on_both!)]
fn a_sanction_and_a_payment_replay_and_move_money_once(app: App) {
    let tranche = app.tranche_of_15_crore();
    let recommended = app.section_officer().recommends(&tranche).ok();
    let concurred = app.finance_officer().concurs(&recommended).ok();
    let sanction = || {
        let path = format!("{}/sanction", at("tranches", &concurred));
        let version = concurred["version"].as_i64();
        app.competent_authority().post_with_key(&path, "sanction", version, &json!({ "note": "seen" })).unwrap()
    };
    app.competent_authority().sees("/budget");
    let before = app.audit_length();
    let first = sanction();
    replays(&first, &sanction());
    assert_eq!(app.audit_behind(before), ["sanction_tranche done"]);
    assert_eq!(app.budget("component", "capital_subsidy", None)["sanctioned_paise"], 15 * CRORE);

    let advised = app.disbursing_officer().advises(&first.json()).ok();
    let settle = || {
        let answer = json!({ "outcome": "succeeded", "utr": "SBINR52026050100000001", "paid_on": "2026-05-01", "amount_paise": 15 * CRORE });
        let path = format!("{}/settlement", at("payments", &advised));
        app.disbursing_officer().post_with_key(&path, "settle", Some(1), &answer).unwrap()
    };
    let before = app.audit_length();
    let paid = settle();
    assert_eq!(paid.status, 200, "{}", paid.text());
    replays(&paid, &settle());
    assert_eq!(app.audit_behind(before), ["settle_payment done"]);
    assert_eq!(app.budget("component", "capital_subsidy", None)["disbursed_paise"], 15 * CRORE);
    app.must_verify();
}

#[apply(on_both!)]
fn the_same_key_with_something_else_is_refused(app: App) {
    let person = app.scheme_administrator();
    let first = proposes(&person, "one", CRORE);
    let (content, before) = (app.content(), app.audit_length());
    proposes(&person, "one", CRORE + 1).refused(422, "idempotency_key_reused");
    let spaced = format!("{} ", provision(CRORE));
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "one")];
    person
        .send("POST", "/budget-instruments", &headers, Some(spaced.as_bytes()))
        .unwrap()
        .refused(422, "idempotency_key_reused");
    let approval = format!("{}/approval", at("budget-instruments", &first.json()));
    person.post_with_key(&approval, "one", Some(1), &json!({})).unwrap().refused(422, "idempotency_key_reused");
    let codes = app.audit_behind(before);
    assert_eq!(codes.len(), 3);
    assert!(codes.iter().all(|code| code.ends_with("refused idempotency_key_reused")), "{codes:?}");
    assert_eq!(app.content(), content);
    replays(&first, &proposes(&person, "one", CRORE));
}

#[apply(on_both!)]
fn the_same_key_with_another_version_is_another_request(app: App) {
    let proposed = proposes(&app.scheme_administrator(), "one", CRORE).json();
    let path = format!("{}/approval", at("budget-instruments", &proposed));
    let other = app.other_scheme_administrator();
    let approves = |version: i64| other.post_with_key(&path, "yes", Some(version), &json!({})).unwrap();
    let first = approves(1);
    assert_eq!(first.status, 200, "{}", first.text());
    for version in [2, 0, 7] {
        approves(version).refused(422, "idempotency_key_reused");
    }
    replays(&first, &approves(1));
}

#[apply(on_both!)]
fn a_key_belongs_to_one_person(app: App) {
    let first = proposes(&app.scheme_administrator(), "one", CRORE);
    let second = proposes(&app.other_scheme_administrator(), "one", 2 * CRORE);
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(second.header("idempotency-replayed"), None);
    assert_ne!(first.json()["id"], second.json()["id"]);
    assert_ne!(first.json()["proposed_by"], second.json()["proposed_by"]);
}

#[apply(on_both!)]
fn concurrent_retries_have_one_effect(app: App) {
    let person = app.scheme_administrator();
    person.sees("/budget");
    let before = app.audit_length();
    let answers: Vec<Response> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..16).map(|_| scope.spawn(|| proposes(&person, "one", CRORE))).collect();
        sent.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(app.audit_behind(before), ["propose_budget_instrument done"]);
    assert_eq!(app.rows("budget_instruments").len(), 1);
    let first: Vec<_> = answers.iter().filter(|answer| answer.header("idempotency-replayed").is_none()).collect();
    assert_eq!(first.len(), 1);
    assert!(answers.iter().all(|answer| answer.status == 201 && answer.bytes == first[0].bytes));
}

#[apply(on_both!)]
fn concurrent_retries_of_a_payment_pay_once(app: App) {
    let advised = app.disbursing_officer().advises(&app.sanctioned_15_crore()).ok();
    let officer = app.disbursing_officer();
    let answer = json!({ "outcome": "succeeded", "utr": "SBINR52026050100000001", "paid_on": "2026-05-01", "amount_paise": 15 * CRORE });
    let path = format!("{}/settlement", at("payments", &advised));
    let before = app.audit_length();
    let settle = |key: String| officer.post_with_key(&path, &key, Some(1), &answer).unwrap();
    // Half of the requests share one key, the others have a key each.
    let key = |n: usize| if n.is_multiple_of(2) { "shared".to_owned() } else { format!("own-{n}") };
    let answers: Vec<Response> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..16).map(key).map(|key| scope.spawn(|| settle(key))).collect();
        sent.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let paid = answers.iter().filter(|answer| answer.status == 200 && answer.header("idempotency-replayed").is_none());
    assert_eq!(paid.count(), 1);
    let done = app.audit_behind(before).into_iter().filter(|entry| entry == "settle_payment done");
    assert_eq!(done.count(), 1);
    assert_eq!(app.rows("disbursements").len(), 1);
    assert_eq!(app.budget("component", "capital_subsidy", None)["disbursed_paise"], 15 * CRORE);
    app.must_verify();
}

#[apply(on_both!)]
fn a_refusal_is_not_kept_under_its_key(app: App) {
    let preparer = app.preparer();
    let form = app.good_form(&preparer, 900);
    let draft = || {
        preparer.post_with_key("/applications", "draft", None, &json!({ "scheme_code": SCHEME, "form": form })).unwrap()
    };
    let content = app.content();
    draft().refused(409, "window_closed");
    draft().refused(409, "window_closed");
    assert_eq!(app.content(), content);
    app.window_is_open();
    let made = draft();
    assert_eq!(made.status, 201);
    replays(&made, &draft());
    assert_eq!(app.rows("applications").len(), 1);
}

#[apply(on_both!)]
fn a_replay_needs_the_permission_still(app: App) {
    let person = app.scheme_administrator();
    proposes(&person, "one", CRORE).ok();
    let user = app.administrator().sees("/users")["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|user| user["email"] == person.email.as_str())
        .unwrap()
        .clone();
    let change = json!({ "name": "X", "roles": ["auditor"], "organisation_id": null, "disabled": false });
    app.administrator().put(&at("users", &user), 1, &change).unwrap().ok();
    proposes(&person, "one", CRORE).refused(403, "not_permitted");
}

#[apply(on_both!)]
fn an_upload_replays_too(app: App) {
    let verifier = app.verifier();
    let upload = |key: &str, name: &str, content: &[u8]| {
        let headers = [("Content-Type", "application/pdf"), ("Idempotency-Key", key)];
        verifier.send("POST", &format!("/evidence?file_name={name}"), &headers, Some(content)).unwrap()
    };
    verifier.get("/me").unwrap();
    let before = app.audit_length();
    let first = upload("one", "a.pdf", b"%PDF-1.4 a");
    replays(&first, &upload("one", "a.pdf", b"%PDF-1.4 a"));
    assert_eq!(app.audit_behind(before), ["upload_evidence done"]);
    upload("one", "a.pdf", b"%PDF-1.4 b").refused(422, "idempotency_key_reused");
    upload("one", "b.pdf", b"%PDF-1.4 a").refused(422, "idempotency_key_reused");
    assert_eq!(app.rows("evidence").len(), 1);
    let content = verifier.get(&format!("{}/content", at("evidence", &first.json()))).unwrap();
    assert_eq!(content.bytes, b"%PDF-1.4 a");
}

#[apply(on_both!)]
fn keys_survive_a_restart(mut app: App) {
    let first = proposes(&app.scheme_administrator(), "one", CRORE);
    app.serve(false);
    replays(&first, &proposes(&app.scheme_administrator(), "one", CRORE));
    assert_eq!(app.rows("budget_instruments").len(), 1);
}
