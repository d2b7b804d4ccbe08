//! Awards: capacity and ceilings to the paisa, within the scheme's room, committed in the ledger.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at, says, stages};
use magnet_scheme::client::Person;
use serde_json::{Value, json};
use std::sync::Arc;

/// An application of a maker that scrutiny found eligible.
fn eligible(app: &App, maker: &str, capacity_mtpa: i64) -> Value {
    app.verifier().scrutinises(&app.submitted(maker, capacity_mtpa), true).ok()
}

fn authority(app: &App) -> Arc<Person> {
    app.competent_authority()
}

#[apply(on_both!)]
fn ceilings_security_and_schedule_follow_from_the_scheme_to_the_paisa(app: App) {
    app.window_is_open();
    let preparer = app.preparer();
    let mut form = app.good_form(&preparer, 550);
    form["incentive_asked_paise_per_kg"] = json!(159_999);
    let draft = preparer.drafts(&form).ok();
    let eligible = app.verifier().scrutinises(&app.signatory().submits(&draft).ok(), true).ok();
    let award = authority(&app).awards(&eligible, 550).ok();

    // 130 crore x 550 / 1500 is 47,66,66,66,666.67 paise: the fraction of a paisa is not granted.
    assert_eq!(
        award["ceilings"],
        json!([
            { "component": "capital_subsidy", "amount_paise": 47_666_666_666_i64,
              "formula": "₹1,30,00,00,000.00 * 550 t/year / 1500 t/year, rounded down to the paisa" },
            { "component": "sales_linked_incentive", "amount_paise": 159_999 * 550_000_i64 * 5,
              "formula": "550 t/year * 1000 kg/t * 5 year * ₹1,599.99/kg, rounded down to the paisa" },
        ])
    );
    assert_eq!(award["security_required_paise"], 9_753_278_333_i64, "2 % of both ceilings, rounded down");
    assert_eq!(award["number"], "NDFEB/2026-27/AWD/0001");
    assert_eq!((award["awarded_on"].as_str(), award["ends_on"].as_str()), (Some("2026-05-01"), Some("2033-04-30")));
    assert_eq!(award["commissioned_on"], Value::Null);
    let schedule: Vec<Value> = award["milestones"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| json!([m["code"], m["due_on"], m["capital_share"], m["needed_mtpa"], m["status"]]))
        .collect();
    let whole = json!({ "oxide_to_metal": 550, "metal_to_alloy": 550, "alloy_to_magnet": 550 });
    let expected = [
        json!(["oxide_to_metal", "2027-05-01", 3000, { "oxide_to_metal": 275 }, "due"]),
        json!(["metal_to_alloy", "2027-11-01", 3000, { "oxide_to_metal": 550, "metal_to_alloy": 550 }, "due"]),
        json!(["commissioning", "2028-05-01", 4000, whole, "due"]),
    ];
    assert_eq!(schedule, expected);
    let number = award["number"].as_str();
    assert_eq!(
        stages(&app.budget("component", "capital_subsidy", None)),
        [130 * CRORE, 130 * CRORE - 47_666_666_666, 47_666_666_666, 0, 0, 0]
    );
    assert_eq!(app.budget("beneficiary", "capital_subsidy", number)["provided_paise"], 47_666_666_666_i64);
    assert_eq!(app.auditor().sees(&at("applications", &eligible))["status"], "awarded");
    app.must_verify();
}

#[apply(on_both!)]
fn two_awards_use_up_the_outlay_and_a_third_finds_no_place(app: App) {
    app.window_is_open();
    let third = eligible(&app, "ferrite", 500);
    app.awarded("lodestone", 900);
    app.awarded("magnetite", 600);
    let parts = [("capital_subsidy", [130, 78, 52]), ("sales_linked_incentive", [1200, 720, 480])];
    for (component, [outlay, first, second]) in parts {
        let whole = app.budget("component", component, None);
        assert_eq!(stages(&whole), [outlay * CRORE, 0, outlay * CRORE, 0, 0, 0], "{component}");
        for (number, ceiling) in [("NDFEB/2026-27/AWD/0001", first), ("NDFEB/2026-27/AWD/0002", second)] {
            let row = app.budget("beneficiary", component, Some(number));
            let ceiling = ceiling * CRORE;
            assert_eq!(stages(&row), [ceiling, ceiling, ceiling, 0, 0, 0], "{component} of {number}");
        }
    }
    assert_eq!(stages(&app.budget("component", "administration", None)), [15 * CRORE, 15 * CRORE, 0, 0, 0, 0]);

    let before = app.budget_table();
    let problem = authority(&app).awards(&third, 500).refused(409, "beneficiaries_exceeded");
    says(&problem, "room for 2 beneficiaries");
    assert_eq!(app.budget_table(), before);
    assert_eq!(app.auditor().sees("/awards")["data"].as_array().unwrap().len(), 2);
    assert_eq!(app.auditor().sees(&at("applications", &third)), third);
    app.must_verify();
}

#[apply(on_both!)]
fn capacity_of_the_scheme_cannot_be_overbooked(app: App) {
    app.window_is_open();
    app.awarded("lodestone", 900);
    let second = eligible(&app, "magnetite", 650);
    let before = app.budget_table();
    let problem = authority(&app).awards(&second, 650).refused(409, "capacity_exceeded");
    says(&problem, "650 MTPA asked, 600 MTPA left");
    assert_eq!(app.budget_table(), before, "a refused award commits nothing");
    let award = authority(&app).awards(&second, 600).ok();
    assert_eq!(award["number"], "NDFEB/2026-27/AWD/0002", "a refused award uses up no number");
    app.must_verify();
}

#[apply(on_both!)]
fn capacity_stays_within_the_scheme_and_the_application(app: App) {
    app.window_is_open();
    let eligible = eligible(&app, "lodestone", 700);
    let wrong = [
        (450, "500 to 1000 MTPA"),
        (1050, "500 to 1000 MTPA"),
        (-700, "500 to 1000 MTPA"),
        (675, "steps of 50 MTPA"),
        (750, "700 MTPA were applied for"),
    ];
    for (capacity, why) in wrong {
        says(&authority(&app).awards(&eligible, capacity).refused(409, "capacity_not_allowed"), why);
    }
    assert_eq!(app.auditor().sees("/awards")["data"], json!([]));
    let less = authority(&app).awards(&eligible, 500).ok();
    assert_eq!(less["capacity_mtpa"], 500);
    assert_eq!(less["ceilings"][1]["amount_paise"], 160_000 * 500_000_i64 * 5);
    app.must_verify();
}

#[apply(on_both!)]
fn only_an_eligible_application_is_awarded_and_once(app: App) {
    app.window_is_open();
    let submitted = app.submitted("lodestone", 900);
    authority(&app).awards(&submitted, 900).refused(409, "not_eligible");
    for other in [app.verifier(), app.signatory(), app.section_officer(), app.scheme_administrator()] {
        other.awards(&submitted, 900).refused(403, "not_permitted");
    }
    let eligible = app.verifier().scrutinises(&submitted, true).ok();
    authority(&app).awards(&submitted, 900).refused(412, "stale_version");
    authority(&app).awards(&eligible, 900).ok();
    let awarded = app.auditor().sees(&at("applications", &eligible));
    authority(&app).awards(&awarded, 500).refused(409, "not_eligible");

    let refused = app.verifier().scrutinises(&app.submitted("magnetite", 600), false).ok();
    authority(&app).awards(&refused, 600).refused(409, "not_eligible");
    assert_eq!(app.auditor().sees("/awards")["data"].as_array().unwrap().len(), 1);
    app.must_verify();
}

#[apply(on_both!)]
fn who_scrutinised_does_not_award(app: App) {
    app.window_is_open();
    let both = app.person("both", &["verifier", "competent_authority"], None);
    let eligible = both.scrutinises(&app.submitted("lodestone", 900), true).ok();
    says(&both.awards(&eligible, 900).refused(409, "same_person"), "you already did 'verify'");
    authority(&app).awards(&eligible, 900).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_guarantee_is_lodged_once_by_the_beneficiary(app: App) {
    app.window_is_open();
    let award = authority(&app).awards(&eligible(&app, "lodestone", 900), 900).ok();
    let required = award["security_required_paise"].as_i64().unwrap();
    assert_eq!(required, 15_960_000_000, "2 % of 798 crore");
    let signatory = app.signatory();
    let lodged = signatory.lodges(&award, "bg-1", required, "2034-12-31").ok();
    assert_eq!((lodged["guarantee_number"].as_str(), lodged["bank"].as_str()), (Some("BG-1"), Some("SAMPLE BANK")));
    for same in [" BG-1 ", "bg / 1", "ＢＧ－１", "BG-१"] {
        signatory.lodges(&award, same, 1, "2034-12-31").refused(409, "already_exists");
    }
    let past = signatory.lodges(&award, "BG-2", required, "2026-05-01").refused(422, "invalid_fields");
    assert_eq!(past["errors"][0]["pointer"], "/expires_on");
    let nothing = signatory.lodges(&award, "BG-2", 0, "2034-12-31").refused(422, "invalid_fields");
    assert_eq!(nothing["errors"][0]["pointer"], "/amount_paise");
    app.preparer().lodges(&award, "BG-2", required, "2034-12-31").refused(403, "not_permitted");
    app.signatory_of("magnetite").lodges(&award, "BG-2", required, "2034-12-31").refused(404, "not_found");

    let form = |evidence: Value, issued_on: &str| {
        json!({ "guarantee_number": "BG-2", "bank": "Sample Bank", "amount_paise": required, "issued_on": issued_on,
            "expires_on": "2034-12-31", "evidence_id": evidence })
    };
    let path = format!("{}/securities", at("awards", &award));
    let theirs = form(app.preparer_of("magnetite").attaches("guarantee"), "2026-04-15");
    signatory.post(&path, None, &theirs).unwrap().refused(409, "evidence_unknown");
    let tomorrow = form(signatory.attaches("guarantee"), "2026-05-02");
    let problem = signatory.post(&path, None, &tomorrow).unwrap().refused(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["pointer"], "/issued_on");
    // Days that cannot be.
    let before = form(signatory.attaches("guarantee"), "1969-12-31");
    let problem = signatory.post(&path, None, &before).unwrap().refused(422, "invalid_fields");
    assert_eq!(
        (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
        (&json!("/issued_on"), &json!("before_scheme"))
    );
    for never in ["2099-12-31", "9999-12-31"] {
        let problem = signatory.lodges(&award, "BG-2", required, never).refused(422, "invalid_fields");
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!("/expires_on"), &json!("day_range"))
        );
    }
    assert_eq!(app.auditor().sees(&at("awards", &award))["securities"], json!([lodged]));
    app.must_verify();
}

#[apply(on_both!)]
fn an_award_is_seen_by_its_organisation_alone(app: App) {
    app.window_is_open();
    let award = app.awarded("lodestone", 900);
    let other = app.preparer_of("magnetite");
    other.get(&at("awards", &award)).unwrap().refused(404, "not_found");
    assert_eq!(other.sees("/awards")["data"], json!([]));
    assert_eq!(other.sees("/milestones")["data"], json!([]));
    assert_eq!(app.signatory().sees("/awards")["data"][0]["id"], award["id"]);
    let seen = app.preparer().sees(&at("awards", &award));
    assert_eq!(seen["beneficiary"], "Sample lodestone Ltd");
    assert_eq!(seen["milestones"], award["milestones"]);
}
