//! Reports of milestones: queries in rounds, return for correction without an inspection, and what came back.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at};
use crate::harness::return_people::ReturnVerbs;
use serde_json::{Value, json};

#[apply(on_both!)]
fn queries_about_a_report_are_answered_before_it_is_verified(app: App) {
    app.window_is_open();
    let award = app.awarded("lodestone", 900);
    let milestone = app.milestone(&award, "oxide_to_metal");
    let half = json!({ "oxide_to_metal": 450 });
    app.verifier().asks_about("milestones", &milestone, "Where?").refused(409, "wrong_state");
    let reported = app.signatory().reports(&milestone, half.clone(), "2026-05-01").ok();
    let asked = app.verifier().asks_about("milestones", &reported, "Which furnace?").ok();
    app.verifier().inspects(&asked, "verified", half.clone(), "2026-05-01").refused(409, "query_open");
    let replied = app.preparer().replies_about("milestones", &asked, 1, "The second one").ok();
    assert_eq!(replied["queries"][0]["reply"]["text"], "The second one");
    app.must_verify();
    app.verifier().inspects(&replied, "verified", half, "2026-05-01").ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_report_is_returned_without_an_inspection_and_shows_what_changed(app: App) {
    app.window_is_open();
    let award = app.awarded("lodestone", 900);
    let milestone = app.milestone(&award, "oxide_to_metal");
    let reported = app.signatory().reports(&milestone, json!({ "oxide_to_metal": 400 }), "2026-05-01").ok();
    app.signatory().sends_back("milestones", &reported).refused(403, "not_permitted");
    let returned = app.verifier().sends_back("milestones", &reported).ok();
    assert_eq!((returned["status"].as_str(), &returned["rounds"][0]["verification"]), (Some("returned"), &Value::Null));
    app.verifier().sends_back("milestones", &returned).refused(409, "wrong_state");
    let reasons = &app.preparer().sees(&at("milestones", &milestone))["rounds"][0]["returned"]["reasons"];
    assert_eq!(reasons, "the certificate is of another plant");
    app.must_verify();
    let again = app.signatory().reports(&returned, json!({ "oxide_to_metal": 450 }), "2026-05-01").ok();
    let changes = again["changes"][0].clone();
    assert_eq!(changes["round"], 2);
    assert_eq!(changes["changes"][0]["pointer"], "/evidence/0");
    let capacity = json!({ "pointer": "/installed_mtpa/oxide_to_metal", "before": 400, "after": 450 });
    assert_eq!(changes["changes"][1], capacity);
    app.verifier().inspects(&again, "verified", json!({ "oxide_to_metal": 450 }), "2026-05-01").ok();
    app.must_verify();
}
