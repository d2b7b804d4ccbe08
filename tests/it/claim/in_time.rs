//! Nothing that was in time is lost: a claim that came back after the last day for claiming is corrected and submitted
//! again with its day, and claims no more than it did in time.

use crate::claim::statements::{commissioned, line};
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at, says};
use crate::harness::return_people::ReturnVerbs;
use serde_json::{Value, json};

const PATH: &str = "sales_linked_incentive";

/// Sales of the year 2026-27, which can be claimed until 31 December 2027. The number of the first invoice is mistyped.
fn form(app: &App) -> Value {
    let lines =
        [line("S/11", "2026-12-01", 100_000, 60 * CRORE, &[]), line("S/2", "2027-01-15", 50_000, 30 * CRORE, &[])];
    json!({
        "component": PATH, "period_from": "2026-12-01", "period_to": "2027-03-30", "amount_claimed_paise": 15 * CRORE,
        "lines": lines, "evidence": [app.preparer().attaches("sales")],
    })
}

/// The form without the typo.
fn corrected(form: &Value) -> Value {
    let mut form = form.clone();
    form["lines"][0]["invoice_number"] = json!("S/1");
    form
}

/// An award, and a claim of it that was submitted on the last day but one.
fn claimed_in_time(app: &App) -> (Value, Value, Value) {
    let award = commissioned(app);
    app.set_clock("2027-12-30T06:30:00Z");
    app.provided(PATH, "2027-28", 50 * CRORE);
    let form = form(app);
    let draft = app.preparer().claims(&award, &form).ok();
    let claim = app.signatory().submits_claim(&draft).ok();
    assert_eq!(claim["first_submitted_at"], claim["submitted_at"]);
    (award, form, claim)
}

#[apply(on_both!)]
fn a_claim_that_was_rejected_for_a_typo_is_corrected_after_the_last_day(app: App) {
    let (award, form, claim) = claimed_in_time(&app);
    app.set_clock("2028-01-05T06:30:00Z");
    app.verifier().rejects_claim(&claim).ok();
    let submit = |form: &Value| app.signatory().submits_claim(&app.preparer().claims(&award, form).ok());

    let again = submit(&corrected(&form)).ok();
    assert_eq!((&again["replaces"], &again["first_submitted_at"]), (&claim["id"], &claim["submitted_at"]));
    assert_ne!(again["number"], claim["number"]);

    // It is rejected too, and corrected once more: by its number, and a month later.
    app.set_clock("2028-02-05T06:30:00Z");
    app.verifier().rejects_claim(&again).ok();
    let mut named = corrected(&form);
    named["replaces"] = again["number"].clone();
    let third = submit(&named).ok();
    assert_eq!((&third["replaces"], &third["first_submitted_at"]), (&again["id"], &claim["submitted_at"]));
    let verified = app.verifier().verifies(&third).ok();
    assert!(verified["tranche"]["amount_paise"].as_i64().unwrap() > 0, "{verified}");
    let on = verified["statement"]["inputs"].as_array().unwrap().iter().find(|one| one["name"] == "submitted_on");
    assert!(on.is_none_or(|on| on["value"] == "2027-12-30"), "{on:?}");
    app.must_verify();
}

#[apply(on_both!)]
fn a_claim_that_was_returned_is_corrected_after_the_last_day_and_keeps_its_day(app: App) {
    let (_, form, claim) = claimed_in_time(&app);
    app.set_clock("2028-01-05T06:30:00Z");
    let returned = app.verifier().sends_back("claims", &claim).ok();
    let mut larger = corrected(&form);
    larger["amount_claimed_paise"] = json!(15 * CRORE + 1);
    let changed = app.preparer().corrects(&returned, &larger).ok();
    let refused = app.signatory().submits_claim(&changed).refused(409, "claim_enlarged");
    says(&refused, "₹15,00,00,000.01 is claimed, and ₹15,00,00,000.00 was claimed in time");

    let changed = app.preparer().corrects(&changed, &corrected(&form)).ok();
    let again = app.signatory().submits_claim(&changed).ok();
    assert_eq!((&again["number"], &again["first_submitted_at"]), (&claim["number"], &claim["submitted_at"]));
    assert_ne!(again["submitted_at"], claim["submitted_at"]);
    app.verifier().verifies(&again).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_claim_does_not_grow_under_cover_of_a_correction(app: App) {
    let (award, form, claim) = claimed_in_time(&app);
    app.set_clock("2028-01-05T06:30:00Z");
    app.verifier().rejects_claim(&claim).ok();
    let submit = |form: &Value| app.signatory().submits_claim(&app.preparer().claims(&award, form).ok());
    let with = |change: &dyn Fn(&mut Value)| {
        let mut form = corrected(&form);
        change(&mut form);
        submit(&form).refused(409, "claim_enlarged")
    };
    says(&with(&|form| form["amount_claimed_paise"] = json!(16 * CRORE)), "was claimed in time");
    says(&with(&|form| form["lines"][1]["quantity_kg"] = json!(50_001)), "150001 kg, and came to 150000 kg in time");
    says(&with(&|form| form["lines"][1]["amount_paise"] = json!(31 * CRORE)), "its lines come to ₹91");
    let added = line("S/3", "2027-02-01", 1, 1, &[]);
    let more = |form: &mut Value| {
        form["lines"][1]["quantity_kg"] = json!(40_000);
        form["lines"].as_array_mut().unwrap().push(added.clone());
    };
    says(&with(&more), "line 3 was not submitted in time");
    // Other days of the year that nothing was submitted for are no correction of anything.
    let mut others = form.clone();
    others["period_to"] = json!("2026-12-15");
    others["lines"] = json!([line("S/99", "2026-12-10", 10, 100_000, &[])]);
    submit(&others).refused(409, "claim_enlarged");
    let smaller = with_less(&form);
    let first = submit(&smaller).ok();
    // What was in time once is claimed once, however it is divided.
    let mut rest = corrected(&form);
    rest["period_from"] = json!("2027-01-01");
    rest["lines"] = json!([form["lines"][1]]);
    submit(&rest).refused(409, "claim_window_closed");
    rest["replaces"] = claim["id"].clone();
    let refused = app.preparer().claims(&award, &rest).refused(409, "already_exists");
    says(&refused, first["number"].as_str().unwrap());
    rest["replaces"] = first["id"].clone();
    let refused = app.preparer().claims(&award, &rest).refused(422, "invalid_fields");
    assert_eq!(refused["errors"][0]["pointer"], "/form/replaces", "it is not rejected");
    app.must_verify();
}

#[apply(on_both!)]
fn what_was_in_time_once_is_claimed_once_over_any_number_of_corrections(app: App) {
    let (award, form, claim) = claimed_in_time(&app);
    app.set_clock("2028-01-05T06:30:00Z");
    app.verifier().rejects_claim(&claim).ok();
    let submit = |form: &Value| app.signatory().submits_claim(&app.preparer().claims(&award, form).ok());
    let again = submit(&corrected(&form)).ok();
    app.verifier().rejects_claim(&again).ok();
    // One names the first claim. Another one names its correction, or leaves that to the service.
    let mut first = with_less(&form);
    first["replaces"] = claim["id"].clone();
    let first = submit(&first).ok();
    let mut rest = corrected(&form);
    rest["period_from"] = json!("2027-01-01");
    rest["lines"] = json!([form["lines"][1]]);
    submit(&rest).refused(409, "claim_window_closed");
    for named in [&claim, &again] {
        rest["replaces"] = named["id"].clone();
        let refused = app.preparer().claims(&award, &rest).refused(409, "already_exists");
        says(&refused, first["number"].as_str().unwrap());
    }
    app.verifier().verifies(&first).ok();
    app.must_verify();
}

/// The first line alone, with less of it.
fn with_less(form: &Value) -> Value {
    let mut form = corrected(form);
    form["period_to"] = json!("2026-12-31");
    form["amount_claimed_paise"] = json!(CRORE);
    form["lines"] = json!([line("S/11", "2026-12-01", 90_000, 60 * CRORE, &[])]);
    form
}

#[apply(on_both!)]
fn a_tranche_that_an_office_rejects_after_the_last_day_leaves_the_claim_earned(app: App) {
    let (_, _, claim) = claimed_in_time(&app);
    let verified = app.verifier().verifies(&claim).ok();
    let tranche = &verified["tranche"];
    app.set_clock("2028-02-01T06:30:00Z");
    app.section_officer().rejects(tranche).ok();
    let claim = app.signatory().sees(&at("claims", &claim));
    assert_eq!(claim["status"], "verified");
    assert_eq!(claim["deferred_paise"], tranche["amount_paise"], "the amount waits in the claim");
    let year = app.budget("financial_year", PATH, Some("2027-28"));
    assert_eq!((&year["reserved_paise"], &year["available_paise"]), (&json!(0), &json!(50 * CRORE)));
    let told = app.signatory().sees("/worklist?kind=rejected_tranche");
    assert_eq!(told["data"][0]["id"], tranche["id"], "{told}");
    let log = app.auditor().sees("/audit-log?limit=1000");
    let entry = log["data"].as_array().unwrap().iter().find(|entry| entry["command"] == "reject_tranche").unwrap();
    let details: Value = serde_json::from_str(entry["details"].as_str().unwrap()).unwrap();
    assert_eq!(details["deferred_paise"], tranche["amount_paise"], "{entry}");

    let path = format!("{}/tranches", at("claims", &claim));
    let released = app.verifier().does(&path, &claim, json!({})).ok();
    assert_eq!(released["tranche"]["amount_paise"], tranche["amount_paise"], "no last day applies to it");
    app.must_verify();
}

#[apply(on_both!)]
fn a_year_without_any_money_defers_the_whole_claim(app: App) {
    let award = commissioned(&app);
    app.set_clock("2027-12-30T06:30:00Z");
    let draft = app.preparer().claims(&award, &form(&app)).ok();
    let claim = app.signatory().submits_claim(&draft).ok();
    let before = app.budget_table();
    let verified = app.verifier().verifies(&claim).ok();
    assert_eq!((&verified["status"], &verified["tranche"]), (&json!("verified"), &Value::Null));
    assert_eq!(verified["statement"]["bound_by"], "years_appropriation");
    assert_eq!(verified["deferred_paise"], verified["entitlement_paise"]);
    assert_eq!(app.budget_table(), before, "nothing is held");
    app.verifier().verifies(&verified).refused(409, "wrong_state");
    let path = format!("{}/tranches", at("claims", &claim));
    app.verifier().does(&path, &verified, json!({})).refused(409, "budget_exceeded");

    app.set_clock("2028-06-01T06:30:00Z");
    app.provided(PATH, "2028-29", 50 * CRORE);
    let released = app.verifier().does(&path, &verified, json!({})).ok();
    assert_eq!(released["tranche"]["amount_paise"], verified["entitlement_paise"]);
    app.must_verify();
}

#[apply(on_both!)]
fn a_late_correction_is_not_worth_more_by_other_facts(app: App) {
    let award = commissioned(&app);
    app.set_clock("2027-12-30T06:30:00Z");
    app.provided(PATH, "2027-28", 50 * CRORE);
    let of = |related: bool| {
        let mut form = form(&app);
        form["lines"][0]["facts"] = json!([{ "code": "related_party", "value": related }]);
        form
    };
    let claim = app.signatory().submits_claim(&app.preparer().claims(&award, &of(true)).ok()).ok();
    app.set_clock("2028-01-05T06:30:00Z");
    let returned = app.verifier().sends_back("claims", &claim).ok();
    let changed = app.preparer().corrects(&returned, &of(false)).ok();
    let refused = app.signatory().submits_claim(&changed).refused(409, "claim_enlarged");
    says(&refused, "the rules give ₹15,00,00,000.00 for it, and ₹8,00,00,000.00 for what was submitted in time");
    let changed = app.preparer().corrects(&changed, &corrected(&of(true))).ok();
    app.signatory().submits_claim(&changed).ok();
    app.must_verify();
}
