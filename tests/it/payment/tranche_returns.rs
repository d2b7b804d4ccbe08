//! Tranches that are returned to an earlier desk: later steps fall visibly and are taken again, the money stays held
//! and its clock runs on.

use crate::harness::app::App;
use crate::harness::disarm::{disarm, must_miss, must_name};
use crate::harness::people::{Answered, CRORE, SCHEME, Verbs, at, says, stages, version};
use crate::harness::return_people::{ReturnVerbs, standing};
use serde_json::{Value, json};

const CAPITAL: &str = "capital_subsidy";

fn component(app: &App) -> [i64; 6] {
    stages(&app.budget("component", CAPITAL, None))
}

#[apply(on_both!)]
fn later_steps_fall_visibly_and_are_taken_again_by_the_same_desks(app: App) {
    let tranche = app.concurred(&app.tranche_of_15_crore());
    let (held, before) = (tranche["held_until"].clone(), app.budget_table());
    app.set_clock("2026-05-20T06:30:00Z");
    let (section, finance, authority) = (app.section_officer(), app.finance_officer(), app.competent_authority());
    let returned = authority.returns_to(&tranche, "recommend").ok();
    assert_eq!((returned["status"].as_str(), &returned["held_until"]), (Some("verified"), &held));
    assert_eq!(standing(&returned), ["verify"]);
    assert_eq!(app.budget_table(), before, "no money moved");
    let fell = returned["steps"][3].clone();
    assert_eq!((fell["step"].as_str(), fell["fallen"]["round"].as_i64()), (Some("recommend"), Some(1)));
    assert_eq!(fell["fallen"]["by"], returned["returns"][0]["returned_by"]);
    assert_eq!(fell["fallen"]["reasons"], "look at it again, recommend");
    assert_eq!(returned["returns"][0]["from"], "sanction");
    assert_eq!(returned["returns"][0]["note"], "spoke by telephone");
    assert_eq!(app.tranche(&tranche), returned);

    // The later desks wait, and nobody takes the step of another desk, whether or not their own step fell.
    finance.concurs(&returned).refused(409, "wrong_state");
    let recommended = section.recommends(&returned).ok();
    let concurred = finance.concurs(&recommended).ok();
    let sanctioned = authority.sanctions(&concurred).ok();
    assert_eq!(standing(&sanctioned), ["verify", "recommend", "concur", "sanction"]);
    assert_eq!(sanctioned["steps"].as_array().unwrap().len(), 8, "five before, and three");
    let paid = app.disbursing_officer().advises(&sanctioned).ok();
    app.disbursing_officer().confirms(&paid, "SBINR52026052000001", "2026-05-20").ok();
    assert_eq!(component(&app), [130 * CRORE, 52 * CRORE, 63 * CRORE, 0, 0, 15 * CRORE]);
    app.must_verify();
}

#[apply(on_both!)]
fn only_the_office_where_it_lies_returns_it_and_only_backwards(app: App) {
    let tranche = app.section_officer().recommends(&app.tranche_of_15_crore()).ok();
    let (section, finance, ddo) = (app.section_officer(), app.finance_officer(), app.disbursing_officer());
    let refused = section.returns_to(&tranche, "verify").refused(409, "not_your_desk");
    says(&refused, "it lies at the desk 'concur'; only a finance_officer can return it from there");
    ddo.returns_to(&tranche, "verify").refused(409, "not_your_desk");
    app.verifier().returns_to(&tranche, "verify").refused(403, "not_permitted");
    app.signatory().returns_to(&tranche, "verify").refused(403, "not_permitted");
    for later in ["concur", "sanction", "pay"] {
        finance.returns_to(&tranche, later).refused(409, "wrong_state");
    }
    finance.returns_to(&tranche, "prepare").refused(422, "invalid_fields");
    let silent = json!({ "to": "recommend", "reasons": " " });
    finance.does(&format!("{}/return", at("tranches", &tranche)), &tranche, silent).refused(422, "invalid_fields");
    let returned = finance.returns_to(&tranche, "recommend").ok();
    finance.returns_to(&returned, "recommend").refused(409, "not_your_desk");
    section.returns_to(&returned, "recommend").refused(409, "wrong_state");
    assert_eq!(app.tranche(&tranche), returned);
    app.must_verify();
}

#[apply(on_both!)]
fn who_took_a_step_that_fell_takes_no_other_one(app: App) {
    let all = app.person("allround", &["section_officer", "finance_officer", "competent_authority"], None);
    let tranche = app.tranche_of_15_crore();
    let recommended = all.recommends(&tranche).ok();
    let problem = all.returns_to(&recommended, "recommend").refused(409, "same_person");
    says(&problem, "you already did 'recommend' for this money, so somebody else must do 'return'");
    let returned = app.finance_officer().returns_to(&recommended, "recommend").ok();
    let again = app.section_officer().recommends(&returned).ok();
    says(&all.concurs(&again).refused(409, "same_person"), "you already did 'recommend' for this money");
    let concurred = app.finance_officer().concurs(&again).ok();
    all.sanctions(&concurred).refused(409, "same_person");
    app.competent_authority().sanctions(&concurred).ok();

    // Whoever returned it acted at that desk, and takes no step at another one.
    let other = app.person("finance-two", &["section_officer", "finance_officer"], None);
    let tranche = second_tranche(&app);
    let recommended = app.section_officer().recommends(&tranche).ok();
    let returned = other.returns_to(&recommended, "recommend").ok();
    says(&other.recommends(&returned).refused(409, "same_person"), "you already did 'return'");
    app.must_verify();
}

/// Another tranche of the same award.
fn second_tranche(app: &App) -> Value {
    let award = app.auditor().sees("/awards")["data"][0].clone();
    let milestone = app.reached("lodestone", &award, "metal_to_alloy", "2026-05-01");
    let claim = app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
    app.verifier().verifies(&claim).ok()["tranche"].clone()
}

#[apply(on_both!)]
fn a_sanction_that_goes_back_is_reversed_in_the_ledger_and_keeps_its_number(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    assert_eq!(component(&app)[3..5], [0, 15 * CRORE]);
    let answer = app.disbursing_officer().returns_to(&sanctioned, "sanction");
    let account = format!("appropriation:{SCHEME}:{CAPITAL}:2026-27");
    assert_eq!(answer.balances()[&format!("{account}:sanctioned")], 0);
    assert_eq!(answer.balances()[&format!("{account}:reserved")], 15 * CRORE);
    let returned = answer.ok();
    assert_eq!((returned["status"].as_str(), &returned["sanction"]), (Some("concurred"), &Value::Null));
    assert_eq!(returned["returns"][0]["reversed_sanction"], sanctioned["sanction"]);
    assert_eq!(returned["held_until"], sanctioned["held_until"], "the clock runs on");
    assert_eq!(component(&app)[3..5], [15 * CRORE, 0]);
    let red = app.competent_authority().post("/controls/runs", None, &json!({})).unwrap();
    assert!(red.status < 300, "{}", red.text());
    let again = app.competent_authority().sanctions(&returned).ok();
    assert_eq!(again["sanction"]["number"], "NDFEB/2026-27/SAN/0002", "no number is given twice");
    assert_eq!(component(&app)[3..5], [0, 15 * CRORE]);

    let advised = app.disbursing_officer().advises(&again).ok();
    app.disbursing_officer().reports_failure(&advised, "failed").ok();
    let failed = app.tranche(&again);
    assert_eq!(failed["status"], "sanctioned");
    app.disbursing_officer().returns_to(&failed, "sanction").refused(409, "payment_advised");
    app.must_verify();
}

#[apply(on_both!)]
fn at_verification_the_claim_is_decided_again_and_the_reservation_adapts_exactly(app: App) {
    let recommended = app.section_officer().recommends(&app.tranche_of_15_crore()).ok();
    let claim_path = format!("/claims/{}", recommended["claim_id"].as_str().unwrap());
    let verified = app.auditor().sees(&claim_path);
    let returned = app.finance_officer().returns_to(&recommended, "verify").ok();
    assert_eq!((returned["status"].as_str(), standing(&returned)), (Some("returned"), vec![]));
    let claim = app.verifier().sees(&claim_path);
    assert_eq!((claim["status"].as_str(), &claim["lines"][0]["decision"]), (Some("submitted"), &Value::Null));
    assert_eq!(claim["returns"][0]["to"], "verify");
    let round = app.auditor().sees(&format!("{claim_path}/returns/1"));
    assert_eq!(round["statement"], verified["statement"], "the old statement stays in the record");
    assert_eq!(round["lines"], verified["lines"]);
    assert_eq!(component(&app)[3], 15 * CRORE, "the reservation stays");
    app.must_verify();
    app.section_officer().recommends(&returned).refused(409, "wrong_state");
    app.verifier().does(&format!("{claim_path}/tranches"), &claim, json!({})).refused(409, "wrong_state");

    // The section officer verified nothing; whoever recommended cannot verify.
    let both = app.person("agency-and-section", &["verifier", "section_officer"], None);
    let again = app.verifier().verifies(&claim).ok();
    assert_eq!(again["tranche"]["id"], returned["id"]);
    assert_eq!(again["tranche"]["amount_paise"], 15 * CRORE);
    assert_eq!(again["tranche"]["held_until"], returned["held_until"]);
    assert_eq!(standing(&again["tranche"]), ["verify"], "the same person verified milestone and claim");
    app.must_verify();

    let recommended = both.recommends(&again["tranche"]).ok();
    app.finance_officer().returns_to(&recommended, "verify").ok();
    let claim = app.verifier().sees(&claim_path);
    says(&both.verifies(&claim).refused(409, "same_person"), "you already did 'recommend'");
    let held = component(&app);
    let rejected = app.verifier().rejects_claim(&claim).ok();
    assert_eq!((rejected["status"].as_str(), rejected["entitlement_paise"].as_i64()), (Some("rejected"), Some(0)));
    assert_eq!(app.tranche(&recommended)["status"], "rejected");
    assert_eq!(component(&app), [held[0], held[1], held[2] + 15 * CRORE, 0, 0, 0]);
    app.must_verify();
}

#[apply(on_both!)]
fn a_hold_that_ends_at_the_desk_of_verification_takes_the_money_and_not_the_claim(mut app: App) {
    let tranche = app.tranche_of_15_crore();
    let returned = app.section_officer().returns_to(&tranche, "verify").ok();
    assert_eq!(returned["held_until"], "2027-05-01");
    app.set_clock("2027-05-01T18:30:00Z");
    let claim_path = format!("/claims/{}", tranche["claim_id"].as_str().unwrap());
    let claim = app.verifier().sees(&claim_path);
    app.verifier().verifies(&claim).refused(409, "hold_expired");
    app.serve(false);
    assert_eq!(app.tranche(&returned)["status"], "expired");
    assert_eq!(component(&app)[3], 0);
    let claim = app.auditor().sees(&claim_path);
    assert_eq!((claim["status"].as_str(), claim["entitlement_paise"].as_i64()), (Some("submitted"), Some(0)));
    app.must_verify();
    app.provided(CAPITAL, "2027-28", 40 * CRORE);
    let anew = app.person("verifier-two", &["verifier"], None).verifies(&claim).ok();
    assert_ne!(anew["tranche"]["id"], tranche["id"]);
    assert_eq!(component(&app)[3], 15 * CRORE);
    app.must_verify();
}

#[apply(on_both!)]
fn a_verification_on_which_more_rests_stands(app: App) {
    app.window_is_open();
    app.provided("sales_linked_incentive", "2026-27", 10 * CRORE);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-06-30T06:30:00Z");
    let sales = crate::harness::people::Sales::at_the_rate("2026-05-01", "2026-05-31", 100_000);
    let verified = app.verifier().verifies(&app.claimed_sales("lodestone", &award, sales)).ok();
    app.provided("sales_linked_incentive", "2026-27", 6 * CRORE);
    let path = format!("{}/tranches", at("claims", &verified));
    let rest = app.verifier().post(&path, version(&verified), &json!({})).unwrap().ok();
    let refused = app.section_officer().returns_to(&rest["tranche"], "verify").refused(409, "verification_stands");
    says(&refused, "is under way or paid too");
    assert_eq!(app.tranche(&rest["tranche"]), rest["tranche"]);
    app.must_verify();
}

#[apply(on_both!)]
fn the_company_does_not_read_the_noting_of_the_offices(app: App) {
    app.window_is_open();
    app.provided(CAPITAL, "2026-27", 40 * CRORE);
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let claim = app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
    let tranche = app.person("verifier-two", &["verifier"], None).verifies(&claim).ok()["tranche"].clone();
    let recommended = app.section_officer().recommends(&tranche).ok();
    let returned = app.finance_officer().returns_to(&recommended, "verify").ok();
    let (path, claim_path) = (at("tranches", &returned), format!("/claims/{}", returned["claim_id"].as_str().unwrap()));
    let secrets = ["in order", "seen", "spoke by telephone", "look at it again"];
    let reads = |person: &magnet_scheme::client::Person| {
        let pages = [&path, &claim_path, "/tranches", &format!("{claim_path}/returns/1")];
        pages.map(|page| person.sees(page).to_string()).join(" ")
    };
    for office in [app.auditor(), app.verifier(), app.section_officer()] {
        let all = reads(&office);
        assert!(secrets.iter().all(|secret| all.contains(secret)), "{all}");
    }
    for company in [app.preparer(), app.signatory()] {
        let all = reads(&company);
        assert!(secrets.iter().all(|secret| !all.contains(secret)), "{all}");
        let tranche = company.sees(&path);
        assert_eq!(
            (tranche["status"].as_str(), tranche["steps"].as_array().map(Vec::len)),
            (Some("returned"), Some(5))
        );
    }
    let claim = app.verifier().sees(&claim_path);
    app.verifier().sends_back("claims", &claim).ok();
    let all = reads(&app.preparer());
    assert!(all.contains("the certificate is of another plant") && !all.contains("the third time"), "{all}");
}

#[apply(on_both!)]
fn verify_names_a_return_that_was_changed_or_removed(app: App) {
    let recommended = app.section_officer().recommends(&app.tranche_of_15_crore()).ok();
    let returned = app.finance_officer().returns_to(&recommended, "recommend").ok();
    app.section_officer().returns_to(&returned, "verify").ok();
    let claim = app.verifier().sees(&format!("/claims/{}", returned["claim_id"].as_str().unwrap()));
    app.verifier().asks_about("claims", &claim, "Which plant?").ok();
    app.must_verify();
    disarm(&app);
    let set = |table: &str, column: &str, from: &str, to: &str| {
        format!("UPDATE {table} SET {column} = {to} WHERE {column} = {from} AND round = 1")
    };
    for (table, column, from, to) in [
        ("tranche_returns", "reasons", "'look at it again, recommend'", "'x'"),
        ("tranche_returns", "to_desk", "'recommend'", "'concur'"),
        ("tranche_returns", "steps_before", "4", "5"),
        ("claim_returns", "reasons", "'look at it again, verify'", "'x'"),
        ("claim_returns", "note", "'spoke by telephone'", "''"),
    ] {
        must_name(&app, (&set(table, column, from, to), &set(table, column, to, from)), (table, "round = 1"), column);
    }
    let asked =
        |from: &str, to: &str| format!("UPDATE claim_dialogues SET queries = replace(queries, '{from}', '{to}')");
    must_name(&app, (&asked("Which", "What"), &asked("What", "Which")), ("claim_dialogues", "1 = 1"), "queries");
    let more = |by: i64| format!("UPDATE claim_lines SET quantity_kg = quantity_kg + {by}");
    must_name(&app, (&more(1), &more(-1)), ("claim_lines", "1 = 1"), "quantity_kg");
    for (table, is, other) in [("claims", "submitted", "verified"), ("tranches", "returned", "verified")] {
        let status = |from: &str, to: &str| format!("UPDATE {table} SET status = '{to}' WHERE status = '{from}'");
        let which = format!("status = '{is}'");
        must_name(&app, (&status(is, other), &status(other, is)), (table, &which), "status");
    }
    must_miss(&app, ("tranche_returns", "round = 2"));
}
