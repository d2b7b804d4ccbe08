//! Separation of duties: one person, one step on a rupee. Somebody who holds all roles tries every pair of steps.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, SCHEME, Sales, Verbs, at, says, stages};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};
use std::sync::Arc;

const MONEY_ROLES: [&str; 5] =
    ["verifier", "section_officer", "finance_officer", "competent_authority", "disbursing_officer"];

/// The steps of the offices, in order. Settlement is the second half of a payment.
const STEPS: [&str; 6] = ["verify", "recommend", "concur", "sanction", "pay", "settle"];

/// The person who usually takes a step.
fn usual(app: &App, step: &str) -> Arc<Person> {
    match step {
        "verify" => app.verifier(),
        "recommend" => app.section_officer(),
        "concur" => app.finance_officer(),
        "sanction" => app.competent_authority(),
        _ => app.disbursing_officer(),
    }
}

/// Takes a step on the answer of the step before.
fn take(person: &Person, step: &str, file: &Value) -> Response {
    match step {
        "verify" => person.verifies(file),
        "recommend" => person.recommends(file),
        "concur" => person.concurs(file),
        "sanction" => person.sanctions(file),
        "pay" => person.advises(file),
        _ => person.confirms(file, &format!("UTR{}", &file["id"].as_str().unwrap()[24..]), "2026-09-01"),
    }
}

/// The record from which the next step starts.
fn onward(step: &str, answer: Response) -> Value {
    let answer = answer.ok();
    if step == "verify" { answer["tranche"].clone() } else { answer }
}

/// An award with sales, and the year's money provided by two usual administrators.
fn selling(app: &App) -> Value {
    app.told("selling with 10 crore in September", |app| {
        app.window_is_open();
        app.provided("sales_linked_incentive", "2026-27", 10 * CRORE);
        let award = app.commissioned("lodestone", 900);
        app.set_clock("2026-09-01T06:30:00Z");
        award
    })
}

/// A claim for the sales of one day in August.
fn day_of_sales(app: &App, award: &Value, day: usize) -> Value {
    let day = format!("2026-08-{:02}", day + 1);
    app.claimed_sales("lodestone", award, Sales::at_the_rate(&day, &day, 100))
}

#[apply(on_both!)]
fn nobody_takes_two_steps_on_one_rupee(app: App) {
    let award = selling(&app);
    let all = app.person("allround", &MONEY_ROLES, None);
    let mut tried = 0;
    for (first, earlier) in STEPS.iter().enumerate().take(4) {
        for (second, now) in STEPS.iter().enumerate().skip(first + 1) {
            let mut file = day_of_sales(&app, &award, tried);
            for step in &STEPS[..second] {
                let person = if step == earlier { Arc::clone(&all) } else { usual(&app, step) };
                file = onward(step, take(&person, step, &file));
            }
            let before = app.budget_table();
            let problem = take(&all, now, &file).refused(409, "same_person");
            let now_done = if *now == "settle" { "pay" } else { now };
            assert_eq!(
                problem["detail"],
                format!("you already did '{earlier}' for this money, so somebody else must do '{now_done}'"),
                "{earlier} then {now}"
            );
            assert_eq!(app.budget_table(), before, "{earlier} then {now}");
            take(&usual(&app, now), now, &file).ok();
            tried += 1;
        }
    }
    assert_eq!(tried, 14);
    app.must_verify();
}

#[apply(on_both!)]
fn who_advised_also_settles(app: App) {
    let award = selling(&app);
    let all = app.person("allround", &MONEY_ROLES, None);
    let mut file = day_of_sales(&app, &award, 0);
    for step in STEPS {
        let person = if ["pay", "settle"].contains(&step) { Arc::clone(&all) } else { usual(&app, step) };
        file = onward(step, take(&person, step, &file));
    }
    assert_eq!(file["disbursement"]["amount_paise"], 16_000_000);
    let tranche = app.auditor().sees("/tranches")["data"][0].clone();
    let steps: Vec<&str> =
        tranche["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["prepare", "submit", "verify", "recommend", "concur", "sanction", "pay"]);
    let people: std::collections::BTreeSet<&str> =
        tranche["steps"].as_array().unwrap().iter().map(|step| step["taken_by"].as_str().unwrap()).collect();
    assert_eq!(people.len(), 7, "seven steps, seven people");
}

#[apply(on_both!)]
fn who_verified_the_milestone_verified_the_rupee(app: App) {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let all = app.person("allround", &MONEY_ROLES, None);
    let award = app.awarded("lodestone", 900);
    let milestone = app.milestone(&award, "oxide_to_metal");
    let half = json!({ "oxide_to_metal": 450 });
    let reported = app.signatory().reports(&milestone, half.clone(), "2026-05-01").ok();
    let verified = all.inspects(&reported, "verified", half, "2026-05-01").ok();
    let claim = app.claimed_capital("lodestone", &award, &verified, 100 * CRORE);
    let mut file = app.verifier().verifies(&claim).ok()["tranche"].clone();
    for step in &STEPS[1..] {
        says(&take(&all, step, &file).refused(409, "same_person"), "you already did 'verify' for this money");
        let mut usual = take(&usual(&app, step), step, &file);
        if *step == "settle" {
            // Settled on the day of the advice, which differs from the day in `take`.
            usual = app.disbursing_officer().confirms(&file, "SBINR52026050100001", "2026-05-01");
        }
        file = usual.ok();
    }
    app.must_verify();
}

#[apply(on_both!)]
fn who_provided_the_years_money_does_not_spend_it(app: App) {
    let roles: Vec<&str> = MONEY_ROLES.iter().copied().chain(["scheme_administrator"]).collect();
    let (proposer, approver) = (app.person("proposer", &roles, None), app.person("approver", &roles, None));
    app.window_is_open();
    let proposed = proposer.proposes("sales_linked_incentive", "2026-27", 10 * CRORE).ok();
    approver.approves(&proposed).ok();
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-09-01T06:30:00Z");
    let mut file = day_of_sales(&app, &award, 0);
    for step in STEPS {
        for provider in [&proposer, &approver] {
            let problem = take(provider, step, &file).refused(409, "same_person");
            says(&problem, "you already did 'provide' for this money");
        }
        file = onward(step, take(&usual(&app, step), step, &file));
    }
    app.must_verify();
}

#[apply(on_both!)]
fn who_took_a_step_does_not_provide_that_years_money(app: App) {
    let award = selling(&app);
    let both = app.person("both", &["section_officer", "scheme_administrator"], None);
    // This proposal is made before the step and still open when the step is taken.
    let early = both.proposes("sales_linked_incentive", "2026-27", CRORE).ok();
    let tranche = app.verifier().verifies(&day_of_sales(&app, &award, 0)).ok()["tranche"].clone();
    both.recommends(&tranche).ok();

    let problem = app.scheme_administrator().approves(&early).refused(409, "proposer_acted");
    says(&problem, "its proposer did 'recommend' for this money");
    both.proposes("sales_linked_incentive", "2026-27", CRORE).refused(409, "same_person");
    let others = app.scheme_administrator().proposes("sales_linked_incentive", "2026-27", CRORE).ok();
    says(&both.approves(&others).refused(409, "same_person"), "you already did 'recommend' for this money");
    let row = app.budget("financial_year", "sales_linked_incentive", Some("2026-27"));
    assert_eq!(stages(&row), [10 * CRORE, 10 * CRORE - 16_000_000, 0, 16_000_000, 0, 0]);

    // Money of another year or another component is another rupee.
    both.proposes("sales_linked_incentive", "2027-28", CRORE).ok();
    both.proposes("capital_subsidy", "2026-27", CRORE).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn who_provided_the_new_year_neither_sanctions_nor_pays_into_it(app: App) {
    let award = selling(&app);
    let roles = ["competent_authority", "disbursing_officer", "scheme_administrator"];
    let provider = app.person("provider", &roles, None);
    let concurred = app.concurred(&app.verifier().verifies(&day_of_sales(&app, &award, 0)).ok()["tranche"]);
    let sanctioned = app.sanctioned(&app.verifier().verifies(&day_of_sales(&app, &award, 1)).ok()["tranche"]);
    let advised = app
        .disbursing_officer()
        .advises(&app.sanctioned(&app.verifier().verifies(&day_of_sales(&app, &award, 2)).ok()["tranche"]))
        .ok();
    app.set_clock("2027-04-01T06:30:00Z");
    app.scheme_administrator().approves(&provider.proposes("sales_linked_incentive", "2027-28", CRORE).ok()).ok();
    for answer in [
        provider.sanctions(&concurred),
        provider.advises(&sanctioned),
        provider.confirms(&advised, "SBINR52027040100001", "2027-04-01"),
    ] {
        says(&answer.refused(409, "same_person"), "you already did 'provide' for this money");
    }
    app.competent_authority().sanctions(&concurred).ok();
    app.disbursing_officer().advises(&sanctioned).ok();
    app.disbursing_officer().confirms(&advised, "SBINR52027040100001", "2027-04-01").ok();
    app.must_verify();
}

#[apply(on_both!)]
fn each_step_needs_its_role(app: App) {
    let award = selling(&app);
    let mut file = day_of_sales(&app, &award, 0);
    let others = [app.scheme_administrator(), app.auditor(), app.administrator(), app.signatory(), app.preparer()];
    for step in STEPS {
        for person in &others {
            take(person, step, &file).refused(403, "not_permitted");
        }
        for other in STEPS.iter().filter(|other| usual(&app, other).email != usual(&app, step).email) {
            take(&usual(&app, other), step, &file).refused(403, "not_permitted");
        }
        file = onward(step, take(&usual(&app, step), step, &file));
    }
    let first = app.acts().into_iter().find(|act| act["code"] == "not_permitted").unwrap();
    assert_eq!((first["command"].as_str(), first["outcome"].as_str()), (Some("verify_claim"), Some("refused")));
    assert_eq!(app.budget("component", "sales_linked_incentive", None)["disbursed_paise"], 16_000_000);
    assert_eq!(app.auditor().sees("/tranches")["data"][0]["scheme_code"], SCHEME);
    app.must_verify();
}

/// A tranche is hidden from people who may not see it.
#[apply(on_both!)]
fn a_tranche_is_seen_by_its_beneficiary_and_the_offices(app: App) {
    let tranche = app.tranche_of_15_crore();
    assert_eq!(app.section_officer().sees(&at("tranches", &tranche)), tranche);
    // The agency verified milestone and claim; what it noted on the claim is what the next desk reads.
    let verified = tranche["steps"].as_array().unwrap().iter().find(|step| step["step"] == "verify").unwrap();
    assert_eq!(verified["note"], "in order");
    // Its beneficiary sees all of it but what the offices note for each other.
    let mut without_noting = tranche.clone();
    let steps = without_noting["steps"].as_array_mut().unwrap().iter_mut();
    let noted = steps.filter_map(|step| step.as_object_mut().unwrap().remove("note")).count();
    assert!(noted > 0);
    assert_eq!(app.preparer().sees(&at("tranches", &tranche)), without_noting);
    let stranger = app.preparer_of("magnetite");
    stranger.get(&at("tranches", &tranche)).unwrap().refused(404, "not_found");
    assert_eq!(stranger.sees("/tranches")["data"], json!([]));
    app.administrator().get(&at("tranches", &tranche)).unwrap().refused(403, "not_permitted");
}
