//! What waits for whom, whose clock runs out first, what somebody cannot act on, and who can.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at};
use crate::harness::recovery_people::Recovers;
use crate::harness::return_people::ReturnVerbs;
use crate::worklist::Shows;
use domain::worklist::matter::MatterKind;
use domain::worklist::rule::OUTSIDE;
use magnet_scheme::client::Person;
use magnet_scheme::web::routes::operations;
use serde_json::{Value, json};

/// What waits for a person: kind, number or title, act, and the day on which the first clock runs out.
fn waits_for(person: &Person) -> Vec<[String; 4]> {
    rows(&person.shows("/worklist"))
}

fn rows(worklist: &Value) -> Vec<[String; 4]> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let row = |row: &Value| {
        let name = if row["number"].is_null() { &row["title"] } else { &row["number"] };
        [text(&row["kind"]), text(name), text(&row["waiting"]["ends_with"]), text(&row["waiting"]["until"])]
    };
    worklist["data"].as_array().unwrap().iter().map(row).collect()
}

/// The rows of one kind.
fn of_kind(person: &Person, kind: &str) -> Vec<Value> {
    person.shows(&format!("/worklist?kind={kind}"))["data"].as_array().unwrap().clone()
}

#[apply(on_both!)]
fn a_tranche_waits_for_one_desk_after_the_other(app: App) {
    let tranche = app.tranche_of_15_crore();
    let number = tranche["number"].as_str().unwrap();
    let desks = [
        (app.section_officer(), "recommend_tranche", "2026-05-06"),
        (app.finance_officer(), "concur_tranche", "2026-05-08"),
        (app.competent_authority(), "sanction_tranche", "2026-05-08"),
        (app.disbursing_officer(), "advise_payment", "2026-05-05"),
    ];
    let mut file = tranche.clone();
    for (place, (person, act, until)) in desks.iter().enumerate() {
        let row = ["tranche", number, act, until].map(str::to_owned);
        assert!(waits_for(person).contains(&row), "{act}: {:?}", waits_for(person));
        for (other, (nobody, ..)) in desks.iter().enumerate() {
            assert_eq!(of_kind(nobody, "tranche").len(), usize::from(other == place), "{act}, desk {other}");
        }
        file = match place {
            0 => person.recommends(&file).ok(),
            1 => person.concurs(&file).ok(),
            2 => person.sanctions(&file).ok(),
            _ => person.advises(&file).ok(),
        };
    }
    assert!(of_kind(&app.disbursing_officer(), "tranche").is_empty(), "now its payment waits");
    let payment = &of_kind(&app.disbursing_officer(), "payment")[0];
    assert_eq!(
        (&payment["state"], &payment["waiting"]["ends_with"]),
        (&json!("without_file"), &json!("make_payment_advice"))
    );
    app.disbursing_officer().confirms(&file, "SBINR52026050100001", "2026-05-01").ok();
    assert!(of_kind(&app.disbursing_officer(), "payment").is_empty());
}

#[apply(on_both!)]
fn a_row_says_what_happens_if_nothing_is_done(app: App) {
    let tranche = app.tranche_of_15_crore();
    let row = of_kind(&app.section_officer(), "tranche").remove(0);
    assert_eq!(row["amount_paise"], 15 * CRORE);
    assert_eq!(row["company"], "Sample lodestone Ltd");
    assert_eq!(row["path"], format!("/api/v1{}", at("tranches", &tranche)));
    assert_eq!(row["waiting"]["offices"], json!(["section_officer"]));
    assert_eq!(row["waiting"]["since"], tranche["steps"].as_array().unwrap().last().unwrap()["taken_at"]);
    let clocks = row["waiting"]["clocks"].as_array().unwrap();
    assert_eq!(
        clocks[0]["then"],
        json!({ "code": "desk_time_over", "arguments": { "days": 5, "after": "2026-05-06" } })
    );
    let held_until = tranche["held_until"].as_str().unwrap();
    let returns =
        json!({ "code": "reservation_returns", "arguments": { "amount_paise": 15 * CRORE, "after": held_until } });
    assert_eq!((&clocks[1]["until"], &clocks[1]["then"]), (&json!(held_until), &returns));
    // The desk time passes: nothing happens by itself, but both sides see it.
    app.set_clock("2026-05-07T06:30:00Z");
    let late = app.section_officer().shows("/worklist?kind=tranche");
    assert_eq!((&late["data"][0]["overdue"], &late["totals"][0]["overdue"]), (&json!(true), &json!(1)));
}

#[apply(on_both!)]
fn whoever_took_an_earlier_step_is_told_who_can(app: App) {
    let both = app.person("both", &["section_officer", "finance_officer"], None);
    let tranche = app.tranche_of_15_crore();
    both.recommends(&tranche).ok();
    let list = both.shows("/worklist?kind=tranche");
    assert!(list["data"].as_array().unwrap().is_empty() && list["count"] == 0, "{list}");
    let blocked = &list["cannot_act"]["data"][0];
    assert_eq!((&list["cannot_act"]["count"], &blocked["earlier_step"]), (&json!(1), &json!("recommend")));
    assert_eq!(blocked["who_can"], Value::Null, "nobody else holds the office");
    app.finance_officer();
    let list = both.shows("/worklist?kind=tranche");
    let who = list["cannot_act"]["data"][0]["who_can"].as_array().unwrap();
    assert_eq!(
        (who.len(), &who[0]["name"], &who[0]["office"]),
        (1, &json!("Sample finance"), &json!("finance_officer"))
    );
    // For the other finance officer it is a row like any other.
    assert_eq!(of_kind(&app.finance_officer(), "tranche").len(), 1);
}

#[apply(on_both!)]
fn others_are_counted_by_office(app: App) {
    let tranche = app.tranche_of_15_crore();
    let others = |person: &Person| person.shows("/worklist?kind=tranche")["waiting_for_others"].clone();
    let by_section = json!({ "count": 1, "by_office": [{ "office": "section_officer", "count": 1 }] });
    assert_eq!(others(&app.finance_officer()), by_section);
    assert_eq!(others(&app.signatory()), by_section, "the company sees where its file lies");
    app.section_officer().recommends(&tranche).ok();
    assert_eq!(others(&app.finance_officer())["count"], 0);
}

#[apply(on_both!)]
fn a_query_stops_the_clock_of_the_office_and_starts_that_of_the_applicant(app: App) {
    app.window_is_open();
    let application = app.submitted("lodestone", 900);
    let row = of_kind(&app.verifier(), "application").remove(0);
    assert_eq!((&row["state"], &row["waiting"]["until"]), (&json!("submitted"), &json!("2026-05-31")));
    app.set_clock("2026-05-11T06:30:00Z");
    let asked = app.verifier().asks(&application, "Which oxide?").ok();
    assert!(of_kind(&app.verifier(), "application").is_empty());
    let row = of_kind(&app.signatory(), "application").remove(0);
    assert_eq!((&row["waiting"]["side"], &row["waiting"]["until"]), (&json!("applicant"), &json!("2026-05-26")));
    assert_eq!(row["waiting"]["standing"]["days_left"], 20);
    app.set_clock("2026-05-20T06:30:00Z");
    app.preparer().replies(&asked, 1, "The sample oxide.").ok();
    let row = of_kind(&app.verifier(), "application").remove(0);
    assert_eq!(row["waiting"]["until"], "2026-06-09", "nine days of the applicant do not count");
}

#[apply(on_both!)]
fn a_query_about_a_claim_or_milestone_stops_the_clock_of_the_office_too(app: App) {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let claim = app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
    let second = app.milestone(&award, "metal_to_alloy");
    let reported = app.preparer().reports(&second, json!({ "metal_to_alloy": 900 }), "2026-05-01").ok();
    for (noun, kind, record) in [("claims", "claim", &claim), ("milestones", "milestone", &reported)] {
        let before = of_kind(&app.verifier(), kind).remove(0)["waiting"]["until"].clone();
        let asked = app.verifier().asks_about(noun, record, "Which plant?").ok();
        assert!(of_kind(&app.verifier(), kind).is_empty(), "{kind}");
        let row = of_kind(&app.signatory(), kind).into_iter().find(|row| row["state"] == "query_open").unwrap();
        assert_eq!((&row["waiting"]["side"], &row["id"]), (&json!("applicant"), &record["id"]));
        app.preparer().replies_about(noun, &asked, 1, "The plant at Sample.").ok();
        assert_eq!(of_kind(&app.verifier(), kind).remove(0)["waiting"]["until"], before, "answered on the same day");
    }
    let returned = app.verifier().sends_back("claims", &app.verifier().sees(&at("claims", &claim))).ok();
    let turn = |person: &Person| {
        let rows = of_kind(person, "claim");
        rows.into_iter().map(|row| [row["id"].clone(), row["state"].clone()]).collect::<Vec<_>>()
    };
    let row = of_kind(&app.preparer(), "claim").remove(0);
    assert_eq!(row["waiting"]["ends_with"], "change_claim", "the preparer corrects it");
    assert_eq!(turn(&app.preparer()), [[returned["id"].clone(), json!("returned")]]);
    assert!(turn(&app.signatory()).is_empty(), "it is not the turn of the signatory yet");
    let form = app.capital_form("lodestone", &milestone, 90 * CRORE);
    app.preparer().corrects(&returned, &form).ok();
    assert!(turn(&app.preparer()).is_empty(), "the preparer is done");
    assert_eq!(turn(&app.signatory()), [[returned["id"].clone(), json!("corrected")]]);
}

#[apply(on_both!)]
fn a_company_is_told_of_a_rejection_for_a_month_and_nobody_else_is(app: App) {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let claimed = || app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
    let by_agency = app.verifier().rejects_claim(&claimed()).ok();
    let with_tranche = claimed();
    let tranche = app.verifier().verifies(&with_tranche).ok()["tranche"].clone();
    app.section_officer().rejects(&tranche).ok();
    for person in [app.preparer(), app.signatory()] {
        let rows = of_kind(&person, "rejected_claim");
        let ids: Vec<&Value> = rows.iter().map(|row| &row["id"]).collect();
        assert_eq!(ids, [&by_agency["id"]]);
        let waiting = &rows[0]["waiting"];
        assert_eq!((&waiting["ends_with"], &waiting["until"]), (&json!("show_claim"), &json!("2026-05-31")));
        assert_eq!(waiting["clocks"][0]["then"]["code"], "shown_no_more");
        let rows = of_kind(&person, "rejected_tranche");
        assert_eq!(rows.iter().map(|row| &row["id"]).collect::<Vec<_>>(), [&tranche["id"]], "its claim goes on");
    }
    let (other, office) = (app.signatory_of("terbia"), app.verifier().shows("/worklist?kind=rejected_claim"));
    assert!(of_kind(&other, "rejected_claim").is_empty() && office["waiting_for_others"]["count"] == 0, "{office}");
    assert_eq!(app.signatory().shows(&at("claims", &by_agency))["waiting"], json!([]), "it waits for nobody");
    app.set_clock("2026-05-31T06:30:00Z");
    assert_eq!(of_kind(&app.signatory(), "rejected_claim").len(), 1, "on the last day too");
    app.set_clock("2026-06-01T06:30:00Z");
    assert!(of_kind(&app.signatory(), "rejected_claim").is_empty(), "it ends by itself");
}

#[apply(on_both!)]
fn a_company_is_told_when_a_part_of_its_claim_is_rejected_or_its_time_is_over(mut app: App) {
    app.window_is_open();
    app.provided("sales_linked_incentive", "2026-27", 10 * CRORE);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-06-30T06:30:00Z");
    let sales = |day, kg| app.claimed_sales("lodestone", &award, Sales::at_the_rate(day, day, kg));
    let verified = app.verifier().verifies(&sales("2026-05-01", 100_000)).ok();
    app.provided("sales_linked_incentive", "2026-27", 6 * CRORE);
    let path = format!("{}/tranches", at("claims", &verified));
    let part = app.verifier().does(&path, &verified, json!({})).ok()["tranche"].clone();
    app.section_officer().rejects(&part).ok();
    let rows = of_kind(&app.signatory(), "rejected_tranche");
    assert_eq!(rows.iter().map(|row| &row["id"]).collect::<Vec<_>>(), [&part["id"]]);
    assert_eq!(
        (&rows[0]["amount_paise"], &rows[0]["waiting"]["ends_with"]),
        (&json!(6 * CRORE), &json!("show_tranche"))
    );
    assert!(of_kind(&app.signatory(), "rejected_claim").is_empty(), "the claim goes on");

    // A tranche that ends because nobody acted in time is told as well, since the hold ended.
    let held = verified["tranche"]["held_until"].as_str().unwrap();
    let after = held.parse::<chrono::NaiveDate>().unwrap().succ_opt().unwrap();
    app.set_clock(&format!("{after}T06:30:00Z"));
    app.serve(false);
    let rows = of_kind(&app.signatory(), "rejected_tranche");
    assert_eq!(rows.iter().map(|row| &row["id"]).collect::<Vec<_>>(), [&verified["tranche"]["id"]], "{after}");
    assert!(of_kind(&app.signatory(), "rejected_claim").is_empty(), "its claim goes on");
    assert!(rows[0]["waiting"]["since"].as_str().unwrap().starts_with(&after.to_string()), "{}", rows[0]);
}

#[apply(on_both!)]
fn a_returned_tranche_waits_at_the_desk_to_which_it_was_returned(app: App) {
    let recommended = app.section_officer().recommends(&app.tranche_of_15_crore()).ok();
    app.set_clock("2026-05-03T06:30:00Z");
    let returned = app.finance_officer().returns_to(&recommended, "recommend").ok();
    assert!(of_kind(&app.finance_officer(), "tranche").is_empty());
    let row = of_kind(&app.section_officer(), "tranche").remove(0);
    assert_eq!((&row["id"], &row["waiting"]["until"]), (&returned["id"], &json!("2026-05-08")), "its time begins anew");
}

#[apply(on_both!)]
fn a_company_sees_its_own_matters_only(app: App) {
    app.window_is_open();
    app.submitted("lodestone", 900);
    let other = app.preparer_of("terbia");
    other.drafts(&app.good_form(&other, 700)).ok();
    let own = |person: &Person| {
        let rows = person.shows("/worklist")["data"].as_array().unwrap().clone();
        rows.iter().map(|row| row["company"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(own(&app.signatory_of("terbia")), ["Sample terbia Ltd"], "its draft waits for its signatory");
    assert!(own(&app.signatory()).is_empty());
    let terbia = app.organisation("terbia");
    let asked = format!("/worklist?organisation_id={}", terbia["id"].as_str().unwrap());
    app.signatory().get(&asked).unwrap().refused(404, "not_found");
    let of_terbia = app.verifier().shows(&asked);
    assert!(rows(&of_terbia).is_empty() && of_terbia["waiting_for_others"]["count"] == 1, "{of_terbia}");
}

#[apply(on_both!)]
fn pages_follow_each_other_and_filters_narrow(app: App) {
    let award = app.selling();
    app.set_clock("2026-06-01T06:30:00Z");
    for day in ["2026-05-01", "2026-05-02", "2026-05-03"] {
        app.tranche_for_sales("lodestone", &award, Sales::at_the_rate(day, day, 100));
    }
    let section = app.section_officer();
    let whole = rows(&section.shows("/worklist?kind=tranche"));
    assert_eq!(whole.len(), 3);
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = section.shows(&format!("/worklist?kind=tranche&limit=2{cursor}"));
        assert_eq!((&page["count"], &page["totals"][0]["amount_paise"]), (&json!(3), &json!(3 * 100 * 160_000)));
        paged.extend(rows(&page));
        match page["page"]["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, whole);
    let none = section.shows("/worklist?scheme_code=another%27");
    assert!(rows(&none).is_empty() && none["waiting_for_others"]["count"] == 0);
    section.get("/worklist?limit=0").unwrap().refused(400, "bad_parameter");
    section.get("/worklist?kind=matter").unwrap().refused(400, "bad_parameter");
}

#[apply(on_both!)]
fn recoveries_instruments_and_the_auditor_wait_too(app: App) {
    let award = app.selling();
    let disbursement = app.paid_for(&award, 1_000);
    let notice = app.second("section").asks_back(&disbursement, CRORE / 100).ok();
    assert_eq!(of_kind(&app.signatory(), "recovery")[0]["waiting"]["until"], "2028-12-31");
    assert!(of_kind(&app.second("authority"), "recovery").is_empty(), "the time for the reply runs");
    app.signatory().replies_to(&notice).ok();
    assert_eq!(of_kind(&app.second("authority"), "recovery").len(), 1);
    let involved = app.competent_authority().shows("/worklist?kind=recovery");
    assert_eq!(involved["cannot_act"]["data"][0]["earlier_step"], "sanction", "who sanctioned it cannot order it back");

    app.scheme_administrator().proposes("capital_subsidy", "2026-27", CRORE).ok();
    let proposer = app.scheme_administrator().shows("/worklist?kind=budget_instrument");
    assert_eq!((&proposer["count"], &proposer["cannot_act"]["count"]), (&json!(0), &json!(1)));
    assert_eq!(of_kind(&app.other_scheme_administrator(), "budget_instrument").len(), 1);

    let asked = json!({ "title": "The file", "text": "Show the file." });
    app.auditor().post("/requisitions", None, &asked).unwrap().ok();
    assert_eq!(of_kind(&app.finance_officer(), "requisition")[0]["waiting"]["clock"], "due_day");
    app.verifier().shows("/worklist");
    assert_eq!(
        app.verifier().shows("/worklist?kind=requisition")["waiting_for_others"]["count"],
        0,
        "not for the agency"
    );
}

#[apply(on_both!)]
fn a_worklist_needs_no_more_statements_the_longer_it_is(app: App) {
    let award = app.selling();
    app.set_clock("2026-06-01T06:30:00Z");
    let statements = |person: &Person| {
        let answer = person.get("/worklist").unwrap();
        (answer.json()["count"].as_i64().unwrap(), answer.header("x-statements").unwrap().parse::<u64>().unwrap())
    };
    let day = |day: &str| {
        app.tranche_for_sales("lodestone", &award, Sales::at_the_rate(day, day, 100));
    };
    day("2026-05-01");
    let (one, few) = statements(&app.section_officer());
    (2..8).for_each(|n| day(&format!("2026-05-{n:02}")));
    let (seven, many) = statements(&app.section_officer());
    assert_eq!(seven, one + 6);
    // The names of one of the answers may be known; else they take three.
    assert!((1..=few + 3).contains(&many) && few.max(many) <= 12, "{few} statements, then {many}");
}

#[apply(plain!)]
fn what_ends_a_wait_is_an_operation_with_its_permission() {
    for kind in MatterKind::ALL {
        for state in kind.states() {
            for day_over in [false, true] {
                for rule in kind.waits(state, day_over).unwrap().rules() {
                    let declared = operations().0.get(rule.act);
                    let outside = OUTSIDE.contains(&rule.act);
                    assert_eq!(declared.is_none(), outside, "{kind} {state}: {}", rule.act);
                    let permission = declared.and_then(|declared| declared.permission);
                    assert!(outside || permission == Some(rule.permission), "{kind} {state}: {}", rule.act);
                }
            }
        }
    }
}

#[apply(on_both!)]
fn the_desk_times_say_where_they_come_from(app: App) {
    let times = app.anybody("GET", "/api/v1/desk-times", None).json();
    let claim = times["data"].as_array().unwrap().iter().find(|time| time["desk"] == "claim").unwrap();
    assert_eq!((&claim["days"], &claim["basis"]), (&json!(22), &json!("assumption")));
    assert!(claim["source"].as_str().unwrap().len() > 20);
}
