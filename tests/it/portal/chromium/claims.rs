//! Claims and milestones in Chromium: a company's report and claim, the agency's inspection, query and verification, on
//! a phone and on a desk.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at};
use crate::harness::return_people::ReturnVerbs;
use crate::portal::chromium::Chromium;
use serde_json::json;

const CLAIM: &str = "NDFEB-2026-27-CLM-0001";

/// Asks what the claim comes to, again while the service is too busy to say so.
fn rehearses(chromium: &Chromium) {
    chromium.presses("Show what it comes to");
    for _ in 0..50 {
        if !chromium.text().contains("cannot be shown right now") {
            break;
        }
        chromium.presses("Show what it comes to");
    }
}

#[apply(in_browser!)]
fn the_agency_verifies_a_claim_in_chromium(app: App) {
    app.window_is_open();
    app.provided("sales_linked_incentive", "2026-27", 20 * CRORE);
    let award = app.commissioned("lodestone", 900);
    let first = app.milestone(&award, "oxide_to_metal");
    app.signatory().reports(&first, first["needed_mtpa"].clone(), "2026-05-01").ok();
    app.set_clock("2026-09-01T06:30:00Z");
    let sales = Sales::at_the_rate("2026-08-01", "2026-08-01", 100);
    let mut form = app.sales_form("lodestone", sales);
    let mut second = form["lines"][0].clone();
    second["invoice_number"] = json!("S/second/long/no");
    form["lines"].as_array_mut().unwrap().push(second);
    form["amount_claimed_paise"] = json!(32_000_000);
    let draft = app.preparer().claims(&award, &form).ok();
    let claim = app.signatory().submits_claim(&draft).ok();
    let returned = app.verifier().sends_back("claims", &claim).ok();
    let mut corrected = form.clone();
    corrected["lines"][1]["party"] = json!("Sample Engines");
    let changed = app.preparer().corrects(&returned, &corrected).ok();
    app.signatory().submits_claim(&changed).ok();

    let chromium = Chromium::start(&app);
    chromium.signs_in(&app.verifier(), "en");
    chromium.opens("/en/claims");
    chromium.looks("claims-en");
    chromium.opens("/hi/claims");
    chromium.looks("claims-hi");
    chromium.opens(&format!("/en/claims/{CLAIM}"));
    chromium.types("Question", "Which plant made these?");
    chromium.presses("Raise a query");
    chromium.reads("Query raised by you");
    chromium.looks("claim-asked-en");
    chromium.signs_in(&app.preparer(), "hi");
    chromium.opens(&format!("/hi/claims/{CLAIM}"));
    chromium.looks("claim-company-hi");
    chromium.types("उत्तर", "The plant at Sample");
    chromium.presses("पृच्छा का उत्तर दें");
    chromium.reads("आपके द्वारा उत्तर दिया गया");
    chromium.signs_in(&app.verifier(), "en");
    chromium.opens(&format!("/hi/claims/{CLAIM}/verification"));
    chromium.looks("verification-hi");
    chromium.opens(&format!("/en/claims/{CLAIM}/verification"));
    chromium.looks("verification-en");
    chromium.chooses("Accept line 1");
    chromium.chooses("Reject line 2");
    rehearses(&chromium);
    chromium.reads("There is a problem");
    chromium.looks("verification-mistake-en");
    chromium.types("Why line 2 is rejected", "no delivery note");
    chromium.types("Remarks", "books seen");
    rehearses(&chromium);
    chromium.reads("As ticked, the claim comes to ₹1,60,000.00");
    chromium.looks("verification-ticked-en");
    chromium.presses("Verify and reserve");
    chromium.reads("Decided by you");
    chromium.looks("claim-verified-en");
    chromium.opens(&format!("/hi/claims/{CLAIM}"));
    chromium.looks("claim-verified-hi");
    chromium.opens(&format!("/en/claims/{CLAIM}/statement"));
    chromium.looks("statement-en");
    chromium.opens(&format!("/hi/claims/{CLAIM}/statement"));
    chromium.looks("statement-hi");
    chromium.opens("/en/milestones");
    chromium.looks("milestones-en");
    chromium.opens("/hi/milestones");
    chromium.looks("milestones-hi");
    chromium.opens("/en/awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal");
    chromium.looks("milestone-reported-en");
    chromium.presses("Record the inspection");
    chromium.reads("There is a problem");
    chromium.looks("milestone-mistake-en");
    chromium.opens("/hi/awards/NDFEB-2026-27-AWD-0001/milestones/commissioning");
    chromium.looks("milestone-verified-hi");
    assert_eq!(app.auditor().sees(&at("claims", &claim))["status"], "verified");
    app.must_verify();
}
