//! Letters in the browser: an officer sends one with a file, the company reads and answers, an officer enters one that
//! came on paper.

use crate::harness::app::App;
use crate::harness::people::Verbs;
use crate::portal::browser::Browser;

const CLAIM: &str = "/en/claims/NDFEB-2026-27-CLM-0001";
const LETTERS: &str = "/en/claims/NDFEB-2026-27-CLM-0001/letters";
const PDF: &[u8] = b"%PDF-1.7 list of missing papers";

#[apply(on_sqlite!)]
fn an_officer_writes_to_a_company_which_answers(app: App) {
    app.tranche_of_15_crore();
    let office = Browser::of(&app, &app.section_officer(), "en");
    let shown = office.opens(CLAIM).says("Notes (0)");
    let shown = office.opens(&shown.link("Letters (0)")).with_status(200).says("No letter has been written");
    assert_eq!(shown.buttons(), ["Send a letter to the company", "Enter a letter that came on paper"]);
    let form = shown.form("Send a letter to the company").fill("Subject", "Papers that are missing");
    let form =
        form.fill("Text", "Please send them.\nThank you.").choose("Attach files", "list.pdf", "application/pdf", PDF);
    let shown = office.sends(&form).with_status(200).says("Letter sent by you").says("NDFEB/2026-27/LTR/0001");
    let file = shown.says("From the office to the company").says("Section Officer · Sample section").link("list.pdf");

    let company = Browser::of(&app, &app.signatory(), "en");
    let shown = company.opens(CLAIM).says_nothing_of("Notes (");
    let shown = company.opens(&shown.link("Letters (1)")).says("Papers that are missing").says("Section Officer");
    let shown = shown.says_nothing_of("Sample section");
    assert_eq!(company.request("GET", &file, &[], None).bytes, PDF);
    assert_eq!(shown.buttons(), ["Write to the office"]);
    let empty = company.sends(&shown.form("Write to the office").fill("Text", "Here they are.")).with_status(422);
    let form = empty.says("Must not be empty").form("Write to the office");
    assert_eq!(form.text("Text"), "Here they are.");
    let reply = app.auditor().sees("/letters")["data"][0]["id"].as_str().unwrap().to_owned();
    let form = form.fill("Subject", "The papers").fill("Their reference", "SO/17").fill("In reply to", &reply);
    let form = form.choose("Attach files", "papers.pdf", "application/pdf", PDF);
    let shown = company.sends(&form).with_status(200).says("Letter written by you").says("NDFEB/2026-27/LTR/0002");
    shown.says("In reply to NDFEB/2026-27/LTR/0001").says("Their reference: SO/17").says("Sample signatory-lodestone");
    company.sends(&form).with_status(200);
    assert_eq!(app.rows("letters").len(), 2, "it was sent twice and acts once");

    let form = office.opens(LETTERS).says("From the company").form("Enter a letter that came on paper");
    let form = form.fill("Day", "20").fill("Month", "4").fill("Year", "2026").fill("Subject", "Change of bank");
    let form = form.fill("Text", "As read from the paper.").choose("Attach files", "scan.pdf", "application/pdf", PDF);
    let shown = office.sends(&form).with_status(200).says("Letter entered by you").says("From the company, on paper");
    let scan = shown.says("20 Apr 2026").link("scan.pdf");
    assert_eq!(company.request("GET", &scan, &[], None).status, 200);
    let auditor = Browser::of(&app, &app.auditor(), "en");
    assert_eq!(auditor.opens(LETTERS).says("Change of bank").buttons(), Vec::<String>::new());
    app.must_verify();
}

#[apply(on_sqlite!)]
fn the_letters_of_a_company_are_not_there_for_another(app: App) {
    app.tranche_of_15_crore();
    let office = Browser::of(&app, &app.verifier(), "en");
    let form =
        office.opens(LETTERS).form("Send a letter to the company").fill("Subject", "Yours").fill("Text", "Alone.");
    let shown = office.sends(&form.choose("Attach files", "list.pdf", "application/pdf", PDF)).with_status(200);
    let file = shown.link("list.pdf");
    let other = Browser::of(&app, &app.signatory_of("ferrite"), "en");
    let (there, missing) = (other.opens(LETTERS), other.opens("/en/claims/NDFEB-2026-27-CLM-0009/letters"));
    assert_eq!((there.answer.status, missing.answer.status), (404, 404));
    assert_eq!(there.page.text(), missing.page.text());
    assert_eq!(other.request("GET", &file, &[], None).status, 404);
    // A company does not send what an office sends, and a budget instrument concerns no company.
    let company = Browser::of(&app, &app.signatory(), "en");
    let form = company.opens(LETTERS).form("Write to the office").fill("Subject", "Mine").fill("Text", "Seen.");
    let mut forged = form;
    LETTERS.clone_into(&mut forged.action);
    company.sends(&forged).with_status(403);
    assert_eq!(app.rows("letters").len(), 1);
    let budget = Browser::of(&app, &app.scheme_administrator(), "en");
    let shown = budget.opens("/en/budget/instruments/NDFEB-2026-27-BUD-0001").says("Notes (0)");
    shown.says_nothing_of("Letters (");
}

#[apply(on_sqlite!)]
fn faults_of_a_letter_have_the_names_of_its_own_fields_and_come_all_at_once(app: App) {
    app.tranche_of_15_crore();
    let first = Browser::of(&app, &app.section_officer(), "en");
    let form = first.opens(LETTERS).form("Send a letter to the company").fill("Subject", "One").fill("Text", "Seen.");
    first.sends(&form).with_status(200);
    for (language, button, said) in [
        (
            "en",
            "Enter a letter that came on paper",
            [
                "Subject: must not be empty",
                "Text: must not be empty",
                "In reply to: an earlier letter about the same record",
            ],
        ),
        (
            "hi",
            "काग़ज़ पर आया पत्र दर्ज करें",
            ["विषय: खाली नहीं छोड़ा जा सकता", "पाठ: खाली नहीं छोड़ा जा सकता", "किसके उत्तर में: इसी अभिलेख का कोई पहले का पत्र"],
        ),
    ] {
        let office = Browser::of(&app, &app.section_officer(), language);
        let address = LETTERS.replacen("/en", &format!("/{language}"), 1);
        let mut form = office.opens(&address).form(button);
        for (part, text) in [("d", "1"), ("m", "4"), ("y", "2026")] {
            form.set(&format!("day:/dated_on/{part}"), text);
        }
        form.set("maybe:/reply_to_id", "gone");
        let shown = office.sends(&form).with_status(422);
        let shown = said.iter().fold(shown, |shown, text| shown.says(text));
        let mut form = shown.form(button);
        form.set("day:/dated_on/d", "");
        let shown = office.sends(&form).with_status(422);
        shown.says_nothing_of("Date of the order").says_nothing_of("आदेश की तारीख").says_nothing_of("उत्तर:");
    }
    assert_eq!(app.rows("letters").len(), 1);
}

#[apply(on_sqlite!)]
fn a_file_that_went_into_a_note_is_another_file_in_a_letter(app: App) {
    app.tranche_of_15_crore();
    let office = Browser::of(&app, &app.section_officer(), "en");
    let form = office.opens("/en/claims/NDFEB-2026-27-CLM-0001/notes").form("Add a note").fill("Note", "Not for them.");
    let noted = office.sends(&form.choose("Attach files", "list.pdf", "application/pdf", PDF)).with_status(200);
    let form =
        office.opens(LETTERS).form("Send a letter to the company").fill("Subject", "Yours").fill("Text", "Seen.");
    let sent = office.sends(&form.choose("Attach files", "list.pdf", "application/pdf", PDF)).with_status(200);
    let company = Browser::of(&app, &app.signatory(), "en");
    assert_eq!(company.request("GET", &sent.link("list.pdf"), &[], None).status, 200);
    assert_eq!(company.request("GET", &noted.link("list.pdf"), &[], None).status, 404);
}

#[apply(on_sqlite!)]
fn an_officer_says_that_a_letter_needs_no_answer(app: App) {
    app.tranche_of_15_crore();
    let company = Browser::of(&app, &app.signatory(), "en");
    let form = company.opens(LETTERS).form("Write to the office").fill("Subject", "Thanks").fill("Text", "Thank you.");
    company.sends(&form).with_status(200);
    let (letter, office) = ("/en/letters/NDFEB-2026-27-LTR-0001", Browser::of(&app, &app.verifier(), "en"));
    office.opens("/en/inbox").says("NDFEB/2026-27/LTR/0001: answer");
    let form = office.opens(letter).form("No answer is needed");
    let shown = office.sends(&form).with_status(422).says("Must not be empty");
    let form = shown.form("No answer is needed").fill("Why no answer is needed", "It only thanks us.");
    let shown = office.sends(&form).with_status(200).says("Letter closed without an answer by you");
    shown.says("It only thanks us.").says_nothing_of("Why no answer is needed");
    office.opens("/en/inbox").says_nothing_of("LTR/0001: answer");
    let shown = company.opens(letter).says("No answer is needed").says("Verifier");
    shown.says_nothing_of("It only thanks us.").says_nothing_of("Sample verifier");
    Browser::of(&app, &app.auditor(), "en").opens(letter).says("It only thanks us.");
}

#[apply(on_both!)]
fn a_letter_that_asks_for_an_answer_waits_for_the_company(app: App) {
    app.tranche_of_15_crore();
    let (office, company) = (Browser::of(&app, &app.verifier(), "en"), Browser::of(&app, &app.signatory(), "en"));
    let form =
        office.opens(LETTERS).form("Send a letter to the company").fill("Subject", "Papers").fill("Text", "Send.");
    let form = form.fill("Day", "1").fill("Month", "4").fill("Year", "2020");
    let form = office.sends(&form).with_status(422).says("Answer by: must not lie in the past");
    let form = form.form("Send a letter to the company").fill("Day", "31").fill("Month", "12").fill("Year", "2029");
    office.sends(&form).with_status(200).says("The office asks for an answer by 31 Dec 2029.");
    let inbox = company.opens("/en/inbox").says("NDFEB/2026-27/LTR/0001: answer").says("31 Dec 2029");
    inbox.says("Letter of the office");
    let shown = company.opens("/en/letters/NDFEB-2026-27-LTR-0001");
    let shown = shown.says("Answer by 31 Dec 2029").says("The company has not answered this letter yet");
    let form = shown.form("Answer this letter").fill("Text", "Here they are.");
    company.sends(&form).with_status(200).says("Letter written by you");
    company.opens("/en/inbox").says_nothing_of("LTR/0001: answer");
}
