//! A company answers queries and a notice on their pages with documents attached, which the offices then read.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at};
use crate::harness::recovery_people::Recovers;
use crate::harness::return_people::ReturnVerbs;
use crate::portal::browser::{Browser, Shown};
use crate::portal::claims::selling;
use serde_json::Value;

const PDF: &[u8] = b"%PDF-1.4 a sample answer";

/// Sends a reply with a file from a page. A form without text, or with a file of another kind, comes back first.
fn replies_with_a_file(company: &Browser, page: &str, button: &str, files: impl Fn() -> usize) -> Shown {
    let before = files();
    let form = company.opens(page).form(button);
    let shown = company.sends(&form.clone().choose("Attach files", "a.pdf", "application/pdf", PDF)).with_status(422);
    assert_eq!(shown.says("Choose your files again").form(button).text("Reply"), "");
    let form = form.fill("Reply", "See the file.");
    let wrong = form.clone().choose("Attach files", "a.pdf", "application/pdf", b"<script>");
    let shown = company.sends(&wrong).with_status(422).says("its content is not that of a PDF file");
    let shown = shown.says_nothing_of("application/pdf").says("Choose your files again");
    assert_eq!(shown.form(button).text("Reply"), "See the file.");
    assert_eq!(files(), before, "nothing is stored for a form that comes back");
    let form = form.choose("Attach files", "answer.pdf", "application/pdf", PDF);
    let shown = company.sends(&form).with_status(200).says("See the file.").says("answer.pdf");
    company.sends(&form).with_status(200);
    assert_eq!(files(), before + 1, "it was sent twice and stored once");
    shown
}

/// An office reads the file of a reply on the page of the record.
fn is_read(app: &App, page: &str) {
    let agency = Browser::of(app, &app.verifier(), "en");
    let file = agency.opens(page).with_status(200).says("See the file.").link("answer.pdf");
    let answer = agency.request("GET", &file, &[], None);
    assert_eq!((answer.status, answer.bytes.as_slice()), (200, PDF));
}

#[apply(on_sqlite!)]
fn a_query_on_a_claim_is_answered_with_a_document(app: App) {
    let claim = app.claimed_sales(
        "lodestone",
        &selling(&app),
        crate::harness::people::Sales::at_the_rate("2026-08-01", "2026-08-01", 100),
    );
    app.verifier().asks_about("claims", &claim, "Which plant?").ok();
    let page = "/en/claims/NDFEB-2026-27-CLM-0001";
    let company = Browser::of(&app, &app.preparer(), "en");
    replies_with_a_file(&company, page, "Reply to the query", || app.rows("evidence").len()).says("Replied to by you");
    is_read(&app, page);
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_query_on_a_milestone_is_answered_with_a_document(app: App) {
    app.window_is_open();
    let award = app.awarded("lodestone", 900);
    let milestone = app.milestone(&award, "oxide_to_metal");
    let reported = app.preparer().reports(&milestone, milestone["needed_mtpa"].clone(), "2026-05-01").ok();
    app.verifier().asks_about("milestones", &reported, "Which furnace?").ok();
    let page = "/en/awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal";
    let company = Browser::of(&app, &app.preparer(), "en");
    replies_with_a_file(&company, page, "Reply to the query", || app.rows("evidence").len()).says("Replied to by you");
    is_read(&app, page);
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_query_on_an_application_is_answered_with_a_document(app: App) {
    app.window_is_open();
    let preparer = app.preparer();
    let draft = preparer.drafts(&app.good_form(&preparer, 900)).ok();
    let submitted = app.signatory().submits(&draft).ok();
    app.verifier().asks(&submitted, "Whose technology?").ok();
    let page = format!("/en/applications/{}", submitted["number"].as_str().unwrap().replace('/', "-"));
    let company = Browser::of(&app, &preparer, "en");
    replies_with_a_file(&company, &page, "Reply to the query", || app.rows("evidence").len()).says("Replied to by you");
    is_read(&app, &page);
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_notice_is_answered_with_a_document(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let notice: Value = app.second("section").asks_back(&paid, CRORE).ok();
    let page = format!("/en{}", at("recoveries", &notice));
    let page = page.replace(notice["id"].as_str().unwrap(), "NDFEB-2026-27-REC-0001");
    let company = Browser::of(&app, &app.signatory(), "en");
    replies_with_a_file(&company, &page, "Reply to the notice", || app.rows("evidence").len())
        .says("Replied to by you");
    let authority = Browser::of(&app, &app.second("authority"), "en");
    let file = authority.opens(&page).says("See the file.").link("answer.pdf");
    assert_eq!(authority.request("GET", &file, &[], None).bytes, PDF);
    app.must_verify();
}

/// Somebody of the same company was faster: both sides are shown, and the files, which no page can send once more, are
/// chosen again.
#[apply(on_sqlite!)]
fn whoever_is_slower_with_a_file_reads_both_sides_and_chooses_it_again(app: App) {
    let claim = app.claimed_sales(
        "lodestone",
        &selling(&app),
        crate::harness::people::Sales::at_the_rate("2026-08-01", "2026-08-01", 100),
    );
    let asked = app.verifier().asks_about("claims", &claim, "Which plant?").ok();
    let page = "/en/claims/NDFEB-2026-27-CLM-0001";
    let company = Browser::of(&app, &app.preparer(), "en");
    let mine = company.opens(page).form("Reply to the query").fill("Reply", "The second one.");
    let late = mine.clone().choose("Attach files", "answer.pdf", "application/pdf", PDF);
    let replied = app.signatory().replies_about("claims", &asked, 1, "The first one.").ok();
    // Nothing is open any more: what was typed is shown, and why it cannot be sent.
    let shown = company.sends(&late).with_status(412).says("Somebody changed this before you").says("The second one.");
    shown.says("The first one.").says_nothing_of("Choose your files again");
    app.verifier().asks_about("claims", &replied, "And which line?").ok();
    let shown = company.sends(&late).with_status(412).says("Somebody changed this before you").says("The second one.");
    shown.says("And which line?").says("Choose your files again");
    // Without files there is nothing to choose again.
    company.sends(&mine).with_status(412).says("The second one.").says_nothing_of("Choose your files again");
    app.must_verify();
}
