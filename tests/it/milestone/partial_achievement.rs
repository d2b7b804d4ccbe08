//! A milestone that is reached in part: the part that counts, the claimable share, the continuing
//! damages, and the amount of finished magnets that the value chain supports.

use crate::harness::app::{App, Engine};
use crate::harness::disarm::{must_name, names};
use crate::harness::milestone_people::{MilestoneVerbs, damages};
use crate::harness::people::{Answered, CRORE, Verbs, at, says};
use crate::harness::recovery_people::Recovers;
use crate::harness::return_people::ReturnVerbs;
use serde_json::{Value, json};

const METAL: &str = "oxide_to_metal";

/// The sample scheme, which counts partial achievement of the first milestone from half of it on.
fn partly(engine: Engine, while_partial: &'static str) -> (App, Value) {
    let app = App::with_scheme(engine, |text| {
        let rule = format!("installed = {{ {METAL} = 5000 }}\n");
        let counted = text.replacen(&rule, &format!("{rule}partial = {{ least = 5000 }}\n"), 1);
        let rate = "basis_points_per_day = 10\n";
        counted.replacen(rate, &format!("{rate}while_partial = \"{while_partial}\"\n"), 1)
    });
    let award = app.told("award with sixty crore", |app| {
        app.window_is_open();
        app.provided("capital_subsidy", "2026-27", 60 * CRORE);
        app.awarded("lodestone", 900)
    });
    (app, award)
}

/// The first milestone, of 450 MTPA, reported on a day and inspected with this installed capacity.
fn inspected(app: &App, award: &Value, outcome: &str, mtpa: i64, on: &str) -> Value {
    let reported = app.signatory().reports(&app.milestone(award, METAL), json!({ METAL: mtpa }), on).ok();
    app.verifier().inspects(&reported, outcome, json!({ METAL: mtpa }), on).ok()
}

#[apply(on_both!)]
fn a_part_counts_from_the_least_share_on(app: App) {
    let (app, award) = partly(app.engine, "full");
    app.set_clock("2026-06-10T06:30:00Z");
    let milestone = app.milestone(&award, METAL);
    assert_eq!(json!([milestone["reached_share"], milestone["claimable_share"]]), json!([0, 0]));
    let reported = app.signatory().reports(&milestone, json!({ METAL: 225 }), "2026-06-01").ok();
    let finds =
        |mtpa: i64, outcome: &str| app.verifier().inspects(&reported, outcome, json!({ METAL: mtpa }), "2026-06-01");
    says(
        &finds(224, "partly_verified").refused(409, "partial_not_counted"),
        "49.77 % of what is needed was measured, 50 % is the least",
    );
    says(&finds(450, "partly_verified").refused(409, "partial_not_counted"), "verify it whole");
    finds(225, "verified").refused(409, "capacity_not_shown");
    let part = finds(225, "partly_verified").ok();
    assert_eq!(json!([part["status"], part["achieved_on"]]), json!(["due", null]), "the rest is still due");
    assert_eq!(json!([part["reached_share"], part["claimable_share"]]), json!([5_000, 1_500]));

    // A later report adds to it, and is dated no earlier.
    let again = app.signatory().reports(&part, json!({ METAL: 300 }), "2026-05-31");
    says(&again.refused(409, "date_not_allowed"), "2026-05-31 lies before 2026-06-01");
    let reported = app.signatory().reports(&part, json!({ METAL: 300 }), "2026-06-05").ok();
    assert_eq!(
        json!([reported["status"], reported["claimable_share"]]),
        json!(["reported", 1_500]),
        "what counts stays"
    );
    let same = app.verifier().inspects(&reported, "partly_verified", json!({ METAL: 225 }), "2026-06-05");
    says(&same.refused(409, "partial_not_counted"), "50 % counts already");
    let more = app.verifier().inspects(&reported, "partly_verified", json!({ METAL: 301 }), "2026-06-05").ok();
    // 301 of 450, and 30 % of that: each rounded down.
    assert_eq!(json!([more["reached_share"], more["claimable_share"]]), json!([6_688, 2_006]));
    let whole = inspected(&app, &award, "verified", 450, "2026-06-08");
    assert_eq!(json!([whole["status"], whole["achieved_on"]]), json!(["verified", "2026-06-08"]));
    assert_eq!(json!([whole["reached_share"], whole["claimable_share"]]), json!([10_000, 3_000]));
    let path = at("milestones", &whole);
    for (day, share) in [("2026-05-31", 0), ("2026-06-01", 5_000), ("2026-06-07", 6_688), ("2026-06-08", 10_000)] {
        assert_eq!(app.auditor().sees_as_on(&path, day)["reached_share"], share, "{day}");
    }
    app.must_verify();
}

#[apply(on_both!)]
fn without_a_rule_no_part_counts(app: App) {
    app.window_is_open();
    let award = app.awarded("lodestone", 900);
    let reported = app.signatory().reports(&app.milestone(&award, METAL), json!({ METAL: 449 }), "2026-05-01").ok();
    let refused = app.verifier().inspects(&reported, "partly_verified", json!({ METAL: 449 }), "2026-05-01");
    says(&refused.refused(409, "partial_not_counted"), "the scheme counts no part of this milestone");
    let returned = app.verifier().inspects(&reported, "returned", json!({ METAL: 449 }), "2026-05-01").ok();
    assert_eq!(json!([returned["reached_share"], returned["rounds"][0]["verification"]["counted"]]), json!([0, null]));
}

/// A claim far above any share, on an invoice of its own.
fn claims(app: &App, award: &Value, invoice: &str) -> magnet_scheme::client::Response {
    let mut form = app.capital_form("lodestone", &app.milestone(award, METAL), 400 * CRORE);
    form["lines"][0]["invoice_number"] = json!(invoice);
    app.preparer().claims(award, &form)
}

fn verified(app: &App, draft: &Value) -> Value {
    app.verifier().verifies(&app.signatory().submits_claim(draft).ok()).ok()
}

#[apply(on_both!)]
fn each_claim_takes_what_is_reached_and_not_yet_taken(app: App) {
    let (app, award) = partly(app.engine, "full");
    app.set_clock("2026-06-10T06:30:00Z");
    claims(&app, &award, "A/1").refused(409, "milestone_not_verified");
    inspected(&app, &award, "partly_verified", 225, "2026-06-01");
    let first = app.signatory().submits_claim(&claims(&app, &award, "A/1").ok()).ok();
    says(&claims(&app, &award, "A/2").refused(409, "milestone_claimed"), "already claims this milestone");
    // Half of 30 % of the ceiling of Rs 78 crore.
    assert_eq!(app.verifier().verifies(&first).ok()["entitlement_paise"], 1_170 * CRORE / 100);
    claims(&app, &award, "A/2").refused(409, "milestone_claimed");
    inspected(&app, &award, "partly_verified", 300, "2026-06-05");
    let second = claims(&app, &award, "A/2").ok();
    // A part that is reached between draft and decision counts; an amount already claimed does not count again.
    inspected(&app, &award, "verified", 450, "2026-06-08");
    assert_eq!(verified(&app, &second)["entitlement_paise"], 1_170 * CRORE / 100);
    claims(&app, &award, "A/3").refused(409, "milestone_claimed");
    let shares = app.values("SELECT CAST(share AS TEXT) AS value FROM claimed_shares ORDER BY claim_id");
    assert_eq!(shares, ["1500", "1500"]);
    app.must_verify();
}

#[apply(on_both!)]
fn a_claim_that_is_rejected_gives_its_share_back(app: App) {
    let (app, award) = partly(app.engine, "full");
    app.set_clock("2026-06-10T06:30:00Z");
    inspected(&app, &award, "partly_verified", 225, "2026-06-01");
    let first = verified(&app, &claims(&app, &award, "A/1").ok());
    inspected(&app, &award, "verified", 450, "2026-06-08");
    let second = verified(&app, &claims(&app, &award, "A/2").ok());
    // An office that rejects the tranche leaves the claim as it is; the agency gives it up.
    app.section_officer().returns_to(&first["tranche"], "verify").ok();
    app.verifier().rejects_claim(&app.auditor().sees(&at("claims", &first))).ok();
    let third = verified(&app, &claims(&app, &award, "A/1").ok());
    let amounts = [&first, &second, &third].map(|claim| claim["entitlement_paise"].as_i64().unwrap());
    assert_eq!(amounts, [1_170 * CRORE / 100; 3]);
    claims(&app, &award, "A/3").refused(409, "milestone_claimed");
    app.must_verify();
}

/// Reached in part on 1 June 2027, a month after it was due, and in full on the eleventh.
fn late_in_part(app: &App, award: &Value) -> Value {
    app.set_clock("2027-06-21T06:30:00Z");
    inspected(app, award, "partly_verified", 360, "2027-06-01");
    inspected(app, award, "verified", 450, "2027-06-11")
}

#[apply(on_both!)]
fn while_partial_damages_go_on_for_the_missing_share(app: App) {
    let (app, award) = partly(app.engine, "missing_share");
    let milestone = late_in_part(&app, &award);
    let day = award["security_required_paise"].as_i64().unwrap() / 1_000;
    // 31 days in full, and 10 days with a fifth missing.
    let expected = 31 * day + 10 * day / 5;
    assert_eq!(damages(&milestone)[..2], [41, expected]);
    let path = at("milestones", &milestone);
    assert_eq!(damages(&app.auditor().sees_as_on(&path, "2027-06-06"))[..2], [36, 32 * day]);
    let notice = app.second("section").asks_damages(&milestone, "2027-06-21").ok();
    let spans: Vec<Value> =
        notice["damages"]["spans"].as_array().unwrap().iter().map(|s| json!([s["days"], s["share"]])).collect();
    assert_eq!(
        (spans, notice["amount_paise"].as_i64()),
        (vec![json!([31, 10_000]), json!([10, 2_000])], Some(expected))
    );
    app.must_verify();
}

#[apply(on_both!)]
fn while_partial_damages_go_on_in_full(app: App) {
    let (app, award) = partly(app.engine, "full");
    let milestone = late_in_part(&app, &award);
    let day = award["security_required_paise"].as_i64().unwrap() / 1_000;
    assert_eq!(damages(&milestone)[..2], [41, 41 * day]);
    let notice = app.second("section").asks_damages(&milestone, "2027-06-21").ok();
    assert_eq!((notice["damages"]["days"].as_i64(), notice["amount_paise"].as_i64()), (Some(41), Some(41 * day)));
}

#[apply(on_both!)]
fn the_weakest_stage_says_how_much_magnet_counts(app: App) {
    let app = App::with_scheme(app.engine, |text| {
        let figure = "[[chain.supports]]\nstage = \"oxide_to_metal\"\nmagnet_kg_per_tonne = 3000\n\
            basis = \"reported\"\nsource = \"1 t of oxide about 3 t of magnet (constructionworld)\"\n\n[eligibility]";
        text.replacen("[eligibility]", figure, 1)
    });
    app.window_is_open();
    let award = app.awarded("lodestone", 900);
    let path = at("awards", &award);
    let installed = |seen: &Value| json!([seen["installed_mtpa"], seen["installed_magnet_mtpa"]]);
    assert_eq!(installed(&app.auditor().sees(&path)), json!([null, null]));
    // 900 t of magnets need 300 t of metal, half of it on the first milestone.
    assert_eq!(app.milestone(&award, METAL)["needed_mtpa"], json!({ METAL: 150 }));
    assert_eq!(
        app.milestone(&award, "commissioning")["needed_mtpa"],
        json!({ METAL: 300, "metal_to_alloy": 900, "alloy_to_magnet": 900 })
    );
    app.set_clock("2026-06-10T06:30:00Z");
    let first = inspected(&app, &award, "verified", 200, "2026-06-01");
    assert_eq!(first["installed_magnet_mtpa"], 0, "a chain with stages missing makes no magnet");
    let reported =
        app.signatory().reports(&app.milestone(&award, "commissioning"), json!({ METAL: 300 }), "2026-06-05").ok();
    let all = json!({ METAL: 300, "metal_to_alloy": 950, "alloy_to_magnet": 920 });
    let whole = app.verifier().inspects(&reported, "verified", all.clone(), "2026-06-05").ok();
    assert_eq!(whole["installed_magnet_mtpa"], 900);
    assert_eq!(installed(&app.auditor().sees(&path)), json!([all, 900]));
    assert_eq!(installed(&app.auditor().sees("/awards")["data"][0]), json!([all, 900]));
    assert_eq!(installed(&app.auditor().sees_as_on(&path, "2026-06-04")), json!([{ METAL: 200 }, 0]));
    app.must_verify();
}

#[apply(on_both!)]
fn verify_names_a_changed_share(app: App) {
    let (app, award) = partly(app.engine, "full");
    app.set_clock("2026-06-10T06:30:00Z");
    inspected(&app, &award, "partly_verified", 225, "2026-06-01");
    verified(&app, &claims(&app, &award, "A/1").ok());
    app.must_verify();
    assert!(app.try_sql("UPDATE claimed_shares SET share = 1").is_err(), "it is append-only");
    match app.engine {
        Engine::Sqlite => app.sql("DROP TRIGGER claimed_shares_no_update"),
        Engine::Postgres => app.sql("DROP TRIGGER claimed_shares_append_only ON claimed_shares"),
    }
    let share = |share: i64| format!("UPDATE claimed_shares SET share = {share}");
    must_name(&app, (&share(1_400), &share(1_500)), ("claimed_shares", "1 = 1"), "share");
    let more = must_name(&app, (&share(9_000), &share(1_500)), ("claimed_shares", "1 = 1"), "share");
    assert!(more.contains("its claims took more than is reached of it"), "{more}");
    let round = "UPDATE milestones SET rounds = REPLACE(rounds, '\"share\":5000', '\"share\":6000')";
    names(&app, round, ("milestones", "rounds LIKE '%\"share\":5000%'"), "rounds");
}
