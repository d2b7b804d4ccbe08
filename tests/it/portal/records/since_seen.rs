//! Whoever was slower reads field by field what changed since they looked, by which office and when.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs};
use crate::harness::recovery_people::Recovers;
use crate::harness::return_people::ReturnVerbs;
use crate::portal::browser::{Browser, Shown};
use crate::portal::claims::selling;
use serde_json::json;

/// The rows of the table of what changed: field, as it was seen, as it is now.
fn changed(shown: &Shown) -> Vec<Vec<String>> {
    let rows = shown.page.named("tbody").into_iter().flat_map(|body| body.named("tr"));
    let cells = |row: &crate::portal::browser::Node| -> Vec<String> {
        row.named("th").into_iter().chain(row.named("td")).map(|cell| cell.text()).collect()
    };
    rows.map(cells).collect()
}

#[apply(on_sqlite!)]
fn a_claim_shows_what_its_company_changed_and_who_changed_it(app: App) {
    let award = selling(&app);
    let claim = app.claimed_sales("lodestone", &award, Sales::at_the_rate("2026-08-01", "2026-08-01", 100));
    let agency = Browser::of(&app, &app.verifier(), "en");
    let mine = agency.opens("/en/claims/NDFEB-2026-27-CLM-0001").form("Raise a query").fill("Question", "Which plant?");
    // Another verifier returns it, and the company corrects it and submits it again.
    app.set_clock("2026-09-02T06:30:00Z");
    let other = app.person("verifier-two", &["verifier"], None);
    let returned = other.sends_back("claims", &claim).ok();
    let mut form = app.sales_form("lodestone", Sales::at_the_rate("2026-08-01", "2026-08-01", 80));
    form["amount_claimed_paise"] = json!(80 * 160_000);
    let corrected = app.preparer().corrects(&returned, &form).ok();
    app.set_clock("2026-09-03T06:30:00Z");
    app.signatory().submits_claim(&corrected).ok();

    let agency = Browser::of(&app, &app.verifier(), "en");
    let mut late =
        agency.opens("/en/claims/NDFEB-2026-27-CLM-0001").form("Raise a query").fill("Question", "Which plant?");
    late.set("version", &claim["version"].to_string());
    let _ = mine;
    let shown = agency.sends(&late).with_status(412).says("Somebody changed this before you");
    let shown = shown.says("Changed: 3 Sep 2026, 12:00 IST, Authorised signatory · Sample signatory");
    let shown = shown.says("Verifier (project management agency) · Sample verifier-two");
    let shown = shown.says("What changed since you opened the page").says("As you saw it");
    let rows = changed(&shown);
    let row = |field: &str| rows.iter().find(|row| row[0] == field).unwrap_or_else(|| panic!("{field}: {rows:?}"));
    assert_eq!(row("Amount claimed")[1..], ["₹1,60,000.00", "₹1,28,000.00"]);
    assert_eq!(row("Line 1: Quantity")[1..], ["100", "80"]);
    assert_eq!(row("Documents 1")[1..], ["sales.pdf", "sales.pdf"], "documents have their names");
    assert!(!rows.iter().any(|row| row[0] == "Status"), "it is submitted again: {rows:?}");
    assert!(shown.buttons().iter().any(|button| button.contains("Raise a query")), "{:?}", shown.buttons());
}

#[apply(on_both!)]
fn a_tranche_shows_how_far_it_went(app: App) {
    let tranche = app.tranche_of_15_crore();
    let page = "/en/tranches/NDFEB-2026-27-TRN-0001";
    let section = Browser::of(&app, &app.section_officer(), "en");
    let mine = section.opens(page).form("Recommend: ₹15,00,00,000.00").fill("Noting on the file", "slow");
    let recommended = app.person("section-two", &["section_officer"], None).recommends(&tranche).ok();
    app.finance_officer().concurs(&recommended).ok();
    let shown = section.sends(&mine).with_status(412);
    let shown = shown.says("Finance Officer · Sample finance").says("Section Officer · Sample section-two");
    assert_eq!(changed(&shown)[0], ["Status", "Verified", "Concurred"]);
    // In Hindi the same, and no English word is left.
    let hindi = Browser::of(&app, &app.section_officer(), "hi");
    let mut late = hindi.opens(&page.replace("/en/", "/hi/")).form("अस्वीकार करें").fill("कारण", "यह देर से है");
    late.set("version", &tranche["version"].to_string());
    hindi.sends(&late).with_status(412).says("आपके पृष्ठ खोलने के बाद क्या बदला").is_in_its_language();
}

/// A company reads the offices that changed its record, and no names.
#[apply(on_sqlite!)]
fn a_company_reads_what_changed_in_a_recovery_and_which_office_did_it(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let notice = app.second("section").asks_back(&paid, CRORE).ok();
    let page = "/en/recoveries/NDFEB-2026-27-REC-0001";
    let company = Browser::of(&app, &app.signatory(), "en");
    let mine = company.opens(page).form("Reply to the notice").fill("Reply", "They were made here.");
    app.second("section").step(&notice, "withdrawal", json!({ "reason": "It was paid rightly." })).ok();
    let shown = company.sends(&mine).with_status(412).says("Section Officer").says_nothing_of("Sample second-section");
    let rows = changed(&shown);
    assert_eq!(rows[0], ["Status", "Notice issued", "Notice withdrawn"], "{rows:?}");
    assert!(rows.iter().any(|row| row[0] == "Notice withdrawn" && row[2] == "It was paid rightly."), "{rows:?}");
    shown.says("Yours cannot be applied any more");
}
