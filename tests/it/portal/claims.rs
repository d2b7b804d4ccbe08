//! Claims in the browser: list, page, statement and documents; queries and replies, returns and what came back changed;
//! and what a company does not see.

use crate::harness::app::App;
use crate::harness::people::{Answered, Sales, Verbs, at};
use crate::portal::browser::Browser;
use serde_json::{Value, json};

const NUMBER: &str = "NDFEB/2026-27/CLM/0001";
const PAGE: &str = "/en/claims/NDFEB-2026-27-CLM-0001";
const HINDI_PAGE: &str = "/hi/claims/NDFEB-2026-27-CLM-0001";

/// An award that sells, with money for it.
pub fn selling(app: &App) -> Value {
    app.selling_in_september()
}

fn day(kg: i64) -> Sales<'static> {
    Sales::at_the_rate("2026-08-01", "2026-08-01", kg)
}

#[apply(on_sqlite!)]
fn the_list_says_with_whom_a_claim_lies_as_its_page_does(app: App) {
    let tranche = app.tranche_of_15_crore();
    let agency = Browser::of(&app, &app.verifier(), "en");
    agency.opens("/en/claims").says("Verified Section Officer");
    app.disbursing_officer().advises(&app.sanctioned(&tranche)).ok();
    for reader in [&agency, &Browser::of(&app, &app.signatory(), "en")] {
        reader.opens("/en/claims").says("Verified Drawing and Disbursing Officer");
        reader.opens("/en/inbox").says("Drawing and Disbursing Officer: Payment");
    }
}

#[apply(on_sqlite!)]
fn a_query_is_raised_and_answered_on_pages(app: App) {
    let award = selling(&app);
    let claim = app.claimed_sales("lodestone", &award, day(100));
    let agency = Browser::of(&app, &app.verifier(), "en");
    let shown = agency.opens("/en/claims").says("1 claim").says("Sample lodestone Ltd").says("₹1,60,000.00");
    let shown = agency.opens(&shown.link(NUMBER)).says("With Verifier (project management agency) since 1 Sep 2026");
    let shown = shown.says("If nothing is done by 23 Sep 2026").says("Sample Motors").says("100 kg");
    let empty = agency.sends(&shown.form("Raise a query")).with_status(422);
    assert_eq!(empty.link("Must not be empty"), "#query-question");
    let asked = empty.form("Raise a query").fill("Question", "Which plant made these?");
    let shown = agency.sends(&asked).with_status(200).says("Query raised by you, 1 Sep 2026, 12:00 IST");
    let shown = shown.says("The reply is still to come").says("With Preparer or Authorised signatory since");
    let shown = shown.says("You cannot take this step:").says("The clock of the office stands since 1 Sep 2026");
    assert_eq!(shown.buttons(), ["Return for correction"]);

    let company = Browser::of(&app, &app.preparer(), "hi");
    let shown = company.opens(HINDI_PAGE).says("Which plant made these?").says_nothing_of("Sample verifier");
    let shown = company.sends(&shown.form("पृच्छा का उत्तर दें").fill("उत्तर", "The plant at Sample"));
    shown.with_status(200).says("आपके द्वारा उत्तर दिया गया").says_nothing_of("उत्तर अभी आना है");
    let shown = agency.opens(PAGE).says("The plant at Sample").says("Verify line by line").says("Sample preparer");
    assert_eq!(shown.buttons(), ["Raise a query", "Return for correction"]);
    let stored = app.auditor().sees(&at("claims", &claim));
    assert_eq!(stored["queries"][0]["reply"]["text"], "The plant at Sample");
    app.must_verify();
}

#[apply(on_both!)]
fn a_return_shows_the_company_what_to_correct_and_the_agency_what_changed(app: App) {
    let award = selling(&app);
    let claim = app.claimed_sales("lodestone", &award, day(100));
    let agency = Browser::of(&app, &app.verifier(), "en");
    let form = agency.opens(PAGE).form("Return for correction");
    let form = form.fill("Reasons for the company", "The certificate is of another plant");
    let shown = agency.sends(&form.fill("Noting on the file", "the third time this year")).with_status(200);
    let shown = shown.says("Returned for correction by you").says("the third time this year");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());
    agency.opens("/en/claims").says("Preparer").says_nothing_of("Authorised signatory");
    agency.opens(&shown.address).says("It went to the company: its preparer finds it in the inbox");

    let company = Browser::of(&app, &app.preparer(), "en");
    let shown = company.opens(PAGE).says("To be corrected: The certificate is of another plant");
    let shown = shown.says("Everything else in it is corrected").says_nothing_of("the third time this year");
    let shown = shown.says_nothing_of("Nothing was changed in the form").says_nothing_of("Sample verifier");
    // The preparer corrects the lines in a spreadsheet program; what cannot be read is named as it is counted there.
    let file = company.request("GET", &shown.link("Download the lines as they are (CSV)"), &[], None);
    let corrected = |from: &str, to: &str| {
        let text = String::from_utf8(file.bytes.clone()).unwrap();
        assert!(text.contains(from), "{text}");
        shown.form("Correct the lines").choose(
            "Choose the file",
            "lines.csv",
            "text/csv",
            text.replace(from, to).as_bytes(),
        )
    };
    company
        .sends(&corrected("2026-08-01", "today"))
        .with_status(422)
        .says("Line 2 of the file")
        .says("Choose the file again");
    let shown = company.sends(&corrected("2026-08-01", "2199-08-01")).with_status(422);
    shown.says("Line 2 of the file, invoice_date: Must");
    company.opens(PAGE).says_nothing_of("No page has a form for this yet");
    let form = corrected(",100,", ",80,").fill("Amount claimed", "1,28,000");
    let shown = company
        .sends(&form)
        .with_status(200)
        .says("Lines replaced by you")
        .says("Next: Authorised signatory (submit).")
        .says("80 kg");
    assert_eq!(shown.buttons(), ["Correct the lines"], "a preparer submits nothing");
    let signatory = Browser::of(&app, &app.signatory(), "hi");
    let shown = signatory.opens_rehearsed(HINDI_PAGE).says("दावा एजेंसी के पास जाता है");
    signatory.sends(&shown.form("दावा प्रस्तुत करें")).with_status(200).says("आपके द्वारा प्रस्तुत");
    let stored = app.auditor().sees(&at("claims", &claim));
    assert_eq!((stored["status"].as_str(), stored["lines"][0]["quantity_kg"].as_i64()), (Some("submitted"), Some(80)));

    let shown =
        agency.opens(PAGE).says("Line 1: Quantity").says("100 80").says("Amount claimed ₹1,60,000.00 ₹1,28,000.00");
    shown.says("The certificate is of another plant").says("Submitted");
    let shown = company.opens(PAGE).says("Line 1: Quantity").says_nothing_of("the third time this year");
    assert!(shown.buttons().is_empty(), "the agency has it again: {:?}", shown.buttons());
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_claim_is_there_for_its_company_and_the_offices_alone(app: App) {
    let tranche = app.tranche_of_15_crore();
    let company = Browser::of(&app, &app.signatory(), "en");
    let shown = company.opens(PAGE).with_status(200).says("Entitlement ₹15,00,00,000.00");
    let shown = shown.says_nothing_of("in order").says_nothing_of("Sample verifier").says("Sample signatory-lodestone");
    assert!(shown.buttons().is_empty());
    let statement = company.opens(&shown.link("Why this amount")).with_status(200);
    statement.says("Statement of the amount NDFEB/2026-27/CLM/0001").says("Limits, in the order of application");
    Browser::of(&app, &app.auditor(), "hi").opens(&format!("{HINDI_PAGE}/statement")).says("राशि का विवरण");
    assert_eq!(shown.link(tranche["number"].as_str().unwrap()), "/en/tranches/NDFEB-2026-27-TRN-0001");
    let answer = company.request("GET", &shown.link("certificate.pdf"), &[], None);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"certificate.pdf\""));
    assert!(answer.bytes.starts_with(b"%PDF-1.4 certificate"));
    // Another company is told the same as for a number that does not exist.
    let other = Browser::of(&app, &app.signatory_of("coercive"), "en");
    let foreign = other.opens(PAGE).with_status(404);
    let missing = other.opens("/en/claims/NDFEB-2026-27-CLM-0002").with_status(404);
    assert_eq!(foreign.page.text(), missing.page.text());
    other.opens(&format!("{PAGE}/statement")).with_status(404);
    assert_eq!(other.request("GET", &shown.link("certificate.pdf"), &[], None).status, 404);
    assert_eq!(Browser::new(&app).request("GET", &shown.link("certificate.pdf"), &[], None).status, 401);
    other.opens("/en/claims").says("There is no claim yet");
    company.opens(&format!("{PAGE}/verification")).with_status(403).says("There is no such page for you");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_draft_is_for_its_own_company_and_has_no_number_yet(app: App) {
    let award = selling(&app);
    let form = app.sales_form("lodestone", day(10));
    let draft = app.preparer().claims(&award, &form).ok();
    let company = Browser::of(&app, &app.signatory(), "en");
    let shown = company.opens("/en/claims").says("1 claim").says("Authorised signatory");
    company
        .opens(&shown.link("Draft for 1 Aug 2026 to 1 Aug 2026"))
        .with_status(200)
        .says("Draft of a claim")
        .says("Not decided yet");
    let agency = Browser::of(&app, &app.verifier(), "en");
    agency.opens("/en/claims").says("There is no claim yet");
    agency.opens(&format!("/en{}", at("claims", &draft))).with_status(404);
}

#[apply(on_both!)]
fn a_page_needs_as_many_statements_for_many_rows_as_for_few(app: App) {
    let award = selling(&app);
    let mut form = app.sales_form("lodestone", day(100));
    let line = form["lines"][0].clone();
    let more = (0..150).map(|number| {
        let mut one = line.clone();
        one["invoice_number"] = json!(format!("S/{number}"));
        one
    });
    form["lines"] = more.collect();
    let evidence: Vec<Value> = (0..10).map(|number| app.preparer().attaches(&format!("file-{number}"))).collect();
    form["evidence"] = json!(evidence);
    let draft = app.preparer().claims(&award, &form).ok();
    let claim = app.signatory().submits_claim(&draft).ok();
    let agency = Browser::of(&app, &app.verifier(), "en");
    let all = |path: &str| -> u32 {
        agency.opens(path).with_status(200).answer.header("x-statements").unwrap().parse().unwrap()
    };
    // Without those that find out who reads, which every page has.
    let statements = |path: &str| all(path) - all("/en/sign-in");
    assert!(statements(PAGE) <= 12, "{}", statements(PAGE));
    let shown = agency.opens(PAGE).says("Lines (150)").says("S/99").says_nothing_of("S/100");
    agency.opens(&shown.link("Later lines")).says("S/100").says("S/149");
    assert!(statements("/en/claims") <= 12, "{}", statements("/en/claims"));
    app.verifier().verifies(&claim).ok();
    assert!(statements(&format!("{PAGE}/statement")) <= 12, "{}", statements(&format!("{PAGE}/statement")));
    assert!(statements(PAGE) <= 12, "{}", statements(PAGE));
}

#[apply(on_sqlite!)]
fn a_filter_is_in_the_address(app: App) {
    let auditor = Browser::of(&app, &app.auditor(), "en");
    auditor.opens("/en/claims").says("There is no claim yet");
    app.tranche_of_15_crore();
    auditor.opens("/en/claims?status=verified").says("1 claim");
    let none = auditor.opens("/en/claims?status=returned").says("No claim has this status now");
    auditor.opens(&none.link("हिन्दी")).says("अभी इस स्थिति का कोई दावा नहीं है");
    auditor.opens("/en/claims?status=nonsense").with_status(400);
    auditor.opens("/en/claims?page=7").with_status(200).says("1 claim");
    assert_eq!(auditor.opens(&format!("/en/n/{NUMBER}")).address, PAGE);
}

#[apply(on_sqlite!)]
fn a_company_that_was_slower_reads_which_office_changed_the_claim(app: App) {
    let award = selling(&app);
    app.claimed_sales("lodestone", &award, day(100));
    let agency = Browser::of(&app, &app.verifier(), "en");
    let asked = agency.opens(PAGE).form("Raise a query").fill("Question", "Which plant made these?");
    let shown = agency.sends(&asked).with_status(200);
    let company = Browser::of(&app, &app.preparer(), "en");
    let reply = company.opens(PAGE).form("Reply to the query").fill("Reply", "The plant at Sample");
    let back = shown.form("Return for correction").fill("Reasons for the company", "No invoice is legible");
    agency.sends(&back).with_status(200);
    let shown = company.sends(&reply).with_status(412).says("The plant at Sample");
    let shown = shown.says("Changed: 1 Sep 2026, 12:00 IST, Verifier (project management agency)");
    shown.says_nothing_of("Sample verifier");
}
