//! Whose turn it is, as the pages say it: one line for each record, through which other record it waits, what came back
//! and why, and what is to be done where there is no form.

use crate::award::allocations::Allots;
use crate::harness::app::App;
use crate::harness::milestone_people::MilestoneVerbs;
use crate::harness::people::{Answered, CRORE, Verbs, at};
use crate::harness::return_people::ReturnVerbs;
use crate::portal::browser::{Browser, Shown};
use serde_json::json;

const CLAIM: &str = "/en/claims/NDFEB-2026-27-CLM-0001";
const TRANCHE: &str = "/en/tranches/NDFEB-2026-27-TRN-0001";

/// How many lines say where the file is.
fn places(shown: &Shown) -> usize {
    shown.page.named("main")[0].text().matches("Where the file is:").count()
}

#[apply(on_sqlite!)]
fn a_claim_says_in_one_line_who_can_go_on_and_then_through_which_tranche(app: App) {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let form = app.capital_form("lodestone", &milestone, 100 * CRORE);
    let draft = app.preparer().claims(&award, &form).ok();
    let company = Browser::of(&app, &app.signatory(), "en");
    let draft_page = format!("/en{}", at("claims", &draft));
    let shown = company.opens(&draft_page).says("With Authorised signatory since 1 May");
    assert_eq!(places(&shown.says("No last day is set for this")), 1);
    let sent = app.signatory().submits_claim(&draft).ok();
    let returned = app.verifier().sends_back("claims", &sent).ok();
    let shown = company.opens(CLAIM).says("With Preparer since 1 May");
    let shown = shown.says_nothing_of("Nothing was changed in the form after this return.");
    assert_eq!(places(&shown), 1);
    let sent = app.signatory().submits_claim(&returned).ok();
    company.opens(CLAIM).says("Nothing was changed in the form after this return.");
    app.verifier().verifies(&sent).ok();
    for person in [app.signatory(), app.verifier()] {
        let browser = Browser::of(&app, &person, "en");
        let shown = browser.opens(CLAIM).says("Decided").says("With Section Officer since 1 May");
        assert_eq!(shown.link("Tranche NDFEB/2026-27/TRN/0001 of ₹15,00,00,000.00"), TRANCHE);
        assert_eq!(places(&shown), 1);
    }
    let tranche = app.auditor().sees("/tranches")["data"][0].clone();
    let payment = app.disbursing_officer().advises(&app.sanctioned(&tranche)).ok();
    company.opens(CLAIM).says("With Drawing and Disbursing Officer since").says("Tranche NDFEB/2026-27/TRN/0001 of");
    // The page of the payment says it as well, and where it is put into a file.
    let page = format!("/en/payments/{}", payment["number"].as_str().unwrap().replace('/', "-"));
    let ddo = Browser::of(&app, &app.disbursing_officer(), "en");
    let shown = ddo.opens(&page).says("With Drawing and Disbursing Officer since").says("If nothing is done by");
    let way = shown.link("Put it into a file for the treasury");
    assert_eq!(way, format!("/en/advices?payment={}", payment["number"].as_str().unwrap().replace('/', "-")));
    // The payment from whose page somebody comes is chosen; without it none is.
    let chosen = |path: &str| {
        let form = ddo.opens(path).form("Make a file for the treasury");
        form.fields.into_iter().filter(|(name, _)| name == "each:/payment_ids").map(|(_, id)| id).collect::<Vec<_>>()
    };
    assert_eq!((chosen(&way), chosen("/en/advices")), (vec![payment["id"].as_str().unwrap().to_owned()], vec![]));
    app.disbursing_officer().reports_failure(&payment, "failed").ok();
    let shown =
        ddo.opens(&page).says("With Drawing and Disbursing Officer (advise again: the last payment did not arrive.");
    assert_eq!(shown.link("Tranche NDFEB/2026-27/TRN/0001"), TRANCHE);
}

#[apply(on_sqlite!)]
fn what_came_back_says_so_in_the_inbox_and_holds_no_decision_any_more(app: App) {
    let recommended = app.section_officer().recommends(&app.tranche_of_15_crore()).ok();
    app.finance_officer().returns_to(&recommended, "recommend").ok();
    let section = Browser::of(&app, &app.section_officer(), "en");
    let inbox = section.opens("/en/inbox").says("Returned by Finance Officer, 1 May 2026");
    assert_eq!(inbox.link("Returned by Finance Officer, 1 May 2026, 12:00 IST: read why"), TRANCHE);
    section.opens(TRANCHE).says("look at it again, recommend");
    app.section_officer().returns_to(&app.tranche(&recommended), "verify").ok();
    let agency = Browser::of(&app, &app.verifier(), "en");
    agency.opens("/en/inbox").says("Returned by Section Officer, 1 May 2026");
    let shown = agency.opens(CLAIM).says("Returned to be verified again by Section Officer, 1 May 2026");
    let shown = shown.says("IST: look at it again, verify");
    let shown = shown.says("What the claim comes to is computed when the agency verifies it.");
    shown.says_nothing_of("Decided").says_nothing_of("Entitle").says_nothing_of("Nothing was changed in the form");
}

#[apply(on_sqlite!)]
fn a_milestone_that_was_returned_says_why_at_the_top_and_has_its_title_in_the_inbox(app: App) {
    app.window_is_open();
    let award = app.awarded("lodestone", 900);
    let milestone = app.milestone(&award, "oxide_to_metal");
    let reported = app.preparer().reports(&milestone, milestone["needed_mtpa"].clone(), "2026-05-01").ok();
    let title = milestone["title"].as_str().unwrap();
    Browser::of(&app, &app.verifier(), "en")
        .opens("/en/inbox")
        .says(&format!("NDFEB/2026-27/AWD/0001 · {title}: verify"));
    app.verifier().sends_back("milestones", &reported).ok();
    let company = Browser::of(&app, &app.signatory(), "en");
    let page = "/en/awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal";
    let shown = company.opens(page).says("Returned by the agency, to be reported again:");
    let text = shown.page.named("main")[0].text();
    let (why, capacity) = (text.find("the certificate is of another plant"), text.find("Needed"));
    assert!(why.is_some() && why < capacity, "the reasons stand above the rest: {text}");
}

#[apply(on_sqlite!)]
fn late_damages_stand_in_an_inbox_and_a_control_at_fault_leads_to_its_records(app: App) {
    let (app, award) = App::awarded_with_fifty_crore(app.engine);
    let milestone = app.milestone(&award, "oxide_to_metal");
    app.set_clock("2027-07-02T06:30:00Z");
    let page = "/en/awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal";
    let section = Browser::of(&app, &app.section_officer(), "en");
    let inbox = section.opens("/en/inbox").says("Damages of a late milestone").says("2 May 2027");
    let title = milestone["title"].as_str().unwrap();
    assert_eq!(inbox.link(&format!("NDFEB/2026-27/AWD/0001 · {title}")), format!("{page}/notice"));
    section.opens(page).says("With Section Officer (ask for the damages by a show-cause notice");
    // An excuse that was asked for is examined first.
    app.auditor().post("/controls/runs", None, &json!({})).unwrap().ok();
    let auditor = Browser::of(&app, &app.auditor(), "en");
    let statement = "Every day of a delay has its damages or its excuse";
    let inbox = auditor.opens("/en/inbox").says(&format!("Control at fault: {statement} – see that it is put right"));
    let run = auditor.opens(&inbox.link(statement)).with_status(200).says(&format!("This does not hold: {statement}"));
    let found = "Oxide-to-metal capacity installed, award NDFEB/2026-27/AWD/0001: was due on 1 May 2027";
    let run = run.says(found);
    // What waits for another office leads a section officer to the run as well, and says whose turn it is.
    let others = section.opens("/en/inbox").says("Competent authority: Control at fault (1)");
    section.opens(&others.link("Control at fault (1)")).with_status(200).says(found);
    let record = auditor.opens(&run.link("Open the record")).with_status(200);
    assert_eq!(record.address, page);
    app.signatory().asks_excuse(&milestone, "other", ("2027-05-10", "2027-05-29")).ok();
    section.opens("/en/inbox").says_nothing_of("Damages of a late milestone");
    let others = section.opens("/en/inbox").says("Verifier (project management agency): Excused delay (1)");
    assert_eq!(others.link("Excused delay (1)"), "/en/inbox?kind=excuse&office=verifier");
}

#[apply(on_sqlite!)]
fn a_budget_instrument_says_with_whom_it_lies_and_whoever_excuses_is_warned(app: App) {
    let (app, award) = App::awarded_with_fifty_crore(app.engine);
    let proposed = app.scheme_administrator().proposes("capital_subsidy", "2026-27", CRORE).ok();
    let auditor = Browser::of(&app, &app.auditor(), "en");
    let number = proposed["number"].as_str().unwrap().replace('/', "-");
    let shown = auditor.opens(&format!("/en/budget/instruments/{number}"));
    shown.says("With Scheme administrator since 1 May 2026").says("If nothing is done by 8 May 2026");
    let hindi = Browser::of(&app, &app.auditor(), "hi").opens("/hi/budget").with_status(200);
    hindi.says("अभिलेखों के मेल का कोई नियंत्रण दोष नहीं दिखाता");
    app.set_clock("2027-07-02T06:30:00Z");
    let examined = app.examined(&app.milestone(&award, "oxide_to_metal"), "other", ("2027-05-10", "2027-05-29"));
    let authority = Browser::of(&app, &app.competent_authority(), "en");
    let page = format!("/en/excuses/{}", examined["number"].as_str().unwrap().replace('/', "-"));
    authority.opens_rehearsed(&page).says("Whoever decides on these days cannot order or drop damages for them later");
}

#[apply(on_sqlite!)]
fn a_run_takes_its_applications_along_on_their_pages(app: App) {
    let (app, bids) = App::three_bids(app.engine);
    let page = format!("/en/applications/{}", bids[0]["number"].as_str().unwrap().replace('/', "-"));
    let section = Browser::of(&app, &app.section_officer(), "en");
    let shown = section.opens(&page).says("With Section Officer since").says("go into one run of the allocation");
    assert_eq!(shown.link("Allocations of capacity"), "/en/allocations");
    let run = app.section_officer().drafts_run().ok();
    let shown = section.opens(&page).says("With Finance Officer since").says_nothing_of("go into one run");
    let number = run["number"].as_str().unwrap();
    let link = shown.link(&format!("Allocation {number}"));
    assert_eq!(link, format!("/en/allocations/{}", number.replace('/', "-")));
    section.opens("/en/inbox").says("To do (0)");
    section.opens("/en/applications").says("Finance Officer").says_nothing_of("Section Officer");
    // The company reads where it is, and cannot open the run before it is published.
    let company = Browser::of(&app, &app.signatory_of("lodestone"), "en").opens(&page).with_status(200);
    let text = format!("Allocation {number}");
    let company = company.says("With Finance Officer since").says(&text);
    assert!(!company.page.named("a").iter().any(|link| link.text() == text), "no link to what it may not open");
}

#[apply(on_sqlite!)]
fn what_has_no_page_says_where_it_is_done(app: App) {
    let asked = json!({ "title": "The file", "text": "Show the file." });
    let asked = app.auditor().post("/requisitions", None, &asked).unwrap().ok();
    let inbox = Browser::of(&app, &app.finance_officer(), "en").opens("/en/inbox");
    let path = format!("/api/v1/requisitions/{}", asked["id"].as_str().unwrap());
    inbox.says("No page has a form for this yet").says("answer_requisition").says_nothing_of(&path);
}
