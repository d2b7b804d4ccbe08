//! The smallest office that can work a scheme: six officials of the ministry, one verifier of the agency and two scheme
//! administrators take a rupee from the budget to its payment, get money back, excuse a delay, charge damages for the
//! rest of it, and give some of them up.

use crate::harness::app::App;
use crate::harness::milestone_people::MilestoneVerbs;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at};
use crate::harness::recovery_people::Recovers;
use serde_json::json;
use std::collections::BTreeSet;

const SALES: &str = "sales_linked_incentive";
const ROLES_OF_MINISTRY: [&str; 4] =
    ["section_officer", "finance_officer", "competent_authority", "disbursing_officer"];

#[apply(on_both!)]
fn six_officials_one_verifier_and_two_administrators_work_a_scheme(app: App) {
    // The four who pay, and the two who get it back.
    let (recommends, concurs) = (app.section_officer(), app.finance_officer());
    let (sanctions, pays) = (app.competent_authority(), app.disbursing_officer());
    let asks = app.person("asks-back", &["section_officer", "finance_officer", "disbursing_officer"], None);
    let decides = app.person("decides", &["competent_authority"], None);
    let (agency, company) = (app.verifier(), app.signatory());

    app.window_is_open();
    for component in ["capital_subsidy", SALES] {
        app.provided(component, "2026-27", 100 * CRORE);
    }
    let award = app.commissioned("lodestone", 900);
    app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let late = app.awarded("magnetite", 600);
    app.set_clock("2026-06-01T06:30:00Z");
    let tranche = app.tranche_for_sales("lodestone", &award, Sales::at_the_rate("2026-05-01", "2026-05-31", 100_000));
    let recommended = recommends.recommends(&tranche).ok();
    let concurred = concurs.concurs(&recommended).ok();
    let sanctioned = sanctions.sanctions(&concurred).ok();
    let advised = pays.advises(&sanctioned).ok();
    let paid = pays.confirms(&advised, "SBINR52026060100001", "2026-06-01").ok();

    // Ten crore come back, in part by relief.
    let notice = asks.asks_back(&paid["disbursement"], 10 * CRORE).ok();
    let replied = company.replies_to(&notice).ok();
    let ordered = decides.orders(&replied, "confirmed", None).ok();
    let demanded = asks.demands(&ordered, "2026-07-01").ok();
    let planned = decides.grants_by(&demanded, &[("2026-06-20", None)]).ok();
    // The credit is found on the bank's statement by one of those who paid, and received by another person.
    app.credit_seen_by(&concurs, "REFUND0000000001", "2026-06-01", 9 * CRORE).ok();
    let received = asks.receives_credited(&planned, "REFUND0000000001", "2026-06-01", 9 * CRORE).ok();
    let proposed = asks.proposes_relief(&received, "write_off", serde_json::Value::Null).ok();
    let relieved = decides.decides_relief(&proposed, "granted").ok();
    assert_eq!(relieved["status"], "settled");

    // Another award is late.
    let milestone = app.milestone(&late, "oxide_to_metal");
    app.set_clock("2027-07-02T06:30:00Z");
    let signatory = app.signatory_of("magnetite");
    let asked = signatory.asks_excuse(&milestone, "other", ("2027-05-02", "2027-05-11")).ok();
    let examined = agency.examines(&asked, Some(("2027-05-02", "2027-05-11"))).ok();
    sanctions.excuses(&examined, Some(("2027-05-02", "2027-05-11")), "2027-07-02").ok();
    let notice = asks.asks_damages(&milestone, "2027-07-02").ok();
    let replied = signatory.replies_to(&notice).ok();
    let ordered = decides.orders(&replied, "confirmed", None).ok();
    let demanded = asks.demands(&ordered, "2027-08-01").ok();
    let half = demanded["amount_paise"].as_i64().unwrap() / 2;
    let proposed = asks.proposes_relief(&demanded, "waiver", json!({ "damages_paise": half })).ok();
    decides.decides_relief(&proposed, "granted").ok();
    app.must_verify();
    let red: Vec<String> = app.red_controls().into_iter().filter(|code| code != "guarantees_run").collect();
    assert_eq!(red, Vec::<String>::new());

    // Nobody else of the ministry, of the agency or of the administration acted at all.
    let acted: BTreeSet<String> = app
        .values("SELECT DISTINCT users.email AS value FROM audit_log JOIN users ON users.id = audit_log.actor_id WHERE audit_log.outcome = 'done'")
        .into_iter()
        .collect();
    let people = app.administrator().sees("/users?limit=200");
    let holding = |wanted: &[&str]| {
        let holds = |roles: &serde_json::Value| {
            roles.as_array().unwrap().iter().any(|role| wanted.contains(&role.as_str().unwrap()))
        };
        let rows = people["data"].as_array().unwrap().iter();
        rows.filter(|user| acted.contains(user["email"].as_str().unwrap()) && holds(&user["roles"])).count()
    };
    assert_eq!(holding(&ROLES_OF_MINISTRY), 6);
    assert_eq!((holding(&["verifier"]), holding(&["scheme_administrator"])), (1, 2));
    assert!(at("awards", &award).len() > 8);
}
