//! The note sheet in the browser: officers add notes with files, auditors read, and for a company there is none.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs};
use crate::portal::browser::Browser;
use serde_json::json;

const CLAIM: &str = "/en/claims/NDFEB-2026-27-CLM-0001";
const NOTES: &str = "/en/claims/NDFEB-2026-27-CLM-0001/notes";
const PDF: &[u8] = b"%PDF-1.7 \x00\xff\r\n------not the end\r\n";

#[apply(on_sqlite!)]
fn an_officer_adds_a_note_with_a_file_from_the_page_of_a_claim(app: App) {
    app.tranche_of_15_crore();
    let finance = Browser::of(&app, &app.finance_officer(), "en");
    let files = app.rows("evidence").len();
    let shown = finance.opens(CLAIM).says("Notes (0)");
    let shown = finance.opens(&shown.link("Notes (0)")).with_status(200).says("Nothing has been noted");
    assert_eq!(shown.address, NOTES);
    let form = shown.form("Add a note").fill("Note", "Two lines:\nseen <b>in</b> original.");
    let form = form.choose("Attach files", "राय \"1\".pdf", "application/pdf", PDF);
    let shown = finance.sends(&form).with_status(200).says("Note added by you").says("Note 1");
    let shown = shown.says("seen <b>in</b> original.").says("Finance Officer · Sample finance");
    let file = shown.link("राय \"1\".pdf");
    let content = finance.request("GET", &file, &[], None);
    assert_eq!((content.status, content.bytes.as_slice()), (200, PDF));
    assert_eq!(finance.sends(&form).with_status(200).address, shown.address, "it was sent twice and acts once");
    assert_eq!((app.rows("notes").len(), app.rows("evidence").len()), (1, files + 1));
    let stored = app.auditor().sees("/notes")["data"][0].clone();
    assert_eq!(stored["text"], "Two lines:\nseen <b>in</b> original.");

    // Somebody else finds it, and adds the next without a file.
    let section = Browser::of(&app, &app.section_officer(), "en");
    let shown = section.opens(CLAIM).says("Notes (1)");
    let form = section.opens(&shown.link("Notes (1)")).form("Add a note").fill("Note", "Agreed.");
    section.sends(&form).with_status(200).says("Note 2").says("Note 1");
    let auditor = Browser::of(&app, &app.auditor(), "en");
    let shown = auditor.opens(NOTES).says("Agreed.").says("Sample section");
    assert_eq!(shown.buttons(), Vec::<String>::new(), "an auditor reads");
    assert_eq!(auditor.request("GET", &file, &[], None).status, 200);
    // The page says that the record is a claim, and the claim says nothing else.
    assert_eq!(auditor.opens(&shown.link("NDFEB/2026-27/CLM/0001")).address, CLAIM);
    app.must_verify();
}

#[apply(on_sqlite!)]
fn nothing_typed_is_lost_when_a_file_is_refused(app: App) {
    let app = App::start_with(app.engine, |config| config.evidence.bytes_most = 1_000);
    app.tranche_of_15_crore();
    let browser = Browser::of(&app, &app.verifier(), "en");
    let form = browser.opens(NOTES).form("Add a note").fill("Note", "A long thought.");
    let before = (app.rows("evidence"), app.rows("notes"));
    let large = [b"%PDF-".as_slice(), &[b'x'; 2_000]].concat();
    for (kind, name, content, says) in [
        ("text/html", "page.html", b"<script>".as_slice(), "page.html: a PDF, PNG, JPEG, CSV or XLSX file"),
        ("application/pdf", "page.pdf", b"<script>", "page.pdf: the file is not what its name says"),
        ("application/pdf", "large.pdf", &large, "large.pdf: at most 1000 B"),
        ("application/pdf", "empty.pdf", b"", "empty.pdf: the file is empty"),
        ("application/pdf", "../up.pdf", PDF, "../up.pdf: a file name has no /"),
    ] {
        let shown = browser.sends(&form.clone().choose("Attach files", name, kind, content)).with_status(422);
        let shown = shown.says(says).says("Choose your files again");
        assert_eq!(shown.form("Add a note").text("Note"), "A long thought.", "{name}");
        let leads = shown.page.named("a").iter().any(|link| link.attribute("href") == Some("#note-documents"));
        assert!(leads, "the summary leads to the field of the files");
        assert_eq!((app.rows("evidence"), app.rows("notes")), before, "{name}");
    }
    // What is wrong with the text and with several files is told at once, each file by its name.
    let both =
        browser.opens(NOTES).form("Add a note").choose("Attach files", "page.pdf", "application/pdf", b"<script>");
    let both = browser.sends(&both.choose("Attach files", "empty.pdf", "application/pdf", b"")).with_status(422);
    let both = both.says("Must not be empty").says("page.pdf: the file is not what its name says");
    both.says("empty.pdf: the file is empty");
    assert_eq!((app.rows("evidence"), app.rows("notes")), before);
    // A text that is refused does not store the file either, and the page says that it is gone.
    let empty = browser.opens(NOTES).form("Add a note").choose("Attach files", "a.pdf", "application/pdf", PDF);
    let shown = browser.sends(&empty).with_status(422).says("Must not be empty").says("Choose your files again");
    assert_eq!((app.rows("evidence"), app.rows("notes")), before);
    let form =
        shown.form("Add a note").fill("Note", "A thought.").choose("Attach files", "a.pdf", "application/pdf", PDF);
    browser.sends(&form).with_status(200).says("Note added by you").says("a.pdf");
    let six = (0..6).fold(browser.opens(NOTES).form("Add a note").fill("Note", "Many."), |form, n| {
        form.choose("Attach files", &format!("{n}.pdf"), "application/pdf", PDF)
    });
    browser.sends(&six).with_status(422).says("At most 5 files");
}

#[apply(on_sqlite!)]
fn for_a_company_the_note_sheet_is_not_there(app: App) {
    app.tranche_of_15_crore();
    let office = Browser::of(&app, &app.finance_officer(), "en");
    let form = office.opens(NOTES).form("Add a note").fill("Note", "The company's auditor is under inquiry.");
    let shown =
        office.sends(&form.clone().choose("Attach files", "opinion.pdf", "application/pdf", PDF)).with_status(200);
    let file = shown.link("opinion.pdf");
    for company in [app.signatory_of("lodestone"), app.preparer_of("lodestone"), app.signatory_of("ferrite")] {
        let company = Browser::of(&app, &company, "en");
        company.opens(CLAIM).says_nothing_of("Notes").says_nothing_of("under inquiry");
        let (there, missing) = (company.opens(NOTES), company.opens("/en/claims/NDFEB-2026-27-CLM-0009/notes"));
        assert_eq!((there.answer.status, missing.answer.status), (404, 404));
        assert_eq!(there.page.text(), missing.page.text());
        assert_eq!(company.request("GET", &file, &[], None).status, 404);
        assert_eq!(company.sends(&form).answer.status, 404, "with the form of another session");
    }
    assert_eq!(app.rows("notes").len(), 1);
}

#[apply(on_sqlite!)]
fn the_fields_of_a_form_with_files_are_limited_all_together(app: App) {
    app.tranche_of_15_crore();
    let browser = Browser::of(&app, &app.verifier(), "en");
    let mut form = browser.opens(NOTES).form("Add a note").fill("Note", "Seen.");
    // Each is as long as a whole form may nearly be; an empty field counts by its name.
    let most = 4 * 1_024 * 1_024;
    form.fields.push(("one".to_owned(), "x".repeat(most - 500)));
    form.fields.push(("o".repeat(2_000), String::new()));
    browser.sends(&form).with_status(413);
    assert!(app.rows("notes").is_empty());
}

#[apply(on_sqlite!)]
fn a_form_with_a_file_needs_a_page_of_this_session(app: App) {
    app.tranche_of_15_crore();
    let browser = Browser::of(&app, &app.verifier(), "en");
    let form = browser.opens(NOTES).form("Add a note").fill("Note", "Seen.");
    let mut form = form.choose("Attach files", "a.pdf", "application/pdf", PDF);
    let before = (app.rows("evidence"), app.acts());
    let good = form.fields.clone();
    form.set("seal", "forged");
    browser.sends(&form).with_status(403).says("Seen.");
    form.fields = good.clone();
    form.fields.retain(|(name, _)| name != "seal");
    browser.sends(&form).with_status(403);
    let other = Browser::of(&app, &app.section_officer(), "en");
    form.fields = good.clone();
    other.sends(&form).with_status(403);
    assert_eq!(Browser::new(&app).sends_once(&form).status, 401);
    // An auditor may not write, whatever the form.
    let auditor = Browser::of(&app, &app.auditor(), "en");
    let seal = auditor.opens("/en/account").form("Sign out").fields.into_iter().find(|(name, _)| name == "seal");
    form.set("seal", &seal.unwrap().1);
    auditor.sends(&form).with_status(403);
    let acts = app.acts();
    let refused = acts.iter().filter(|act| act["outcome"] == "refused").count();
    let was = before.1.iter().filter(|act| act["outcome"] == "refused").count();
    assert_eq!((app.rows("evidence"), refused), (before.0, was + 1), "only the auditor's attempt is on record");
    assert!(app.rows("notes").is_empty());
    form.fields = good;
    browser.sends(&form).with_status(200).says("Note added by you");
}

#[apply(on_sqlite!)]
fn what_was_typed_comes_back_after_the_session_ended(app: App) {
    app.tranche_of_15_crore();
    let officer = app.verifier();
    let browser = Browser::of(&app, &officer, "en");
    let form = browser.opens(NOTES).form("Add a note").fill("Note", "A long thought.");
    let form = form.choose("Attach files", "a.pdf", "application/pdf", PDF);
    app.wait_seconds(31 * 60);
    let gone = browser.sends(&form).with_status(401).says("what you typed is kept");
    let resumed = browser.signs_in(&gone, &officer).with_status(200).says("What you typed is kept");
    let shown = browser.sends(&resumed.form("Continue")).with_status(403).says("What was typed in it is below");
    // A browser kept no file over the sign-in page, and nobody believes that it is still chosen.
    let control = shown.says("Choose your files again");
    assert_eq!(control.described("note-documents"), "Choose your files again: a browser does not keep them.");
    let shown = control;
    assert!(app.rows("notes").is_empty());
    browser.sends(&shown.form("Add a note")).with_status(200).says("Note added by you").says("A long thought.");
    // Without a file there is nothing to choose again.
    let form = browser.opens(NOTES).form("Add a note").fill("Note", "A short thought.");
    app.wait_seconds(31 * 60);
    let resumed = browser.signs_in(&browser.sends(&form).with_status(401), &officer).with_status(200);
    browser.sends(&resumed.form("Continue")).with_status(403).says_nothing_of("Choose your files again");
}

#[apply(on_sqlite!)]
fn every_record_with_a_page_has_a_note_sheet_and_a_long_one_has_pages(app: App) {
    app.tranche_of_15_crore();
    let verifier = app.verifier();
    let browser = Browser::of(&app, &verifier, "hi");
    for record in [
        "claims/NDFEB-2026-27-CLM-0001",
        "tranches/NDFEB-2026-27-TRN-0001",
        "awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal",
        "budget/instruments/NDFEB-2026-27-BUD-0001",
    ] {
        let shown = browser.opens(&format!("/hi/{record}")).with_status(200);
        let shown = browser.opens(&shown.link("टिप्पणियाँ (0)")).with_status(200);
        let form = shown.form("टिप्पणी जोड़ें").fill("टिप्पणी", "देखा गया।");
        browser.sends(&form).with_status(200).says("आपके द्वारा टिप्पणी जोड़ी गई").says("टिप्पणी 1");
    }
    let claim = app.auditor().sees("/claims")["data"][0]["id"].clone();
    for number in 2..=25 {
        let note = json!({ "claim_id": claim, "text": format!("Thought {number}.") });
        verifier.post("/notes", None, &note).unwrap().ok();
    }
    let english = NOTES;
    let first = browser.opens(english).says("Thought 25.").says("Thought 6.").says_nothing_of("Thought 5.");
    let older = first.page.named("a").into_iter().find(|link| link.attribute("rel") == Some("next")).unwrap();
    browser.opens(older.attribute("href").unwrap()).says("Thought 5.").says_nothing_of("Thought 6.");
    let statements =
        |path: &str| -> u32 { browser.opens(path).answer.header("x-statements").unwrap().parse().unwrap() };
    // Without those that find out who reads, which every page has.
    for page in [english.to_owned(), english.replace("/notes", "/letters"), english.replace("/notes", "")] {
        assert!(statements(&page) - statements("/en/sign-in") <= 12, "{page}: {}", statements(&page));
    }
    assert_eq!(browser.opens(&format!("{english}?page=9")).address, format!("{english}?page=2"));
}
