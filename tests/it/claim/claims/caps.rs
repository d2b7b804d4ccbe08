//! The entitlement of a claim: every cap binds once, end to end, and the statement shows it to the paisa.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at, says, stages};
use serde_json::{Value, json};

/// A window, an award of 900 MTPA that runs from its first day, and this year's money for sales.
fn running(app: &App, sales_crore: i64) -> Value {
    app.window_is_open();
    app.provided("sales_linked_incentive", "2026-27", sales_crore * CRORE);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-09-01T06:30:00Z");
    award
}

/// Each cap as its name, its limit, the amount after it, whether it bound, and the room it left.
fn caps(claim: &Value) -> Vec<Value> {
    let caps = claim["statement"]["caps"].as_array().unwrap().iter();
    caps.map(|c| json!([c["cap"], c["limit_paise"], c["after_paise"], c["binding"], c["headroom_paise"]])).collect()
}

/// The entitlement, the payable and deferred amounts, and the cap that bound.
fn result(claim: &Value) -> Value {
    let s = &claim["statement"];
    json!([s["entitlement_paise"], s["payable_paise"], s["deferred_paise"], s["bound_by"]])
}

fn capital_of_130_crore(app: &App) -> (Value, Value) {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 130 * CRORE);
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    (award, milestone)
}

fn claimed(app: &App, award: &Value, milestone: &Value, invested: i64, claimed: i64) -> Value {
    let mut form = app.capital_form("lodestone", milestone, invested);
    form["amount_claimed_paise"] = json!(claimed);
    let draft = app.preparer().claims(award, &form).ok();
    app.verifier().verifies(&app.signatory().submits_claim(&draft).ok()).ok()
}

#[apply(on_both!)]
fn capital_is_a_share_of_the_investment(app: App) {
    let (award, milestone) = capital_of_130_crore(&app);
    let verified = claimed(&app, &award, &milestone, 100 * CRORE + 7, 20 * CRORE);
    // 15 % of 100 crore and 7 paise is 15,00,00,00,001.05 paise.
    let amount = 15_000_000_001_i64;
    let expected = [
        json!(["share_of_investment", amount, amount, true, 0]),
        json!(["milestone_share", 23_400_000_000_i64, amount, false, 23_400_000_000 - amount]),
        json!(["award_ceiling", 78 * CRORE, amount, false, 78 * CRORE - amount]),
        json!(["component_outlay", 130 * CRORE, amount, false, 130 * CRORE - amount]),
        json!(["years_appropriation", 130 * CRORE, amount, false, 130 * CRORE - amount]),
    ];
    assert_eq!(caps(&verified), expected);
    assert_eq!(result(&verified), json!([amount, amount, 0, "share_of_investment"]));
    let first = &verified["statement"]["caps"][0];
    assert_eq!(first["formula"], "₹1,00,00,00,000.07 * 15 %");
    assert_eq!(
        (first["clause"].as_str(), first["basis"].as_str()),
        (Some("capital_subsidy.investment_share"), Some("assumption"))
    );
    // Government pays in whole rupees; the paise wait.
    let (rupees, paise) = (amount - amount % 100, amount % 100);
    assert_eq!((verified["tranche"]["amount_paise"].as_i64(), paise), (Some(rupees), 1));
    assert_eq!(
        (verified["entitlement_paise"].as_i64(), verified["deferred_paise"].as_i64()),
        (Some(amount), Some(paise))
    );
    let row = app.budget("beneficiary", "capital_subsidy", award["number"].as_str());
    assert_eq!(stages(&row), [78 * CRORE, 78 * CRORE - rupees, 78 * CRORE - rupees, rupees, 0, 0]);
    let seen = app.auditor().sees(&at("claims", &verified));
    assert_eq!(seen["statement"], verified["statement"], "the statement is kept");
    app.must_verify();
}

#[apply(on_both!)]
fn capital_is_at_most_the_milestones_share(app: App) {
    let (award, milestone) = capital_of_130_crore(&app);
    let verified = claimed(&app, &award, &milestone, 200 * CRORE, 30 * CRORE);
    assert_eq!(
        caps(&verified)[..2],
        [
            json!(["share_of_investment", 30 * CRORE, 30 * CRORE, false, 0]),
            json!(["milestone_share", 23_400_000_000_i64, 23_400_000_000_i64, true, 0]),
        ]
    );
    assert_eq!(result(&verified), json!([23_400_000_000_i64, 23_400_000_000_i64, 0, "milestone_share"]));

    let last = app.reached("lodestone", &award, "commissioning", "2026-05-01");
    let verified = claimed(&app, &award, &last, 300 * CRORE, 45 * CRORE);
    assert_eq!(
        result(&verified),
        json!([31_200_000_000_i64, 31_200_000_000_i64, 0, "milestone_share"]),
        "40 % of 78 crore"
    );
    app.must_verify();
}

#[apply(on_both!)]
fn nobody_gets_more_than_they_claim(app: App) {
    let (award, milestone) = capital_of_130_crore(&app);
    let verified = claimed(&app, &award, &milestone, 100 * CRORE, 123_457);
    assert_eq!(result(&verified), json!([123_457, 123_457, 0, null]));
    app.must_verify();
}

#[apply(on_both!)]
fn sales_earn_the_rate_or_a_share_of_the_turnover(app: App) {
    let award = running(&app, 200);
    // Rs 1,600 x 1,000 kg against 40 % of turnover: the rate binds from Rs 4,000 a kilogram on.
    let cases = [
        (("2026-05-01", "2026-05-31"), 400_000_000, 160_000_000, "rate_per_kg"),
        (("2026-06-01", "2026-06-30"), 399_999_999, 159_999_999, "share_of_turnover"),
    ];
    for (days, turnover_paise, amount, bound_by) in cases {
        let sales = Sales { days, kg: 1_000, turnover_paise, claimed_paise: 2 * CRORE };
        let verified = app.verifier().verifies(&app.claimed_sales("lodestone", &award, sales)).ok();
        assert_eq!(result(&verified), json!([amount, amount, 0, bound_by]));
        assert_eq!(verified["eligible_kg"], 1_000);
        let names: Vec<Value> = caps(&verified).iter().map(|cap| cap[0].clone()).collect();
        assert_eq!(
            json!(names),
            json!([
                "rate_per_kg",
                "share_of_turnover",
                "yearly_capacity",
                "award_ceiling",
                "component_outlay",
                "years_appropriation"
            ])
        );
        assert_eq!(caps(&verified)[0][1], 160_000_000, "the limit of the rate");
    }
    app.must_verify();
}

#[apply(on_both!)]
fn a_years_capacity_is_used_up_over_several_claims(app: App) {
    let award = running(&app, 200);
    let verify = |from: &str, to: &str, kg: i64| {
        app.verifier().verifies(&app.claimed_sales("lodestone", &award, Sales::at_the_rate(from, to, kg)))
    };
    let first = verify("2026-05-01", "2026-05-31", 600_000).ok();
    assert_eq!(result(&first), json!([96 * CRORE, 96 * CRORE, 0, null]));
    let second = verify("2026-06-01", "2026-06-30", 400_000).ok();
    assert_eq!(result(&second), json!([48 * CRORE, 48 * CRORE, 0, "yearly_capacity"]));
    assert_eq!(second["eligible_kg"], 300_000);
    assert_eq!(
        second["statement"]["caps"][2]["formula"],
        "max(900 t/year * 1000 kg/t * 1 year - 600000 kg, 0) * min(₹1,600.00/kg, ₹1,600.00/kg)"
    );
    let third = verify("2026-07-01", "2026-07-31", 1).refused(409, "nothing_payable");
    says(&third, "yearly_capacity leaves no room");

    // A new performance year begins with its whole capacity.
    app.set_clock("2027-06-01T06:30:00Z");
    app.provided("sales_linked_incentive", "2027-28", 200 * CRORE);
    let fresh = verify("2027-04-01", "2027-04-30", 700_000).ok();
    assert_eq!((fresh["performance_year"].as_str(), fresh["eligible_kg"].as_i64()), (Some("2027-28"), Some(700_000)));
    assert_eq!(result(&fresh), json!([112 * CRORE, 112 * CRORE, 0, null]));
    app.must_verify();
}

#[apply(on_both!)]
fn an_award_ends_at_its_ceiling(app: App) {
    app.window_is_open();
    let award = app.commissioned("lodestone", 900);
    let earn = |year: i64, kg: i64| {
        let (from, to) = (format!("{year}-04-01"), format!("{}-03-31", year + 1));
        let from = if year == 2026 { "2026-05-01".to_owned() } else { from };
        app.set_clock(&format!("{to}T06:30:00Z"));
        app.provided("sales_linked_incentive", &format!("{year}-{:02}", (year + 1) % 100), 144 * CRORE);
        app.verifier().verifies(&app.claimed_sales("lodestone", &award, Sales::at_the_rate(&from, &to, kg)))
    };
    assert_eq!(result(&earn(2026, 800_000).ok()), json!([128 * CRORE, 128 * CRORE, 0, null]));
    for year in 2027..=2030 {
        assert_eq!(result(&earn(year, 900_000).ok()), json!([144 * CRORE, 144 * CRORE, 0, null]), "{year}");
    }
    // Five full years would be 720 crore; 16 of them remain for the sixth.
    let sixth = earn(2031, 900_000).ok();
    assert_eq!(result(&sixth), json!([16 * CRORE, 16 * CRORE, 0, "award_ceiling"]));
    assert_eq!(caps(&sixth)[3], json!(["award_ceiling", 16 * CRORE, 16 * CRORE, true, 0]));
    let row = app.budget("beneficiary", "sales_linked_incentive", award["number"].as_str());
    assert_eq!(stages(&row), [720 * CRORE, 0, 0, 720 * CRORE, 0, 0]);
    says(&earn(2032, 1).refused(409, "nothing_payable"), "award_ceiling leaves no room");
    app.must_verify();
}

#[apply(on_both!)]
fn what_a_thin_year_cannot_pay_waits_and_is_released_later(app: App) {
    let award = running(&app, 10);
    let release = |claim: &Value| app.verifier().does(&format!("{}/tranches", at("claims", claim)), claim, json!({}));
    let whole = Sales::at_the_rate("2026-05-01", "2026-05-31", 100_000);
    let first = app.verifier().verifies(&app.claimed_sales("lodestone", &award, whole)).ok();
    assert_eq!(result(&first), json!([16 * CRORE, 10 * CRORE, 6 * CRORE, "years_appropriation"]));
    assert_eq!(
        (first["tranche"]["amount_paise"].as_i64(), first["deferred_paise"].as_i64()),
        (Some(10 * CRORE), Some(6 * CRORE))
    );

    let before = app.budget_table();
    let problem = release(&first).refused(409, "budget_exceeded");
    assert_eq!(
        problem["detail"],
        "account appropriation:ndfeb-2025-proposal:sales_linked_incentive:2026-27:available needs ₹6,00,00,000.00 \
         and has ₹0.00: short by ₹6,00,00,000.00"
    );
    assert_eq!((app.auditor().sees(&at("claims", &first)), app.budget_table()), (without_tranche(&first), before));

    app.provided("sales_linked_incentive", "2026-27", 4 * CRORE);
    let second = release(&first).ok();
    assert_eq!(
        (second["tranche"]["amount_paise"].as_i64(), second["deferred_paise"].as_i64()),
        (Some(4 * CRORE), Some(2 * CRORE))
    );
    release(&first).refused(412, "stale_version");
    app.provided("sales_linked_incentive", "2026-27", 50 * CRORE);
    let third = release(&second).ok();
    assert_eq!(
        (third["tranche"]["amount_paise"].as_i64(), third["deferred_paise"].as_i64()),
        (Some(2 * CRORE), Some(0))
    );
    release(&third).refused(409, "nothing_deferred");

    let list = app.auditor().sees(&format!("/tranches?claim_id={}", first["id"].as_str().unwrap()));
    let amounts: Vec<i64> =
        list["data"].as_array().unwrap().iter().map(|t| t["amount_paise"].as_i64().unwrap()).collect();
    assert_eq!(amounts, [10 * CRORE, 4 * CRORE, 2 * CRORE]);
    let year = app.budget("financial_year", "sales_linked_incentive", Some("2026-27"));
    assert_eq!(stages(&year), [64 * CRORE, 48 * CRORE, 0, 16 * CRORE, 0, 0]);
    app.must_verify();
}

/// A verified claim as it is read later, without its tranche, which has an address of its own.
fn without_tranche(verified: &Value) -> Value {
    let mut claim = verified.clone();
    claim.as_object_mut().unwrap().remove("tranche");
    claim
}
