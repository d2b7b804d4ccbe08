//! The OpenAPI document describes the interface as it is.

use crate::harness::app::App;
use crate::harness::people::{Answered, SCHEME};
use crate::harness::problem::problem;
use crate::tidy::sources;
use domain::base::refusal::Refusal;
use domain::desk::selection::Subject;
use magnet_scheme::web::edge::problem::{EDGE_CODES, PAGE_CODES, refusal_status};
use magnet_scheme::web::routes::asks;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn document() -> Value {
    serde_json::from_str(&magnet_scheme::web::openapi::description().text).unwrap()
}

/// Method, path and description of every operation.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| (method.clone(), path.clone(), operation))
    });
    operations.collect()
}

#[apply(on_sqlite!)]
fn the_document_is_served_as_the_program_prints_it(app: App) {
    let served = app.anybody("GET", "/api/v1/openapi.json", None);
    assert_eq!(served.header("content-type"), Some("application/json"));
    let served = served.json();
    assert_eq!(served, document());
    assert_eq!(served["openapi"], "3.1.0");
    assert_eq!(served["info"]["version"], env!("CARGO_PKG_VERSION"));
    assert!(served["info"]["title"].is_string() && served["info"]["license"]["identifier"].is_string());
}

/// Two types with one name of a schema would describe each other's bodies. A body is never a plain text or number.
#[apply(plain!)]
fn every_body_of_json_is_an_object_with_its_fields() {
    let document = document();
    let mut bodies = 0;
    for (_, path, operation) in operations(&document) {
        let content = &operation["requestBody"]["content"]["application/json"];
        let Some(name) = content["schema"]["$ref"].as_str() else { continue };
        let schema = document.pointer(name.trim_start_matches('#')).unwrap();
        let is_object = schema["type"] == "object" || schema["oneOf"].is_array() || schema["allOf"].is_array();
        assert!(is_object, "{path}: {name} is {schema}");
        bodies += 1;
    }
    assert!(bodies > 60, "{bodies}");
}

/// `name → (method, path)` of every handler below `src/web` that the route table names, read from the source.
fn handlers() -> BTreeMap<String, (String, String)> {
    let sources = sources("src/web");
    let (_, table) = sources.iter().find(|(name, _)| name == "src/web/routes.rs").unwrap();
    let in_table: BTreeSet<&str> = table.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let mut found = BTreeMap::new();
    for (_, text) in &sources {
        let mut route = None;
        for line in text.lines() {
            for method in ["get", "post", "put", "delete", "patch"] {
                if let Some(path) = line.strip_prefix(&format!("#[{method}(\"")) {
                    let path = path.split('"').next().unwrap().replace(":.*}", "}");
                    route = Some((method.to_owned(), format!("/api/v1{path}")));
                }
            }
            let handler = line.split_once("async fn ").and_then(|(_, rest)| rest.split('(').next());
            let Some((name, route)) = handler.and_then(|name| Some((name, route.take()?))) else { continue };
            if in_table.contains(name) {
                assert!(found.insert(name.to_owned(), route).is_none(), "{name} twice");
            }
        }
    }
    found
}

#[apply(plain!)]
fn every_handler_is_described_and_nothing_else() {
    let document = document();
    let described: BTreeMap<String, (String, String)> = operations(&document)
        .into_iter()
        .map(|(method, path, operation)| (operation["operationId"].as_str().unwrap().to_owned(), (method, path)))
        .collect();
    let mut handlers = handlers();
    for (handler, verb) in [("list_selection", "list"), ("export_selection", "export")] {
        let (method, path) = handlers.remove(handler).unwrap();
        for subject in Subject::ALL {
            let path = path.replace("{subject}", subject.as_str());
            handlers.insert(format!("{verb}_selected_{subject}"), (method.clone(), path));
        }
    }
    assert_eq!(described, handlers);
    assert_eq!(described.len(), operations(&document).len(), "operation ids are unique");
}

#[apply(plain!)]
fn every_operation_says_all_that_a_client_needs() {
    let document = document();
    let tags: BTreeSet<&str> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    for (method, path, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        let summary = operation["summary"].as_str().unwrap_or_default();
        let is_line = summary.ends_with('.') && !summary.contains('\n') && summary.chars().count() <= 120;
        assert!(is_line, "{name}: a summary is a sentence of at most 120 characters on one line, not {summary:?}");
        let open = operation["security"] == json!([]);
        assert!(open || operation["security"] == json!([{ "access_token": [] }]), "{name}");
        assert!(operation["tags"].as_array().unwrap().iter().all(|tag| tags.contains(tag.as_str().unwrap())), "{name}");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{name}");
        for (status, response) in responses {
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{name} {status}");
            if status == "304" {
                assert!(method == "get" && response["content"].is_null(), "{name} {status}");
            } else if !status.starts_with('2') {
                let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Problem", "{name} {status}");
            } else if status != "204" {
                assert!(response["content"].as_object().is_some_and(|content| !content.is_empty()), "{name} {status}");
            }
        }
        assert_eq!(responses.contains_key("401"), !open || ["sign_in", "refresh_session"].contains(&name), "{name}");
        assert_eq!(responses.contains_key("403"), !open, "{name}");
        let takes = |header: &str| parameters(operation).iter().any(|parameter| parameter == header);
        let mut placed: Vec<(&Value, &Value)> =
            operation["parameters"].as_array().into_iter().flatten().map(|one| (&one["in"], &one["name"])).collect();
        let count = placed.len();
        placed.sort_by_key(|(place, name)| (place.to_string(), name.to_string()));
        placed.dedup();
        assert_eq!(placed.len(), count, "{name} describes each parameter once: {placed:?}");
        assert_eq!(takes("Idempotency-Key"), method == "post" && !open && !asks(name), "{name}");
        let in_path = path.matches('{').count();
        let listed = operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "path");
        assert_eq!(listed.count(), in_path, "{name} describes every part of {path}");
    }
    assert_eq!(document["components"]["securitySchemes"]["access_token"]["scheme"], "bearer");
}

fn parameters(operation: &Value) -> Vec<String> {
    let all = operation["parameters"].as_array().cloned().unwrap_or_default();
    all.iter().map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
}

#[apply(plain!)]
fn every_refusal_is_on_an_operation() {
    let document = document();
    let text: String = operations(&document)
        .iter()
        .flat_map(|(.., operation)| operation["responses"].as_object().unwrap().values())
        .map(|response| response["description"].as_str().unwrap())
        .collect();
    for code in Refusal::CODES {
        assert!(text.contains(&format!("`{code}`")), "no operation says that it can end with {code}");
    }
    for (code, ..) in EDGE_CODES {
        // A path that does not know the method has no operation in the document.
        assert_eq!(text.contains(&format!("`{code}`")), *code != "method_not_allowed", "{code}");
    }
    let listed: BTreeSet<&str> = document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code.as_str().unwrap())
        .collect();
    assert_eq!(listed, EDGE_CODES.iter().map(|(code, ..)| *code).chain(Refusal::CODES.iter().copied()).collect());
}

fn references<'d>(value: &'d Value, found: &mut Vec<&'d str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[apply(plain!)]
fn every_reference_resolves() {
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 100, "{}", found.len());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads elsewhere"));
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[apply(plain!)]
fn a_step_on_something_that_exists_takes_its_version() {
    // Lodging another guarantee changes no version of the award, and running a saved query changes no
    // version of the query. Letters and lines of the treasury have no version: they never change. Asking for an
    // opening of bids changes no scheme.
    let without =
        ["lodge_security", "open_window", "ask_bid_opening", "run_saved_query", "close_letter", "close_treasury_line"];
    let document = document();
    for (method, path, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        let on_record =
            path.contains('{') && (method == "post" || method == "put") && !without.contains(&name) && !asks(name);
        let takes = parameters(operation).contains(&"If-Match".to_owned());
        let responses = operation["responses"].as_object().unwrap();
        assert_eq!(takes, on_record, "{name}");
        let can_be_stale = responses.get("412").is_some_and(|one| one.to_string().contains("`stale_version`"));
        assert_eq!((can_be_stale, responses.contains_key("428")), (on_record, on_record), "{name}");
    }
}

#[apply(plain!)]
fn words_of_enums_are_those_that_are_sent() {
    let document = document();
    let mut words = 0;
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for word in schema["enum"].as_array().into_iter().flatten() {
            let word = word.as_str().unwrap();
            // Documents have the codes of e-invoices.
            assert!(word == word.to_lowercase() || name == "DocumentType", "{name} says {word}");
            words += 1;
        }
    }
    assert!(words > 60, "{words}");
}

#[apply(on_both!)]
fn every_problem_code_is_explained(app: App) {
    let of_rules = Refusal::CODES.iter().map(|code| (*code, refusal_status(code)));
    let known = EDGE_CODES.iter().chain(PAGE_CODES).map(|(code, status, _)| (*code, *status));
    let known: Vec<(&str, u16)> = known.chain(of_rules).collect();
    for language in ["en", "hi"] {
        let mut bodies = BTreeSet::new();
        for (code, status) in &known {
            let headers = [("Accept", "*/*"), ("Accept-Language", language)];
            let told = app.client.send("GET", &format!("/problems/{code}"), &headers, None).unwrap();
            assert_eq!((told.status, told.header("content-type")), (200, Some("text/plain; charset=utf-8")), "{code}");
            assert_eq!(told.header("content-language"), Some(language));
            // A long one is compressed for whoever takes that.
            assert!(told.header("vary").unwrap().starts_with("Accept, Accept-Language"), "{code}");
            let text = told.text();
            let parts: Vec<&str> = text.split("\n\n").collect();
            assert_eq!((parts.len(), parts[0]), (3, format!("{code} (HTTP {status})").as_str()));
            let is_hindi = |part: &str| part.contains(|letter: char| ('\u{900}'..='\u{97f}').contains(&letter));
            assert!(parts[1..].iter().all(|part| is_hindi(part) == (language == "hi")), "{code}: {text}");
            assert!(bodies.insert(parts[2].to_owned()), "{code} is explained like another");
        }
    }
    app.anybody("GET", "/problems/NOT_FOUND", None).refused(404, "not_found");
}

/// The parts of a text that make a browser fetch something from another host.
fn foreign(text: &str) -> Vec<&str> {
    let calls = [
        "src=\"http",
        "src=\"//",
        "href=\"http",
        "href=\"//",
        "url(http",
        "url(//",
        "import(\"http",
        "fetch(\"http",
        "integrity=\"http",
    ];
    calls.into_iter().filter(|call| text.contains(call)).collect()
}

#[apply(on_sqlite!)]
fn the_reference_is_served_whole_and_calls_nobody(app: App) {
    let moved = app.anybody("GET", "/docs", None);
    assert_eq!((moved.status, moved.header("location")), (308, Some("/docs/")));
    let page = app.anybody("GET", "/docs/", None);
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    let policy = page.header("content-security-policy").unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("http"), "{policy}");
    let html = page.text();
    assert_eq!(foreign(&html), Vec::<&str>::new());
    assert!(!html.contains("<script>"), "an inline script would not run");
    let mut parts = 0;
    for piece in html.split(['"', '\'']).filter(|piece| piece.ends_with(".js") || piece.ends_with(".css")) {
        let path = format!("/docs/{}", piece.trim_start_matches("./").trim_start_matches("/docs/"));
        let part = app.anybody("GET", &path, None);
        assert_eq!(part.status, 200, "{path}");
        assert_eq!(foreign(&part.text()), Vec::<&str>::new(), "{path}");
        parts += 1;
    }
    assert!(parts >= 3, "{html}");
    let first = app.anybody("GET", "/docs/swagger-initializer.js", None);
    assert!(first.text().contains("/api/v1/openapi.json"), "{}", first.text());
    // What stands at the root is a page of the portal.
    let root = app.anybody("GET", "/", None);
    assert!(root.status == 303 || root.status == 302 || root.status == 307, "{}", root.status);
    assert!(root.header("location").is_some_and(|to| to.starts_with("/en")));
}

#[apply(on_sqlite!)]
fn nonsense_to_any_writing_route_is_only_refused(app: App) {
    let people =
        [app.verifier(), app.preparer(), app.disbursing_officer(), app.administrator(), app.scheme_administrator()];
    people.iter().for_each(|person| assert_eq!(person.get("/me").unwrap().status, 200));
    let huge = format!("{{\"nonsense\":{}}}", "9".repeat(400));
    let bodies =
        ["{\"nonsense\":1}", "[]", "\"x\"", "null", "99999999999999999999999999", "-1e999", "true", "{", &*huge];
    let content = app.content();
    let routes: Vec<(String, String)> = app
        .operations()
        .into_iter()
        .filter(|(method, ..)| method == "POST" || method == "PUT")
        .map(|(method, path, _)| (method, path.replace("{id}", &uuid::Uuid::now_v7().to_string())))
        .map(|(method, path)| (method, path.replace("{code}", SCHEME).replace("{round}", "1").replace("{line}", "1")))
        .collect();
    assert!(routes.len() > 30, "{}", routes.len());
    for (route, (method, path)) in routes.iter().enumerate() {
        for (turn, body) in bodies.into_iter().enumerate() {
            // Each person sends something to every route; whoever may use it sends everything in `edge::gate`.
            for person in [&people[(route + turn) % people.len()], &people[(route + turn + 2) % people.len()]] {
                let headers =
                    [("Content-Type", "application/json"), ("Idempotency-Key", "nonsense"), ("If-Match", "\"1\"")];
                let path = path.trim_start_matches("/api/v1");
                let answer = person.send(method, path, &headers, Some(body.as_bytes())).unwrap();
                let file =
                    ["/evidence", "/treasury-returns", "/bank-scrolls"].contains(&path) || path.ends_with("/lines");
                let allowed: &[u16] = if file { &[400, 403, 415] } else { &[400, 403] };
                assert!(allowed.contains(&answer.status), "{method} {path} {body}: {}", answer.text());
                let code = answer.json()["code"].as_str().unwrap().to_owned();
                problem(answer.clone(), answer.status, &code);
            }
        }
    }
    // So many attempts take longer than an access token lives.
    let without_sessions = |mut content: BTreeMap<String, Vec<String>>| {
        content.retain(|table, _| !["sessions", "refresh_tokens"].contains(&table.as_str()));
        content
    };
    assert_eq!(without_sessions(app.content()), without_sessions(content));
}
