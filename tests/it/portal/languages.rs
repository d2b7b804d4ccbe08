//! Languages: the way to them, the switch, and that a Hindi page is in Hindi.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs};
use crate::portal::browser::{Browser, CHOSEN};
use crate::portal::records::run_over_no_bids;
use serde_json::json;

#[apply(on_sqlite!)]
fn the_first_page_is_in_the_language_of_the_browser(app: App) {
    let browser = Browser::new(&app);
    let led = |header: &str| {
        let answer = browser.request("GET", "/", &[("Accept-Language", header)], None);
        assert_eq!((answer.status, answer.header("vary")), (302, Some("Accept-Language")));
        answer.header("location").unwrap().to_owned()
    };
    assert_eq!(led("hi-IN,hi;q=0.9,en;q=0.8"), "/hi/");
    assert_eq!(led("en-GB,hi;q=0.5"), "/en/");
    assert_eq!(led("ta"), "/en/");
    let shown = browser.opens("/en/").with_status(200).says("Sign in");
    assert_eq!(shown.link("Reference of the interface for programs"), "/docs/");
    assert_eq!(shown.link("हिन्दी"), "/hi/");
    browser.opens("/fr/").with_status(404);
    browser.opens("/en").with_status(200);
}

#[apply(on_sqlite!)]
fn the_switch_leads_to_the_same_page(app: App) {
    app.tranche_of_15_crore();
    let browser = Browser::of(&app, &app.auditor(), "en");
    let shown = browser.opens("/en/tranches?status=verified&page=1").says("Verified");
    let other = browser.opens(&shown.link("हिन्दी")).says("सत्यापित");
    assert_eq!(other.address, "/hi/tranches?status=verified&page=1");
    assert_eq!(other.link("English"), "/en/tranches?status=verified&page=1");
}

#[apply(on_sqlite!)]
fn the_switch_on_an_answer_to_a_form_keeps_what_was_typed_and_does_nothing(app: App) {
    let tranche = app.sanctioned_15_crore();
    app.disbursing_officer().advises(&tranche).ok();
    let browser = Browser::of(&app, &app.disbursing_officer(), "en");
    let page = "/en/payments/NDFEB-2026-27-PAY-0001";
    let before = app.acts().len();
    let form = browser.opens(page).form("Record the bank's answer").fill("Paid", CHOSEN).fill("UTR", "SBINR1");
    let wrong = browser.sends(&form).with_status(422).says("Day of payment: must be given");
    // The same page in Hindi: what was typed, and what is wrong with it.
    let hindi = browser.sends(&wrong.form("हिन्दी")).with_status(422);
    assert_eq!(hindi.address, "/hi/payments/NDFEB-2026-27-PAY-0001/settlement");
    assert_eq!(hindi.led(), wrong.led());
    let hindi = hindi.says_nothing_of("must be given");
    assert_eq!(hindi.form("बैंक का उत्तर दर्ज करें").text("यूटीआर"), "SBINR1");
    // A rule refuses it in the other language as well; that nobody sent it again is on record.
    let mut form = browser.sends(&hindi.form("English")).with_status(422).form("Record the bank's answer");
    form = form.fill("UTR", "SBINR52026050100000001").fill("Day", "1").fill("Month", "5").fill("Year", "2026");
    let refused = browser.sends(&form.fill("Amount that the bank paid", "14 crore")).with_status(409);
    let attempts = app.acts().len();
    // A busy machine may not find out in time what the rule says now; then it is asked again.
    let asks = || browser.sends(&refused.form("हिन्दी"));
    let hindi = (0..100).map(|_| asks()).find(|shown| shown.answer.status != 200).unwrap();
    let hindi = hindi.with_status(409).explains("amount_differs");
    assert_eq!((app.acts().len(), before + 1), (attempts, attempts), "the switch leaves no entry");
    // It is sent by its own button alone, and once.
    let form = hindi.form("बैंक का उत्तर दर्ज करें").fill("बैंक द्वारा दी गई राशि", "15 crore");
    let mut switch = refused.form("हिन्दी");
    switch.set("rupees:/amount_paise", "15 crore");
    let shown = browser.sends(&switch).with_status(200).says("पृष्ठ अब हिन्दी में है").says_nothing_of("समस्या है");
    assert!(!shown.title().starts_with("त्रुटि"), "{}", shown.title());
    assert_eq!(app.acts().len(), attempts);
    browser.sends(&form).with_status(200).says("आपके द्वारा");
    assert_eq!(app.auditor().sees("/payments")["data"][0]["status"], "succeeded");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_form_that_was_not_sent_yet_goes_to_the_other_language_with_what_is_typed(app: App) {
    app.tranche_of_15_crore();
    let browser = Browser::of(&app, &app.section_officer(), "en");
    let page = "/en/tranches/NDFEB-2026-27-TRN-0001";
    let (switch, back) = ("हिन्दी में दिखाएँ; आपका लिखा बना रहेगा", "Show in English; what you typed stays");
    let before = app.acts().len();
    let send_back = "Return with reasons";
    let form = browser.opens(page).form_beside(send_back, switch).fill("Reasons", "The annexure is missing");
    let hindi = browser.sends(&form).with_status(200).says("पृष्ठ अब हिन्दी में है").says_nothing_of("समस्या है");
    assert!(hindi.led().is_empty(), "what is missing is told to whoever sends it: {:?}", hindi.led());
    // Also by the switch above, and nothing of it is done.
    let english = browser.sends(&hindi.form("English")).with_status(200).says("The page is now in English");
    let hindi = browser.sends(&english.form_beside(send_back, switch)).with_status(200);
    let english = browser.sends(&hindi.form_beside("कारण सहित लौटाएँ", back)).with_status(200);
    assert_eq!(english.form(send_back).text("Reasons"), "The annexure is missing");
    // One that came back says in the other language as well what is wrong with it.
    let wrong = browser.sends(&english.form(send_back).fill("Reasons", "")).with_status(422);
    let hindi = browser.sends(&wrong.form_beside(send_back, switch)).with_status(422);
    assert_eq!((hindi.led(), wrong.led().len()), (wrong.led(), 1));
    // Of files the names alone are taken along: nothing is stored, and they are chosen again.
    let form = browser.opens(&format!("{page}/notes")).form(switch).fill("Note", "See the annexure");
    let form = form.choose("Attach files", "annexure.pdf", "application/pdf", b"%PDF-1.4");
    let stored = app.values("SELECT id AS value FROM evidence").len();
    let hindi = browser.sends(&form).with_status(200).says("See the annexure");
    hindi.says("फिर चुनें");
    assert_eq!(app.values("SELECT id AS value FROM evidence").len(), stored);
    assert_eq!(app.acts().len(), before);
    app.must_verify();
}

#[apply(on_sqlite!)]
fn the_switch_keeps_what_was_typed_beside_what_somebody_else_changed(app: App) {
    app.tranche_of_15_crore();
    let officer = app.section_officer();
    let browser = Browser::of(&app, &officer, "en");
    let page = "/en/tranches/NDFEB-2026-27-TRN-0001";
    let button = "Recommend: ₹15,00,00,000.00";
    let form = browser.opens(page).form(button).fill("Noting on the file", "Three pages of thought");
    let tranche = app.auditor().sees("/tranches/NDFEB-2026-27-TRN-0001");
    app.second("section").recommends(&tranche).ok();
    let conflict = browser.sends(&form).with_status(412).says("Three pages of thought");
    let hindi = browser.sends(&conflict.form("हिन्दी")).with_status(412).says("Three pages of thought");
    assert_ne!(hindi.title(), conflict.title());
    // The sign-in page in place of a form whose session ended keeps it as well.
    let browser = Browser::of(&app, &app.finance_officer(), "en");
    let form = browser.opens(page).form("Concur: ₹15,00,00,000.00").fill("Noting on the file", "Seen");
    app.wait_seconds(31 * 60);
    let asked = browser.sends(&form).with_status(401).says("what you typed is kept");
    let asked = browser.sends(&asked.form("हिन्दी")).with_status(401);
    let mut wrong = asked.form("साइन इन करें").fill("ई-मेल पता", &app.finance_officer().email);
    wrong.set("secret:/password", "not the password");
    let again = browser.sends(&wrong).with_status(401);
    let again = browser.sends(&again.form("English")).with_status(200);
    assert!(!again.form("Sign in").fields.iter().any(|(name, _)| name == "redraw"));
    let resumed = browser.signs_in(&again, &app.finance_officer()).with_status(200).says("What you typed is kept");
    let shown = browser.sends(&resumed.form("हिन्दी")).with_status(403);
    assert_eq!(shown.form("सहमति दें: ₹15,00,00,000.00").text("फ़ाइल पर टिप्पणी"), "Seen");
    let concurred = |act: &serde_json::Value| act["command"] == "concur_tranche";
    assert!(!app.acts().iter().any(concurred));
}

#[apply(on_sqlite!)]
fn a_browser_reads_the_explanation_on_a_page(app: App) {
    let browser = Browser::new(&app);
    let asks = |code: &str, language: &str| {
        let headers = [("Accept", "text/html,application/xml;q=0.9,*/*;q=0.8"), ("Accept-Language", language)];
        browser.request("GET", &format!("/problems/{code}"), &headers, None)
    };
    let led = asks("stale_version", "hi");
    assert_eq!((led.status, led.header("location")), (303, Some("/hi/problems/stale_version")));
    assert_eq!(led.header("vary"), Some("Accept, Accept-Language"));
    let shown = browser.opens("/en/problems/stale_version").with_status(200);
    shown.says("Why a rule refused this").says("Read the record again").says("stale_version (HTTP 412)");
    browser.opens("/hi/problems/stale_version").with_status(200).says("अभिलेख फिर पढ़ें");
    assert_eq!(asks("NOT_FOUND", "en").status, 404);
    browser.opens("/en/problems/NOT_FOUND").with_status(404);
}

#[apply(on_sqlite!)]
fn a_hindi_page_is_in_hindi_in_its_rarer_states(app: App) {
    let tranche = app.sanctioned_15_crore();
    let payment = app.disbursing_officer().advises(&tranche);
    assert_eq!(payment.status, 201);
    let browser = Browser::of(&app, &app.disbursing_officer(), "hi");
    let page = "/hi/payments/NDFEB-2026-27-PAY-0001";
    let mistaken = browser.sends(&browser.opens(page).form("बैंक का उत्तर दर्ज करें")).with_status(422);
    let refused = browser.sends(&browser.opens("/hi/account").form("पासवर्ड बदलें")).with_status(422);
    app.scheme_administrator().proposes("capital_subsidy", "2026-27", 100).ok();
    let letter = json!({ "tranche_id": tranche["number"], "title": "Our tranche", "text": "When is it paid?" });
    app.signatory().post("/letters/to-office", None, &letter).unwrap().ok();
    run_over_no_bids(&app);
    let proposer = Browser::of(&app, &app.other_scheme_administrator(), "hi");
    let administrator = Browser::of(&app, &app.administrator(), "hi");
    for shown in [
        Browser::new(&app).opens("/hi/"),
        Browser::new(&app).opens("/hi/account"),
        browser.opens("/hi/sign-in"),
        browser.opens("/hi/account"),
        browser.opens("/hi/inbox"),
        browser.opens("/hi/inbox?kind=payment"),
        browser.opens("/hi/tranches"),
        browser.opens("/hi/tranches?status=expired"),
        browser.opens("/hi/tranches/NDFEB-2026-27-TRN-0001"),
        browser.opens(page),
        browser.opens("/hi/nothing"),
        browser.opens("/hi/claims"),
        browser.opens("/hi/claims/NDFEB-2026-27-CLM-0001"),
        browser.opens("/hi/claims/NDFEB-2026-27-CLM-0001/statement"),
        browser.opens("/hi/claims/NDFEB-2026-27-CLM-0001/notes"),
        browser.opens("/hi/claims/NDFEB-2026-27-CLM-0001/letters"),
        browser.opens("/hi/letters/NDFEB-2026-27-LTR-0001"),
        browser.opens("/hi/disbursements"),
        browser.opens("/hi/disbursements?status=succeeded"),
        browser.opens("/hi/allocations"),
        browser.opens("/hi/allocations/NDFEB-2026-27-ALC-0001"),
        browser.opens("/hi/milestones"),
        browser.opens("/hi/applications"),
        browser.opens("/hi/applications?status=draft"),
        browser.opens("/hi/applications/NDFEB-2026-27-APP-0001"),
        browser.opens("/hi/awards"),
        browser.opens("/hi/awards/NDFEB-2026-27-AWD-0001"),
        browser.opens("/hi/guarantees"),
        browser.opens("/hi/guarantees?status=released"),
        browser.opens(&browser.opens("/hi/guarantees").link("BG-LODESTONE")),
        browser.opens("/hi/excuses"),
        browser.opens("/hi/awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal/excuses"),
        browser.opens("/hi/milestones?part=all"),
        browser.opens("/hi/awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal"),
        browser.opens("/hi/budget?year=2026-27"),
        browser.opens("/hi/budget/instruments"),
        browser.opens("/hi/budget/instruments/NDFEB-2026-27-BUD-0001"),
        browser.opens("/hi/find?q=sample"),
        browser.opens("/hi/find?q=TRN/9999"),
        proposer.opens("/hi/budget/instruments/NDFEB-2026-27-BUD-0002"),
        proposer.opens("/hi/budget/instruments/new"),
        proposer.opens("/hi/budget/instruments/new?kind=re_appropriation"),
        administrator.opens("/hi/people"),
        administrator.opens("/hi/people/new"),
        mistaken,
        refused,
    ] {
        shown.is_in_its_language();
    }
}
