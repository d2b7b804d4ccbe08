//! What an award that is over still owes binds its guarantees: what was paid under an award that was ended, damages
//! that accrued, notices that are open. It is settled, or two people decide that nothing more is due.

use crate::award::securities::{REQUIRED, SecurityVerbs};
use crate::correction::corrections::Corrects;
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at, says};
use crate::harness::recovery_people::Recovers;
use domain::base::money::Paise;
use serde_json::{Value, json};

/// What was paid under the award before its winner walked away.
const PAID: i64 = 15 * CRORE;

/// An award under which 15 crore were paid, with a guarantee for all that it requires and that can be called until the
/// end of 2030. Its winner walks away on the same day.
fn ended(app: &App) -> (Value, Value, Value) {
    let award = app.bare_award();
    let guarantee = lodged(app, &award, "BG-1", REQUIRED);
    let reached = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let claim = app.claimed_capital("lodestone", &award, &reached, 100 * CRORE);
    let paid = app.paid(&app.verifier().verifies(&claim).ok()["tranche"], "SBINR52026050100001", "2026-05-01");
    assert_eq!(paid["disbursement"]["amount_paise"], PAID);
    app.corrected("end_award", &award);
    (award, guarantee, paid["disbursement"].clone())
}

fn lodged(app: &App, award: &Value, number: &str, paise: i64) -> Value {
    let form = json!({
        "guarantee_number": number, "bank": "Sample Bank", "amount_paise": paise, "issued_on": "2026-04-15",
        "expires_on": "2028-06-30", "claim_expires_on": "2030-12-31",
        "evidence_id": app.signatory().attaches("guarantee"),
    });
    let lodged = app.signatory().post(&format!("{}/securities", at("awards", award)), None, &form).unwrap().ok();
    app.confirmed_by_bank(&lodged)
}

#[apply(on_both!)]
fn what_was_paid_under_an_award_that_was_ended_binds_its_guarantee_before_a_notice(app: App) {
    let (award, guarantee, paid) = ended(&app);
    // A minute before the section officer writes the notice.
    let authority = app.competent_authority();
    let needed = authority.releases(&guarantee).refused(409, "security_needed");
    says(&needed, "₹0.00 of the required ₹15,00,00,000.00 would be left");
    says(&needed, "₹15,00,00,000.00 was paid under the award, which was ended, and is not asked back");
    // A second guarantee takes its place only when its bank can be asked for all that is owed.
    let small = lodged(&app, &award, "BG-2", PAID - 1);
    authority.releases(&guarantee).refused(409, "security_needed");
    let top = lodged(&app, &award, "BG-3", 1);
    let released = authority.releases(&guarantee).ok();
    assert_eq!(released["status"], "released");
    for bound in [&small, &top] {
        authority.releases(bound).refused(409, "security_needed");
    }

    // The notice, its order and its demand bind them in turn, also after the last day that they cover.
    let notice = app.second("section").asks_back(&paid, PAID).ok();
    says(&authority.releases(&top).refused(409, "security_needed"), "recovery NDFEB/2026-27/REC/0001 is noticed");
    app.second("section").proposes_correction("nothing_due", &award, Value::Null).refused(409, "award_owes");
    let replied = app.signatory().replies_to(&notice).ok();
    let ordered = app.second("authority").orders(&replied, "confirmed", None).ok();
    let demanded = app.second("finance").demands(&ordered, "2028-12-31").ok();
    app.set_clock("2028-07-01T06:30:00Z");
    let owed = app.owed(&demanded, "2028-07-01")["statement"]["total_paise"].as_i64().unwrap();
    assert!(owed > PAID, "with the interest to the day");
    // What was never built is late by then too.
    let owed = owed + app.auditor().sees(&at("awards", &award))["damages"]["accrued_paise"].as_i64().unwrap();
    let needed = authority.releases(&small).refused(409, "security_needed");
    says(&needed, &format!("of the required {} would be left", Paise(owed)));
    app.must_verify();
}

#[apply(on_both!)]
fn two_people_decide_that_nothing_more_is_due(app: App) {
    let (award, guarantee, paid) = ended(&app);
    let (section, authority) = (app.second("section"), app.competent_authority());
    // A notice that the authority drops decides on itself alone; whether anything is due then is decided apart.
    let notice = section.asks_back(&paid, PAID).ok();
    let replied = app.signatory().replies_to(&notice).ok();
    app.second("authority").orders(&replied, "dropped", None).ok();
    authority.releases(&guarantee).refused(409, "security_needed");
    let proposed = section.proposes_correction("nothing_due", &award, Value::Null).ok();
    section.decides_correction(&proposed, "approved").refused(403, "not_permitted");
    authority.releases(&guarantee).refused(409, "security_needed");

    // What begins between the proposal and the decision is in its way.
    let late = section.asks_back(&paid, CRORE).ok();
    let refused = app.second("authority").decides_correction(&proposed, "approved").refused(409, "award_owes");
    says(&refused, "recovery NDFEB/2026-27/REC/0002 is noticed");
    section.step(&late, "withdrawal", json!({ "reason": "by mistake" })).ok();
    app.second("authority").decides_correction(&proposed, "approved").ok();
    assert_eq!(authority.releases(&guarantee).ok()["status"], "released");
    app.must_verify();
}

#[apply(on_both!)]
fn damages_that_accrued_bind_the_guarantee_of_an_award_whose_last_day_is_past(app: App) {
    let award = app.bare_award();
    let form = json!({
        "guarantee_number": "BG-1", "bank": "Sample Bank", "amount_paise": REQUIRED, "issued_on": "2026-04-15",
        "expires_on": "2034-12-31", "evidence_id": app.signatory().attaches("guarantee"),
    });
    let lodged = app.signatory().post(&format!("{}/securities", at("awards", &award)), None, &form).unwrap().ok();
    let guarantee = app.confirmed_by_bank(&lodged);
    let early = app.second("section").proposes_correction("nothing_due", &award, Value::Null);
    says(&early.refused(409, "award_owes"), "the award runs until");
    // Nothing was ever built.
    app.set_clock("2033-05-01T06:30:00Z");
    let needed = app.competent_authority().releases(&guarantee).refused(409, "security_needed");
    says(&needed, "of damages accrued on milestone oxide_to_metal and is not demanded");
    says(&needed, "of damages accrued on milestone commissioning and is not demanded");
    app.corrected("nothing_due", &award);
    assert_eq!(app.competent_authority().releases(&guarantee).ok()["status"], "released");
    app.must_verify();
}
