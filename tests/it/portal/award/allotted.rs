//! What was allotted is reserved: an outlay is not cut below it, awards follow the ranks or say why not, and two
//! officers end the allotment of a bidder who walks away.

use crate::award::allocations::Allots;
use crate::budget::budget_instruments::orders;
use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at, says};
use crate::portal::browser::Browser;
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

trait Ends {
    fn proposes_end(&self, application: &Value) -> Response;
    fn ends(&self, application: &Value) -> Response;
    fn awards_early(&self, application: &Value, mtpa: i64, reason: &str) -> Response;
}

impl Ends for Person {
    fn proposes_end(&self, application: &Value) -> Response {
        let reason = json!({ "reason": "no answer to three letters" });
        self.does(&format!("{}/allotment-end", at("applications", application)), application, reason)
    }
    fn ends(&self, application: &Value) -> Response {
        self.does(&format!("{}/allotment-end/confirmation", at("applications", application)), application, json!({}))
    }
    fn awards_early(&self, application: &Value, mtpa: i64, reason: &str) -> Response {
        let body = json!({ "capacity_mtpa": mtpa, "out_of_order_reason": reason });
        self.does(&format!("{}/award", at("applications", application)), application, body)
    }
}

#[apply(on_both!)]
fn an_outlay_is_not_cut_below_what_is_allotted(app: App) {
    let (app, bids, _) = App::published(app.engine);
    let outlay = app.budget("component", "sales_linked_incentive", None);
    let before = outlay["provided_paise"].as_i64().unwrap();
    // 1,200 and 700 tonnes a year for five years at the rates of the bids are reserved.
    let reserved = 1_200 * 5_000 * 150_000_i64 + 700 * 5_000 * 160_000_i64;
    let to =
        |paise: i64| json!({ "component": "sales_linked_incentive", "financial_year": null, "amount_paise": paise });
    let refused = orders(&app, "change_of_outlay", &to(reserved - 1)).refused(409, "outlay_allotted");
    says(&refused, "it can be cut by");
    // An award commits its part, which the ledger holds, and the rest is still reserved.
    app.competent_authority().awards(&bids[0], 1_200).ok();
    orders(&app, "change_of_outlay", &to(reserved - 1)).refused(409, "outlay_allotted");
    orders(&app, "change_of_outlay", &to(reserved)).ok();
    assert!(before > reserved);
    app.competent_authority().awards(&bids[1], 700).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn awards_follow_the_ranks_or_say_why_not(app: App) {
    let (app, bids, _) = App::published(app.engine);
    let authority = app.competent_authority();
    let refused = authority.awards(&bids[1], 700).refused(409, "award_out_of_order");
    says(&refused, "application NDFEB/2026-27/APP/0001 ranks before this one");
    authority.awards_early(&bids[1], 700, " ").refused(422, "invalid_fields");
    authority.awards_early(&bids[1], 700, "the first bidder asked for a month").ok();
    let details =
        app.values("SELECT details AS value FROM audit_log WHERE command = 'issue_award' AND outcome = 'done'");
    assert!(details[0].contains("the first bidder asked for a month"), "{details:?}");
    authority.awards(&bids[0], 1_200).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_winner_who_walks_away_is_ended_by_two_people(app: App) {
    let (app, bids, _) = App::published(app.engine);
    let (section, authority) = (app.section_officer(), app.competent_authority());
    authority.ends(&bids[0]).refused(409, "nothing_proposed");
    says(&section.proposes_end(&bids[2]).refused(409, "not_allotted"), "its place is: waiting");
    authority.proposes_end(&bids[0]).refused(403, "not_permitted");
    let both = app.person("both-ends", &["section_officer", "competent_authority"], None);
    let proposed = both.proposes_end(&bids[0]).ok();
    both.ends(&proposed).refused(409, "same_person");
    app.must_verify();
    let page = format!("/en/applications/{}", proposed["number"].as_str().unwrap().replace('/', "-"));
    let browser = Browser::of(&app, &authority, "en");
    let shown = browser.opens(&page).with_status(200).says("Proposed to be ended").says("no answer to three letters");
    browser.sends(&shown.form("End the allotment")).with_status(200).says("Allotment ended by you");
    let ended = app.application(&proposed);
    assert_eq!((&ended["place"]["outcome"], &ended["status"]), (&json!("surrendered"), &json!("eligible")));
    authority.awards(&ended, 1_200).refused(409, "not_allotted");
    // Its capacity goes to whoever waits.
    let run = section.drafts_run().ok();
    let run = app.finance_officer().concurs_in(&run).ok();
    authority.publishes_run(&run).ok();
    let waiting = app.application(&bids[2]);
    assert_eq!((&waiting["place"]["outcome"], &waiting["place"]["capacity_mtpa"]), (&json!("allotted"), &json!(600)));
    app.must_verify();
}

#[apply(on_both!)]
fn a_proposal_to_end_an_allotment_outlives_the_next_run(app: App) {
    let (app, bids, _) = App::published(app.engine);
    let (section, authority) = (app.section_officer(), app.competent_authority());
    section.proposes_end(&bids[1]).ok();
    app.signatory_of("lodestone").surrenders(&bids[0]).ok();
    let run = section.drafts_run().ok();
    authority.publishes_run(&app.finance_officer().concurs_in(&run).ok()).ok();
    let now = app.application(&bids[1]);
    assert_eq!(now["place"]["allocation_id"], run["id"]);
    assert_eq!(now["place"]["end_proposed"]["reason"], "no answer to three letters");
    authority.ends(&now).ok();
    app.must_verify();
}
