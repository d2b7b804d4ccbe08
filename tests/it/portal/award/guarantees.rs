//! Guarantees in the browser: lodged, confirmed with the bank, extended, invoked, paid and released, each by the right
//! person; what each act would do; and what a company does not read.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at, says};
use crate::harness::recovery_people::Recovers;
use crate::portal::browser::{Browser, CHOSEN, Form};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

const AWARD: &str = "/en/awards/NDFEB-2026-27-AWD-0001";
const DOCUMENT: &str = "Document of the bank";
const STORED: &str = "amendment.pdf, stored 1 May 2026, attached to no record yet";
const PDF: &[u8] = b"%PDF-1.4 of the bank";

/// A day in the three fields of a form.
fn on(mut form: Form, pointer: &str, day: [&str; 3]) -> Form {
    for (part, text) in ["d", "m", "y"].iter().zip(day) {
        form.set(&format!("day:{pointer}/{part}"), text);
    }
    form
}

/// The form with which the signatory lodges a guarantee of this amount.
fn lodging(company: &Browser, amount: &str) -> Form {
    let form = company.opens(AWARD).form("Lodge a guarantee").fill("Number of the guarantee", "BG/7");
    let form = form.fill("Bank", "Sample Bank").fill("Amount", amount);
    let form = form.choose(DOCUMENT, "guarantee.pdf", "application/pdf", PDF);
    on(on(form, "/issued_on", ["15", "4", "2026"]), "/expires_on", ["30", "6", "2027"])
}

/// The page of the one guarantee that was lodged.
fn page_of(app: &App) -> String {
    format!("/en/guarantees/{}", app.values("SELECT id AS value FROM securities")[0])
}

fn confirmed(agency: &Browser, page: &str, decision: &str) {
    let form = agency.opens(page).form("Record the bank's answer").fill("The bank confirms it", CHOSEN);
    let form = form.fill("Reference of the bank's own message", "Message 1");
    let shown = agency.sends(&form.fill("Noting on the file", "asked by telephone")).with_status(200);
    let shown = shown.says("The bank's answer was recorded by you").says("asked by telephone");
    shown.says(&format!("Decision: {decision}."));
}

#[apply(on_sqlite!)]
fn a_guarantee_is_lodged_confirmed_and_extended_on_pages(app: App) {
    app.bare_award();
    let company = Browser::of(&app, &app.signatory(), "en");
    let none = company.opens(AWARD).says("The cover is short by ₹15,96,00,000.00").says("No guarantee is lodged");
    assert!(none.link("Awards").ends_with("/awards"));
    let form = lodging(&company, "15,96,00,000");
    let wrong = company.sends(&form.clone().fill("Amount", "much")).with_status(422);
    assert_eq!(wrong.form("Lodge a guarantee").text("Bank"), "Sample Bank");
    wrong.says("a browser does not keep");
    let stored = app.rows("evidence").len();
    let mut without = form.clone();
    without.files.clear();
    let told = company.sends(&without).with_status(422).says("attach one file, or choose one document that is stored");
    assert_eq!(told.led(), ["lodge-documents"]);
    assert_eq!(app.rows("evidence").len(), stored, "nothing is stored for a form that comes back");
    let shown = company.sends(&form).with_status(200).says("Guarantee lodged by you").says("Lodged");
    let shown = shown.says("Next: Verifier (project management agency) (have the bank confirm it).");
    let again = company.sends(&lodging(&company, "1 crore")).with_status(409);
    again.says("already");

    let agency = Browser::of(&app, &app.verifier(), "en");
    let page = shown.link("BG/7");
    assert_eq!(agency.opens("/en/inbox").link("BG/7"), page);
    let listed = agency.opens("/en/guarantees").says("1 guarantee").says("SAMPLE BANK").says("425 days left");
    agency.opens(&listed.link("BG/7")).says("With Verifier (project management agency)").says("guarantee.pdf");
    agency.opens("/en/guarantees?status=released").says("No guarantee has this status now");
    let empty = agency.sends(&agency.opens(&page).form("Record the bank's answer")).with_status(422);
    assert!(empty.page.named("a").iter().any(|link| link.attribute("href") == Some("#confirm-outcome")));
    confirmed(&agency, &page, "Confirmed by the bank");
    let shown = company.opens(&page).says("It counts as cover today.").says_nothing_of("asked by telephone");
    shown.says("is asked from 1 Apr 2027 on to extend it").says_nothing_of("Sample verifier");
    company.opens(AWARD).says("those that count today cover ₹15,96,00,000.00.").says_nothing_of("short by");

    // A document that is stored already is known by its day and its record; it is chosen, or another one comes.
    app.signatory().attaches("amendment");
    let shown = company.opens(&page).says("guarantee.pdf, stored 1 May 2026, attached to BG/7");
    let shown = shown.says(STORED);
    let form = shown.form("Lodge an extension").fill("Number of the bank's amendment", "A/1");
    let form = on(form.fill(STORED, CHOSEN), "/dated_on", ["1", "5", "2026"]);
    let both = form.clone().choose(DOCUMENT, "other.pdf", "application/pdf", PDF);
    let both = on(both, "/expires_on", ["30", "6", "2028"]);
    company.sends(&both).with_status(422).says("and not both");
    company.sends(&on(form.clone(), "/expires_on", ["30", "6", "2026"])).with_status(409).says("30 Jun 2027");
    let shown = company.sends(&on(form, "/expires_on", ["30", "6", "2028"])).with_status(200);
    shown.says("Extension lodged by you").says("Covers until, after the extension 30 Jun 2028");
    confirmed(&agency, &page, "Extension confirmed by the bank");
    let shown = agency.opens(&page).says("Covers until 30 Jun 2028").says("Extension confirmed by the bank");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());
    app.must_verify();
}

/// Damages for a milestone that is 62 days late on 2 July 2027, demanded that day.
fn damages_due(app: &App, award: &Value) -> Value {
    app.set_clock("2027-07-02T06:30:00Z");
    let notice = app.second("section").asks_damages(&app.milestone(award, "oxide_to_metal"), "2027-07-02").ok();
    let replied = app.signatory().replies_to(&notice).ok();
    let ordered = app.second("authority").orders(&replied, "confirmed", None).ok();
    app.second("finance").demands(&ordered, "2028-01-01").ok()
}

#[apply(on_sqlite!)]
fn a_guarantee_is_invoked_and_paid_on_its_page(app: App) {
    let award = app.bare_award();
    let required = award["security_required_paise"].as_i64().unwrap();
    let lodged = app.signatory().lodges(&award, "BG-1", required, "2034-12-31").ok();
    app.confirmed_by_bank(&lodged);
    let page = page_of(&app);
    let authority = Browser::of(&app, &app.competent_authority(), "en");
    let shown = authority.opens_rehearsed(&page).says("Invoke the guarantee You cannot take this step:");
    let shown = shown.says("Release the guarantee You cannot take this step:");
    assert!(shown.buttons().is_empty(), "the award runs: {:?}", shown.buttons());
    let recovery = damages_due(&app, &award);
    let authority = Browser::of(&app, &app.competent_authority(), "en");
    let shown =
        authority.opens_rehearsed(&page).says("If ₹98,95,200.00 is demanded for recovery NDFEB/2027-28/REC/0001");
    let form =
        shown.form("Invoke the guarantee").fill("Recovery that the money pays", recovery["id"].as_str().unwrap());
    let form = form.fill("Number of the order or letter", "Order 7").fill("Reason", "the milestone was not met");
    authority.sends(&form.clone().fill("Amount", "1 crore")).with_status(409).says("98,95,200.00");
    let shown = authority.sends(&form.fill("Amount", "98,95,200")).with_status(200).says("Guarantee invoked by you");
    shown.says("With Drawing and Disbursing Officer").says("the milestone was not met");

    let officer = Browser::of(&app, &app.disbursing_officer(), "en");
    let shown = officer.opens_rehearsed(&page).says("If the bank paid ₹98,95,200.00 today").says("Damages recovered");
    let form = shown.form("Record what the bank paid");
    let form = form.fill("Recovery that the money pays", recovery["id"].as_str().unwrap());
    let form = on(form.fill("UTR", "SBINR52027070200000001"), "/received_on", ["2", "7", "2027"]);
    app.bank_credits("SBINR52027070200000001", "2027-07-02", 989_520_000).ok();
    let shown = officer.sends(&form.fill("Amount that the bank paid", "98,95,200")).with_status(200);
    let shown = shown.says("Receipt recorded by you").says("Money received").says("Received so far ₹98,95,200.00");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());
    assert_eq!(app.auditor().sees(&at("recoveries", &recovery))["status"], "settled");
    let company = Browser::of(&app, &app.signatory(), "hi");
    company.opens(&page.replace("/en/", "/hi/")).says("the milestone was not met").says_nothing_of("Sample authority");
    company.opens("/hi/awards/NDFEB-2026-27-AWD-0001").says("परिनिर्धारित नुकसानी");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_guarantee_is_released_when_it_is_not_needed_and_seen_by_its_own(app: App) {
    let award = app.bare_award();
    let required = award["security_required_paise"].as_i64().unwrap();
    app.confirmed_by_bank(&app.signatory().lodges(&award, "BG-1", required, "2034-12-31").ok());
    app.confirmed_by_bank(&app.signatory().lodges(&award, "BG-2", required, "2034-12-31").ok());
    let page = page_of(&app);
    let authority = Browser::of(&app, &app.competent_authority(), "en");
    let shown = authority.opens_rehearsed(&page).says("The guarantee is released and covers nothing from then on.");
    let form = shown.form("Release the guarantee").fill("Number of the order or letter", "Order 8");
    authority.sends(&form).with_status(422);
    let shown = authority.sends(&form.fill("Reason", "another one was given")).with_status(200);
    shown.says("Guarantee released by you").says("another one was given").says("Released");
    let other = Browser::of(&app, &app.signatory_of("coercive"), "en");
    let foreign = other.opens(&page).with_status(404);
    let missing = other.opens("/en/guarantees/0190a000-0000-7000-8000-000000000000").with_status(404);
    assert_eq!(foreign.page.text(), missing.page.text());
    other.opens("/en/guarantees/nonsense").with_status(404);
    app.must_verify();
}

#[apply(on_sqlite!)]
fn whoever_was_slower_sees_what_was_done_meanwhile(app: App) {
    let award = app.bare_award();
    let lodged = app.signatory().lodges(&award, "BG-1", 100, "2034-12-31").ok();
    let agency = Browser::of(&app, &app.verifier(), "en");
    let form =
        agency.opens(&page_of(&app)).form("Record the bank's answer").fill("The bank does not confirm it", CHOSEN);
    let form = form.fill("Reference of the bank's own message", "Message 2").fill("Noting on the file", "asked again");
    app.confirmed_by_bank(&lodged);
    let shown = agency.sends(&form).with_status(412).says("The bank does not confirm it").says("Message 2");
    // The bank's answer is recorded once: nothing is offered that the record would refuse.
    let shown = shown.says("Confirmed by the bank").says("Yours cannot be applied any more");
    assert_eq!((shown.buttons(), shown.link("Go to the record")), (Vec::new(), page_of(&app)));
}

#[apply(on_sqlite!)]
fn what_the_end_of_a_guarantee_means_depends_on_the_others(app: App) {
    let award = app.bare_award();
    // From now on the company is asked to extend them.
    app.set_clock("2027-06-10T06:30:00Z");
    let company = app.signatory();
    let lodged = |number: &str, paise: i64, until: &str| {
        let lodged = company.lodges(&award, number, paise, until).ok();
        let word = serde_json::json!({ "outcome": "confirmed", "reference": "Message", "note": "asked" });
        app.verifier().does(&format!("{}/confirmation", at("securities", &lodged)), &lodged, word).ok();
        format!("/en/guarantees/{}", lodged["id"].as_str().unwrap())
    };
    let whole = award["security_required_paise"].as_i64().unwrap();
    let ends = "no tranche of the award can be sanctioned or paid";
    let stays = "the other guarantees of the award still cover all that it requires";
    let browser = Browser::of(&app, &company, "en");
    let extra = lodged("BG-03", 100_000_000, "2027-06-30");
    browser.opens(&extra).says(ends).says_nothing_of(stays);
    let full = lodged("BG-02", whole, "2027-08-31");
    browser.opens(&extra).says(stays).says_nothing_of(ends);
    browser.opens(&full).says(ends).says_nothing_of(stays);
    // One that ends on the same day is no cover on the day after.
    let same = lodged("BG-04", whole, "2027-08-31");
    browser.opens(&full).says(ends).says_nothing_of(stays);
    browser.opens(&same).says(ends);
    app.set_clock("2027-05-15T06:30:00Z");
    let listed = company.sees("/worklist");
    let rows = listed["data"].as_array().unwrap();
    let then = |number: &str| {
        let row = rows.iter().find(|row| row["title"] == number).unwrap_or_else(|| panic!("{number}: {listed}"));
        row["waiting"]["clocks"][0]["then"]["code"].clone()
    };
    assert_eq!(then("BG-03"), "cover_stays");
    // Whoever could invoke or release it reads the same before the button.
    let authority = Browser::of(&app, &app.competent_authority(), "en");
    let rehearsed = authority.opens_rehearsed(&extra);
    if rehearsed.page.text().contains("is released and covers nothing") {
        rehearsed.says("The other guarantees of the award still cover all of the ₹15,96,00,000.00");
    }
}

/// Lodges a guarantee of a bank, as the company writes both.
fn lodges_of(company: &Person, award: &Value, bank: &str, number: &str) -> Response {
    let form = json!({
        "guarantee_number": number, "bank": bank, "amount_paise": 1_000_000_000_i64, "issued_on": "2026-04-15",
        "expires_on": "2034-12-31", "evidence_id": company.attaches("guarantee"),
    });
    company.post(&format!("{}/securities", at("awards", award)), None, &form).unwrap()
}

#[apply(on_both!)]
fn one_guarantee_covers_one_award_however_it_is_written(app: App) {
    let first = app.bare_award();
    lodges_of(&app.signatory(), &first, "State Bank of India", "No. 123").ok();
    let eligible = app.verifier().scrutinises(&app.submitted("magnetite", 600), true).ok();
    let award = app.competent_authority().awards(&eligible, 600).ok();
    let (company, agency) = (app.signatory_of("magnetite"), app.verifier());
    for (bank, number) in [
        ("SBI", "BG/123"),
        ("S.B.I.", "bg 123"),
        ("State Bank of India Ltd", "123"),
        ("भारतीय स्टेट बैंक", "बीजी १२३"),
        ("SBIN0012345", "I23"),
        ("St\u{430}te Bank of India", "Bank Guarantee No: 123"),
    ] {
        lodges_of(&company, &award, bank, number).refused(409, "already_exists");
    }
    // Another bank gives the same numbers.
    let other = lodges_of(&company, &award, "Bank of India", "BG/123").ok();
    let said = |security: &Value, because: Value| {
        let word = json!({ "outcome": "confirmed", "reference": "M 1", "note": "asked", "different_because": because });
        agency.does(&format!("{}/confirmation", at("securities", security)), security, word)
    };
    said(&other, Value::Null).ok();
    // What is merely like it waits for what its bank says.
    let like = lodges_of(&company, &award, "State Bank of India, Hyderabad Main Branch", "BG 123").ok();
    let refused = said(&like, Value::Null).refused(409, "security_alike");
    says(&refused, "is like NO. 123 (STATE BANK OF INDIA), which is lodged");
    said(&like, json!(" ")).refused(422, "invalid_fields");
    let page = format!("/en/guarantees/{}", like["id"].as_str().unwrap());
    let shown = Browser::of(&app, &agency, "hi").opens(&page.replace("/en/", "/hi/"));
    shown.says("यह गारंटी पहले से जमा NO. 123 (STATE BANK OF INDIA) जैसी है");
    Browser::of(&app, &company, "en").opens(&page).says_nothing_of("NO. 123");
    let browser = Browser::of(&app, &agency, "en");
    let form = browser.opens(&page).with_status(200).form("Record the bank's answer");
    let form = form.fill("Reference of the bank's own message", "M 2").fill("Noting on the file", "asked");
    let form = form.fill("The bank confirms it", CHOSEN);
    browser.sends(&form).with_status(409).explains("security_alike");
    let form = form.fill("Why it is another guarantee", "the branch numbers anew, as the bank writes");
    browser.sends(&form).with_status(200).says("the branch numbers anew, as the bank writes");
    let seen = app.security(&like);
    assert_eq!(seen["status"], "confirmed");
    let note = "asked\nNO. 123 (STATE BANK OF INDIA): the branch numbers anew, as the bank writes";
    assert_eq!(seen["events"][0]["note"], note);
    assert_eq!(company.sees(&at("securities", &like))["events"][0]["note"], "", "the noting is for the offices");
    app.must_verify();
}
