//! Liquidated damages for late milestones: a share of the performance security for each day.

use crate::harness::app::App;
use crate::harness::milestone_people::MilestoneVerbs;
use crate::harness::people::{Answered, CRORE, Verbs, at, says};
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

/// What the record of a milestone says of its damages.
fn standing(app: &App, milestone: &Value) -> Value {
    app.auditor().sees(&at("milestones", milestone))["damages"].clone()
}

#[apply(on_both!)]
fn an_achievement_that_is_back_dated_undoes_nothing_that_is_demanded(app: App) {
    let (award, milestone) = late(&app);
    app.set_clock("2027-07-02T06:30:00Z");
    let section = app.second("section");
    let first = section.asks_damages(&milestone, "2027-05-31").ok();
    let due = demanded(&app, &first);
    let second = section.asks_damages(&milestone, "2027-07-02").ok();
    let before = standing(&app, &milestone);
    let a_day = award["security_required_paise"].as_i64().unwrap() / 1_000;
    assert_eq!((&before["demanded_paise"], &before["accrued_paise"]), (&json!(30 * a_day), &json!(32 * a_day)));
    assert_eq!(before["noticed_paise"], before["accrued_paise"]);

    // The company reports in July that it was ready on the tenth late day, and the agency finds it so.
    app.reached("lodestone", &award, "oxide_to_metal", "2027-05-11");
    let now = app.auditor().sees(&at("recoveries", &due));
    assert_eq!((&now["status"], &now["damages_due_paise"]), (&json!("demanded"), &json!(30 * a_day)));
    let after = standing(&app, &milestone);
    assert_eq!((&after["demanded_paise"], &after["due_paise"]), (&json!(30 * a_day), &json!(30 * a_day)));
    assert_eq!((&after["accrued_paise"], &after["noticed_paise"]), (&json!(0), &json!(0)));

    // What is only noticed cannot be ordered any more, and what is demanded is given up by its people alone.
    let replied = app.signatory().replies_to(&second).ok();
    let refused = app.second("authority").orders(&replied, "confirmed", None).refused(409, "damages_excused");
    says(&refused, "₹0.00 of it is left to order");
    app.second("authority").orders(&replied, "dropped", None).ok();
    let proposed = app.third("finance").proposes_relief(&now, "waiver", json!({ "damages_paise": 20 * a_day })).ok();
    let waived = app.third("authority").decides_relief(&proposed, "granted").ok();
    assert_eq!(waived["damages_due_paise"], 10 * a_day);
    app.must_verify();
}

/// A scheme whose damages of one milestone come to thirty days at most.
fn limited(app: &App) -> App {
    let text = include_str!("../../../config/schemes/ndfeb-2025-proposal-2.toml");
    let rate = "basis_points_per_day = 10";
    let cap = format!("{rate}\ncap = {{ basis_points = 300, basis = \"assumption\", source = \"a test\" }}");
    let text = text.replacen("version = 2", "version = 1", 1).replacen(rate, &cap, 1);
    App::with_only(app.engine, text)
}

#[apply(on_both!)]
fn damages_come_to_their_limit_and_no_further(app: App) {
    let app = limited(&app);
    let (award, milestone) = late(&app);
    let section = app.second("section");
    app.set_clock("2027-05-21T06:30:00Z");
    let a_day = award["security_required_paise"].as_i64().unwrap() / 1_000;
    let first = section.asks_damages(&milestone, "2027-05-21").ok();
    assert_eq!(first["amount_paise"], 20 * a_day);
    app.set_clock("2027-07-02T06:30:00Z");
    // Three per cent of the security are thirty days; 62 have passed.
    assert_eq!(standing(&app, &milestone)["accrued_paise"], 30 * a_day);
    let second = section.asks_damages(&milestone, "2027-07-02").ok();
    assert_eq!((&second["amount_paise"], &second["damages"]["most_paise"]), (&json!(10 * a_day), &json!(10 * a_day)));
    demanded(&app, &first);
    demanded(&app, &second);
    app.set_clock("2027-08-02T06:30:00Z");
    let now = standing(&app, &milestone);
    assert_eq!((&now["demanded_paise"], &now["accrued_paise"]), (&json!(30 * a_day), &json!(0)));
    says(&section.asks_damages(&milestone, "2027-08-02").refused(409, "no_delay"), "is charged already");
    app.must_verify();
}

#[apply(on_both!)]
fn days_beyond_the_limit_stay_open_until_others_are_dropped_or_excused(app: App) {
    let app = limited(&app);
    let (award, milestone) = late(&app);
    let section = app.second("section");
    app.set_clock("2027-07-02T06:30:00Z");
    let a_day = award["security_required_paise"].as_i64().unwrap() / 1_000;
    let first = section.asks_damages(&milestone, "2027-05-21").ok();
    let second = section.asks_damages(&milestone, "2027-07-02").ok();
    assert_eq!((&second["amount_paise"], &second["damages"]["to"]), (&json!(10 * a_day), &json!("2027-05-31")));
    let replied = app.signatory().replies_to(&first).ok();
    app.second("authority").orders(&replied, "dropped", None).ok();
    let third = section.asks_damages(&milestone, "2027-07-02").ok();
    assert_eq!((&third["amount_paise"], &third["damages"]["to"]), (&json!(20 * a_day), &json!("2027-05-21")));

    // Whoever dropped the notice judged these days already, and does not excuse them.
    let days = ("2027-05-02", "2027-05-11");
    let examined = app.examined(&milestone, "force_majeure", days);
    app.second("authority").excuses(&examined, Some(days), "2027-07-02").refused(409, "same_person");
    app.third("authority").excuses(&examined, Some(days), "2027-07-02").ok();
    let replied = app.signatory().replies_to(&third).ok();
    let fourth_authority = app.person("fourth-authority", &["competent_authority"], None);
    fourth_authority.orders(&replied, "confirmed", None).refused(409, "damages_excused");
    fourth_authority.orders(&replied, "reduced", Some(10 * a_day)).ok();
    let last = section.asks_damages(&milestone, "2027-07-02").ok();
    assert_eq!(
        (&last["amount_paise"], &last["damages"]["from"], &last["damages"]["to"]),
        (&json!(10 * a_day), &json!("2027-06-01"), &json!("2027-06-10")),
        "so that all thirty days of the limit are charged"
    );
    app.must_verify();
}
