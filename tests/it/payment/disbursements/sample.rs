//! Seven disbursements that differ in every field that can be queried, made by playing the story.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs};
use serde_json::{Value, json};

/// The payments, in the order in which they were made.
pub struct Sample {
    pub rows: Vec<Value>,
    pub lodestone: String,
    pub magnetite: String,
}

/// Names a row by its number in the sample: `rows[0]` is "1".
pub fn names(sample: &Sample, rows: &[Value]) -> Vec<usize> {
    rows.iter().map(|row| sample.rows.iter().position(|known| known["id"] == row["id"]).unwrap() + 1).collect()
}

/// | row | maker | component | earned | paid on | paise | |
/// |---|---|---|---|---|---|---|
/// | 1 | lodestone | capital | 2026-27 | 2026-05-01 | 15 crore | |
/// | 2 | lodestone | sales | 2026-27 | 2026-06-30 | 16,00,00,000 | |
/// | 3 | magnetite | sales | 2026-27 | 2026-06-30 | 32,00,00,000 | |
/// | 4 | lodestone | sales | 2026-27 | 2026-06-30 | 16,00,00,000 | |
/// | 5 | magnetite | sales | 2026-27 | 2027-04-10 | 8,00,00,000 | |
/// | 6 | lodestone | sales | 2027-28 | 2027-04-10 | 4,80,00,000 | |
/// | 7 | magnetite | capital | 2026-27 | 2027-04-12 | 9 crore | taken back |
pub fn seven(app: &App) -> Sample {
    let told = app.told("seven disbursements", paid_out);
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    let (lodestone, magnetite) = (text("lodestone"), text("magnetite"));
    Sample { rows: told["rows"].as_array().unwrap().clone(), lodestone, magnetite }
}

fn paid_out(app: &App) -> Value {
    app.window_is_open();
    for year in ["2026-27", "2027-28"] {
        app.provided("capital_subsidy", year, 40 * CRORE);
        app.provided("sales_linked_incentive", year, 10 * CRORE);
    }
    let (first, second) = (app.commissioned("lodestone", 900), app.commissioned("magnetite", 600));
    let capital = |maker: &str, award: &Value, invested: i64| {
        let milestone = app.reached(maker, award, "oxide_to_metal", "2026-05-01");
        let claim = app.claimed_capital(maker, award, &milestone, invested);
        app.verifier().verifies(&claim).ok()["tranche"].clone()
    };
    let sold = |maker: &str, award: &Value, from: &str, to: &str, kg: i64| {
        app.tranche_for_sales(maker, award, Sales::at_the_rate(from, to, kg))
    };
    let mut rows = Vec::new();
    let mut pay = |tranche: Value, on: &str| {
        let paid = app.paid(&tranche, &format!("UTR00000000000{}", rows.len() + 1), on);
        rows.push(paid["disbursement"].clone());
        paid
    };
    pay(capital("lodestone", &first, 100 * CRORE), "2026-05-01");
    app.set_clock("2026-06-30T06:30:00Z");
    pay(sold("lodestone", &first, "2026-05-01", "2026-05-31", 1_000), "2026-06-30");
    pay(sold("magnetite", &second, "2026-05-01", "2026-05-31", 2_000), "2026-06-30");
    pay(sold("lodestone", &first, "2026-06-01", "2026-06-15", 1_000), "2026-06-30");
    app.set_clock("2027-04-10T06:30:00Z");
    pay(sold("magnetite", &second, "2026-07-01", "2026-07-31", 500), "2027-04-10");
    pay(sold("lodestone", &first, "2027-04-01", "2027-04-05", 300), "2027-04-10");
    app.set_clock("2027-04-12T06:30:00Z");
    let returned = pay(capital("magnetite", &second, 60 * CRORE), "2027-04-12");
    app.disbursing_officer().reports_failure(&returned, "failed_after_success").ok();
    rows[6]["status"] = json!("failed_after_success");
    rows[6]["returned_paise"] = rows[6]["amount_paise"].clone();
    rows[6]["net_paise"] = json!(0);
    let id = |maker: &str| app.organisation(maker)["id"].clone();
    json!({ "rows": rows, "lodestone": id("lodestone"), "magnetite": id("magnetite") })
}
