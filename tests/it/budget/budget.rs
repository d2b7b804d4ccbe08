//! The budget: changed by two people, within the outlay, exact at every stage, and never overspent in a race.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, SCHEME, Sales, Verbs, at, says, stages};
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};
use std::sync::{Arc, Barrier};

const CAPITAL: &str = "capital_subsidy";
const SALES: &str = "sales_linked_incentive";

fn has_year(app: &App, year: &str) -> bool {
    app.budget_table().as_array().unwrap().iter().any(|row| row["financial_year"] == year)
}

#[apply(on_both!)]
fn a_provision_counts_when_a_second_person_approves_it(app: App) {
    let (one, two) = (app.scheme_administrator(), app.other_scheme_administrator());
    let proposed = one.proposes(CAPITAL, "2026-27", 40 * CRORE).ok();
    assert_eq!((proposed["status"].as_str(), &proposed["decided_by"]), (Some("proposed"), &Value::Null));
    assert!(!has_year(&app, "2026-27"), "a proposal provides nothing");
    let problem = one.approves(&proposed).refused(409, "same_person");
    says(
        &problem,
        "you already did 'propose_instrument' for this money, so somebody else must do 'approve_instrument'",
    );
    for other in [app.finance_officer(), app.competent_authority(), app.administrator(), app.auditor()] {
        other.approves(&proposed).refused(403, "not_permitted");
    }
    assert!(!has_year(&app, "2026-27"));

    let approved = two.approves(&proposed).ok();
    assert_eq!((approved["status"].as_str(), approved["version"].as_i64()), (Some("approved"), Some(2)));
    assert_ne!(approved["decided_by"], approved["proposed_by"]);
    assert_eq!(stages(&app.budget("financial_year", CAPITAL, Some("2026-27"))), [40 * CRORE, 40 * CRORE, 0, 0, 0, 0]);
    two.approves(&proposed).refused(412, "stale_version");
    two.approves(&approved).refused(409, "wrong_state");
    assert_eq!(app.auditor().sees(&at("budget-instruments", &proposed)), approved);
    assert_eq!(app.auditor().sees("/budget-instruments")["data"], json!([approved]));
    assert_eq!(stages(&app.budget("financial_year", CAPITAL, Some("2026-27")))[0], 40 * CRORE, "provided once");
    app.must_verify();
}

#[apply(on_both!)]
fn no_more_is_provided_than_the_outlay(app: App) {
    let (one, two) = (app.scheme_administrator(), app.other_scheme_administrator());
    app.provided(CAPITAL, "2026-27", 100 * CRORE);
    let more = one.proposes(CAPITAL, "2027-28", 30 * CRORE + 1).ok();
    let problem = two.approves(&more).refused(409, "outlay_exceeded");
    assert_eq!(
        problem["detail"],
        "providing ₹30,00,00,000.01 would pass the component's outlay; ₹30,00,00,000.00 is left to provide"
    );
    assert!(!has_year(&app, "2027-28"));
    assert_eq!(app.auditor().sees(&at("budget-instruments", &more)), more);
    app.provided(CAPITAL, "2027-28", 30 * CRORE);
    let one_paisa = one.proposes(CAPITAL, "2028-29", 1).ok();
    says(&two.approves(&one_paisa).refused(409, "outlay_exceeded"), "₹0.00 is left to provide");
    // Another component has its own outlay.
    app.provided(SALES, "2026-27", 1200 * CRORE);
    app.must_verify();
}

#[apply(on_both!)]
fn what_a_past_year_did_not_use_may_be_provided_again(app: App) {
    app.window_is_open();
    app.provided(CAPITAL, "2026-27", 130 * CRORE);
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let claim = app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
    app.paid(&app.verifier().verifies(&claim).ok()["tranche"], "SBINR52026050100001", "2026-05-01");
    let (one, two) = (app.scheme_administrator(), app.other_scheme_administrator());
    let early = one.proposes(CAPITAL, "2027-28", CRORE).ok();
    two.approves(&early).refused(409, "outlay_exceeded");
    app.set_clock("2027-04-01T06:30:00Z");
    let more = one.proposes(CAPITAL, "2027-28", 115 * CRORE + 1).ok();
    says(&two.approves(&more).refused(409, "outlay_exceeded"), "₹1,15,00,00,000.00 is left to provide");
    app.provided(CAPITAL, "2027-28", 115 * CRORE);
    assert_eq!(
        stages(&app.budget("financial_year", CAPITAL, Some("2026-27"))),
        [130 * CRORE, 115 * CRORE, 0, 0, 0, 15 * CRORE]
    );
    app.must_verify();
}

#[apply(on_both!)]
fn a_provision_could_not_be_otherwise(app: App) {
    let wrong = [
        ("amount_paise", json!(0), "/amount_paise"),
        ("amount_paise", json!(-CRORE), "/amount_paise"),
        ("financial_year", json!("2025-26"), "/financial_year"),
        ("financial_year", json!("2199-00"), "/financial_year"),
        ("financial_year", json!("2036-37"), "/financial_year"),
        ("dated_on", json!("2026-05-02"), "/dated_on"),
        ("dated_on", json!("1900-01-01"), "/dated_on"),
        ("dated_on", json!("2025-07-10"), "/dated_on"),
        ("reference", json!(" "), "/reference"),
    ];
    let propose = |field: &str, value: &Value| -> Response {
        let mut form = json!({ "kind": "provision", "scheme_code": SCHEME, "component": CAPITAL, "financial_year": "2026-27",
            "amount_paise": CRORE, "reference": "Sample demand", "dated_on": "2026-05-01" });
        form[field] = value.clone();
        app.scheme_administrator().post("/budget-instruments", None, &form).unwrap()
    };
    for (field, value, pointer) in wrong {
        let problem = propose(field, &value).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    for year in ["2026-28", "2026", "26-27"] {
        let problem = propose("financial_year", &json!(year)).refused(400, "malformed_json");
        assert_eq!(problem["errors"][0]["pointer"], "/financial_year", "{year}");
    }
    propose("scheme_code", &json!("no-such-scheme")).refused(422, "invalid_fields");
    assert_eq!(app.auditor().sees("/budget-instruments")["data"], json!([]));
    assert_eq!(propose("amount_paise", &json!(1)).status, 201);
}

/// Fails unless the rows agree with themselves and with one another.
fn agrees(app: &App) {
    let table = app.budget_table();
    let rows = table.as_array().unwrap();
    for row in rows {
        let [provided, available, committed, reserved, sanctioned, disbursed] = stages(row);
        if row["level"] == "beneficiary" || row["level"] == "payee" {
            assert_eq!(available, committed, "{row}");
            assert_eq!(provided, committed + reserved + sanctioned + disbursed, "{row}");
        } else {
            assert_eq!(provided, available + committed + reserved + sanctioned + disbursed, "{row}");
        }
    }
    for component in [CAPITAL, SALES, "administration"] {
        let sum = |level: &str| {
            let of_level = rows.iter().filter(|row| row["level"] == level && row["component"] == component).map(stages);
            of_level.fold([0; 3], |sum, row| [sum[0] + row[3], sum[1] + row[4], sum[2] + row[5]])
        };
        assert_eq!(sum("component"), sum("financial_year"), "{component}: the two ledgers move together");
        assert_eq!(sum("component"), sum("beneficiary"), "{component}");
        assert_eq!(sum("component"), sum("payee"), "{component}");
    }
    app.must_verify();
}

#[apply(on_both!)]
fn every_rupee_stands_in_one_place_at_every_stage(app: App) {
    let expect = |moved: [i64; 5]| {
        let [committed, reserved, sanctioned, disbursed, free_in_year] = moved.map(|crore| crore * CRORE);
        let component = stages(&app.budget("component", CAPITAL, None));
        assert_eq!(
            component,
            [
                130 * CRORE,
                130 * CRORE - committed - reserved - sanctioned - disbursed,
                committed,
                reserved,
                sanctioned,
                disbursed
            ]
        );
        let year = stages(&app.budget("financial_year", CAPITAL, Some("2026-27")));
        assert_eq!(year, [40 * CRORE, free_in_year, 0, reserved, sanctioned, disbursed]);
        agrees(&app);
    };
    agrees(&app);
    app.window_is_open();
    app.provided(CAPITAL, "2026-27", 40 * CRORE);
    expect([0, 0, 0, 0, 40]);
    let award = app.awarded("lodestone", 900);
    expect([78, 0, 0, 0, 40]);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let claim = app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
    expect([78, 0, 0, 0, 40]);
    let tranche = app.verifier().verifies(&claim).ok()["tranche"].clone();
    expect([63, 15, 0, 0, 25]);
    let concurred = app.concurred(&tranche);
    expect([63, 15, 0, 0, 25]);
    let sanctioned = app.competent_authority().sanctions(&concurred).ok();
    expect([63, 0, 15, 0, 25]);
    let ddo = app.disbursing_officer();
    let first = ddo.advises(&sanctioned).ok();
    ddo.reports_failure(&first, "failed").ok();
    expect([63, 0, 15, 0, 25]);
    let second = ddo.advises(&app.tranche(&tranche)).ok();
    let paid = ddo.confirms(&second, "SBINR52026050100001", "2026-05-01").ok();
    expect([63, 0, 0, 15, 25]);
    ddo.reports_failure(&paid, "failed_after_success").ok();
    expect([63, 0, 15, 0, 25]);
    let third = ddo.advises(&app.tranche(&tranche)).ok();
    ddo.confirms(&third, "SBINR52026050100002", "2026-05-01").ok();
    expect([63, 0, 0, 15, 25]);

    // A second claim gets what the year has left, and its rejection returns everything.
    let milestone = app.reached("lodestone", &award, "commissioning", "2026-05-01");
    let claim = app.claimed_capital("lodestone", &award, &milestone, 200 * CRORE);
    let verified = app.verifier().verifies(&claim).ok();
    assert_eq!(
        (verified["tranche"]["amount_paise"].as_i64(), verified["deferred_paise"].as_i64()),
        (Some(25 * CRORE), Some(5 * CRORE))
    );
    expect([38, 25, 0, 15, 0]);
    app.section_officer().rejects(&verified["tranche"]).ok();
    expect([63, 0, 0, 15, 25]);
}

#[apply(on_both!)]
fn the_budget_is_for_the_offices(app: App) {
    for person in [app.preparer(), app.signatory(), app.administrator()] {
        person.get("/budget").unwrap().refused(403, "not_permitted");
        person.get("/budget-instruments").unwrap().refused(403, "not_permitted");
    }
    for person in [app.verifier(), app.section_officer(), app.disbursing_officer()] {
        let outlays: Vec<i64> =
            person.sees("/budget")["data"].as_array().unwrap().iter().map(|row| stages(row)[1]).collect();
        assert_eq!(outlays, [130, 1200, 15, 750, 6450, 80].map(|crore| crore * CRORE), "of both schemes");
    }
    app.anybody("GET", "/api/v1/budget", None).refused(401, "unauthenticated");
}

/// Everybody acts at the same moment; returns the answer to each.
fn race(person: &Arc<Person>, files: &[Value], act: fn(&Person, &Value) -> Response) -> Vec<Response> {
    // Everybody signs in first, so that nobody is slower than the others.
    person.sees("/tranches");
    let start = Barrier::new(files.len());
    std::thread::scope(|scope| {
        let running: Vec<_> = files
            .iter()
            .map(|file| {
                scope.spawn(|| {
                    start.wait();
                    act(person, file)
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// How many succeeded; all others must be refused with this code.
fn successes(answers: Vec<Response>, code: &str) -> Vec<Value> {
    let (good, bad): (Vec<Response>, Vec<Response>) = answers.into_iter().partition(|answer| answer.status < 300);
    for answer in bad {
        answer.refused(409, code);
    }
    good.into_iter().map(Answered::ok).collect()
}

#[apply(on_both!)]
fn racing_approvals_never_pass_the_outlay(app: App) {
    let proposed: Vec<Value> =
        (0..16).map(|_| app.scheme_administrator().proposes(CAPITAL, "2026-27", 20 * CRORE).ok()).collect();
    let answers = race(&app.other_scheme_administrator(), &proposed, |person, file| person.approves(file));
    assert_eq!(successes(answers, "outlay_exceeded").len(), 6, "six times 20 crore fit into 130");
    let row = app.budget("financial_year", CAPITAL, Some("2026-27"));
    assert_eq!(stages(&row), [120 * CRORE, 120 * CRORE, 0, 0, 0, 0]);
    app.must_verify();
}

/// 16 submitted claims of 16 lakh paise each, and the clock in September.
fn sixteen_claims(app: &App, provided_paise: i64) -> Vec<Value> {
    app.window_is_open();
    app.provided(SALES, "2026-27", provided_paise);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-09-01T06:30:00Z");
    let claim = |day: i64| {
        let day = format!("2026-08-{day:02}");
        app.claimed_sales("lodestone", &award, Sales::at_the_rate(&day, &day, 10))
    };
    (1..=16).map(claim).collect()
}

#[apply(on_both!)]
fn racing_verifications_never_overspend_the_year(app: App) {
    let (one, room) = (1_600_000, 8_800_000);
    let claims = sixteen_claims(&app, room);
    let answers = race(&app.verifier(), &claims, |person, file| person.verifies(file));
    let verified: Vec<Value> = answers.into_iter().map(Answered::ok).collect();
    let mut amounts: Vec<i64> = verified.iter().filter_map(|c| c["tranche"]["amount_paise"].as_i64()).collect();
    amounts.sort_unstable();
    assert_eq!(amounts, [one / 2, one, one, one, one, one], "five whole and the half that was left");
    let deferred: i64 = verified.iter().map(|c| c["deferred_paise"].as_i64().unwrap()).sum();
    assert_eq!(deferred, one / 2 + 10 * one, "the others wait whole");
    assert_eq!(stages(&app.budget("financial_year", SALES, Some("2026-27"))), [room, 0, 0, room, 0, 0]);
    agrees(&app);
}

#[apply(on_both!)]
fn racing_sanctions_never_overspend_the_new_year(app: App) {
    let (one, room) = (1_600_000, 5 * 1_600_000 + 1_599_999);
    let concurred: Vec<Value> = sixteen_claims(&app, CRORE)
        .iter()
        .map(|claim| app.concurred(&app.verifier().verifies(claim).ok()["tranche"]))
        .collect();
    app.set_clock("2027-04-01T06:30:00Z");
    app.provided(SALES, "2027-28", room);
    let answers = race(&app.competent_authority(), &concurred, |person, file| person.sanctions(file));
    let sanctioned = successes(answers, "budget_exceeded");
    assert_eq!(sanctioned.len(), 5);
    let mut numbers: Vec<&str> = sanctioned.iter().map(|t| t["sanction"]["number"].as_str().unwrap()).collect();
    numbers.sort_unstable();
    let expected: Vec<String> = (1..=5).map(|n| format!("NDFEB/2027-28/SAN/{n:04}")).collect();
    assert_eq!(numbers, expected, "no number is given twice and none is lost");
    let year = |name: &str| stages(&app.budget("financial_year", SALES, Some(name)));
    assert_eq!(year("2026-27"), [CRORE, CRORE - 11 * one, 0, 11 * one, 0, 0]);
    assert_eq!(year("2027-28"), [room, room - 5 * one, 0, 0, 5 * one, 0]);
    agrees(&app);

    // The same tranche sanctioned by sixteen at once is sanctioned once.
    let left = concurred.iter().find(|tranche| app.tranche(tranche)["status"] == "concurred").unwrap();
    app.provided(SALES, "2027-28", 100 * one);
    let same: Vec<Value> = vec![left.clone(); 16];
    let answers = race(&app.competent_authority(), &same, |person, file| person.sanctions(file));
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((done, answers.iter().filter(|answer| answer.status == 412).count()), (1, 15));
    assert_eq!(year("2027-28")[4], 6 * one);
    agrees(&app);
}
