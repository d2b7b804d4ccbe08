//! Recoveries, treasury, bank and drafts of schemes in Chromium, on a phone and on a desk, in both languages.

use crate::harness::app::App;
use crate::harness::fake_treasury::{self, Mood};
use crate::harness::people::{Answered, CRORE, Verbs};
use crate::harness::recovery_people::Recovers;
use crate::harness::treasury_people::{TODAY, TreasuryVerbs};
use crate::payment::reconciliation::ReconciliationVerbs;
use crate::portal::chromium::Chromium;
use magnet_scheme::client::Person;
use serde_json::{Value, json};

const FOURTH: &str = include_str!("../../../../config/schemes/ndfeb-2025-proposal-4.toml");
const TAKE_IN: &str = "Take in an answer of the treasury";
const RECOVERY: &str = "/recoveries/NDFEB-2026-27-REC-0001";

/// Looks at a page in both languages, as this person.
fn looks_at(chromium: &Chromium, person: &Person, pages: &[(&str, &str)]) {
    chromium.signs_in(person, "en");
    for (path, name) in pages {
        for language in ["en", "hi"] {
            chromium.opens(&format!("/{language}{path}"));
            chromium.looks(&format!("{name}-{language}"));
        }
    }
}

fn of(base: &str, record: &Value) -> String {
    format!("/{base}/{}", record["id"].as_str().unwrap())
}

#[apply(in_browser!)]
fn recoveries_on_a_phone_and_on_a_desk(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    let chromium = Chromium::start(&app);
    looks_at(&chromium, &app.second("section"), &[("/payments/NDFEB-2026-27-PAY-0001/notice", "notice")]);
    let recovery = app.demanded(&paid, 10 * CRORE);
    app.set_clock("2027-07-01T06:30:00Z");
    let ddo = app.second("ddo");
    let credited = ddo.receives(&app, &recovery, "REFUND0000000001", "2027-07-01", CRORE).ok();
    looks_at(&chromium, &app.second("authority"), &[("/recoveries", "recoveries"), (RECOVERY, "recovery-authority")]);
    app.third("finance").proposes_relief(&credited, "write_off", Value::Null).ok();
    looks_at(&chromium, &app.third("authority"), &[(RECOVERY, "recovery-relief")]);
    looks_at(&chromium, &ddo, &[(RECOVERY, "recovery-receipt")]);
    chromium.opens(&format!("/en{RECOVERY}"));
    chromium.presses("Record a receipt");
    chromium.reads("There is a problem");
    chromium.looks("recovery-mistake-en");
    looks_at(&chromium, &app.signatory(), &[(RECOVERY, "recovery-company")]);
}

/// Takes in an answer of the treasury as the file that it is, after one that lost its end.
fn takes_in(chromium: &Chromium, answer: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("the answer of the treasury of 1 July 2026.csv");
    std::fs::write(&file, answer).unwrap();
    let file = file.display().to_string();
    let cut = folder.path().join("the beginning of the answer.csv");
    std::fs::write(&cut, &answer[..answer.len() / 2]).unwrap();
    chromium.opens("/en/treasury");
    chromium.types("Choose the file", &cut.display().to_string());
    chromium.presses(TAKE_IN);
    chromium.reads("Choose the file again");
    chromium.looks("treasury-mistake-en");
    chromium.types("Choose the file", &file);
    chromium.presses(TAKE_IN);
    chromium.reads("Taken in by you");
    chromium.reads("the answer of the treasury of 1 July 2026.csv");
}

#[apply(in_browser!)]
fn treasury_and_bank_on_a_phone_and_on_a_desk(app: App) {
    let payments = app.advised_payments(3);
    let chromium = Chromium::start(&app);
    let ddo = app.disbursing_officer();
    looks_at(&chromium, &ddo, &[("/advices", "advices"), ("/payments", "payments"), ("/treasury", "treasury-empty")]);
    let advice = ddo.makes_advice(&payments.iter().take(2).collect::<Vec<_>>()).ok();
    let file = ddo.downloads(&advice, "csv").text();
    let answer = fake_treasury::answers(Mood::Contradicts, &file, "RETURN1", TODAY);
    takes_in(&chromium, &answer);
    let taken = ddo.sees("/treasury-returns")["data"][0].clone();
    let pages =
        [(of("advices", &advice), "advice"), ("/treasury".to_owned(), "treasury"), (of("treasury", &taken), "return")];
    looks_at(&chromium, &ddo, &pages.each_ref().map(|(path, name)| (path.as_str(), *name)));
    let number = payments[2]["number"].as_str().unwrap();
    let line = format!("LIN,{number},Success,SBINR5202607010000009,{TODAY},1.00,");
    let scroll = format!("HDR,SCROLL1,,1,1.00\r\n{line}\r\nTRL,1,1.00\r\n");
    let scroll = app.finance_officer().uploads_scroll("text/csv", scroll.as_bytes(), "").ok();
    let difference = app.auditor().sees("/bank-differences")["data"][0].clone();
    let pages = [
        ("/scrolls".to_owned(), "scrolls"),
        (of("scrolls", &scroll), "scroll"),
        ("/differences".to_owned(), "differences"),
        (of("differences", &difference), "difference"),
    ];
    looks_at(&chromium, &app.finance_officer(), &pages.each_ref().map(|(path, name)| (path.as_str(), *name)));
}

#[apply(in_browser!)]
fn drafts_of_schemes_on_a_phone_and_on_a_desk(app: App) {
    app.set_clock("2026-12-02T06:30:00Z");
    let text = FOURTH.replacen("version = 4", "version = 5", 1).replacen("\"2026-12-01\"", "\"2027-04-01\"", 1);
    let text = text.replacen("[figures.turnover_share]\nvalue = 4000", "[figures.turnover_share]\nvalue = 2000", 1);
    let draft = app.scheme_administrator().post("/scheme-drafts", None, &json!({ "text": text })).unwrap().ok();
    let chromium = Chromium::start(&app);
    let draft = of("scheme-drafts", &draft);
    let pages = [("/schemes", "schemes"), ("/schemes/ndfeb-2025-proposal", "scheme"), (draft.as_str(), "draft")];
    looks_at(&chromium, &app.other_scheme_administrator(), &pages);
}
