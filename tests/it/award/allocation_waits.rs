//! With whom applications lie while a run of the allocation is on its way: the run takes them along.

use crate::award::allocations::Allots;
use crate::harness::app::App;
use crate::harness::people::{Answered, at};
use crate::harness::watch::Watch;
use magnet_scheme::client::Person;
use serde_json::{Value, json};

/// The offices with which a record lies, by the acts that end the wait, and the record through which it does.
pub fn lies(app: &App, noun: &str, record: &Value) -> Value {
    let shown = app.auditor().get(&at(noun, record)).unwrap().json();
    let waiting = shown["waiting"].as_array().unwrap();
    json!(waiting.iter().map(|one| json!([one["ends_with"], one["through"]["number"]])).collect::<Vec<_>>())
}

/// How many matters of a kind a person has to do.
pub fn count(person: &Person, kind: &str) -> Value {
    person.get(&format!("/worklist?kind={kind}")).unwrap().json()["count"].clone()
}

#[apply(on_both!)]
fn a_drafted_run_takes_its_applications_along(app: App) {
    let (app, bids) = App::three_bids(app.engine);
    let section = app.section_officer();
    assert_eq!(count(&section, "application"), 3);
    assert_eq!(lies(&app, "applications", &bids[0]), json!([["draft_allocation", null]]));
    let mut watch = Watch::begin(&app);
    let run = watch.brings("allocations", || section.drafts_run().ok());
    let number = &run["number"];
    assert_eq!(count(&section, "application"), 0, "nothing is left to draft");
    assert_eq!(lies(&app, "applications", &bids[0]), json!([["concur_allocation", number]]));
    let concurred = watch.brings("allocations", || app.finance_officer().concurs_in(&run).ok());
    assert_eq!(lies(&app, "applications", &bids[1]), json!([["publish_allocation", number]]));
    // A withdrawn run gives them back.
    watch.act(|| app.competent_authority().withdraws(&concurred).ok());
    assert_eq!(count(&section, "application"), 3);
    let run = watch.brings("allocations", || section.drafts_run().ok());
    let concurred = watch.brings("allocations", || app.finance_officer().concurs_in(&run).ok());
    watch.act(|| app.competent_authority().publishes_run(&concurred).ok());
    assert_eq!(lies(&app, "applications", &bids[0]), json!([["issue_award", null]]));
    assert_eq!(
        (count(&section, "application"), count(&app.competent_authority(), "application")),
        (json!(0), json!(2))
    );
}

#[apply(on_both!)]
fn whoever_scrutinised_a_bid_takes_no_step_on_a_run(app: App) {
    let (app, _) = App::three_bids(app.engine);
    // The agency's officer moves to the ministry, and is now all of its offices.
    let mover = app.verifier();
    let id = mover.get("/me").unwrap().json()["id"].as_str().unwrap().to_owned();
    let account = app.administrator().get(&format!("/users/{id}")).unwrap().json();
    let offices = json!(["section_officer", "finance_officer", "competent_authority"]);
    let moved = json!({ "name": account["name"], "roles": offices, "organisation_id": null, "disabled": false });
    app.administrator().put(&format!("/users/{id}"), account["version"].as_i64().unwrap(), &moved).unwrap().ok();
    let cannot = |kind: &str| {
        mover.get(&format!("/worklist?kind={kind}")).unwrap().json()["cannot_act"]["data"][0]["earlier_step"].clone()
    };
    mover.drafts_run().refused(409, "same_person");
    assert_eq!((count(&mover, "application"), cannot("application")), (json!(0), json!("verify")));
    let run = app.section_officer().drafts_run().ok();
    mover.concurs_in(&run).refused(409, "same_person");
    assert_eq!((count(&mover, "allocation"), cannot("allocation")), (json!(0), json!("verify")));
    let concurred = app.finance_officer().concurs_in(&run).ok();
    mover.publishes_run(&concurred).refused(409, "same_person");
    assert_eq!((count(&mover, "allocation"), cannot("allocation")), (json!(0), json!("verify")));
}
