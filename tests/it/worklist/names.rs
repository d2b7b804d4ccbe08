//! Names and offices beside the ids of people, and names of companies beside theirs.

use crate::harness::app::App;
use crate::harness::people::{Answered, Sales, Verbs, at};
use crate::worklist::Shows;
use magnet_scheme::client::Person;
use serde_json::{Value, json};

/// The person behind the step of a tranche, as somebody sees them.
fn behind(reader: &Person, tranche: &Value, step: &str) -> Value {
    let seen = reader.shows(&at("tranches", tranche));
    let steps = seen["steps"].as_array().unwrap();
    steps.iter().find(|taken| taken["step"] == step).unwrap()["taken_by_person"].clone()
}

#[apply(on_both!)]
fn offices_and_auditors_see_who_did_it_and_a_company_sees_the_office(app: App) {
    let tranche = app.sanctioned_15_crore();
    for reader in [app.finance_officer(), app.auditor()] {
        let person = behind(&reader, &tranche, "recommend");
        assert_eq!(person, json!({ "name": "Sample section", "offices": ["section_officer"] }));
    }
    assert_eq!(behind(&app.signatory(), &tranche, "recommend"), json!({ "offices": ["section_officer"] }));
    let own = behind(&app.signatory(), &tranche, "submit");
    assert_eq!(
        own,
        json!({ "name": "Sample signatory-lodestone", "offices": ["signatory"] }),
        "its own people by name"
    );
    let seen = app.auditor().shows(&at("tranches", &tranche));
    assert_eq!(seen["organisation_name"], "Sample lodestone Ltd");
    // The answer to a step names its people too.
    let advised = app.disbursing_officer().advises(&tranche).json();
    assert_eq!(advised["advised_by_person"]["name"], "Sample ddo");
}

#[apply(on_both!)]
fn the_office_is_that_of_the_time_of_the_step(app: App) {
    let tranche = app.tranche_of_15_crore();
    let recommended = app.section_officer().recommends(&tranche).ok();
    app.set_clock("2026-05-02T06:30:00Z");
    let id = recommended["steps"].as_array().unwrap().last().unwrap()["taken_by"].as_str().unwrap().to_owned();
    let account = app.administrator().shows(&format!("/users/{id}"));
    let moved =
        json!({ "name": account["name"], "roles": ["finance_officer"], "organisation_id": null, "disabled": false });
    let version = account["version"].as_i64().unwrap();
    app.administrator().put(&format!("/users/{id}"), version, &moved).unwrap().ok();
    let person = behind(&app.auditor(), &tranche, "recommend");
    assert_eq!(person["offices"], json!(["section_officer"]), "what the person was, not what the person is");
}

#[apply(on_both!)]
fn a_new_name_stands_in_the_next_answer(app: App) {
    app.sanctioned_15_crore();
    let recommended = || {
        let list = app.auditor().shows("/tranches");
        let steps = list["data"][0]["steps"].as_array().unwrap().clone();
        steps.iter().find(|taken| taken["step"] == "recommend").unwrap()["taken_by_person"]["name"].clone()
    };
    assert_eq!(recommended(), "Sample section");
    let officer = app.section_officer();
    let users = app.administrator().sees("/users")["data"].as_array().unwrap().clone();
    let account = users.into_iter().find(|user| user["email"] == officer.email.as_str()).unwrap();
    let change = json!({ "name": "Sample of another name", "roles": account["roles"], "organisation_id": null, "disabled": false });
    app.administrator().put(&at("users", &account), account["version"].as_i64().unwrap(), &change).unwrap().ok();
    assert_eq!(recommended(), "Sample of another name");
}

#[apply(on_both!)]
fn an_erased_person_has_no_name(app: App) {
    let tranche = app.tranche_of_15_crore();
    app.section_officer().recommends(&tranche).ok();
    app.sql("UPDATE users SET name = 'erased', email = id || '@erased.invalid', erased_at = '2026-05-01T06:30:00.000000Z' WHERE email = 'section@sample.example'");
    let person = behind(&app.auditor(), &tranche, "recommend");
    assert_eq!(person, json!({ "erased": true, "offices": ["section_officer"] }));
}

#[apply(on_both!)]
fn a_longer_answer_needs_no_more_statements(app: App) {
    let award = app.selling();
    app.set_clock("2026-06-01T06:30:00Z");
    let statements = || {
        let answer = app.auditor().get("/tranches").unwrap();
        let named = answer.text().matches("taken_by_person").count();
        (named, answer.header("x-statements").unwrap().parse::<u64>().unwrap())
    };
    let day = |n: usize| {
        let day = format!("2026-05-{n:02}");
        app.tranche_for_sales("lodestone", &award, Sales::at_the_rate(&day, &day, 100));
    };
    day(1);
    let (few, one) = statements();
    (2..7).for_each(day);
    let (many, six) = statements();
    assert_eq!(many, few * 6);
    // The names of one of the answers may be known; else they take three.
    assert!(six <= one + 3, "{six} statements, {one} for a shorter answer");
}

#[apply(on_both!)]
fn the_rows_of_a_selection_have_their_people_beside_them(app: App) {
    let tranche = app.sanctioned_15_crore();
    let page = app.auditor().shows("/selections/sanctions");
    let by = page["data"][0]["sanctioned_by"].as_str().unwrap();
    assert_eq!(page["people"][by]["name"], "Sample authority");
    assert!(page["data"][0].get("sanctioned_by_person").is_none(), "a row is as its catalogue has it");
    let lying = app.section_officer().shows("/selections/tranches?status=sanctioned&sort=held_until");
    assert_eq!((&lying["totals"]["count"], &lying["data"][0]["number"]), (&json!(1), &tranche["number"]));
    assert_eq!(lying["data"][0]["sanction_number"], tranche["sanction"]["number"]);
}

#[apply(on_both!)]
fn what_is_hashed_is_left_as_it_is(app: App) {
    app.window_is_open();
    app.provided("sales_linked_incentive", "2026-27", 1_000);
    let log = app.auditor().get("/audit-log?limit=100").unwrap().text();
    assert!(log.contains("\"actor_id\"") && !log.contains("_person"), "{log}");
}
