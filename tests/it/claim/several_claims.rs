//! A milestone that is claimed as the money is spent, by several claims one after another, and the year before of the
//! same award in a rule.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs};
use magnet_scheme::service::revision::recompute::recompute;
use serde_json::json;

const THIRD: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-3.toml");

/// The third version of the proposal as the first of a scheme of its own, with other text in some places.
pub(super) fn changed(changes: &[(&str, &str)]) -> String {
    let of_changes = THIRD.find("changes = [").unwrap()..THIRD.find("]\n\n[outlay]").unwrap() + 2;
    let text = format!("{}{}", &THIRD[..of_changes.start], &THIRD[of_changes.end..]);
    let first = [("version = 3", "version = 1"), ("\"2026-10-01\"", "\"2026-04-01\"")];
    first.iter().chain(changes).fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

#[apply(on_both!)]
fn a_milestone_is_claimed_as_the_money_is_spent(app: App) {
    let app = App::with_only(
        app.engine,
        changed(&[
            (
                "component = \"capital_subsidy\"\n\n[[claims.exclusions]]",
                "component = \"capital_subsidy\"\nseveral_claims = true\n\n[[claims.exclusions]]",
            ),
            (
                "award_ceiling * milestone_share",
                "max(award_ceiling * milestone_share - entitled_for_milestone_before, 0)",
            ),
        ]),
    );
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let spent = |invoice: &str| {
        let mut form = app.capital_form("lodestone", &milestone, 100 * CRORE);
        form["lines"][0]["invoice_number"] = json!(invoice);
        app.preparer().claims(&award, &form)
    };
    // 15 % of Rs 100 crore, of a share of Rs 23.4 crore (30 % of the ceiling of Rs 78 crore).
    let first = app.signatory().submits_claim(&spent("INV/1").ok()).ok();
    spent("INV/2").refused(409, "milestone_claimed");
    assert_eq!(app.verifier().verifies(&first).ok()["entitlement_paise"], 15 * CRORE);
    let second = app.signatory().submits_claim(&spent("INV/2").ok()).ok();
    let verified = app.verifier().verifies(&second).ok();
    assert_eq!(verified["entitlement_paise"], 8 * CRORE + CRORE / 10 * 4);
    assert_eq!(verified["statement"]["bound_by"], "milestone_share");
    assert_eq!(recompute(&app.database_url()).unwrap().differences, Vec::<String>::new());
    app.must_verify();
}

#[apply(on_both!)]
fn a_rule_knows_what_counted_for_the_award_in_the_year_before(app: App) {
    // What is paid for a year is at most what counted for the year before; for the first year, the whole.
    let turnover = "counted_amount * turnover_share";
    let grown = "choose(claimed_last_year, counted_amount_last_year * turnover_share, counted_amount * turnover_share)";
    let app = App::with_only(app.engine, changed(&[(turnover, grown)]));
    app.window_is_open();
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2027-06-15T06:30:00Z");
    app.provided("sales_linked_incentive", "2027-28", 40 * CRORE);
    let claimed = |from: &str, to: &str, kg: i64, turnover: i64| {
        let days = (from, to);
        let sales = Sales { days, kg, turnover_paise: turnover, claimed_paise: 10 * CRORE };
        let claim = app.claimed_sales("lodestone", &award, sales);
        app.verifier().verifies(&claim).ok()
    };
    // Rs 10 lakh of turnover: 40 % are Rs 4 lakh, for the first year and again for the next, whatever was sold then.
    let first = claimed("2026-06-01", "2027-03-31", 1_000, 100_000_000);
    assert_eq!(first["entitlement_paise"], 40_000_000);
    let second = claimed("2027-04-01", "2027-06-10", 1_000, 500_000_000);
    assert_eq!(second["entitlement_paise"], 40_000_000);
    assert_eq!(second["statement"]["bound_by"], "share_of_turnover");
    assert_eq!(recompute(&app.database_url()).unwrap().differences, Vec::<String>::new());
    app.must_verify();
}
