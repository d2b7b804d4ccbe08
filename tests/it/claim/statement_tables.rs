//! Tables, sums over lines and named values stand in the statement of the amount that follows from them, and a stranger
//! computes it from there.

use crate::claim::statements::recomputed;
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at};
use serde_json::json;

const PATH: &str = "sales_linked_incentive";

/// Facts, a sum over lines and a named value of a scheme's file: what is sold at home counts.
const AT_HOME: &str = r#"
[[facts]]
place = "claim_line"
component = "sales_linked_incentive"
code = "market"
kind = "word"
words = [
    { code = "at_home", title = { en = "At home", hi = "देश में" } },
    { code = "abroad", title = { en = "Abroad", hi = "विदेश में" } },
]
absent = "at_home"
title = { en = "Market", hi = "बाज़ार" }
basis = "assumption"
source = "sample of a test"

"#;
const SUMS: &str = r#"
[[claims.sums]]
code = "sold_at_home"
title = { en = "Sold at home", hi = "देश में बिक्री" }
when = "market == at_home"
sum = "line_counted_amount"

[[claims.values]]
code = "by_the_table"
title = { en = "Share by the table", hi = "तालिका के अनुसार हिस्सा" }
value = "whole(by_turnover, sold_at_home)"

[[claims.limits]]
code = "rate_per_kg""#;

/// A scheme of which the share of turnover at home follows from a table.
fn by_a_table() -> String {
    let third = include_str!("../../../config/schemes/ndfeb-2025-proposal-3.toml");
    let changes = third.find("changes = [").unwrap()..third.find("]\n\n[outlay]").unwrap() + 2;
    let row = |bound: &str, value: i64| {
        format!(
            "[[tables.by_turnover.rows]]\n{bound}value = {value}\nbasis = \"reported\"\nsource = \"sample of a test\"\n\n"
        )
    };
    let rows = format!("{}{}", row("up_to = 1_00_00_000\n", 1_300), row("", 1_400));
    let table = "[tables.by_turnover]\nby = \"rupees\"\nunit = \"basis_points\"\n\n";
    let table = format!("{AT_HOME}{table}{rows}[[award_ceilings]]");
    let share = "counted_amount * turnover_share";
    format!("{}{}", &third[..changes.start], &third[changes.end..])
        .replacen("version = 3", "version = 1", 1)
        .replacen("\"2026-10-01\"", "\"2026-04-01\"", 1)
        .replacen("[[award_ceilings]]", &table, 1)
        .replacen("\n[[claims.limits]]\ncode = \"rate_per_kg\"", SUMS, 1)
        .replacen(share, &format!("min({share}, by_the_table)"), 1)
}

#[apply(on_sqlite!)]
fn a_table_stands_on_the_page_of_the_amount_that_follows_from_it(app: App) {
    let app = App::with_only(app.engine, by_a_table());
    app.window_is_open();
    app.provided(PATH, "2026-27", 40 * CRORE);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-06-15T06:30:00Z");
    let mut form = app.sales_form("lodestone", Sales::at_the_rate("2026-06-01", "2026-06-10", 1_000));
    let mut abroad = form["lines"][0].clone();
    abroad["invoice_number"] = json!("S/abroad");
    abroad["facts"] = json!([{ "code": "market", "value": "abroad" }]);
    form["lines"].as_array_mut().unwrap().push(abroad);
    form["amount_claimed_paise"] = json!(CRORE);
    let claim = app.preparer().claims(&award, &form).ok();
    let claim = app.signatory().submits_claim(&claim).ok();
    // 13 % of Rs 50 lakh that were sold at home; as much was sold abroad.
    let claim = app.verifier().verifies(&claim).ok();
    assert_eq!(claim["entitlement_paise"], 65_000_000);
    let statement = app.auditor().sees(&format!("{}/statement", at("claims", &claim)));
    let named = |list: &str| statement["statement"][list][0].clone();
    assert_eq!(
        (&named("line_sums")["name"], &named("line_sums")["value"]),
        (&json!("sold_at_home"), &json!("500000000"))
    );
    assert_eq!((&named("values")["name"], &named("values")["value"]), (&json!("by_the_table"), &json!("65000000")));
    assert!(recomputed(&statement).is_ok(), "{:?}", recomputed(&statement));
    let mut changed = statement.clone();
    changed["statement"]["line_sums"][0]["value"] = json!("500000001");
    assert!(recomputed(&changed).is_err());
    let printed = app.auditor().get(&format!("{}/statement.html", at("claims", &claim))).unwrap().text();
    for part in [
        "by_turnover",
        "Sold at home",
        "Share by the table",
        "₹1,00,00,000.00",
        "13 %",
        "14 %",
        "above",
        "sample of a test",
    ] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
}
