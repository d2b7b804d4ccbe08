//! What was allotted is reserved: an outlay is not cut below it, awards follow the ranks or say why not, and two
//! officers end the allotment of a bidder who walks away.

use crate::award::allocations::Allots;
use crate::budget::budget_instruments::orders;
use crate::correction::corrections::Corrects;
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at, says, stages};
use crate::harness::recovery_people::Recovers;
use crate::portal::browser::{Browser, CHOSEN};
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

#[apply(on_both!)]
fn a_winner_who_walks_away_after_the_award_is_ended_by_two_people(app: App) {
    let (app, bids, _) = App::published(app.engine);
    let (section, authority) = (app.section_officer(), app.competent_authority());
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let free = || stages(&app.budget("component", "capital_subsidy", None))[1];
    let before = free();
    let award = authority.awards(&bids[0], 1_200).ok();
    let required = award["security_required_paise"].as_i64().unwrap();
    app.confirmed_by_bank(&app.signatory_of("lodestone").lodges(&award, "BG-1", required, "2034-12-31").ok());
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-02");

    // What is open is decided first.
    let claim = app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
    let proposes = || section.proposes_correction("end_award", &award, Value::Null);
    says(&proposes().refused(409, "award_not_settled"), "claim NDFEB/2026-27/CLM/0001 is open; decide it first");
    let tranche = app.verifier().verifies(&claim).ok()["tranche"].clone();
    says(&proposes().refused(409, "award_not_settled"), "tranche NDFEB/2026-27/TRN/0001 is verified");
    let paid = app.paid(&tranche, "SBINR52026050200001", "2026-05-02");
    app.auditor().proposes_correction("end_award", &award, Value::Null).refused(403, "not_permitted");
    let proposed = proposes().ok();
    assert_eq!((&proposed["about"], &proposed["status"]), (&award["number"], &json!("proposed")));
    section.decides_correction(&proposed, "approved").refused(403, "not_permitted");

    // Another claim of before the decision stands in its way again.
    let second = app.reached("lodestone", &award, "metal_to_alloy", "2026-05-02");
    let form = app.capital_form("lodestone", &second, CRORE);
    let draft = app.preparer_of("lodestone").claims(&award, &form).ok();
    let address = award["number"].as_str().unwrap().replace('/', "-");
    let browser = Browser::of(&app, &app.second("authority"), "hi");
    let shown = browser.opens(&format!("/hi/corrections/{}", proposed["id"].as_str().unwrap())).with_status(200);
    let shown = shown.says("पीछे हटे विजेता का अवार्ड समाप्त करें");
    let decision = shown.form("निर्णय करें").fill("अनुमोदित करें", CHOSEN);
    let decision = decision.fill("फ़ाइल पर टिप्पणी", "no answer to three letters");
    browser.sends(&decision).with_status(200).says("आपने निर्णय किया");
    let shown = Browser::of(&app, &section, "en").opens(&format!("/en/awards/{address}")).with_status(200);
    shown
        .says("because the winner walked away")
        .says("it was a mistake")
        .says("What remains to be done: ₹15,00,00,000.00");
    let ended = app.auditor().sees(&at("awards", &award));
    assert_eq!(ended["ended"], json!({ "ended_on": "2026-05-02", "reason": "it was a mistake" }));

    // Only what was paid stays with it; nothing more is claimed, built or ended under it.
    assert_eq!(free(), before - 15 * CRORE);
    app.signatory_of("lodestone").submits_claim(&draft).refused(409, "award_ended");
    app.preparer_of("lodestone").claims(&award, &form).refused(409, "award_ended");
    let next = app.milestone(&award, "commissioning");
    let report = app.signatory_of("lodestone").reports(&next, next["needed_mtpa"].clone(), "2026-05-02");
    says(&report.refused(409, "award_ended"), "was ended on 2026-05-02");
    proposes().refused(409, "award_ended");
    app.must_verify();

    // Its capacity goes to whoever waits, and what was paid is asked back.
    let run = section.drafts_run().ok();
    authority.publishes_run(&app.finance_officer().concurs_in(&run).ok()).ok();
    let waiting = app.application(&bids[2]);
    assert_eq!((&waiting["place"]["outcome"], &waiting["place"]["capacity_mtpa"]), (&json!("allotted"), &json!(600)));
    // A place that was filled in part is filled up first.
    authority.awards(&app.application(&bids[1]), 1_200).ok();
    authority.awards(&waiting, 600).ok();
    let disbursement = app.auditor().sees("/disbursements")["data"][0].clone();
    assert_eq!(disbursement["payment_id"], paid["id"]);
    app.second("section").asks_back(&disbursement, 15 * CRORE).ok();
    app.must_verify();
}
