//! The worklist offers nobody what their own earlier step forbids: it judges each matter as the command would.

use crate::harness::app::App;
use crate::harness::milestone_people::MilestoneVerbs;
use crate::harness::people::{Answered, Verbs, at};
use crate::harness::recovery_people::Recovers;
use crate::harness::return_people::ReturnVerbs;
use domain::worklist::matter::MatterKind;
use domain::worklist::rule::OUTSIDE;
use magnet_scheme::client::Person;
use magnet_scheme::web::routes::operations;
use serde_json::{Value, json};

/// How many matters of a kind a person can act on, and the earlier steps for which they cannot act on others.
fn can_and_cannot(person: &Person, kind: &str) -> (i64, Vec<String>) {
    let list = person.get(&format!("/worklist?kind={kind}")).unwrap().json();
    let blocked = list["cannot_act"]["data"].as_array().unwrap().iter();
    (list["count"].as_i64().unwrap(), blocked.map(|row| row["earlier_step"].as_str().unwrap().to_owned()).collect())
}

fn nothing_but(step: &str) -> (i64, Vec<String>) {
    (0, vec![step.to_owned()])
}

#[apply(on_both!)]
fn whoever_excused_days_does_not_order_damages_of_them_and_the_other_way_round(app: App) {
    let (app, award) = App::awarded_with_fifty_crore(app.engine);
    let milestone = app.milestone(&award, "oxide_to_metal");
    app.set_clock("2027-07-02T06:30:00Z");
    let examined = app.examined(&milestone, "other", ("2027-05-10", "2027-05-29"));
    let decided = Some(("2027-05-10", "2027-05-20"));
    app.competent_authority().excuses(&examined, decided, "2027-07-02").ok();
    let notice = app.second("section").asks_damages(&milestone, "2027-07-02").ok();
    let replied = app.signatory().replies_to(&notice).ok();
    app.competent_authority().orders(&replied, "confirmed", None).refused(409, "same_person");
    assert_eq!(can_and_cannot(&app.competent_authority(), "recovery"), nothing_but("excuse"));
    let second = app.second("authority");
    assert_eq!(can_and_cannot(&second, "recovery"), (1, Vec::new()));
    let list = app.competent_authority().get("/worklist?kind=recovery").unwrap().json();
    let who = list["cannot_act"]["data"][0]["who_can"].as_array().unwrap().clone();
    let names: Vec<&Value> = who.iter().map(|one| &one["name"]).collect();
    assert!(who.len() == 1 && *names[0] != Value::Null, "only the other authority: {who:?}");
    // Whoever ordered the damages decides no excuse for their days, but one for days that are not charged.
    second.orders(&replied, "confirmed", None).ok();
    app.examined(&milestone, "other", ("2027-06-01", "2027-06-05"));
    assert_eq!(can_and_cannot(&second, "excuse"), nothing_but("order"));
    assert_eq!(can_and_cannot(&app.competent_authority(), "excuse"), (1, Vec::new()));
}

#[apply(on_both!)]
fn whoever_returned_a_tranche_from_another_desk_takes_no_step_on_it(app: App) {
    let both = app.person("both", &["section_officer", "finance_officer"], None);
    let recommended = app.section_officer().recommends(&app.tranche_of_15_crore()).ok();
    let returned = both.returns_to(&recommended, "recommend").ok();
    both.recommends(&returned).refused(409, "same_person");
    assert_eq!(can_and_cannot(&both, "tranche"), nothing_but("concur"));
    assert_eq!(can_and_cannot(&app.section_officer(), "tranche"), (1, Vec::new()));
}

#[apply(on_both!)]
fn whoever_took_part_in_a_recovery_does_not_collect_the_money_of_a_guarantee_for_it(app: App) {
    let award = app.selling();
    let disbursement = app.paid_for(&award, 1_000);
    let demanded = app.demanded(&disbursement, 1_000_000);
    let guarantee = app.auditor().sees("/securities")["data"][0].clone();
    let form = json!({
        "amount_paise": 1_000_000, "reference": "Order 9", "reason": "not paid", "recovery_id": demanded["id"],
    });
    let path = format!("{}/invocations", at("securities", &guarantee));
    app.second("authority").does(&path, &guarantee, form).ok();
    // The officer who paid the money back then, and one who did nothing in this yet.
    assert_eq!(can_and_cannot(&app.disbursing_officer(), "guarantee"), nothing_but("pay"));
    assert_eq!(can_and_cannot(&app.second("ddo"), "guarantee"), (1, Vec::new()));
}

#[apply(on_both!)]
fn whoever_took_a_step_on_the_money_of_a_year_does_not_decide_its_budget(app: App) {
    let both = app.person("both", &["section_officer", "scheme_administrator"], None);
    both.recommends(&app.tranche_of_15_crore()).ok();
    let proposed = app.scheme_administrator().proposes("capital_subsidy", "2026-27", 1_000_000_000).ok();
    both.approves(&proposed).refused(409, "same_person");
    assert_eq!(can_and_cannot(&both, "budget_instrument"), nothing_but("recommend"));
    app.scheme_administrator().proposes("sales_linked_incentive", "2026-27", 1_000_000_000).ok();
    assert_eq!(can_and_cannot(&both, "budget_instrument"), (1, vec!["recommend".to_owned()]), "other money");
    assert_eq!(can_and_cannot(&app.other_scheme_administrator(), "budget_instrument"), (2, Vec::new()));
}

#[apply(on_both!)]
fn whoever_provided_the_money_of_a_year_takes_no_step_on_it(app: App) {
    let both = app.person("both", &["section_officer", "scheme_administrator"], None);
    let proposed = app.scheme_administrator().proposes("capital_subsidy", "2026-27", 40_000_000_000).ok();
    both.approves(&proposed).ok();
    app.window_is_open();
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let claim = app.claimed_capital("lodestone", &award, &milestone, 100_000_000_000);
    let tranche = app.verifier().verifies(&claim).ok()["tranche"].clone();
    both.recommends(&tranche).refused(409, "same_person");
    assert_eq!(can_and_cannot(&both, "tranche"), nothing_but("provide"));
    assert_eq!(can_and_cannot(&app.section_officer(), "tranche"), (1, Vec::new()));
}

#[apply(on_both!)]
fn a_claim_that_came_back_is_submitted_by_nobody_who_ever_prepared_it(app: App) {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40_000_000_000);
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let company = app.organisation("lodestone");
    let own = |name: &str| {
        let roles = &["preparer", "signatory"];
        app.person(name, roles, Some(&company["id"]))
    };
    let (one, other) = (own("one"), own("other"));
    let form = app.capital_form("lodestone", &milestone, 100_000_000_000);
    let draft = one.claims(&award, &form).ok();
    let acts = |person: &Person| {
        let list = person.get("/worklist?kind=claim").unwrap().json();
        let rows = list["data"].as_array().unwrap().clone();
        rows.iter().map(|row| row["waiting"]["ends_with"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let only = |act: &str| vec![act.to_owned()];
    assert_eq!((acts(&one), acts(&other)), (Vec::new(), only("submit_claim")));
    let sent = other.submits_claim(&draft).ok();
    let returned = app.verifier().sends_back("claims", &sent).ok();
    other.corrects(&returned, &form).refused(409, "same_person");
    assert_eq!((acts(&one), acts(&other)), (only("change_claim"), Vec::new()));
    let corrected = one.corrects(&returned, &app.capital_form("lodestone", &milestone, 99_000_000_000)).ok();
    one.submits_claim(&corrected).refused(409, "same_person");
    assert_eq!((acts(&one), acts(&other)), (Vec::new(), only("submit_claim")));
}

/// What a person may propose depends on the money that the proposal will name.
const JUDGED_BY_ITS_FORM: &str = "propose_budget_instrument";

/// Begin a file: nobody took a step of it yet, and only those are refused who once belonged to its company.
const JUDGED_BY_THEIR_PAST: [&str; 2] = ["scrutinise_application", "verify_milestone"];

#[apply(plain!)]
fn every_command_that_refuses_a_person_for_a_step_has_one_in_the_worklist() {
    for kind in MatterKind::ALL {
        for state in kind.states() {
            for day_over in [false, true] {
                let waits = kind.waits(state, day_over).unwrap();
                let elsewhere = |act: &str| act == JUDGED_BY_ITS_FORM || JUDGED_BY_THEIR_PAST.contains(&act);
                let done_here = |act: &str| !OUTSIDE.contains(&act) && !elsewhere(act);
                for rule in waits.rules().iter().filter(|rule| done_here(rule.act)) {
                    let refusals = operations().0[rule.act].all_refusals();
                    let refuses = refusals.contains(&"same_person");
                    assert_eq!(refuses, rule.step.is_some(), "{kind} {state}: {}", rule.act);
                }
            }
        }
    }
}
