//! The report that the demo prints at its end: the budget in crore and the payments of each scheme, and who can sign
//! in.

use crate::demo::people::People;
use crate::demo::story::Outcome;
use crate::terminal::say;
use domain::base::money::Paise;
use serde_json::Value;

fn crore(row: &Value, field: &str) -> String {
    let paise = Paise(row[field].as_i64().unwrap_or_default()).in_crore();
    paise.trim_start_matches('₹').trim_end_matches(" crore").to_owned()
}

fn rows(list: &Value) -> impl Iterator<Item = &Value> {
    list["data"].as_array().into_iter().flatten()
}

/// The rows of each scheme, under the name of the scheme.
fn by_scheme<'v>(outcome: &'v Outcome, list: &'v Value) -> Vec<(&'v str, Vec<&'v Value>)> {
    let of = |scheme: &'v Value| {
        let own = rows(list).filter(|row| row["scheme_code"] == scheme["code"] && row["level"] != "payee");
        (scheme["name"].as_str().unwrap_or_default(), own.collect::<Vec<_>>())
    };
    rows(&outcome.schemes).map(of).filter(|(_, rows)| !rows.is_empty()).collect()
}

/// Prints the budget, the payments and the refusal.
pub fn print(outcome: &Outcome) {
    for (scheme, rows) in by_scheme(outcome, &outcome.budget) {
        say(format_args!("\nBudget, ₹ crore (sample data): {scheme}"));
        say(format_args!(
            "{:<64}{:>10}{:>10}{:>10}{:>11}{:>10}{:>10}",
            "", "provided", "committed", "reserved", "sanctioned", "disbursed", "available"
        ));
        rows.into_iter().for_each(print_budget_row);
    }
    for (scheme, rows) in by_scheme(outcome, &outcome.disbursements) {
        say(format_args!("\nDisbursements: {scheme}"));
        rows.into_iter().for_each(print_disbursement);
    }
    say(format_args!("\nRefused: {}", outcome.refusal));
}

fn print_budget_row(row: &Value) {
    let owner = row["award_number"].as_str().or(row["financial_year"].as_str()).unwrap_or("whole scheme");
    let name = format!("{} · {owner}", row["component"].as_str().unwrap_or_default());
    say(format_args!(
        "{name:<64}{:>10}{:>10}{:>10}{:>11}{:>10}{:>10}",
        crore(row, "provided_paise"),
        crore(row, "committed_paise"),
        crore(row, "reserved_paise"),
        crore(row, "sanctioned_paise"),
        crore(row, "disbursed_paise"),
        crore(row, "available_paise"),
    ));
}

fn print_disbursement(row: &Value) {
    let text = |field: &str| row[field].as_str().unwrap_or_default();
    say(format_args!(
        "  {}  {}  {:<30} {:<24} earned {}  paid {}  {}",
        text("paid_on"),
        text("utr"),
        text("beneficiary"),
        text("component"),
        text("performance_year"),
        text("payment_year"),
        Paise(row["amount_paise"].as_i64().unwrap_or_default()),
    ));
}

/// Prints the people, each with a link that signs them in once, and the addresses of the service.
pub fn invite(people: &People, base: &str, links: &[String]) {
    say("\nPeople (passwords were made for this run; each link signs in once, while this demo runs)");
    for (member, link) in people.all().into_iter().zip(links) {
        let person = &member.person;
        say(format_args!("  {:<22} {:<38} {}  ({})", member.office, person.email, person.password, member.name));
        say(format_args!("    {link}"));
    }
    say(format_args!("\nOpen  {base}/  {base}/docs/  {base}/api/v1/openapi.json"));
}
