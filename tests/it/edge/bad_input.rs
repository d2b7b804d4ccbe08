//! Invalid input is refused with a message that a person can act on, and changes nothing.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, SCHEME, Verbs, at};
use crate::harness::problem::problem;
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

/// Runs `attempts` and fails unless all stored rows are unchanged.
#[track_caller]
pub fn unchanged(app: &App, attempts: impl FnOnce()) {
    let before = (app.audit_length(), app.content());
    attempts();
    assert_eq!((app.audit_length(), app.content()), before);
}

/// Posts raw bytes under a fresh key, with version 1 in `If-Match`.
fn posts_raw(person: &Person, path: &str, body: &[u8]) -> Response {
    let key = uuid::Uuid::now_v7().to_string();
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key.as_str()), ("If-Match", "\"1\"")];
    person.send("POST", path, &headers, Some(body)).unwrap()
}

fn provision() -> Value {
    json!({
        "kind": "provision", "scheme_code": SCHEME, "component": "capital_subsidy", "financial_year": "2026-27", "amount_paise": CRORE,
        "reference": "Sample demand", "dated_on": "2026-04-01",
    })
}

/// The provision with one field as this JSON text.
fn provision_with(field: &str, value: &str) -> String {
    let mut body = provision();
    body[field] = json!("%");
    body.to_string().replace("\"%\"", value)
}

#[apply(on_sqlite!)]
fn json_that_is_not_what_is_expected_is_refused_with_its_place(app: App) {
    let person = app.scheme_administrator();
    person.sees("/budget");
    let good = provision().to_string();
    let twice = good.replacen('{', "{\"reference\":\"first\",", 1);
    let deep = format!("{{\"reference\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    unchanged(&app, || {
        for (body, pointer) in [
            ("", None),
            ("{}", None),
            ("{", None),
            ("null", None),
            ("[]", None),
            ("\"x\"", None),
            ("17", None),
            ("\u{FEFF}{}", None),
            ("{\"scheme_code\":\"\\ud800\"}", Some("/scheme_code")),
            (&*format!("{good} {good}"), None),
            (&*format!("{good},"), None),
            (&*twice, Some("/reference")),
            (&*deep, Some("/reference")),
            (&*provision_with("nonsense", "1"), Some("/nonsense")),
            (&*provision_with("status", "\"approved\""), Some("/status")),
            (&*provision_with("amount_paise", "\"5\""), Some("/amount_paise")),
            (&*provision_with("amount_paise", "null"), Some("/amount_paise")),
            (&*provision_with("amount_paise", "[1]"), Some("/amount_paise")),
            (&*provision_with("component", "\"bribes\""), Some("/component")),
            (&*provision_with("reference", "7"), Some("/reference")),
            (&*provision_with("reference", "{}"), Some("/reference")),
        ] {
            let refused = problem(posts_raw(&person, "/budget-instruments", body.as_bytes()), 400, "malformed_json");
            let errors = refused["errors"].as_array().unwrap();
            match pointer {
                Some(pointer) => assert_eq!((errors.len(), &errors[0]["pointer"]), (1, &json!(pointer)), "{body:.80}"),
                None => assert!(!errors.is_empty(), "{body:.80}"),
            }
        }
        problem(posts_raw(&person, "/budget-instruments", b"{\"reference\":\"\xff\xfe\"}"), 400, "malformed_json");
        let positional = json!([person.email, person.password]).to_string();
        let headers = [("Content-Type", "application/json")];
        let answer = app.client.send("POST", "/api/v1/sessions", &headers, Some(positional.as_bytes())).unwrap();
        problem(answer, 400, "malformed_json");
    });
    posts_raw(&person, "/budget-instruments", good.as_bytes()).ok();
}

#[apply(on_both!)]
fn money_is_whole_positive_and_bounded(app: App) {
    let person = app.scheme_administrator();
    person.sees("/budget");
    unchanged(&app, || {
        let amounts = ["-1", "0", "-9223372036854775808", "9223372036854775807", "1000000000000001"];
        for amount in amounts {
            let body = provision_with("amount_paise", amount);
            let refused = problem(posts_raw(&person, "/budget-instruments", body.as_bytes()), 422, "invalid_fields");
            assert_eq!(refused["errors"][0]["pointer"], "/amount_paise", "{amount}");
        }
        let floats = ["1.5", "1.0", "1e3", "9223372036854775808", "-9223372036854775809", "1e400", "NaN", "0x10", "01"];
        for amount in floats.into_iter().chain([&*"9".repeat(5_000)]) {
            let body = provision_with("amount_paise", amount);
            problem(posts_raw(&person, "/budget-instruments", body.as_bytes()), 400, "malformed_json");
        }
    });
    // A value within its bounds can still be too much: this one is refused by a rule, and the refusal is recorded.
    let before = (app.audit_length(), app.content());
    let proposed =
        posts_raw(&person, "/budget-instruments", provision_with("amount_paise", "1000000000000000").as_bytes());
    let approved = app.other_scheme_administrator().approves(&proposed.ok());
    approved.refused(409, "outlay_exceeded");
    assert_eq!(app.audit_behind(before.0).last().unwrap(), "approve_budget_instrument refused outlay_exceeded");
    assert_eq!(app.content()["accounts"], before.1["accounts"]);
}

#[apply(on_both!)]
fn dates_and_years_must_exist_and_lie_where_they_can(app: App) {
    let person = app.scheme_administrator();
    person.sees("/budget");
    unchanged(&app, || {
        for (field, value) in [
            ("dated_on", "\"2026-02-30\""),
            ("dated_on", "\"2026-13-01\""),
            ("dated_on", "\"01-04-2026\""),
            ("dated_on", "\"2026-04-01T00:00:00Z\""),
            ("dated_on", "20260401"),
            ("financial_year", "\"2026-28\""),
            ("financial_year", "\"2026\""),
            ("financial_year", "2026"),
            ("financial_year", "\"-026-27\""),
        ] {
            let body = provision_with(field, value);
            let refused = problem(posts_raw(&person, "/budget-instruments", body.as_bytes()), 400, "malformed_json");
            assert_eq!(refused["errors"][0]["pointer"], format!("/{field}"), "{value}");
        }
        for (opens_on, closes_on, pointer) in [
            ("2026-06-02", "2026-06-01", "/closes_on"),
            ("2026-04-01", "2026-04-30", "/closes_on"),
            ("2020-01-01", "2026-05-31", "/opens_on"),
            ("0000-01-01", "2026-05-31", "/opens_on"),
            ("2026-05-01", "9999-12-31", "/closes_on"),
        ] {
            let refused = problem(person.opens_window(opens_on, closes_on), 422, "invalid_fields");
            assert_eq!(refused["errors"][0]["pointer"], pointer, "{opens_on} to {closes_on}");
        }
        // Five-digit years would sort before the others wherever dates are text.
        problem(person.opens_window("2026-05-01", "+12026-05-31"), 422, "invalid_fields");
        problem(person.opens_window("-2026-05-01", "2026-05-31"), 422, "invalid_fields");
    });
}

#[apply(on_sqlite!)]
fn a_body_must_be_json_and_small_enough(app: App) {
    let small = App::start_with(app.engine, |config| config.server.json_bytes_most = 2_000);
    let person = small.scheme_administrator();
    person.sees("/budget");
    let body = provision().to_string();
    let padded = format!("{body}{}", " ".repeat(2_001 - body.len()));
    unchanged(&small, || {
        problem(posts_raw(&person, "/budget-instruments", padded.as_bytes()), 413, "body_too_large");
        problem(posts_raw(&person, "/budget-instruments", &vec![b'['; 60_000]), 413, "body_too_large");
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data", ""]
        {
            let headers = [("Content-Type", kind), ("Idempotency-Key", "kind")];
            let answer = person.send("POST", "/budget-instruments", &headers, Some(body.as_bytes())).unwrap();
            problem(answer, 415, "unsupported_media_type");
        }
        let answer =
            person.send("POST", "/budget-instruments", &[("Idempotency-Key", "kind")], Some(body.as_bytes())).unwrap();
        problem(answer, 415, "unsupported_media_type");
    });
    posts_raw(&person, "/budget-instruments", &padded.as_bytes()[..2_000]).ok();
    let headers = [("Content-Type", "Application/JSON; charset=utf-8"), ("Idempotency-Key", "kind")];
    person.send("POST", "/budget-instruments", &headers, Some(body.as_bytes())).unwrap().ok();
}

#[apply(on_both!)]
fn what_does_not_exist_is_not_found(app: App) {
    let auditor = app.auditor();
    auditor.sees("/budget");
    unchanged(&app, || {
        let nouns = "applications awards securities final-certificates milestones claims tranches \
                     payments payment-advices treasury-returns disbursements recoveries evidence budget-instruments organisations";
        for noun in nouns.split(' ') {
            for id in [&*uuid::Uuid::now_v7().to_string(), "1", "..", "%2e%2e%2fetc", "'%20OR%201=1--"] {
                problem(auditor.get(&format!("/{noun}/{id}")).unwrap(), 404, "not_found");
            }
        }
        problem(app.administrator().get(&format!("/users/{}", uuid::Uuid::nil())).unwrap(), 404, "not_found");
        problem(auditor.get("/schemes/no-such-scheme").unwrap(), 404, "not_found");
        for path in
            ["/api/v1", "/api/v2/budget", "/api/v1/nonsense", "/nonsense", "/problems/nonsense", "/docs/nonsense.js"]
        {
            let answer = app.anybody("GET", path, None);
            assert_eq!(answer.status, 404, "{path}");
            problem(answer, 404, "not_found");
        }
    });
}

#[apply(on_sqlite!)]
fn a_known_path_names_its_methods(app: App) {
    let id = uuid::Uuid::now_v7();
    unchanged(&app, || {
        for (method, path, allow) in [
            ("POST", "/api/v1/budget".to_owned(), "GET, HEAD, OPTIONS"),
            ("DELETE", "/api/v1/budget-instruments".to_owned(), "GET, HEAD, POST, OPTIONS"),
            ("PATCH", format!("/api/v1/users/{id}"), "GET, HEAD, PUT, OPTIONS"),
            ("GET", format!("/api/v1/tranches/{id}/sanction"), "POST, OPTIONS"),
            ("GET", "/api/v1/sessions/current".to_owned(), "DELETE, OPTIONS"),
            ("HEAD", "/api/v1/me/password".to_owned(), "POST, OPTIONS"),
            ("POST", "/health/live".to_owned(), "GET, HEAD, OPTIONS"),
            ("DELETE", "/api/v1/openapi.json".to_owned(), "GET, HEAD, OPTIONS"),
        ] {
            let answer = app.client.send(method, &path, &[], None).unwrap();
            assert_eq!((answer.status, answer.header("allow")), (405, Some(allow)), "{method} {path}");
            if method != "HEAD" {
                problem(answer, 405, "method_not_allowed");
            }
        }
    });
}

#[apply(on_both!)]
fn a_step_needs_the_version_that_was_seen(app: App) {
    let proposed = app.scheme_administrator().proposes("capital_subsidy", "2026-27", CRORE).ok();
    let approver = app.other_scheme_administrator();
    approver.sees("/budget");
    let path = format!("{}/approval", at("budget-instruments", &proposed));
    let approve = |tag: Option<&str>| {
        let mut headers = vec![("Idempotency-Key", "approve")];
        headers.extend(tag.map(|tag| ("If-Match", tag)));
        approver.send("POST", &path, &headers, None).unwrap()
    };
    unchanged(&app, || {
        problem(approve(None), 428, "version_required");
        for tag in [
            "1",
            "*",
            "\"\"",
            "w/\"1\"",
            "W/1",
            "W/ \"1\"",
            "\"x\"",
            "\"1\", \"2\"",
            "\"1.0\"",
            "\"+1\"",
            "\"-1\"",
            "\" 1\"",
            "\"9223372036854775808\"",
        ] {
            let answer = approve(Some(tag));
            assert_eq!(answer.status, 400, "{tag}");
            problem(answer, 400, "bad_header");
        }
    });
    let (before, content) = (app.audit_length(), app.content());
    for tag in ["\"0\"", "\"2\"", "\"9223372036854775807\""] {
        problem(approve(Some(tag)), 412, "stale_version");
    }
    assert_eq!(app.audit_behind(before), vec!["approve_budget_instrument refused stale_version"; 3]);
    assert_eq!(app.content(), content);
    let user = json!({ "name": "X", "roles": ["auditor"], "organisation_id": null, "disabled": false }).to_string();
    let headers = [("Content-Type", "application/json")];
    let answer =
        app.administrator().send("PUT", &format!("/users/{}", uuid::Uuid::nil()), &headers, Some(user.as_bytes()));
    problem(answer.unwrap(), 428, "version_required");
    // A proxy that compresses answers makes the tag weak; the version is the same.
    problem(approve(Some("W/\"2\"")), 412, "stale_version");
    assert_eq!(approve(Some("W/\"1\"")).ok()["status"], "approved");
}

#[apply(on_both!)]
fn query_parameters_are_an_allow_list(app: App) {
    let auditor = app.auditor();
    auditor.sees("/budget");
    unchanged(&app, || {
        for path in [
            "/disbursements?sort=utr",
            "/disbursements?sort=paid_on;drop",
            "/disbursements?direction=sideways",
            "/disbursements?limit=0",
            "/disbursements?limit=201",
            "/disbursements?limit=-1",
            "/disbursements?limit=ten",
            "/disbursements?nonsense=1",
            "/disbursements?component=bribes",
            "/disbursements?payment_year=2026",
            "/disbursements?paid_from=yesterday",
            "/disbursements?paid_from=2026-02-30",
            "/disbursements?amount_from_paise=1.5",
            "/disbursements?amount_from_paise=9223372036854775808",
            "/disbursements?cursor=nonsense",
            "/disbursements?cursor=eCB5",
            "/disbursements?utr=%27%20OR%201%3D1",
            "/disbursements?limit=1&limit=2",
            "/selections/disbursements?colour=red",
            "/selections/disbursements/export?cursor=x",
            "/audit-log?limit=0",
            "/audit-log?limit=1001",
            "/audit-log?after=x",
            "/audit-log?nonsense=1",
            "/claims?award_id=1",
            "/claims?certificate=late",
            "/securities?status=expired",
            "/securities?expiring_within_days=3661",
            "/securities?expiring_within_days=-1",
            "/tranches?status=late",
            "/tranches?colour=red",
            "/tranches?limit=201",
            "/tranches?cursor=bm90IGEgcG9zaXRpb24",
            "/payments?tranche_id=",
            "/treasury-return-lines?result=nonsense",
            "/treasury-return-lines?nonsense=1",
            "/milestones?nonsense=%00",
            "/milestones?as_on=2027-02-30",
            "/awards/00000000-0000-0000-0000-000000000000?as_on=9999-12-31",
            "/excuses?status=open",
            "/recoveries?status=open",
            "/recoveries/00000000-0000-0000-0000-000000000000?on=yesterday",
            "/recoveries/00000000-0000-0000-0000-000000000000?on=9999-12-31",
        ] {
            let answer = auditor.get(path).unwrap();
            assert_eq!(answer.status, 400, "{path}: {}", answer.text());
            problem(answer, 400, "bad_parameter");
        }
    });
    // The ends of the integer range give an empty page.
    assert_eq!(auditor.sees("/audit-log?after=9223372036854775807")["data"], json!([]));
    assert_eq!(auditor.sees("/disbursements?amount_from_paise=9223372036854775807")["data"], json!([]));
}

#[apply(on_both!)]
fn texts_cannot_deceive_or_compute(app: App) {
    let person = app.scheme_administrator();
    person.sees("/budget");
    unchanged(&app, || {
        for text in [
            "",
            "   ",
            "a\u{0}b",
            "a\u{202E}b",
            "a\u{200B}b",
            "a\u{2066}b",
            "\u{FEFF}a",
            "\u{3164}",
            "\u{2800}",
            "A\u{E0041}B",
            "\u{FE0F}",
            "—",
            "=1+1",
            " @x",
            "+1",
            "-1",
            "a\tb",
            "a\r\nb",
            &*"x".repeat(201),
        ] {
            let body = provision_with("reference", &json!(text).to_string());
            let refused = problem(posts_raw(&person, "/budget-instruments", body.as_bytes()), 422, "invalid_fields");
            assert_eq!(refused["errors"][0]["pointer"], "/reference", "{text:?}");
        }
    });
    let body = provision_with("reference", &json!("नमूना क्‍ष 7/2026").to_string());
    posts_raw(&person, "/budget-instruments", body.as_bytes()).ok();
}

#[apply(on_both!)]
fn nul_in_an_address_is_refused_before_the_database_sees_it(app: App) {
    let auditor = app.auditor();
    auditor.sees("/budget");
    unchanged(&app, || {
        for path in [
            "/disbursements?scheme_code=%00",
            "/disbursements?scheme_code=a%00b",
            "/disbursements?utr=%00",
            "/schemes/%00",
            "/schemes/%00/windows",
        ] {
            problem(auditor.get(path).unwrap(), 400, "bad_parameter");
        }
        let window = json!({ "opens_on": "2026-05-01", "closes_on": "2026-05-31", "reference": "x" });
        problem(auditor.post("/schemes/%00/windows", None, &window).unwrap(), 400, "bad_parameter");
    });
}

#[apply(on_both!)]
fn line_numbers_at_the_ends_of_integers_are_only_wrong(app: App) {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let claim = app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
    let path = format!("{}/verification", at("claims", &claim));
    let content = app.content();
    for line in [i64::MIN, -1, 0, 2, i64::MAX] {
        let body = json!({ "outcome": "verified", "lines": [{ "line": line, "accepted": true }], "remarks": "x" });
        problem(app.verifier().does(&path, &claim, body), 409, "lines_undecided");
    }
    assert_eq!(app.content(), content);
    app.verifier().verifies(&claim).ok();
}
