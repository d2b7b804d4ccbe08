//! What the bank says arrived is not paid again.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at, says};
use crate::harness::treasury_people::{EACH, TreasuryVerbs};
use crate::payment::reconciliation::{ReconciliationVerbs, findings, money, payments, queue, scroll, success, utr};
use serde_json::{Value, json};

#[apply(on_both!)]
fn what_the_bank_says_arrived_is_not_paid_again_until_two_people_settled_it(app: App) {
    let all = payments(&app, 2, &[]);
    let (ddo, finance) = (app.disbursing_officer(), app.finance_officer());
    let second = app.second("finance");
    let fails = |payment: &Value| {
        second.confirms_failure(payment, "failed").ok();
        app.auditor().sees(&at("tranches", &json!({ "id": payment["tranche_id"] })))
    };
    let lines = [success(&all[0], &utr(0), EACH), success(&all[1], &utr(1), EACH)];
    // One is advised again before the scroll comes, the other one not yet.
    let again = ddo.advises(&fails(&all[0])).ok();
    let waits = fails(&all[1]);
    let taken = finance.uploads_scroll("text/csv", &scroll("S-1", &lines), "").ok();
    assert_eq!(findings(&taken), ["not_confirmed_here"; 2]);
    let before = money(&app);
    let refused = ddo.advises(&waits).refused(409, "bank_contradicts");
    says(&refused, all[1]["number"].as_str().unwrap());
    let refused = ddo.makes_advice(&[&again]).refused(409, "bank_contradicts");
    says(&refused, all[0]["number"].as_str().unwrap());
    assert_eq!(money(&app), before);
    for open in queue(&app, "") {
        let proposed = finance.proposes_settlement(&open, "explained").ok();
        app.competent_authority().settles_difference(&proposed, "settled").ok();
    }
    ddo.advises(&waits).ok();
    ddo.makes_advice(&[&again]).ok();
    app.must_verify();
}
