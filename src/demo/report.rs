//! The report that the demo prints at its end: the budget in crore and the payments, and who can sign in.

use crate::demo::people::People;
use crate::demo::story::Outcome;
use domain::base::money::Paise;
use serde_json::Value;

fn crore(row: &Value, field: &str) -> String {
    let paise = Paise(row[field].as_i64().unwrap_or_default()).in_crore();
    paise.trim_start_matches('₹').trim_end_matches(" crore").to_owned()
}

fn rows(list: &Value) -> impl Iterator<Item = &Value> {
    list["data"].as_array().into_iter().flatten()
}

/// Prints the budget, the payments and the refusal.
pub fn print(outcome: &Outcome) {
    println!("\nBudget, ₹ crore (sample data)");
    println!(
        "{:<64}{:>10}{:>10}{:>10}{:>11}{:>10}{:>10}",
        "", "provided", "committed", "reserved", "sanctioned", "disbursed", "available"
    );
    for row in rows(&outcome.budget).filter(|row| row["level"] != "payee") {
        let owner = row["award_number"].as_str().or(row["financial_year"].as_str()).unwrap_or("whole scheme");
        let name = format!("{} · {owner}", row["component"].as_str().unwrap_or_default());
        println!(
            "{name:<64}{:>10}{:>10}{:>10}{:>11}{:>10}{:>10}",
            crore(row, "provided_paise"),
            crore(row, "committed_paise"),
            crore(row, "reserved_paise"),
            crore(row, "sanctioned_paise"),
            crore(row, "disbursed_paise"),
            crore(row, "available_paise"),
        );
    }
    println!("\nDisbursements");
    for row in rows(&outcome.disbursements) {
        let text = |field: &str| row[field].as_str().unwrap_or_default().to_owned();
        println!(
            "  {}  {}  {:<30} {:<24} earned {}  paid {}  {}",
            text("paid_on"),
            text("utr"),
            text("beneficiary"),
            text("component"),
            text("performance_year"),
            text("payment_year"),
            Paise(row["amount_paise"].as_i64().unwrap_or_default()),
        );
    }
    println!("\nRefused: {}", outcome.refusal);
}

/// Prints the people, each with a link that signs them in once, and the addresses of the service.
pub fn invite(people: &People, base: &str, links: &[String]) {
    println!("\nPeople (passwords were made for this run; each link signs in once, while this demo runs)");
    for (member, link) in people.all().into_iter().zip(links) {
        println!("  {:<22} {:<38} {}  ({})", member.office, member.person.email, member.person.password, member.name);
        println!("    {link}");
    }
    println!("\nOpen  {base}/  {base}/docs/  {base}/api/v1/openapi.json");
}
