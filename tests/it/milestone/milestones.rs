//! Milestones: reported with evidence, inspected, verified or returned; every round is stored.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at, says};
use serde_json::{Value, json};

fn award(app: &App) -> Value {
    app.window_is_open();
    app.awarded("lodestone", 900)
}

#[apply(on_both!)]
fn a_report_is_dated_from_the_award_to_today(app: App) {
    let award = award(&app);
    app.set_clock("2026-06-10T06:30:00Z");
    let milestone = app.milestone(&award, "oxide_to_metal");
    let half = json!({ "oxide_to_metal": 450 });
    let early = app.signatory().reports(&milestone, half.clone(), "2026-04-30").refused(409, "date_not_allowed");
    says(&early, "2026-04-30 lies before 2026-05-01");
    let late = app.signatory().reports(&milestone, half.clone(), "2026-06-11").refused(409, "date_not_allowed");
    says(&late, "2026-06-11 lies after 2026-06-10");
    assert_eq!(app.milestone(&award, "oxide_to_metal"), milestone, "nothing was kept");

    let first_day = app.signatory().reports(&milestone, half, "2026-05-01").ok();
    assert_eq!((first_day["status"].as_str(), first_day["version"].as_i64()), (Some("reported"), Some(2)));
    app.must_verify();
}

#[apply(on_both!)]
fn a_returned_report_is_made_again_and_both_rounds_are_kept(app: App) {
    let award = award(&app);
    let milestone = app.milestone(&award, "oxide_to_metal");
    let (half, less) = (json!({ "oxide_to_metal": 450 }), json!({ "oxide_to_metal": 449 }));
    let first = app.signatory().reports(&milestone, half.clone(), "2026-05-01").ok();
    app.preparer().reports(&first, half.clone(), "2026-05-01").refused(409, "wrong_state");
    let returned = app.verifier().inspects(&first, "returned", less.clone(), "2026-05-01").ok();
    assert_eq!(returned["status"], "returned");
    assert_eq!(returned["achieved_on"], Value::Null);
    app.verifier().inspects(&returned, "verified", half.clone(), "2026-05-01").refused(409, "wrong_state");

    app.set_clock("2026-05-20T06:30:00Z");
    let second = app.preparer().reports(&returned, half.clone(), "2026-05-18").ok();
    let verified = app.verifier().inspects(&second, "verified", half.clone(), "2026-05-19").ok();
    assert_eq!((verified["status"].as_str(), verified["achieved_on"].as_str()), (Some("verified"), Some("2026-05-18")));
    app.signatory().reports(&verified, half.clone(), "2026-05-19").refused(409, "wrong_state");
    app.verifier().inspects(&verified, "returned", less.clone(), "2026-05-20").refused(409, "wrong_state");

    let seen = app.auditor().sees(&at("milestones", &milestone));
    assert_eq!(seen, verified);
    let rounds: Vec<Value> = seen["rounds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|round| {
            let (report, verification) = (&round["report"], &round["verification"]);
            json!([
                report["achieved_on"],
                report["installed_mtpa"],
                round["reported_at"].as_str().map(|at| &at[..10]),
                verification["outcome"],
                verification["inspection"]["installed_mtpa"],
                verification["inspection"]["inspected_on"]
            ])
        })
        .collect();
    let expected = [
        json!(["2026-05-01", half, "2026-05-01", "returned", less, "2026-05-01"]),
        json!(["2026-05-18", half, "2026-05-20", "verified", half, "2026-05-19"]),
    ];
    assert_eq!(rounds, expected);
    app.must_verify();
}

#[apply(on_both!)]
fn less_than_agreed_is_returned_and_never_verified(app: App) {
    let award = award(&app);
    let milestone = app.milestone(&award, "oxide_to_metal");
    // The inspected quantity counts, not the reported one.
    let reported = app.signatory().reports(&milestone, json!({ "oxide_to_metal": 900 }), "2026-05-01").ok();
    let short = app.verifier().inspects(&reported, "verified", json!({ "oxide_to_metal": 449 }), "2026-05-01");
    let problem = short.refused(409, "capacity_not_shown");
    says(&problem, "450 MTPA of oxide_to_metal; the inspection measured 449");
    assert_eq!(app.milestone(&award, "oxide_to_metal"), reported);
    app.verifier().inspects(&reported, "verified", json!({ "oxide_to_metal": 450 }), "2026-05-01").ok();
    app.must_verify();
}

#[apply(on_both!)]
fn every_stage_of_the_chain_must_be_shown(app: App) {
    let award = award(&app);
    let milestone = app.milestone(&award, "commissioning");
    let all = json!({ "oxide_to_metal": 900, "metal_to_alloy": 900, "alloy_to_magnet": 900 });
    assert_eq!(milestone["needed_mtpa"], all);
    let unknown = app.signatory().reports(&milestone, json!({ "mine_to_oxide": 900 }), "2026-05-01");
    let problem = unknown.refused(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["pointer"], "/installed_mtpa/mine_to_oxide");
    let reported = app.signatory().reports(&milestone, all.clone(), "2026-05-01").ok();
    for stage in ["oxide_to_metal", "metal_to_alloy", "alloy_to_magnet"] {
        let mut missing = all.clone();
        missing.as_object_mut().unwrap().remove(stage);
        let problem = app.verifier().inspects(&reported, "verified", missing, "2026-05-01");
        says(&problem.refused(409, "capacity_not_shown"), &format!("900 MTPA of {stage}; the inspection measured 0"));
    }
    let nothing =
        app.verifier().inspects(&reported, "verified", json!({}), "2026-05-01").refused(422, "invalid_fields");
    assert_eq!(nothing["errors"][0]["pointer"], "/inspection/installed_mtpa");
    let unknown = app.verifier().inspects(&reported, "verified", json!({ "mine_to_oxide": 900 }), "2026-05-01");
    let problem = unknown.refused(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["pointer"], "/inspection/installed_mtpa/mine_to_oxide");
    let no_code = app.verifier().inspects(&reported, "verified", json!({ "Mine to oxide": 900 }), "2026-05-01");
    assert_eq!((no_code.status, no_code.json()["code"].as_str()), (400, Some("malformed_json")));
    let negative = app.verifier().inspects(&reported, "verified", json!({ "oxide_to_metal": -1 }), "2026-05-01");
    assert_eq!(
        negative.refused(422, "invalid_fields")["errors"][0]["pointer"],
        "/inspection/installed_mtpa/oxide_to_metal"
    );
    assert_eq!(app.milestone(&award, "commissioning"), reported);
}

#[apply(on_both!)]
fn nothing_counts_without_evidence_of_the_inspection(app: App) {
    let award = award(&app);
    let milestone = app.milestone(&award, "oxide_to_metal");
    let half = json!({ "oxide_to_metal": 450 });
    let reported = app.signatory().reports(&milestone, half.clone(), "2026-05-01").ok();
    let path = format!("{}/verification", at("milestones", &milestone));
    let inspects = |milestone: &Value, outcome: &str, more: Value| {
        let mut inspection = json!({ "inspected_on": "2026-05-01", "place": "Sample plant", "installed_mtpa": half,
            "remarks": "as seen" });
        inspection.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app.verifier().does(&path, milestone, json!({ "outcome": outcome, "inspection": inspection }))
    };
    for outcome in ["verified", "partly_verified"] {
        for evidence in [json!({}), json!({ "evidence": [] })] {
            let problem = inspects(&reported, outcome, evidence).refused(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], "/inspection/evidence", "{problem}");
            says(&problem, "1 to 50 evidence files");
        }
    }
    // A report that is returned needs none, and money goes on moving.
    let returned = inspects(&reported, "returned", json!({})).ok();
    let again = app.signatory().reports(&returned, half.clone(), "2026-05-01").ok();
    let shown = app.verifier().attaches("inspection");
    assert_eq!(inspects(&again, "verified", json!({ "evidence": [shown] })).ok()["status"], "verified");
    let ran = app.auditor().post("/controls/runs", None, &json!({})).unwrap().ok();
    assert_eq!(ran["red"], 0, "{ran}");
    app.must_verify();
}

#[apply(on_both!)]
fn an_inspection_follows_the_day_it_confirms(app: App) {
    let award = award(&app);
    app.set_clock("2026-05-10T06:30:00Z");
    let milestone = app.milestone(&award, "oxide_to_metal");
    let half = json!({ "oxide_to_metal": 450 });
    let reported = app.signatory().reports(&milestone, half.clone(), "2026-05-08").ok();
    for (day, why) in [("2026-05-07", "lies before 2026-05-08"), ("2026-05-11", "lies after 2026-05-10")] {
        let answer = app.verifier().inspects(&reported, "verified", half.clone(), day);
        says(&answer.refused(409, "date_not_allowed"), why);
    }
    app.verifier().inspects(&reported, "verified", half, "2026-05-08").ok();
}

#[apply(on_both!)]
fn a_claim_waits_for_the_verified_milestone(app: App) {
    let award = award(&app);
    let milestone = app.milestone(&award, "oxide_to_metal");
    let half = json!({ "oxide_to_metal": 450 });
    let claim =
        |milestone: &Value| app.preparer().claims(&award, &app.capital_form("lodestone", milestone, 100 * CRORE));
    claim(&milestone).refused(409, "milestone_not_verified");
    let reported = app.signatory().reports(&milestone, half.clone(), "2026-05-01").ok();
    claim(&milestone).refused(409, "milestone_not_verified");
    let returned = app.verifier().inspects(&reported, "returned", half.clone(), "2026-05-01").ok();
    let refused = claim(&milestone).refused(409, "milestone_not_verified");
    says(&refused, "oxide_to_metal");
    let reported = app.signatory().reports(&returned, half.clone(), "2026-05-01").ok();
    app.verifier().inspects(&reported, "verified", half, "2026-05-01").ok();
    assert_eq!(claim(&milestone).ok()["status"], "draft");
    app.must_verify();
}

#[apply(on_both!)]
fn commissioning_is_kept_on_the_award(app: App) {
    let award = award(&app);
    app.set_clock("2026-05-30T06:30:00Z");
    app.reached("lodestone", &award, "oxide_to_metal", "2026-05-20");
    assert_eq!(app.auditor().sees(&at("awards", &award))["commissioned_on"], Value::Null);
    app.reached("lodestone", &award, "commissioning", "2026-05-25");
    assert_eq!(app.auditor().sees(&at("awards", &award))["commissioned_on"], "2026-05-25");
}

#[apply(on_both!)]
fn evidence_is_ones_own(app: App) {
    let award = award(&app);
    let milestone = app.milestone(&award, "oxide_to_metal");
    let half = json!({ "oxide_to_metal": 450 });
    let report = |evidence: Value| {
        let body = json!({ "installed_mtpa": half, "achieved_on": "2026-05-01", "evidence": [evidence] });
        app.signatory().does(&format!("{}/reports", at("milestones", &milestone)), &milestone, body)
    };
    let theirs = app.preparer_of("magnetite").attaches("engineer");
    let problem = report(theirs.clone()).refused(409, "evidence_unknown");
    says(&problem, theirs.as_str().unwrap());
    report(app.verifier().attaches("inspection")).refused(409, "evidence_unknown");
    report(json!("00000000-0000-7000-8000-000000000000")).refused(409, "evidence_unknown");
    let reported = report(app.preparer().attaches("engineer")).ok();

    // The agency bases its decision on its own record, never on the applicant's.
    let inspection = json!({ "inspected_on": "2026-05-01", "place": "Sample plant", "installed_mtpa": half,
        "remarks": "as seen", "evidence": [app.preparer().attaches("engineer")] });
    let path = format!("{}/verification", at("milestones", &milestone));
    let decision = json!({ "outcome": "verified", "inspection": inspection });
    app.verifier().does(&path, &reported, decision).refused(409, "evidence_unknown");
    assert_eq!(app.milestone(&award, "oxide_to_metal"), reported);
    app.must_verify();
}

#[apply(on_both!)]
fn a_milestone_belongs_to_its_organisation_and_its_verifier(app: App) {
    let award = award(&app);
    let milestone = app.milestone(&award, "oxide_to_metal");
    let half = json!({ "oxide_to_metal": 450 });
    app.signatory_of("magnetite").reports(&milestone, half.clone(), "2026-05-01").refused(404, "not_found");
    app.verifier().reports(&milestone, half.clone(), "2026-05-01").refused(403, "not_permitted");
    let reported = app.signatory().reports(&milestone, half.clone(), "2026-05-01").ok();
    app.signatory().inspects(&reported, "verified", half.clone(), "2026-05-01").refused(403, "not_permitted");
    let stale = app.verifier().inspects(&milestone, "verified", half, "2026-05-01").refused(412, "stale_version");
    says(&stale, "you saw version 1, it is now 2");
    assert_eq!(app.milestone(&award, "oxide_to_metal"), reported);
}
