//! Recovered money is spent only by re-appropriation, lapses with its year, and may then be provided anew.

use crate::budget::budget_instruments::orders;
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, says};
use crate::harness::recovery_people::Recovers;
use serde_json::{Value, json};

const SALES: &str = "sales_linked_incentive";

fn freeing(paise: i64) -> Value {
    json!({
        "component": SALES, "to_component": SALES, "source": "recovered", "amount_paise": paise,
        "declaration": { "new_service": false, "expenditure_sanctioned": true, "work_not_approved": false, "contingency_advance": false },
    })
}

#[apply(on_both!)]
fn recovered_money_is_freed_by_re_appropriation_and_what_is_left_lapses(app: App) {
    let award = app.selling();
    let demanded = app.demanded(&app.paid_for(&award, 100_000), 10 * CRORE);
    let due = app.owed(&demanded, "2026-06-01")["statement"]["total_paise"].as_i64().unwrap();
    app.second("ddo").receives(&app, &demanded, "REFUND0000000001", "2026-06-01", due).ok();
    let year = |stage: &str| app.holds(&format!("appropriation:ndfeb-2025-proposal:{SALES}:2026-27:{stage}"));
    let outlay = |stage: &str| app.holds(&format!("outlay:ndfeb-2025-proposal:{SALES}:{stage}"));
    let (available, unspent) = (year("available"), outlay("available"));
    assert_eq!((year("recovered"), outlay("recovered")), (10 * CRORE, 10 * CRORE));

    let refused = orders(&app, "re_appropriation", &freeing(10 * CRORE + 1)).refused(409, "budget_exceeded");
    says(&refused, "sales_linked_incentive:recovered needs ₹10,00,00,000.01 and has ₹10,00,00,000.00");
    orders(&app, "re_appropriation", &freeing(4 * CRORE)).ok();
    assert_eq!((year("available"), outlay("available")), (available + 4 * CRORE, unspent + 4 * CRORE));
    assert_eq!((year("recovered"), outlay("recovered")), (6 * CRORE, 6 * CRORE));
    let row = app.budget("financial_year", SALES, Some("2026-27"));
    assert_eq!((&row["provided_paise"], &row["recovered_paise"]), (&json!(100 * CRORE), &json!(6 * CRORE)));
    app.must_verify();

    app.set_clock("2027-04-01T06:30:00Z");
    let lapse = json!({ "component": SALES, "amount_paise": null });
    let lapsed = orders(&app, "lapse", &lapse).ok();
    assert_eq!(lapsed["posted_paise"], available + 10 * CRORE);
    assert_eq!((year("recovered"), outlay("recovered"), year("available")), (0, 0, 0));
    assert_eq!(outlay("available"), unspent + 10 * CRORE);
    // 1,200 of outlay, 6 of them spent for good (16 paid, 10 back), 100 provided to 2027-28.
    let more = |paise: i64| json!({ "component": SALES, "financial_year": "2027-28", "amount_paise": paise });
    says(
        &orders(&app, "provision", &more(1_094 * CRORE + 1)).refused(409, "outlay_exceeded"),
        "₹10,94,00,00,000.00 is left to provide",
    );
    orders(&app, "provision", &more(1_094 * CRORE)).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_set_off_that_comes_back_frees_the_limit_as_a_whole(app: App) {
    let award = app.selling();
    let demanded = app.demanded(&app.paid_for(&award, 100_000), 10 * CRORE);
    app.second("authority").orders_set_off(&demanded, 4 * CRORE).ok();
    app.set_clock("2026-07-01T06:30:00Z");
    let tranche = app.tranche_for_sales("lodestone", &award, Sales::at_the_rate("2026-06-01", "2026-06-30", 100_000));
    let sanctioned = app.sanctioned(&tranche);
    app.set_clock("2027-03-01T06:30:00Z");
    let ddo = app.disbursing_officer();
    let advised = ddo.advises(&sanctioned).ok();
    assert_eq!(advised["set_off_paise"], 4 * CRORE);
    let paid = ddo.confirms(&advised, "SBINR12027030100001", "2027-03-01").ok();
    let spent =
        || app.values("SELECT CAST(paid_paise AS TEXT) || '/' || advised_paise AS value FROM last_quarter_spending");
    assert_eq!(spent(), [format!("{}/0", 16 * CRORE)]);
    app.must_verify();
    ddo.reports_failure(&paid, "failed_after_success").ok();
    assert_eq!(spent(), ["0/0"]);
    app.must_verify();
}
