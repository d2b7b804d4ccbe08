//! Receipts take two people and the bank: a finance officer records what the statement of the account shows, and the
//! office that pays books it. A reference that somebody invented settles nothing.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at, says, version};
use serde_json::{Value, json};

const UTR: &str = "REFUND0000000001";
const DAY: &str = "2026-06-15";

fn demanded(app: &App) -> Value {
    let award = app.selling();
    let paid = app.paid_for(&award, 50_000);
    app.set_clock("2026-06-15T06:30:00Z");
    let recovery = app.demanded(&paid, 5 * CRORE);
    app.set_clock("2026-06-16T06:30:00Z");
    recovery
}

pub fn books(
    app: &App,
    who: &magnet_scheme::client::Person,
    recovery: &Value,
    receipt: (&str, &str, i64),
) -> magnet_scheme::client::Response {
    let now = app.auditor().sees(&at("recoveries", recovery));
    let body = json!({ "utr": receipt.0, "received_on": receipt.1, "amount_paise": receipt.2 });
    who.post(&format!("{}/receipts", at("recoveries", recovery)), version(&now), &body).unwrap()
}

#[apply(on_both!)]
fn a_receipt_needs_a_credit_of_the_bank_that_somebody_else_recorded(app: App) {
    let recovery = demanded(&app);
    let ddo = app.second("ddo");
    let refused = books(&app, &ddo, &recovery, (UTR, DAY, CRORE)).refused(409, "receipt_not_credited");
    says(&refused, UTR);
    app.bank_credits(UTR, DAY, CRORE).ok();
    for other in [(UTR, DAY, CRORE + 1), (UTR, "2026-06-16", CRORE)] {
        let refused = books(&app, &ddo, &recovery, other).refused(409, "credit_differs");
        says(&refused, "₹1,00,00,000.00 on 2026-06-15");
    }
    // One person with both roles records the credit, and does not book it.
    let both = app.person("both", &["finance_officer", "disbursing_officer"], None);
    let evidence = [both.attaches("statement")];
    let own = json!({ "utr": "REFUND0000000002", "credited_on": DAY, "amount_paise": CRORE, "evidence": evidence });
    both.post("/bank-credits", None, &own).unwrap().ok();
    books(&app, &both, &recovery, ("REFUND0000000002", DAY, CRORE)).refused(409, "same_person");
    let spelled = books(&app, &ddo, &recovery, ("00-refund 0000000001", DAY, CRORE)).ok();
    assert_eq!(spelled["credit"]["utr"], UTR);
    books(&app, &both, &recovery, (UTR, DAY, CRORE)).refused(409, "utr_already_used");
    app.bank_credits(UTR, DAY, CRORE).refused(409, "utr_already_used");
    app.must_verify();
}

#[apply(on_both!)]
fn what_was_mistyped_is_recorded_again_and_the_newest_counts(app: App) {
    let recovery = demanded(&app);
    let mistyped = app.bank_credits(UTR, DAY, 2 * CRORE).ok();
    let credit = app.bank_credits(UTR, DAY, CRORE).ok();
    let list = app.auditor().sees("/bank-credits?limit=1");
    assert_eq!((&list["data"][0], list["page"]["next"].is_string()), (&credit, true));
    assert_eq!(app.auditor().sees(&at("bank-credits", &mistyped)), mistyped);
    books(&app, &app.second("ddo"), &recovery, (UTR, DAY, 2 * CRORE)).refused(409, "credit_differs");
    books(&app, &app.second("ddo"), &recovery, (UTR, DAY, CRORE)).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_credit_is_recorded_by_finance_with_the_statement(app: App) {
    let statement = |who: &magnet_scheme::client::Person| who.attaches("statement");
    let finance = app.finance_officer();
    let form = |evidence: Value, on: &str, paise: i64| json!({ "utr": UTR, "credited_on": on, "amount_paise": paise, "evidence": evidence });
    let ddo = app.disbursing_officer();
    let good = form(json!([statement(&ddo)]), "2026-05-01", 1);
    ddo.post("/bank-credits", None, &good).unwrap().refused(403, "not_permitted");
    let records = |body: Value| finance.post("/bank-credits", None, &body).unwrap();
    records(form(json!([]), "2026-05-01", 1)).refused(422, "invalid_fields");
    records(form(json!([statement(&finance)]), "2026-05-02", 1)).refused(422, "invalid_fields");
    records(form(json!([statement(&finance)]), "2026-05-01", 0)).refused(422, "invalid_fields");
    // Nothing arrived before there was a scheme.
    let early = records(form(json!([statement(&finance)]), "1969-07-20", 1)).refused(422, "invalid_fields");
    assert_eq!(early["errors"][0]["code"], "day_range", "{early}");
    records(form(json!([app.preparer().attaches("slip")]), "2026-05-01", 1)).refused(409, "evidence_unknown");
    records(good).ok();
    assert!(app.try_sql("UPDATE bank_credits SET amount_paise = 2").is_err(), "bank_credits is append-only");
    app.preparer().get("/bank-credits").unwrap().refused(403, "not_permitted");
    app.must_verify();
}
