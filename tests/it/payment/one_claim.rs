//! One entitlement is paid once, whichever tranche of its claim it is paid in; and nobody proves by a scroll of their
//! own that what they paid did not arrive.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at, says};
use crate::harness::treasury_people::{TreasuryVerbs, results};
use crate::payment::payment_failures::answer;
use crate::payment::reconciliation::{ReconciliationVerbs, findings, payments, queue, scroll, success, utr};
use crate::payment::sanction_paid;
use serde_json::{Value, json};

const EACH: i64 = crate::harness::treasury_people::EACH;
const SALES: &str = "sales_linked_incentive";
const LATER: &str = "2027-07-15";

fn tranche_of(app: &App, payment: &Value) -> Value {
    app.tranche(&json!({ "id": payment["tranche_id"] }))
}

/// The red controls but for the one of the milestones, which nobody has reported a year later.
fn red(app: &App) -> Vec<String> {
    sanction_paid::red(app).into_iter().filter(|control| control != "delays_answered").collect()
}

/// The sanction of a failed payment lapses, and a year later the claim is released anew and sanctioned.
fn sanctioned_anew(app: &mut App, payment: &Value) -> Value {
    let claim = tranche_of(app, payment)["claim_id"].clone();
    app.set_clock(&format!("{LATER}T06:30:00Z"));
    app.serve(false);
    assert_eq!(tranche_of(app, payment)["status"], "expired");
    app.provided(SALES, "2027-28", 10 * CRORE);
    let award = app.auditor().sees("/awards")["data"][0].clone();
    app.confirmed_by_bank(&app.signatory().lodges(&award, "BG-2", 2 * CRORE, "2034-12-31").ok());
    let claim = app.auditor().sees(&at("claims", &json!({ "id": claim })));
    assert_eq!(claim["deferred_paise"], EACH);
    let released = app.verifier().does(&format!("{}/tranches", at("claims", &claim)), &claim, json!({})).ok();
    app.sanctioned(&released["tranche"])
}

fn treasury_says_failed(app: &App, payment: &Value) {
    let failed = answer("R-1", payment, "Failed,,,{amount},account closed");
    assert_eq!(results(&app.disbursing_officer().uploads_return("text/csv", &failed).ok()), ["applied"]);
}

#[apply(on_both!)]
fn a_new_tranche_of_the_claim_waits_for_the_difference_as_the_old_one_does(mut app: App) {
    let (ddo, finance) = (app.disbursing_officer(), app.finance_officer());
    let first = payments(&app, 1, &[]).remove(0);
    let line = [success(&first, &utr(0), EACH)];
    let taken = finance.uploads_scroll("text/csv", &scroll("S-1", &line), "").ok();
    assert_eq!(findings(&taken), ["not_confirmed_here"]);
    treasury_says_failed(&app, &first);
    ddo.advises(&tranche_of(&app, &first)).refused(409, "bank_contradicts");
    let anew = sanctioned_anew(&mut app, &first);
    let (ddo, finance) = (app.disbursing_officer(), app.finance_officer());
    let refused = ddo.advises(&anew).refused(409, "bank_contradicts");
    says(&refused, first["number"].as_str().unwrap());
    says(&refused, "of the same claim");
    // Two people settle what the bank says; then the claim is paid further.
    let open = queue(&app, "?status=open").remove(0);
    let proposed = finance.proposes_settlement(&open, "bank_corrected").ok();
    app.competent_authority().settles_difference(&proposed, "settled").ok();
    let again = ddo.advises(&anew).ok();
    ddo.makes_advice(&[&again]).ok();
    assert_eq!(red(&app), Vec::<String>::new());
    app.must_verify();
}

#[apply(on_both!)]
fn what_nobody_explained_stops_a_new_tranche_of_the_claim_too(mut app: App) {
    let ddo = app.disbursing_officer();
    let first = payments(&app, 1, &[]).remove(0);
    treasury_says_failed(&app, &first);
    let arrived = answer("R-2", &first, &format!("Success,{},2026-07-01,{{amount}},", utr(0)));
    assert_eq!(results(&ddo.uploads_return("text/csv", &arrived).ok()), ["contradicted"]);
    let anew = sanctioned_anew(&mut app, &first);
    let ddo = app.disbursing_officer();
    let refused = ddo.advises(&anew).refused(409, "payment_unexplained");
    says(&refused, first["number"].as_str().unwrap());
    app.second("finance").confirms_failure(&app.payment(&first), "failed").ok();
    ddo.advises(&anew).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_scroll_that_comes_late_stops_the_file_and_then_turns_the_control_red(mut app: App) {
    let all = payments(&app, 2, &[]);
    treasury_says_failed(&app, &all[0]);
    let anew = sanctioned_anew(&mut app, &all[0]);
    let (ddo, finance) = (app.disbursing_officer(), app.finance_officer());
    let again = ddo.advises(&anew).ok();
    let line = |payment: &Value, index: usize| [success(payment, &utr(index), EACH)];
    let file = ddo.makes_advice(&[&again]).ok();
    ddo.downloads(&file, "csv");
    ddo.confirms(&again, &utr(5), LATER).ok();
    assert_eq!(red(&app), Vec::<String>::new());
    let taken = finance.uploads_scroll("text/csv", &scroll("S-1", &line(&all[0], 0)), "").ok();
    assert_eq!(findings(&taken), ["not_confirmed_here"]);
    assert_eq!(red(&app), ["sanction_paid_once", "bank_lines_settled"]);
    says(&ddo.confirms(&all[1], &utr(1), LATER).refused(409, "money_stopped"), "sanction_paid_once");
    let open = queue(&app, "?status=open").remove(0);
    let proposed = finance.proposes_settlement(&open, "asked_back").ok();
    app.competent_authority().settles_difference(&proposed, "settled").ok();
    assert_eq!(red(&app), Vec::<String>::new());
    ddo.confirms(&all[1], &utr(1), LATER).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_contradiction_between_advice_and_file_stops_the_file(mut app: App) {
    let first = payments(&app, 1, &[]).remove(0);
    treasury_says_failed(&app, &first);
    let anew = sanctioned_anew(&mut app, &first);
    let (ddo, finance) = (app.disbursing_officer(), app.finance_officer());
    let again = ddo.advises(&anew).ok();
    finance.uploads_scroll("text/csv", &scroll("S-1", &[success(&first, &utr(0), EACH)]), "").ok();
    let refused = ddo.makes_advice(&[&again]).refused(409, "bank_contradicts");
    says(&refused, first["number"].as_str().unwrap());
    app.must_verify();
}

/// One account holds two roles: it pays, and it could upload the scroll.
#[apply(on_both!)]
fn nobody_proves_by_an_own_scroll_that_what_they_paid_did_not_arrive(app: App) {
    const DAY: &str = "?from=2026-07-01&to=2026-07-01";
    let both = app.person("both", &["disbursing_officer", "finance_officer"], None);
    let (ddo, finance) = (app.disbursing_officer(), app.finance_officer());
    let all = app.advised_payments(3);
    let fails = |payment: &Value| [format!("{},Failed,,,{EACH},account closed", payment["number"].as_str().unwrap())];
    // Whoever made the file of another's payment: neither the scroll is taken, nor the one from before.
    let early = both.uploads_scroll("text/csv", &scroll("S-0", &fails(&all[0])), DAY).ok();
    assert_eq!(findings(&early), ["not_advised"]);
    both.makes_advice(&[&all[0]]).refused(409, "bank_contradicts");
    let proposed = finance.proposes_settlement(&queue(&app, "?status=open")[0], "bank_corrected").ok();
    app.competent_authority().settles_difference(&proposed, "settled").ok();
    both.makes_advice(&[&all[0]]).ok();
    both.reports_failure(&app.payment(&all[0]), "failed").refused(409, "failure_unproven");
    both.uploads_scroll("text/csv", &scroll("S-1", &fails(&all[0])), DAY).refused(409, "same_person");
    // What somebody else uploads proves it.
    finance.uploads_scroll("text/csv", &scroll("S-2", &fails(&all[0])), DAY).ok();
    both.reports_failure(&app.payment(&all[0]), "failed").ok();
    // Nor does an own scroll free the money of a payment in which another one took part: for whoever uploaded it.
    ddo.makes_advice(&[&all[1]]).ok();
    both.uploads_scroll("text/csv", &scroll("S-3", &fails(&all[1])), DAY).ok();
    both.reports_failure(&app.payment(&all[1]), "failed").refused(409, "failure_unproven");
    ddo.reports_failure(&app.payment(&all[1]), "failed").ok();
    finance.uploads_scroll("text/csv", &scroll("S-4", &fails(&all[1])), DAY).ok();
    // A success that one recorded alone is not found on a scroll of one's own either.
    ddo.makes_advice(&[&all[2]]).ok();
    let paid = both.confirms(&all[2], &utr(2), "2026-07-01").ok();
    let line = [success(&paid, &utr(2), EACH)];
    both.uploads_scroll("text/csv", &scroll("S-5", &line), DAY).refused(409, "same_person");
    assert_eq!(findings(&finance.uploads_scroll("text/csv", &scroll("S-5", &line), DAY).ok()), ["matched"]);
    app.must_verify();
}

#[apply(on_both!)]
fn a_reference_of_money_that_came_in_settles_no_payment(app: App) {
    let (ddo, finance) = (app.disbursing_officer(), app.finance_officer());
    let all = payments(&app, 3, &[2]);
    let credit = app.bank_credits(&utr(0), "2026-07-01", EACH).ok();
    for spelled in [utr(0), utr(0).to_lowercase()] {
        let refused = ddo.confirms(&all[0], &spelled, "2026-07-01").refused(409, "utr_already_used");
        says(&refused, "of money that the bank credited");
    }
    let returned = answer("R-1", &all[0], &format!("Success,{},2026-07-01,{{amount}},", utr(0)));
    let told = ddo.uploads_return("text/csv", &returned).ok();
    assert_eq!((results(&told), &told["lines"][0]["code"]), (vec!["refused"], &json!("utr_already_used")));
    let success_of_first =
        json!({ "outcome": "succeeded", "utr": utr(0), "paid_on": "2026-07-01", "amount_paise": EACH });
    let item = json!({ "payment_id": all[0]["id"], "answer": success_of_first });
    let each = ddo.settles_all("each", vec![item]).ok();
    assert_eq!(each["items"][0]["problem"]["code"], "utr_already_used", "{each}");
    let correction = json!({
        "kind": "correct_payment", "subject_id": all[2]["id"], "reason": "it was a mistake", "utr": utr(0),
    });
    ddo.post("/corrections", None, &correction).unwrap().refused(409, "utr_already_used");
    // A scroll that says so is a difference, and what it says went out did not come in.
    let lines = [success(&all[0], &utr(0), EACH), success(&all[1], &utr(1), EACH)];
    let taken = finance.uploads_scroll("text/csv", &scroll("S-1", &lines), "").ok();
    assert_eq!(findings(&taken), ["utr_differs", "not_confirmed_here"]);
    let refused = app.bank_credits(&utr(1), "2026-07-01", EACH).refused(409, "utr_already_used");
    says(&refused, all[1]["number"].as_str().unwrap());
    let used_twice = || app.auditor().sees("/selections/utrs_used_twice")["data"].as_array().unwrap().clone();
    assert_eq!((red(&app), used_twice()), (Vec::<String>::new(), Vec::new()));
    app.must_verify();
    // Behind the service the control and the question see it.
    app.sql(&format!("UPDATE payments SET utr = '{0}' WHERE utr = '{1}'", utr(0), utr(2)));
    app.sql(&format!("UPDATE disbursements SET utr = '{0}' WHERE utr = '{1}'", utr(0), utr(2)));
    assert!(red(&app).contains(&"utr_once".to_owned()), "{:?}", red(&app));
    let found = used_twice();
    assert_eq!((found.len(), &found[0]["id"], &found[0]["payments"]), (1, &json!(utr(0)), &json!(2)));
    assert_eq!(found[0]["amount_paise"], 2 * EACH, "{credit}");
}

/// The bank mistyped a reference, says so, and two people settle it; the record was mistyped as well.
#[apply(on_both!)]
fn after_a_difference_was_settled_the_payment_can_be_corrected(app: App) {
    let (ddo, finance) = (app.disbursing_officer(), app.finance_officer());
    let paid = payments(&app, 1, &[0]).remove(0);
    let day = "?from=2026-07-01&to=2026-07-01";
    let taken = finance.uploads_scroll("text/csv", &scroll("S-1", &[success(&paid, &utr(8), EACH)]), day).ok();
    assert_eq!(findings(&taken), ["utr_differs"]);
    finance.uploads_scroll("text/csv", &scroll("S-2", &[success(&paid, &utr(8), EACH)]), day).ok();
    let proposes = |utr: &str| {
        let form = json!({
            "kind": "correct_payment", "subject_id": paid["id"], "reason": "it was a mistake", "utr": utr,
        });
        ddo.post("/corrections", None, &form).unwrap()
    };
    proposes(&utr(7)).refused(409, "bank_contradicts");
    let open = queue(&app, "?status=open").remove(0);
    let proposed = finance.proposes_settlement(&open, "bank_corrected").ok();
    app.competent_authority().settles_difference(&proposed, "settled").ok();
    let correction = proposes(&utr(7)).ok();
    let decision = json!({ "outcome": "approved", "note": "seen" });
    let path = format!("{}/decision", at("corrections", &correction));
    app.second("authority").does(&path, &correction, decision).ok();
    assert_eq!(app.payment(&paid)["utr"], utr(7));
    // What a later scroll says otherwise stands.
    finance.uploads_scroll("text/csv", &scroll("S-3", &[success(&paid, &utr(7), EACH)]), day).ok();
    proposes(&utr(6)).refused(409, "bank_contradicts");
    app.must_verify();
}
