//! Every problem that is found before a rule is asked, provoked once and read in Hindi: what is in Latin letters is a
//! code, a name of the interface, or what was sent.

use crate::edge::languages::LATIN;
use crate::harness::app::App;
use crate::tidy::sources;
use magnet_scheme::client::{Person, Response};
use magnet_scheme::web::edge::problem::SAYS_MORE;
use serde_json::Value;

#[apply(plain!)]
fn a_detail_that_says_more_is_said_in_every_language() {
    for (name, text) in sources("src") {
        for code in SAYS_MORE {
            let alone = format!("Problem::edge(\"{code}\"");
            assert!(!text.contains(&alone), "{name}: {code} is made by Problem::because, or with its fields");
        }
    }
}

/// Every text among the arguments of a problem: what is the same in every language.
fn texts_of(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if members.get("kind").is_some_and(|kind| kind == "text")
                && let Some(text) = members["value"].as_str()
            {
                found.push(text.to_owned());
            }
            members.values().for_each(|member| texts_of(member, found));
        }
        Value::Array(values) => values.iter().for_each(|one| texts_of(one, found)),
        _ => {}
    }
}

/// What is left of a Hindi text without arguments, pointers, and what must be typed in Latin letters.
fn without_codes(text: &str, arguments: &[String]) -> String {
    let mut plain = arguments.iter().fold(text.to_owned(), |text, argument| text.replace(argument, ""));
    for pointer in text.split([' ', '(', ')']).filter(|part| part.starts_with(['/', '?'])) {
        plain = plain.replace(pointer, "");
    }
    let mut longest_first = LATIN.to_vec();
    longest_first.sort_by_key(|word| std::cmp::Reverse(word.len()));
    longest_first.iter().fold(plain, |text, word| text.replace(word, ""))
}

/// What is read by whoever may read everything, and is wrong.
const READS: &[&str] = &[
    "/nothing",
    "/claims/x",
    "/worklist?limit=0",
    "/worklist?limit=many",
    "/worklist?cursor=x",
    "/worklist?zzz=1",
    "/claims?award_id=x",
    "/budget?as_of=2026-13-01",
    "/budget?as_of=2199-01-01",
    "/budget?known_at=x",
    "/budget?known_at=1999-01-01T00:00:00Z",
    "/budget?component=%00",
    "/securities?expiring_within_days=99999",
    "/selections/disbursements?sort=x",
    "/selections/disbursements?group_by=utr",
    "/selections/disbursements?group_by=status&limit=1",
    "/selections/disbursements?format=csv",
    "/selections/disbursements?beneficiary_contains=",
    "/selections/disbursements?amount_paise=x",
    "/selections/disbursements?paid_on=x",
    "/selections/disbursements?limit=1&limit=2",
    "/selections/disbursements/export?format=x",
    "/selections/disbursements/export?limit=1",
    "/selections/disbursements/export?group_by=status",
    "/selections/disbursements/export?format=journal",
    "/letters?claim_id=019a0000-0000-7000-8000-000000000000&tranche_id=019a0000-0000-7000-8000-000000000000",
];

/// Reads a problem, and checks that it is told in Hindi.
#[track_caller]
fn is_in_hindi(answer: &Response, what: &str) {
    assert!((400..500).contains(&answer.status), "{what}: {}", answer.text());
    let told = answer.json();
    let mut arguments = Vec::new();
    texts_of(&told, &mut arguments);
    let reasons = told["errors"].as_array().cloned().unwrap_or_default();
    let reasons = reasons.iter().map(|error| error["reason"].as_str().unwrap().to_owned());
    let said = ["title", "detail"].map(|name| told[name].as_str().unwrap().to_owned());
    for text in said.into_iter().chain(reasons) {
        let left = without_codes(&text, &arguments);
        assert!(!left.contains(|letter: char| letter.is_ascii_alphabetic()), "{what}: {left} in {told}");
        assert!(text.chars().any(|letter| ('\u{900}'..='\u{97F}').contains(&letter)), "{what}: {text}");
    }
}

/// Who asks for what, with which one header that differs from the usual ones, and the body.
type Case<'a> = (&'a Person, &'a str, &'a str, (&'a str, &'a str), &'a str);

#[apply(on_sqlite!)]
fn every_problem_of_the_edge_is_told_in_hindi(app: App) {
    let (auditor, officer, preparer) = (app.auditor(), app.section_officer(), app.preparer());
    [&auditor, &officer, &preparer].iter().for_each(|person| assert_eq!(person.get("/me").unwrap().status, 200));
    for path in READS {
        is_in_hindi(&auditor.send("GET", path, &[("Accept-Language", "hi")], None).unwrap(), path);
    }
    let (long, large) = ("x".repeat(256), format!("{{\"x\":\"{}\"}}", "x".repeat(5 << 20)));
    let nowhere = format!("/tranches/{}/recommendation", uuid::Uuid::now_v7());
    let (upload, export) = ("/evidence?file_name=a.pdf", "/selections/disbursements/export");
    let kind = "Content-Type";
    let cases: &[Case<'_>] = &[
        (&auditor, "DELETE", "/claims", (kind, ""), ""),
        (&auditor, "GET", export, ("Range", "bytes=99999999-"), ""),
        (&preparer, "POST", upload, (kind, "text/html"), "x"),
        (&preparer, "POST", upload, (kind, "application/pdf"), "x"),
        (&officer, "POST", "/notes", (kind, "text/plain"), "{}"),
        (&officer, "POST", "/notes", ("Idempotency-Key", ""), "{}"),
        (&officer, "POST", "/notes", ("Idempotency-Key", &long), "{}"),
        (&officer, "POST", "/notes", ("Idempotency-Key", "schlüssel"), "{}"),
        (&officer, "POST", &nowhere, ("If-Match", "3"), "{}"),
        (&officer, "POST", &nowhere, ("If-Match", ""), "{\"note\":\"x\"}"),
        (&officer, "POST", "/notes", ("Dry-Run", "maybe"), "{}"),
        (&officer, "POST", "/notes", ("Dry-Run", "true"), "{}"),
        (&officer, "POST", "/notes", (kind, "application/json"), "{"),
        (&officer, "POST", "/notes", (kind, "application/json"), "[]"),
        (&officer, "POST", "/notes", (kind, "application/json"), "{\"about_kind\":null,\"text\":7}"),
        (&officer, "POST", "/notes", (kind, "application/json"), &large),
        (&officer, "POST", "/notes?known_at=now", (kind, "application/json"), "{}"),
    ];
    for (person, method, path, (name, value), body) in cases {
        let usual = [(kind, "application/json"), ("Idempotency-Key", "k"), ("If-Match", "\"1\"")];
        let mut headers = vec![("Accept-Language", "hi")];
        headers.extend(usual.into_iter().filter(|(known, _)| known != name));
        headers.extend(Some((*name, *value)).filter(|(_, value)| !value.is_empty()));
        let body = Some(body.as_bytes()).filter(|_| *method == "POST");
        is_in_hindi(
            &person.send(method, path, &headers, body).unwrap(),
            &format!("{method} {path} {name}: {value:.20}"),
        );
    }
}
