//! What a client has already is not sent again, and whoever takes answers compressed gets them so.

use crate::desk::observations::DeskVerbs;
use crate::edge::bad_input::unchanged;
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, SCHEME, Verbs, at};
use crate::harness::problem::problem;
use flate2::read::GzDecoder;
use magnet_scheme::client::{Person, Response};
use serde_json::json;
use std::io::Read;

fn gets(person: &Person, path: &str, headers: &[(&str, &str)]) -> Response {
    person.send("GET", path, headers, None).unwrap()
}

fn unpacked(answer: &Response) -> Vec<u8> {
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    let mut content = Vec::new();
    GzDecoder::new(answer.bytes.as_slice()).read_to_end(&mut content).unwrap();
    content
}

#[apply(on_both!)]
fn a_list_that_a_client_has_already_is_not_sent_again(app: App) {
    let auditor = app.auditor();
    app.window_is_open();
    for path in
        ["/budget", "/awards", "/budget-instruments?limit=1", "/schemes", "/selections/awards", "/audit-log?limit=2"]
    {
        let whole = auditor.get(path).unwrap();
        let tag = whole.header("etag").unwrap_or_else(|| panic!("{path} has no tag")).to_owned();
        assert_eq!(whole.header("cache-control"), Some("private, no-cache"), "{path}");
        let (weak, several) = (format!("W/{tag}"), format!("\"other\", {tag}"));
        for seen in [tag.as_str(), &weak, &several, "*"] {
            let again = gets(&auditor, path, &[("If-None-Match", seen)]);
            assert_eq!((again.status, again.bytes.len()), (304, 0), "{path} with {seen}");
            assert_eq!(again.header("etag"), Some(tag.as_str()), "{path}");
            assert_eq!(again.header("cache-control"), whole.header("cache-control"), "{path}");
            assert_eq!(again.header("vary"), whole.header("vary"), "{path}");
            assert_eq!(again.header("content-type"), None, "{path}");
        }
        let other = gets(&auditor, path, &[("If-None-Match", "\"other\"")]);
        assert_eq!((other.status, &other.bytes), (200, &whole.bytes), "{path}");
    }
    let tag = auditor.get("/budget-instruments").unwrap().header("etag").unwrap().to_owned();
    app.scheme_administrator().proposes("capital_subsidy", "2026-27", CRORE).ok();
    let then = gets(&auditor, "/budget-instruments", &[("If-None-Match", &tag)]);
    assert_eq!(then.status, 200);
    assert_ne!(then.header("etag"), Some(tag.as_str()));
}

#[apply(on_both!)]
fn a_version_is_known_in_either_form_of_its_tag(app: App) {
    let proposed = app.scheme_administrator().proposes("capital_subsidy", "2026-27", CRORE).ok();
    let (auditor, path) = (app.auditor(), at("budget-instruments", &proposed));
    for seen in ["\"1\"", "W/\"1\"", "\"7\", W/\"1\"", "*"] {
        let known = gets(&auditor, &path, &[("If-None-Match", seen)]);
        assert_eq!((known.status, known.header("etag")), (304, Some("\"1\"")), "{seen}");
    }
    assert_eq!(gets(&auditor, &path, &[("If-None-Match", "\"2\"")]).status, 200);
}

#[apply(on_both!)]
fn an_act_that_excludes_what_is_there_is_refused(app: App) {
    let proposed = app.scheme_administrator().proposes("capital_subsidy", "2026-27", CRORE).ok();
    let (approver, path) =
        (app.other_scheme_administrator(), format!("{}/approval", at("budget-instruments", &proposed)));
    approver.sees("/budget");
    let sends = |person: &Person, excludes: &str| {
        let headers = [
            ("Content-Type", "application/json"),
            ("Idempotency-Key", "approve"),
            ("If-Match", "\"1\""),
            ("If-None-Match", excludes),
        ];
        person.send("POST", &path, &headers, Some(b"{}")).unwrap()
    };
    unchanged(&app, || {
        for excludes in ["*", "\"1\"", "W/\"1\""] {
            problem(sends(&approver, excludes), 412, "condition_failed");
        }
    });
    // Whoever may not act hears that alone.
    problem(sends(&app.auditor(), "*"), 403, "not_permitted");
    assert_eq!(sends(&approver, "\"7\"").ok()["status"], "approved");
}

#[apply(on_both!)]
fn a_new_record_comes_with_the_tag_that_it_has_at_its_address(app: App) {
    app.window_is_open();
    let (administrator, officer) = (app.administrator(), app.scheme_administrator());
    let account =
        json!({ "email": "new@sample.example", "name": "Sample New", "roles": ["auditor"], "organisation_id": null });
    let provision = json!({
        "kind": "provision", "scheme_code": SCHEME, "component": "capital_subsidy", "financial_year": "2026-27",
        "amount_paise": CRORE, "reference": "Sample demand", "dated_on": "2026-05-01",
    });
    for (person, path, body) in [(&administrator, "/users", account), (&officer, "/budget-instruments", provision)] {
        let made = person.post_with_key(path, "new", None, &body).unwrap();
        assert_eq!(made.status, 201, "{}", made.text());
        let (tag, place) = (made.header("etag").unwrap().to_owned(), made.header("location").unwrap().to_owned());
        let shown = person.get(place.strip_prefix("/api/v1").unwrap()).unwrap();
        assert_eq!((shown.status, shown.header("etag")), (200, Some(tag.as_str())), "{place}");
        let replayed = person.post_with_key(path, "new", None, &body).unwrap();
        assert_eq!(
            (replayed.header("idempotency-replayed"), replayed.header("etag")),
            (Some("true"), Some(tag.as_str()))
        );
    }
    // The answer to a step stands for the step: no address has it, so it has no tag.
    let proposed = officer.proposes("capital_subsidy", "2027-28", CRORE).ok();
    let path = format!("{}/approval", at("budget-instruments", &proposed));
    let approved = app.other_scheme_administrator().post(&path, Some(1), &json!({})).unwrap();
    assert_eq!((approved.status, approved.header("etag")), (200, None));
}

#[apply(on_both!)]
fn whoever_takes_answers_compressed_gets_them_so(app: App) {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    app.awarded("lodestone", 900);
    let auditor = app.auditor();
    let mut compressed = Vec::new();
    for path in ["/budget", "/awards", "/audit-log?limit=100", "/selections/awards"] {
        let whole = auditor.get(path).unwrap();
        let packed = gets(&auditor, path, &[("Accept-Encoding", "gzip, deflate, br")]);
        if whole.bytes.len() < 1_024 {
            // It fits one packet anyhow.
            assert_eq!((packed.header("content-encoding"), &packed.bytes), (None, &whole.bytes), "{path}");
            continue;
        }
        compressed.push(path);
        assert_eq!((packed.status, unpacked(&packed)), (200, whole.bytes.clone()), "{path}");
        assert!(packed.bytes.len() < whole.bytes.len(), "{path}");
        assert!(whole.header("vary").unwrap().contains("Accept-Encoding"), "{path}");
        let tag = packed.header("etag").unwrap();
        assert_eq!(tag, format!("W/{}", whole.header("etag").unwrap()), "{path}");
        let again = gets(&auditor, path, &[("Accept-Encoding", "gzip"), ("If-None-Match", tag)]);
        assert_eq!((again.status, again.header("etag"), again.header("content-encoding")), (304, Some(tag), None));
        let plain = gets(&auditor, path, &[("Accept-Encoding", "gzip;q=0, identity")]);
        assert_eq!((plain.header("content-encoding"), &plain.bytes), (None, &whole.bytes), "{path}");
    }
    assert!(compressed.contains(&"/audit-log?limit=100"), "{compressed:?}");
    // A version in a compressed answer is taken back as it stands there.
    let signatory = app.signatory();
    let award = auditor.sees("/awards")["data"][0].clone();
    let shown = gets(&signatory, &at("awards", &award), &[("Accept-Encoding", "gzip")]);
    let version = format!("W/\"{}-", award["version"]);
    assert!(shown.status == 200 && shown.header("etag").unwrap().starts_with(&version), "{:?}", shown.header("etag"));
}

#[apply(on_both!)]
fn what_is_the_same_for_everybody_has_a_tag_and_is_compressed(app: App) {
    let page = app.anybody("GET", "/en/", None).text();
    let style = page.split('"').find(|part| part.starts_with("/assets/portal.")).unwrap().to_owned();
    let sends = |path: &str, headers: &[(&str, &str)]| app.client.send("GET", path, headers, None).unwrap();
    for path in
        ["/api/v1/openapi.json", "/docs/", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/print.css", &style]
    {
        let whole = sends(path, &[]);
        let packed = sends(path, &[("Accept-Encoding", "gzip")]);
        if whole.bytes.len() > 1_024 {
            assert_eq!(unpacked(&packed), whole.bytes, "{path}");
        }
        for (answer, encoding) in [(&whole, "identity"), (&packed, "gzip")] {
            assert_eq!(answer.status, 200, "{path}");
            let tag = answer.header("etag").unwrap_or_else(|| panic!("{path} has no tag"));
            let again = sends(path, &[("Accept-Encoding", encoding), ("If-None-Match", tag)]);
            assert_eq!((again.status, again.bytes.len(), again.header("etag")), (304, 0, Some(tag)), "{path}");
            assert_eq!(again.header("cache-control"), answer.header("cache-control"), "{path}");
        }
    }
}

/// Some records are shown as on a day: what is sent changes with the day, and the version does not.
#[apply(on_both!)]
fn a_record_that_is_shown_as_on_a_day_is_sent_again_on_another_day_alone(app: App) {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let award = app.awarded("lodestone", 900);
    let auditor = app.auditor();
    let milestone = auditor.sees("/milestones")["data"][0].clone();
    let observed = auditor.raises(json!([{ "kind": "audit_entry", "reference": "1" }]), None);
    assert_eq!((observed.status, observed.header("etag")), (201, None), "its tag is of what is shown");
    let observation = observed.ok();
    let requisition = auditor.requires("The log of the furnace").ok();
    let records = [
        at("awards", &award),
        at("milestones", &milestone),
        at("observations", &observation),
        at("requisitions", &requisition),
        "/log/receipts/1".to_owned(),
    ];
    for path in &records {
        let whole = auditor.get(path).unwrap();
        assert_eq!(whole.status, 200, "{path}: {}", whole.text());
        let tag = whole.header("etag").unwrap_or_else(|| panic!("{path} has no tag")).to_owned();
        for seen in [tag.as_str(), &format!("W/{tag}"), &format!("\"7\", {tag}"), "*"] {
            let again = gets(&auditor, path, &[("If-None-Match", seen)]);
            assert_eq!((again.status, again.bytes.len()), (304, 0), "{path} with {seen}");
            assert_eq!(again.header("etag"), Some(tag.as_str()), "{path}");
        }
        for other in ["\"1\"", "\"2\"", "\"1-0123456789abcdef\""] {
            assert_eq!(gets(&auditor, path, &[("If-None-Match", other)]).status, 200, "{path} with {other}");
        }
    }
    // On another day a milestone is late by another number of days.
    let day = |day: &str| auditor.get(&format!("{}?as_on={day}", records[1])).unwrap();
    let (soon, late) = (day("2027-01-01"), day("2035-01-01"));
    let version = format!("\"{}-", milestone["version"]);
    for shown in [&soon, &late] {
        assert!(shown.header("etag").unwrap().starts_with(&version), "{:?}", shown.header("etag"));
    }
    assert_ne!(soon.header("etag"), late.header("etag"));
    // The tag is taken back where a version is required; the version in it is what counts.
    let path = format!("{}/answer", records[3]);
    let officer = app.section_officer();
    let tag = officer.get(&records[3]).unwrap().header("etag").unwrap().to_owned();
    let sends = |seen: &str| {
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", seen), ("If-Match", seen)];
        officer.send("POST", &path, &headers, Some(br#"{"text": "Here it is."}"#)).unwrap()
    };
    let stale = format!("\"7{}", &tag[2..]);
    problem(sends(&stale), 412, "stale_version");
    problem(sends("\"1-x\""), 400, "bad_header");
    problem(sends("\"1-\""), 400, "bad_header");
    let sent = sends(&tag);
    assert_eq!(sent.status, 200, "{}", sent.text());
}

#[apply(on_both!)]
fn a_nul_in_a_parameter_is_named_with_it(app: App) {
    let auditor = app.auditor();
    for (path, name) in [
        ("/budget?as_of=2028-01-01%00", "as_of"),
        ("/budget?known_at=%00", "known_at"),
        ("/awards?limit=2&cursor=a%00b", "cursor"),
        ("/audit-log?after=%00", "after"),
        ("/selections/awards?q=%00", "q"),
        ("/awards?un%00known=1", "un%00known"),
    ] {
        let refused = problem(auditor.get(path).unwrap(), 400, "bad_parameter");
        assert_eq!(refused["errors"][0]["parameter"], name, "{path}: {refused}");
        assert_eq!(refused["errors"].as_array().unwrap().len(), 1, "{path}: {refused}");
    }
    problem(auditor.get("/awards/%00").unwrap(), 400, "bad_parameter");
}
