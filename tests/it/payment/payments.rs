//! Payments: advised, answered by the bank, failed and advised again; only a success counts as spent.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at, says, stages};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

const CAPITAL: &str = "capital_subsidy";
const UTR: &str = "SBINR52026050100001";

/// The bank's answer as a body.
fn answers(person: &Person, payment: &Value, answer: Value) -> Response {
    person.does(&format!("{}/settlement", at("payments", payment)), payment, answer)
}

/// The present balances of the year, the component, and the only award of the story.
fn money(app: &App) -> [[i64; 6]; 3] {
    [
        stages(&app.budget("financial_year", CAPITAL, Some("2026-27"))),
        stages(&app.budget("component", CAPITAL, None)),
        stages(&app.budget("beneficiary", CAPITAL, Some("NDFEB/2026-27/AWD/0001"))),
    ]
}

const SANCTIONED: [[i64; 6]; 3] = [
    [40 * CRORE, 25 * CRORE, 0, 0, 15 * CRORE, 0],
    [130 * CRORE, 52 * CRORE, 63 * CRORE, 0, 15 * CRORE, 0],
    [78 * CRORE, 63 * CRORE, 63 * CRORE, 0, 15 * CRORE, 0],
];

const DISBURSED: [[i64; 6]; 3] = [
    [40 * CRORE, 25 * CRORE, 0, 0, 0, 15 * CRORE],
    [130 * CRORE, 52 * CRORE, 63 * CRORE, 0, 0, 15 * CRORE],
    [78 * CRORE, 63 * CRORE, 63 * CRORE, 0, 0, 15 * CRORE],
];

fn disbursements(app: &App) -> Vec<Value> {
    app.auditor().sees("/disbursements")["data"].as_array().unwrap().clone()
}

#[apply(on_both!)]
fn only_a_success_is_a_disbursement(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let ddo = app.disbursing_officer();
    let advised = ddo.advises(&sanctioned).ok();
    assert_eq!((advised["status"].as_str(), advised["amount_paise"].as_i64()), (Some("advised"), Some(15 * CRORE)));
    assert_eq!((money(&app), disbursements(&app)), (SANCTIONED, vec![]), "an advice spends nothing");
    let paid = ddo.confirms(&advised, "sbin r52026-0501 00001", "2026-05-01").ok();
    let expected = json!({
        "id": paid["disbursement"]["id"], "number": "NDFEB/2026-27/DIS/0001", "scheme_code": "ndfeb-2025-proposal",
        "component": CAPITAL, "organisation_id": sanctioned["organisation_id"], "beneficiary": "Sample lodestone Ltd",
        "award_id": sanctioned["award_id"], "claim_id": sanctioned["claim_id"], "tranche_id": sanctioned["id"],
        "payment_id": advised["id"], "performance_year": "2026-27", "payment_year": "2026-27", "paid_on": "2026-05-01",
        "amount_paise": 15 * CRORE, "set_off_paise": 0, "returned_paise": 0, "kept_paise": 0, "net_paise": 15 * CRORE, "utr": UTR, "status": "succeeded",
        "recorded_at": paid["disbursement"]["recorded_at"],
    });
    assert_eq!(paid["disbursement"], expected);
    assert_eq!((money(&app), disbursements(&app)), (DISBURSED, vec![expected]));
    assert_eq!(app.tranche(&sanctioned)["status"], "disbursed");
    app.must_verify();
}

#[apply(on_both!)]
fn a_failed_payment_stays_and_is_advised_again_under_a_new_number(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let ddo = app.disbursing_officer();
    let first = ddo.advises(&sanctioned).ok();
    ddo.advises(&app.tranche(&sanctioned)).refused(409, "wrong_state");
    let failed = ddo.reports_failure(&first, "failed").ok();
    assert_eq!((failed["status"].as_str(), &failed["disbursement"]), (Some("failed"), &Value::Null));
    assert_eq!((failed["reason"].as_str(), &failed["utr"]), (Some("account closed"), &Value::Null));
    assert_eq!((money(&app), disbursements(&app)), (SANCTIONED, vec![]));
    ddo.confirms(&failed, UTR, "2026-05-01").refused(409, "wrong_state");

    let again = app.tranche(&sanctioned);
    assert_eq!(again["status"], "sanctioned");
    let second = ddo.advises(&again).ok();
    assert_eq!(
        (first["number"].as_str(), second["number"].as_str()),
        (Some("NDFEB/2026-27/PAY/0001"), Some("NDFEB/2026-27/PAY/0002"))
    );
    assert_ne!(first["id"], second["id"]);
    ddo.confirms(&second, UTR, "2026-05-01").ok();
    let list = app.auditor().sees(&format!("/payments?tranche_id={}", sanctioned["id"].as_str().unwrap()));
    let statuses: Vec<&str> = list["data"].as_array().unwrap().iter().map(|p| p["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["failed", "succeeded"]);
    assert_eq!((money(&app), disbursements(&app).len()), (DISBURSED, 1));
    assert_eq!(app.tranche(&sanctioned)["steps"].as_array().unwrap().len(), 7, "paying again is no further step");
    app.must_verify();
}

#[apply(on_both!)]
fn a_payment_is_settled_once(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let ddo = app.disbursing_officer();
    let advised = ddo.advises(&sanctioned).ok();
    ddo.reports_failure(&advised, "failed_after_success").refused(409, "wrong_state");
    let paid = ddo.confirms(&advised, UTR, "2026-05-01").ok();
    ddo.confirms(&advised, "SBINR52026050100002", "2026-05-01").refused(412, "stale_version");
    ddo.confirms(&paid, "SBINR52026050100002", "2026-05-01").refused(409, "wrong_state");
    ddo.reports_failure(&paid, "failed").refused(409, "wrong_state");
    assert_eq!((money(&app), disbursements(&app).len()), (DISBURSED, 1));
    app.must_verify();
}

#[apply(on_both!)]
fn a_utr_settles_one_payment(app: App) {
    app.window_is_open();
    app.provided(CAPITAL, "2026-27", 40 * CRORE);
    let award = app.awarded("lodestone", 900);
    let advised = |code: &str| {
        let milestone = app.reached("lodestone", &award, code, "2026-05-01");
        let claim = app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
        app.disbursing_officer().advises(&app.sanctioned(&app.verifier().verifies(&claim).ok()["tranche"])).ok()
    };
    let ddo = app.disbursing_officer();
    let (first, second) = (advised("oxide_to_metal"), advised("metal_to_alloy"));
    let paid = ddo.confirms(&first, UTR, "2026-05-01").ok();
    let before = app.budget_table();
    for spelling in [UTR, "sbinr52026050100001", " SBIN R520 2605 0100 001 ", "SBIN-R52026/050100001"] {
        let problem = ddo.confirms(&second, spelling, "2026-05-01").refused(409, "utr_already_used");
        assert_eq!(problem["detail"], "this UTR already settles payment NDFEB/2026-27/PAY/0001");
    }
    // A UTR stays used after the bank took its money back.
    ddo.reports_failure(&paid, "failed_after_success").ok();
    ddo.confirms(&second, UTR, "2026-05-01").refused(409, "utr_already_used");
    let again = ddo.advises(&app.tranche(&json!({ "id": first["tranche_id"] }))).ok();
    ddo.confirms(&again, UTR, "2026-05-01").refused(409, "utr_already_used");
    ddo.confirms(&again, "SBINR52026050100002", "2026-05-01").ok();
    assert_eq!(app.budget_table(), before, "one of two is paid, as before");
    assert_eq!(app.auditor().sees(&at("payments", &second)), second);
    app.must_verify();
}

#[apply(on_both!)]
fn the_banks_figure_must_be_the_advised_one(app: App) {
    let advised = app.disbursing_officer().advises(&app.sanctioned_15_crore()).ok();
    for amount in [15 * CRORE - 1, 15 * CRORE + 1] {
        let answer = json!({ "outcome": "succeeded", "utr": UTR, "paid_on": "2026-05-01", "amount_paise": amount });
        let problem = answers(&app.disbursing_officer(), &advised, answer).refused(409, "amount_differs");
        says(&problem, "the advice says ₹15,00,00,000.00, the bank says ₹1");
    }
    assert_eq!(app.auditor().sees(&at("payments", &advised)), advised);
    assert_eq!((money(&app), disbursements(&app)), (SANCTIONED, vec![]));
    app.must_verify();
}

#[apply(on_both!)]
fn a_payment_is_dated_from_its_advice_to_today(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    app.set_clock("2026-05-10T06:30:00Z");
    let advised = app.disbursing_officer().advises(&sanctioned).ok();
    app.set_clock("2026-05-12T06:30:00Z");
    let wrong = [("2026-05-09", "lies before 2026-05-10"), ("2026-05-13", "lies after 2026-05-12")];
    for (day, why) in wrong {
        says(&app.disbursing_officer().confirms(&advised, UTR, day).refused(409, "date_not_allowed"), why);
    }
    assert_eq!((money(&app), disbursements(&app)), (SANCTIONED, vec![]));
    app.disbursing_officer().confirms(&advised, UTR, "2026-05-10").ok();
    app.must_verify();
}

#[apply(on_both!)]
fn what_the_bank_took_back_is_owed_again(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let ddo = app.disbursing_officer();
    let paid = ddo.confirms(&ddo.advises(&sanctioned).ok(), UTR, "2026-05-01").ok();
    let returned = ddo.reports_failure(&paid, "failed_after_success").ok();
    assert_eq!((returned["status"].as_str(), returned["utr"].as_str()), (Some("failed_after_success"), Some(UTR)));
    assert_eq!(money(&app), SANCTIONED, "both ledgers are as before the payment");
    assert_eq!(app.tranche(&sanctioned)["status"], "sanctioned");
    let kept = disbursements(&app);
    assert_eq!((kept.len(), kept[0]["status"].as_str()), (1, Some("failed_after_success")));
    app.must_verify();
    ddo.reports_failure(&returned, "failed_after_success").refused(409, "wrong_state");

    let second = ddo.advises(&app.tranche(&sanctioned)).ok();
    assert_eq!(second["number"], "NDFEB/2026-27/PAY/0002");
    ddo.confirms(&second, "SBINR52026050100002", "2026-05-01").ok();
    assert_eq!(money(&app), DISBURSED);
    let status = |utr: &str| {
        let found = app.auditor().sees(&format!("/disbursements?utr={utr}"));
        found["data"][0]["status"].clone()
    };
    assert_eq!((status(UTR), status("SBINR52026050100002")), (json!("failed_after_success"), json!("succeeded")));
    let kinds: Vec<Value> = app.auditor().sees(&format!("{}/chain", at("disbursements", &kept[0])))["journals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|journal| journal["kind"].clone())
        .collect();
    let story = [
        "award_committed",
        "claim_reserved",
        "tranche_sanctioned",
        "payment_disbursed",
        "disbursement_reversed",
        "payment_disbursed",
    ];
    assert_eq!(kinds, story, "the reversal is a journal of its own");
    app.must_verify();
}

#[apply(on_both!)]
fn a_payment_belongs_to_the_year_in_which_the_bank_paid(app: App) {
    app.window_is_open();
    app.provided("sales_linked_incentive", "2026-27", CRORE);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2027-03-31T06:30:00Z");
    let advised = |day: &str| {
        let tranche = app.tranche_for_sales("lodestone", &award, Sales::at_the_rate(day, day, 1_000));
        app.disbursing_officer().advises(&app.sanctioned(&tranche)).ok()
    };
    let (first, second, third) = (advised("2026-06-01"), advised("2026-06-02"), advised("2026-06-03"));
    let ddo = app.disbursing_officer();
    let year = |name: &str| stages(&app.budget("financial_year", "sales_linked_incentive", Some(name)));
    let amount = 160_000_000;

    app.set_clock("2027-03-31T18:29:00Z"); // 23:59 in India
    ddo.confirms(&first, "UTR000000000001", "2027-04-01").refused(409, "date_not_allowed");
    let paid = ddo.confirms(&first, "UTR000000000001", "2027-03-31").ok();
    assert_eq!(paid["disbursement"]["payment_year"], "2026-27");
    assert_eq!(year("2026-27"), [CRORE, CRORE - 3 * amount, 0, 0, 2 * amount, amount]);

    app.set_clock("2027-03-31T18:30:00Z"); // midnight in India
    let problem = ddo.confirms(&second, "UTR000000000002", "2027-04-01").refused(409, "budget_exceeded");
    says(&problem, "appropriation:ndfeb-2025-proposal:sales_linked_incentive:2027-28:available needs ₹16,00,000.00");
    assert_eq!(app.auditor().sees(&at("payments", &second)), second);
    app.provided("sales_linked_incentive", "2027-28", CRORE);
    let paid = ddo.confirms(&second, "UTR000000000002", "2027-04-01").ok();
    assert_eq!(
        (paid["disbursement"]["payment_year"].as_str(), paid["disbursement"]["performance_year"].as_str()),
        (Some("2027-28"), Some("2026-27"))
    );
    assert_eq!(year("2026-27"), [CRORE, CRORE - 2 * amount, 0, 0, amount, amount]);
    assert_eq!(year("2027-28"), [CRORE, CRORE - amount, 0, 0, 0, amount]);

    // Reported in April but paid in March: it counts as March's money.
    app.set_clock("2027-04-02T06:30:00Z");
    let paid = ddo.confirms(&third, "UTR000000000003", "2027-03-31").ok();
    assert_eq!(paid["disbursement"]["payment_year"], "2026-27");
    assert_eq!(year("2026-27"), [CRORE, CRORE - 2 * amount, 0, 0, 0, 2 * amount]);

    // Taken back in the new year and advised again: the old year gets the money back, and the new one pays.
    ddo.reports_failure(&paid, "failed_after_success").ok();
    assert_eq!(year("2026-27"), [CRORE, CRORE - 2 * amount, 0, 0, amount, amount]);
    let again = ddo.advises(&app.tranche(&json!({ "id": third["tranche_id"] }))).ok();
    ddo.confirms(&again, "UTR000000000004", "2027-04-02").ok();
    assert_eq!(year("2026-27"), [CRORE, CRORE - amount, 0, 0, 0, amount]);
    assert_eq!(year("2027-28"), [CRORE, CRORE - 2 * amount, 0, 0, 0, 2 * amount]);
    app.must_verify();
}

#[apply(on_both!)]
fn nothing_is_instructed_in_a_year_without_appropriation(app: App) {
    app.window_is_open();
    app.provided("sales_linked_incentive", "2026-27", CRORE);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2027-03-31T06:30:00Z");
    let sanctioned =
        |day: &str| app.sanctioned(&app.tranche_for_sales("lodestone", &award, Sales::at_the_rate(day, day, 1_000)));
    let (first, second) = (sanctioned("2026-06-01"), sanctioned("2026-06-02"));
    let ddo = app.disbursing_officer();
    let advised = ddo.advises(&first).ok();
    let year = |name: &str| stages(&app.budget("financial_year", "sales_linked_incentive", Some(name)));
    let (amount, needs) = (160_000_000, "2027-28:available needs ₹16,00,000.00 and has ₹0.00");
    let files = |execute_on: &str| {
        ddo.post("/payment-advices", None, &json!({ "payment_ids": [advised["id"]], "execute_on": execute_on }))
            .unwrap()
    };
    // On the last day of March a file for the first of April is one of the new year.
    says(&files("2027-04-01").refused(409, "budget_exceeded"), needs);

    app.set_clock("2027-03-31T18:30:00Z"); // midnight in India
    says(&ddo.advises(&second).refused(409, "budget_exceeded"), needs);
    says(&files("2027-04-01").refused(409, "budget_exceeded"), needs);
    assert_eq!(year("2026-27"), [CRORE, CRORE - 2 * amount, 0, 0, 2 * amount, 0]);
    // There is room for one of them, and whoever comes first takes it: the other is not instructed.
    app.provided("sales_linked_incentive", "2027-28", amount);
    files("2027-04-01").ok();
    assert_eq!(app.tranche(&first)["held_in"], "2027-28");
    assert_eq!(year("2027-28"), [amount, 0, 0, 0, amount, 0]);
    ddo.advises(&second).refused(409, "budget_exceeded");
    ddo.confirms(&advised, "UTR000000000001", "2027-04-01").ok();
    app.provided("sales_linked_incentive", "2027-28", amount);
    let late = ddo.advises(&second).ok();
    assert_eq!(app.tranche(&second)["held_in"], "2027-28");
    ddo.confirms(&late, "UTR000000000002", "2027-04-01").ok();
    assert_eq!(year("2026-27"), [CRORE, CRORE, 0, 0, 0, 0]);
    assert_eq!(year("2027-28"), [2 * amount, 0, 0, 0, 0, 2 * amount]);
    app.must_verify();
    assert_eq!(app.red_controls(), Vec::<String>::new());
}

#[apply(on_both!)]
fn an_answer_says_what_its_outcome_needs(app: App) {
    let advised = app.disbursing_officer().advises(&app.sanctioned_15_crore()).ok();
    let whole = json!({ "outcome": "succeeded", "utr": UTR, "paid_on": "2026-05-01", "amount_paise": 15 * CRORE });
    let with = |field: &str, value: Value| {
        let mut answer = whole.clone();
        answer[field] = value;
        answer
    };
    let wrong = [
        (with("utr", Value::Null), "/utr"),
        (with("utr", json!("SBIN-1")), "/utr"),
        (with("utr", json!("SBINR5202605010000_1")), "/utr"),
        (with("paid_on", Value::Null), "/paid_on"),
        (with("amount_paise", Value::Null), "/amount_paise"),
        (with("reason", json!("all well")), "/reason"),
        (json!({ "outcome": "failed" }), "/reason"),
        (json!({ "outcome": "failed", "reason": "closed", "utr": UTR }), "/utr"),
        (json!({ "outcome": "failed_after_success", "reason": "closed", "amount_paise": 1 }), "/amount_paise"),
        (json!({ "outcome": "advised", "reason": "none" }), "/outcome"),
    ];
    for (answer, pointer) in wrong {
        let problem = answers(&app.disbursing_officer(), &advised, answer).refused(422, "invalid_fields");
        let pointers: Vec<&Value> = problem["errors"].as_array().unwrap().iter().map(|e| &e["pointer"]).collect();
        assert_eq!(pointers, [pointer]);
    }
    assert_eq!(app.auditor().sees(&at("payments", &advised)), advised);
    app.must_verify();
}

#[apply(on_both!)]
fn another_disbursing_officer_may_settle_and_is_named(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let advised = app.disbursing_officer().advises(&sanctioned).ok();
    let colleague = app.person("colleague", &["disbursing_officer"], None);
    let paid = colleague.confirms(&advised, UTR, "2026-05-01").ok();
    assert_ne!(paid["settled_by"], paid["advised_by"]);
    let steps = app.tranche(&sanctioned)["steps"].clone();
    let last: Vec<Value> = steps.as_array().unwrap()[6..].iter().map(|s| json!([s["step"], s["taken_by"]])).collect();
    assert_eq!(last, [json!(["pay", paid["advised_by"]]), json!(["pay", paid["settled_by"]])]);
    app.preparer_of("magnetite").get(&at("payments", &paid)).unwrap().refused(404, "not_found");
    assert_eq!(app.preparer().sees("/payments")["data"][0]["id"], paid["id"]);
    app.must_verify();
}

#[apply(on_both!)]
fn an_act_that_moves_money_tells_the_new_balances(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let advice = app.disbursing_officer().advises(&sanctioned);
    assert!(advice.balances().is_empty(), "an advice moves nothing");
    let answer = app.disbursing_officer().confirms(&advice.ok(), UTR, "2026-05-01");
    let award = "outlay:ndfeb-2025-proposal:capital_subsidy:NDFEB/2026-27/AWD/0001";
    let year = "appropriation:ndfeb-2025-proposal:capital_subsidy:2026-27";
    let told = answer.balances();
    let expected = [
        (format!("{award}:sanctioned"), 0),
        (format!("{award}:disbursed"), 15 * CRORE),
        (format!("{year}:sanctioned"), 0),
        (format!("{year}:disbursed"), 15 * CRORE),
    ];
    assert_eq!(told, expected.into_iter().collect());
    for (account, balance) in told {
        let stored =
            app.values(&format!("SELECT CAST(balance_paise AS TEXT) AS value FROM accounts WHERE code = '{account}'"));
        assert_eq!(stored, [balance.to_string()], "{account}");
    }
}
