//! Whom a round of bids waits for: the two officers who open it, the run, the award, and the second person who ends the
//! allotment or the award of a winner who walks away.

use crate::award::allocation_waits::{count, lies};
use crate::award::allocations::Allots;
use crate::correction::corrections::Corrects;
use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at};
use crate::portal::browser::Browser;
use magnet_scheme::client::Person;
use serde_json::{Value, json};

/// Since when and until when a record lies with those who have it.
fn lies_since(app: &App, bid: &Value) -> [Value; 2] {
    let shown = app.auditor().get(&at("applications", bid)).unwrap().json();
    ["since", "until"].map(|name| shown["waiting"][0][name].clone())
}

#[apply(on_both!)]
fn sealed_bids_wait_for_two_officers_after_the_window(app: App) {
    let app = App::competing(app.engine);
    let (section, finance, authority) = (app.section_officer(), app.finance_officer(), app.competent_authority());
    let first = app.verifier().scrutinises(&app.bids("lodestone", 1_200, 1_500, None), true).ok();
    let other = app.bids("magnetite", 600, 1_600, None);
    // While the window is open, and while another bid waits for its scrutiny, nobody can open anything.
    assert_eq!((lies(&app, "applications", &first), count(&section, "application")), (json!([]), json!(0)));
    app.set_clock("2026-05-02T06:30:00Z");
    assert_eq!((lies(&app, "applications", &first), count(&section, "application")), (json!([]), json!(0)));
    let scrutinised = app.verifier().scrutinises(&other, true).ok()["scrutiny"]["scrutinised_at"].clone();
    assert_eq!(lies(&app, "applications", &first), json!([["ask_bid_opening", null]]));
    let since = lies_since(&app, &first);
    assert_eq!(since[0], scrutinised, "the last scrutiny made the opening possible");
    assert!(since[1].is_string(), "a desk time runs: {since:?}");
    for officer in [&section, &finance, &authority] {
        assert_eq!(count(officer, "application"), 2);
    }
    let asked = section.asks_opening().ok();
    assert_eq!(lies(&app, "applications", &other), json!([["open_bids", null]]));
    assert_eq!(lies_since(&app, &first)[0], asked["asked_at"]);
    assert_eq!((count(&section, "application"), count(&finance, "application")), (json!(0), json!(2)));
    let cannot = section.get("/worklist?kind=application").unwrap().json()["cannot_act"]["data"][0].clone();
    assert_eq!(cannot["earlier_step"], "prepare");
    let page = Browser::of(&app, &finance, "en").opens("/en/applications").with_status(200);
    page.says("Competent authority");
    let opened = finance.opens(&asked).ok();
    assert_eq!(lies(&app, "applications", &first), json!([["draft_allocation", null]]));
    assert_eq!(lies_since(&app, &first)[0], opened["opened_at"]);
    assert_eq!((count(&section, "application"), count(&finance, "application")), (json!(2), json!(0)));
}

#[apply(on_both!)]
fn a_winner_who_walks_away_waits_for_the_second_person(app: App) {
    let (app, bids, _) = App::published(app.engine);
    let (section, authority) = (app.section_officer(), app.competent_authority());
    assert_eq!(lies(&app, "applications", &bids[0]), json!([["issue_award", null]]));
    assert!(lies_since(&app, &bids[0])[1].is_string());
    let path = format!("{}/allotment-end", at("applications", &bids[0]));
    let both = app.person("both-ends", &["section_officer", "competent_authority"], None);
    let proposed = both.does(&path, &bids[0], json!({ "reason": "no answer to three letters" })).ok();
    assert_eq!(lies(&app, "applications", &bids[0]), json!([["end_allotment", null]]));
    assert_eq!(lies_since(&app, &bids[0])[0], proposed["place"]["end_proposed"]["proposed_at"]);
    let kinds = |person: &Person| {
        let list = person.get("/worklist?kind=application").unwrap().json();
        let rows = list["data"].as_array().unwrap().clone();
        rows.iter().map(|row| row["waiting"]["ends_with"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&both), ["issue_award"], "whoever proposed it does not end it");
    assert_eq!(kinds(&authority).iter().filter(|act| *act == "end_allotment").count(), 1);
    let inbox = Browser::of(&app, &authority, "hi").opens("/hi/inbox").with_status(200);
    inbox.says("पीछे हटे बोलीदाता का आबंटन समाप्त करें");
    // After the award the proposal is a correction, and lies with whoever decides those.
    let award = authority.awards(&app.application(&bids[1]), 700);
    assert_eq!(award.status, 409, "the first one ranks before it");
    let ended = authority.does(&format!("{path}/confirmation"), &proposed, json!({})).ok();
    assert_eq!(lies(&app, "applications", &ended), json!([]));
    let award = authority.awards(&app.application(&bids[1]), 700).ok();
    let correction = section.proposes_correction("end_award", &award, Value::Null).ok();
    assert_eq!(lies(&app, "corrections", &correction), json!([["decide_correction", null]]));
    assert_eq!((count(&section, "correction"), count(&authority, "correction")), (json!(0), json!(1)));
}
