//! Milestones in the browser: the agency finds what was reported, inspects it, returns it or asks about it.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at};
use crate::portal::browser::{Browser, CHOSEN, Form};
use serde_json::json;

const PAGE: &str = "/en/awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal";

const RECORD: &str = "Record of the inspection";
const PDF: &[u8] = b"%PDF-1.7 as seen\n";

/// An award whose first milestone is reported.
fn reported(app: &App) {
    app.window_is_open();
    let award = app.awarded("lodestone", 900);
    let milestone = app.milestone(&award, "oxide_to_metal");
    let installed = milestone["needed_mtpa"].clone();
    app.signatory().reports(&milestone, installed, "2026-05-01").ok();
}

fn inspected(form: Form, outcome: &str) -> Form {
    let form = form.fill(outcome, CHOSEN).fill("Day", "1").fill("Month", "5").fill("Year", "2026");
    form.fill("Place", "Sample plant").fill("What was seen", "Two furnaces at work")
}

#[apply(on_sqlite!)]
fn the_agency_inspects_what_a_company_reported(app: App) {
    reported(&app);
    let agency = Browser::of(&app, &app.verifier(), "en");
    let shown = agency.opens("/en/milestones").with_status(200).says("1 milestone").says("Sample lodestone Ltd");
    let shown = agency.opens(&shown.link("Oxide-to-metal capacity installed")).says("Reported").says("engineer.pdf");
    assert_eq!(shown.address, PAGE);
    let shown = shown.says("With Verifier (project management agency) since 1 May 2026");
    let rehearsed =
        agency.opens_rehearsed(PAGE).says("the milestone counts as reached on 1 May 2026, with 0 days late");
    let rehearsed = rehearsed.says("The scheme counts no part of this milestone").form("Record the inspection");
    assert!(
        !rehearsed.offers("Verified in part") && rehearsed.offers("Returned after the inspection"),
        "{rehearsed:?}"
    );
    let form = inspected(shown.form("Record the inspection"), "Verified");
    let empty = agency.sends(&form).with_status(422);
    assert!(
        empty.page.named("a").iter().any(|link| link.attribute("href") == Some("#inspect-inspection-installed_mtpa"))
    );
    let form = empty.form("Record the inspection").fill("Oxide to metal", "10");
    let form = form.choose(RECORD, "seen.pdf", "application/pdf", PDF);
    let short = agency.sends(&form).with_status(409).explains("capacity_not_shown").says("Choose your files again");
    assert_eq!(short.form("Record the inspection").text("Place"), "Sample plant");
    let form = short.form("Record the inspection").fill("Oxide to metal", "1,000");
    let bare = agency.sends(&form).with_status(422).says("choose at least one file, and at most 5");
    let leads = bare.page.named("a").iter().any(|link| link.attribute("href") == Some("#inspect-documents"));
    assert!(leads, "the summary leads to the field of the files");
    let form = bare.form("Record the inspection").choose(RECORD, "seen.pdf", "application/pdf", PDF);
    let shown = agency.sends(&form).with_status(200).says("Inspection recorded by you, 1 May 2026");
    let file = shown.link("seen.pdf");
    assert_eq!(agency.request("GET", &file, &[], None).bytes, PDF);
    assert_eq!(agency.sends(&form).with_status(200).address, shown.address, "it was sent twice and acts once");
    let shown = shown.says("Two furnaces at work").says("1,000 tonnes a year").says("Sample verifier");
    assert!(shown.buttons().is_empty(), "{:?}", shown.buttons());
    let award = app.auditor().sees("/awards")["data"][0].clone();
    assert_eq!(app.milestone(&award, "oxide_to_metal")["status"], "verified");
    let company = Browser::of(&app, &app.signatory(), "en");
    let company_reads = company.opens(PAGE).says("Two furnaces at work").says_nothing_of("Sample verifier");
    company_reads.says_nothing_of("seen.pdf");
    assert_eq!(company.request("GET", &file, &[], None).status, 404);
    let section = Browser::of(&app, &app.section_officer(), "en");
    let form = section.opens(&section.opens(PAGE).link("Open a milestone again")).form("Propose a correction");
    assert_eq!(form.text("Record"), "NDFEB/2026-27/AWD/0001 oxide_to_metal");
    section
        .sends(&form.fill("Reason", "The furnace is another one"))
        .with_status(200)
        .says("Correction proposed by you");
    agency.opens("/en/milestones").says("No milestone is reported or late today");
    agency.opens("/en/milestones?part=all").says("milestone");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_report_is_asked_about_and_returned(app: App) {
    reported(&app);
    let agency = Browser::of(&app, &app.verifier(), "en");
    let shown = agency.sends(&agency.opens(PAGE).form("Raise a query").fill("Question", "Which furnace?"));
    let shown = shown.with_status(200).says("Query raised by you").says("You cannot take this step:");
    assert_eq!(shown.buttons(), ["Return the report without an inspection"]);
    let company = Browser::of(&app, &app.preparer(), "en");
    let reply = company.opens(PAGE).says("Which furnace?").form("Reply to the query").fill("Reply", "The second one");
    company.sends(&reply).with_status(200).says("Replied to by you");
    let form = agency.opens(PAGE).says("The second one").form("Return the report without an inspection");
    let form = form.fill("Reasons for the company", "The certificate has no date");
    agency.sends(&form).with_status(200).says("Report returned by you").says("Returned without an inspection");
    company.opens(PAGE).says("The certificate has no date").says_nothing_of("Sample verifier");
    let other = Browser::of(&app, &app.signatory_of("coercive"), "en");
    let foreign = other.opens(PAGE).with_status(404);
    let missing = other.opens("/en/awards/NDFEB-2026-27-AWD-0009/milestones/oxide_to_metal").with_status(404);
    assert_eq!(foreign.page.text(), missing.page.text());
    other.opens("/en/milestones?part=all").says("There is no milestone yet");
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_late_milestone_is_on_the_list_with_its_days_and_damages(app: App) {
    app.window_is_open();
    app.awarded("lodestone", 900);
    app.set_clock("2027-06-11T06:30:00Z");
    let agency = Browser::of(&app, &app.verifier(), "en");
    let shown = agency.opens("/en/milestones?part=late").with_status(200);
    let shown = agency.opens(&shown.link("Oxide-to-metal capacity installed")).says("Due on 1 May 2027");
    shown.says("Late 41 days").says("Damages accrued so far, not demanded yet");
    let statements = |path: &str| -> u32 { agency.opens(path).answer.header("x-statements").unwrap().parse().unwrap() };
    let own = statements(PAGE) - statements("/en/sign-in");
    assert!(own <= 14, "{own}");
    agency.opens("/en/milestones?part=reported").says("No report waits for the agency");
    agency.opens("/en/milestones?part=nonsense").with_status(400);
}

#[apply(on_sqlite!)]
fn whoever_was_slower_sees_what_was_asked_meanwhile(app: App) {
    reported(&app);
    let agency = Browser::of(&app, &app.verifier(), "en");
    let form = inspected(agency.opens(PAGE).form("Record the inspection"), "Returned after the inspection");
    let award = app.auditor().sees("/awards")["data"][0].clone();
    let milestone = app.milestone(&award, "oxide_to_metal");
    let path = format!("{}/queries", at("milestones", &milestone));
    app.section_officer().does(&path, &milestone, json!({ "question": "Which furnace?" })).ok();
    let shown = agency.sends(&form.fill("Oxide to metal", "5")).with_status(412);
    shown.says("Returned after the inspection").says("Which furnace?").says("Two furnaces at work");
}
