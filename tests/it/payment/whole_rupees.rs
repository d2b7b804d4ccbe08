//! Government pays in whole rupees: the entitlement stays exact, what is paid is rounded down, and the paise stay
//! claimable.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at, says};
use crate::harness::recovery_people::Recovers;
use serde_json::{Value, json};

const SALES: &str = "sales_linked_incentive";

/// A claim of 16 lakh rupees and some paise.
fn claimed(app: &App, award: &Value, day: &str, paise: i64) -> Value {
    let sales = Sales::at_the_rate(day, day, 1_001);
    app.claimed_sales("lodestone", award, Sales { claimed_paise: 160_000_000 + paise, ..sales })
}

#[apply(on_both!)]
fn a_tranche_is_rounded_down_to_the_rupee_and_the_paise_wait(app: App) {
    let award = app.selling_in_september();
    let verified = app.verifier().verifies(&claimed(&app, &award, "2026-08-01", 57)).ok();
    assert_eq!(verified["entitlement_paise"], 160_000_057, "what is earned is exact");
    assert_eq!(verified["statement"]["payable_paise"], 160_000_057);
    assert_eq!((&verified["tranche"]["amount_paise"], &verified["deferred_paise"]), (&json!(160_000_000), &json!(57)));
    let path = format!("{}/tranches", at("claims", &verified));
    let refused = app.verifier().does(&path, &verified, json!({})).refused(409, "less_than_payable");
    says(&refused, "₹0.57 waits, and payments are multiples of ₹1.00");
    let waits = app.verifier().sees("/worklist?kind=deferred_claim");
    assert_eq!(waits["data"], json!([]), "nobody is asked to release it");
    app.paid(&verified["tranche"], "SBINR52026090100001", "2026-09-01");
    let payments = app.auditor().sees("/payments");
    assert_eq!(payments["data"][0]["amount_paise"], 160_000_000);
    app.must_verify();
}

#[apply(on_both!)]
fn paise_are_paid_with_the_next_amount_of_the_claim(app: App) {
    let award = app.selling();
    app.set_clock("2026-09-01T06:30:00Z");
    let verified = app.verifier().verifies(&claimed(&app, &award, "2026-08-01", 99)).ok();
    // An office rejects the tranche: with the paise it is one amount again, which is rounded again.
    app.section_officer().rejects(&verified["tranche"]).ok();
    let claim = app.auditor().sees(&at("claims", &verified));
    assert_eq!(claim["deferred_paise"], 160_000_099);
    let path = format!("{}/tranches", at("claims", &claim));
    let released = app.verifier().does(&path, &claim, json!({})).ok();
    assert_eq!((&released["tranche"]["amount_paise"], &released["deferred_paise"]), (&json!(160_000_000), &json!(99)));
    app.must_verify();
}

#[apply(on_both!)]
fn a_year_with_paise_left_pays_whole_rupees_of_them(app: App) {
    app.window_is_open();
    app.provided(SALES, "2026-27", 100_000_000 + 150);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-09-01T06:30:00Z");
    let verified = app.verifier().verifies(&claimed(&app, &award, "2026-08-01", 0)).ok();
    assert_eq!(verified["tranche"]["amount_paise"], 100_000_100);
    assert_eq!(verified["deferred_paise"], 59_999_900);
    let second = app.verifier().verifies(&claimed(&app, &award, "2026-08-02", 0)).ok();
    assert_eq!(
        (&second["tranche"], &second["deferred_paise"]),
        (&Value::Null, &json!(160_000_000)),
        "50 paise are left"
    );
    app.must_verify();
}

#[apply(on_both!)]
fn a_set_off_leaves_a_payment_in_whole_rupees(app: App) {
    let award = app.selling();
    let demanded = app.demanded(&app.paid_for(&award, 100_000), 10 * CRORE);
    app.set_clock("2026-08-13T06:30:00Z");
    app.second("authority").orders_set_off(&demanded, 2 * CRORE + 33).ok();
    let sales = Sales::at_the_rate("2026-06-01", "2026-06-01", 50_000);
    let tranche = app.sanctioned(&app.tranche_for_sales("lodestone", &award, sales));
    let advised = app.disbursing_officer().advises(&tranche).ok();
    assert_eq!((&advised["amount_paise"], &advised["set_off_paise"]), (&json!(6 * CRORE), &json!(2 * CRORE)));
    let recovery = app.auditor().sees(&at("recoveries", &demanded));
    assert_eq!(recovery["set_off"]["open_paise"], 33, "the paise stay due");
    app.disbursing_officer().confirms(&advised, "SBINR52026081300002", "2026-08-13").ok();
    app.must_verify();
}
