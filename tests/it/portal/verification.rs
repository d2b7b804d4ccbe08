//! Verifying a claim on pages, line by line: what the page says it comes to is what is reserved.

use crate::harness::app::App;
use crate::harness::people::{Answered, Sales, Verbs, at, stages};
use crate::harness::return_people::ReturnVerbs;
use crate::portal::browser::{Browser, CHOSEN, Shown};
use crate::portal::claims::selling;
use serde_json::{Value, json};

const PAGE: &str = "/en/claims/NDFEB-2026-27-CLM-0001";
const DESK: &str = "/en/claims/NDFEB-2026-27-CLM-0001/verification";
const SALES: &str = "sales_linked_incentive";

/// A submitted claim for two invoices, of 100 and of 50 kilograms.
fn two_lines(app: &App, award: &Value) -> Value {
    let mut form = app.sales_form("lodestone", Sales::at_the_rate("2026-08-01", "2026-08-01", 100));
    let mut second = form["lines"][0].clone();
    second["invoice_number"] = json!("S/second");
    second["quantity_kg"] = json!(50);
    second["amount_paise"] = json!(25_000_000);
    form["lines"].as_array_mut().unwrap().push(second);
    form["amount_claimed_paise"] = json!(24_000_000);
    let draft = app.preparer().claims(award, &form).ok();
    app.signatory().submits_claim(&draft).ok()
}

fn reserved(app: &App) -> i64 {
    stages(&app.budget("component", SALES, None))[3]
}

#[track_caller]
fn comes_to(shown: &Shown, amount: &str) {
    let lead = format!("As ticked, the claim comes to {amount}");
    assert!(shown.page.text().contains(&lead), "{}", shown.page.text());
}

#[apply(on_both!)]
fn a_verifier_rejects_one_line_and_reserves_what_the_page_said(app: App) {
    let award = selling(&app);
    let claim = two_lines(&app, &award);
    let agency = Browser::of(&app, &app.verifier(), "en");
    let shown = agency.opens("/en/claims?status=submitted");
    let shown = agency.opens(&shown.link("NDFEB/2026-27/CLM/0001"));
    let shown = agency.opens_rehearsed(&shown.link("Verify line by line")).with_status(200);
    let shown = shown.says("If every line is accepted, the claim comes to ₹2,40,000.00").says("Counts in full");
    let shown = shown.says("In no other claim, and dated within the days of the claim").says("sales.pdf");
    // Nothing is decided for the verifier: an open line is named at its field.
    let before = app.acts();
    let missing = agency.sends(&shown.form("Show what it comes to").fill("Accept line 1", CHOSEN)).with_status(422);
    assert!(missing.page.named("a").iter().any(|link| link.attribute("href") == Some("#verify-lines-1-accepted")));
    let missing = missing.says("What the claim comes to is shown once every line is decided");
    let missing = missing.says_nothing_of("If every line is accepted, the claim comes to");
    // Everything that is wrong is told at once.
    let verify = missing.form("Verify and reserve").fill("Reject line 1", CHOSEN);
    let wrong = agency.sends(&verify).with_status(422);
    let faults: Vec<&str> = wrong
        .page
        .named("a")
        .into_iter()
        .filter_map(|link| link.attribute("href"))
        .filter(|to| to.starts_with("#verify-"))
        .collect();
    assert_eq!(faults, ["#verify-lines-0-reason", "#verify-lines-1-accepted", "#verify-remarks"]);
    wrong.says("Line 2: the decision is missing; accept or reject it").says_nothing_of("must be given");
    let hindi = Browser::of(&app, &app.verifier(), "hi");
    let form = hindi.opens(&DESK.replace("/en/", "/hi/")).form("सत्यापित करें और राशि आरक्षित करें");
    let wrong = hindi.sends(&form).with_status(422).says("पंक्ति 1: निर्णय शेष है; इसे स्वीकार या अस्वीकार करें");
    wrong.says_nothing_of("देना आवश्यक है");
    let form = missing.form("Show what it comes to");
    assert!(form.fields.contains(&("either:/lines/0/accepted".to_owned(), "true".to_owned())), "{form:?}");
    let shown = agency.rehearses(&form.fill("Reject line 2", CHOSEN)).with_status(409);
    let form = shown.form("Show what it comes to");
    assert!(shown.page.named("a").iter().any(|link| link.attribute("href") == Some("#verify-lines-1-reason")));
    let form = form.fill("Why line 2 is rejected", "no delivery note").fill("Remarks", "books seen");
    let shown = agency.rehearses(&form).with_status(200);
    comes_to(&shown, "₹1,60,000.00");
    let shown = shown.says("Rupees one lakh sixty thousand only").says("nothing has changed yet");
    let shown = shown.says("Appropriation, year 2026-27").says("Reserved").says("award NDFEB/2026-27/AWD/0001");
    assert_eq!(app.acts(), before, "nothing was done or even tried");
    assert_eq!(reserved(&app), 0);
    // A fault does not hide what is ticked.
    let faulty = agency.rehearses(&shown.form("Verify and reserve").fill("Remarks", ""));
    comes_to(&faulty.with_status(422), "₹1,60,000.00");
    let form = shown.form("Verify and reserve");
    assert_eq!([form.text("Why line 2 is rejected"), form.text("Remarks")], ["no delivery note", "books seen"]);
    let shown = agency.sends(&form).with_status(200).says("Decided by you, 1 Sep 2026, 12:00 IST");
    assert!(shown.address.starts_with(&format!("{PAGE}?entry=")), "{}", shown.address);
    let shown = shown.says("Payable at the verification ₹1,60,000.00").says("no delivery note");
    shown.says("NDFEB/2026-27/TRN/0001").says("Verified");
    assert_eq!(reserved(&app), 16_000_000);
    let stored = app.auditor().sees(&at("claims", &claim));
    assert_eq!(stored["lines"][1]["decision"]["reason"], "no delivery note");
    agency.opens(DESK).with_status(200).says("This claim does not wait for its verification");
    // The company reads why a line was rejected, and nothing of the noting.
    let company = Browser::of(&app, &app.signatory(), "en");
    company.opens(PAGE).says("no delivery note").says_nothing_of("books seen");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_claim_is_rejected_with_reasons_for_the_company(app: App) {
    let award = selling(&app);
    two_lines(&app, &award);
    let agency = Browser::of(&app, &app.verifier(), "en");
    // A claim that is rejected whole needs no decision on its lines; one may have a reason of its own.
    let form = agency.opens(DESK).form("Reject the claim").fill("Remarks", "a copy of last year's");
    let form = form.fill("Accept line 1", CHOSEN).fill("Why line 2 is rejected", "not shown");
    let shown = agency.sends(&form).with_status(422);
    assert_eq!(shown.link("Must not be empty"), "#verify-reasons");
    let form = shown.form("Reject the claim");
    assert_eq!(form.text("Why line 2 is rejected"), "not shown");
    let shown = agency.sends(&form.fill("Reasons for the company", "No delivery notes.")).with_status(200);
    let shown = shown.says("Rejected because: No delivery notes.");
    // The office reads what it noted, also later; the company does not.
    shown.says("Noting of the agency on the rejection: a copy of last year's");
    let company = Browser::of(&app, &app.preparer(), "en");
    let shown = company.opens(PAGE).says("No delivery notes.").says_nothing_of("a copy of last year's");
    let shown = shown.says("Rejected with the whole claim").says("Rejected not shown").says_nothing_of("Accepted");
    shown.says("Nothing is payable: the claim was rejected.").says_nothing_of("is computed when the agency");
    assert_eq!(reserved(&app), 0);
    app.must_verify();
}

#[apply(on_sqlite!)]
fn what_was_decided_before_a_return_is_filled_in(app: App) {
    let award = selling(&app);
    two_lines(&app, &award);
    let agency = Browser::of(&app, &app.verifier(), "en");
    let fresh = agency.opens(DESK).says_nothing_of("as they were decided before").form("Verify and reserve");
    assert!(!fresh.fields.iter().any(|(name, _)| name.ends_with("/accepted")), "{fresh:?}");
    let form = fresh.fill("Accept line 1", CHOSEN).fill("Reject line 2", CHOSEN).fill("Remarks", "books seen");
    agency.sends(&form.fill("Why line 2 is rejected", "no delivery note")).with_status(200);
    let tranche = app.auditor().sees("/tranches")["data"][0].clone();
    app.section_officer().returns_to(&tranche, "verify").ok();
    let form = agency.opens(DESK).says("as they were decided before the return").form("Verify and reserve");
    let ticked = |place: i64, yes: &str| (format!("either:/lines/{place}/accepted"), yes.to_owned());
    assert!(form.fields.contains(&ticked(0, "true")) && form.fields.contains(&ticked(1, "false")), "{form:?}");
    assert_eq!(form.text("Why line 2 is rejected"), "no delivery note");
    agency.sends(&form.fill("Remarks", "seen again")).with_status(200).says("Decided by you");
    assert_eq!(reserved(&app), 16_000_000);
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_verification_in_a_year_without_money_says_what_waits(app: App) {
    app.window_is_open();
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-09-01T06:30:00Z");
    two_lines(&app, &award);
    let agency = Browser::of(&app, &app.verifier(), "en");
    let shown = agency.opens_rehearsed(DESK).with_status(200).says("the claim comes to ₹2,40,000.00. The year has no");
    let form = shown.form("Verify").fill("Accept line 1", CHOSEN).fill("Accept line 2", CHOSEN);
    let shown = agency.sends(&form.fill("Remarks", "in order")).with_status(200).says("Decided by you");
    shown.says("₹2,40,000.00 of it waits until the appropriation of a year has room");
    assert_eq!(reserved(&app), 0);
}

#[apply(on_sqlite!)]
fn whoever_was_slower_keeps_what_was_ticked(app: App) {
    let award = selling(&app);
    let claim = two_lines(&app, &award);
    let agency = Browser::of(&app, &app.verifier(), "en");
    let form =
        agency.opens(DESK).form("Verify and reserve").fill("Accept line 1", CHOSEN).fill("Reject line 2", CHOSEN);
    let form = form.fill("Why line 2 is rejected", "no delivery note").fill("Remarks", "books seen");
    let asked = json!({ "question": "Which plant?" });
    let path = at("claims", &claim);
    let asked = app.section_officer().does(&format!("{path}/queries"), &claim, asked).ok();
    let reply = json!({ "text": "Sample", "documents": [] });
    app.preparer().does(&format!("{path}/queries/1/reply"), &asked, reply).ok();
    let shown = agency.sends(&form).with_status(412).says("Somebody changed this before you");
    let shown = shown.says("Rejected no delivery note").says("Which plant?").says("Sample");
    let again = shown.form("Apply mine to the new version (Verify and reserve)");
    agency.sends(&again).with_status(200).says("Decided by you");
    assert_eq!(reserved(&app), 16_000_000);
    app.must_verify();
}
