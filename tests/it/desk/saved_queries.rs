//! Saved queries: the same question for the same day has the same answer, whatever is recorded later.

use crate::harness::app::App;
use crate::harness::disarm::names;
use crate::harness::people::{Answered, CRORE, Verbs};
use magnet_scheme::client::{Person, Response};
use magnet_scheme::db::engine::connection::DatabaseUrl;
use serde_json::{Value, json};

const SUCCEEDED: &str = "disbursements?status=succeeded&sort=paid_on";

fn saves(auditor: &Person, selection: &str) -> Response {
    auditor.post("/saved-queries", None, &json!({ "title": "What was paid", "selection": selection })).unwrap()
}

fn runs(auditor: &Person, query: &Value, moment: &Value) -> Response {
    let path = format!("/saved-queries/{}/runs", query["id"].as_str().unwrap());
    auditor.post(&path, None, moment).unwrap()
}

#[apply(on_both!)]
fn the_same_day_gives_the_same_digest_next_year(app: App) {
    let (auditor, ddo) = (app.auditor(), app.disbursing_officer());
    let sanctioned = app.sanctioned_15_crore();
    let query = saves(&auditor, SUCCEEDED).ok();
    assert_eq!(query["selection"], SUCCEEDED);
    assert_eq!(auditor.sees(&format!("/saved-queries/{}", query["id"].as_str().unwrap())), query);
    let advised = ddo.advises(&sanctioned).ok();
    app.set_clock("2026-05-10T06:30:00Z");
    let paid = ddo.confirms(&advised, "SBINR52026050100001", "2026-05-01").ok();
    app.set_clock("2026-05-20T06:30:00Z");
    let day = json!({ "as_of": "2026-05-12" });
    let first = runs(&auditor, &query, &day).ok();
    assert_eq!(first["totals"]["count"], 1);
    assert_eq!((&first["totals"]["amount_paise"], &first["agrees"]), (&json!(15 * CRORE), &Value::Null));
    assert_eq!(first["known_at"], "2026-05-12T18:29:59.999999Z", "the end of the day in India");
    // The digest is that of an export of the same moment, which anybody can compute.
    let known_at = first["known_at"].as_str().unwrap();
    let export = format!("/selections/{SUCCEEDED}&as_of=2026-05-12&known_at={known_at}")
        .replace("disbursements?", "disbursements/export?format=ndjson&");
    let export = auditor.get(&export).unwrap();
    let digest = domain::base::digest::hex(&<sha2::Sha256 as sha2::Digest>::digest(&export.bytes));
    assert_eq!(first["digest"], digest);
    // A year later, the bank has long taken the payment back.
    ddo.reports_failure(&paid, "failed_after_success").ok();
    app.set_clock("2027-06-01T06:30:00Z");
    let again = runs(&auditor, &query, &day).ok();
    assert_eq!((&again["digest"], &again["totals"]), (&first["digest"], &first["totals"]));
    assert_eq!(again["agrees"], true);
    let now = runs(&auditor, &query, &json!({})).ok();
    assert_eq!((&now["totals"]["count"], &now["as_of"]), (&json!(0), &Value::Null));
    assert_ne!(now["digest"], first["digest"]);
    // The same day with today's knowledge: the payment was recorded late and was true on the 5th.
    let late = runs(&auditor, &query, &json!({ "as_of": "2026-05-05" })).ok();
    let known = runs(&auditor, &query, &json!({ "as_of": "2026-05-05", "known_at": "2026-06-01T00:00:00Z" })).ok();
    assert_eq!((&late["totals"]["count"], &known["totals"]["count"]), (&json!(0), &json!(1)));
    let path = format!("/saved-query-runs?saved_query_id={}", query["id"].as_str().unwrap());
    assert_eq!(auditor.sees(&path)["data"], json!([first, again, now, late, known]));
    app.must_verify();
}

#[apply(on_both!)]
fn a_query_that_cannot_be_asked_is_not_kept(app: App) {
    let auditor = app.auditor();
    for selection in [
        "",
        "rumours?sort=number",
        "disbursements?colour=red",
        "disbursements?amount_paise_from=much",
        "disbursements?group_by=status",
        "disbursements?sort=nothing",
    ] {
        let problem = saves(&auditor, selection).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/selection", "{selection}: {problem}");
    }
    assert_eq!(auditor.sees("/saved-queries")["data"], json!([]));
    let query = saves(&auditor, SUCCEEDED).ok();
    let ahead = json!({ "as_of": app.now().plus_seconds(3 * 24 * 3600).to_string()[..10] });
    runs(&auditor, &query, &ahead).refused(400, "bad_parameter");
    let unknown = json!({ "id": uuid::Uuid::now_v7() });
    runs(&auditor, &unknown, &json!({})).refused(404, "not_found");
    assert_eq!(auditor.sees("/saved-query-runs")["data"], json!([]));
}

#[apply(on_both!)]
fn what_was_kept_is_proved_and_is_the_auditors(app: App) {
    let auditor = app.auditor();
    let query = saves(&auditor, SUCCEEDED).ok();
    let run = runs(&auditor, &query, &json!({})).ok();
    for person in [app.competent_authority(), app.signatory(), app.section_officer()] {
        saves(&person, SUCCEEDED).refused(403, "not_permitted");
        runs(&person, &query, &json!({})).refused(403, "not_permitted");
    }
    app.must_verify();
    // The next page of a past moment has the same moment.
    app.wait_seconds(90);
    let known_at = app.now().to_string();
    app.wait_seconds(90);
    let page = auditor.get(&format!("/selections/acts?limit=1&known_at={known_at}")).unwrap();
    let link = page.header("link").unwrap().to_owned();
    assert!(link.contains(&format!("known_at={known_at}")), "{link}");
    let next = link.trim_start_matches('<').split('>').next().unwrap().trim_start_matches("/api/v1").to_owned();
    assert_eq!(auditor.get(&next).unwrap().header("known-at"), Some(known_at.as_str()));
    app.sql(match app.database_url() {
        DatabaseUrl::Sqlite(_) => "DROP TRIGGER saved_query_runs_no_update",
        DatabaseUrl::Postgres(_) => "DROP TRIGGER saved_query_runs_append_only ON saved_query_runs",
    });
    let other = format!("UPDATE saved_query_runs SET digest = '{}'", "0".repeat(64));
    let fault = names(&app, &other, ("saved_query_runs", "1 = 1"), "digest");
    assert!(fault.contains(run["id"].as_str().unwrap()), "{fault}");
}
