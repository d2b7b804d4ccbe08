//! Set-offs: a beneficiary's debt is deducted from its next payments, and only once.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at, says};
use crate::harness::recovery_people::{Recovers, parts};
use serde_json::{Value, json};

const SALES: &str = "sales_linked_incentive";
const RECOVERY: &str = "recovery:ndfeb-2025-proposal:sales_linked_incentive:NDFEB/2026-27/AWD/0001";
const OUTLAY: &str = "outlay:ndfeb-2025-proposal:sales_linked_incentive:NDFEB/2026-27/AWD/0001";
/// 10 crore at 9 % for 73 days.
const INTEREST: i64 = 180_000_000;

/// 16 crore were paid on the first of June; 10 of them are demanded back. It is 13 August.
fn story(app: &App) -> (Value, Value, Value) {
    let award = app.selling();
    let paid = app.paid_for(&award, 100_000);
    let demanded = app.demanded(&paid, 10 * CRORE);
    app.set_clock("2026-08-13T06:30:00Z");
    (award, paid, demanded)
}

/// A sanctioned tranche for one day of sales, at 1,600 rupees a kilogram.
fn next_tranche(app: &App, award: &Value, day: &str, kg: i64) -> Value {
    app.sanctioned(&app.tranche_for_sales("lodestone", award, Sales::at_the_rate(day, day, kg)))
}

fn now(app: &App, recovery: &Value) -> Value {
    app.auditor().sees(&at("recoveries", recovery))
}

#[apply(on_both!)]
fn the_next_payment_is_smaller_and_one_journal_posts_both(app: App) {
    let (award, _, demanded) = story(&app);
    let due = 10 * CRORE + INTEREST;
    let authority = app.second("authority");
    let problem = authority.orders_set_off(&demanded, due + 1).refused(409, "set_off_exceeds");
    says(&problem, "₹10,18,00,000.00 is due today");
    let ordered = authority.orders_set_off(&demanded, due).ok();
    let tranche = next_tranche(&app, &award, "2026-06-01", 125_000);
    assert_eq!(tranche["amount_paise"], 20 * CRORE);
    let advised = app.disbursing_officer().advises(&tranche).ok();
    assert_eq!(
        (advised["amount_paise"].as_i64(), advised["set_off_paise"].as_i64()),
        (Some(20 * CRORE - due), Some(due))
    );
    assert_eq!(app.holds(&format!("{RECOVERY}:principal_recovered")), 0, "an advice recovers nothing");
    let held = now(&app, &ordered);
    assert_eq!((&held["held_by"], held["credits"][0]["status"].as_str()), (&advised["id"], Some("held")));
    app.must_verify();

    app.set_clock("2026-08-20T06:30:00Z");
    let answer = app.disbursing_officer().confirms(&advised, "SBINR52026082000001", "2026-08-20");
    let balances = answer.balances();
    let paid = answer.ok()["disbursement"].clone();
    let money = ["amount", "set_off", "net"].map(|name| paid[format!("{name}_paise")].as_i64().unwrap());
    assert_eq!(money, [20 * CRORE, due, 20 * CRORE - due]);
    assert_eq!(app.auditor().sees(&at("disbursements", &paid)), paid);
    assert_eq!(app.auditor().sees("/disbursements?sort=amount")["data"][0], paid);
    for (account, balance) in [
        (format!("{OUTLAY}:disbursed"), 16 * CRORE + 20 * CRORE - 10 * CRORE),
        (format!("{RECOVERY}:principal_recovered"), 10 * CRORE),
        (format!("{RECOVERY}:interest_recovered"), INTEREST),
        (format!("{RECOVERY}:principal_due"), 0),
        (format!("outlay:ndfeb-2025-proposal:{SALES}:recovered"), 10 * CRORE),
        (format!("appropriation:ndfeb-2025-proposal:{SALES}:2026-27:recovered"), 10 * CRORE),
        (format!("appropriation:ndfeb-2025-proposal:{SALES}:2026-27:disbursed"), 36 * CRORE),
    ] {
        assert_eq!(balances.get(&account), Some(&balance), "{account}");
    }
    let settled = now(&app, &ordered);
    let credit = &settled["credits"][0];
    assert_eq!(
        (settled["status"].as_str(), &settled["held_by"], &settled["set_off"]),
        (Some("settled"), &Value::Null, &Value::Null)
    );
    assert_eq!((credit["status"].as_str(), credit["credited_on"].as_str()), (Some("done"), Some("2026-08-13")));
    app.must_verify();
}

#[apply(on_both!)]
fn a_failed_payment_recovers_nothing_and_the_order_stands(app: App) {
    let (award, _, demanded) = story(&app);
    let ordered = app.second("authority").orders_set_off(&demanded, 4 * CRORE).ok();
    let tranche = next_tranche(&app, &award, "2026-06-01", 125_000);
    let ddo = app.disbursing_officer();
    let first = ddo.advises(&tranche).ok();
    let failed = ddo.reports_failure(&first, "failed").ok();
    assert_eq!((failed["status"].as_str(), failed["set_off_paise"].as_i64()), (Some("failed"), Some(4 * CRORE)));
    let after = now(&app, &ordered);
    assert_eq!((after["set_off"]["open_paise"].as_i64(), &after["held_by"]), (Some(4 * CRORE), &Value::Null));
    assert_eq!(after["credits"][0]["status"], "released");
    assert_eq!(parts(&after["statement"]["due"]), [10 * CRORE, INTEREST, 0]);
    assert_eq!(app.holds(&format!("{RECOVERY}:interest_due")), 0);
    app.must_verify();
    let second = ddo.advises(&app.tranche(&tranche)).ok();
    assert_eq!(second["amount_paise"], 16 * CRORE);
    ddo.confirms(&second, "SBINR52026081300001", "2026-08-13").ok();
    assert_eq!(parts(&now(&app, &ordered)["statement"]["due"]), [6 * CRORE + INTEREST, 0, 0]);
    app.must_verify();
}

#[apply(on_both!)]
fn what_is_held_is_not_used_twice(app: App) {
    let (award, _, demanded) = story(&app);
    let ordered = app.second("authority").orders_set_off(&demanded, 4 * CRORE).ok();
    let (one, two) =
        (next_tranche(&app, &award, "2026-06-01", 125_000), next_tranche(&app, &award, "2026-06-02", 125_000));
    let ddo = app.disbursing_officer();
    let first = ddo.advises(&one).ok();
    let second = ddo.advises(&two).ok();
    assert_eq!((first["set_off_paise"].as_i64(), second["set_off_paise"].as_i64()), (Some(4 * CRORE), Some(0)));
    let unknown = ddo.reports_failure(&first, "unknown").ok();
    let held = now(&app, &ordered);
    let collector = app.second("ddo");
    collector.receives(&app, &held, "REFUND0000000001", "2026-08-13", CRORE).refused(409, "set_off_pending");
    app.second("authority").orders_set_off(&held, CRORE).refused(409, "set_off_pending");
    app.second("authority").grants(&held, &[("2026-09-01", 1), ("2026-10-01", 1)]).refused(409, "set_off_pending");
    app.third("finance").proposes_relief(&held, "write_off", Value::Null).refused(409, "set_off_pending");
    app.must_verify();
    ddo.confirms(&unknown, "SBINR52026081300001", "2026-08-13").ok();
    ddo.confirms(&second, "SBINR52026081300002", "2026-08-13").ok();
    collector.receives(&app, &now(&app, &ordered), "REFUND0000000001", "2026-08-13", 6 * CRORE + INTEREST).ok();
    assert_eq!(now(&app, &ordered)["status"], "settled");
    app.must_verify();
}

#[apply(on_both!)]
fn an_order_is_used_up_over_several_payments_and_leaves_the_bank_a_rupee(app: App) {
    let (award, _, demanded) = story(&app);
    let ordered = app.second("authority").orders_set_off(&demanded, 5 * CRORE).ok();
    let ddo = app.disbursing_officer();
    let advised = ddo.advises(&next_tranche(&app, &award, "2026-06-01", 18_750)).ok();
    assert_eq!(
        (advised["amount_paise"].as_i64(), advised["set_off_paise"].as_i64()),
        (Some(100), Some(3 * CRORE - 100))
    );
    ddo.confirms(&advised, "SBINR52026081300001", "2026-08-13").ok();
    assert_eq!(now(&app, &ordered)["set_off"]["open_paise"], 2 * CRORE + 100);
    let advised = ddo.advises(&next_tranche(&app, &award, "2026-06-02", 18_750)).ok();
    assert_eq!(advised["set_off_paise"], 2 * CRORE + 100);
    ddo.confirms(&advised, "SBINR52026081300002", "2026-08-13").ok();
    assert_eq!(now(&app, &ordered)["set_off"], Value::Null);
    let advised = ddo.advises(&next_tranche(&app, &award, "2026-06-03", 18_750)).ok();
    assert_eq!(advised["set_off_paise"], 0);
    assert_eq!(parts(&now(&app, &ordered)["statement"]["due"]), [5 * CRORE + INTEREST, 0, 0]);
    app.must_verify();
}

#[apply(on_both!)]
fn an_order_keeps_back_no_more_than_is_still_due(app: App) {
    let (award, _, demanded) = story(&app);
    let ordered = app.second("authority").orders_set_off(&demanded, 4 * CRORE).ok();
    app.second("ddo").receives(&app, &ordered, "REFUND0000000001", "2026-08-13", 8 * CRORE).ok();
    let ddo = app.disbursing_officer();
    let left = 2 * CRORE + INTEREST;
    let advised = ddo.advises(&next_tranche(&app, &award, "2026-06-01", 125_000)).ok();
    assert_eq!(
        (advised["amount_paise"].as_i64(), advised["set_off_paise"].as_i64()),
        (Some(20 * CRORE - left), Some(left))
    );
    ddo.confirms(&advised, "SBINR52026081300001", "2026-08-13").ok();
    let settled = now(&app, &ordered);
    assert_eq!((settled["status"].as_str(), parts(&settled["statement"]["due"])), (Some("settled"), [0, 0, 0]));
    let advised = ddo.advises(&next_tranche(&app, &award, "2026-06-02", 125_000)).ok();
    assert_eq!(advised["set_off_paise"], 0);
    app.must_verify();
}

#[apply(on_both!)]
fn what_the_bank_took_back_is_owed_again_with_its_interest(app: App) {
    let (award, _, demanded) = story(&app);
    let due = 10 * CRORE + INTEREST;
    let ordered = app.second("authority").orders_set_off(&demanded, due).ok();
    let tranche = next_tranche(&app, &award, "2026-06-01", 125_000);
    let ddo = app.disbursing_officer();
    let paid = ddo.confirms(&ddo.advises(&tranche).ok(), "SBINR52026081300001", "2026-08-13").ok();
    assert_eq!(now(&app, &ordered)["status"], "settled");
    app.set_clock("2026-08-23T06:30:00Z");
    ddo.reports_failure(&paid, "failed_after_success").ok();
    let again = now(&app, &ordered);
    let kinds: Vec<&str> = again["credits"].as_array().unwrap().iter().map(|c| c["kind"].as_str().unwrap()).collect();
    assert_eq!((again["status"].as_str(), kinds), (Some("demanded"), vec!["set_off", "set_off_undone"]));
    // As if it had never been set off: 83 days at 9 % on 10 crore.
    let interest = 10 * CRORE * 9 * 83 / 36_500;
    assert_eq!(parts(&again["statement"]["due"]), [10 * CRORE, interest, 0]);
    for (account, balance) in [
        (format!("{OUTLAY}:disbursed"), 16 * CRORE),
        (format!("{OUTLAY}:sanctioned"), 20 * CRORE),
        (format!("{RECOVERY}:principal_recovered"), 0),
        (format!("{RECOVERY}:principal_due"), 10 * CRORE),
        (format!("outlay:ndfeb-2025-proposal:{SALES}:recovered"), 0),
        (format!("appropriation:ndfeb-2025-proposal:{SALES}:2026-27:receipts"), 0),
    ] {
        assert_eq!(app.holds(&account), balance, "{account}");
    }
    app.must_verify();
    // The second payment is made in full, because a new set-off needs a new order.
    let second = ddo.advises(&app.tranche(&tranche)).ok();
    assert_eq!((second["amount_paise"].as_i64(), second["set_off_paise"].as_i64()), (Some(20 * CRORE), Some(0)));
    ddo.confirms(&second, "SBINR52026082300001", "2026-08-23").ok();
    app.second("ddo").receives(&app, &again, "REFUND0000000001", "2026-08-23", 10 * CRORE + interest).ok();
    assert_eq!(now(&app, &ordered)["status"], "settled");
    app.must_verify();
}

#[apply(on_both!)]
fn several_recoveries_share_one_payment(app: App) {
    let (award, paid, first) = story(&app);
    let second = app.demanded(&paid, 6 * CRORE);
    let authority = app.second("authority");
    let second_due = 6 * CRORE + INTEREST / 10 * 6;
    authority.orders_set_off(&first, 10 * CRORE + INTEREST).ok();
    authority.orders_set_off(&second, second_due).ok();
    let ddo = app.disbursing_officer();
    let advised = ddo.advises(&next_tranche(&app, &award, "2026-06-01", 75_000)).ok();
    assert_eq!(
        (advised["amount_paise"].as_i64(), advised["set_off_paise"].as_i64()),
        (Some(100), Some(12 * CRORE - 100))
    );
    let answer = ddo.confirms(&advised, "SBINR52026081300001", "2026-08-13").ok();
    assert_eq!(answer["disbursement"]["net_paise"], 100);
    assert_eq!(now(&app, &first)["status"], "settled", "the older first");
    let left = second_due + 10 * CRORE + INTEREST - 12 * CRORE + 100;
    assert_eq!(now(&app, &second)["statement"]["total_paise"], left);
    assert_eq!(now(&app, &second)["set_off"]["open_paise"], left);
    assert_eq!(
        app.auditor().sees(&format!("/payments/{}", advised["id"].as_str().unwrap()))["status"],
        json!("succeeded")
    );
    app.must_verify();
}

#[apply(on_both!)]
fn damages_are_kept_back_from_a_payment_for_sales(app: App) {
    let (award, ..) = story(&app);
    app.set_clock("2027-07-02T06:30:00Z");
    let late = app.milestone(&award, "oxide_to_metal");
    let notice = app.second("section").asks_damages(&late, "2027-07-02").ok();
    let amount = notice["amount_paise"].as_i64().unwrap();
    let replied = app.signatory().replies_to(&notice).ok();
    let authority = app.second("authority");
    let ordered = authority.orders(&replied, "confirmed", None).ok();
    let due = app.second("finance").demands(&ordered, "2028-01-01").ok();
    authority.orders_set_off(&due, amount).ok();
    let ddo = app.disbursing_officer();
    let advised = ddo.advises(&next_tranche(&app, &award, "2027-06-01", 50_000)).ok();
    assert_eq!(advised["set_off_paise"], amount);
    ddo.confirms(&advised, "SBINR52027070200001", "2027-07-02").ok();
    assert_eq!(now(&app, &due)["status"], "settled");
    let damages = "recovery:ndfeb-2025-proposal:capital_subsidy:NDFEB/2026-27/AWD/0001:damages_recovered";
    assert_eq!(app.holds(damages), amount);
    assert_eq!(app.holds(&format!("{OUTLAY}:disbursed")), 24 * CRORE, "the whole tranche was given");
    app.must_verify();
}

#[apply(on_both!)]
fn the_chain_of_a_payment_tells_what_was_asked_back(app: App) {
    let (_, paid, demanded) = story(&app);
    let received = app.second("ddo").receives(&app, &demanded, "REFUND0000000001", "2026-08-13", CRORE).ok();
    let chain = app.auditor().sees(&format!("{}/chain", at("disbursements", &paid)));
    assert_eq!(chain["recoveries"][0]["id"], received["id"]);
    let kinds: Vec<&str> = chain["journals"].as_array().unwrap().iter().map(|j| j["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.iter().rev().take(2).rev().collect::<Vec<_>>(), [&"recovery_demanded", &"recovery_received"]);
    let acts: Vec<&str> =
        chain["acts"].as_array().unwrap().iter().map(|act| act["command"].as_str().unwrap()).collect();
    for act in ["reply_to_show_cause", "order_recovery", "demand_recovery", "record_receipt"] {
        assert!(acts.contains(&act), "{act} in {acts:?}");
    }
    app.must_verify();
}
