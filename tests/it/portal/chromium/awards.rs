//! Applications, awards, guarantees and excused delays in Chromium, on a phone and on a desk, in both languages.

use crate::harness::app::App;
use crate::harness::milestone_people::MilestoneVerbs;
use crate::harness::people::{Answered, Verbs};
use crate::portal::chromium::Chromium;

const APPLICATION: &str = "applications/NDFEB-2026-27-APP-0001";

/// Looks at a page in both languages.
fn looks(chromium: &Chromium, path: &str, name: &str) {
    for language in ["en", "hi"] {
        chromium.opens(&format!("/{language}/{path}"));
        chromium.looks(&format!("{name}-{language}"));
    }
}

#[apply(in_browser!)]
fn from_the_application_to_the_award_in_chromium(app: App) {
    app.window_is_open();
    let submitted = app.submitted("lodestone", 900);
    let chromium = Chromium::start(&app);
    chromium.signs_in(&app.verifier(), "en");
    looks(&chromium, "applications", "applications");
    looks(&chromium, APPLICATION, "application");
    looks(&chromium, &format!("{APPLICATION}/scrutiny"), "scrutiny");
    chromium.opens(&format!("/en/{APPLICATION}/scrutiny"));
    chromium.presses("Record the scrutiny");
    chromium.reads("There is a problem");
    chromium.looks("scrutiny-mistake-en");
    app.verifier().scrutinises(&submitted, true).ok();
    chromium.signs_in(&app.competent_authority(), "en");
    looks(&chromium, APPLICATION, "application-to-award");
    chromium.opens(&format!("/en/{APPLICATION}"));
    chromium.presses("Issue the award");
    chromium.reads("Award issued by you");
    chromium.presses("NDFEB/2026-27/AWD/0001");
    chromium.reads("The cover is short by");
    chromium.looks("award-bare-en");
    app.must_verify();
}

#[apply(in_browser!)]
fn an_award_with_its_guarantees_and_delays_in_chromium(app: App) {
    app.tranche_of_15_crore();
    let award = app.auditor().sees("/awards")["data"][0].clone();
    app.set_clock("2027-11-10T06:30:00Z");
    let late = app.milestone(&award, "metal_to_alloy");
    let asked = app.signatory().asks_excuse(&late, "force_majeure", ("2027-11-02", "2027-11-05")).ok();
    let chromium = Chromium::start(&app);
    chromium.signs_in(&app.signatory(), "en");
    looks(&chromium, "awards", "awards");
    looks(&chromium, "awards/NDFEB-2026-27-AWD-0001", "award");
    let security = app.values("SELECT id AS value FROM securities").remove(0);
    looks(&chromium, &format!("guarantees/{security}"), "guarantee-company");
    looks(&chromium, "awards/NDFEB-2026-27-AWD-0001/milestones/metal_to_alloy/excuses", "milestone-excuses");
    chromium.signs_in(&app.verifier(), "en");
    looks(&chromium, "excuses/NDFEB-2027-28-EXC-0001", "excuse-asked");
    app.verifier().examines(&asked, Some(("2027-11-02", "2027-11-04"))).ok();
    chromium.signs_in(&app.competent_authority(), "en");
    looks(&chromium, "excuses", "excuses");
    looks(&chromium, "excuses/NDFEB-2027-28-EXC-0001", "excuse-to-decide");
    looks(&chromium, "guarantees", "guarantees");
    looks(&chromium, &format!("guarantees/{security}"), "guarantee-authority");
}
