//! Claims: what may be claimed, by whom and when, and which lines are accepted. The amounts are tested in `caps`.

mod caps;

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at, says, stages};
use magnet_scheme::client::Response;
use serde_json::{Value, json};

/// An award of 900 MTPA with its first milestone verified, and 40 crore appropriated.
fn milestone_verified(app: &App) -> (Value, Value) {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    (award, milestone)
}

#[apply(on_both!)]
fn every_line_is_decided_once_and_with_reason(app: App) {
    let (award, milestone) = milestone_verified(&app);
    let mut form = app.capital_form("lodestone", &milestone, 50 * CRORE);
    let invoice = |number: &str, crore: i64| json!({ "invoice_number": number, "invoice_date": "2026-04-20", "party": "Sample Works", "amount_paise": crore * CRORE });
    form["lines"] = json!([invoice("A", 10), invoice("B", 20), invoice("C", 30)]);
    let draft = app.preparer().claims(&award, &form).ok();
    let claim = app.signatory().submits_claim(&draft).ok();
    let decide = |lines: Value| {
        let body = json!({ "outcome": "verified", "lines": lines, "remarks": "in order" });
        app.verifier().does(&format!("{}/verification", at("claims", &claim)), &claim, body)
    };
    let yes = |line: i64| json!({ "line": line, "accepted": true });
    let undecided = [
        (json!([]), "every line needs exactly one decision: lines 1 to 3 have none"),
        (json!([yes(2)]), "decision: line 1 has none; line 3 has none"),
        (
            json!([yes(1), yes(9), { "line": 2, "accepted": false }, yes(1)]),
            "there is no line 9; line 2 is not accepted and needs a reason; line 1 has two; line 3 has none",
        ),
        (json!([yes(1), yes(2)]), "line 3 has none"),
        (json!([yes(1), yes(2), yes(3), yes(2)]), "line 2 has two"),
        (json!([yes(1), yes(2), yes(3), yes(4)]), "there is no line 4"),
        (json!([yes(0), yes(1), yes(2)]), "there is no line 0"),
        (json!([yes(1), { "line": 2, "accepted": false }, yes(3)]), "line 2 is not accepted and needs a reason"),
    ];
    for (lines, why) in undecided {
        says(&decide(lines).refused(409, "lines_undecided"), why);
    }
    assert_eq!(app.auditor().sees(&at("claims", &claim)), claim, "no decision was kept");

    let no = json!({ "line": 2, "accepted": false, "reason": "paid before the award's project began" });
    let verified = decide(json!([yes(3), no, yes(1)])).ok();
    let statement = &verified["statement"];
    let counted = ["accepted_lines", "rejected_lines", "accepted_amount_paise", "payable_paise"]
        .map(|f| statement[f].as_i64().unwrap());
    assert_eq!(counted, [2, 1, 40 * CRORE, 6 * CRORE], "15 % of the 40 crore that were accepted");
    assert_eq!(verified["lines"][1]["decision"], no);
    assert_eq!(verified["lines"][2]["decision"], json!({ "line": 3, "accepted": true, "reason": "" }));
    app.verifier().verifies(&verified).refused(409, "wrong_state");
    app.must_verify();
}

#[apply(on_both!)]
fn without_accepted_lines_nothing_is_verified_and_without_money_it_waits(app: App) {
    app.window_is_open();
    let award = app.awarded("lodestone", 900);
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let claim = app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
    let lines = json!([{ "line": 1, "accepted": false, "reason": "not shown" }]);
    let body = json!({ "outcome": "verified", "lines": lines, "remarks": "nothing shown" });
    let nothing = app.verifier().does(&format!("{}/verification", at("claims", &claim)), &claim, body);
    says(&nothing.refused(409, "nothing_payable"), "share_of_investment leaves no room");
    assert_eq!(app.auditor().sees(&at("claims", &claim)), claim);
    assert_eq!(app.auditor().sees("/tranches")["data"], json!([]));
    let verified = app.verifier().verifies(&claim).ok();
    assert_eq!((&verified["tranche"], &verified["deferred_paise"]), (&Value::Null, &json!(15 * CRORE)));
    let release = || app.verifier().does(&format!("{}/tranches", at("claims", &claim)), &verified, json!({}));
    let unprovided = release().refused(409, "budget_exceeded");
    assert_eq!(
        unprovided["detail"],
        "account appropriation:ndfeb-2025-proposal:capital_subsidy:2026-27:available needs ₹15,00,00,000.00 and has \
         ₹0.00: short by ₹15,00,00,000.00"
    );
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    assert_eq!(release().ok()["tranche"]["number"], "NDFEB/2026-27/TRN/0001");
    app.must_verify();
}

#[apply(on_both!)]
fn sales_are_claimed_for_days_that_are_over_and_commissioned(app: App) {
    app.window_is_open();
    let award = app.awarded("lodestone", 900);
    app.set_clock("2026-06-30T06:30:00Z");
    let claim = |from: &str, to: &str| {
        let form = app.sales_form("lodestone", Sales::at_the_rate(from, to, 1_000));
        app.preparer().claims(&award, &form)
    };
    claim("2026-06-01", "2026-06-10").refused(409, "not_commissioned");
    app.reached("lodestone", &award, "commissioning", "2026-05-20");
    let early = claim("2026-05-19", "2026-06-10").refused(409, "period_not_allowed");
    says(&early, "it starts before commissioning on 2026-05-20");
    says(&claim("2026-06-01", "2026-07-01").refused(409, "period_not_allowed"), "it is not over yet");
    for (from, to) in [("2026-06-10", "2026-06-09"), ("2026-06-10", "2027-04-01")] {
        assert_eq!(claim(from, to).refused(422, "invalid_fields")["errors"][0]["pointer"], "/form/period_to");
    }
    let mut form = app.sales_form("lodestone", Sales::at_the_rate("2026-06-01", "2026-06-10", 1_000));
    form["lines"][0]["invoice_date"] = json!("2026-06-11");
    let outside = app.preparer().claims(&award, &form).refused(422, "invalid_fields");
    assert_eq!(outside["errors"][0]["pointer"], "/form/lines/0/invoice_date");
    assert_eq!(app.preparer().sees("/claims")["data"], json!([]));

    let whole = claim("2026-05-20", "2026-06-30").ok();
    assert_eq!(whole["performance_year"], "2026-27");
    app.set_clock("2033-05-10T06:30:00Z");
    let after = claim("2033-04-25", "2033-05-01").refused(409, "period_not_allowed");
    says(&after, "it ends after the award's last day 2033-04-30");
    assert_eq!(claim("2033-04-25", "2033-04-30").ok()["performance_year"], "2033-34");
    app.must_verify();
}

#[apply(on_both!)]
fn no_day_is_claimed_twice(app: App) {
    app.window_is_open();
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-06-30T06:30:00Z");
    let draft = |from: &str, to: &str| {
        app.preparer().claims(&award, &app.sales_form("lodestone", Sales::at_the_rate(from, to, 1_000)))
    };
    let (first, rival) = (draft("2026-06-05", "2026-06-10").ok(), draft("2026-06-10", "2026-06-12").ok());
    let submitted = app.signatory().submits_claim(&first).ok();
    let problem = app.signatory().submits_claim(&rival).refused(409, "period_overlaps");
    assert_eq!(submitted["number"], "NDFEB/2026-27/CLM/0001");
    says(&problem, "claim NDFEB/2026-27/CLM/0001 already covers some of these days");
    for (from, to) in [
        ("2026-06-01", "2026-06-05"),
        ("2026-06-10", "2026-06-10"),
        ("2026-06-07", "2026-06-08"),
        ("2026-06-01", "2026-06-30"),
    ] {
        draft(from, to).refused(409, "period_overlaps");
    }
    for (from, to) in [("2026-06-01", "2026-06-04"), ("2026-06-11", "2026-06-30")] {
        app.signatory().submits_claim(&draft(from, to).ok()).ok();
    }
    assert_eq!(app.preparer().sees(&at("claims", &rival)), rival);
    app.must_verify();
}

#[apply(on_both!)]
fn a_milestone_is_claimed_once(app: App) {
    let (award, milestone) = milestone_verified(&app);
    let form = app.capital_form("lodestone", &milestone, 100 * CRORE);
    let (first, second) = (app.preparer().claims(&award, &form).ok(), app.preparer().claims(&award, &form).ok());
    let submitted = app.signatory().submits_claim(&first).ok();
    let problem = app.signatory().submits_claim(&second).refused(409, "milestone_claimed");
    says(&problem, "claim NDFEB/2026-27/CLM/0001 already claims this milestone");
    app.preparer().claims(&award, &form).refused(409, "milestone_claimed");
    app.verifier().verifies(&submitted).ok();
    app.preparer().claims(&award, &form).refused(409, "milestone_claimed");
    app.signatory().submits_claim(&second).refused(409, "milestone_claimed");
    let row = app.budget("financial_year", "capital_subsidy", Some("2026-27"));
    assert_eq!(stages(&row), [40 * CRORE, 25 * CRORE, 0, 15 * CRORE, 0, 0]);
    app.must_verify();
}

#[apply(on_both!)]
fn an_invoice_earns_under_one_milestone(app: App) {
    let (award, first) = milestone_verified(&app);
    let second = app.reached("lodestone", &award, "metal_to_alloy", "2026-05-01");
    let invoice = |number: &str, date: &str, party: &str| json!({ "invoice_number": number, "invoice_date": date, "party": party, "amount_paise": 50 * CRORE });
    let draft = |milestone: &Value, lines: Value| {
        let mut form = app.capital_form("lodestone", milestone, 50 * CRORE);
        form["lines"] = lines;
        app.preparer().claims(&award, &form)
    };
    let (a, b) = (invoice("A/1", "2026-04-20", "Sample Works"), invoice("A/2", "2026-04-21", "Sample Works"));
    let waiting = draft(&second, json!([a])).ok();
    let claim = app.signatory().submits_claim(&draft(&first, json!([a, b])).ok()).ok();
    let problem = app.signatory().submits_claim(&waiting).refused(409, "invoice_claimed");
    assert_eq!(problem["detail"], "invoice A/1 already stands in claim NDFEB/2026-27/CLM/0001");
    draft(&second, json!([invoice(" a/2 ", "2026-04-30", "SAMPLE WORKS")])).refused(409, "invoice_claimed");
    // Another supplier, or the same one in another financial year, starts its own numbering.
    draft(&second, json!([invoice("A/1", "2026-04-20", "Other Works")])).ok();
    draft(&second, json!([invoice("A/1", "2026-03-31", "Sample Works")])).ok();

    // A line that was not accepted under one milestone may be claimed under another; an accepted one may not.
    let lines =
        json!([{ "line": 1, "accepted": true }, { "line": 2, "accepted": false, "reason": "belongs to alloy" }]);
    let body = json!({ "outcome": "verified", "lines": lines, "remarks": "in order" });
    app.verifier().does(&format!("{}/verification", at("claims", &claim)), &claim, body).ok();
    draft(&second, json!([a])).refused(409, "invoice_claimed");
    let other = app.signatory().submits_claim(&draft(&second, json!([b])).ok()).ok();
    assert_eq!(app.verifier().verifies(&other).ok()["tranche"]["amount_paise"], 7 * CRORE + CRORE / 2);
    app.must_verify();
}

#[apply(on_both!)]
fn a_rejected_claim_can_be_claimed_anew(app: App) {
    let (award, milestone) = milestone_verified(&app);
    let before = app.budget_table();
    let claim = app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
    let rejected = app.verifier().rejects_claim(&claim).ok();
    assert_eq!((rejected["status"].as_str(), &rejected["tranche"]), (Some("rejected"), &Value::Null));
    assert_eq!(rejected["lines"][0]["decision"], json!({ "line": 1, "accepted": false, "reason": "not shown" }));
    assert_eq!((app.budget_table(), app.auditor().sees("/tranches")["data"].clone()), (before, json!([])));
    app.verifier().verifies(&rejected).refused(409, "wrong_state");

    let anew = app.claimed_capital("lodestone", &award, &milestone, 100 * CRORE);
    assert_eq!(anew["number"], "NDFEB/2026-27/CLM/0002");
    assert_eq!(app.verifier().verifies(&anew).ok()["tranche"]["amount_paise"], 15 * CRORE);
    app.must_verify();
}

#[apply(on_both!)]
fn who_prepared_a_claim_does_not_sign_it_and_it_is_frozen(app: App) {
    let (award, milestone) = milestone_verified(&app);
    let organisation = app.organisation("lodestone");
    let both = app.person("both", &["preparer", "signatory"], Some(&organisation["id"]));
    let form = app.capital_form("lodestone", &milestone, 100 * CRORE);
    let draft = both.claims(&award, &form).ok();
    let problem = both.submits_claim(&draft).refused(409, "same_person");
    says(&problem, "you already did 'prepare' for this money, so somebody else must do 'submit'");
    app.verifier().verifies(&draft).refused(404, "not_found");
    let path = at("claims", &draft);
    let change = |version: i64, form: &Value| app.preparer().put(&path, version, &json!({ "form": form })).unwrap();
    let mut smaller = form.clone();
    smaller["amount_claimed_paise"] = json!(7 * CRORE);
    let changed = change(1, &smaller).ok();
    assert_eq!((changed["amount_claimed_paise"].as_i64(), changed["version"].as_i64()), (Some(7 * CRORE), Some(2)));
    app.signatory().submits_claim(&draft).refused(412, "stale_version");
    // Another person made the last change and is now the preparer.
    let submitted = both.submits_claim(&changed).ok();
    change(3, &form).refused(409, "wrong_state");
    both.submits_claim(&submitted).refused(409, "wrong_state");
    assert_eq!(app.preparer().sees(&path), submitted);
    assert_eq!(app.verifier().verifies(&submitted).ok()["statement"]["payable_paise"], 7 * CRORE);
    app.must_verify();
}

#[apply(on_both!)]
fn fields_must_fit_the_component(app: App) {
    let (award, milestone) = milestone_verified(&app);
    let capital = app.capital_form("lodestone", &milestone, 100 * CRORE);
    let sales = app.sales_form("lodestone", Sales::at_the_rate("2026-05-01", "2026-05-01", 1_000));
    let with = |form: &Value, field: &str, value: Value| {
        let mut form = form.clone();
        form[field] = value;
        app.preparer().claims(&award, &form)
    };
    let line = &capital["lines"][0];
    let changed = |field: &str, value: Value| {
        let mut line = line.clone();
        line[field] = value;
        json!([line])
    };
    let wrong: Vec<(Response, &str)> = vec![
        (with(&capital, "milestone_id", Value::Null), "/milestone_id"),
        (with(&sales, "milestone_id", milestone["id"].clone()), "/milestone_id"),
        (with(&capital, "period_from", json!("2026-05-01")), "/period_from"),
        (with(&sales, "period_to", Value::Null), "/period_to"),
        (with(&capital, "amount_claimed_paise", json!(0)), "/amount_claimed_paise"),
        (with(&capital, "lines", json!([])), "/lines"),
        (with(&capital, "evidence", json!([])), "/evidence"),
        (with(&capital, "lines", changed("quantity_kg", json!(1))), "/lines/0/quantity_kg"),
        (with(&capital, "lines", changed("amount_paise", json!(-5))), "/lines/0/amount_paise"),
        (with(&capital, "lines", json!([line, line])), "/lines/1/invoice_number"),
        (with(&capital, "lines", changed("invoice_date", json!("2025-03-31"))), "/lines/0/invoice_date"),
        (with(&capital, "lines", changed("invoice_date", json!("2026-05-02"))), "/lines/0/invoice_date"),
    ];
    for (answer, pointer) in wrong {
        let problem = answer.refused(422, "invalid_fields");
        let pointers: Vec<&Value> = problem["errors"].as_array().unwrap().iter().map(|e| &e["pointer"]).collect();
        assert_eq!(pointers, [&format!("/form{pointer}")]);
    }
    let administration = with(&capital, "component", json!("administration")).refused(422, "invalid_fields");
    assert_eq!(administration["errors"][0]["pointer"], "/form/component");
    let theirs = app.preparer_of("magnetite").attaches("certificate");
    with(&capital, "evidence", json!([theirs])).refused(409, "evidence_unknown");
    assert_eq!(app.preparer().sees("/claims")["data"], json!([]));
    assert_eq!(with(&capital, "lines", changed("invoice_date", json!("2025-04-01"))).status, 201);
}

#[apply(on_both!)]
fn claims_are_their_organisations(app: App) {
    let (award, milestone) = milestone_verified(&app);
    let theirs = app.awarded("magnetite", 600);
    let form = app.capital_form("lodestone", &milestone, 100 * CRORE);
    app.preparer_of("magnetite").claims(&award, &form).refused(404, "not_found");
    // A milestone of one award earns nothing under another.
    let foreign = app.capital_form("magnetite", &milestone, 100 * CRORE);
    app.preparer_of("magnetite").claims(&theirs, &foreign).refused(404, "not_found");
    let draft = app.preparer().claims(&award, &form).ok();
    app.signatory_of("magnetite").submits_claim(&draft).refused(404, "not_found");
    app.preparer().submits_claim(&draft).refused(403, "not_permitted");
    let submitted = app.signatory().submits_claim(&draft).ok();
    app.signatory().verifies(&submitted).refused(403, "not_permitted");
    app.preparer_of("magnetite").get(&at("claims", &draft)).unwrap().refused(404, "not_found");
    assert_eq!(app.preparer_of("magnetite").sees("/claims")["data"], json!([]));
    let listed = app.auditor().sees(&format!("/claims?award_id={}", award["id"].as_str().unwrap()));
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    app.must_verify();
}
