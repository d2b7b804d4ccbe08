//! The story: both manufacturers apply, get awards, build, claim and are paid across two financial years. One
//! sanction is refused for want of appropriation, one payment fails and is issued again.

use crate::client::Person;
use crate::demo::DemoError;
use crate::demo::bids;
use crate::demo::claims::{claim_capital, claim_sales};
use crate::demo::dates::Dates;
use crate::demo::ending::{self, Built};
use crate::demo::people::{Company, People};
use crate::terminal;
use serde_json::{Value, json};

pub(super) const SCHEME: &str = "ndfeb-2025-proposal";
pub(super) const CRORE_PAISE: i64 = 1_000_000_000;

/// The results that are printed at the end.
pub struct Outcome {
    pub refusal: String,
    pub disbursements: Value,
    pub budget: Value,
    pub schemes: Value,
}

pub(super) fn say(text: &str) {
    terminal::say(format_args!("  {text}"));
}

pub(super) fn broke(why: &str) -> DemoError {
    DemoError::Story(why.to_owned())
}

pub(super) fn text<'v>(value: &'v Value, field: &str) -> Result<&'v str, DemoError> {
    value[field].as_str().ok_or_else(|| DemoError::Story(format!("no {field} in {value}")))
}

/// Plays the whole story. Each line is printed after the event.
pub fn tell(people: &People) -> Result<Outcome, DemoError> {
    terminal::say("Playing a sample story through the service's own interface:");
    let dates = Dates::from_clock(people)?;
    set_clock(people, &dates.on(0, "04-06"))?;
    open(people, &dates)?;
    let first = awarded(people, &dates, &people.lodestone, 900, "01")?;
    let second = awarded(people, &dates, &people.coercive, 600, "02")?;
    refused_third_capacity(people, &first)?;

    set_clock(people, &dates.on(1, "03-15"))?;
    let milestone = reach(
        people,
        &people.lodestone,
        &first,
        "oxide_to_metal",
        json!({ "oxide_to_metal": 450 }),
        &dates.on(1, "03-01"),
    )?;
    let tranche = claim_capital(people, &dates, &people.lodestone, &first, &milestone, 150 * CRORE_PAISE)?;
    let sanctioned = sanction(people, &tranche)?;
    fail_then_pay(people, &sanctioned, "SBIN", 1, &dates.on(1, "03-15"))?;
    say("Lodestone: first capital tranche; the bank returned the first payment, the second one arrived.");

    let milestone = reach(
        people,
        &people.coercive,
        &second,
        "oxide_to_metal",
        json!({ "oxide_to_metal": 300 }),
        &dates.on(1, "03-10"),
    )?;
    let tranche = claim_capital(people, &dates, &people.coercive, &second, &milestone, 100 * CRORE_PAISE)?;
    let recommended = step(&people.section_officer, &tranche, "recommendation")?;
    let returned = send_back(people, &recommended)?;
    let recommended = step(&people.section_officer, &returned, "recommendation")?;
    let concurred = step(&people.finance_officer, &recommended, "concurrence")?;
    set_clock(people, &dates.on(1, "04-05"))?;
    let refusal = refused_sanction(people, &concurred)?;
    provide(people, &dates, "capital_subsidy", 1, 60)?;
    provide(people, &dates, "sales_linked_incentive", 1, 90)?;
    let concurred = people.section_officer.gets(&format!("/tranches/{}", text(&concurred, "id")?))?;
    let sanctioned = step(&people.competent_authority, &concurred, "sanction")?;
    pay(people, &sanctioned, "HDFC", 2, &dates.on(1, "04-05"))?;
    say("Coercive: the same tranche sanctioned and paid from the new year's appropriation.");

    set_clock(people, &dates.on(2, "03-10"))?;
    bids::bid(people, &dates)?;
    set_clock(people, &dates.on(2, "03-20"))?;
    let alloy = reach(
        people,
        &people.lodestone,
        &first,
        "metal_to_alloy",
        json!({ "oxide_to_metal": 900, "metal_to_alloy": 900 }),
        &dates.on(1, "09-01"),
    )?;
    let whole = json!({ "oxide_to_metal": 900, "metal_to_alloy": 900, "alloy_to_magnet": 900 });
    let commissioned = reach(people, &people.lodestone, &first, "commissioning", whole, &dates.on(1, "11-15"))?;
    let tranche = claim_sales(people, &dates, &people.lodestone, &first)?;
    let sanctioned = sanction(people, &tranche)?;
    pay(people, &sanctioned, "SBIN", 3, &dates.on(2, "03-20"))?;
    say("Lodestone: commissioned, sold magnets, and was paid its first sales-linked incentive.");
    ending::leave_work(people, &dates, &Built { award: &first, milestones: [&alloy, &commissioned] }, &second)?;

    Ok(Outcome {
        refusal,
        disbursements: people.auditor.gets("/disbursements?sort=paid_on&direction=ascending")?,
        budget: people.auditor.gets("/budget")?,
        schemes: people.auditor.gets("/schemes")?,
    })
}

fn set_clock(people: &People, day: &str) -> Result<(), DemoError> {
    people.administrator.posts("/clock", None, &json!({ "now": format!("{day}T04:30:00Z") }))?;
    say(&format!("— the sandbox clock is moved to {day} —"));
    Ok(())
}

fn open(people: &People, dates: &Dates) -> Result<(), DemoError> {
    let window =
        json!({ "opens_on": dates.on(0, "04-01"), "closes_on": dates.on(0, "05-31"), "reference": "Sample order 1" });
    people.first_scheme_administrator.posts(&format!("/schemes/{SCHEME}/windows"), None, &window)?;
    provide(people, dates, "capital_subsidy", 0, 40)?;
    provide(people, dates, "sales_linked_incentive", 0, 10)?;
    provide(people, dates, "administration", 0, 3)?;
    say(&format!(
        "An application window is open and the budget of {} is provided (two administrators).",
        dates.year(0)
    ));
    Ok(())
}

fn provide(people: &People, dates: &Dates, component: &str, year: i64, crore: i64) -> Result<(), DemoError> {
    let dated_on = dates.on(year, "04-01");
    let proposed = propose(&people.first_scheme_administrator, dates, component, year, crore, &dated_on)?;
    let path = format!("/budget-instruments/{}/approval", text(&proposed, "id")?);
    people.second_scheme_administrator.posts(&path, proposed["version"].as_i64(), &json!({}))?;
    Ok(())
}

/// One scheme administrator proposes what a year provides for a component; another one has to approve it.
pub(super) fn propose(
    administrator: &Person,
    dates: &Dates,
    component: &str,
    year: i64,
    crore: i64,
    dated_on: &str,
) -> Result<Value, DemoError> {
    let provision = json!({
        "kind": "provision", "scheme_code": SCHEME, "component": component, "financial_year": dates.year(year),
        "amount_paise": crore * CRORE_PAISE, "reference": "Sample demand for grants", "dated_on": dated_on,
    });
    Ok(administrator.posts("/budget-instruments", None, &provision)?)
}

/// A sample document: a PDF of one line.
pub(super) fn document(person: &Person, name: &str) -> Result<Value, DemoError> {
    let content = format!("%PDF-1.4\n% sample document: {name} of {}\n%%EOF\n", person.email);
    let uploaded = person.expect(
        "POST",
        "/evidence",
        person.upload(&format!("{name}.pdf"), "application/pdf", content.as_bytes())?,
    )?;
    Ok(uploaded["id"].clone())
}

/// The form of an application: 300 crore are invested in the first year of the plan, 250 in the second.
pub(super) fn plan(
    company: &Company,
    capacity: i64,
    asked_paise: i64,
    years: &[String; 2],
) -> Result<Value, DemoError> {
    let kinds = ["board_resolution", "net_worth_certificate", "detailed_project_report"];
    let documents = kinds
        .iter()
        .map(|kind| Ok(json!({ "kind": kind, "evidence_id": document(&company.preparer, kind)? })))
        .collect::<Result<Vec<_>, DemoError>>()?;
    let in_year =
        |(year, crore): (&String, i64)| json!({ "financial_year": year, "amount_paise": crore * CRORE_PAISE });
    Ok(json!({
        "capacity_mtpa": capacity, "stages": ["oxide_to_metal", "metal_to_alloy", "alloy_to_magnet"],
        "net_worth_paise": 400 * CRORE_PAISE,
        "investment_plan": years.iter().zip([300, 250]).map(in_year).collect::<Vec<_>>(),
        "incentive_asked_paise_per_kg": asked_paise, "documents": documents,
    }))
}

/// The agency finds every criterion of an application met: those of every scheme, and those that its scheme adds.
pub(super) fn scrutinise(people: &People, application: &Value, added: &[&str]) -> Result<Value, DemoError> {
    let mut criteria = vec!["capacity", "whole_chain", "net_worth", "investment", "incentive_rate", "documents"];
    criteria.extend(added);
    let finding =
        |criterion: &&str| json!({ "criterion": criterion, "met": true, "reason": "seen and found in order" });
    let findings: Vec<Value> = criteria.iter().map(finding).collect();
    let path = format!("/applications/{}/scrutiny", text(application, "id")?);
    Ok(people.verifier.posts(&path, application["version"].as_i64(), &json!({ "findings": findings }))?)
}

fn awarded(
    people: &People,
    dates: &Dates,
    company: &Company,
    capacity: i64,
    guarantee: &str,
) -> Result<Value, DemoError> {
    let form = plan(company, capacity, 160_000, &[dates.year(0), dates.year(1)])?;
    let draft = company.preparer.posts("/applications", None, &json!({ "scheme_code": SCHEME, "form": form }))?;
    let path = format!("/applications/{}", text(&draft, "id")?);
    let submitted = company.signatory.posts(&format!("{path}/submission"), draft["version"].as_i64(), &json!({}))?;
    let asked = people.verifier.posts(
        &format!("{path}/queries"),
        submitted["version"].as_i64(),
        &json!({ "question": "Which technology will the sintering line use?" }),
    )?;
    let reply = json!({ "text": "Strip casting, hydrogen decrepitation and isostatic pressing.", "documents": [] });
    let replied = company.preparer.posts(&format!("{path}/queries/1/reply"), asked["version"].as_i64(), &reply)?;
    let eligible = scrutinise(people, &replied, &[])?;
    let award = people.competent_authority.posts(
        &format!("{path}/award"),
        eligible["version"].as_i64(),
        &json!({ "capacity_mtpa": capacity }),
    )?;
    let security = json!({
        "guarantee_number": format!("SAMPLE-BG-{guarantee}"), "bank": "Sample Bank", "amount_paise": award["security_required_paise"],
        "issued_on": dates.on(0, "04-06"), "expires_on": dates.on(7, "12-31"), "evidence_id": document(&company.signatory, "bank-guarantee")?,
    });
    let lodged = company.signatory.posts(&format!("/awards/{}/securities", text(&award, "id")?), None, &security)?;
    let word =
        json!({ "outcome": "confirmed", "reference": "Sample message of the bank", "note": "asked the bank directly" });
    let path = format!("/securities/{}/confirmation", text(&lodged, "id")?);
    people.verifier.posts(&path, lodged["version"].as_i64(), &word)?;
    say(&format!(
        "{}: applied ({}), answered a query, awarded {capacity} MTPA ({}).",
        company.name,
        text(&submitted, "number")?,
        text(&award, "number")?
    ));
    Ok(award)
}

/// All 1,500 MTPA are awarded, so a further award is refused.
fn refused_third_capacity(people: &People, award: &Value) -> Result<(), DemoError> {
    let path = format!("/applications/{}/award", text(award, "application_id")?);
    let application = people.competent_authority.gets(&format!("/applications/{}", text(award, "application_id")?))?;
    let again =
        people.competent_authority.post(&path, application["version"].as_i64(), &json!({ "capacity_mtpa": 900 }))?;
    if again.status != 409 {
        return Err(broke("an application was awarded twice"));
    }
    Ok(())
}

pub(super) fn reach(
    people: &People,
    company: &Company,
    award: &Value,
    code: &str,
    installed: Value,
    achieved_on: &str,
) -> Result<Value, DemoError> {
    let file = people.verifier.gets(&format!("/awards/{}", text(award, "id")?))?;
    let milestones = file["milestones"].as_array().ok_or_else(|| broke("an award without milestones"))?;
    let milestone =
        milestones.iter().find(|milestone| milestone["code"] == code).ok_or_else(|| broke("no such milestone"))?;
    let path = format!("/milestones/{}", text(milestone, "id")?);
    let evidence = document(&company.preparer, "chartered-engineer-certificate")?;
    let report = json!({ "installed_mtpa": installed, "achieved_on": achieved_on, "evidence": [evidence] });
    let reported = company.signatory.posts(&format!("{path}/reports"), milestone["version"].as_i64(), &report)?;
    let inspection = json!({
        "outcome": "verified",
        "inspection": {
            "inspected_on": achieved_on, "place": "Sample plant", "installed_mtpa": installed,
            "remarks": "Lines seen running; capacity plates and test records checked.",
            "evidence": [document(&people.verifier, "inspection-report")?],
        },
    });
    let verified = people.verifier.posts(&format!("{path}/verification"), reported["version"].as_i64(), &inspection)?;
    say(&format!("{}: milestone {code} verified.", company.name));
    Ok(verified)
}

/// Finance returns a tranche to the section officer, whose recommendation falls.
fn send_back(people: &People, tranche: &Value) -> Result<Value, DemoError> {
    let order = json!({ "to": "recommend", "reasons": "Say in the note which guarantee covers the award." });
    let path = format!("/tranches/{}/return", text(tranche, "id")?);
    let returned = people.finance_officer.posts(&path, tranche["version"].as_i64(), &order)?;
    say(&format!(
        "Tranche {} was returned by finance with reasons, and recommended again.",
        text(&returned, "number")?
    ));
    Ok(returned)
}

pub(super) fn step(person: &Person, tranche: &Value, what: &str) -> Result<Value, DemoError> {
    let path = format!("/tranches/{}/{what}", text(tranche, "id")?);
    Ok(person.posts(&path, tranche["version"].as_i64(), &json!({ "note": "Seen; in order." }))?)
}

pub(super) fn sanction(people: &People, tranche: &Value) -> Result<Value, DemoError> {
    let recommended = step(&people.section_officer, tranche, "recommendation")?;
    let concurred = step(&people.finance_officer, &recommended, "concurrence")?;
    step(&people.competent_authority, &concurred, "sanction")
}

/// The new year has no appropriation yet: the sanction is refused, and the refusal says how much is missing.
fn refused_sanction(people: &People, tranche: &Value) -> Result<String, DemoError> {
    let path = format!("/tranches/{}/sanction", text(tranche, "id")?);
    let answer =
        people.competent_authority.post(&path, tranche["version"].as_i64(), &json!({ "note": "Sanctioned." }))?;
    let problem = answer.json();
    if problem["code"] != "budget_exceeded" {
        return Err(DemoError::Story(format!(
            "a sanction without appropriation was answered {}: {problem}",
            answer.status
        )));
    }
    let detail = text(&problem, "detail")?.to_owned();
    say(&format!("Refused, as it must be: {detail}."));
    Ok(detail)
}

pub(super) fn advise(people: &People, tranche: &Value) -> Result<Value, DemoError> {
    let path = format!("/tranches/{}/payments", text(tranche, "id")?);
    Ok(people.disbursing_officer.posts(&path, tranche["version"].as_i64(), &json!({}))?)
}

fn pay(people: &People, tranche: &Value, bank: &str, number: u32, paid_on: &str) -> Result<(), DemoError> {
    let payment = advise(people, tranche)?;
    let utr = Dates::utr(bank, paid_on, number);
    let answer =
        json!({ "outcome": "succeeded", "utr": utr, "paid_on": paid_on, "amount_paise": payment["amount_paise"] });
    let path = format!("/payments/{}/settlement", text(&payment, "id")?);
    people.disbursing_officer.posts(&path, payment["version"].as_i64(), &answer)?;
    Ok(())
}

fn fail_then_pay(people: &People, tranche: &Value, bank: &str, number: u32, paid_on: &str) -> Result<(), DemoError> {
    let payment = advise(people, tranche)?;
    let path = format!("/payments/{}/settlement", text(&payment, "id")?);
    let failed = json!({ "outcome": "failed", "reason": "Account temporarily closed to credits" });
    people.disbursing_officer.posts(&path, payment["version"].as_i64(), &failed)?;
    let again = people.disbursing_officer.gets(&format!("/tranches/{}", text(tranche, "id")?))?;
    pay(people, &again, bank, number, paid_on)
}
