//! Liquidated damages for late milestones: a share of the performance security for each day.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, says};
use crate::harness::recovery_people::{Recovers, parts};
use serde_json::{Value, json};

const DUES: &str = "recovery:ndfeb-2025-proposal:capital_subsidy:NDFEB/2026-27/AWD/0001";

/// An award whose first milestone is due on 1 May 2027 and late.
fn late(app: &App) -> (Value, Value) {
    app.window_is_open();
    let award = app.awarded("lodestone", 900);
    let milestone = app.milestone(&award, "oxide_to_metal");
    assert_eq!(milestone["due_on"], "2027-05-01");
    (award, milestone)
}

fn demanded(app: &App, notice: &Value) -> Value {
    let replied = app.signatory().replies_to(notice).ok();
    let ordered = app.second("authority").orders(&replied, "confirmed", None).ok();
    app.second("finance").demands(&ordered, "2028-01-01").ok()
}

#[apply(on_both!)]
fn sixty_two_late_days_cost_six_point_two_percent_of_the_security(app: App) {
    let (award, milestone) = late(&app);
    app.set_clock("2027-07-02T06:30:00Z");
    let notice = app.second("section").asks_damages(&milestone, "2027-07-02").ok();
    let security = award["security_required_paise"].as_i64().unwrap();
    // The golden figure: 62 days x 0.1 % x Rs 50 crore = Rs 3.10 crore. Here the same share of this
    // award's own security is used; the figure itself is tested in domain/recovery/damages.rs.
    let amount = security / 1_000 * 62;
    assert_eq!(50 * CRORE / 1_000 * 62, 3_100_000_000);
    let expected = json!({
        "from": "2027-05-02", "to": "2027-07-02", "days": 62, "security_paise": security, "basis_points_per_day": 10,
        "amount_paise": amount,
    });
    assert_eq!((&notice["damages"], notice["amount_paise"].as_i64()), (&expected, Some(amount)));
    let due = demanded(&app, &notice);
    assert_eq!(app.holds(&format!("{DUES}:damages_due")), amount);
    app.second("ddo")
        .receives(&app, &due, "DAMAGES000000001", "2027-07-02", amount + 1)
        .refused(409, "receipt_exceeds_due");
    let settled = app.second("ddo").receives(&app, &due, "DAMAGES000000001", "2027-07-02", amount).ok();
    assert_eq!((settled["status"].as_str(), parts(&settled["credit"])), (Some("settled"), [0, 0, amount]));
    assert_eq!(app.holds(&format!("{DUES}:damages_recovered")), amount);
    let outlay = "outlay:ndfeb-2025-proposal:capital_subsidy:recovered";
    assert_eq!(app.holds(outlay), 0, "damages are no money of the scheme");
    app.must_verify();
}

#[apply(on_both!)]
fn no_day_is_charged_twice_and_none_after_the_milestone(app: App) {
    let (award, milestone) = late(&app);
    let section = app.second("section");
    app.set_clock("2027-05-01T06:30:00Z");
    says(&section.asks_damages(&milestone, "2027-05-01").refused(409, "no_delay"), "is due on 2027-05-01");
    app.set_clock("2027-05-20T06:30:00Z");
    section.asks_damages(&milestone, "2027-05-21").refused(422, "invalid_fields");
    let first = section.asks_damages(&milestone, "2027-05-11").ok();
    assert_eq!(first["damages"]["days"], 10);
    says(
        &section.asks_damages(&milestone, "2027-05-11").refused(409, "no_delay"),
        "already asked for up to 2027-05-11",
    );
    let second = section.asks_damages(&milestone, "2027-05-12").ok();
    assert_eq!((second["damages"]["from"].as_str(), second["damages"]["days"].as_i64()), (Some("2027-05-12"), Some(1)));
    // Dropped damages may be claimed again.
    let replied = app.signatory().replies_to(&second).ok();
    app.second("authority").orders(&replied, "dropped", None).ok();
    app.reached("lodestone", &award, "oxide_to_metal", "2027-05-15");
    let last = section.asks_damages(&milestone, "2027-05-20").ok();
    let days = (last["damages"]["from"].as_str(), last["damages"]["to"].as_str(), last["damages"]["days"].as_i64());
    assert_eq!(days, (Some("2027-05-12"), Some("2027-05-15"), Some(4)));
    section.asks_damages(&milestone, "2027-05-20").refused(409, "no_delay");
    app.must_verify();
}

#[apply(on_both!)]
fn damages_bear_no_interest_and_may_be_waived(app: App) {
    let (_, milestone) = late(&app);
    app.set_clock("2027-05-11T06:30:00Z");
    let notice = app.second("section").asks_damages(&milestone, "2027-05-11").ok();
    let amount = notice["amount_paise"].as_i64().unwrap();
    let due = demanded(&app, &notice);
    assert_eq!(app.owed(&due, "2030-01-01")["statement"]["total_paise"], amount);
    let waiver = json!({ "damages_paise": amount / 2 });
    let proposed = app.third("finance").proposes_relief(&due, "waiver", waiver).ok();
    let waived = app.third("authority").decides_relief(&proposed, "granted").ok();
    assert_eq!(waived["damages_due_paise"], amount - amount / 2);
    assert_eq!(app.holds(&format!("{DUES}:waived")), amount / 2);
    let proposed = app.third("finance").proposes_relief(&waived, "waiver", Value::Null).ok();
    assert_eq!(app.third("authority").decides_relief(&proposed, "granted").ok()["status"], "settled");
    app.must_verify();
}
