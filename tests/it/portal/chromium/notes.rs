//! Note sheet and letters in Chromium, on a phone and on a desk, with a file that is really chosen.

use crate::harness::app::App;
use crate::portal::chromium::Chromium;

#[apply(in_browser!)]
fn notes_and_letters_with_files_in_chromium(app: App) {
    app.tranche_of_15_crore();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let opinion = path("a-rather-long-name-of-an-opinion-of-finance.pdf", b"%PDF-1.7 opinion");
    let page = path("page.html", b"<script>alert(1)</script>");
    let chromium = Chromium::start(&app);
    chromium.signs_in(&app.finance_officer(), "en");
    chromium.opens("/en/claims/NDFEB-2026-27-CLM-0001");
    chromium.looks("claim-with-notes-en");
    chromium.presses("Notes (0)");
    chromium.looks("notes-empty-en");
    chromium.types("Note", "The invoices were compared with the books.");
    chromium.types("Attach files", &page);
    chromium.presses("Add a note");
    chromium.reads("Choose your files again");
    chromium.looks("notes-mistake-en");
    chromium.types("Attach files", &opinion);
    chromium.presses("Add a note");
    chromium.reads("Note added by you");
    chromium.reads("The invoices were compared with the books.");
    chromium.looks("notes-en");
    chromium.signs_in(&app.section_officer(), "hi");
    chromium.opens("/hi/claims/NDFEB-2026-27-CLM-0001/notes");
    chromium.types("टिप्पणी", "सहमत।");
    chromium.presses("टिप्पणी जोड़ें");
    chromium.reads("आपके द्वारा टिप्पणी जोड़ी गई");
    chromium.looks("notes-hi");
    assert_eq!(app.rows("notes").len(), 2);
    writes_letters(&chromium, &app, &opinion);
}

/// The office writes, and the company answers.
fn writes_letters(chromium: &Chromium, app: &App, file: &str) {
    chromium.opens("/en/claims/NDFEB-2026-27-CLM-0001/letters");
    chromium.looks("letters-empty-en");
    chromium.opens_details("Send a letter to the company");
    chromium.types("Subject", "Papers that are missing from the claim");
    chromium.types("Text", "Please send the delivery notes of April.");
    chromium.types("Attach files", file);
    chromium.looks("letters-form-en");
    chromium.follows("//main//form[contains(@action, '/letters')]//button");
    chromium.reads("Letter sent by you");
    chromium.looks("letters-en");
    chromium.signs_in(&app.signatory(), "hi");
    chromium.opens("/hi/claims/NDFEB-2026-27-CLM-0001");
    chromium.presses("पत्र (1)");
    chromium.opens_details("कार्यालय को लिखें");
    chromium.looks("letters-company-hi");
    chromium.types("विषय", "वितरण पत्र");
    chromium.follows("//main//form[contains(@action, '/letters')]//button");
    chromium.reads("समस्या");
    chromium.looks("letters-mistake-hi");
    chromium.types("पाठ", "संलग्न हैं।");
    chromium.types("फ़ाइलें संलग्न करें", file);
    chromium.follows("//main//form[contains(@action, '/letters')]//button");
    chromium.reads("आपके द्वारा पत्र लिखा गया");
    chromium.looks("letters-answered-hi");
    assert_eq!(app.rows("letters").len(), 2);
}
