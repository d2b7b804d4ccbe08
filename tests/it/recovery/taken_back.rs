//! The bank returns a payment that is under recovery: the bank return settles what is owed of that
//! payment, and the rest is owed to the payee again.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at, says};
use crate::harness::recovery_people::{Recovers, parts};
use magnet_scheme::client::Response;
use serde_json::{Value, json};

const SALES: &str = "sales_linked_incentive";
const AWARD: &str = "NDFEB/2026-27/AWD/0001";
/// 10 crore at 9 % for 73 days.
const INTEREST: i64 = 180_000_000;

/// 16 crore were paid on the first of June. It is 13 August, and 10 of them are demanded back.
fn story(app: &App) -> (Value, Value, Value) {
    let award = app.selling();
    let paid = app.paid_for(&award, 100_000);
    let demanded = app.demanded(&paid, 10 * CRORE);
    app.set_clock("2026-08-13T06:30:00Z");
    (award, paid, demanded)
}

fn take_back(app: &App, paid: &Value) -> Response {
    let payment = app.auditor().sees(&format!("/payments/{}", paid["payment_id"].as_str().unwrap()));
    app.disbursing_officer().reports_failure(&payment, "failed_after_success")
}

fn now(app: &App, recovery: &Value) -> Value {
    app.auditor().sees(&at("recoveries", recovery))
}

fn tranche_of(app: &App, paid: &Value) -> Value {
    app.auditor().sees(&format!("/tranches/{}", paid["tranche_id"].as_str().unwrap()))
}

/// Balances of the award: disbursed, sanctioned, and its payee's own money. Of the component: recovered.
/// Of the year: disbursed, sanctioned, recovered.
fn books(app: &App) -> [i64; 7] {
    let scheme = "ndfeb-2025-proposal";
    let award = |stage: &str| app.holds(&format!("outlay:{scheme}:{SALES}:{AWARD}:{stage}"));
    let year = |stage: &str| app.holds(&format!("appropriation:{scheme}:{SALES}:2026-27:{stage}"));
    let recovered = app.holds(&format!("outlay:{scheme}:{SALES}:recovered"));
    assert_eq!(year("receipts"), year("recovered"), "nothing was freed");
    let award = ["disbursed", "sanctioned", "receipts"].map(award);
    let year = ["disbursed", "sanctioned", "recovered"].map(year);
    [award[0], award[1], award[2], recovered, year[0], year[1], year[2]]
}

fn owed(app: &App, stage: &str) -> i64 {
    app.holds(&format!("recovery:ndfeb-2025-proposal:{SALES}:{AWARD}:{stage}"))
}

fn journals(app: &App) -> usize {
    app.values("SELECT kind AS value FROM journals WHERE kind = 'disbursement_reversed'").len()
}

/// Pays the reopened tranche under another reference.
fn pay_again(app: &App, paid: &Value, paise: i64) -> Value {
    let tranche = tranche_of(app, paid);
    assert_eq!((tranche["status"].as_str(), tranche["amount_paise"].as_i64()), (Some("sanctioned"), Some(paise)));
    let advised = app.disbursing_officer().advises(&tranche).ok();
    assert_eq!(advised["amount_paise"], paise);
    app.disbursing_officer().confirms(&advised, "SBINR52026081300009", "2026-08-13").ok()["disbursement"].clone()
}

#[apply(on_both!)]
fn with_nothing_received_the_return_pays_it_all(app: App) {
    let (_, paid, demanded) = story(&app);
    let answer = take_back(&app, &paid);
    let balances = answer.balances();
    answer.ok();
    let again = 6 * CRORE - INTEREST;
    assert_eq!(app.last_details()["taken_back"]["owed_again_paise"], again);
    // The interest remains in the disbursed amount, as with a set-off.
    assert_eq!(books(&app), [INTEREST, again, 0, 10 * CRORE, 10 * CRORE + INTEREST, again, 10 * CRORE]);
    assert_eq!(balances[&format!("outlay:ndfeb-2025-proposal:{SALES}:{AWARD}:sanctioned")], again);
    assert_eq!((owed(&app, "principal_due"), owed(&app, "interest_due")), (0, 0));
    assert_eq!((owed(&app, "principal_recovered"), owed(&app, "interest_recovered")), (10 * CRORE, INTEREST));
    let settled = now(&app, &demanded);
    let credit = &settled["credits"][0];
    assert_eq!((settled["status"].as_str(), credit["kind"].as_str()), (Some("settled"), Some("bank_return")));
    assert_eq!((parts(credit), &credit["payment_id"]), ([10 * CRORE, INTEREST, 0], &paid["payment_id"]));
    assert_eq!(journals(&app), 1, "one balanced journal");
    app.must_verify();
    app.second("section").asks_back(&paid, 1).refused(409, "recovery_exceeds_payment");
    pay_again(&app, &paid, again);
    assert_eq!(books(&app), [6 * CRORE, 0, 0, 10 * CRORE, 16 * CRORE, 0, 10 * CRORE]);
    app.must_verify();
}

#[apply(on_both!)]
fn with_a_part_received_the_payees_own_money_is_owed_again(app: App) {
    let (_, paid, demanded) = story(&app);
    let plan = [("2026-09-01", Some(4 * CRORE + INTEREST)), ("2026-10-01", None)];
    let granted = app.second("authority").grants_by(&demanded, &plan).ok();
    let ddo = app.second("ddo");
    let first = ddo.receives(&app, &granted, "REFUND0000000001", "2026-08-13", CRORE + INTEREST).ok();
    ddo.receives(&app, &first, "REFUND0000000002", "2026-08-13", 3 * CRORE).ok();
    take_back(&app, &paid).ok();
    // The payee had 16 and gave back 4 itself and 16 by the bank: with 10 again it has the 6 that it may keep.
    assert_eq!(books(&app), [0, 10 * CRORE, 4 * CRORE, 10 * CRORE, 6 * CRORE, 10 * CRORE, 10 * CRORE]);
    let settled = now(&app, &demanded);
    assert_eq!((settled["status"].as_str(), parts(&settled["credits"][2])), (Some("settled"), [6 * CRORE, 0, 0]));
    let instalments = settled["instalments"].as_array().unwrap();
    assert!(
        instalments.iter().all(|one| one["paid_paise"] == one["amount_paise"] || one["not_needed"] == true),
        "{instalments:?}"
    );
    app.must_verify();
    pay_again(&app, &paid, 10 * CRORE);
    assert_eq!(books(&app), [10 * CRORE, 0, 4 * CRORE, 10 * CRORE, 16 * CRORE, 0, 10 * CRORE]);
    app.must_verify();
}

#[apply(on_both!)]
fn what_was_written_off_stays_given_up(app: App) {
    let (_, paid, demanded) = story(&app);
    let proposal = json!({ "principal_paise": 3 * CRORE });
    let proposed = app.third("finance").proposes_relief(&demanded, "write_off", proposal).ok();
    let relieved = app.third("authority").decides_relief(&proposed, "granted").ok();
    // A proposal that is still open ends together with the debt it is about.
    app.third("finance").proposes_relief(&relieved, "waiver", json!({ "interest_paise": 1 })).ok();
    take_back(&app, &paid).ok();
    let again = 9 * CRORE - INTEREST;
    assert_eq!(books(&app), [INTEREST, again, 0, 7 * CRORE, 7 * CRORE + INTEREST, again, 7 * CRORE]);
    assert_eq!((owed(&app, "written_off"), owed(&app, "principal_due")), (3 * CRORE, 0));
    assert_eq!((&now(&app, &demanded)["status"], &now(&app, &demanded)["relief"]), (&json!("settled"), &Value::Null));
    app.must_verify();
    pay_again(&app, &paid, again);
    app.must_verify();
}

#[apply(on_both!)]
fn what_nobody_decided_is_dropped_and_what_is_ordered_is_paid_at_once(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let section = app.second("section");
    let [noticed, replied, ordered] = [CRORE, 2 * CRORE, 3 * CRORE].map(|paise| section.asks_back(&paid, paise).ok());
    app.signatory().replies_to(&replied).ok();
    let answered = app.signatory().replies_to(&ordered).ok();
    app.second("authority").orders(&answered, "confirmed", None).ok();
    app.set_clock("2026-08-13T06:30:00Z");
    take_back(&app, &paid).ok();
    for (recovery, status) in [(&noticed, "dropped"), (&replied, "dropped"), (&ordered, "settled")] {
        assert_eq!(now(&app, recovery)["status"], status);
    }
    let interest = INTEREST / 10 * 3;
    assert_eq!(parts(&now(&app, &ordered)["credits"][0]), [3 * CRORE, interest, 0]);
    assert_eq!(owed(&app, "demanded"), 3 * CRORE + interest);
    app.must_verify();
    let again = pay_again(&app, &paid, 13 * CRORE - interest);
    // The same amount may be claimed back again, from the payment that succeeded.
    section.asks_back(&again, 3 * CRORE).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_return_that_is_too_small_leaves_the_rest_due(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let demanded = app.demanded(&paid, 16 * CRORE);
    app.set_clock("2026-08-13T06:30:00Z");
    let interest = INTEREST / 10 * 16;
    app.second("ddo").receives(&app, &demanded, "REFUND0000000001", "2026-08-13", 7).ok();
    take_back(&app, &paid).ok();
    // Interest comes first, as always: 7 paise of it were already paid.
    assert_eq!(parts(&now(&app, &demanded)["statement"]["due"]), [interest - 7, 0, 0]);
    assert_eq!(
        books(&app),
        [interest - 7, 0, 0, 16 * CRORE - (interest - 7), 16 * CRORE, 0, 16 * CRORE - (interest - 7)]
    );
    let tranche = tranche_of(&app, &paid);
    assert_eq!((tranche["status"].as_str(), tranche["amount_paise"].as_i64()), (Some("disbursed"), Some(16 * CRORE)));
    app.disbursing_officer().advises(&tranche).refused(409, "wrong_state");
    app.must_verify();
    app.second("ddo").receives(&app, &now(&app, &demanded), "REFUND0000000002", "2026-08-13", interest - 7).ok();
    assert_eq!((now(&app, &demanded)["status"].as_str(), books(&app)[0]), (Some("settled"), 0));
    app.must_verify();
}

#[apply(on_both!)]
fn a_set_off_that_the_bank_holds_comes_first(app: App) {
    let (award, paid, demanded) = story(&app);
    app.second("authority").orders_set_off(&demanded, 4 * CRORE).ok();
    let sales = Sales::at_the_rate("2026-06-01", "2026-06-01", 125_000);
    let ddo = app.disbursing_officer();
    let advised = ddo.advises(&app.sanctioned(&app.tranche_for_sales("lodestone", &award, sales))).ok();
    let held = (books(&app), now(&app, &demanded));
    let refused = take_back(&app, &paid).refused(409, "set_off_pending");
    says(&refused, advised["id"].as_str().unwrap());
    assert_eq!((books(&app), now(&app, &demanded)), held);
    let other = ddo.confirms(&advised, "SBINR52026081300002", "2026-08-13").ok();
    take_back(&app, &paid).ok();
    let kept = 4 * CRORE - INTEREST;
    assert_eq!(books(&app)[..4], [20 * CRORE, 10 * CRORE - INTEREST, kept, 10 * CRORE]);
    app.must_verify();
    // Then the bank returns the other payment too: its set-off is owed again.
    ddo.reports_failure(&other, "failed_after_success").ok();
    assert_eq!(parts(&now(&app, &demanded)["statement"]["due"]), [kept, INTEREST, 0]);
    assert_eq!(now(&app, &demanded)["status"], "demanded");
    app.must_verify();
}

#[apply(on_both!)]
fn what_the_payment_had_kept_back_is_owed_again_beside_it(app: App) {
    let (award, _, first) = story(&app);
    let ordered = app.second("authority").orders_set_off(&first, 2 * CRORE).ok();
    let sales = Sales::at_the_rate("2026-06-01", "2026-06-01", 125_000);
    let ddo = app.disbursing_officer();
    let advised = ddo.advises(&app.sanctioned(&app.tranche_for_sales("lodestone", &award, sales))).ok();
    let second = ddo.confirms(&advised, "SBINR52026081300002", "2026-08-13").ok()["disbursement"].clone();
    assert_eq!((second["set_off_paise"].as_i64(), second["net_paise"].as_i64()), (Some(2 * CRORE), Some(18 * CRORE)));
    let of_second = app.demanded(&second, 5 * CRORE);
    take_back(&app, &second).ok();
    assert_eq!(parts(&now(&app, &ordered)["statement"]["due"]), [10 * CRORE, INTEREST, 0]);
    assert_eq!(now(&app, &of_second)["status"], "settled");
    assert_eq!(tranche_of(&app, &second)["amount_paise"], 15 * CRORE);
    app.must_verify();
}

#[apply(on_both!)]
fn a_payment_is_taken_back_twice(mut app: App) {
    let (_, paid, _) = story(&app);
    take_back(&app, &paid).ok();
    let again = pay_again(&app, &paid, 6 * CRORE - INTEREST);
    let demanded = app.demanded(&again, CRORE);
    take_back(&app, &again).ok();
    assert_eq!(now(&app, &demanded)["status"], "settled");
    assert_eq!(tranche_of(&app, &paid)["amount_paise"], 5 * CRORE - INTEREST);
    app.must_verify();
    // Nobody pays it in time, so the tranche expires and its sanctioned amount returns to the award.
    app.set_clock("2027-12-31T06:30:00Z");
    app.serve(false);
    assert_eq!(tranche_of(&app, &paid)["status"], "expired");
    app.must_verify();
}

#[apply(on_both!)]
fn a_return_is_recorded_after_what_was_set_off_lapsed_or_was_freed(app: App) {
    let (award, _, first) = story(&app);
    app.second("authority").orders_set_off(&first, 4 * CRORE).ok();
    let sales = Sales::at_the_rate("2026-06-01", "2026-06-01", 125_000);
    let ddo = app.disbursing_officer();
    let advised = ddo.advises(&app.sanctioned(&app.tranche_for_sales("lodestone", &award, sales))).ok();
    let second = ddo.confirms(&advised, "SBINR52026081300002", "2026-08-13").ok()["disbursement"].clone();
    let recovered = 4 * CRORE - INTEREST;
    assert_eq!(books(&app)[3], recovered);
    // One crore of it is freed and the rest lapses with the year.
    let freeing = json!({
        "component": SALES, "to_component": SALES, "source": "recovered", "amount_paise": CRORE,
        "financial_year": "2026-27",
        "declaration": { "new_service": false, "expenditure_sanctioned": true, "work_not_approved": false,
            "contingency_advance": false },
    });
    crate::budget::budget_instruments::orders(&app, "re_appropriation", &freeing).ok();
    app.set_clock("2027-04-02T06:30:00Z");
    crate::budget::budget_instruments::orders(&app, "lapse", &json!({ "component": SALES, "amount_paise": null })).ok();
    let year = |stage: &str| app.holds(&format!("appropriation:ndfeb-2025-proposal:{SALES}:2026-27:{stage}"));
    assert_eq!((year("recovered"), year("available"), year("receipts")), (0, 0, recovered));
    let lapsed = year("lapsed");

    take_back(&app, &second).ok();
    assert_eq!((year("receipts"), year("lapsed")), (recovered, lapsed), "what lapsed stays lapsed");
    assert_eq!(tranche_of(&app, &second)["amount_paise"], 20 * CRORE);
    assert_eq!(parts(&now(&app, &first)["statement"]["due"])[0], 10 * CRORE, "it is owed again");
    app.must_verify();
}

#[apply(on_both!)]
fn verify_names_what_was_changed_afterwards(app: App) {
    let (_, paid, demanded) = story(&app);
    app.second("ddo").receives(&app, &demanded, "REFUND0000000001", "2026-08-13", 4 * CRORE).ok();
    take_back(&app, &paid).ok();
    app.must_verify();
    for (column, by, named) in [
        ("UPDATE disbursements SET paid_back_paise = paid_back_paise", 1, "its records say"),
        ("UPDATE tranches SET amount_paise = amount_paise", 1, "sanctioned: its records say"),
    ] {
        app.sql(&format!("{column} + {by}"));
        let fault = app.verify().fault.unwrap_or_else(|| panic!("{column} was not found"));
        assert!(fault.contains(named), "{column}: {fault}");
        app.sql(&format!("{column} - {by}"));
        app.must_verify();
    }
}
