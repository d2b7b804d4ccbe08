//! Recommendation, concurrence, sanction, rejection: order, guarantee, money, year. The permissions are
//! tested in `persons`.

mod persons;
mod whole_rupee;

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at, says, stages};
use magnet_scheme::client::Response;
use serde_json::{Value, json};

const CAPITAL: &str = "capital_subsidy";

#[apply(on_both!)]
fn the_steps_come_in_order_and_each_on_the_version_that_was_seen(app: App) {
    let tranche = app.tranche_of_15_crore();
    let (section, finance) = (app.section_officer(), app.finance_officer());
    let (authority, ddo) = (app.competent_authority(), app.disbursing_officer());
    let none_of = |file: &Value, steps: &[&str]| {
        for step in steps {
            let answer = match *step {
                "recommend" => section.recommends(file),
                "concur" => finance.concurs(file),
                "sanction" => authority.sanctions(file),
                "reject" => finance.rejects(file),
                _ => ddo.advises(file),
            };
            says(&answer.refused(409, "wrong_state"), &format!("the tranche is {}", file["status"].as_str().unwrap()));
        }
        assert_eq!(&app.tranche(file), file);
    };
    assert_eq!(tranche["status"], "verified");
    none_of(&tranche, &["concur", "sanction", "pay"]);
    let recommended = section.recommends(&tranche).ok();
    none_of(&recommended, &["recommend", "sanction", "pay"]);
    finance.concurs(&tranche).refused(412, "stale_version");
    let concurred = finance.concurs(&recommended).ok();
    none_of(&concurred, &["recommend", "concur", "pay"]);
    says(&authority.sanctions(&recommended).refused(412, "stale_version"), "you saw version 2, it is now 3");
    let path = format!("{}/sanction", at("tranches", &concurred));
    authority.post(&path, None, &json!({ "note": "seen" })).unwrap().refused(428, "version_required");
    let sanctioned = authority.sanctions(&concurred).ok();
    none_of(&sanctioned, &["recommend", "concur", "sanction", "reject"]);
    let expected = json!({ "number": "NDFEB/2026-27/SAN/0001", "sanctioned_on": "2026-05-01",
        "met_from": "appropriation 2026-27, capital_subsidy" });
    assert_eq!(sanctioned["sanction"], expected);

    let advised = ddo.advises(&sanctioned).ok();
    none_of(&app.tranche(&tranche), &["recommend", "concur", "sanction", "pay", "reject"]);
    ddo.confirms(&advised, "SBINR52026050100001", "2026-05-01").ok();
    none_of(&app.tranche(&tranche), &["recommend", "concur", "sanction", "pay", "reject"]);
    app.must_verify();
}

#[apply(on_both!)]
fn a_rejection_returns_the_reservation_exactly(app: App) {
    app.window_is_open();
    app.provided(CAPITAL, "2026-27", 40 * CRORE);
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let before = app.budget_table();
    let claim = app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
    for stage in 0..3 {
        // What was verified once is released again: a rejection of the tranche does not take it from the claim.
        let mut tranche = match stage {
            0 => app.verifier().verifies(&claim).ok(),
            _ => released(&app, &app.auditor().sees(&at("claims", &claim))).ok(),
        }["tranche"]
            .clone();
        assert_eq!(app.budget("component", CAPITAL, None)["reserved_paise"], 15 * CRORE);
        if stage >= 1 {
            tranche = app.section_officer().recommends(&tranche).ok();
        }
        if stage >= 2 {
            tranche = app.finance_officer().concurs(&tranche).ok();
        }
        let empty = json!({ "reason": " " });
        let path = format!("{}/rejection", at("tranches", &tranche));
        app.competent_authority().does(&path, &tranche, empty).refused(422, "invalid_fields");
        let officer = [app.section_officer(), app.finance_officer(), app.competent_authority()][stage as usize].clone();
        let rejected = officer.rejects(&tranche).ok();
        assert_eq!(rejected["status"], "rejected");
        assert_eq!(rejected["rejection"]["reason"], "not in order");
        let left: Vec<[i64; 6]> =
            app.budget_table().as_array().unwrap().iter().map(stages).filter(|row| row[3] != 0).collect();
        assert_eq!(left, Vec::<[i64; 6]>::new(), "nothing stays reserved");
        assert_eq!(rows(&app.budget_table()), rows(&before), "rejected after {stage} steps");
        let claim = app.auditor().sees(&at("claims", &claim));
        assert_eq!((&claim["status"], &claim["deferred_paise"]), (&json!("verified"), &json!(15 * CRORE)));
        app.competent_authority().rejects(&rejected).refused(409, "wrong_state");
        app.section_officer().recommends(&rejected).refused(409, "wrong_state");
        app.must_verify();
    }
}

fn released(app: &App, claim: &Value) -> Response {
    app.verifier().does(&format!("{}/tranches", at("claims", claim)), claim, json!({}))
}

/// The rows of the budget with a balance.
fn rows(table: &Value) -> Vec<(Value, [i64; 6])> {
    let named = |row: &Value| json!([row["level"], row["component"], row["financial_year"], row["award_number"]]);
    table.as_array().unwrap().iter().map(|row| (named(row), stages(row))).collect()
}

#[apply(on_both!)]
fn a_rejected_part_of_a_claim_waits_to_be_released_again(app: App) {
    app.window_is_open();
    app.provided("sales_linked_incentive", "2026-27", 10 * CRORE);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-06-30T06:30:00Z");
    let release = |claim: &Value| released(&app, claim);
    let sales = Sales::at_the_rate("2026-05-01", "2026-05-31", 100_000);
    let verified = app.verifier().verifies(&app.claimed_sales("lodestone", &award, sales)).ok();
    app.provided("sales_linked_incentive", "2026-27", 6 * CRORE);
    let released = release(&verified).ok();
    assert_eq!(released["tranche"]["amount_paise"], 6 * CRORE);
    app.section_officer().rejects(&released["tranche"]).ok();
    let claim = app.auditor().sees(&at("claims", &verified));
    assert_eq!((claim["status"].as_str(), claim["deferred_paise"].as_i64()), (Some("verified"), Some(6 * CRORE)));
    let again = release(&claim).ok();
    assert_eq!(
        (again["tranche"]["amount_paise"].as_i64(), again["deferred_paise"].as_i64()),
        (Some(6 * CRORE), Some(0))
    );
    let year = app.budget("financial_year", "sales_linked_incentive", Some("2026-27"));
    assert_eq!(stages(&year), [16 * CRORE, 0, 0, 16 * CRORE, 0, 0]);

    // With every part rejected the whole waits: it stays earned, and its days are not claimed anew.
    app.section_officer().rejects(&again["tranche"]).ok();
    app.section_officer().rejects(&verified["tranche"]).ok();
    let claim = app.auditor().sees(&at("claims", &verified));
    assert_eq!((&claim["status"], &claim["deferred_paise"]), (&json!("verified"), &json!(16 * CRORE)));
    app.preparer().claims(&award, &app.sales_form("lodestone", sales)).refused(409, "period_overlaps");
    assert_eq!(release(&claim).ok()["tranche"]["amount_paise"], 16 * CRORE);
    app.must_verify();
}

#[apply(on_both!)]
fn money_waits_for_a_guarantee_that_runs(app: App) {
    app.window_is_open();
    app.provided(CAPITAL, "2026-27", 40 * CRORE);
    let eligible = app.verifier().scrutinises(&app.submitted("lodestone", 900), true).ok();
    let award = app.competent_authority().awards(&eligible, 900).ok();
    let concurred = |code: &str| {
        let milestone = app.reached("lodestone", &award, code, "2026-05-01");
        let claim = app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
        app.concurred(&app.verifier().verifies(&claim).ok()["tranche"])
    };
    let (first, second) = (concurred("oxide_to_metal"), concurred("metal_to_alloy"));
    let authority = app.competent_authority();
    let short = |tranche: &Value, covered: &str, why: &str| {
        let before = app.budget_table();
        let problem = authority.sanctions(tranche).refused(409, "security_short");
        let expected =
            format!("the performance security must cover ₹15,96,00,000.00 and covers {covered} today; {why}");
        assert_eq!(problem["detail"], expected);
        assert_eq!((&app.tranche(tranche), app.budget_table()), (tranche, before));
    };
    short(&first, "₹0.00", "no guarantee is lodged");
    let lodged = app.signatory().lodges(&award, "BG-1", 15_960_000_000, "2026-06-30").ok();
    let named = "guarantee BG-1 (SAMPLE BANK) over ₹15,96,00,000.00";
    short(&first, "₹0.00", &format!("{named}: its bank has not confirmed it yet"));
    app.confirmed_by_bank(&lodged);
    app.set_clock("2026-06-30T18:29:59Z");
    assert_eq!(authority.sanctions(&first).ok()["status"], "sanctioned", "the last day of the guarantee counts");
    app.set_clock("2026-06-30T18:30:00Z");
    let expired = format!("{named}: expired on 2026-06-30");
    short(&second, "₹0.00", &expired);
    app.confirmed_by_bank(&app.signatory().lodges(&award, "BG-2", 15_959_999_999, "2027-06-30").ok());
    short(&second, "₹15,95,99,999.99", &expired);
    app.confirmed_by_bank(&app.signatory().lodges(&award, "BG-3", 1, "2026-07-02").ok());
    assert_eq!(authority.sanctions(&second).ok()["sanction"]["number"], "NDFEB/2026-27/SAN/0002");
    app.must_verify();
}

#[apply(on_both!)]
fn a_sanction_in_the_new_year_is_met_from_the_new_year(app: App) {
    let concurred = app.concurred(&app.tranche_of_15_crore());
    let authority = app.competent_authority();
    app.set_clock("2027-04-01T06:30:00Z");
    let refused = |room: &str, short_by: &str| {
        let (table, acts) = (app.budget_table(), app.acts());
        let problem = authority.sanctions(&concurred).refused(409, "budget_exceeded");
        let expected = format!(
            "account appropriation:ndfeb-2025-proposal:capital_subsidy:2027-28:available needs ₹15,00,00,000.00 and \
             has {room}: short by {short_by}"
        );
        assert_eq!(problem["detail"], expected);
        assert_eq!((app.tranche(&concurred), app.budget_table()), (concurred.clone(), table));
        let now = app.acts();
        assert_eq!(now[..acts.len()], acts);
        let attempts: Vec<Value> = now[acts.len()..]
            .iter()
            .map(|act| json!([act["command"], act["outcome"], act["code"], act["subject"], act["journal_digest"]]))
            .collect();
        let subject = format!("tranche:{}", concurred["id"].as_str().unwrap());
        assert_eq!(attempts, [json!(["sanction_tranche", "refused", "budget_exceeded", subject, null])]);
        app.must_verify();
    };
    refused("₹0.00", "₹15,00,00,000.00");
    app.provided(CAPITAL, "2027-28", 15 * CRORE - 1);
    refused("₹14,99,99,999.99", "₹0.01");
    app.provided(CAPITAL, "2027-28", 1);
    let sanctioned = authority.sanctions(&concurred).ok();
    assert_eq!(
        (sanctioned["held_in"].as_str(), sanctioned["performance_year"].as_str()),
        (Some("2027-28"), Some("2026-27"))
    );
    assert_eq!(sanctioned["sanction"]["met_from"], "appropriation 2027-28, capital_subsidy");
    assert_eq!(sanctioned["sanction"]["number"], "NDFEB/2027-28/SAN/0001", "refused attempts use up no number");
    let year = |name: &str| stages(&app.budget("financial_year", CAPITAL, Some(name)));
    assert_eq!(year("2026-27"), [40 * CRORE, 40 * CRORE, 0, 0, 0, 0], "the old year has its room back");
    assert_eq!(year("2027-28"), [15 * CRORE, 0, 0, 0, 15 * CRORE, 0]);
    let row = app.budget("component", CAPITAL, None);
    assert_eq!(stages(&row), [130 * CRORE, 52 * CRORE, 63 * CRORE, 0, 15 * CRORE, 0]);
    app.must_verify();
}
