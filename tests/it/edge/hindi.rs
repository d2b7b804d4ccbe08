//! Every problem that is found before a rule is asked, provoked once and read in Hindi: what is in Latin letters is a
//! code, a name of the interface, or what was sent.

use crate::edge::languages::LATIN;
use crate::harness::app::App;
use crate::tidy::sources;
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

#[apply(on_sqlite!)]
fn every_problem_of_the_edge_is_told_in_hindi(app: App) {
    let (auditor, officer, preparer) = (app.auditor(), app.section_officer(), app.preparer());
    [&auditor, &officer, &preparer].iter().for_each(|person| assert_eq!(person.get("/me").unwrap().status, 200));
    let long = "x".repeat(256);
    let large = format!("{{\"x\":\"{}\"}}", "x".repeat(5 << 20));
    let json: &[(&str, &str)] =
        &[("Content-Type", "application/json"), ("Idempotency-Key", "k"), ("If-Match", "\"1\"")];
    let with = |name: &'static str, value: &str| -> Vec<(String, String)> {
        let others = json
            .iter()
            .filter(|(known, _)| *known != name)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        others.chain(Some((name.to_owned(), value.to_owned())).filter(|(_, value)| !value.is_empty())).collect()
    };
    let usual = || with("Content-Type", "application/json");
    let nowhere = format!("/tranches/{}/recommendation", uuid::Uuid::now_v7());
    let posts = |path: &str, headers: Vec<(String, String)>, body: &str| {
        ("POST", path.to_owned(), headers, Some(body.to_owned()), &officer)
    };
    let gets = |path: &str| ("GET", path.to_owned(), Vec::new(), None, &auditor);
    let mut cases = vec![
        ("DELETE", "/claims".to_owned(), Vec::new(), None, &auditor),
        (
            "POST",
            "/evidence?file_name=a.pdf".to_owned(),
            with("Content-Type", "text/html"),
            Some("x".to_owned()),
            &preparer,
        ),
        (
            "POST",
            "/evidence?file_name=a.pdf".to_owned(),
            with("Content-Type", "application/pdf"),
            Some("x".to_owned()),
            &preparer,
        ),
        posts("/notes", with("Content-Type", "text/plain"), "{}"),
        posts("/notes", with("Idempotency-Key", ""), "{}"),
        posts("/notes", with("Idempotency-Key", &long), "{}"),
        posts("/notes", with("Idempotency-Key", "schlüssel"), "{}"),
        posts(&nowhere, with("If-Match", "3"), "{}"),
        posts(&nowhere, with("If-Match", ""), "{\"note\":\"x\"}"),
        posts("/notes", with("Dry-Run", "maybe"), "{}"),
        posts("/notes", with("Dry-Run", "true"), "{}"),
        posts("/notes", usual(), "{"),
        posts("/notes", usual(), "[]"),
        posts("/notes", usual(), "{\"about_kind\":null,\"text\":7}"),
        posts("/notes", usual(), &large),
        posts("/notes?known_at=now", usual(), "{}"),
    ];
    let range = ("Range".to_owned(), "bytes=99999999-".to_owned());
    cases.push(("GET", "/selections/disbursements/export".to_owned(), vec![range], None, &auditor));
    cases.extend(
        [
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
        ]
        .map(gets),
    );
    for (method, path, headers, body, person) in cases {
        let mut sent: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        sent.push(("Accept-Language", "hi"));
        let answer = person.send(method, &path, &sent, body.as_ref().map(String::as_bytes)).unwrap();
        assert!((400..500).contains(&answer.status), "{method} {path}: {}", answer.text());
        let told = answer.json();
        let mut arguments = Vec::new();
        texts_of(&told, &mut arguments);
        let reasons = told["errors"].as_array().cloned().unwrap_or_default();
        let reasons = reasons.iter().map(|error| error["reason"].as_str().unwrap().to_owned());
        let said = ["title", "detail"].map(|name| told[name].as_str().unwrap().to_owned());
        for text in said.into_iter().chain(reasons) {
            let left = without_codes(&text, &arguments);
            assert!(!left.contains(|letter: char| letter.is_ascii_alphabetic()), "{method} {path}: {left} in {told}");
            assert!(text.chars().any(|letter| ('\u{900}'..='\u{97F}').contains(&letter)), "{method} {path}: {text}");
        }
    }
}
