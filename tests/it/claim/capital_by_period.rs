//! Capital subsidy for the days on which money was spent, without a milestone.

use crate::claim::several_claims::changed;
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs};
use domain::scheme::scheme::Scheme;
use magnet_scheme::service::revision::recompute::recompute;
use serde_json::{Value, json};

const CAPITAL: &str = "component = \"capital_subsidy\"\n\n[[claims.exclusions]]";

/// The proposal with capital subsidy by period, and what else its claims have.
fn by_period(more: &str) -> String {
    let claims = format!("component = \"capital_subsidy\"\nby_period = true\n{more}\n[[claims.exclusions]]");
    changed(&[
        (CAPITAL, &claims),
        ("\"award_ceiling * milestone_share\"", "\"award_ceiling\""),
        ("capital_share = 3000", "capital_share = 0"),
        ("capital_share = 3000", "capital_share = 0"),
        ("capital_share = 4000", "capital_share = 0"),
    ])
}

fn spent(app: &App, (from, to): (&str, &str), invoice: &str, on: &str, crore: i64) -> Value {
    json!({
        "component": "capital_subsidy", "period_from": from, "period_to": to,
        "amount_claimed_paise": crore * CRORE,
        "lines": [{ "invoice_number": invoice, "invoice_date": on, "party": "Sample works", "amount_paise": crore * CRORE }],
        "evidence": [app.preparer().attaches("certificate")],
    })
}

#[apply(on_both!)]
fn capital_subsidy_is_claimed_for_the_days_of_spending(app: App) {
    let app = App::with_only(app.engine, by_period(""));
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 90 * CRORE);
    let award = app.awarded("lodestone", 900);
    app.set_clock("2026-10-15T06:30:00Z");
    let claims = |form: &Value| app.preparer().claims(&award, form);
    let milestone = app.milestone(&award, "oxide_to_metal");

    // A milestone is no part of such a claim, the days are, and each line lies within them.
    let mut form = spent(&app, ("2026-04-01", "2026-06-30"), "W/1", "2026-05-10", 100);
    form["milestone_id"] = milestone["id"].clone();
    let problem = claims(&form).refused(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["pointer"], "/form/milestone_id");
    assert_eq!(problem["errors"][0]["code"], "days_of_spending");
    let mut form = spent(&app, ("2026-04-01", "2026-06-30"), "W/1", "2026-07-01", 100);
    let problem = claims(&form).refused(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["pointer"], "/form/lines/0/invoice_date");
    form.as_object_mut().unwrap().remove("period_to");
    assert_eq!(claims(&form).refused(422, "invalid_fields")["errors"][0]["pointer"], "/form/period_to");
    claims(&spent(&app, ("2026-10-01", "2026-12-31"), "W/1", "2026-10-01", 100)).refused(409, "period_not_allowed");

    // 15 % of what was spent in each period; no day is claimed twice.
    let first = claims(&spent(&app, ("2026-04-01", "2026-06-30"), "W/1", "2026-05-10", 100)).ok();
    let first = app.signatory().submits_claim(&first).ok();
    assert_eq!(app.verifier().verifies(&first).ok()["entitlement_paise"], 15 * CRORE);
    let again = spent(&app, ("2026-06-30", "2026-09-30"), "W/2", "2026-07-01", 500);
    claims(&again).refused(409, "period_overlaps");
    let second = claims(&spent(&app, ("2026-07-01", "2026-09-30"), "W/2", "2026-07-01", 500)).ok();
    let verified = app.verifier().verifies(&app.signatory().submits_claim(&second).ok()).ok();
    // The ceiling of Rs 78 crore less the first claim.
    assert_eq!(verified["entitlement_paise"], 63 * CRORE);
    assert_eq!(verified["statement"]["bound_by"], "award_ceiling");
    assert_eq!(recompute(&app.database_url()).unwrap().differences, Vec::<String>::new());
    app.must_verify();
}

#[apply(on_both!)]
fn what_is_paid_after_commissioning_waits_for_it_and_rests_on_it(app: App) {
    let app = App::with_only(app.engine, by_period("after_commissioning = true"));
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let award = app.awarded("lodestone", 900);
    app.set_clock("2026-10-15T06:30:00Z");
    let form = spent(&app, ("2026-04-01", "2026-06-30"), "W/1", "2026-05-10", 100);
    app.preparer().claims(&award, &form).refused(409, "not_commissioned");
    app.reached("lodestone", &award, "commissioning", "2026-10-01");
    // What was spent before counts.
    let claim = app.preparer().claims(&award, &form).ok();
    let claim = app.signatory().submits_claim(&claim).ok();
    // Whoever verified the commissioning has verified what this money rests on: no later step is theirs.
    let tranche = app.verifier().verifies(&claim).ok()["tranche"].clone();
    assert_eq!(tranche["amount_paise"], 15 * CRORE);
    app.must_verify();
}

#[apply(on_both!)]
fn a_milestone_without_a_share_pays_nothing(app: App) {
    let shares = [("capital_share = 3000", "capital_share = 0"), ("capital_share = 4000", "capital_share = 7000")];
    let app = App::with_only(app.engine, changed(&shares));
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let form = app.capital_form("lodestone", &milestone, 100 * CRORE);
    app.preparer().claims(&award, &form).refused(409, "not_in_scheme");
}

#[apply(plain!)]
fn a_file_by_period_names_nothing_of_a_milestone() {
    let why = |text: &str| Scheme::parse(text).unwrap_err().to_string();
    Scheme::parse(&by_period("")).unwrap();
    let sound = by_period("");
    let named = sound.replacen("\"award_ceiling\"", "\"award_ceiling * milestone_share\"", 1);
    assert!(why(&named).contains("has no `milestone_share`"), "{}", why(&named));
    let shares = sound.replacen("capital_share = 0", "capital_share = 10000", 1);
    assert!(why(&shares).contains("capital_share"), "{}", why(&shares));
    let with = |line: &str| {
        changed(&[(CAPITAL, &format!("component = \"capital_subsidy\"\n{line}\n\n[[claims.exclusions]]"))])
    };
    let alone = with("after_commissioning = true");
    assert!(why(&alone).contains("after_commissioning"), "{}", why(&alone));
    let both = sound.replacen("by_period = true", "by_period = true\nseveral_claims = true", 1);
    assert!(why(&both).contains("several_claims"), "{}", why(&both));
    let ignored = with("period = \"quarter\"");
    assert!(why(&ignored).contains("by_period"), "{}", why(&ignored));
}
