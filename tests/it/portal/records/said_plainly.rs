//! What people asked about because a page did not say it: of what kind a matter is, whose turn it is, that a file
//! brought nothing new, in which unit an amount stands, and when the company took its steps.

use crate::correspondence::letters::LetterVerbs;
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at};
use crate::harness::return_people::ReturnVerbs;
use crate::portal::browser::{Browser, CHOSEN, Form};
use crate::portal::claims::selling;
use serde_json::json;

const TRANCHE: &str = "/en/tranches/NDFEB-2026-27-TRN-0001";
const CLAIM: &str = "/en/claims/NDFEB-2026-27-CLM-0001";

fn one_day() -> Sales<'static> {
    Sales::at_the_rate("2026-08-01", "2026-08-01", 100)
}

#[apply(on_sqlite!)]
fn an_inbox_says_of_what_kind_a_difference_and_an_instrument_are(app: App) {
    let payment = app.disbursing_officer().advises(&app.sanctioned_15_crore()).ok();
    let number = payment["number"].as_str().unwrap();
    let scroll = format!("HDR,S1,,1,1.00\nLIN,{number},Success,SBINR5202605010000001,2026-05-01,1.00,\nTRL,1,1.00\n");
    let finance = Browser::of(&app, &app.finance_officer(), "en");
    let form = finance.opens("/en/scrolls").form("Take in a scroll of the bank");
    finance.sends(&form.fill("The file itself", &scroll)).with_status(200);
    finance.opens("/en/inbox").says(&format!("Difference (Another amount) {number}: propose a settlement"));
    Browser::of(&app, &app.finance_officer(), "hi").opens("/hi/inbox").says("(राशि भिन्न)").is_in_its_language();
    let proposed = app.scheme_administrator().proposes("sales_linked_incentive", "2026-27", CRORE).ok();
    let number = proposed["number"].as_str().unwrap();
    let other = Browser::of(&app, &app.other_scheme_administrator(), "en");
    let says = format!("Budget instrument (Provision (budget estimate)) {number}: approve or refuse");
    other.opens("/en/inbox").says(&says);
}

#[apply(on_sqlite!)]
fn the_preparer_corrects_and_then_it_is_the_turn_of_the_signatory(app: App) {
    let award = selling(&app);
    let draft = app.preparer().claims(&award, &app.sales_form("lodestone", one_day())).ok();
    let signatory = Browser::of(&app, &app.signatory(), "en");
    signatory.opens("/en/inbox").says("without a number: submit");
    let sent = app.signatory().submits_claim(&draft).ok();
    let returned = app.verifier().sends_back("claims", &sent).ok();
    signatory.opens("/en/inbox").says("Nothing waits for you").says("Preparer: Claim (1)");
    let preparer = Browser::of(&app, &app.preparer(), "en");
    preparer
        .opens("/en/inbox")
        .says("CLM/0001: correct")
        .says("Returned by Verifier (project management agency), 1 Sep");
    // Nothing keeps the signatory from submitting it as it was; a warning says so.
    let page = format!("/en{}", at("claims", &sent));
    let unchanged = "Warning: nothing in the claim was changed since it was returned.";
    signatory.opens_rehearsed(&page).says("With Preparer since 1 Sep 2026").says(unchanged);
    let form = app.sales_form("lodestone", Sales::at_the_rate("2026-08-02", "2026-08-02", 9));
    app.preparer().corrects(&returned, &form).ok();
    signatory.opens_rehearsed(&page).says("With Authorised signatory since 1 Sep 2026").says_nothing_of(unchanged);
    signatory.opens("/en/inbox").says("CLM/0001: submit").says_nothing_of("Returned by");
    preparer.opens("/en/inbox").says("Nothing waits for you").says("Authorised signatory: Claim (1)");
    Browser::of(&app, &app.signatory(), "hi").opens("/hi/inbox").says("CLM/0001: प्रस्तुत करें").is_in_its_language();
}

#[apply(on_sqlite!)]
fn a_file_that_brings_nothing_new_is_no_success(app: App) {
    let payment = app.disbursing_officer().advises(&app.sanctioned_15_crore()).ok();
    let line =
        format!("LIN,{},Success,SBINR5202605010000001,2026-05-01,150000000.00,", payment["number"].as_str().unwrap());
    let file = format!("HDR,F1,,1,150000000.00\n{line}\nTRL,1,150000000.00\n");
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    let finance = Browser::of(&app, &app.finance_officer(), "en");
    let of = |browser: &Browser, page: &str, button: &str| -> Form {
        browser.opens(page).form(button).fill("The file itself", &file)
    };
    for (browser, page, button) in [
        (&ddo, "/en/treasury", "Take in an answer of the treasury"),
        (&finance, "/en/scrolls", "Take in a scroll of the bank"),
    ] {
        let first = browser.sends(&of(browser, page, button)).with_status(200).says("Taken in by you").says("Done");
        assert!(first.answer.text().contains("govuk-notification-banner--success"));
        let again = browser.sends(&of(browser, page, button)).with_status(200).says("Nothing new");
        let again = again.says("This file was taken in before. Nothing of it was new, and nothing changed.");
        let again = again.says_nothing_of("Taken in by you").says_nothing_of("Done");
        assert!(!again.answer.text().contains("govuk-notification-banner--success"));
        assert!(again.answer.text().contains("role=\"region\""), "it is no alert");
        browser.opens(&again.address.replace("/en/", "/hi/")).says("कुछ नया नहीं").is_in_its_language();
    }
}

#[apply(on_sqlite!)]
fn a_preparer_reads_who_writes_the_letters(app: App) {
    let claim = app.claimed_sales("lodestone", &selling(&app), one_day());
    app.verifier().writes_to("/letters", &claim["id"], json!({ "answer_by": "2026-09-20" })).ok();
    let preparer = Browser::of(&app, &app.preparer(), "en");
    let letters = format!("{CLAIM}/letters");
    let shown =
        preparer.opens(&letters).says("The authorised signatory of your company writes and answers its letters");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());
    let one = preparer.opens(&shown.link("NDFEB/2026-27/LTR/0001"));
    one.says("The authorised signatory of your company answers this letter, on this page.");
    let hindi = Browser::of(&app, &app.preparer(), "hi").opens(&letters.replace("/en/", "/hi/"));
    hindi.says("प्राधिकृत हस्ताक्षरकर्ता लिखते हैं").is_in_its_language();
    for other in [app.signatory(), app.verifier()] {
        let shown = Browser::of(&app, &other, "en").opens(&letters);
        shown.says_nothing_of("The authorised signatory of your company");
    }
}

#[apply(on_sqlite!)]
fn the_way_to_notes_and_letters_has_the_list(app: App) {
    app.tranche_of_15_crore();
    let proposed = app.scheme_administrator().proposes("sales_linked_incentive", "2026-27", CRORE).ok();
    let instrument = format!("/en/budget/instruments/{}", proposed["number"].as_str().unwrap().replace('/', "-"));
    let office = Browser::of(&app, &app.section_officer(), "en");
    for (record, list) in [
        (CLAIM, "Claims"),
        (TRANCHE, "Tranches"),
        ("/en/awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal", "Milestones"),
        (instrument.as_str(), "Instruments"),
    ] {
        let way = |path: &str| -> Vec<String> {
            let shown = office.opens(path).with_status(200);
            let links =
                shown.page.named("nav").into_iter().flat_map(|nav| nav.named("a")).filter(|link| {
                    link.attribute("class").is_some_and(|class| class.contains("govuk-breadcrumbs__link"))
                });
            links.map(|link| link.attribute("href").unwrap().to_owned()).collect()
        };
        let own = way(record);
        let notes = way(&format!("{record}/notes"));
        assert_eq!(notes[..own.len()], own[..], "{list}");
        assert_eq!(notes.last().map(String::as_str), Some(record), "{list}");
        assert!(own.len() >= 2, "{list}: {own:?}");
    }
}

#[apply(on_sqlite!)]
fn empty_fields_of_the_sign_in_are_named(app: App) {
    for (language, button, says, other) in [
        ("en", "Sign in", "Must not be empty", "E-mail address or password is wrong"),
        ("hi", "साइन इन करें", "खाली", "ई-मेल पता या पासवर्ड गलत है"),
    ] {
        let browser = Browser::new(&app);
        let form = browser.opens(&format!("/{language}/sign-in")).form(button);
        let shown = browser.sends(&form).with_status(422).says(says).says_nothing_of(other);
        let leads: Vec<&str> = shown.page.named("a").iter().filter_map(|link| link.attribute("href")).collect();
        assert!(leads.contains(&"#sign-in-email") && leads.contains(&"#sign-in-password"), "{leads:?}");
        shown.is_in_its_language();
    }
}

#[apply(on_sqlite!)]
fn the_sample_of_a_file_is_taken_and_names_no_payment(app: App) {
    let finance = Browser::of(&app, &app.finance_officer(), "en");
    let shown =
        finance.opens("/en/scrolls").says("This is a sample: no payment has its numbers").says("Amounts are in rupees");
    let sample = shown.page.named("pre")[0].text();
    let lines: Vec<&str> = sample.split_whitespace().collect();
    assert!(!sample.contains("NDFEB/") && sample.contains("SAMPLE/YYYY-YY/PAY/0001"), "{sample}");
    assert!(lines.iter().any(|line| line.starts_with("LIN,") && line.split(',').count() == 8), "{sample}");
    // The page of the treasury's answers has no account in its lines, and its reader takes none.
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    let sample = ddo.opens("/en/treasury").page.named("pre")[0].text();
    assert!(sample.split_whitespace().any(|line| line.starts_with("LIN,") && line.split(',').count() == 7), "{sample}");
}

#[apply(on_sqlite!)]
fn steps_of_a_company_have_the_time_at_which_it_took_them(app: App) {
    let award = selling(&app);
    let draft = app.preparer().claims(&award, &app.sales_form("lodestone", one_day())).ok();
    app.set_clock("2026-09-03T06:30:00Z");
    let sent = app.signatory().submits_claim(&draft).ok();
    app.set_clock("2026-09-05T06:30:00Z");
    app.verifier().verifies(&sent).ok();
    for person in [app.section_officer(), app.signatory()] {
        let shown = Browser::of(&app, &person, "en").opens(TRANCHE).with_status(200);
        let steps: Vec<String> =
            shown.page.named("main")[0].named("ol")[0].named("li").iter().map(|step| step.text()).collect();
        let at = |step: usize, name: &str, day: &str| {
            assert!(steps[step].starts_with(name) && steps[step].contains(day), "{step}: {steps:?}");
        };
        at(0, "Prepared", "1 Sep 2026, 12:00 IST");
        at(1, "Submitted", "3 Sep 2026, 12:00 IST");
        at(2, "Verified", "5 Sep 2026, 12:00 IST");
    }
}

#[apply(on_sqlite!)]
fn a_tranche_says_whose_turn_it_is_where_another_office_may_reject_it(app: App) {
    let recommended = app.section_officer().recommends(&app.tranche_of_15_crore()).ok();
    let section = Browser::of(&app, &app.section_officer(), "en");
    let shown = section.opens_rehearsed(TRANCHE).says("The next step is with Finance Officer.");
    let shown =
        shown.says("may be rejected by Section Officer or Finance Officer or Competent authority, whoever has it");
    assert_eq!(shown.buttons(), ["Reject"]);
    let hindi = Browser::of(&app, &app.section_officer(), "hi");
    hindi.opens_rehearsed(&TRANCHE.replace("/en/", "/hi/")).says("अगला चरण वित्त अधिकारी के पास है").is_in_its_language();
    // A rejection is no step: the section officer may end what they recommended themselves.
    app.section_officer().rejects(&recommended).ok();
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_file_of_lines_says_its_unit_beside_the_form_in_rupees(app: App) {
    let sent = app.claimed_sales("lodestone", &selling(&app), one_day());
    app.verifier().sends_back("claims", &sent).ok();
    let shown = Browser::of(&app, &app.preparer(), "en").opens(CLAIM);
    let shown = shown
        .says("amount_paise: the amounts in the file are in paise and not in rupees. ₹1,500.50 is written 150050.");
    shown.says("In rupees and not in paise as in the file");
    let hindi = Browser::of(&app, &app.preparer(), "hi").opens(&CLAIM.replace("/en/", "/hi/"));
    hindi.says("पैसे में हैं").is_in_its_language();
}

fn proposal(browser: &Browser, amount: &str) -> Form {
    let form = browser.opens("/en/budget/instruments/new?kind=provision").form("Propose");
    let mut form = form.fill("Capital subsidy", CHOSEN).fill("Amount", amount);
    form.set("word:/scheme_code", "ndfeb-2025-proposal");
    form.set("word:/financial_year", "2026-27");
    let form = form.fill("Demand for grants or order on which it is based", "Demand 44");
    form.fill("Day", "1").fill("Month", "4").fill("Year", "2026")
}

#[apply(on_sqlite!)]
fn a_proposal_beyond_the_room_says_so_before_and_after_it_is_made(app: App) {
    let one = Browser::of(&app, &app.scheme_administrator(), "en");
    let rehearsed = |amount: &str| {
        let mut form = proposal(&one, amount);
        form.action = "/en/budget/instruments/rehearsal".to_owned();
        one.sends(&form)
    };
    let fits = rehearsed("10 crore").with_status(200).says("its approval changes these balances:");
    assert_eq!(fits.form("Propose").text("Amount"), "10 crore", "what was typed stays");
    let shown = rehearsed("9000 crore").with_status(200).says("as things stand it could not be approved");
    let shown = shown.says("Warning:").says("₹90,00,00,00,000.00");
    assert_eq!(app.rows("budget_instruments").len(), 0, "a preview stores nothing");
    rehearsed("much").with_status(422).says("An amount such as 15 crore");

    let made = one.sends(&shown.form("Propose")).with_status(200).says("Proposed by you").says("Warning:");
    let made = made.says("As things stand its approval would be refused:").says("₹90,00,00,00,000.00");
    let hindi = one.opens(made.address.replace("/en/", "/hi/").split('?').next().unwrap());
    hindi.says("वर्तमान स्थिति में इसका अनुमोदन अस्वीकार होगा").is_in_its_language();
    let other = Browser::of(&app, &app.other_scheme_administrator(), "en");
    let page = made.address.split('?').next().unwrap();
    let shown = other.opens_rehearsed(page).says("You cannot take this step:").says("₹90,00,00,00,000.00");
    shown.says_nothing_of("As things stand its approval would be refused:");
    // The interface says the same in its answer.
    let proposed = app.scheme_administrator().proposes("capital_subsidy", "2026-27", 9_000 * CRORE).json();
    assert_eq!(proposed["warnings"][0]["code"], "outlay_exceeded", "{proposed}");
    let small = app.scheme_administrator().proposes("capital_subsidy", "2026-27", CRORE).json();
    assert!(small.get("warnings").is_none(), "{small}");
    // A surrender of more than is available is short of its account.
    app.other_scheme_administrator().approves(&small).ok();
    let surrender = json!({
        "kind": "surrender", "scheme_code": "ndfeb-2025-proposal", "component": "capital_subsidy",
        "financial_year": "2026-27", "amount_paise": 2 * CRORE, "reference": "Order 1", "dated_on": "2026-04-01",
    });
    let proposed = app.scheme_administrator().post("/budget-instruments", None, &surrender).unwrap().json();
    assert_eq!(proposed["warnings"][0]["code"], "budget_exceeded", "{proposed}");
    app.other_scheme_administrator().approves(&proposed).refused(409, "budget_exceeded");
    app.must_verify();
}
