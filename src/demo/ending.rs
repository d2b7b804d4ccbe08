//! The end of the story: on its last day something is left on every desk, so that nobody who signs in finds an empty
//! worklist. One claim was returned by the agency and corrected, and a query is open on another one.

use crate::demo::DemoError;
use crate::demo::bids::leave_run;
use crate::demo::claims::{ask, draft, furnace_works, submit, verify};
use crate::demo::dates::Dates;
use crate::demo::people::{Company, People};
use crate::demo::story::{CRORE_PAISE, advise, document, propose, reach, sanction, say, step, text};
use serde_json::{Value, json};

/// An award, and the milestones on which capital is claimed, the one that is claimed first before the other.
pub(super) struct Built<'a> {
    pub award: &'a Value,
    pub milestones: [&'a Value; 2],
}

/// Leaves work for everybody.
pub(super) fn leave_work(
    people: &People,
    dates: &Dates,
    lodestone: &Built<'_>,
    coercive: &Value,
) -> Result<(), DemoError> {
    leave_tranches(people, dates, lodestone.award)?;
    leave_claims(people, dates, lodestone)?;
    leave_query(people, dates, coercive)?;
    leave_held(people, dates, lodestone.award)?;
    leave_instruments(people, dates)?;
    leave_run(people)?;
    leave_observation(people, dates)?;
    leave_control(people)
}

/// One tranche with each desk of the money: recommendation, concurrence, sanction, and the answer of the bank.
fn leave_tranches(people: &People, dates: &Dates, award: &Value) -> Result<(), DemoError> {
    let company = &people.lodestone;
    let verified = |day| {
        let submitted = submit(company, &draft(company, award, &sales(dates, company, day)?)?)?;
        verify(people, company, &submitted, 1)
    };
    verified("03-01")?;
    step(&people.section_officer, &verified("03-02")?, "recommendation")?;
    let recommended = step(&people.section_officer, &verified("03-03")?, "recommendation")?;
    step(&people.finance_officer, &recommended, "concurrence")?;
    let payment = advise(people, &sanction(people, &verified("03-04")?)?)?;
    say(&format!(
        "Lodestone: a tranche waits for its recommendation, one for its concurrence, one for its sanction; payment {} \
         waits for the bank.",
        text(&payment, "number")?
    ));
    Ok(())
}

/// A claim for which money is held already waits for the company to correct it: the section officer returned it to the
/// agency, and the agency to the company.
fn leave_held(people: &People, dates: &Dates, award: &Value) -> Result<(), DemoError> {
    let company = &people.lodestone;
    let submitted = submit(company, &draft(company, award, &sales(dates, company, "03-05")?)?)?;
    let tranche = verify(people, company, &submitted, 1)?;
    let order = json!({ "to": "verify", "reasons": "The stock register shows less alloy than the claim says." });
    let path = format!("/tranches/{}/return", text(&tranche, "id")?);
    people.section_officer.posts(&path, tranche["version"].as_i64(), &order)?;
    let path = format!("/claims/{}", text(&submitted, "id")?);
    let claim = people.verifier.gets(&path)?;
    let order = json!({ "reasons": "State the alloy that the stock register shows, and claim what follows from it." });
    people.verifier.posts(&format!("{path}/return"), claim["version"].as_i64(), &order)?;
    say(&format!(
        "Lodestone: claim {} went back from the section officer to the agency, and from there to the company; its \
         money stays held.",
        text(&submitted, "number")?
    ));
    Ok(())
}

/// A claim that was returned and corrected waits for the agency, and a draft for whoever signs.
fn leave_claims(people: &People, dates: &Dates, built: &Built<'_>) -> Result<(), DemoError> {
    let (company, [first, second]) = (&people.lodestone, built.milestones);
    let mut form = capital(dates, company, first, 205, 10)?;
    let submitted = submit(company, &draft(company, built.award, &form)?)?;
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
    draft(company, built.award, &capital(dates, company, second, 206, 8)?)?;
    Ok(())
}

/// A claim about which the agency has asked something waits for its company.
fn leave_query(people: &People, dates: &Dates, award: &Value) -> Result<(), DemoError> {
    let company = &people.coercive;
    let installed = json!({ "oxide_to_metal": 600, "metal_to_alloy": 600 });
    let milestone = reach(people, company, award, "metal_to_alloy", installed, &dates.on(1, "12-15"))?;
    let submitted = submit(company, &draft(company, award, &capital(dates, company, &milestone, 301, 40)?)?)?;
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
        "supplier_gstin": furnace_works(), "amount_paise": invested,
    });
    Ok(json!({
        "component": "capital_subsidy", "milestone_id": milestone["id"], "amount_claimed_paise": invested / 100 * 15,
        "lines": [line], "evidence": [document(&company.preparer, "ca-certificate")?],
    }))
}

/// The form of a claim for the sales of one day in March, with a balance that explains all of them.
fn sales(dates: &Dates, company: &Company, day: &str) -> Result<Value, DemoError> {
    let register = document(&company.preparer, "stock-register")?;
    let material = |material: &str, in_kg: i64, scrap_kg: i64, closing_kg: i64| {
        json!({
            "material": material, "opening_kg": 0, "in_kg": in_kg, "scrap_kg": scrap_kg, "closing_kg": closing_kg,
            "evidence_id": register,
        })
    };
    let day = dates.on(2, day);
    let line = json!({
        "invoice_number": format!("LM/{day}"), "invoice_date": day, "party": "Sample Motor Company",
        "quantity_kg": 2_100, "amount_paise": 2_100 * 400_000,
    });
    Ok(json!({
        "component": "sales_linked_incentive", "period_from": day, "period_to": day,
        "amount_claimed_paise": 2_100 * 160_000, "lines": [line],
        "evidence": [document(&company.preparer, "sales-register")?],
        "mass_balance": {
            "materials": [
                material("oxide", 800, 0, 40), material("metal", 650, 2, 8), material("alloy", 2_235, 15, 40),
                material("magnet", 2_175, 35, 40),
            ],
            "dispatched_kg": 2_100,
        },
    }))
}

/// The auditor runs the controls, so that what is at fault is found at once and not whenever the schedule comes round.
fn leave_control(people: &People) -> Result<(), DemoError> {
    let run = people.auditor.posts("/controls/runs", None, &json!({}))?;
    let results = run["results"].as_array().into_iter().flatten();
    let red: Vec<&str> =
        results.filter(|one| one["status"] == "red").filter_map(|one| one["control"].as_str()).collect();
    say(&format!("The auditor ran the controls; at fault: {}.", red.join(", ")));
    Ok(())
}
