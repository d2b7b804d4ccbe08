//! Each record says with whom it lies, since when and what ends the wait: the same to both sides.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at};
use crate::harness::return_people::ReturnVerbs;
use crate::worklist::Shows;
use magnet_scheme::client::Person;
use serde_json::json;

#[apply(on_both!)]
fn both_sides_see_where_a_tranche_lies(app: App) {
    let tranche = app.tranche_of_15_crore();
    let office = app.section_officer().shows(&at("tranches", &tranche))["waiting"].clone();
    let company = app.signatory().shows(&at("tranches", &tranche))["waiting"].clone();
    assert_eq!(office, company);
    let waiting = &office[0];
    assert_eq!((&waiting["side"], &waiting["offices"]), (&json!("office"), &json!(["section_officer"])));
    assert_eq!((&waiting["ends_with"], &waiting["until"]), (&json!("recommend_tranche"), &json!("2026-05-06")));
    let rejected = app.section_officer().rejects(&tranche).ok();
    assert_eq!(app.signatory().shows(&at("tranches", &rejected))["waiting"], json!([]), "it waits for nobody");
}

#[apply(on_both!)]
fn a_tranche_that_waits_through_another_record_says_so_to_both_sides(app: App) {
    let tranche = app.tranche_of_15_crore();
    let of = |person: &Person| person.shows(&at("tranches", &tranche))["waiting"].clone();
    let same = |kind: &str, number: &str| {
        let office = of(&app.section_officer());
        assert_eq!(office, of(&app.preparer()), "both sides read the same");
        let through = &office[0]["through"];
        assert_eq!([&through["kind"], &through["number"]], [kind, number]);
        office[0].clone()
    };
    app.section_officer().returns_to(&tranche, "verify").ok();
    let claim = app.verifier().sees(&format!("/claims/{}", tranche["claim_id"].as_str().unwrap()));
    let number = claim["number"].as_str().unwrap();
    assert_eq!(same("claim", number)["ends_with"], "verify_claim");
    app.verifier().sends_back("claims", &claim).ok();
    let lies = same("claim", number);
    assert_eq!((&lies["ends_with"], &lies["until"]), (&json!("change_claim"), &tranche["held_until"]));
    let then = &lies["clocks"][0]["then"];
    assert_eq!(
        (&then["code"], &then["arguments"]["amount_paise"]),
        (&json!("hold_of_claim_ends"), &tranche["amount_paise"])
    );
    let of_claim = app.signatory().shows(&at("claims", &claim))["waiting"][0].clone();
    assert_eq!(of_claim["clocks"], lies["clocks"], "and so does the claim");
}

#[apply(on_both!)]
fn claims_milestones_and_applications_say_it_too(app: App) {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40_000_000_000);
    let award = app.awarded("lodestone", 900);
    let milestone = app.milestone(&award, "oxide_to_metal");
    let due = app.signatory().shows(&at("milestones", &milestone))["waiting"][0].clone();
    assert_eq!((&due["side"], &due["until"]), (&json!("applicant"), &milestone["due_on"]));
    assert_eq!(due["clocks"][0]["then"]["code"], "damages_accrue");
    let reached = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let claim = app.claimed_capital("lodestone", &award, &reached, 100_000_000_000);
    let lies = app.preparer().shows(&at("claims", &claim))["waiting"][0].clone();
    assert_eq!((&lies["offices"], &lies["until"]), (&json!(["verifier"]), &json!("2026-05-23")));
    let known_at = app.auditor().shows(&format!("{}?as_of=2026-05-01", at("claims", &claim)));
    assert_eq!(known_at["waiting"][0]["ends_with"], "verify_claim", "a past moment says where it lay then");
    let application = app.submitted("terbia", 700);
    let asked = app.verifier().asks(&application, "Which oxide?").ok();
    let answer = app.preparer_of("terbia").shows(&at("applications", &asked))["waiting"][0].clone();
    assert_eq!((&answer["side"], &answer["standing"]["desk"]), (&json!("applicant"), &json!("application")));
}
