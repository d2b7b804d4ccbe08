//! What is decided before a request is read: who may not act is told so whatever they send, parameters that an
//! operation does not have are refused, and no words of a parser reach anybody.

use crate::harness::app::App;
use crate::harness::people::{Answered, SCHEME};
use crate::harness::problem::problem;
use domain::base::permission::{Permission, Role};
use magnet_scheme::client::{Person, Response};
use magnet_scheme::service::running::operation::{Effect, Operation};
use magnet_scheme::web::routes::operations;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What parsers say, and no answer may.
const OF_PARSERS: &[&str] = &[
    "invalid type",
    "invalid value",
    "invalid length",
    "invalid digit",
    "missing field",
    "unknown field",
    "unknown variant",
    "duplicate field",
    ", expected",
    "at line ",
    "eof while",
    "trailing",
    "struct ",
    "variant",
    "deserialize",
    "uuid parsing",
    "premature",
];

/// Method, path and declaration of every operation; a selection has the declaration of all.
pub(in crate::edge) fn all(app: &App) -> Vec<(String, String, Operation, Value)> {
    let declared = |id: &str| {
        let of_selection = id.strip_prefix("list_selected_").map(|_| "list_selection");
        let of_export = id.strip_prefix("export_selected_").map(|_| "export_selection");
        operations().0.get(of_selection.or(of_export).unwrap_or(id)).copied()
    };
    let described = app.operations().into_iter();
    let found = described.filter_map(|(method, path, operation)| {
        let declared = declared(operation["operationId"].as_str()?)?;
        Some((method, filled(&path), declared, operation))
    });
    found.collect()
}

/// A path with something in the place of each part in braces, and what the operation requires in its address.
fn filled(path: &str) -> String {
    let id = uuid::Uuid::now_v7().to_string();
    let parts = [
        ("{id}", id.as_str()),
        ("{code}", SCHEME),
        ("{version}", "1"),
        ("{entry}", "1"),
        ("{round}", "1"),
        ("{line}", "1"),
        ("{path}", "000.p/1"),
        ("{table}", "awards"),
    ];
    let path = parts.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
    path.trim_start_matches("/api/v1").to_owned()
}

/// A person with this role.
fn with_role(app: &App, role: Role) -> Arc<Person> {
    match role {
        Role::Preparer => app.preparer(),
        Role::Signatory => app.signatory(),
        Role::Administrator => app.administrator(),
        role => app.person(&format!("only-{role}"), &[role.as_str()], None),
    }
}

/// A person with each role, signed in.
fn with_each_role(app: &App) -> BTreeMap<Role, Arc<Person>> {
    let people: BTreeMap<Role, _> = Role::ALL.iter().map(|role| (*role, with_role(app, *role))).collect();
    people.values().for_each(|one| assert_eq!(one.get("/me").unwrap().status, 200));
    people
}

/// Somebody whose roles do not hold a permission.
fn without(app: &App, permission: Permission) -> Option<Arc<Person>> {
    let others = [Role::Auditor, Role::Administrator, Role::Preparer];
    others.into_iter().find(|role| !permission.roles().contains(role)).map(|role| with_role(app, role))
}

fn sends(person: &Person, method: &str, path: &str, language: &str, body: &[u8]) -> Response {
    let key = uuid::Uuid::now_v7().to_string();
    let headers = [
        ("Content-Type", "application/json"),
        ("Idempotency-Key", key.as_str()),
        ("If-Match", "\"1\""),
        ("Accept-Language", language),
    ];
    let body = Some(body).filter(|_| method != "GET");
    person.send(method, path, &headers, body).unwrap()
}

#[track_caller]
fn has_no_words_of_parsers(answer: &Response, path: &str) {
    let text = answer.text().to_lowercase();
    for words in OF_PARSERS {
        assert!(!text.contains(words), "{words} at {path}: {text}");
    }
}

#[apply(on_both!)]
fn whoever_may_not_act_is_told_so_whatever_they_send(app: App) {
    let acts = all(&app).into_iter().filter(|(_, _, declared, _)| declared.effect != Effect::Reads);
    let mut tried = 0;
    for (method, path, declared, _) in acts {
        let Some(person) = declared.permission.and_then(|permission| without(&app, permission)) else { continue };
        person.get("/me").unwrap();
        for (language, body, query) in
            [("en", "{", ""), ("hi", "{}", ""), ("en", "{\"x\":1}", "?nonsense=1"), ("hi", "[]", "")]
        {
            let before = app.audit_length();
            let answer = sends(&person, &method, &format!("{path}{query}"), language, body.as_bytes());
            has_no_words_of_parsers(&answer, &path);
            assert_eq!(answer.status, 403, "{method} {path} with {body}: {}", answer.text());
            let refused = problem(answer, 403, "not_permitted");
            assert_eq!(refused["errors"], Value::Null, "{method} {path}");
            if let Some(command) = declared.command {
                assert_eq!(app.audit_behind(before), [format!("{command} refused not_permitted")], "{method} {path}");
            }
        }
        tried += 1;
    }
    assert!(tried > 60, "{tried}");
}

#[apply(on_both!)]
fn every_step_of_whoever_may_take_it_needs_a_key(app: App) {
    let people = with_each_role(&app);
    let (content, before) = (app.content(), app.audit_length());
    let mut steps = 0;
    for (method, path, declared, operation) in all(&app) {
        let asks = magnet_scheme::web::routes::asks(operation["operationId"].as_str().unwrap());
        if method != "POST" || declared.is_open() || asks || path.starts_with("/evidence") {
            continue;
        }
        let holder = declared.permission.map_or(Role::Administrator, |permission| permission.roles()[0]);
        let headers = [("Content-Type", "application/json"), ("If-Match", "\"1\"")];
        let answer = people[&holder].send("POST", &path, &headers, Some(b"{}")).unwrap();
        answer.refused(400, "idempotency_key_missing");
        steps += 1;
    }
    assert!(steps > 60, "{steps}");
    assert_eq!((app.content(), app.audit_length()), (content, before));
}

#[apply(on_both!)]
fn no_body_brings_the_words_of_a_parser_to_anybody(app: App) {
    let bodies =
        ["{}", "{\"nonsense\":1}", "[]", "{", "{\"text\":}", "7", "{\"text\":7,\"claim_id\":\"x\",\"reference\":[]}"];
    for (method, path, declared, operation) in all(&app) {
        let takes = operation["requestBody"]["content"].get("application/json").is_some();
        let Some(permission) = declared.permission.filter(|_| takes) else { continue };
        let Some(role) = permission.roles().first() else { continue };
        let person = with_role(&app, *role);
        for body in bodies {
            let answers = ["en", "hi"].map(|language| sends(&person, &method, &path, language, body.as_bytes()));
            let [english, hindi] = &answers;
            answers.iter().for_each(|answer| has_no_words_of_parsers(answer, &path));
            if english.status != 400 {
                continue;
            }
            let (english, hindi) = (english.json(), hindi.json());
            assert_eq!(english["code"], "malformed_json", "{path}: {english}");
            let pointers = |told: &Value| -> Vec<(String, String)> {
                let errors = told["errors"].as_array().unwrap().iter();
                errors
                    .map(|one| (one["pointer"].as_str().unwrap().to_owned(), one["code"].as_str().unwrap().to_owned()))
                    .collect()
            };
            assert!(!pointers(&english).is_empty(), "{path}: {english}");
            assert_eq!(pointers(&english), pointers(&hindi), "{path}");
            assert_ne!(english["errors"][0]["reason"], hindi["errors"][0]["reason"], "{path}");
        }
    }
}

#[apply(on_both!)]
fn every_fault_of_a_body_is_named_at_once(app: App) {
    let person = app.scheme_administrator();
    let body = json!({ "kind": "gift", "scheme_code": SCHEME, "component": 7, "amount_paise": 1.5, "dated_on": "soon", "more": 1 });
    let told = problem(
        sends(&person, "POST", "/budget-instruments", "en", body.to_string().as_bytes()),
        400,
        "malformed_json",
    );
    let mut found: Vec<(&str, &str)> = told["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["pointer"].as_str().unwrap(), one["code"].as_str().unwrap()))
        .collect();
    found.sort_unstable();
    let expected = [
        ("/amount_paise", "json_whole"),
        ("/component", "one_of"),
        ("/dated_on", "a_day"),
        ("/kind", "one_of"),
        ("/more", "unknown_field"),
        ("/reference", "missing"),
    ];
    assert_eq!(found, expected);
}

/// Whether a fault of a parameter says its name, apart from its place.
fn names_its_parameter(error: &Value) -> bool {
    error["parameter"].as_str().is_some_and(|name| error["pointer"] == format!("?{name}"))
}

#[apply(on_both!)]
fn no_operation_takes_a_parameter_that_it_does_not_have(app: App) {
    let people = with_each_role(&app);
    let content = app.content();
    for (method, path, declared, _) in all(&app) {
        let role = declared.permission.map_or(Some(&Role::Preparer), |permission| permission.roles().first());
        // Some kinds of records are for auditors alone.
        let role = if path.starts_with("/selections/") { Some(&Role::Auditor) } else { role };
        let Some(person) = role.map(|role| &people[role]) else { continue };
        let acts = app.audit_length();
        for query in ["?dry_run=true&nonsense=1", "?nonsense=1&dry_run=true"] {
            let answer = sends(person, &method, &format!("{path}{query}"), "en", b"{}");
            assert_eq!(answer.status, 400, "{method} {path}{query}: {}", answer.text());
            has_no_words_of_parsers(&answer, &path);
            let told = problem(answer, 400, "bad_parameter");
            let errors = told["errors"].as_array().unwrap_or_else(|| panic!("{method} {path}: {told}"));
            let mut names: Vec<&str> = errors.iter().map(|one| one["pointer"].as_str().unwrap()).collect();
            names.sort_unstable();
            assert_eq!(names, ["?dry_run", "?nonsense"], "{method} {path}");
            assert!(errors.iter().all(names_its_parameter), "{method} {path}: {told}");
        }
        assert_eq!(app.audit_length(), acts, "{method} {path}");
    }
    assert_eq!(app.content(), content);
}

#[apply(on_both!)]
fn a_parameter_that_cannot_be_read_is_named_with_what_is_expected(app: App) {
    let auditor = app.auditor();
    for (path, named) in [
        (
            "/letters?direction=sideways&limit=ten&claim_id=x",
            &[("?claim_id", "an_id"), ("?direction", "one_of"), ("?limit", "range")][..],
        ),
        ("/log/inclusion", &[("?entry", "missing")]),
        ("/worklist?limit=-1", &[("?limit", "range")]),
        ("/worklist?limit=0", &[("?limit", "range")]),
        ("/audit-log?limit=1001", &[("?limit", "range")]),
        ("/selections/disbursements?beneficiary_contains=", &[("?beneficiary_contains", "empty")]),
        ("/selections/disbursements?amount_paise_contains=1", &[("?amount_paise_contains", "contains_text")]),
        ("/selections/disbursements?sort=nothing", &[("?sort", "sort_field")]),
        ("/budget?known_at=2026-05-01T06:30:00Z&known_at=now", &[("?known_at", "twice")]),
        ("/budget?known_at=1999-05-01T06:30:00Z", &[("?known_at", "known_since")]),
        ("/disbursements?limit=1&limit=2", &[("?limit", "twice")]),
        ("/disbursements?paid_from=-0001-01-01", &[("?paid_from", "year_range")]),
        ("/disbursements?paid_from=2026-02-30", &[("?paid_from", "a_day")]),
        ("/disbursements?paid_from=2026-2-3", &[("?paid_from", "a_day")]),
    ] {
        let told = problem(auditor.get(path).unwrap(), 400, "bad_parameter");
        let mut found: Vec<(&str, &str)> = told["errors"]
            .as_array()
            .unwrap_or_else(|| panic!("{path}: {told}"))
            .iter()
            .map(|one| (one["pointer"].as_str().unwrap(), one["code"].as_str().unwrap()))
            .collect();
        found.sort_unstable();
        assert_eq!(found, named, "{path}");
        assert!(told["errors"].as_array().unwrap().iter().all(names_its_parameter), "{path}: {told}");
    }
    for path in [
        "/budget?as_of=-0001-01-01",
        "/budget?as_of=0000-01-01",
        "/budget?as_of=1899-12-31",
        "/budget?known_at=0001-01-01T00:00:00Z",
    ] {
        problem(auditor.get(path).unwrap(), 400, "bad_parameter");
    }
    auditor.get("/selections/disbursements?paid_on_from=-0001-01-01").unwrap().refused(400, "bad_parameter");
}

#[apply(on_both!)]
fn a_cursor_that_no_page_of_the_list_gave_is_refused_by_every_list(app: App) {
    let people = with_each_role(&app);
    let mut tried = BTreeSet::new();
    for (method, path, declared, operation) in all(&app) {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        if !parameters.iter().any(|one| one["name"] == "cursor") {
            continue;
        }
        // A list without a permission is for everybody, and some kinds of records are for auditors alone.
        let role = declared.permission.and_then(|permission| permission.roles().last());
        let role = role.filter(|_| !path.starts_with("/selections")).unwrap_or(&Role::Auditor);
        let person = &people[role];
        let any = [uuid::Uuid::now_v7(), uuid::Uuid::nil(), uuid::Uuid::max()].map(|id| id.to_string());
        for cursor in ["garbage", "0", "-1", "", "9999-12-31", "2026-05-01.tranche"]
            .into_iter()
            .chain(any.iter().map(String::as_str))
        {
            let answer = sends(person, &method, &format!("{path}?cursor={cursor}"), "en", b"");
            // A list of a record that does not exist.
            if answer.status == 404 && operation["operationId"].as_str().unwrap().starts_with("list_sample_") {
                continue;
            }
            let told = problem(answer, 400, "bad_parameter");
            let named = (&told["errors"][0]["pointer"], &told["errors"][0]["code"]);
            assert_eq!(named, (&json!("?cursor"), &json!("cursor")), "{path}?cursor={cursor}");
        }
        tried.insert(path);
    }
    assert!(tried.len() > 15, "{tried:?}");
}

#[apply(on_both!)]
fn whoever_may_not_select_hears_nothing_of_the_fields(app: App) {
    let preparer = app.preparer();
    preparer.get("/me").unwrap();
    for query in ["", "?zzz=1", "?sort=zzz", "?limit=0", "?cursor=x", "?known_at=x", "?as_of=1900-01-01"] {
        for path in ["/selections/acts", "/selections/acts/export"] {
            problem(preparer.get(&format!("{path}{query}")).unwrap(), 403, "not_permitted");
        }
    }
    problem(app.auditor().get("/selections/acts?zzz=1").unwrap(), 400, "bad_parameter");
}

#[apply(on_both!)]
fn no_moment_is_an_error_of_the_service(app: App) {
    app.window_is_open();
    let people = with_each_role(&app);
    let first = app.acts().into_iter().map(|act| act["recorded_at"].as_str().unwrap().to_owned()).min().unwrap();
    for (method, path, declared, _) in all(&app).into_iter().filter(|(method, ..)| method == "GET") {
        let role = declared.permission.map_or(Some(&Role::Auditor), |permission| permission.roles().last());
        let role = if path.starts_with("/selections/") { Some(&Role::Auditor) } else { role };
        let Some(person) = role.map(|role| &people[role]) else { continue };
        let join = if path.contains('?') { '&' } else { '?' };
        let before = format!("{path}{join}known_at=1999-01-01T00:00:00Z");
        problem(sends(person, &method, &before, "en", b""), 400, "bad_parameter");
        let answer = sends(person, &method, &format!("{path}{join}known_at={first}"), "en", b"");
        assert!(answer.status < 500, "{path}: {}", answer.text());
    }
}
