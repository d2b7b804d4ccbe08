//! One letter in the browser: it waits for the office that has its record in hand, is answered on its own page, and is
//! found by its number; what a letter of the office asks of nobody.

use crate::correspondence::letters::LetterVerbs;
use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs};
use crate::portal::browser::Browser;
use crate::portal::records::own_statements;
use serde_json::json;

const FIRST: &str = "/en/letters/NDFEB-2026-27-LTR-0001";
const PDF: &[u8] = b"%PDF-1.7 an answer";

#[apply(on_sqlite!)]
fn a_letter_of_a_company_waits_until_an_office_answers_it(app: App) {
    app.tranche_of_15_crore();
    let claim = app.auditor().sees("/claims")["data"][0].clone();
    let papers = app.signatory().attaches("papers");
    let written = json!({ "title": "Our plant", "text": "When is it inspected?", "documents": [papers] });
    app.signatory().writes_to("/letters/to-office", &claim["number"], written).ok();

    let agency = Browser::of(&app, &app.verifier(), "en");
    let inbox = agency.opens("/en/inbox").says("Letter NDFEB/2026-27/LTR/0001: answer").says("in 15 days");
    let inbox = inbox.says("Sample lodestone Ltd").says("The desk is late (15 days are its time)");
    agency.opens("/en/inbox?kind=letter").says("1 matter waits for you");
    // A letter about a claim lies with the agency, and with no other office; the company sees that.
    for other in [app.section_officer(), app.finance_officer(), app.signatory()] {
        Browser::of(&app, &other, "en").opens("/en/inbox").says_nothing_of("LTR/0001");
    }
    let company = Browser::of(&app, &app.signatory(), "en");
    company.opens(FIRST).says("With Verifier (project management agency) since").says("16 May 2026");
    let shown = agency.opens(&inbox.link("NDFEB/2026-27/LTR/0001")).with_status(200).says("Our plant");
    assert_eq!(shown.address, FIRST);
    let shown = shown.says("When is it inspected?").says("From the company").says("papers.pdf");
    let shown = shown.says("With Verifier (project management agency) since 1 May 2026");
    let shown = shown.says("If nothing is done by 16 May 2026 (15 days left)").says("No office has answered");
    assert_eq!(shown.link("NDFEB/2026-27/CLM/0001"), "/en/claims/NDFEB-2026-27-CLM-0001");
    let form = shown.form("Answer this letter");
    assert_eq!(form.text("Subject"), "Our plant");
    let empty = agency.sends(&form.fill("Their reference", "L/7")).with_status(422);
    assert_eq!(empty.link("Must not be empty"), "#send_letter-text");
    let form = empty.form("Answer this letter");
    assert_eq!((form.text("Their reference"), form.text("Subject")), ("L/7", "Our plant"));
    let form = form.fill("Text", "On 4 May.").choose("Attach files", "plan.pdf", "application/pdf", PDF);
    let shown = agency.sends(&form).with_status(200).says("Letter sent by you");
    agency.sends(&form).with_status(200);
    assert_eq!(app.rows("letters").len(), 2, "it was sent twice and acts once");
    let shown = shown.says_nothing_of("With Verifier").says_nothing_of("No office has answered");
    agency.opens("/en/inbox").says_nothing_of("LTR/");

    // The answer leads back, and waits for nobody: a letter of the office does not say that it asks for one.
    let answer = company.opens(&shown.link("NDFEB/2026-27/LTR/0002")).says("On 4 May.").says("plan.pdf");
    assert_eq!(answer.link("NDFEB/2026-27/LTR/0001"), FIRST);
    let answer =
        answer.says_nothing_of("since").says("No letter replies to this one").says_nothing_of("Sample verifier");
    company.opens("/en/inbox").says_nothing_of("LTR/");
    let form = answer.form("Answer this letter").fill("Text", "Thank you.");
    company.sends(&form).with_status(200).says("Letter written by you").says("NDFEB/2026-27/LTR/0003");
    agency.opens("/en/inbox").says("LTR/0003");
    assert_eq!(
        app.auditor().sees("/letters")["data"][2]["reply_to_id"],
        app.auditor().sees("/letters")["data"][1]["id"]
    );
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_letter_is_found_by_its_number_and_another_company_has_no_such_page(app: App) {
    app.tranche_of_15_crore();
    let other = json!({ "claim_id": null, "tranche_id": "NDFEB/2026-27/TRN/0001", "dated_on": "2026-04-20" });
    app.section_officer().writes_to("/letters/on-paper", &json!(null), other).ok();
    let auditor = Browser::of(&app, &app.auditor(), "en");
    for path in ["/en/n/NDFEB/2026-27/LTR/0001", "/en/find?q=LTR/0001", "/en/find?q=NDFEB/2026-27/LTR/0001"] {
        assert_eq!(auditor.opens(path).with_status(200).address, FIRST, "{path}");
    }
    let shown = auditor.opens(FIRST).says("From the company, on paper").says("20 Apr 2026");
    assert_eq!(
        (shown.buttons(), shown.link("NDFEB/2026-27/TRN/0001")),
        (Vec::new(), "/en/tranches/NDFEB-2026-27-TRN-0001".to_owned())
    );
    let list = auditor.opens("/en/tranches/NDFEB-2026-27-TRN-0001/letters");
    assert_eq!(list.link("NDFEB/2026-27/LTR/0001"), FIRST);
    // About a tranche it lies with the section officer.
    Browser::of(&app, &app.section_officer(), "hi").opens("/hi/inbox").says("पत्र NDFEB/2026-27/LTR/0001: उत्तर दें");
    let own = own_statements(&auditor, FIRST);
    assert!(own <= 12, "{own}");
    let stranger = Browser::of(&app, &app.signatory_of("ferrite"), "en");
    let (there, missing) = (stranger.opens(FIRST), stranger.opens("/en/letters/NDFEB-2026-27-LTR-0009"));
    assert_eq!((there.answer.status, missing.answer.status), (404, 404));
    assert_eq!(there.page.text(), missing.page.text());
    stranger.opens("/en/find?q=LTR/0001").says("Nothing that you may see was found");
    // A company that answers does not write as the office.
    let company = Browser::of(&app, &app.signatory(), "en");
    assert!(company.opens(FIRST).buttons().is_empty(), "it wrote this one");
}
