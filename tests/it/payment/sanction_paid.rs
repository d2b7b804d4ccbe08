//! One sanction is paid once: a scroll that shows more is a finding of its own and stops money; a day on which the bank
//! paid nothing has a scroll; and a zero before a UTR makes no second one.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at, says};
use crate::harness::treasury_people::{EACH, TODAY, TreasuryVerbs, results};
use crate::payment::payment_failures::answer;
use crate::payment::reconciliation::{ReconciliationVerbs, findings, payments, queue, scroll, success, utr};
use serde_json::{Value, json};

const DAY: &str = "?from=2026-07-01&to=2026-07-01";

pub fn red(app: &App) -> Vec<String> {
    let run = app.auditor().post("/controls/runs", None, &json!({})).unwrap().ok();
    let results = run["results"].as_array().unwrap().iter().filter(|one| one["status"] == "red");
    results.map(|one| one["control"].as_str().unwrap().to_owned()).collect()
}

/// The office that pays writes the answers of the treasury itself, and so makes three files for one sanction.
#[apply(on_both!)]
fn three_files_for_one_sanction_are_found_by_the_scroll_and_stop_money(app: App) {
    let (ddo, finance) = (app.disbursing_officer(), app.finance_officer());
    let mut all = payments(&app, 2, &[]);
    let other = all.remove(1);
    for attempt in 1..=2 {
        let failed = answer(&format!("R-{attempt}"), all.last().unwrap(), "Failed,,,{amount},account closed");
        assert_eq!(results(&ddo.uploads_return("text/csv", &failed).ok()), ["applied"]);
        let again = ddo.advises(&app.tranche(&json!({ "id": all[0]["tranche_id"] }))).ok();
        ddo.makes_advice(&[&again]).ok();
        all.push(again);
    }
    ddo.confirms(&all[2], &utr(2), TODAY).ok();
    assert_eq!(red(&app), Vec::<String>::new());
    let lines = [0, 1, 2].map(|index: usize| success(&all[index], &utr(index), EACH));
    let taken = finance.uploads_scroll("text/csv", &scroll("S-1", &lines), DAY).ok();
    assert_eq!(findings(&taken), ["sanction_paid_twice", "sanction_paid_twice", "matched"]);
    let told = taken["lines"][0]["detail"].as_str().unwrap();
    assert!(told.contains(all[2]["number"].as_str().unwrap()), "{told}");
    assert_eq!(red(&app), ["sanction_paid_once"]);
    let refused = ddo.confirms(&other, &utr(9), TODAY).refused(409, "money_stopped");
    says(&refused, "sanction_paid_once");
    // Two people settle what the scroll shows; then the money moves again.
    for open in queue(&app, "?status=open") {
        let proposed = finance.proposes_settlement(&open, "asked_back").ok();
        app.competent_authority().settles_difference(&proposed, "settled").ok();
    }
    assert_eq!(red(&app), Vec::<String>::new());
    ddo.confirms(&other, &utr(9), TODAY).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_second_payment_that_the_bank_makes_later_is_found_too(app: App) {
    let (ddo, finance) = (app.disbursing_officer(), app.finance_officer());
    let all = payments(&app, 1, &[0]);
    let first = finance.uploads_scroll("text/csv", &scroll("S-1", &[success(&all[0], &utr(0), EACH)]), DAY).ok();
    assert_eq!(findings(&first), ["matched"]);
    // It came back, says the treasury alone; the money is sent again, and the bank pays again.
    let back = answer("R-1", &all[0], &format!("Failed after success,{},,{{amount}},returned", utr(0)));
    assert_eq!(results(&ddo.uploads_return("text/csv", &back).ok()), ["applied"]);
    let again = ddo.advises(&app.tranche(&json!({ "id": all[0]["tranche_id"] }))).ok();
    ddo.makes_advice(&[&again]).ok();
    ddo.confirms(&again, &utr(1), TODAY).ok();
    let line = success(&again, &utr(1), EACH);
    let second = finance.uploads_scroll("text/csv", &scroll("S-2", std::slice::from_ref(&line)), DAY).ok();
    assert_eq!(findings(&second), ["sanction_paid_twice"]);
    assert_eq!(red(&app), ["sanction_paid_once"]);
    // The bank's own line that the first one came back clears the control.
    let returned = format!("{},Failed after success,{},,{EACH},came back", all[0]["number"].as_str().unwrap(), utr(0));
    let third = finance.uploads_scroll("text/csv", &scroll("S-3", &[returned]), DAY).ok();
    assert_eq!(findings(&third), ["matched"]);
    assert_eq!(red(&app), Vec::<String>::new());
    app.must_verify();
}

#[apply(on_both!)]
fn a_day_on_which_the_bank_paid_nothing_has_a_scroll(app: App) {
    let finance = app.finance_officer();
    let all = payments(&app, 1, &[0]);
    let empty = scroll("S-0", &[]);
    finance.uploads_scroll("text/csv", &empty, "").refused(422, "invalid_fields");
    let taken = finance.uploads_scroll("text/csv", &empty, DAY).ok();
    assert_eq!((&taken["lines"], &taken["missing"], &taken["line_count"]), (&json!([]), &json!(1), &json!(0)));
    assert_eq!(queue(&app, "")[0]["payment_id"], all[0]["id"]);
    assert_eq!(finance.uploads_scroll("text/csv", &empty, DAY).ok()["id"], taken["id"], "the same scroll again");
    let xml = "<DBTPaymentResponse><GrpHdr><MsgId>S-X</MsgId><NbOfTxs>0</NbOfTxs><CtrlSum>0.00</CtrlSum></GrpHdr></DBTPaymentResponse>";
    assert_eq!(finance.uploads_scroll("application/xml", xml.as_bytes(), DAY).ok()["line_count"], 0);
    let untrue = String::from_utf8(empty).unwrap().replace("S-0,,0,0.00", "S-9,,1,0.00");
    finance.uploads_scroll("text/csv", untrue.as_bytes(), DAY).refused(409, "return_truncated");
    // Nothing was paid before there was a scheme.
    let early = finance.uploads_scroll("text/csv", &scroll("S-9", &[]), "?from=1969-07-20&to=1969-07-20");
    assert_eq!(early.refused(422, "invalid_fields")["errors"][0]["code"], "day_range");
    // An answer of the treasury is about a payment.
    app.disbursing_officer().uploads_return("text/csv", &scroll("R-0", &[])).refused(422, "invalid_fields");
    app.must_verify();
}

#[apply(on_both!)]
fn a_zero_before_a_utr_makes_no_new_one(app: App) {
    let (ddo, finance) = (app.disbursing_officer(), app.finance_officer());
    let all = payments(&app, 2, &[]);
    let plain = "412345678901";
    ddo.confirms(&all[0], plain, TODAY).ok();
    for spelled in ["0412345678901", "00-4123 4567 8901", "000000000412345678901"] {
        let refused = ddo.confirms(&all[1], spelled, TODAY).refused(409, "utr_already_used");
        says(&refused, all[0]["number"].as_str().unwrap());
    }
    let line = answer("R-1", &all[1], &format!("Success,0{plain},{TODAY},{{amount}},"));
    let told = ddo.uploads_return("text/csv", &line).ok();
    assert_eq!(told["lines"][0]["code"], "utr_already_used");
    // The same reference with a zero is the same answer, and matches on a scroll.
    let known = answer("R-2", &all[0], &format!("Success,00{plain},{TODAY},{{amount}},"));
    assert_eq!(results(&ddo.uploads_return("text/csv", &known).ok()), ["already_recorded"]);
    let taken =
        finance.uploads_scroll("text/csv", &scroll("S-1", &[success(&all[0], "0412345678901", EACH)]), DAY).ok();
    assert_eq!((findings(&taken), &taken["lines"][0]["utr"]), (vec!["matched"], &json!(plain)));
    ddo.confirms(&all[1], "000000000000", TODAY).refused(422, "invalid_fields");
    let found: Value = app.auditor().sees(&format!("/payments?utr=0{plain}"));
    assert_eq!(found["data"][0]["id"], all[0]["id"], "{}", at("payments", &all[0]));
    app.must_verify();
}
