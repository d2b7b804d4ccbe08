//! Organisations are isolated from each other, and every endpoint authenticates its caller.

mod samples;
pub mod story;
mod writers;

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, SCHEME, Verbs, at};
use domain::base::permission::Role;
use domain::desk::selection::Subject;
use magnet_scheme::client::{Person, Response};
use magnet_scheme::web::routes::asks;
use samples::sample_body;
use serde_json::json;
use std::sync::Arc;
use story::{HIDDEN, NOUNS, OFFICES, filled, story};
use writers::writers;

/// Everything that was paid, as a file.
const EXPORT: &str = "/selections/disbursements/export";

#[apply(on_both!)]
fn no_record_of_another_organisation_exists_for_a_manufacturer(app: App) {
    let app = App::staged(app.engine, &[("capital_subsidy", 7_500)]);
    let ids = story(&app);
    let strangers =
        [app.preparer_of("ferrite"), app.signatory_of("ferrite"), app.person("homeless", &["preparer"], None)];
    let owners = [app.preparer_of("lodestone"), app.signatory_of("lodestone")];
    let mut asked = 0;
    for (method, path, _) in app.operations() {
        if method != "GET"
            || !path.contains("{id}")
            || path.contains("/allocations/")
            || path.contains("/scheme-drafts/")
        {
            continue;
        }
        let ask = filled(&path, &ids);
        let noun = ask.split('/').nth(1).unwrap();
        let offices_only = OFFICES.contains(&noun) || ask.ends_with("/chain") || ask.ends_with("/bundle");
        for stranger in &strangers {
            let (status, code) = if offices_only { (403, "not_permitted") } else { (404, "not_found") };
            let answer = stranger.get(&ask).unwrap();
            assert_eq!(answer.status, status, "{ask}: {}", answer.text());
            // It is reported as missing, exactly like an id that never existed.
            let problem = answer.refused(status, code);
            let never =
                stranger.get(&ask.replace(&ids[ask.split('/').nth(1).unwrap()], &uuid::Uuid::now_v7().to_string()));
            assert_eq!(problem["detail"], never.unwrap().json()["detail"], "{ask}");
        }
        for owner in &owners {
            let status = if offices_only { 403 } else { 200 };
            let status = if HIDDEN.contains(&noun) { 404 } else { status };
            assert_eq!(owner.get(&ask).unwrap().status, status, "{ask}");
        }
        asked += 1;
    }
    assert!(asked >= 14, "{asked}");
}

#[apply(on_both!)]
fn lists_totals_and_exports_hold_only_what_is_ones_own(app: App) {
    let app = App::staged(app.engine, &[("capital_subsidy", 7_500)]);
    let ids = story(&app);
    let (stranger, owner) = (app.preparer_of("ferrite"), app.signatory_of("lodestone"));
    let homeless = app.person("homeless", &["preparer"], None);
    for noun in NOUNS.into_iter().chain(["recoveries"]) {
        assert_ne!(owner.sees(&format!("/{noun}"))["data"], json!([]), "{noun}");
        for person in [&stranger, &homeless] {
            let list = person.sees(&format!("/{noun}"));
            assert_eq!(list["data"], json!([]), "{noun}");
            if noun == "disbursements" {
                let nothing =
                    json!({ "count": 0, "amount_paise": 0, "returned_paise": 0, "kept_paise": 0, "net_paise": 0 });
                assert_eq!(list["totals"], nothing);
            }
        }
    }
    for path in [
        format!("/milestones?award_id={}", ids["awards"]),
        format!("/excuses?award_id={}", ids["awards"]),
        format!("/securities?award_id={}", ids["awards"]),
        "/securities?expiring_within_days=3660".to_owned(),
        format!("/claims?award_id={}", ids["awards"]),
        format!("/tranches?claim_id={}", ids["claims"]),
        format!("/final-certificates?claim_id={}", ids["claims"]),
        "/claims?certificate=awaited".to_owned(),
        format!("/payments?tranche_id={}", ids["tranches"]),
        "/disbursements?utr=SBINR52026050100000001".to_owned(),
        "/disbursements?amount_from_paise=1".to_owned(),
    ] {
        assert_eq!(stranger.sees(&path)["data"], json!([]), "{path}");
        assert_ne!(owner.sees(&path)["data"], json!([]), "{path}");
    }
    let others = ["/disbursements?beneficiary_id=", "/selections/disbursements?organisation_id="];
    let taken =
        ["csv", "ndjson", "parquet", "xlsx", "hledger"].map(|form| format!("{EXPORT}?format={form}&organisation_id="));
    for path in others.map(str::to_owned).into_iter().chain(taken) {
        let path = format!("{path}{}", ids["organisations"]);
        stranger.get(&path).unwrap().refused(404, "not_found");
        assert_eq!(owner.get(&path).unwrap().status, 200);
    }
    let lines = |person: &Person, path: &str| person.get(path).unwrap().text().lines().count();
    assert_eq!((lines(&stranger, EXPORT), lines(&owner, EXPORT)), (1, 2));
    let names = |person: &Person| {
        let list = person.sees("/organisations");
        list["data"].as_array().unwrap().iter().map(|row| row["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&stranger), ["Sample ferrite Ltd"]);
    assert_eq!(names(&owner), ["Sample lodestone Ltd"]);
    assert!(names(&homeless).is_empty());
    assert_eq!(names(&app.auditor()).len(), 2);
    // A draft is visible to its own organisation only.
    app.scheme_administrator().opens_window("2027-11-01", "2027-11-30").ok();
    let draft = stranger.drafts(&app.good_form(&stranger, 600)).ok();
    app.verifier().get(&at("applications", &draft)).unwrap().refused(404, "not_found");
    assert_eq!(app.verifier().sees("/applications")["data"].as_array().unwrap().len(), 1);
    // No list shows a whole account number.
    let account = app.values("SELECT bank_account AS value FROM organisations")[0].clone();
    for path in ["/organisations", "/payments", "/audit-log?limit=1000", EXPORT] {
        assert!(!app.auditor().get(path).unwrap().text().contains(&account), "{path}");
    }
}

#[apply(on_both!)]
fn nothing_of_another_organisation_can_be_changed(app: App) {
    let app = App::staged(app.engine, &[("capital_subsidy", 7_500)]);
    let ids = story(&app);
    let (preparer, signatory) = (app.preparer_of("ferrite"), app.signatory_of("ferrite"));
    let evidence = preparer.attaches("x");
    let form = app.good_form(&preparer, 600);
    let claim = json!({
        "component": "capital_subsidy", "milestone_id": ids["milestones"], "amount_claimed_paise": CRORE, "evidence": [evidence],
        "lines": [{ "invoice_number": "INV/1", "invoice_date": "2026-05-01", "party": "Works", "amount_paise": CRORE }],
    });
    let security = json!({
        "guarantee_number": "BG-1", "bank": "Bank", "amount_paise": CRORE, "issued_on": "2026-05-01", "expires_on": "2030-01-01",
        "evidence_id": evidence,
    });
    let report =
        json!({ "installed_mtpa": { "oxide_to_metal": 900 }, "achieved_on": "2026-05-01", "evidence": [evidence] });
    signatory.get("/me").unwrap();
    let content = app.content();
    let missing = |answer: Result<Response, _>| {
        let answer: Response = answer.map_err(|error: magnet_scheme::client::ClientError| error).unwrap();
        answer.refused(404, "not_found");
    };
    missing(preparer.post("/claims", None, &json!({ "award_id": ids["awards"], "form": claim })));
    missing(preparer.put(&format!("/claims/{}", ids["claims"]), 1, &json!({ "form": claim })));
    missing(preparer.put(&format!("/applications/{}", ids["applications"]), 1, &json!({ "form": form })));
    let reply = json!({ "text": "x", "documents": [] });
    missing(preparer.post(&format!("/applications/{}/queries/1/reply", ids["applications"]), Some(1), &reply));
    missing(signatory.post(&format!("/applications/{}/submission", ids["applications"]), Some(1), &json!({})));
    missing(signatory.post(&format!("/claims/{}/submission", ids["claims"]), Some(1), &json!({})));
    missing(signatory.post(&format!("/awards/{}/securities", ids["awards"]), None, &security));
    let extension = json!({
        "expires_on": "2035-01-01", "reference": "x", "dated_on": "2026-05-01", "evidence_id": evidence,
    });
    let certificate = json!({
        "certificate_number": "x", "issued_by": "x", "issued_on": "2026-05-01", "certified_amount_paise": 1, "evidence": [evidence],
    });
    missing(signatory.post(&format!("/claims/{}/final-certificates", ids["claims"]), Some(4), &certificate));
    missing(signatory.post(&format!("/securities/{}/extensions", ids["securities"]), Some(2), &extension));
    missing(signatory.post(&format!("/recoveries/{}/reply", ids["recoveries"]), Some(1), &json!({ "text": "x" })));
    missing(signatory.post(&format!("/milestones/{}/reports", ids["milestones"]), Some(1), &report));
    let excuse = json!({ "ground": "other", "text": "x", "days": { "from": "2027-11-02", "to": "2027-11-05" }, "evidence": [evidence] });
    missing(signatory.post(&format!("/milestones/{}/excuses", ids["milestones"]), Some(3), &excuse));
    assert_eq!(app.content(), content);
}

const OPEN: [&str; 18] = [
    "download_public_description",
    "download_public_grants",
    "download_public_package",
    "download_public_releases",
    "download_public_table",
    "list_desk_times",
    "list_log_checkpoints",
    "list_published_allocations",
    "list_scheme_versions",
    "list_schemes",
    "refresh_session",
    "show_clock",
    "show_consistency_proof",
    "show_inclusion_proof",
    "show_public_data",
    "show_scheme",
    "show_scheme_version",
    "sign_in",
];

#[apply(on_sqlite!)]
fn every_door_but_the_open_ones_asks_who_is_there(app: App) {
    let document = app.anybody("GET", "/api/v1/openapi.json", None).json();
    let id = uuid::Uuid::now_v7().to_string();
    let mut open = Vec::new();
    for (method, path, operation) in app.operations() {
        if operation["security"] == json!([]) {
            open.push(operation["operationId"].as_str().unwrap().to_owned());
            continue;
        }
        let path =
            path.replace("{id}", &id).replace("{code}", SCHEME).replace("{round}", "1").replace("{version}", "1");
        let path = path.replace("{entry}", "1").replace("{line}", "1").replace("{path}", "000");
        let body = sample_body(&document, &operation);
        for token in [None, Some("Bearer nonsense"), Some("Bearer e30.e30.e30")] {
            let mut headers =
                vec![("Content-Type", "application/json"), ("Idempotency-Key", "k"), ("If-Match", "\"1\"")];
            headers.extend(token.map(|token| ("Authorization", token)));
            let text = body.to_string();
            let body = matches!(&*method, "POST" | "PUT").then_some(text.as_bytes());
            let answer = app.client.send(&method, &path, &headers, body).unwrap();
            assert_eq!(answer.status, 401, "{method} {path}: {}", answer.text());
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            answer.refused(401, "unauthenticated");
        }
    }
    open.sort();
    assert_eq!(open, OPEN);
    assert_eq!(app.audit_length(), 9, "eight versions of schemes and the first administrator");
}

/// One person for each role.
fn everybody(app: &App) -> Vec<(&'static str, Arc<Person>)> {
    let make = |role: &Role| match role {
        Role::Administrator => app.administrator(),
        // Whoever only signs has a company.
        Role::Signatory => app.signatory_of("ferrite"),
        _ => app.person(&format!("only-{role}"), &[role.as_str()], None),
    };
    Role::ALL.iter().map(|role| (role.as_str(), make(role))).collect()
}

/// Drafts of schemes and openings of bids are read where schemes are prepared and decided.
fn reads_drafts(role: &str) -> bool {
    ["section_officer", "finance_officer", "competent_authority", "scheme_administrator", "auditor"].contains(&role)
}

#[apply(on_sqlite!)]
fn each_role_reads_what_the_table_allows(app: App) {
    let makers = ["preparer", "signatory"];
    let people = everybody(&app);
    let mut asked = 0;
    for (method, path, operation) in app.operations() {
        let path = path.trim_start_matches("/api/v1").replace("{code}", SCHEME);
        if method != "GET" || path.contains('{') || operation["security"] == json!([]) {
            continue;
        }
        for (role, person) in &people {
            let allowed = match path.as_str() {
                "/me" => true,
                "/users" => *role == "administrator",
                "/audit-log" | "/log/witnesses" => *role == "auditor",
                "/controls" | "/controls/runs" => {
                    ["section_officer", "finance_officer", "competent_authority", "auditor"].contains(role)
                }
                "/scheme-drafts" => reads_drafts(role),
                path if path.ends_with("/bid-openings") => reads_drafts(role),
                "/requisitions" | "/observations" | "/samples" | "/saved-queries" | "/saved-query-runs" => {
                    !["administrator", "verifier"].contains(role) && !makers.contains(role)
                }
                "/payment-advices"
                | "/treasury-returns"
                | "/treasury-return-lines"
                | "/bank-scrolls"
                | "/bank-credits"
                | "/bank-differences" => {
                    !["administrator", "verifier", "scheme_administrator"].contains(role) && !makers.contains(role)
                }
                "/budget" | "/budget/limits" | "/budget-instruments" | "/corrections" => {
                    *role != "administrator" && !makers.contains(role)
                }
                path if path.starts_with("/selections/") => {
                    let subject: Subject = path.split('/').nth(2).unwrap().parse().unwrap();
                    if subject.of_organisations() { *role != "administrator" } else { *role == "auditor" }
                }
                _ => *role != "administrator",
            };
            let answer = person.get(&path).unwrap();
            let hidden = makers.contains(role) && HIDDEN.contains(&path.trim_start_matches('/'));
            let refused = if hidden { 404 } else { 403 };
            let status = if allowed && !hidden { 200 } else { refused };
            assert_eq!(answer.status, status, "{role} {path}: {}", answer.text());
        }
        asked += 1;
    }
    assert!(asked >= 14, "{asked}");
}

#[apply(on_sqlite!)]
fn each_role_writes_what_the_table_allows(app: App) {
    let document = app.anybody("GET", "/api/v1/openapi.json", None).json();
    let people = everybody(&app);
    people.iter().for_each(|(_, person)| assert_eq!(person.get("/me").unwrap().status, 200));
    let id = uuid::Uuid::now_v7().to_string();
    let mut writes = Vec::new();
    for (method, path, operation) in app.operations() {
        let name = operation["operationId"].as_str().unwrap().to_owned();
        let open = operation["security"] == json!([]);
        if method == "GET" || open || asks(&name) || ["change_password", "sign_out"].contains(&name.as_str()) {
            continue;
        }
        let path = path
            .trim_start_matches("/api/v1")
            .replace("{id}", &id)
            .replace("{code}", SCHEME)
            .replace("{round}", "1")
            .replace("{line}", "1")
            .replace("{version}", "1");
        let body = sample_body(&document, &operation).to_string();
        writes.push((name, method, path, body));
    }
    let (content, mut audit) = (app.content(), app.audit());
    for (name, method, path, body) in &writes {
        for (role, person) in people.iter().filter(|(role, _)| !writers(name).contains(role)) {
            let before = audit.length();
            let answer = sends(person, method, path, body);
            assert_eq!(answer.status, 403, "{role} {name}: {}", answer.text());
            answer.refused(403, "not_permitted");
            assert_eq!(audit.behind(before), [format!("{name} refused not_permitted")], "{role}");
        }
    }
    assert_eq!(app.content(), content, "what was refused changed something");
    for (name, method, path, body) in &writes {
        for (role, person) in people.iter().filter(|(role, _)| writers(name).contains(role)) {
            let answer = sends(person, method, path, body);
            assert!(answer.status != 403 && answer.status < 500, "{role} {name}: {}", answer.text());
        }
    }
}

fn sends(person: &Person, method: &str, path: &str, body: &str) -> Response {
    let key = uuid::Uuid::now_v7().to_string();
    let (path, kind) = match path {
        "/evidence" => ("/evidence?file_name=x", "text/csv"),
        _ => (path, "application/json"),
    };
    let headers = [("Content-Type", kind), ("Idempotency-Key", key.as_str()), ("If-Match", "\"1\"")];
    person.send(method, path, &headers, Some(body.as_bytes())).unwrap()
}

#[apply(on_sqlite!)]
fn an_administrator_sees_no_money_and_an_auditor_changes_nothing(app: App) {
    let app = App::staged(app.engine, &[("capital_subsidy", 7_500)]);
    let ids = story(&app);
    let document = app.anybody("GET", "/api/v1/openapi.json", None).json();
    let (administrator, auditor) = (app.administrator(), app.auditor());
    let own = ["/me", "/users", "/schemes", "/clock"];
    auditor.get("/me").unwrap();
    let content = app.content();
    for (method, path, operation) in app.operations() {
        let ask = filled(&path, &ids);
        let name = operation["operationId"].as_str().unwrap();
        if name == "show_log_receipt" {
            // Everybody gets receipts of their own acts; other people's acts do not exist for them.
            administrator.get(&ask).unwrap().refused(404, "not_found");
        } else if method == "GET" {
            let answer = administrator.get(&ask).unwrap();
            if operation["security"] == json!([]) {
                assert!(![401, 403].contains(&answer.status), "{ask}");
                continue;
            }
            let offices_only = ask.ends_with("/windows") || ask.ends_with("/bid-openings");
            let allowed = own.iter().any(|path| ask.starts_with(path)) && !offices_only;
            assert_eq!(answer.status, if allowed { 200 } else { 403 }, "{ask}: {}", answer.text());
        } else if asks(name) {
            let body = sample_body(&document, &operation).to_string();
            sends(&administrator, &method, &ask, &body).refused(403, "not_permitted");
        } else if operation["security"] != json!([])
            && !["change_password", "sign_out"].contains(&name)
            && !writers(name).contains(&"auditor")
        {
            // Running the controls and using the audit desk change none of the audited records.
            sends(&auditor, &method, &ask, &sample_body(&document, &operation).to_string())
                .refused(403, "not_permitted");
        }
    }
    assert_eq!(app.content(), content);
    app.must_verify();
}
