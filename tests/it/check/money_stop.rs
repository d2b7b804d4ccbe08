//! The standing check: a difference between an account and its entries stops all money until the check passes again.

use crate::harness::app::{App, Engine};
use crate::harness::disarm::tripwires;
use crate::harness::people::{Answered, CRORE, Verbs, says};
use serde_json::{Value, json};

const AVAILABLE: &str = "appropriation:ndfeb-2025-proposal:capital_subsidy:2026-27:available";
const CONTROL: &str = "accounts_equal_entries";

fn health(app: &App) -> Value {
    app.anybody("GET", "/health/ready", None).json()
}

fn stop_of(app: &App) -> Value {
    app.auditor().sees("/budget")["money_stop"].clone()
}

fn stops_in_log(app: &App) -> Vec<String> {
    app.values("SELECT command AS value FROM audit_log WHERE command IN ('stop_money', 'free_money') ORDER BY sequence")
}

/// Removes the trigger that protects entries, so that SQL can change them.
fn disarm(app: &App) {
    match app.engine {
        Engine::Sqlite => app.sql("DROP TRIGGER entries_no_update;"),
        Engine::Postgres => app.sql("DROP TRIGGER entries_append_only ON entries;"),
    }
}

#[apply(on_both!)]
fn a_changed_total_stops_money_until_it_agrees_again(mut app: App) {
    let sanctioned = app.sanctioned_15_crore();
    assert_eq!((health(&app)["status"].as_str(), stop_of(&app)), (Some("pass"), Value::Null));
    let change = |app: &App, by: &str| {
        app.sql(&format!("UPDATE accounts SET balance_paise = balance_paise {by} WHERE code = '{AVAILABLE}'"));
    };
    change(&app, "+ 1");
    app.serve(false);
    let stop = stop_of(&app);
    assert_eq!((stop["control"].as_str(), stop["kept_paise"].as_i64()), (Some(CONTROL), Some(25 * CRORE + 1)));
    assert_eq!(stop["subject"], format!("account:{AVAILABLE}"));
    assert_eq!((stop["counted_paise"].as_i64(), stop["stopped_at"].is_string()), (Some(25 * CRORE), true));
    assert_eq!(health(&app)["status"], "warn");
    assert_eq!(stops_in_log(&app), ["stop_money"]);

    // Money does not move, whoever requests it; everything else continues.
    let before = app.content();
    let advised = app.disbursing_officer().advises(&sanctioned).refused(409, "money_stopped");
    says(&advised, &format!("control {CONTROL} is red: account:{AVAILABLE}, it differs from its entries"));
    assert_eq!(app.content()["payments"], before["payments"]);
    let proposed = app.scheme_administrator().proposes("capital_subsidy", "2026-27", CRORE).ok();
    app.other_scheme_administrator().approves(&proposed).refused(409, "money_stopped");
    let estimate = json!({ "kind": "revision", "scheme_code": crate::harness::people::SCHEME, "component": "capital_subsidy",
        "financial_year": "2026-27", "amount_paise": 40 * CRORE, "reference": "RE", "dated_on": "2026-05-01" });
    let same = app.scheme_administrator().post("/budget-instruments", None, &estimate).unwrap().ok();
    app.other_scheme_administrator().approves(&same).refused(409, "money_stopped");
    let submitted = app.submitted("ferrite", 600);
    let eligible = app.verifier().scrutinises(&submitted, true).ok();
    app.competent_authority().awards(&eligible, 600).refused(409, "money_stopped");

    // The stop outlives a restart, is logged once, and holds back expiry as well.
    app.set_clock("2027-05-02T06:30:00Z");
    app.serve(false);
    assert_eq!(stops_in_log(&app), ["stop_money"]);
    assert_eq!(app.tranche(&sanctioned)["status"], "sanctioned");
    change(&app, "+ 1");
    app.serve(false);
    assert_eq!(stop_of(&app)["kept_paise"], 25 * CRORE + 2);
    assert_eq!(stops_in_log(&app), ["stop_money", "stop_money"]);

    change(&app, "- 2");
    app.serve(false);
    assert_eq!((health(&app)["status"].as_str(), stop_of(&app)), (Some("pass"), Value::Null));
    assert_eq!(stops_in_log(&app), ["stop_money", "stop_money", "free_money"]);
    assert_eq!(app.tranche(&sanctioned)["status"], "expired", "the hold ended as soon as money moved");
    app.must_verify();
}

#[apply(on_both!)]
fn a_changed_entry_of_long_ago_stops_money(mut app: App) {
    app.sanctioned_15_crore();
    let armed = tripwires(&app);
    disarm(&app);
    // Both sides of the first journal are changed, so that it still balances.
    let first = "journal_id = (SELECT id FROM journals ORDER BY audit_sequence LIMIT 1) AND line <= 2";
    app.sql(&format!("UPDATE entries SET amount_paise = amount_paise * 2 WHERE {first}"));
    armed.again(&app);
    app.serve(false);
    let stop = stop_of(&app);
    assert!(stop["subject"].as_str().unwrap().starts_with("account:outlay:ndfeb-2025-proposal:"), "{stop}");
    assert_eq!(health(&app)["status"], "warn");
    disarm(&app);
    app.sql(&format!("UPDATE entries SET amount_paise = amount_paise / 2 WHERE {first}"));
    armed.again(&app);
    app.serve(false);
    assert_eq!(stop_of(&app), Value::Null);
    app.must_verify();
}

#[apply(on_both!)]
fn entries_that_cannot_be_added_up_stop_money(mut app: App) {
    app.provided("capital_subsidy", "2026-27", CRORE);
    app.provided("capital_subsidy", "2026-27", CRORE);
    let armed = tripwires(&app);
    disarm(&app);
    app.sql("UPDATE entries SET amount_paise = 9223372036854775807 WHERE amount_paise > 0");
    armed.again(&app);
    app.serve(false);
    assert_eq!(health(&app)["status"], "warn");
    let proposed = app.scheme_administrator().proposes("capital_subsidy", "2026-27", CRORE).ok();
    app.other_scheme_administrator().approves(&proposed).refused(409, "money_stopped");
}

#[apply(on_both!)]
fn a_running_sandbox_finds_it_too(app: App) {
    let app = App::sandbox(app.engine);
    app.provided("capital_subsidy", "2026-27", 3 * CRORE);
    let moves = |to: &str| app.administrator().post("/clock", None, &json!({ "now": to })).unwrap().ok();
    moves("2026-05-02T06:30:00Z");
    assert_eq!(stop_of(&app), Value::Null);
    app.sql(&format!("UPDATE accounts SET balance_paise = 0 WHERE code = '{AVAILABLE}'"));
    moves("2026-05-03T06:30:00Z");
    assert_eq!(stop_of(&app)["counted_paise"], 3 * CRORE);
    app.sql(&format!("UPDATE accounts SET balance_paise = {} WHERE code = '{AVAILABLE}'", 3 * CRORE));
    moves("2026-05-04T06:30:00Z");
    assert_eq!(stop_of(&app), Value::Null);
    app.provided("capital_subsidy", "2026-27", CRORE);
    moves("2026-05-05T06:30:00Z");
    assert_eq!(stop_of(&app), Value::Null, "what was posted since is counted");
    app.must_verify();
}
