//! The limits on the last quarter and on March: they warn or stop as the table says, to the paisa,
//! and never refuse what a bank reports.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at, says};
use magnet_scheme::client::Response;
use serde_json::{Value, json};

const CAPITAL: &str = "capital_subsidy";

/// A service whose limits stop.
fn strict(app: &App) -> (App, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let limits = include_str!("../../../config/finance/expenditure-limits.toml").replace("\"warn\"", "\"stop\"");
    std::fs::write(folder.path().join("expenditure-limits.toml"), limits).unwrap();
    let moves = include_str!("../../../config/finance/reappropriation.toml");
    std::fs::write(folder.path().join("reappropriation.toml"), moves).unwrap();
    (App::start_with(app.engine, |config| config.finance.folder = folder.path().to_owned()), folder)
}

/// The warnings in a successful answer.
fn warnings(answer: &Response) -> Vec<Value> {
    assert!(answer.status < 300, "{}", answer.text());
    answer.json()["warnings"].as_array().cloned().unwrap_or_default()
}

/// The four figures of one limit: ceiling, paid, advised, room.
fn meter(app: &App, limit: &str) -> [i64; 4] {
    let meters = app.auditor().sees("/budget/limits?financial_year=2026-27");
    let row = meters["data"].as_array().unwrap().iter().find(|row| row["limit"] == limit).unwrap().clone();
    ["ceiling", "paid", "advised", "room"].map(|field| row[format!("{field}_paise")].as_i64().unwrap())
}

#[apply(on_both!)]
fn a_limit_that_stops_refuses_the_advice_and_warns_of_the_sanction(app: App) {
    let (app, _folder) = strict(&app);
    let tranche = app.tranche_of_15_crore();
    let concurred = app.concurred(&tranche);
    app.set_clock("2027-02-01T06:30:00Z");
    let answer = app.competent_authority().sanctions(&concurred);
    assert_eq!(warnings(&answer).len(), 1);
    assert_eq!(warnings(&answer)[0]["code"], "expenditure_limit");
    let sanctioned = answer.ok();
    let log = app.auditor().sees("/audit-log?limit=1000");
    let entry = log["data"].as_array().unwrap().iter().rfind(|entry| entry["command"] == "sanction_tranche").unwrap();
    let details: Value = serde_json::from_str(entry["details"].as_str().unwrap()).unwrap();
    assert_eq!(details["warnings"][0]["code"], "expenditure_limit", "{entry}");
    assert_eq!(details["warnings"][0]["arguments"]["room"], json!({ "kind": "paise", "value": 1320 * CRORE / 100 }));

    let ddo = app.disbursing_officer();
    let before = app.content();
    let refused = ddo.advises(&sanctioned).refused(409, "expenditure_limit");
    says(&refused, "limit last_quarter of 2026-27 (33 % of be ₹40,00,00,000.00)");
    says(&refused, "₹0.00 is paid or on its way, ₹15,00,00,000.00 more is asked and ₹13,20,00,000.00 is left");
    says(&refused, "the limit of ₹13,20,00,000.00 is passed by ₹1,80,00,000.00");
    assert_eq!(app.content()["payments"], before["payments"]);
    assert_eq!(meter(&app, "last_quarter"), [1320 * CRORE / 100, 0, 0, 1320 * CRORE / 100]);
    // The new year has limits of its own.
    app.set_clock("2027-04-01T06:30:00Z");
    app.provided(CAPITAL, "2027-28", 40 * CRORE);
    assert!(warnings(&ddo.advises(&sanctioned)).is_empty());
    app.must_verify();
}

#[apply(on_both!)]
fn a_limit_is_reached_to_the_paisa(app: App) {
    let (app, _folder) = strict(&app);
    app.window_is_open();
    // 15 % of one paisa less than 100 crore leaves one paisa less than 15 crore for March.
    app.provided(CAPITAL, "2026-27", 100 * CRORE - 1);
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let claim = app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
    let sanctioned = app.sanctioned(&app.verifier().verifies(&claim).ok()["tranche"]);
    app.set_clock("2027-03-01T06:30:00Z");
    let ddo = app.disbursing_officer();
    says(
        &ddo.advises(&sanctioned).refused(409, "expenditure_limit"),
        "limit march of 2026-27 (15 % of be ₹99,99,99,999.99)",
    );
    app.provided(CAPITAL, "2026-27", 1);
    let answer = ddo.advises(&sanctioned);
    assert!(warnings(&answer).is_empty());
    let advised = answer.ok();
    assert_eq!(meter(&app, "march"), [15 * CRORE, 0, 15 * CRORE, 0]);
    ddo.confirms(&advised, "SBINR12027030100001", "2027-03-01").ok();
    assert_eq!(meter(&app, "march"), [15 * CRORE, 15 * CRORE, 0, 0]);
    assert_eq!(meter(&app, "last_quarter"), [33 * CRORE, 15 * CRORE, 0, 18 * CRORE]);
    app.must_verify();
}

#[apply(on_both!)]
fn a_limit_that_warns_lets_money_go_and_says_so(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    app.set_clock("2027-03-31T18:29:59Z");
    let answer = app.disbursing_officer().advises(&sanctioned);
    assert_eq!(warnings(&answer).len(), 2, "the quarter's and March's");
    let advised = answer.ok();
    assert_eq!(meter(&app, "march"), [6 * CRORE, 0, 15 * CRORE, 0]);
    let payment = app.auditor().sees(&at("payments", &advised));
    assert_eq!(payment["warnings"], Value::Null, "it belongs to the act, not to the payment");
    let row = &app.auditor().sees("/budget/limits")["data"][0];
    assert_eq!((&row["effect"], &row["base"], &row["basis"]), (&json!("warn"), &json!("be"), &json!("assumption")));
    assert_eq!(row["financial_year"], "2026-27");
    app.must_verify();
}

#[apply(on_both!)]
fn a_payment_that_happened_is_always_recorded(app: App) {
    let (app, _folder) = strict(&app);
    let sanctioned = app.sanctioned_15_crore();
    app.set_clock("2026-12-31T18:29:59Z");
    let ddo = app.disbursing_officer();
    let advised = ddo.advises(&sanctioned).ok();
    app.set_clock("2027-01-05T06:30:00Z");
    ddo.confirms(&advised, "SBINR12027010200001", "2027-01-02").ok();
    assert_eq!(meter(&app, "last_quarter"), [1320 * CRORE / 100, 15 * CRORE, 0, 0]);
    app.must_verify();
}

#[apply(on_both!)]
fn what_fails_or_comes_back_frees_the_limit(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    app.set_clock("2027-02-27T06:30:00Z");
    let ddo = app.disbursing_officer();
    let first = ddo.advises(&sanctioned).ok();
    assert_eq!(meter(&app, "last_quarter")[1..3], [0, 15 * CRORE]);
    let unknown = ddo.reports_failure(&first, "unknown").ok();
    assert_eq!(meter(&app, "last_quarter")[1..3], [0, 15 * CRORE], "it may have been paid");
    app.set_clock("2027-03-02T06:30:00Z");
    ddo.reports_failure(&unknown, "failed").ok();
    assert_eq!(meter(&app, "last_quarter")[1..3], [0, 0]);
    let second = ddo.advises(&app.tranche(&sanctioned)).ok();
    let paid = ddo.confirms(&second, "SBINR12027030200001", "2027-03-02").ok();
    assert_eq!(meter(&app, "march")[1..3], [15 * CRORE, 0]);
    ddo.reports_failure(&paid, "failed_after_success").ok();
    assert_eq!((meter(&app, "march")[1..3].to_vec(), meter(&app, "last_quarter")[1]), (vec![0, 0], 0));
    app.must_verify();
}

#[apply(on_both!)]
fn verify_knows_what_the_months_paid(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    app.set_clock("2027-02-27T06:30:00Z");
    let ddo = app.disbursing_officer();
    ddo.confirms(&ddo.advises(&sanctioned).ok(), "SBINR12027022700001", "2027-02-27").ok();
    app.must_verify();
    app.sql("UPDATE last_quarter_spending SET paid_paise = paid_paise - 1");
    let fault = app.verify().fault.unwrap();
    assert!(fault.contains("2027-02: 14999999999 paise are kept as paid"), "{fault}");
    app.sql("UPDATE last_quarter_spending SET paid_paise = paid_paise + 1, advised_paise = 7");
    let fault = app.verify().fault.unwrap();
    assert!(fault.contains("2027-02: 7 paise are kept as advised, its payments say 0"), "{fault}");
    app.sql("UPDATE last_quarter_spending SET advised_paise = 0");
    app.must_verify();
    app.sql("DELETE FROM last_quarter_spending");
    assert!(app.verify().fault.unwrap().contains("2027-02: 0 paise are kept as paid"));
}

#[apply(plain!)]
fn a_wrong_table_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("reappropriation.toml", include_str!("../../../config/finance/reappropriation.toml"));
    let app = App::start(crate::harness::app::Engine::Sqlite);
    let mut config = app.config.clone();
    config.finance.folder = folder.path().to_owned();
    let problem = || app.start_problem_with(&config).unwrap();
    assert!(problem().contains("expenditure-limits.toml"), "{}", problem());
    let limits = include_str!("../../../config/finance/expenditure-limits.toml");
    write("expenditure-limits.toml", &limits.replacen("2019-12-27", "2019-12-26", 1));
    assert!(problem().contains("two rows are in force"), "{}", problem());
    write("expenditure-limits.toml", &limits.replacen("3300", "33000", 1));
    assert!(problem().contains("0 to 10000"), "{}", problem());
}

#[apply(on_both!)]
fn a_warning_is_told_in_the_language_of_the_request(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    app.set_clock("2027-03-31T06:30:00Z");
    let ddo = app.disbursing_officer();
    let path = format!("/tranches/{}/payments", sanctioned["id"].as_str().unwrap());
    let version = format!("\"{}\"", sanctioned["version"]);
    let advises = |language: &str| {
        let headers = [
            ("Content-Type", "application/json"),
            ("Idempotency-Key", "one-key-for-both"),
            ("If-Match", version.as_str()),
            ("Accept-Language", language),
        ];
        ddo.send("POST", &path, &headers, Some(b"{}".as_slice())).unwrap()
    };
    let (hindi, english) = (advises("hi"), advises("en"));
    assert_eq!((hindi.header("content-language"), hindi.header("vary")), (Some("hi"), Some("Accept-Language")));
    let (hindi, english) = (warnings(&hindi), warnings(&english));
    let detail = |warnings: &[Value]| warnings.last().unwrap()["detail"].as_str().unwrap().to_owned();
    assert!(detail(&english).starts_with("limit march of 2026-27 (15 % of be ₹40,00,00,000.00)"), "{english:?}");
    assert!(detail(&hindi).contains("मार्च की व्यय सीमा"), "{hindi:?}");
    assert!(!detail(&hindi).bytes().any(|byte| byte.is_ascii_alphabetic()), "{hindi:?}");
    let rest = |warnings: &[Value]| -> Vec<[Value; 2]> {
        warnings.iter().map(|one| [one["code"].clone(), one["arguments"].clone()]).collect()
    };
    assert_eq!(rest(&hindi), rest(&english), "codes and arguments are the same in both");
}
