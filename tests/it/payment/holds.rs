//! Money held for a tranche without progress returns by itself, once.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at};
use serde_json::json;

fn held(app: &App, owner: Option<&str>, level: &str) -> (i64, i64) {
    let row = app.budget(level, "capital_subsidy", owner);
    (row["reserved_paise"].as_i64().unwrap(), row["sanctioned_paise"].as_i64().unwrap())
}

#[apply(on_both!)]
fn a_reservation_goes_back_the_day_after_its_last(mut app: App) {
    let tranche = app.tranche_of_15_crore();
    assert_eq!(tranche["held_until"], "2027-05-01");
    app.set_clock("2027-05-01T18:29:59Z");
    app.serve(false);
    assert_eq!(held(&app, Some("2026-27"), "financial_year"), (15 * CRORE, 0));

    app.set_clock("2027-05-01T18:30:00Z");
    let refused = app.section_officer().recommends(&tranche).refused(409, "hold_expired");
    assert!(refused["detail"].as_str().unwrap().contains("2027-05-01"));

    app.serve(false);
    assert_eq!(app.auditor().sees(&at("tranches", &tranche))["status"], "expired");
    assert_eq!(held(&app, Some("2026-27"), "financial_year"), (0, 0));
    assert_eq!(held(&app, None, "component"), (0, 0));
    assert_eq!(app.budget("financial_year", "capital_subsidy", Some("2026-27"))["available_paise"], 40 * CRORE);

    app.serve(false);
    let log = app.auditor().sees("/audit-log?limit=1000");
    let ended = log["data"].as_array().unwrap().iter().filter(|entry| entry["command"] == "expire_hold").count();
    assert_eq!(ended, 1, "a hold ends once, however often the service looks");

    let claim = app.verifier().sees("/claims")["data"][0].clone();
    assert_eq!((&claim["status"], &claim["deferred_paise"]), (&json!("verified"), &json!(15 * CRORE)));
    let told = app.signatory().sees("/worklist?kind=rejected_tranche");
    assert_eq!(told["data"][0]["id"], tranche["id"], "{told}");

    // What was verified stays earned: it is released again when a year has money for it.
    let release = || app.verifier().does(&format!("{}/tranches", at("claims", &claim)), &claim, json!({}));
    release().refused(409, "budget_exceeded");
    app.provided("capital_subsidy", "2027-28", 20 * CRORE);
    assert_eq!(release().ok()["tranche"]["amount_paise"], 15 * CRORE);
    app.must_verify();
}

#[apply(on_both!)]
fn a_sanction_lapses_after_twelve_months(mut app: App) {
    let sanctioned = app.sanctioned_15_crore();
    assert_eq!(sanctioned["held_until"], "2027-05-01");
    app.set_clock("2027-05-01T18:30:00Z");
    app.disbursing_officer().advises(&sanctioned).refused(409, "hold_expired");
    app.serve(false);
    assert_eq!(held(&app, Some("2026-27"), "financial_year"), (0, 0));
    assert_eq!(held(&app, None, "component"), (0, 0));
    assert_eq!(app.auditor().sees(&at("tranches", &sanctioned))["status"], "expired");
    assert_eq!(app.verifier().sees("/claims")["data"][0]["deferred_paise"], 15 * CRORE);
    app.must_verify();
}

#[apply(on_both!)]
fn an_advised_payment_is_the_banks_to_settle_first(mut app: App) {
    let advised = app.disbursing_officer().advises(&app.sanctioned_15_crore()).ok();
    app.set_clock("2027-06-01T06:30:00Z");
    app.serve(false);
    assert_eq!(held(&app, None, "component"), (0, 15 * CRORE), "its outcome is not known");
    app.disbursing_officer().reports_failure(&advised, "failed").ok();
    app.serve(false);
    assert_eq!(held(&app, None, "component"), (0, 0), "it failed, and its year is over");
    app.must_verify();
}

#[apply(on_both!)]
fn a_payment_nobody_knows_of_is_settled_and_never_sent_again(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let ddo = app.disbursing_officer();
    let advised = ddo.advises(&sanctioned).ok();
    let unknown = ddo.reports_failure(&advised, "unknown").ok();
    assert_eq!(unknown["status"], "unknown");
    let tranche = app.auditor().sees(&at("tranches", &sanctioned));
    assert_eq!(tranche["status"], "advised");
    ddo.advises(&tranche).refused(409, "wrong_state");
    assert_eq!(held(&app, None, "component"), (0, 15 * CRORE), "neither paid nor free");
    ddo.reports_failure(&unknown, "unknown").refused(409, "wrong_state");

    ddo.confirms(&unknown, "SBINR52026050100009", "2026-05-01").ok();
    assert_eq!(app.budget("component", "capital_subsidy", None)["disbursed_paise"], 15 * CRORE);
    app.must_verify();
}
