//! A step by a person counts along the whole rupee: into the year that pays, from the commissioning to the sales that
//! rest on it, and against a company for which that person ever acted.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at, says, version};
use crate::harness::treasury_people::TreasuryVerbs;
use magnet_scheme::client::Person;
use serde_json::{Value, json};

const SALES: &str = "sales_linked_incentive";
const MONEY_ROLES: [&str; 5] =
    ["verifier", "section_officer", "finance_officer", "competent_authority", "disbursing_officer"];

fn selling(app: &App) -> Value {
    app.told("selling with 10 crore in September", |app| {
        app.window_is_open();
        app.provided(SALES, "2026-27", 10 * CRORE);
        let award = app.commissioned("lodestone", 900);
        app.set_clock("2026-09-01T06:30:00Z");
        award
    })
}

/// The tranche of a verified claim for the sales of one day in August.
fn tranche(app: &App, award: &Value, day: usize) -> Value {
    let day = format!("2026-08-{day:02}");
    app.tranche_for_sales("lodestone", award, Sales::at_the_rate(&day, &day, 100))
}

#[apply(on_both!)]
fn steps_of_the_old_year_are_held_against_the_provision_of_the_new_one(app: App) {
    let award = selling(&app);
    let both = app.person("both", &["section_officer", "scheme_administrator"], None);
    let concurs = |tranche: &Value, first: &Person| app.finance_officer().concurs(&first.recommends(tranche).ok()).ok();
    let waits = concurs(&tranche(&app, &award, 1), &both);
    let sanctioned = app.competent_authority().sanctions(&concurs(&tranche(&app, &award, 2), &both)).ok();
    let others = concurs(&tranche(&app, &award, 3), &app.section_officer());
    app.set_clock("2027-04-01T06:30:00Z");
    // The money of the new year is another rupee, until what was recommended moves into it.
    app.scheme_administrator().approves(&both.proposes(SALES, "2027-28", CRORE).ok()).ok();
    let before = app.budget_table();
    let problem = app.competent_authority().sanctions(&waits).refused(409, "step_by_provider");
    says(&problem, "whoever did 'recommend' for this money took part in the budget of 2027-28");
    app.disbursing_officer().advises(&sanctioned).refused(409, "step_by_provider");
    assert_eq!(app.budget_table(), before);
    app.competent_authority().sanctions(&others).ok();
    // It is rejected, and others take the steps.
    app.section_officer().rejects(&waits).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn who_verified_the_commissioning_takes_no_other_step_on_the_sales(app: App) {
    app.window_is_open();
    app.provided(SALES, "2026-27", 10 * CRORE);
    let all = app.person("allround", &MONEY_ROLES, None);
    let award = app.awarded("lodestone", 900);
    let milestone = app.milestone(&award, "commissioning");
    let installed = milestone["needed_mtpa"].clone();
    let reported = app.signatory().reports(&milestone, installed.clone(), "2026-05-01").ok();
    all.inspects(&reported, "verified", installed, "2026-05-01").ok();
    app.set_clock("2026-09-01T06:30:00Z");
    let first = tranche(&app, &award, 1);
    let verified: Vec<&Value> =
        first["steps"].as_array().unwrap().iter().filter(|step| step["step"] == "verify").collect();
    assert_eq!(verified.len(), 2, "who inspected the plant, and who verified the claim");
    let told = "you already did 'verify' for this money";
    says(&all.recommends(&first).refused(409, "same_person"), told);
    let recommended = app.section_officer().recommends(&first).ok();
    says(&all.concurs(&recommended).refused(409, "same_person"), told);
    let concurred = app.finance_officer().concurs(&recommended).ok();
    says(&all.sanctions(&concurred).refused(409, "same_person"), told);
    let sanctioned = app.competent_authority().sanctions(&concurred).ok();
    says(&all.advises(&sanctioned).refused(409, "same_person"), told);
    app.must_verify();
}

#[apply(on_both!)]
fn who_verified_the_commissioning_does_not_provide_the_year_that_pays_the_sales(app: App) {
    app.window_is_open();
    let both = app.person("both", &["verifier", "scheme_administrator"], None);
    let award = app.awarded("lodestone", 900);
    let milestone = app.milestone(&award, "commissioning");
    let installed = milestone["needed_mtpa"].clone();
    let reported = app.signatory().reports(&milestone, installed.clone(), "2026-05-01").ok();
    both.inspects(&reported, "verified", installed, "2026-05-01").ok();
    app.scheme_administrator().approves(&both.proposes(SALES, "2026-27", CRORE).ok()).ok();
    app.set_clock("2026-09-01T06:30:00Z");
    let claim = app.claimed_sales("lodestone", &award, Sales::at_the_rate("2026-08-01", "2026-08-01", 100));
    let problem = app.verifier().verifies(&claim).refused(409, "step_by_provider");
    says(&problem, "whoever did 'verify' for this money took part in the budget of 2026-27");
    app.must_verify();
}

/// Gives an account other roles, without a company.
fn becomes(app: &App, person: &str, roles: &[&str]) {
    let users = app.administrator().sees("/users?limit=200")["data"].as_array().unwrap().clone();
    let user = users.into_iter().find(|user| user["email"] == format!("{person}@sample.example")).unwrap();
    let change = json!({ "name": user["name"], "roles": roles, "organisation_id": null, "disabled": false });
    app.administrator().put(&at("users", &user), version(&user).unwrap(), &change).unwrap().ok();
}

#[apply(on_both!)]
fn nobody_takes_an_offices_step_on_a_file_of_a_company_they_ever_acted_for(app: App) {
    app.window_is_open();
    let of_another = app.submitted("coercive", 600);
    app.provided(SALES, "2026-27", 10 * CRORE);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-09-01T06:30:00Z");
    let company = app.organisation("lodestone")["id"].clone();
    let once = app.person("once", &["preparer"], Some(&company));
    once.sees("/claims");
    becomes(&app, "once", &MONEY_ROLES);
    // Twice another: what counts is that it ever was.
    becomes(&app, "once", &["verifier"]);
    becomes(&app, "once", &MONEY_ROLES);
    let told = "you already did 'work_for_company' for this money";
    let claim = app.claimed_sales("lodestone", &award, Sales::at_the_rate("2026-08-01", "2026-08-01", 100));
    says(&once.verifies(&claim).refused(409, "same_person"), told);
    says(&once.rejects_claim(&claim).refused(409, "same_person"), told);
    let file = app.verifier().verifies(&claim).ok()["tranche"].clone();
    says(&once.recommends(&file).refused(409, "same_person"), told);
    let file = app.section_officer().recommends(&file).ok();
    says(&once.concurs(&file).refused(409, "same_person"), told);
    let file = app.finance_officer().concurs(&file).ok();
    says(&once.sanctions(&file).refused(409, "same_person"), told);
    let file = app.competent_authority().sanctions(&file).ok();
    says(&once.advises(&file).refused(409, "same_person"), told);
    let advised = app.disbursing_officer().advises(&file).ok();
    once.makes_advice(&[&advised]).refused(409, "same_person");
    once.confirms(&advised, "SBINR52026090100001", "2026-09-01").refused(409, "same_person");
    let milestone = app.milestone(&award, "oxide_to_metal");
    let installed = milestone["needed_mtpa"].clone();
    let reported = app.signatory().reports(&milestone, installed.clone(), "2026-05-01").ok();
    says(&once.inspects(&reported, "verified", installed, "2026-05-01").refused(409, "same_person"), told);

    // The file of another company is that of strangers.
    once.scrutinises(&of_another, true).ok();
    app.must_verify();
}
