//! `Dry-Run`: offered on exactly the operations that move money or end a file, and never taken for the act.

use crate::harness::app::App;
use crate::harness::people::{Answered, at, version};
use crate::harness::rehearsing::{Rehearses, same};
use magnet_scheme::service::running::operation::Effect;
use magnet_scheme::web::routes::operations;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What can be rehearsed although no account changes: it stops with money, or ends a file.
const WITHOUT_BALANCES: &[&str] = &[
    "decide_excuse",
    "end_allotment",
    "invoke_security",
    "order_recovery",
    "refuse_budget_instrument",
    "release_security",
    "scrutinise_application",
    "settle_difference",
    "surrender_allotment",
    "withdraw_allocation",
    "withdraw_budget_instrument",
    "withdraw_scheme_draft",
    "withdraw_show_cause",
];

/// What moves money in many commands, one for each line of a request or file: it has no rehearsal as a whole.
const OF_MANY: &[&str] = &["settle_payments", "upload_treasury_return"];

#[apply(plain!)]
fn what_moves_money_or_ends_a_file_can_be_rehearsed_and_nothing_else() {
    let named = |list: &[&'static str]| list.iter().copied().collect::<BTreeSet<&str>>();
    let all = &operations().0;
    let rehearsed: BTreeSet<&str> = all.iter().filter(|(_, one)| one.rehearses).map(|(id, _)| id.as_str()).collect();
    let moving = all.iter().filter(|(_, one)| one.moves_money || one.stops_with_money);
    let moving: BTreeSet<&str> = moving.map(|(id, _)| id.as_str()).filter(|id| !OF_MANY.contains(id)).collect();
    assert!(moving.is_subset(&rehearsed), "{:?}", moving.difference(&rehearsed));
    let others: BTreeSet<&str> = rehearsed.iter().copied().filter(|id| !all[*id].moves_money).collect();
    assert_eq!(others, named(WITHOUT_BALANCES));
    assert!(rehearsed.iter().all(|id| all[*id].effect == Effect::Changes && all[*id].command.is_some()));
}

#[apply(plain!)]
fn the_description_has_the_header_on_exactly_these() {
    let document: Value = serde_json::from_str(&magnet_scheme::web::openapi::description().text).unwrap();
    let mut described = BTreeSet::new();
    for (_, item) in document["paths"].as_object().unwrap() {
        for (_, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let header = operation["parameters"].as_array().into_iter().flatten().find(|one| one["name"] == "Dry-Run");
            let answer = operation["responses"]["200"].to_string();
            assert_eq!(header.is_some(), answer.contains("#/components/schemas/Rehearsal"), "{id}");
            let busy = operation["responses"]["503"]["description"].as_str().unwrap().contains("cannot_preview_now");
            assert_eq!(header.is_some(), busy, "{id}");
            if let Some(header) = header {
                assert_eq!((header["in"].as_str(), header["required"].as_bool()), (Some("header"), Some(false)));
                described.insert(id.to_owned());
            }
        }
    }
    let declared: BTreeSet<String> =
        operations().0.iter().filter(|(_, one)| one.rehearses).map(|(id, _)| id.clone()).collect();
    assert_eq!(described, declared);
    assert!(
        document["components"]["schemas"]["Rehearsal"]["properties"]["balances"]["items"]["$ref"]
            .as_str()
            .is_some_and(|place| document.pointer(place.trim_start_matches('#')).is_some())
    );
}

/// Sends every operation of the interface with `Dry-Run: true`, as people who may do much, and looks at
/// all tables: what cannot be rehearsed is refused before anything happens.
#[apply(on_sqlite!)]
fn nothing_is_ever_done_when_only_a_rehearsal_is_asked_for(app: App) {
    let officer = app.person("officer", &["finance_officer", "competent_authority", "disbursing_officer"], None);
    let people = [app.administrator(), app.scheme_administrator(), app.verifier(), app.signatory(), officer];
    people.iter().for_each(|person| drop(person.get("/me").unwrap()));
    let before = app.dump().everything();
    let provision = json!({ "kind": "provision", "scheme_code": crate::harness::people::SCHEME, "component": "capital_subsidy",
        "financial_year": "2026-27", "amount_paise": 1, "reference": "D", "dated_on": "2026-04-01" });
    let mut offered = 0;
    for (method, path, operation) in app.operations() {
        let id = operation["operationId"].as_str().unwrap();
        let path = path.trim_start_matches("/api/v1");
        let path =
            path.replace("{id}", &uuid::Uuid::now_v7().to_string()).replace("{code}", crate::harness::people::SCHEME);
        let headers = [
            ("Content-Type", "application/json"),
            ("Dry-Run", "true"),
            ("Idempotency-Key", "dry"),
            ("If-Match", "\"1\""),
        ];
        let body = provision.to_string();
        let body = (method != "GET").then_some(body.as_bytes());
        let rehearses = operations().0.get(id).is_some_and(|one| one.rehearses);
        offered += usize::from(rehearses);
        for person in &people {
            let answer = person.send(&method, &path, &headers, body).unwrap();
            let code = answer.json()["code"].clone();
            // Whoever may not use the operation is told that first.
            let not_offered = code == "dry_run_not_offered" || !rehearses && code == "not_permitted";
            assert_eq!(not_offered, !rehearses, "{method} {path}: {}", answer.text());
            assert!(answer.status >= 400, "{method} {path}: {}", answer.text());
        }
    }
    same("a rehearsal", &before, &app.dump().everything());
    assert!(offered > 20, "{offered}");
}

#[apply(on_sqlite!)]
fn dry_run_is_true_or_false_and_said_once(app: App) {
    let concurred = app.concurred(&app.tranche_of_15_crore());
    let authority = app.competent_authority();
    let path = format!("{}/sanction", at("tranches", &concurred));
    let note = json!({ "note": "seen" }).to_string();
    authority.get("/me").unwrap();
    let send = |dry_run: &[&str], key: &str| {
        let tag = format!("\"{}\"", version(&concurred).unwrap());
        let mut headers =
            vec![("Content-Type", "application/json"), ("If-Match", tag.as_str()), ("Idempotency-Key", key)];
        headers.extend(dry_run.iter().map(|value| ("Dry-Run", *value)));
        authority.send("POST", &path, &headers, Some(note.as_bytes())).unwrap()
    };
    let before = app.dump().everything();
    for wrong in ["True", "TRUE", "1", "yes", "", "?1", "true, true", "no"] {
        send(&[wrong], "k").refused(400, "bad_header");
    }
    send(&["true", "true"], "k").refused(400, "bad_header");
    send(&["true", "false"], "k").refused(400, "bad_header");
    let wrong_on_a_read = authority.send("GET", "/budget", &[("Dry-Run", "maybe")], None).unwrap();
    wrong_on_a_read.refused(400, "bad_header");
    same("a header", &before, &app.dump().everything());
    // A key that comes with a rehearsal is not used up: the act under it is done, and then replayed.
    authority.rehearsed(&path, version(&concurred), &json!({ "note": "seen" }));
    while send(&["true"], "k").status == 503 {}
    same("a rehearsal under a key", &before, &app.dump().everything());
    let done = send(&["false"], "k");
    assert_eq!((done.header("idempotency-replayed"), done.header("dry-run")), (None, None));
    assert_eq!(done.ok()["sanction"]["number"], "NDFEB/2026-27/SAN/0001");
    assert_eq!(send(&[], "k").header("idempotency-replayed"), Some("true"));
    // What is done already is rehearsed like a second act, not replayed.
    authority.rehearses(&path, version(&concurred), &json!({ "note": "seen" })).refused(412, "stale_version");
}
