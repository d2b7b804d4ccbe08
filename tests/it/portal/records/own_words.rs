//! Pages speak in the words of people: what was typed has the labels of its own form, a rule is told by what it looks
//! at, an example of a day fits the day on which it is read, and what nobody can use is refused by name.

use crate::correction::corrections::Corrects;
use crate::harness::app::App;
use crate::harness::fake_treasury::{self, Mood};
use crate::harness::people::{Answered, Sales, Verbs};
use crate::harness::return_people::ReturnVerbs;
use crate::harness::treasury_people::TreasuryVerbs;
use crate::portal::browser::{Browser, CHOSEN};
use crate::portal::claims::selling;
use serde_json::Value;

const CLAIM: &str = "/en/claims/NDFEB-2026-27-CLM-0001";
const PAYMENT: &str = "/en/payments/NDFEB-2026-27-PAY-0001";

/// Two decide on one correction at once: whoever is slower reads the decision as the form calls it.
#[apply(on_sqlite!)]
fn a_late_decision_is_shown_with_the_words_of_its_own_form(app: App) {
    let tranche = app.sanctioned_15_crore();
    let proposed = app.second("section").proposes_correction("cancel_sanction", &tranche, Value::Null).ok();
    let page = format!("/en/corrections/{}", proposed["id"].as_str().unwrap());
    let authority = Browser::of(&app, &app.second("authority"), "en");
    let late =
        authority.opens_rehearsed(&page).form("Decide").fill("Approve", CHOSEN).fill("Noting on the file", "seen");
    app.second("finance").decides_correction(&proposed, "refused").ok();
    let shown = authority.sends(&late).with_status(412).says("Decision Approve").says("Noting on the file seen");
    shown.says_nothing_of("The bank's answer");
}

/// A payment leads to its correction, which is found by a short number too; whoever proposed it reads who is next.
#[apply(on_both!)]
fn a_payment_leads_to_its_correction_and_that_to_the_next_person(app: App) {
    app.paid_for(&app.selling(), 100_000);
    let section = Browser::of(&app, &app.second("section"), "en");
    let correct = "Correct UTR or day of a payment";
    for (page, link, about) in [
        ("/en/disbursements/NDFEB-2026-27-DIS-0001", correct, "NDFEB/2026-27/PAY/0001"),
        ("/en/tranches/NDFEB-2026-27-TRN-0001", correct, "NDFEB/2026-27/PAY/0001"),
        (CLAIM, "Open a claim again", "NDFEB/2026-27/CLM/0001"),
    ] {
        let form = section.opens(&section.opens(page).link(link)).form("Propose a correction");
        assert_eq!(form.text("Record"), about, "{page}");
        Browser::of(&app, &app.auditor(), "en").opens(page).says_nothing_of(link);
    }
    let shown = section.opens(&section.opens(PAYMENT).link("Correct UTR or day of a payment"));
    let form = shown.form("Propose a correction");
    assert_eq!(form.text("Record"), "NDFEB/2026-27/PAY/0001", "{form:?}");
    let form = form.fill("Right UTR", "SBINR52026080100099").fill("Reason", "It was mistyped.");
    let wrong = section.sends(&form.clone().fill("Record", "PAY/0099")).with_status(422);
    wrong.says("The whole number of such a record, like NDFEB/2028-29/PAY/0001");
    let shown = section.sends(&form.fill("Record", "pay/1")).with_status(200);
    let shown = shown.says("Correction proposed by you").says("With Finance Officer or Competent authority");
    assert!(shown.address.contains("/corrections/0"), "{}", shown.address);
    section.opens("/en/corrections").says("Is with").says("Finance Officer or Competent authority");
    let authority = Browser::of(&app, &app.second("authority"), "en");
    let form = authority.opens_rehearsed(&shown.address).form("Decide").fill("Refuse", CHOSEN);
    let shown = authority.sends(&form.fill("Noting on the file", "The bank says otherwise.")).with_status(200);
    shown.says("Decided by you").says("Decision: Refused.");
}

/// A claim that came back is handed on by a change alone, at the page and at the interface.
#[apply(on_both!)]
fn a_correction_that_changes_nothing_is_not_handed_over(app: App) {
    let award = selling(&app);
    let form = app.sales_form("lodestone", Sales::at_the_rate("2026-08-01", "2026-08-01", 100));
    let claim = app.preparer().claims(&award, &form).ok();
    let sent = app.signatory().submits_claim(&claim).ok();
    let returned = app.verifier().sends_back("claims", &sent).ok();
    app.preparer().corrects(&returned, &form).refused(409, "claim_unchanged");
    let company = Browser::of(&app, &app.preparer(), "en");
    let shown = company.opens(CLAIM).says("Period, mass balance, facts and documents are corrected through");
    let file = company.request("GET", &shown.link("Download the lines as they are (CSV)"), &[], None);
    let sends = |text: &str| {
        let form = shown.form("Correct the lines").choose("Choose the file", "lines.csv", "text/csv", text.as_bytes());
        company.sends(&form)
    };
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    sends(&text).with_status(409).explains("claim_unchanged").says("as it was returned");
    company.opens("/en/inbox").says("CLM/0001: correct");
    sends(&text.replace(",100,", ",80,")).with_status(200).says("Lines replaced by you");
    company.opens("/en/inbox").says("Nothing waits for you");
}

/// Each wrong cell of a file of lines is named with its column and what stands there, in both languages.
#[apply(on_sqlite!)]
fn a_wrong_cell_of_a_file_is_named_with_what_stands_there(app: App) {
    let award = selling(&app);
    app.preparer()
        .claims(&award, &app.sales_form("lodestone", Sales::at_the_rate("2026-08-01", "2026-08-01", 100)))
        .ok();
    let draft = app.values("SELECT id AS value FROM claims").remove(0);
    for (language, button, label, says) in [
        (
            "en",
            "Correct the lines",
            "Choose the file",
            ["is no day: write it like 2026-06-30", "is not in whole paise", "This is no CSV file"],
        ),
        ("hi", "पंक्तियाँ सुधारें", "फ़ाइल चुनें", ["दिन नहीं है", "पूरे पैसे नहीं हैं", "यह CSV फ़ाइल नहीं है"]),
    ] {
        let company = Browser::of(&app, &app.preparer(), language);
        let page = format!("/{language}/claims/{draft}");
        let sends = |text: &str| {
            let form = company.opens(&page).form(button).choose(label, "lines.csv", "text/csv", text.as_bytes());
            company.sends(&form).with_status(422)
        };
        let head = "invoice_number,invoice_date,party,quantity_kg,amount_paise\n";
        let shown = sends(&format!("{head}S/1,01.08.2026,Sample Motors,10,5000.00\n"));
        shown.says("01.08.2026").says(says[0]).says("5000.00").says(says[1]).says("invoice_date").says("amount_paise");
        sends("%PDF-1.7\n1 0 obj\n").says(says[2]).says_nothing_of("invoice_number,invoice_date");
    }
}

/// An answer that contradicts the records is told in sentences, in both languages.
#[apply(on_sqlite!)]
fn an_answer_that_contradicts_the_records_is_told_in_sentences(app: App) {
    let payments = app.advised_payments(1);
    let file = app.advice_file(&payments, "csv");
    app.treasury_answers(Mood::Succeeds, &file, "FILE-1").ok();
    let other_day = fake_treasury::answers(Mood::Succeeds, &file, "FILE-2", "2026-06-30");
    let late = app.disbursing_officer().uploads_return("text/csv", &other_day).ok();
    let id = late["id"].as_str().or(late["return"]["id"].as_str()).or(late["file"]["id"].as_str()).unwrap().to_owned();
    let shown = Browser::of(&app, &app.disbursing_officer(), "en").opens(&format!("/en/treasury/{id}"));
    shown.says("On record: Paid").says("UTR").says_nothing_of("is succeeded").says_nothing_of("now reported");
    let shown = Browser::of(&app, &app.disbursing_officer(), "hi").opens(&format!("/hi/treasury/{id}"));
    shown.says("अभिलेख में:").is_in_its_language();
}

/// A day that serves as an example may be typed as it stands there.
#[apply(on_sqlite!)]
fn an_example_of_a_day_fits_the_day_on_which_it_is_read(app: App) {
    app.advised_payments(1);
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    ddo.opens("/en/advices").says("For example 1 7 2026; today or at most 30 days ahead");
    app.set_clock("2026-07-09T06:30:00Z");
    let ddo = Browser::of(&app, &app.disbursing_officer(), "hi");
    ddo.opens("/hi/advices").says("9 7 2026");
}

/// The form for a file says how many it takes, and the refusal the same.
#[apply(on_sqlite!)]
fn a_credit_without_a_file_is_told_the_limit_of_its_hint(app: App) {
    app.paid_for(&app.selling(), 100_000);
    let finance = Browser::of(&app, &app.finance_officer(), "en");
    let form = finance.opens("/en/credits").form("Record a credit").fill("UTR", "SBINR52026080100077");
    let form = form.fill("Day", "1").fill("Month", "5").fill("Year", "2026").fill("Amount", "1,000");
    let shown = finance.sends(&form).with_status(422).says("Choose at least one file, and at most 5");
    shown.says_nothing_of("evidence files");
}

/// The same form sent twice with another text: the later text is shown, so that it is not lost.
#[apply(on_sqlite!)]
fn a_text_that_came_too_late_is_shown_again(app: App) {
    app.tranche_of_15_crore();
    let page = "/en/tranches/NDFEB-2026-27-TRN-0001/notes";
    let section = Browser::of(&app, &app.section_officer(), "en");
    let form = section.opens(page).form("Add a note");
    section.sends(&form.clone().fill("Note", "First thought.")).with_status(200);
    let shown = section.sends(&form.fill("Note", "Second thought.")).says("This was already done");
    shown.says("Second thought.").says_nothing_of("/text");
}

/// A criterion of the scheme's own is told by what it looks at, and not by its formula.
#[apply(on_sqlite!)]
fn a_criterion_of_a_scheme_is_told_by_what_it_looks_at(app: App) {
    use domain::award::scrutiny::rule_values;
    let text = std::fs::read_to_string("config/schemes/repm-2025-notified-4.toml").unwrap();
    let scheme = domain::scheme::scheme::Scheme::parse(&text).unwrap();
    let form: domain::award::application::ApplicationForm =
        serde_json::from_value(app.good_form(&app.preparer(), 900)).unwrap();
    let seen = rule_values(&form, &scheme, "lead_equity");
    let seen: Vec<_> = seen.iter().map(|one| (one.name.as_str(), one.unit.as_str(), one.value.as_deref())).collect();
    assert_eq!(
        seen,
        [
            ("consortium", "yes_no", Some("no")),
            ("lead_equity", "1", Some("0")),
            ("least_lead_equity", "1", Some("51/100"))
        ]
    );
}
