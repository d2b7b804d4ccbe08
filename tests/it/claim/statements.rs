//! Statements explain an amount: each line that does not count names its rule, an outsider can recompute
//! the statement, a preview before the claim gives the same answer, and past decisions are derived anew.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, at, says};
use magnet_scheme::service::revision::recompute::recompute;
use serde_json::{Value, json};
use std::process::Command;

const PATH: &str = "sales_linked_incentive";

/// An award under the version in force from October 2026, commissioned on 2 November 2026.
pub fn commissioned(app: &App) -> Value {
    commissioned_of(app, &["lodestone"]).remove(0)
}

/// One such award for each of these manufacturers.
fn commissioned_of(app: &App, makers: &[&str]) -> Vec<Value> {
    app.set_clock("2026-11-02T06:30:00Z");
    app.scheme_administrator().opens_window("2026-11-01", "2026-12-31").ok();
    app.provided(PATH, "2026-27", 200 * CRORE);
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let award = |maker: &&str| {
        let award = app.awarded(maker, 500);
        assert_eq!(award["scheme_version"], 3);
        app.reached(maker, &award, "commissioning", "2026-11-02");
        award
    };
    let awards = makers.iter().map(award).collect();
    app.set_clock("2027-03-31T06:30:00Z");
    awards
}

pub fn line(number: &str, date: &str, kg: i64, paise: i64, facts: &[(&str, Value)]) -> Value {
    let facts: Vec<Value> = facts.iter().map(|(code, value)| json!({ "code": code, "value": value })).collect();
    json!({
        "invoice_number": number, "invoice_date": date, "party": "Sample Motors", "quantity_kg": kg,
        "amount_paise": paise, "facts": facts,
    })
}

/// Nine lines, six of which do not count in whole or in part.
fn form(app: &App) -> Value {
    let lines = [
        line("S/1", "2026-12-01", 100_000, 60 * CRORE, &[]),
        line("S/2", "2026-11-01", 1_000, CRORE, &[]),
        line("S/3", "2027-03-31", 1_000, CRORE, &[]),
        line("S/4", "2026-12-02", 1_000, CRORE, &[("related_party", json!(true))]),
        line("S/5", "2026-12-03", 1_000, CRORE, &[("sintered_ndfeb", json!(false))]),
        line("S/6", "2026-12-04", 1_000, CRORE, &[("credited_kg", json!(100)), ("credited_paise", json!(CRORE / 10))]),
        line("S/7", "2027-02-01", 300_000, 180 * CRORE, &[]),
        line("S/8", "2027-03-01", 200_000, 100 * CRORE + 1, &[]),
        line("S/9", "2027-03-30", 50_000, 30 * CRORE, &[]),
    ];
    json!({
        "component": PATH, "period_from": "2026-11-01", "period_to": "2027-03-30", "amount_claimed_paise": 150 * CRORE,
        "lines": lines, "evidence": [app.preparer().attaches("sales")],
    })
}

fn verified(app: &App, award: &Value, form: &Value) -> Value {
    let draft = app.preparer().claims(award, form).ok();
    let claim = app.signatory().submits_claim(&draft).ok();
    app.verifier().verifies(&claim).ok()
}

fn statement_of(app: &App, claim: &Value) -> Value {
    app.auditor().sees(&format!("{}/statement", at("claims", claim)))
}

#[apply(on_both!)]
fn what_does_not_count_is_left_out_line_by_line(app: App) {
    let awards = commissioned_of(&app, &["lodestone", "coercive"]);
    let claim = verified(&app, &awards[0], &form(&app));
    let counted = |line: usize| {
        let counted = &claim["lines"][line - 1]["counted"];
        let codes: Vec<&str> =
            counted["excluded"].as_array().into_iter().flatten().map(|part| part["code"].as_str().unwrap()).collect();
        (counted["counted_kg"].as_i64().unwrap(), counted["counted_amount_paise"].as_i64().unwrap(), codes.join(" "))
    };
    let whole = |kg: i64, paise: i64| (kg, paise, String::new());
    let out = |code: &str| (0, 0, code.to_owned());
    assert_eq!(counted(1), whole(100_000, 60 * CRORE));
    assert_eq!(counted(2), out("before_commissioning"));
    assert_eq!(counted(3), out("outside_period"));
    assert_eq!(counted(4), out("related_party"));
    assert_eq!(counted(5), out("not_sintered_ndfeb"));
    assert_eq!(counted(6), (900, CRORE / 10 * 9, "credit_note".to_owned()));
    assert_eq!(counted(7), whole(300_000, 180 * CRORE));
    // 500,000 kg a year, of which 400,900 kg were used before: 99,100 of 200,000 kg, with the amount
    // rounded down to the paisa.
    let part = i64::try_from((i128::from(100 * CRORE) + 1) * 99_100 / 200_000).unwrap();
    assert_eq!(counted(8), (99_100, part, "yearly_capacity".to_owned()));
    assert_eq!(counted(9), out("yearly_capacity"));
    let statement = &claim["statement"];
    assert_eq!((&statement["counted_kg"], &claim["eligible_kg"]), (&json!(500_000), &json!(500_000)));
    assert_eq!(statement["entitlement_paise"], 500_000 * 160_000_i64);
    assert_eq!(statement["bound_by"], "rate_per_kg");
    let rules: Vec<(&str, i64)> = statement["line_rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| (rule["code"].as_str().unwrap(), rule["lines"].as_i64().unwrap()))
        .collect();
    let expected = [
        ("not_sintered_ndfeb", 1),
        ("before_commissioning", 1),
        ("outside_period", 1),
        ("related_party", 1),
        ("credit_note", 1),
        ("yearly_capacity", 2),
    ];
    assert_eq!(rules, expected);
    app.must_verify();

    // The order of the lines does not matter.
    let mut turned = form(&app);
    turned["lines"].as_array_mut().unwrap().reverse();
    turned["evidence"] = json!([app.preparer_of("coercive").attaches("sales")]);
    let draft = app.preparer_of("coercive").claims(&awards[1], &turned).ok();
    let claim = app.signatory_of("coercive").submits_claim(&draft).ok();
    let again = app.verifier().verifies(&claim).ok();
    assert_eq!(again["statement"]["counted_amount_paise"], statement["counted_amount_paise"]);
    assert_eq!(again["statement"]["line_rules"], statement["line_rules"]);
}

/// The capacity of the year is a quota over the lines; once it is used up, no line counts, and the rate comes to zero.
#[apply(on_both!)]
fn a_capacity_that_is_used_up_is_named_and_not_the_rate(app: App) {
    let award = commissioned(&app);
    let sold = |number: &str, from: &str, to: &str, kg: i64| {
        json!({
            "component": PATH, "period_from": from, "period_to": to, "amount_claimed_paise": 100 * CRORE,
            "lines": [line(number, from, kg, kg * 600_000, &[])], "evidence": [app.preparer().attaches(&number.replace('/', "-"))],
        })
    };
    verified(&app, &award, &sold("S/1", "2026-12-01", "2026-12-31", 500_000));
    let draft = app.preparer().claims(&award, &sold("S/2", "2027-01-01", "2027-01-31", 1_000)).ok();
    let claim = app.signatory().submits_claim(&draft).ok();
    let refused = app.verifier().verifies(&claim).refused(409, "nothing_payable");
    says(&refused, "yearly_capacity leaves no room");
    app.must_verify();
}

/// The result of `recompute_statement.py`, which shares no code with this program, for a statement.
pub fn recomputed(statement: &Value) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("statement.json");
    std::fs::write(&path, statement.to_string()).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/verifiers/recompute_statement.py");
    let output = Command::new("python3").arg(script).arg(path).output().expect("python3 is needed for this test");
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

#[apply(on_both!)]
fn every_claim_of_the_sample_story_is_recomputed(app: App) {
    let app = App::sandbox(app.engine);
    magnet_scheme::demo::play(&app.client.base, &app.administrator_password).map(drop).unwrap();
    let claims = app.auditor().sees("/claims")["data"].as_array().unwrap().clone();
    let stated = claims.iter().filter(|claim| claim["statement"].is_object());
    // A claim that was corrected after a return has no decisions on its lines until it is verified again.
    let is_decided = |document: &Value| document["lines"][0]["decision"].is_object();
    let decided: Vec<Value> = stated.map(|claim| statement_of(&app, claim)).filter(is_decided).collect();
    assert!(decided.len() >= 3, "{}", decided.len());
    for document in &decided {
        assert_eq!(recomputed(document), Ok(()), "{document}");
    }
    let anew = recompute(&app.database_url()).unwrap();
    // Besides them: four scrutinies, a run of the allocation, and two awards with terms, eligibility and schedule.
    assert_eq!((anew.decisions, anew.differences), (decided.len() as i64 + 4 + 1 + 2 * 3, Vec::new()));
}

#[apply(on_sqlite!)]
fn a_stranger_recomputes_the_amount_from_the_statement(app: App) {
    let award = commissioned(&app);
    let sales = verified(&app, &award, &form(&app));
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2027-03-31");
    let mut capital = app.capital_form("lodestone", &milestone, 50 * CRORE + 7);
    capital["lines"].as_array_mut().unwrap().push(json!({
        "invoice_number": "EARLY", "invoice_date": "2025-03-31", "party": "Sample Works", "amount_paise": CRORE,
    }));
    let capital = verified(&app, &award, &capital);
    assert_eq!(capital["statement"]["counted_amount_paise"], 50 * CRORE + 7);
    for claim in [&sales, &capital] {
        let statement = statement_of(&app, claim);
        assert_eq!(recomputed(&statement), Ok(()));
        // A formula is read and never executed.
        for formula in ["().__class__", "min.__class__(1)", "(lambda: 1)()", "2**99", "__import__('os')"] {
            let mut forged = statement.clone();
            forged["statement"]["caps"][0]["expression"] = json!(formula);
            let told = recomputed(&forged).unwrap_err();
            assert!(told.contains("which is no part of a formula") && !told.contains("Traceback"), "{told}");
        }
        // Any single changed number is detected.
        for pointer in ["/statement/payable_paise", "/statement/caps/0/limit_paise", "/statement/counted_amount_paise"]
        {
            let mut forged = statement.clone();
            let number = forged.pointer_mut(pointer).unwrap();
            *number = json!(number.as_i64().unwrap() + 1);
            assert!(recomputed(&forged).is_err(), "{pointer}");
        }
        for index in 0..statement["statement"]["inputs"].as_array().unwrap().len() {
            let input = &statement["statement"]["inputs"][index];
            if input["unit"] == "date" || input["origin"] == "lines" {
                continue;
            }
            let mut forged = statement.clone();
            forged["statement"]["inputs"][index]["value"] = json!("1/7");
            assert!(recomputed(&forged).is_err(), "{input}");
        }
    }
}

#[apply(on_both!)]
fn what_if_is_what_comes_and_leaves_no_trace(app: App) {
    let award = commissioned(&app);
    let form = form(&app);
    app.preparer().sees("/me");
    app.verifier().sees("/me");
    let before = app.content();
    let asked = app.preparer().post(&format!("{}/what-if", at("awards", &award)), None, &form).unwrap();
    let told = asked.ok();
    let officer = app.verifier().post(&format!("{}/what-if", at("awards", &award)), None, &form).unwrap().ok();
    assert_eq!(officer, told);
    assert!(app.content() == before, "nothing is stored");
    let claim = verified(&app, &award, &form);
    assert_eq!(told["statement"], claim["statement"]);
    for line in claim["lines"].as_array().unwrap() {
        let index = line["line"].as_u64().unwrap() as usize - 1;
        assert_eq!(told["lines"][index], line["counted"]);
    }
    let stranger = app.preparer_of("coercive").post(&format!("{}/what-if", at("awards", &award)), None, &form).unwrap();
    stranger.refused(404, "not_found");
    let mut wrong = form.clone();
    wrong["lines"][0]["facts"] = json!([{ "code": "unknown", "value": 1 }, { "code": "related_party", "value": 1 }]);
    let refused = app.preparer().post(&format!("{}/what-if", at("awards", &award)), None, &wrong).unwrap();
    let problem = refused.refused(422, "invalid_fields");
    let pointers: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/lines/0/facts/0/code", "/lines/0/facts/1/value"]);
}

#[apply(on_both!)]
fn a_claim_comes_within_its_window(app: App) {
    let award = commissioned(&app);
    let draft = app.preparer().claims(&award, &form(&app)).ok();
    app.set_clock("2027-12-31T18:30:00Z");
    let late = app.signatory().submits_claim(&draft).refused(409, "claim_window_closed");
    says(&late, "claims for 2026-27 could be submitted until 2027-12-31");
    let mut outside = form(&app);
    outside["period_from"] = json!("2026-11-01");
    outside["period_to"] = json!("2026-11-01");
    says(&app.preparer().claims(&award, &outside).refused(409, "period_not_allowed"), "before commissioning");
}

#[apply(on_both!)]
fn a_forged_statement_is_found_by_deriving_it_anew(app: App) {
    let award = commissioned(&app);
    let claim = verified(&app, &award, &form(&app));
    let anew = || recompute(&app.database_url()).unwrap();
    assert_eq!((anew().decisions, anew().differences), (5, Vec::new()), "scrutiny, award (3) and claim");
    let lines = "UPDATE claim_lines SET counted_kg = counted_kg - 1 WHERE line = 1";
    app.sql(lines);
    assert!(anew().differences[0].contains("what its lines count for"), "{:?}", anew().differences);
    app.sql("UPDATE claim_lines SET counted_kg = counted_kg + 1 WHERE line = 1");
    assert_eq!(anew().differences, Vec::<String>::new());
    let rate = award["rate_paise_per_kg"].as_i64().unwrap();
    app.sql(&format!("UPDATE awards SET rate_paise_per_kg = {}", rate - 100));
    let number = claim["number"].as_str().unwrap();
    let told = anew().differences;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("award ") && told[0].contains(": terms: "), "{told:?}");
    assert!(told[1].starts_with(&format!("claim {number}: statement: ₹80,00,00,000.00 was decided")), "{told:?}");
}

#[apply(on_sqlite!)]
fn a_statement_is_printed_in_two_languages(app: App) {
    let award = commissioned(&app);
    let mut form = form(&app);
    form["lines"][0]["party"] = json!("<b>Sample & Sons</b>");
    let claim = verified(&app, &award, &form);
    let page = |query: &str| app.auditor().get(&format!("{}/statement.html{query}", at("claims", &claim))).unwrap();
    let english = page("");
    assert_eq!(english.header("content-type"), Some("text/html; charset=utf-8"));
    let (english, hindi) = (english.text(), page("?language=hi").text());
    for part in ["Statement of the amount", "Sold to a related party", "assumption", "&#60;b&#62;Sample &#38; Sons"] {
        assert!(english.contains(part), "{part}: {english}");
    }
    for part in ["राशि का विवरण", "संबंधित पक्ष को बिक्री", "अनुमान", "lang=\"hi\""]
    {
        assert!(hindi.contains(part), "{part}");
    }
    // It says which office verified and when; an award has its own word, which is not that of a sanction.
    assert!(english.contains("Verifier (project management agency), 31 Mar 2027"), "{english}");
    assert!(hindi.contains("सत्यापनकर्ता (परियोजना प्रबंधन एजेंसी), 31 मार्च 2027"), "{hindi}");
    assert!(hindi.contains("अवार्ड की प्रति किलोग्राम दर") && !hindi.contains("स्वीकृत"), "{hindi}");
    for page in [&english, &hindi] {
        assert!(page.contains("₹80,00,00,000.00") && page.contains("counted_kg * min(rate, rate_ceiling_per_kg)"));
        assert!(!page.contains("<script") && !page.contains("style="));
    }
    page("?language=fr").refused(400, "bad_parameter");
    let draft = app.preparer().claims(&award, &json!({ "component": "capital_subsidy" }));
    assert_eq!(draft.status, 400);
}

#[apply(on_sqlite!)]
fn who_would_qualify_is_told_before_applying(app: App) {
    let preparer = app.preparer();
    let form = app.good_form(&preparer, 500);
    preparer.sees("/me");
    let before = app.content();
    let ask = |form: &Value| preparer.post("/schemes/repm-2025-notified/eligibility", None, form).unwrap();
    let results = |form: &Value| {
        let checks = ask(form).ok()["data"].as_array().unwrap().clone();
        let one =
            |check: &Value| format!("{} {}", check["criterion"].as_str().unwrap(), check["result"].as_str().unwrap());
        (checks.iter().map(one).collect::<Vec<_>>().join(", "), checks)
    };
    let (told, checks) = results(&form);
    assert_eq!(
        told,
        "capacity not_met, whole_chain met, net_worth met, investment met, incentive_rate met, documents met"
    );
    assert_eq!((&checks[0]["clause"], &checks[0]["basis"]), (&json!("capacity_mtpa"), &json!("reported")));
    assert_eq!(checks[2]["evidence"], json!([form["documents"][1]["evidence_id"]]));
    let mut bare = form.clone();
    bare["capacity_mtpa"] = json!(600);
    bare["documents"] = json!([]);
    assert_eq!(
        results(&bare).0,
        "capacity met, whole_chain not_shown, net_worth not_shown, investment not_shown, incentive_rate met, documents not_shown"
    );
    assert!(app.content() == before, "nothing is stored");
    bare["facts"] = json!([{ "code": "unknown", "value": 1 }]);
    ask(&bare).refused(422, "invalid_fields");
    app.administrator()
        .post("/schemes/repm-2025-notified/eligibility", None, &form)
        .unwrap()
        .refused(403, "not_permitted");
}

#[apply(on_both!)]
fn what_is_no_longer_met_stops_the_sanction(app: App) {
    let tranche = app.tranche_of_15_crore();
    let concurred = app.concurred(&tranche);
    // As if a figure of the file had since been found to be different.
    let worth = |crore: i64| format!("\"net_worth_paise\":{}", crore * CRORE);
    let change = |from: i64, to: i64| {
        app.sql(&format!("UPDATE applications SET form = replace(form, '{}', '{}')", worth(from), worth(to)));
    };
    change(400, 309);
    let refused = app.competent_authority().sanctions(&concurred).refused(409, "criterion_not_met");
    says(&refused, "net_worth");
    change(309, 400);
    app.competent_authority().sanctions(&concurred).ok();
    app.must_verify();
}
