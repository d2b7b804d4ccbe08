//! The end of the story: on its last day something is left on every desk, so that nobody who signs in finds an empty
//! worklist. One claim was returned by the agency and corrected, and a query is open on another one.

use crate::demo::DemoError;
use crate::demo::claims::{ask, draft, submit, verify};
use crate::demo::dates::Dates;
use crate::demo::people::{Company, People};
use crate::demo::story::{CRORE_PAISE, advise, document, propose, sanction, say, step, text};
use serde_json::{Value, json};

/// An award, and the milestone on which its capital is claimed.
type Built<'a> = (&'a Value, &'a Value);

/// Leaves work for everybody.
pub(super) fn leave_work(
    people: &People,
    dates: &Dates,
    lodestone: Built<'_>,
    coercive: Built<'_>,
) -> Result<(), DemoError> {
    leave_tranches(people, dates, lodestone)?;
    leave_claims(people, dates, lodestone, coercive)?;
    leave_instruments(people, dates)?;
    leave_observation(people, dates)
}

/// One tranche with each desk of the money: recommendation, concurrence, sanction, and the answer of the bank.
fn leave_tranches(people: &People, dates: &Dates, built: Built<'_>) -> Result<(), DemoError> {
    let company = &people.lodestone;
    let verified = |bill| {
        let submitted = submit(company, &draft(company, built.0, &capital(dates, company, built.1, bill, 20)?)?)?;
        verify(people, company, &submitted, 1)
    };
    verified(201)?;
    step(&people.section_officer, &verified(202)?, "recommendation")?;
    let recommended = step(&people.section_officer, &verified(203)?, "recommendation")?;
    step(&people.finance_officer, &recommended, "concurrence")?;
    let payment = advise(people, &sanction(people, &verified(204)?)?)?;
    say(&format!(
        "Lodestone: a tranche waits for its recommendation, one for its concurrence, one for its sanction; payment {} \
         waits for the bank.",
        text(&payment, "number")?
    ));
    Ok(())
}

/// A claim that was returned and corrected waits for the agency, one with an open query for its company, and a draft
/// for whoever prepares and signs.
fn leave_claims(people: &People, dates: &Dates, lodestone: Built<'_>, coercive: Built<'_>) -> Result<(), DemoError> {
    let company = &people.lodestone;
    let mut form = capital(dates, company, lodestone.1, 205, 10)?;
    let submitted = submit(company, &draft(company, lodestone.0, &form)?)?;
    let path = format!("/claims/{}", text(&submitted, "id")?);
    let order = json!({ "reasons": "The invoice shows ₹9 crore without taxes; the claim states ₹10 crore." });
    let returned = people.verifier.posts(&format!("{path}/return"), submitted["version"].as_i64(), &order)?;
    form["lines"][0]["amount_paise"] = json!(9 * CRORE_PAISE);
    form["amount_claimed_paise"] = json!(9 * CRORE_PAISE / 100 * 15);
    let version = returned["version"].as_i64().unwrap_or_default();
    let corrected = company.preparer.puts(&path, version, &json!({ "form": form }))?;
    submit(company, &corrected)?;
    say(&format!(
        "Lodestone: claim {} was returned by the agency with reasons, corrected, and submitted again.",
        text(&submitted, "number")?
    ));
    draft(company, lodestone.0, &capital(dates, company, lodestone.1, 206, 8)?)?;

    let company = &people.coercive;
    let submitted = submit(company, &draft(company, coercive.0, &capital(dates, company, coercive.1, 301, 4)?)?)?;
    let asked = ask(people, &submitted, "Which of the two lines is the furnace of this invoice installed in?")?;
    say(&format!("Coercive: a query of the agency is open on claim {}.", text(&asked, "number")?));
    Ok(())
}

/// Each scheme administrator has a proposal of the other one to decide.
fn leave_instruments(people: &People, dates: &Dates) -> Result<(), DemoError> {
    let today = dates.on(2, "03-20");
    propose(&people.first_scheme_administrator, dates, "capital_subsidy", 2, 30, &today)?;
    propose(&people.second_scheme_administrator, dates, "administration", 2, 3, &today)?;
    say(&format!("Two proposals for the budget of {} wait for the other administrator.", dates.year(2)));
    Ok(())
}

/// An observation of the auditor about the first payment, to which the ministry has replied.
fn leave_observation(people: &People, dates: &Dates) -> Result<(), DemoError> {
    let paid = people.auditor.gets("/disbursements?sort=paid_on&direction=ascending&limit=1")?;
    let form = json!({
        "title": "A payment in the last fortnight of the year",
        "text": "The bank returned the first attempt. Say which account was advised the second time, and who checked it.",
        "as_of": dates.on(2, "03-20"),
        "pins": [{ "kind": "disbursement", "reference": paid["data"][0]["id"] }],
    });
    let raised = people.auditor.posts("/observations", None, &form)?;
    let reply = json!({ "text": "The same account, after the bank had opened it again; its letter is on the file." });
    let path = format!("/observations/{}/reply", text(&raised, "id")?);
    people.section_officer.posts(&path, raised["version"].as_i64(), &reply)?;
    say(&format!("The auditor's observation {} was replied to, and waits for the auditor.", text(&raised, "number")?));
    Ok(())
}

/// The form of a claim for one invoice of so many crore; the scheme pays 15 % of it.
fn capital(dates: &Dates, company: &Company, milestone: &Value, bill: i64, crore: i64) -> Result<Value, DemoError> {
    let invested = crore * CRORE_PAISE;
    let line = json!({
        "invoice_number": format!("SFW/{bill}"), "invoice_date": dates.on(2, "02-10"), "party": "Sample Furnace Works",
        "amount_paise": invested,
    });
    Ok(json!({
        "component": "capital_subsidy", "milestone_id": milestone["id"], "amount_claimed_paise": invested / 100 * 15,
        "lines": [line], "evidence": [document(&company.preparer, "ca-certificate")?],
    }))
}
