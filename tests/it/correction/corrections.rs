//! The way back exists, by two people each: a sanction is cancelled, an award or a payee is held and released, a
//! milestone or a claim is opened again, and a mistyped reference or day is corrected by a new entry.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at, says, stages, version};
use crate::harness::treasury_people::{EACH, TODAY, TreasuryVerbs};
use crate::payment::reconciliation::{ReconciliationVerbs, payments, scroll, success, utr};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};

const SALES: &str = "sales_linked_incentive";

pub trait Corrects {
    fn proposes_correction(&self, kind: &str, record: &Value, more: Value) -> Response;
    fn decides_correction(&self, correction: &Value, outcome: &str) -> Response;
}

impl Corrects for Person {
    fn proposes_correction(&self, kind: &str, record: &Value, more: Value) -> Response {
        let mut form = json!({ "kind": kind, "subject_id": record["id"], "reason": "it was a mistake" });
        more.as_object().into_iter().flatten().for_each(|(name, value)| form[name] = value.clone());
        self.post("/corrections", None, &form).unwrap()
    }
    fn decides_correction(&self, correction: &Value, outcome: &str) -> Response {
        let path = format!("{}/decision", at("corrections", correction));
        self.does(&path, correction, json!({ "outcome": outcome, "note": "seen" }))
    }
}

impl App {
    /// A correction that a section officer proposes and a second authority approves.
    pub fn corrected(&self, kind: &str, record: &Value) -> Value {
        let proposed = self.second("section").proposes_correction(kind, record, Value::Null).ok();
        self.second("authority").decides_correction(&proposed, "approved").ok()
    }
}

fn selling(app: &App) -> Value {
    app.told("selling with 10 crore in September", |app| {
        app.window_is_open();
        app.provided(SALES, "2026-27", 10 * CRORE);
        let award = app.commissioned("lodestone", 900);
        app.set_clock("2026-09-01T06:30:00Z");
        award
    })
}

fn tranche(app: &App, award: &Value, day: usize) -> Value {
    let day = format!("2026-08-{day:02}");
    app.tranche_for_sales("lodestone", award, Sales::at_the_rate(&day, &day, 100))
}

#[apply(on_both!)]
fn a_sanction_that_is_not_advised_is_cancelled_by_two_people(app: App) {
    let award = selling(&app);
    let sanctioned = app.sanctioned(&tranche(&app, &award, 1));
    let (ddo, authority) = (app.disbursing_officer(), app.competent_authority());
    app.verifier()
        .proposes_correction("hold_payee", &json!({ "id": uuid::Uuid::now_v7() }), Value::Null)
        .refused(404, "not_found");
    app.auditor().proposes_correction("cancel_sanction", &sanctioned, Value::Null).refused(403, "not_permitted");
    let both = app.person("both", &["finance_officer", "section_officer"], None);
    let proposed = both.proposes_correction("cancel_sanction", &sanctioned, Value::Null).ok();
    assert_eq!((&proposed["status"], &proposed["about"]), (&json!("proposed"), &sanctioned["number"]));
    both.decides_correction(&proposed, "approved").refused(409, "same_person");
    ddo.decides_correction(&proposed, "approved").refused(403, "not_permitted");
    let year = || stages(&app.budget("financial_year", SALES, Some("2026-27")));
    assert_eq!(year(), [10 * CRORE, 10 * CRORE - 16_000_000, 0, 0, 16_000_000, 0]);
    let approved = authority.decides_correction(&proposed, "approved").ok();
    assert_eq!(approved["status"], "approved");
    assert_eq!(app.tranche(&sanctioned)["status"], "rejected");
    assert_eq!(year(), [10 * CRORE, 10 * CRORE, 0, 0, 0, 0]);
    authority.decides_correction(&approved, "refused").refused(409, "wrong_state");

    // Once a payment was advised on it, the bank answers first.
    let other = app.sanctioned(&tranche(&app, &award, 2));
    let late = both.proposes_correction("cancel_sanction", &other, Value::Null).ok();
    ddo.advises(&other).ok();
    authority.decides_correction(&late, "approved").refused(409, "payment_advised");
    both.proposes_correction("cancel_sanction", &other, Value::Null).refused(409, "payment_advised");
    assert_eq!(authority.decides_correction(&late, "refused").ok()["status"], "refused");
    app.must_verify();
}

#[apply(on_both!)]
fn an_award_or_a_payee_on_hold_takes_no_step_until_two_people_release_it(app: App) {
    let award = selling(&app);
    let verified = tranche(&app, &award, 1);
    let recommended = app.section_officer().recommends(&tranche(&app, &award, 2)).ok();
    let concurred = app.concurred(&tranche(&app, &award, 3));
    let sanctioned = app.sanctioned(&tranche(&app, &award, 4));
    let advised = app.disbursing_officer().advises(&app.sanctioned(&tranche(&app, &award, 5))).ok();
    let company = json!({ "id": award["organisation_id"] });
    for (hold, release, record) in [("hold_award", "release_award", &award), ("hold_payee", "release_payee", &company)]
    {
        let proposed = app.section_officer().proposes_correction(hold, record, Value::Null).ok();
        let held = app.competent_authority().decides_correction(&proposed, "approved").ok();
        let refused = app.section_officer().recommends(&verified).refused(409, "on_hold");
        says(&refused, held["about"].as_str().unwrap());
        app.finance_officer().concurs(&recommended).refused(409, "on_hold");
        app.competent_authority().sanctions(&concurred).refused(409, "on_hold");
        app.disbursing_officer().advises(&sanctioned).refused(409, "on_hold");
        app.disbursing_officer().makes_advice(&[&advised]).refused(409, "on_hold");
        let proposed = app.section_officer().proposes_correction(release, record, Value::Null).ok();
        app.section_officer().recommends(&verified).refused(409, "on_hold");
        app.competent_authority().decides_correction(&proposed, "approved").ok();
    }
    app.section_officer().recommends(&verified).ok();
    app.finance_officer().concurs(&recommended).ok();
    app.competent_authority().sanctions(&concurred).ok();
    app.disbursing_officer().advises(&sanctioned).ok();
    app.disbursing_officer().makes_advice(&[&advised]).ok();
    let list = app.auditor().sees("/corrections?limit=1");
    assert_eq!((&list["data"][0]["kind"], list["page"]["next"].is_string()), (&json!("release_payee"), true));
    app.preparer().get("/corrections").unwrap().refused(403, "not_permitted");
    app.must_verify();
}

#[apply(on_both!)]
fn a_milestone_that_is_opened_again_stops_what_rests_on_it(app: App) {
    let award = selling(&app);
    let (waits, paid) =
        (tranche(&app, &award, 1), app.paid(&tranche(&app, &award, 2), "SBINR52026090100002", "2026-09-01"));
    let commissioning = app.milestone(&award, "commissioning");
    let due = app.milestone(&award, "oxide_to_metal");
    app.verifier().proposes_correction("reopen_milestone", &due, Value::Null).refused(409, "wrong_state");
    app.corrected("reopen_milestone", &commissioning);
    let opened = app.milestone(&award, "commissioning");
    assert_eq!((&opened["status"], &opened["achieved_on"]), (&json!("reported"), &Value::Null));
    let refused = app.section_officer().recommends(&waits).refused(409, "milestone_reopened");
    says(&refused, "commissioning");
    app.must_verify();
    // The agency inspects it again, and the money goes on.
    let installed = opened["needed_mtpa"].clone();
    app.verifier().inspects(&opened, "verified", installed, "2026-09-01").ok();
    let rounds = app.milestone(&award, "commissioning")["rounds"].as_array().unwrap().clone();
    assert_eq!((rounds.len(), rounds[0]["reopened"]["reason"].as_str()), (2, Some("it was a mistake")));
    app.section_officer().recommends(&waits).ok();
    assert_eq!(app.payment(&paid)["status"], "succeeded");
    app.must_verify();
}

#[apply(on_both!)]
fn a_claim_that_is_opened_again_takes_its_tranche_back_to_the_agency(app: App) {
    let award = selling(&app);
    let sanctioned = app.sanctioned(&tranche(&app, &award, 1));
    let claim = json!({ "id": sanctioned["claim_id"] });
    let proposed = app.verifier().proposes_correction("reopen_claim", &claim, Value::Null).ok();
    // Whoever took a step on it does not open it again.
    app.competent_authority().decides_correction(&proposed, "approved").refused(409, "same_person");
    app.second("authority").decides_correction(&proposed, "approved").ok();
    let back = app.tranche(&sanctioned);
    assert_eq!((&back["status"], &back["sanction"]), (&json!("returned"), &Value::Null));
    let opened = app.auditor().sees(&at("claims", &claim));
    assert_eq!(opened["status"], "submitted");
    app.disbursing_officer().advises(&back).refused(409, "wrong_state");
    let again = app.verifier().verifies(&opened).ok();
    assert_eq!(again["tranche"]["status"], "verified");
    let paid = app.paid(&tranche(&app, &award, 2), "SBINR52026090100002", "2026-09-01");
    let of_paid = json!({ "id": app.tranche(&json!({ "id": paid["tranche_id"] }))["claim_id"] });
    app.verifier().proposes_correction("reopen_claim", &of_paid, Value::Null).refused(409, "payment_advised");
    app.must_verify();
}

#[apply(on_both!)]
fn a_mistyped_reference_or_day_is_corrected_by_a_new_entry(app: App) {
    let all = payments(&app, 3, &[0, 1]);
    app.set_clock("2026-07-03T06:30:00Z");
    let ddo = app.disbursing_officer();
    let right = "SBINR52026070177777";
    let more = json!({ "utr": right, "paid_on": "2026-07-02" });
    let proposed = ddo.proposes_correction("correct_payment", &all[0], more).ok();
    assert_eq!(proposed["change"]["was_utr"], utr(0));
    assert_eq!(app.payment(&all[0])["utr"], utr(0), "a proposal changes nothing");
    app.finance_officer().decides_correction(&proposed, "approved").ok();
    let payment = app.payment(&all[0]);
    assert_eq!((&payment["utr"], &payment["paid_on"]), (&json!(right), &json!("2026-07-02")));
    let disbursement = app.auditor().sees("/disbursements")["data"][0].clone();
    assert_eq!((&disbursement["utr"], &disbursement["paid_on"]), (&json!(right), &json!("2026-07-02")));
    let entry = app.auditor().sees(&at("corrections", &proposed));
    assert_eq!((&entry["change"]["was_utr"], &entry["change"]["was_paid_on"]), (&json!(utr(0)), &json!(TODAY)));
    app.must_verify();
    // Neither another payment's reference, nor a day of another year, nor what a scroll says otherwise.
    let proposes = |more: Value| ddo.proposes_correction("correct_payment", &all[1], more);
    proposes(json!({ "utr": right })).refused(409, "utr_already_used");
    proposes(json!({ "paid_on": "2027-04-01" })).refused(409, "date_not_allowed");
    proposes(json!({ "paid_on": "2026-07-04" })).refused(409, "date_not_allowed");
    proposes(json!({})).refused(422, "invalid_fields");
    ddo.proposes_correction("correct_payment", &all[2], json!({ "utr": "SBINR52026070155555" }))
        .refused(409, "wrong_state");
    let lines = [success(&all[1], &utr(1), EACH)];
    app.finance_officer().uploads_scroll("text/csv", &scroll("S-1", &lines), "").ok();
    proposes(json!({ "utr": "SBINR52026070155555" })).refused(409, "bank_contradicts");
    // The freed reference is free.
    ddo.confirms(&all[2], &utr(0), "2026-07-03").ok();
    assert_eq!(version(&entry), Some(2));
    app.must_verify();
}
