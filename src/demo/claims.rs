//! The claims of the story: for capital on a milestone and for magnets sold, signed, asked about and verified.

use crate::demo::DemoError;
use crate::demo::dates::Dates;
use crate::demo::people::{Company, People};
use crate::demo::story::{CRORE_PAISE, document, say, text};
use domain::base::gstin::gstin_check_character;
use serde_json::{Value, json};

pub(super) fn claim_capital(
    people: &People,
    dates: &Dates,
    company: &Company,
    award: &Value,
    milestone: &Value,
    invested_paise: i64,
) -> Result<Value, DemoError> {
    let furnace = invested_paise / 5 * 3;
    // One supplier numbers the invoices of all its customers.
    let series = invested_paise / CRORE_PAISE;
    let line = |number: i64, amount: i64| json!({ "invoice_number": format!("SFW/{series}-{number}"), "invoice_date": dates.on(1, "02-10"), "party": "Sample Furnace Works", "supplier_gstin": furnace_works(), "amount_paise": amount });
    let form = json!({
        "component": "capital_subsidy", "milestone_id": milestone["id"], "amount_claimed_paise": invested_paise / 100 * 15,
        "lines": [line(101, furnace), line(102, invested_paise - furnace)], "evidence": [document(&company.preparer, "ca-certificate")?],
    });
    claim(people, company, award, &form, 2)
}

/// The GSTIN of the supplier of furnaces.
pub(super) fn furnace_works() -> String {
    const START: &str = "27AAACF4321K1Z";
    format!("{START}{}", gstin_check_character(START))
}

pub(super) fn claim_sales(
    people: &People,
    dates: &Dates,
    company: &Company,
    award: &Value,
) -> Result<Value, DemoError> {
    let register = document(&company.preparer, "stock-register")?;
    let material = |material: &str, in_kg: i64, scrap_kg: i64, closing_kg: i64| json!({ "material": material, "opening_kg": 0, "in_kg": in_kg, "scrap_kg": scrap_kg, "closing_kg": closing_kg, "evidence_id": register });
    // From 80 t of oxide; offcuts and stock are stated.
    let mass_balance = json!({
        "materials": [material("oxide", 80_000, 0, 4_000), material("metal", 65_000, 200, 800), material("alloy", 223_500, 1_500, 4_000), material("magnet", 217_500, 3_500, 4_000)],
        "dispatched_kg": 210_000,
    });
    let line = |number: &str, kg: i64, per_kg: i64| json!({ "invoice_number": number, "invoice_date": dates.on(2, "01-31"), "party": "Sample Motor Company", "quantity_kg": kg, "amount_paise": kg * per_kg });
    let form = json!({
        "component": "sales_linked_incentive", "period_from": dates.on(1, "12-01"), "period_to": dates.on(2, "02-28"), "amount_claimed_paise": 35 * CRORE_PAISE,
        "lines": [line("LM/1", 120_000, 380_000), line("LM/2", 90_000, 420_000)], "evidence": [document(&company.preparer, "sales-register")?], "mass_balance": mass_balance,
    });
    claim(people, company, award, &form, 2)
}

fn claim(people: &People, company: &Company, award: &Value, form: &Value, lines: i64) -> Result<Value, DemoError> {
    let submitted = submit(company, &draft(company, award, form)?)?;
    let sales = form["component"] == "sales_linked_incentive";
    let submitted = if sales { answered(people, company, &submitted)? } else { submitted };
    verify(people, company, &submitted, lines)
}

/// A draft of the preparer.
pub(super) fn draft(company: &Company, award: &Value, form: &Value) -> Result<Value, DemoError> {
    Ok(company.preparer.posts("/claims", None, &json!({ "award_id": award["id"], "form": form }))?)
}

/// The signatory submits a draft, or what was corrected.
pub(super) fn submit(company: &Company, claim: &Value) -> Result<Value, DemoError> {
    let path = format!("/claims/{}/submission", text(claim, "id")?);
    Ok(company.signatory.posts(&path, claim["version"].as_i64(), &json!({}))?)
}

/// The agency accepts every line; returns the tranche.
pub(super) fn verify(people: &People, company: &Company, submitted: &Value, lines: i64) -> Result<Value, DemoError> {
    let decisions: Vec<Value> = (1..=lines).map(|line| json!({ "line": line, "accepted": true })).collect();
    let path = format!("/claims/{}/verification", text(submitted, "id")?);
    let decision =
        json!({ "outcome": "verified", "lines": decisions, "remarks": "Invoices and bank statements agree." });
    let verified = people.verifier.posts(&path, submitted["version"].as_i64(), &decision)?;
    let bound = verified["statement"]["bound_by"].as_str().unwrap_or("nothing");
    say(&format!("{}: claim {} verified; bound by {bound}.", company.name, text(submitted, "number")?));
    Ok(verified["tranche"].clone())
}

/// The agency asks about a claim; its clock stands until the company replies.
pub(super) fn ask(people: &People, submitted: &Value, question: &str) -> Result<Value, DemoError> {
    let path = format!("/claims/{}/queries", text(submitted, "id")?);
    Ok(people.verifier.posts(&path, submitted["version"].as_i64(), &json!({ "question": question }))?)
}

/// The agency asks about a claim, and the company replies.
fn answered(people: &People, company: &Company, submitted: &Value) -> Result<Value, DemoError> {
    let asked = ask(people, submitted, "Does the second invoice include the magnets returned in January?")?;
    let reply = json!({ "text": "It does not; they were credited before.", "documents": [] });
    let path = format!("/claims/{}/queries/1/reply", text(submitted, "id")?);
    let replied = company.preparer.posts(&path, asked["version"].as_i64(), &reply)?;
    say(&format!("{}: the agency asked about claim {}, and was answered.", company.name, text(&replied, "number")?));
    Ok(replied)
}
