//! Late milestones: the days of delay, the accrued damages next to those demanded, and days that are
//! excused for a recorded ground.

use crate::harness::app::App;
use crate::harness::disarm::{must_miss, must_name};
use crate::harness::milestone_people::{MilestoneVerbs, damages};
use crate::harness::people::{Answered, CRORE, Verbs, at, says};
use crate::harness::recovery_people::Recovers;
use chrono::{Duration, NaiveDate};
use magnet_scheme::client::Person;
use serde_json::{Value, json};

/// 0.1 % of Rs 50 crore: 5 lakh.
const DAY: i64 = 50_000_000;

/// An award of the published size whose first milestone is due on 1 May 2027.
fn late(app: &App) -> (App, Value, Value) {
    let (app, award) = App::awarded_with_fifty_crore(app.engine);
    assert_eq!(award["security_required_paise"], 50 * CRORE);
    let milestone = app.milestone(&award, "oxide_to_metal");
    assert_eq!(milestone["due_on"], "2027-05-01");
    (app, award, milestone)
}

fn ordered(app: &App, notice: &Value) -> Value {
    let replied = app.signatory().replies_to(notice).ok();
    app.second("authority").orders(&replied, "confirmed", None).ok()
}

/// Filed on 4 March 2025: 0.1 % a day of Rs 50 crore, 62 days, Rs 3.10 crore. Reported in November
/// 2025: 273 days, Rs 13.65 crore.
#[apply(on_both!)]
fn the_published_case_comes_out(app: App) {
    let (app, _, milestone) = late(&app);
    app.set_clock("2027-07-02T06:30:00Z");
    let path = at("milestones", &milestone);
    let seen = app.auditor().sees(&path);
    assert_eq!(json!([seen["as_on"], seen["late"], seen["days_late"]]), json!(["2027-07-02", true, 62]));
    assert_eq!(damages(&seen), [62, 3_100_000_000, 0, 0, 0, 0, 0, 0]);
    let later = app.auditor().sees_as_on(&path, "2028-01-29");
    assert_eq!((later["days_late"].as_i64(), damages(&later)[1]), (Some(273), 13_650_000_000));

    let notice = app.second("section").asks_damages(&milestone, "2027-07-02").ok();
    assert_eq!((notice["damages"]["days"].as_i64(), notice["amount_paise"].as_i64()), (Some(62), Some(3_100_000_000)));
    assert!(notice["damages"]["spans"].is_null(), "every day between in full needs no list");
    assert_eq!(damages(&app.auditor().sees(&path)), [62, 62 * DAY, 62 * DAY, 0, 0, 0, 0, 0]);
    let due = app.second("finance").demands(&ordered(&app, &notice), "2028-01-01").ok();
    assert_eq!(damages(&app.auditor().sees(&path)), [0, 0, 0, 62 * DAY, 0, 0, 0, 62 * DAY]);
    app.second("ddo").receives(&app, &due, "DAMAGES000000001", "2027-07-02", DAY).ok();
    assert_eq!(damages(&app.auditor().sees(&path)), [0, 0, 0, 62 * DAY, DAY, 0, 0, 61 * DAY]);
    app.must_verify();
}

#[apply(on_both!)]
fn ten_of_sixty_two_days_are_excused(app: App) {
    let (app, _, milestone) = late(&app);
    app.set_clock("2027-07-02T06:30:00Z");
    let days = ("2027-05-10", "2027-05-29");
    let asked = app.signatory().asks_excuse(&milestone, "land_not_handed_over", days).ok();
    assert_eq!((asked["status"].as_str(), asked["number"].as_str()), (Some("asked"), Some("NDFEB/2027-28/EXC/0001")));
    let path = at("milestones", &milestone);
    assert_eq!(damages(&app.auditor().sees(&path))[0], 62, "damages accrue while it is asked");
    let examined = app.verifier().examines(&asked, Some(("2027-05-10", "2027-05-24"))).ok();
    let read = |person: &Person| person.sees(&at("excuses", &examined))["examination"]["note"].clone();
    assert_eq!((read(&app.auditor()), read(&app.signatory())), (json!("seen"), json!("")), "noting of the agency");
    // Fewer days than requested, and fewer than recommended.
    let granted = app.competent_authority().excuses(&examined, Some(("2027-05-11", "2027-05-20")), "2027-07-02").ok();
    assert_eq!((granted["status"].as_str(), granted["granted_to"].as_str()), (Some("granted"), Some("2027-05-20")));
    assert_eq!(app.auditor().sees(&at("excuses", &asked)), granted);

    let seen = app.auditor().sees(&path);
    assert_eq!(json!([seen["late"], seen["days_late"], seen["excused_days"]]), json!([true, 52, 10]));
    assert_eq!(damages(&seen), [52, 2_600_000_000, 0, 0, 0, 0, 0, 0]);
    let notice = app.second("section").asks_damages(&milestone, "2027-07-02").ok();
    let charged = &notice["damages"];
    assert_eq!((charged["days"].as_i64(), charged["amount_paise"].as_i64()), (Some(52), Some(2_600_000_000)));
    let spans: Vec<Value> = charged["spans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| json!([s["from"], s["to"], s["days"], s["share"]]))
        .collect();
    let expected = [json!(["2027-05-02", "2027-05-10", 9, 10_000]), json!(["2027-05-21", "2027-07-02", 43, 10_000])];
    assert_eq!(spans, expected);
    let none = app.second("section").asks_damages(&milestone, "2027-07-02").refused(409, "no_delay");
    says(&none, "already asked for up to 2027-07-02");
    app.must_verify();
}

#[apply(on_both!)]
fn damages_are_shown_as_on_any_day(app: App) {
    let (app, award, milestone) = late(&app);
    let path = at("milestones", &milestone);
    app.set_clock("2027-05-11T06:30:00Z");
    let notice = app.second("section").asks_damages(&milestone, "2027-05-11").ok();
    app.set_clock("2027-05-13T06:30:00Z");
    let order = ordered(&app, &notice);
    app.set_clock("2027-05-15T06:30:00Z");
    let due = app.second("finance").demands(&order, "2028-01-01").ok();
    app.set_clock("2027-05-20T06:30:00Z");
    app.second("ddo").receives(&app, &due, "DAMAGES000000002", "2027-05-18", 3 * DAY).ok();
    let waiver = json!({ "damages_paise": 2 * DAY });
    let proposed = app.third("finance").proposes_relief(&app.owed(&due, "2027-05-20"), "waiver", waiver).ok();
    app.third("authority").decides_relief(&proposed, "granted").ok();
    app.excused(&milestone, "force_majeure", ("2027-05-12", "2027-05-13"), "2027-05-20");
    app.reached("lodestone", &award, "oxide_to_metal", "2027-05-17");
    for (day, late, expected) in [
        ("2027-05-01", 0, [0, 0, 0, 0, 0, 0, 0, 0]),
        ("2027-05-10", 9, [9, 9 * DAY, 0, 0, 0, 0, 0, 0]),
        ("2027-05-12", 11, [11, 11 * DAY, 10 * DAY, 0, 0, 0, 0, 0]),
        ("2027-05-14", 13, [13, 13 * DAY, 10 * DAY, 0, 0, 0, 0, 0]),
        ("2027-05-15", 14, [4, 4 * DAY, 0, 10 * DAY, 0, 0, 0, 10 * DAY]),
        ("2027-05-19", 16, [6, 6 * DAY, 0, 10 * DAY, 3 * DAY, 0, 0, 7 * DAY]),
        // The excuse and the waiver are dated the 20th; no day after the 17th is late.
        ("2027-05-20", 14, [4, 4 * DAY, 0, 10 * DAY, 3 * DAY, 0, 2 * DAY, 5 * DAY]),
        ("2031-01-01", 14, [4, 4 * DAY, 0, 10 * DAY, 3 * DAY, 0, 2 * DAY, 5 * DAY]),
    ] {
        let seen = app.auditor().sees_as_on(&path, day);
        assert_eq!((seen["days_late"].as_i64(), seen["late"].as_bool()), (Some(late), Some(late > 0)), "{day}");
        assert_eq!(damages(&seen), expected, "{day}");
    }
    app.must_verify();
}

#[apply(on_both!)]
fn the_award_tells_the_damages_of_all_its_milestones(app: App) {
    let (app, award, milestone) = late(&app);
    app.set_clock("2028-05-10T06:30:00Z");
    let path = at("awards", &award);
    let due = ["2027-05-01", "2027-11-01", "2028-05-01"];
    let late = [375, 191, 9];
    let file = app.auditor().sees(&path);
    let milestones = file["milestones"].as_array().unwrap();
    assert_eq!(milestones.iter().map(|m| m["due_on"].as_str().unwrap()).collect::<Vec<_>>(), due);
    assert_eq!(milestones.iter().map(|m| m["days_late"].as_i64().unwrap()).collect::<Vec<_>>(), late);
    assert_eq!(damages(&file), [575, 575 * DAY, 0, 0, 0, 0, 0, 0]);
    assert_eq!(damages(&app.auditor().sees_as_on(&path, "2027-07-02"))[1], 62 * DAY);
    let notice = app.second("section").asks_damages(&milestone, "2027-07-02").ok();
    app.second("finance").demands(&ordered(&app, &notice), "2028-12-31").ok();
    assert_eq!(damages(&app.auditor().sees(&path)), [513, 513 * DAY, 0, 62 * DAY, 0, 0, 0, 62 * DAY]);
    let list = app.auditor().sees("/milestones?as_on=2027-11-02");
    let late: Vec<_> = list["data"].as_array().unwrap().iter().map(|m| m["days_late"].as_i64().unwrap()).collect();
    assert_eq!(late, [185, 1, 0]);
    for path in [path.as_str(), &at("milestones", &milestone), "/milestones"] {
        for day in ["yesterday", "9999-12-31", "1899-12-31"] {
            app.auditor().get(&format!("{path}?as_on={day}")).unwrap().refused(400, "bad_parameter");
        }
    }
}

#[apply(on_both!)]
fn only_days_of_the_delay_are_excused(app: App) {
    let (app, award, milestone) = late(&app);
    app.set_clock("2027-05-20T06:30:00Z");
    let signatory = app.signatory();
    let asks = |days| signatory.asks_excuse(&milestone, "force_majeure", days);
    for (days, outside) in [(("2027-05-01", "2027-05-05"), "2027-05-01"), (("2027-05-10", "2027-05-21"), "2027-05-21")]
    {
        says(&asks(days).refused(409, "date_not_allowed"), &format!("{outside} is not among"));
    }
    let turned = asks(("2027-05-10", "2027-05-09")).refused(422, "invalid_fields");
    assert_eq!(turned["errors"][0]["pointer"], "/days/to");
    let examined = app.examined(&milestone, "other", ("2027-05-02", "2027-05-20"));
    let authority = app.competent_authority();
    let decides = |days| authority.excuses(&examined, Some(days), "2027-05-20");
    decides(("2027-05-01", "2027-05-03")).refused(409, "date_not_allowed");
    authority.excuses(&examined, None, "2027-05-19").refused(409, "date_not_allowed");
    authority.excuses(&examined, None, "2027-05-21").refused(422, "invalid_fields");
    // It turned out to be reached on the tenth: later days are not part of the delay.
    app.reached("lodestone", &award, "oxide_to_metal", "2027-05-10");
    says(&decides(("2027-05-09", "2027-05-11")).refused(409, "date_not_allowed"), "2027-05-11 is not among");
    decides(("2027-05-02", "2027-05-10")).ok();
    let seen = app.auditor().sees(&at("milestones", &milestone));
    assert_eq!(json!([seen["late"], seen["days_late"], seen["excused_days"]]), json!([false, 0, 9]));
    says(&app.second("section").asks_damages(&milestone, "2027-05-20").refused(409, "no_delay"), "is excused");
    app.must_verify();
}

#[apply(on_both!)]
fn overlapping_grounds_count_a_day_once(app: App) {
    let (app, _, milestone) = late(&app);
    app.set_clock("2027-05-31T06:30:00Z");
    app.excused(&milestone, "force_majeure", ("2027-05-02", "2027-05-11"), "2027-05-31");
    app.excused(&milestone, "import_licence_or_visa", ("2027-05-07", "2027-05-16"), "2027-05-31");
    app.excused(&milestone, "force_majeure", ("2027-05-08", "2027-05-09"), "2027-05-31");
    let seen = app.auditor().sees(&at("milestones", &milestone));
    assert_eq!(json!([seen["days_late"], seen["excused_days"]]), json!([15, 15]));
    assert_eq!(damages(&seen)[..2], [15, 15 * DAY]);
    app.must_verify();
}

#[apply(on_both!)]
fn an_excuse_takes_three_people_and_none_of_them_orders_its_damages(app: App) {
    let (app, _, milestone) = late(&app);
    app.set_clock("2027-05-31T06:30:00Z");
    let days = ("2027-05-02", "2027-05-11");
    app.preparer().asks_excuse(&milestone, "other", days).refused(403, "not_permitted");
    let asked = app.signatory().asks_excuse(&milestone, "other", days).ok();
    app.section_officer().examines(&asked, Some(days)).refused(403, "not_permitted");
    app.competent_authority().excuses(&asked, Some(days), "2027-05-31").refused(409, "wrong_state");
    let both = app.person("both", &["verifier", "competent_authority", "section_officer"], None);
    let examined = both.examines(&asked, None).ok();
    let refused = both.excuses(&examined, Some(days), "2027-05-31").refused(409, "same_person");
    says(&refused, "you already did 'recommend' for this money");
    // The person who claimed damages for these days may not decide on excusing them either.
    let mixed = app.person("mixed", &["section_officer", "competent_authority"], None);
    let notice = mixed.asks_damages(&milestone, "2027-05-11").ok();
    mixed.excuses(&examined, Some(days), "2027-05-31").refused(409, "same_person");
    let refused = app.second("authority").excuses(&examined, None, "2027-05-31").ok();
    assert_eq!((refused["status"].as_str(), refused["granted_from"].as_str()), (Some("refused"), None));
    // A person who decided on the excuse may not order the damages of the same days.
    let replied = app.signatory().replies_to(&notice).ok();
    app.second("authority").orders(&replied, "confirmed", None).refused(409, "same_person");
    app.third("authority").orders(&replied, "confirmed", None).ok();
    let other_days = mixed.asks_damages(&milestone, "2027-05-20").ok();
    let replied = app.signatory().replies_to(&other_days).ok();
    app.second("authority").orders(&replied, "confirmed", None).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn what_is_ordered_is_waived_and_not_excused(app: App) {
    let (app, _, milestone) = late(&app);
    app.set_clock("2027-05-31T06:30:00Z");
    let examined = app.examined(&milestone, "force_majeure", ("2027-05-02", "2027-05-31"));
    let notice = app.second("section").asks_damages(&milestone, "2027-05-11").ok();
    let order = ordered(&app, &notice);
    let decides = |days| app.competent_authority().excuses(&examined, Some(days), "2027-05-31");
    let refused = decides(("2027-05-11", "2027-05-20")).refused(409, "damages_ordered");
    says(&refused, &format!("ordered in recovery {}", notice["number"].as_str().unwrap()));
    let due = app.second("finance").demands(&order, "2028-01-01").ok();
    says(&decides(("2027-05-02", "2027-05-11")).refused(409, "damages_ordered"), "are demanded in");
    // Days without an order for damages may still be excused.
    decides(("2027-05-12", "2027-05-31")).ok();
    let proposed = app.third("finance").proposes_relief(&due, "waiver", Value::Null).ok();
    app.third("authority").decides_relief(&proposed, "granted").ok();
    let seen = app.auditor().sees(&at("milestones", &milestone));
    assert_eq!(damages(&seen), [0, 0, 0, 10 * DAY, 0, 0, 10 * DAY, 0]);
    assert_eq!(json!([seen["days_late"], seen["excused_days"]]), json!([10, 20]));
    app.must_verify();
}

#[apply(on_both!)]
fn a_notice_asks_no_more_than_the_excuse_leaves(app: App) {
    let (app, _, milestone) = late(&app);
    app.set_clock("2027-05-31T06:30:00Z");
    let notice = app.second("section").asks_damages(&milestone, "2027-05-11").ok();
    let replied = app.signatory().replies_to(&notice).ok();
    app.excused(&milestone, "force_majeure", ("2027-05-02", "2027-05-05"), "2027-05-31");
    assert_eq!(app.auditor().sees(&at("recoveries", &notice))["damages"], notice["damages"], "the notice stays");
    let authority = app.second("authority");
    let refused = authority.orders(&replied, "confirmed", None).refused(409, "damages_excused");
    says(&refused, "₹30,00,000.00 of it is left");
    authority.orders(&replied, "reduced", Some(6 * DAY + 1)).refused(409, "damages_excused");
    let order = authority.orders(&replied, "reduced", Some(6 * DAY)).ok();
    app.second("finance").demands(&order, "2028-01-01").ok();
    // 30 days of delay, 4 excused, 10 in the notice; the excused ones are not claimed again.
    let seen = app.auditor().sees(&at("milestones", &milestone));
    assert_eq!(damages(&seen), [20, 20 * DAY, 0, 6 * DAY, 0, 0, 0, 6 * DAY]);
    assert_eq!(app.second("section").asks_damages(&milestone, "2027-05-31").ok()["damages"]["days"], 20);
    app.must_verify();
}

#[apply(on_both!)]
fn an_excuse_belongs_to_its_organisation(app: App) {
    let (app, award, milestone) = late(&app);
    app.set_clock("2027-05-31T06:30:00Z");
    let days = ("2027-05-02", "2027-05-11");
    app.signatory_of("magnetite").asks_excuse(&milestone, "other", days).refused(404, "not_found");
    let theirs = json!({ "ground": "other", "text": "x", "days": { "from": days.0, "to": days.1 },
        "evidence": [app.signatory_of("magnetite").attaches("ground")] });
    let path = format!("{}/excuses", at("milestones", &milestone));
    app.signatory().does(&path, &milestone, theirs).refused(409, "evidence_unknown");
    let asked = app.signatory().asks_excuse(&milestone, "other", days).ok();
    app.signatory_of("magnetite").get(&at("excuses", &asked)).unwrap().refused(404, "not_found");
    assert_eq!(app.signatory_of("magnetite").sees("/excuses")["data"], json!([]));
    let own = app.signatory().sees(&format!("/excuses?award_id={}&status=asked", award["id"].as_str().unwrap()));
    assert_eq!(own["data"], json!([asked]));
    assert_eq!(app.auditor().sees("/excuses?status=granted")["data"], json!([]));
    let examined = app.verifier().examines(&asked, None).ok();
    let stale = app.verifier().examines(&asked, None).refused(412, "stale_version");
    says(&stale, "you saw version 1, it is now 2");
    app.verifier().examines(&examined, None).refused(409, "wrong_state");
}

#[apply(on_both!)]
fn verify_names_a_changed_milestone_or_excuse(app: App) {
    let (app, award, milestone) = late(&app);
    app.set_clock("2027-05-31T06:30:00Z");
    let granted = app.excused(&milestone, "force_majeure", ("2027-05-02", "2027-05-11"), "2027-05-31");
    app.reached("lodestone", &award, "oxide_to_metal", "2027-05-20");
    app.must_verify();
    let (milestone, excuse) = (&milestone["id"], &granted["id"]);
    let of = |table: &str, column: &str, value: &str, id: &Value| {
        let which = format!("id = '{}'", id.as_str().unwrap());
        let kept = app.values(&format!("SELECT CAST({column} AS TEXT) AS value FROM {table} WHERE {which}"));
        let set = |value: &str| format!("UPDATE {table} SET {column} = {value} WHERE {which}");
        must_name(&app, (&set(value), &set(&format!("'{}'", kept[0]))), (table, &which), column)
    };
    for (column, value) in [
        ("due_on", "'2027-06-01'"),
        ("capital_share", "3001"),
        ("achieved_on", "'2027-05-01'"),
        ("status", "'returned'"),
        ("rounds", "REPLACE(rounds, '2027-05-20', '2027-05-02')"),
        ("rounds", "REPLACE(rounds, 'as seen', 'as told')"),
    ] {
        of("milestones", column, value, milestone);
    }
    for (column, value) in [
        ("granted_from", "'2027-05-03'"),
        ("asked_to", "'2027-05-12'"),
        ("ground", "'other'"),
        ("text", "'something else'"),
        ("decision", "REPLACE(decision, 'Order 7', 'Order 8')"),
    ] {
        let fault = of("excuses", column, value, excuse);
        assert!(fault.contains("(NDFEB/2027-28/EXC/0001)"), "{column}: {fault}");
    }
    must_miss(&app, ("excuses", "1 = 1"));
}

#[apply(on_both!)]
fn the_control_of_delays_lists_what_an_answer_leaves_open(app: App) {
    let (app, _, milestone) = late(&app);
    let found = || -> Option<String> {
        let run = app.asks_controls();
        let results = run["results"].as_array().unwrap();
        let delays = results.iter().find(|one| one["control"] == "delays_answered").unwrap();
        let said = delays["counterexamples"][0]["found"].as_str()?;
        Some(said.rsplit("an excuse for ").next().unwrap().to_owned())
    };
    assert_eq!(found(), None, "it is not due yet");
    let due: NaiveDate = milestone["due_on"].as_str().unwrap().parse().unwrap();
    let day = |n: i64| (due + Duration::days(n)).to_string();
    app.set_clock(&format!("{}T06:30:00Z", day(62)));
    assert_eq!(found(), Some(format!("62 days from {} to {}", day(1), day(62))));

    // Ten days are excused, two more are refused: fifty-two are left on both sides of them.
    let asked = app.signatory().asks_excuse(&milestone, "other", (&day(10), &day(21))).ok();
    assert_eq!(found(), Some(format!("50 days from {} to {}", day(1), day(62))), "twelve wait for a decision");
    let examined = app.verifier().examines(&asked, Some((&day(10), &day(21)))).ok();
    app.competent_authority().excuses(&examined, Some((&day(10), &day(19))), &day(62)).ok();
    assert_eq!(found(), Some(format!("52 days from {} to {}", day(1), day(62))));
    // Damages up to a day answer the days until then, and no others; a withdrawn notice answers none.
    let notice = app.second("section").asks_damages(&milestone, &day(40)).ok();
    assert_eq!(found(), Some(format!("22 days from {} to {}", day(41), day(62))));
    app.second("section").step(&notice, "withdrawal", json!({ "reason": "by mistake" })).ok();
    assert_eq!(found(), Some(format!("52 days from {} to {}", day(1), day(62))));
    app.second("section").asks_damages(&milestone, &day(62)).ok();
    assert_eq!(found(), None);
    app.must_verify();
}
