//! Applications in the browser: signed and submitted, asked about, scrutinised criterion by criterion, and awarded,
//! with what the award commits before the button is pressed; and who sees an application.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, SCHEME, Verbs, at};
use crate::portal::browser::{Browser, CHOSEN, Form, Shown};
use serde_json::{Value, json};

const PAGE: &str = "/en/applications/NDFEB-2026-27-APP-0001";
const NUMBER: &str = "NDFEB/2026-27/APP/0001";
const CRITERIA: [&str; 6] = [
    "Capacity within the bounds of the scheme",
    "Whole value chain",
    "Net worth",
    "Planned investment",
    "Incentive within the ceiling",
    "Documents present and genuine",
];

fn drafted(app: &App) -> Value {
    app.window_is_open();
    let preparer = app.preparer();
    preparer.drafts(&app.good_form(&preparer, 900)).ok()
}

/// Every criterion is met but those that are named.
fn found(mut form: Form, unmet: &[&str]) -> Form {
    for criterion in CRITERIA {
        let finding = if unmet.contains(&criterion) { "Criterion not met" } else { "Criterion met" };
        form = form.fill(&format!("{finding}: {criterion}"), CHOSEN);
        form = form.fill(&format!("Reason for the finding on: {criterion}"), "as the papers show");
    }
    form
}

/// How many statements a page needs, without those that find out who reads.
fn statements(browser: &Browser, path: &str) -> u32 {
    let all = |path: &str| -> u32 {
        browser.opens(path).with_status(200).answer.header("x-statements").unwrap().parse().unwrap()
    };
    all(path) - all("/en/sign-in")
}

fn scrutinised(browser: &Browser, unmet: &[&str]) -> Shown {
    let shown = browser.opens_rehearsed(&format!("{PAGE}/scrutiny"));
    browser.sends(&found(shown.form("Record the scrutiny"), unmet)).with_status(200)
}

#[apply(on_both!)]
fn an_application_goes_from_the_draft_to_the_award_on_pages(app: App) {
    let draft = drafted(&app);
    let preparer = Browser::of(&app, &app.preparer(), "en");
    let own = format!("/en{}", at("applications", &draft));
    let shown = preparer.opens(&own).with_status(200).says("Draft of an application").says("With Authorised signatory");
    assert!(shown.buttons().is_empty(), "whoever prepares does not sign: {:?}", shown.buttons());
    let signatory = Browser::of(&app, &app.signatory(), "en");
    let shown = signatory.sends(&signatory.opens(&own).form("Submit the application")).with_status(200);
    let shown = shown.says("Submitted by you").says(NUMBER).says("Entry");
    shown.says("With Verifier (project management agency)").says_nothing_of("Sample verifier");

    let agency = Browser::of(&app, &app.verifier(), "en");
    assert_eq!(agency.opens("/en/inbox").link(NUMBER), PAGE);
    let shown =
        agency.opens("/en/applications").says("1 application").says("900 tonnes a year").says("Sample lodestone Ltd");
    let shown = agency.opens(&shown.link(NUMBER)).says("board_resolution.pdf").says("₹5,50,00,00,000.00");
    let asked = shown.form("Raise a query").fill("Question", "Who guarantees the loan?");
    let shown =
        agency.sends(&asked).with_status(200).says("Query raised by you").says("The clock of the office stands");
    agency.opens(&format!("{PAGE}/scrutiny")).says("You cannot take this step:");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());
    let reply = preparer.opens(PAGE).form("Reply to the query").fill("Reply", "Our parent company");
    preparer.sends(&reply).with_status(200).says("Replied to by you").says_nothing_of("Sample verifier");

    let shown =
        agency.opens_rehearsed(&agency.opens(PAGE).says("Our parent company").link("Decide criterion by criterion"));
    let shown = shown.says("If every criterion is found as the program checked it, the application then is: Eligible.");
    let empty = agency.sends(&shown.form("Record the scrutiny")).with_status(422);
    let links: Vec<&str> = empty.page.named("a").iter().filter_map(|link| link.attribute("href")).collect();
    assert!(links.contains(&"#scrutinise-findings-0-met"), "{links:?}");
    let shown = scrutinised(&agency, &[]).says("Scrutiny recorded by you").says("as the papers show").says("Eligible");
    assert_eq!(shown.address.split('?').next(), Some(PAGE));
    agency.opens(&format!("{PAGE}/scrutiny")).says("does not wait for its scrutiny");
    awarded_on_its_page(&app);
    app.must_verify();
}

/// The competent authority sees what an award commits, for the capacity that was asked for and for less, and issues it.
fn awarded_on_its_page(app: &App) {
    let authority = Browser::of(app, &app.competent_authority(), "en");
    // The scheme has no allocation, so the application waits for nobody else.
    assert_eq!(authority.opens("/en/inbox").link(NUMBER), PAGE);
    Browser::of(app, &app.section_officer(), "en")
        .opens("/en/inbox")
        .says("To do (0)")
        .says("Competent authority: Application (1)");
    let shown = authority
        .opens_rehearsed(PAGE)
        .says("With Competent authority")
        .says("The award is for 900 tonnes a year")
        .says("Guarantees of ₹15,96,00,000.00");
    let shown = shown.says("Outlay, scheme ndfeb-2025-proposal, Capital subsidy: Available");
    let more = shown.form("Show what it comes to").fill("Capacity to award, tonnes a year", "1,000");
    let refused = authority.rehearses(&more).with_status(200).says("As shown here, this would be refused:");
    assert_eq!(refused.form("Issue the award").text("Capacity to award, tonnes a year"), "1,000");
    let less = refused.form("Show what it comes to").fill("Capacity to award, tonnes a year", "600");
    let shown = authority.rehearses(&less).with_status(200).says("The award is for 600 tonnes a year");
    assert!(app.auditor().sees("/awards")["data"].as_array().unwrap().is_empty(), "nothing was stored");
    let wrong = shown.form("Issue the award").fill("Capacity to award, tonnes a year", "many");
    authority.sends(&wrong).with_status(422);
    let shown = authority.sends(&shown.form("Issue the award")).with_status(200).says("Award issued by you");
    let award = authority.opens(&shown.link("NDFEB/2026-27/AWD/0001")).with_status(200).says("600 tonnes a year");
    assert_eq!(award.link(NUMBER), PAGE);
    assert_eq!(app.auditor().sees("/awards")["data"][0]["capacity_mtpa"], 600);
}

#[apply(on_sqlite!)]
fn one_criterion_that_is_not_met_ends_an_application(app: App) {
    app.signatory().submits(&drafted(&app)).ok();
    let agency = Browser::of(&app, &app.verifier(), "en");
    let shown = scrutinised(&agency, &["Net worth"]).says("Not eligible").says("Criterion not met");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());
    let company = Browser::of(&app, &app.signatory(), "hi");
    let shown = company.opens("/hi/applications/NDFEB-2026-27-APP-0001").says("अपात्र").says("as the papers show");
    shown.says_nothing_of("Sample verifier");
    let authority = Browser::of(&app, &app.competent_authority(), "en");
    assert!(authority.opens(PAGE).buttons().is_empty());
    app.must_verify();
}

#[apply(on_sqlite!)]
fn an_application_is_there_for_its_company_and_the_offices_alone(app: App) {
    let draft = drafted(&app);
    let own = format!("/en{}", at("applications", &draft));
    let agency = Browser::of(&app, &app.verifier(), "en");
    agency.opens("/en/applications").says("There is no application yet");
    agency.opens(&own).with_status(404);
    app.signatory().submits(&draft).ok();
    let other = Browser::of(&app, &app.signatory_of("coercive"), "en");
    let foreign = other.opens(PAGE).with_status(404);
    let missing = other.opens("/en/applications/NDFEB-2026-27-APP-0009").with_status(404);
    assert_eq!(foreign.page.text(), missing.page.text());
    other.opens("/en/applications").says("There is no application yet");
    assert_eq!(other.opens(&format!("{PAGE}/scrutiny")).answer.status, 403);
    for path in [PAGE, "/en/applications"] {
        assert!(statements(&agency, path) <= 12, "{path}: {}", statements(&agency, path));
    }
    assert_eq!(agency.opens(&format!("/en/n/{NUMBER}")).address, PAGE);
    agency.opens("/en/applications?status=submitted").says("1 application").says("Verifier");
    let none = agency.opens("/en/applications?status=awarded").says("No application has this status now");
    agency.opens(&none.link("हिन्दी")).says("अभी इस स्थिति का कोई आवेदन नहीं है");
    agency.opens("/en/applications?status=nonsense").with_status(400);
    agency.opens("/en/applications?page=7").with_status(200).says("1 application");
}

#[apply(on_sqlite!)]
fn whoever_was_slower_sees_what_was_asked_meanwhile(app: App) {
    let submitted = app.signatory().submits(&drafted(&app)).ok();
    let agency = Browser::of(&app, &app.verifier(), "en");
    let form = agency.opens(PAGE).form("Raise a query").fill("Question", "Who guarantees the loan?");
    let findings = found(agency.opens(&format!("{PAGE}/scrutiny")).form("Record the scrutiny"), &["Net worth"]);
    let asked = app.section_officer().asks(&submitted, "Which bank?").ok();
    // While that query waits for its reply, neither can be done: both are shown, and none is offered.
    let shown = agency.sends(&form).with_status(412).says("Who guarantees the loan?").says("Which bank?");
    let shown = shown.says("Yours cannot be applied any more: a query is still");
    assert_eq!((shown.buttons(), shown.link("Go to the record")), (Vec::new(), PAGE.to_owned()));
    let shown = agency.sends(&findings).with_status(412).says("Net worth Criterion not met as the papers show");
    assert!(shown.says("Which bank?").says("Yours cannot be applied any more").buttons().is_empty());
    // Once it is answered, both can be done again.
    app.preparer().replies(&asked, 1, "The sample bank.").ok();
    agency.sends(&form).with_status(412).says("Apply mine to the new version (Raise a query)");
    let shown = agency.sends(&findings).with_status(412).says("The sample bank.");
    shown.says("Apply mine to the new version (Record the scrutiny)");
}

/// One bid with its place in a published run.
fn allotted(app: &App) -> Value {
    let preparer = app.preparer();
    let mut form = app.good_form(&preparer, 1_200);
    form["investment_plan"][0]["amount_paise"] = json!(700 * CRORE);
    form["incentive_asked_paise_per_kg"] = json!(150_000);
    let draft = preparer.drafts(&form).ok();
    let submitted = app.signatory().submits(&draft).ok();
    app.verifier().scrutinises(&submitted, true).ok();
    app.set_clock("2026-05-02T06:30:00Z");
    app.opens_bids();
    let run = app.section_officer().post("/allocations", None, &json!({ "scheme_code": SCHEME })).unwrap().ok();
    let path = at("allocations", &run);
    let note = json!({ "note": "seen" });
    let run = app.finance_officer().does(&format!("{path}/concurrence"), &run, note.clone()).ok();
    app.competent_authority().does(&format!("{path}/publication"), &run, note).ok();
    app.auditor().sees(&at("applications", &submitted))
}

#[apply(on_sqlite!)]
fn an_allotment_is_awarded_as_allotted_or_surrendered(app: App) {
    let app = App::competing(app.engine);
    let bid = allotted(&app);
    let page = format!("/en/applications/{}", bid["number"].as_str().unwrap().replace('/', "-"));
    let authority = Browser::of(&app, &app.competent_authority(), "en");
    let shown = authority.opens_rehearsed(&page).with_status(200).says("Place in the allocation").says("Allotted");
    let shown = shown.says("With Competent authority").says("The award is for 1,200 tonnes a year");
    let less = shown.form("Show what it comes to").fill("Capacity to award, tonnes a year", "600");
    authority.rehearses(&less).says("As shown here, this would be refused:");
    let company = Browser::of(&app, &app.signatory(), "en");
    let shown = company.opens_rehearsed(&page).says("The allotment of 1,200 tonnes a year ends");
    let form = shown.form("Surrender the allotment");
    company.sends(&form).with_status(422);
    let shown = company.sends(&form.fill("Reason", "the loan was refused")).with_status(200);
    let shown = shown.says("Allotment surrendered by you").says("the loan was refused");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());
    let stored = app.auditor().sees(&at("applications", &bid));
    assert_eq!(stored["place"]["outcome"], json!("surrendered"));
    assert!(authority.opens(&page).says("You cannot take this step:").buttons().is_empty());
}
