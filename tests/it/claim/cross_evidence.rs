//! Evidence compared with other evidence: one invoice counts in one claim of an organisation and its group (its
//! identity is tested in `invoice_identity.rs`); and a claim counts no more magnets than its materials explain.

use crate::harness::app::{App, Engine};
use crate::harness::disarm::{must_name, names};
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at};
use magnet_scheme::client::{Person, Response};
use magnet_scheme::service::revision::recompute::recompute;
use serde_json::{Value, json};

const SALES: &str = "sales_linked_incentive";

/// An award of 900 MTPA, commissioned on 1 May 2026, seen from 15 July.
pub fn sold_from_june(app: &App) -> Value {
    app.told("sold from June", |app| {
        app.window_is_open();
        app.provided(SALES, "2026-27", 100 * CRORE);
        let award = app.commissioned("lodestone", 900);
        app.set_clock("2026-07-15T06:30:00Z");
        award
    })
}

pub fn sale(number: &str, day: &str, party: &str, kg: i64) -> Value {
    json!({ "invoice_number": number, "invoice_date": day, "party": party, "quantity_kg": kg, "amount_paise": kg * 500_000 })
}

/// A form whose sales lie in one half of June.
pub fn form(app: &App, maker: &str, days: (&'static str, &'static str), lines: Value) -> Value {
    let mut form = app.sales_form(maker, Sales::at_the_rate(days.0, days.1, 10_000));
    form["lines"] = lines;
    form
}

pub const FIRST: (&str, &str) = ("2026-06-01", "2026-06-15");
pub const SECOND: (&str, &str) = ("2026-06-16", "2026-06-30");

#[apply(on_both!)]
fn two_drafts_with_one_invoice_do_not_both_pass(app: App) {
    let award = sold_from_june(&app);
    let draft = |days: (&'static str, &'static str), number: &str| {
        let lines = json!([sale(number, days.0, "Sample Motors", 1_000)]);
        app.preparer().claims(&award, &form(&app, "lodestone", days, lines)).ok()
    };
    let (first, second) = (draft(FIRST, "S/1"), draft(SECOND, "s/１"));
    let first = app.signatory().submits_claim(&first).ok();
    let before = app.content();
    let problem = app.signatory().submits_claim(&second).refused(409, "invoice_claimed");
    assert_eq!(problem["detail"], "invoice s/１ already stands in claim NDFEB/2026-27/CLM/0001");
    assert!(app.content() == before, "a refusal leaves nothing");
    app.verifier().verifies(&first).ok();
    app.signatory().submits_claim(&second).refused(409, "invoice_claimed");
    app.must_verify();
}

/// An officer records a group.
pub fn groups(person: &Person, app: &App, maker: &str, group: Option<&str>) -> Response {
    let organisation = app.auditor().sees(&at("organisations", &app.organisation(maker)));
    let record = json!({ "company_group": group, "reason": "seen in the annual return" });
    person.does(&format!("{}/company-group", at("organisations", &organisation)), &organisation, record)
}

/// The form with an invoice of one supplier from which everybody here buys.
fn of_one_supplier(mut form: Value) -> Value {
    form["lines"][0]["party"] = json!("Sample Works");
    form
}

#[apply(on_both!)]
fn an_invoice_is_found_in_a_company_of_the_group(app: App) {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40 * CRORE);
    let claim = |maker: &str, mtpa: i64| {
        let award = app.awarded(maker, mtpa);
        let milestone = app.reached(maker, &award, "oxide_to_metal", "2026-05-01");
        let form = of_one_supplier(app.capital_form(maker, &milestone, 50 * CRORE));
        let draft = app.preparer_of(maker).claims(&award, &form).ok();
        (app.signatory_of(maker).submits_claim(&draft).ok(), award, milestone)
    };
    let (ours, ..) = claim("lodestone", 900);
    let (theirs, award, milestone) = claim("coercive", 600);
    assert_eq!(theirs["number"], "NDFEB/2026-27/CLM/0002", "strangers may buy from one supplier");

    groups(&app.preparer(), &app, "lodestone", Some("Sample Group")).refused(403, "not_permitted");
    let recorded = groups(&app.verifier(), &app, "lodestone", Some("Sample Group")).ok();
    assert_eq!(recorded["company_group"], "Sample Group");
    let acts = app.audit_length();
    let recorded = groups(&app.scheme_administrator(), &app, "coercive", Some(" SAMPLE  group.")).ok();
    assert_eq!(recorded["company_group"], "Sample Group", "a group has one spelling");
    assert!(app.audit_behind(acts).contains(&"record_company_group done".to_owned()), "{:?}", app.audit_behind(acts));

    let problem = app.verifier().verifies(&ours).refused(409, "invoice_claimed");
    let told = |number: &str| format!("invoice INV/oxidetometal already stands in claim NDFEB/2026-27/CLM/{number}");
    assert_eq!(problem["detail"], told("0002"));
    app.verifier().rejects_claim(&theirs).ok();
    app.verifier().verifies(&ours).ok();
    let mut again = of_one_supplier(app.capital_form("coercive", &milestone, 50 * CRORE));
    let problem = app.preparer_of("coercive").claims(&award, &again).refused(409, "invoice_claimed");
    assert_eq!(problem["detail"], told("0001"), "the number, and nothing else of another's claim");
    app.preparer_of("coercive").get(&at("claims", &ours)).unwrap().refused(404, "not_found");
    again["lines"][0]["party"] = json!("Other Works");
    app.preparer_of("coercive").claims(&award, &again).ok();
    groups(&app.verifier(), &app, "coercive", None).ok();
    again["lines"][0]["party"] = json!("M/s. SAMPLE  works");
    app.preparer_of("coercive").claims(&award, &again).ok();
    app.must_verify();
}

const SCHEME_TEXT: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-2.toml");

/// The sample scheme with a mass balance: at best 0.867 kg of metal of a kilogram of oxide, 3.366 kg
/// of alloy of one of metal, and 0.824 kg of magnets of one of alloy, tolerance included.
pub fn balanced(engine: Engine) -> App {
    let step = |from: &str, to: &str, share: i64, tolerance: i64| {
        let rests = "basis = \"assumption\", source = \"sample of a test\"";
        format!(
            "[[mass_balance.steps]]\nfrom = \"{from}\"\nto = \"{to}\"\n\
             best_yield = {{ basis_points = {share}, {rests} }}\ntolerance = {{ basis_points = {tolerance}, {rests} }}\n"
        )
    };
    let steps =
        [step("oxide", "metal", 8_500, 200), step("metal", "alloy", 33_000, 200), step("alloy", "magnet", 8_000, 300)];
    let section = "\n[mass_balance]\nclause = \"sample\"\nbasis = \"assumption\"\nsource = \"sample of a test\"\n";
    let text = SCHEME_TEXT.replacen("version = 2", "version = 1", 1);
    App::with_only(engine, format!("{text}{section}{}", steps.concat()))
}

/// A form with three invoices, and the quantities bought and made; all magnets were sold.
fn balanced_form(app: &App, kilograms: [i64; 3], bought_and_made: [i64; 4]) -> Value {
    let days = ["2026-06-09", "2026-06-01", "2026-06-05"];
    let lines: Vec<Value> =
        (0..3).map(|n| sale(&format!("S/{}", n + 1), days[n], "Sample Motors", kilograms[n])).collect();
    let file = app.preparer().attaches("stock-register");
    let row = |material: &str, kg: i64| json!({ "material": material, "opening_kg": 0, "in_kg": kg, "scrap_kg": 0, "closing_kg": 0, "evidence_id": file });
    let [oxide, metal, alloy, magnet] = bought_and_made;
    let mut form = form(app, "lodestone", FIRST, json!(lines));
    form["amount_claimed_paise"] = json!(kilograms.iter().sum::<i64>() * 160_000);
    form["mass_balance"] = json!({
        "materials": [row("oxide", oxide), row("metal", metal), row("alloy", alloy), row("magnet", magnet)],
        "dispatched_kg": kilograms.iter().sum::<i64>(),
    });
    form
}

pub fn verified(app: &App, award: &Value, form: &Value) -> Value {
    let claim = app.signatory().submits_claim(&app.preparer().claims(award, form).ok()).ok();
    app.verifier().verifies(&claim).ok()
}

#[apply(on_both!)]
fn magnets_that_the_oxide_does_not_explain_are_held(app: App) {
    let app = balanced(app.engine);
    let award = sold_from_june(&app);
    // 1,000 kg of oxide explain 867 kg of metal, 2,918.322 of alloy and 2,404.697… of magnets. The form
    // states 15 % more at every step: 997, 3,356 and 2,765 kg. The invoice of the latest day is cut.
    let form = balanced_form(&app, [765, 1_000, 1_000], [1_000, 997, 3_356, 2_765]);
    let what_if = |form: &Value| {
        let path = format!("{}/what-if", at("awards", &award));
        app.preparer().post(&path, None, form).unwrap().ok()
    };
    let mut turned = form.clone();
    turned["mass_balance"]["materials"].as_array_mut().unwrap().reverse();
    assert_eq!(what_if(&form), what_if(&turned), "the order of the rows says nothing");
    turned["lines"].as_array_mut().unwrap().reverse();
    assert_eq!(what_if(&form)["statement"], what_if(&turned)["statement"], "nor does that of the lines");

    let claim = verified(&app, &award, &form);
    let statement = &claim["statement"];
    assert_eq!((&claim["held_kg"], &statement["counted_kg"]), (&json!(361), &json!(2_404)));
    assert_eq!((&claim["status"], &claim["tranche"]["amount_paise"]), (&json!("verified"), &json!(2_404 * 160_000)));
    let counted: Vec<i64> = (0..3).map(|n| claim["lines"][n]["counted"]["counted_kg"].as_i64().unwrap()).collect();
    assert_eq!(counted, [404, 1_000, 1_000]);
    let excluded = json!([{ "code": "mass_balance", "quantity_kg": 361, "amount_paise": 361 * 500_000 }]);
    assert_eq!(claim["lines"][0]["counted"]["excluded"], excluded);
    let rules = statement["line_rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["code"] == "mass_balance").unwrap();
    assert_eq!((&rule["quantity_kg"], &rule["lines"], &rule["shared"]), (&json!(361), &json!(1), &json!(true)));
    let step = |index: usize| {
        let step = &statement["mass_balance"][index];
        ["used_kg", "most_kg", "made_kg", "unexplained_kg"].map(|field| step[field].as_i64().unwrap())
    };
    assert_eq!(step(0), [1_000, 867, 997, 130]);
    assert_eq!(step(1), [867, 2_918, 3_356, 438]);
    assert_eq!(step(2), [2_918, 2_404, 2_765, 361]);
    let oxide = statement["inputs"].as_array().unwrap().iter().find(|input| input["name"] == "oxide_in_kg").unwrap();
    assert_eq!((&oxide["value"], &oxide["unit"]), (&json!("1000"), &json!("kg")));
    assert_eq!(oxide["evidence_digest"].as_str().unwrap().len(), 64);
    recomputes(&app, &claim);
    let again = recompute(&app.database_url()).unwrap();
    assert_eq!((again.decisions, again.differences), (5, Vec::new()));
    app.must_verify();
    names(&app, "UPDATE claims SET held_kg = 0", ("claims", "held_kg > 0"), "held_kg");
}

#[apply(on_both!)]
fn what_was_held_is_claimed_again_with_materials_that_explain_it(app: App) {
    let app = balanced(app.engine);
    let award = sold_from_june(&app);
    let first = verified(&app, &award, &balanced_form(&app, [765, 1_000, 1_000], [1_000, 997, 3_356, 2_765]));
    assert_eq!(first["held_kg"], 361);
    // The register did contain a forgotten lot of oxide, 150 kg: all but 3 kg are explained.
    let supplement = |kg: i64, oxide: i64| {
        let mut form = balanced_form(&app, [kg, 1, 1], [oxide, 997, 3_356, 2_765]);
        form["lines"].as_array_mut().unwrap().truncate(1);
        form["lines"][0]["amount_paise"] = json!(kg * 500_000);
        form["amount_claimed_paise"] = json!(kg * 160_000);
        form["mass_balance"]["dispatched_kg"] = json!(2_765);
        form["supplements"] = first["id"].clone();
        form
    };
    let refused = |form: &Value| {
        let problem = app.preparer().claims(&award, form).refused(422, "invalid_fields");
        problem["errors"][0]["pointer"].as_str().unwrap().strip_prefix("/form").unwrap().to_owned()
    };
    let mut plain = supplement(361, 1_150);
    plain["supplements"] = Value::Null;
    app.preparer().claims(&award, &plain).refused(409, "period_overlaps");
    assert_eq!(refused(&supplement(362, 1_150)), "/lines/0/quantity_kg");
    let mut other = supplement(361, 1_150);
    other["lines"][0]["invoice_number"] = json!("S/2");
    assert_eq!(refused(&other), "/lines/0/quantity_kg", "nothing of that invoice is held");
    let mut stranger = supplement(361, 1_150);
    stranger["supplements"] = json!(uuid::Uuid::now_v7());
    assert_eq!(refused(&stranger), "/supplements");

    // The same register explains nothing more; a better one does, and only one supplement is decided at a time.
    let unexplained = app.preparer().claims(&award, &supplement(361, 1_000)).ok();
    let unexplained = app.signatory().submits_claim(&unexplained).ok();
    app.preparer().claims(&award, &supplement(361, 1_150)).refused(409, "already_exists");
    app.verifier().verifies(&unexplained).refused(409, "nothing_payable");
    app.verifier().rejects_claim(&unexplained).ok();
    let second = verified(&app, &award, &supplement(361, 1_149));
    assert_eq!((&second["held_kg"], &second["eligible_kg"]), (&json!(3), &json!(358)));
    assert_eq!(second["tranche"]["amount_paise"], json!(358 * 160_000));
    app.preparer().claims(&award, &supplement(361, 1_150)).refused(409, "already_exists");
    // The next supplement may claim what is still held; together they never exceed the sale.
    let mut third = supplement(3, 1_150);
    third["supplements"] = second["id"].clone();
    let third = verified(&app, &award, &third);
    assert_eq!((&third["held_kg"], &third["eligible_kg"]), (&json!(0), &json!(3)));
    recomputes(&app, &second);
    assert_eq!(recompute(&app.database_url()).unwrap().differences, Vec::<String>::new());
    app.must_verify();
    let register = first["mass_balance"]["materials"][0]["evidence_id"].as_str().unwrap();
    let digest = app.preparer().sees(&format!("/evidence/{register}"))["digest"].clone();
    let shown = app.auditor().sees(&format!("{}/statement", at("claims", &first)))["evidence"].to_string();
    assert!(shown.contains(digest.as_str().unwrap()), "the register is among the files of the statement: {shown}");
    let facts = "UPDATE claims SET facts = '[{\"code\":\"x\",\"value\":1}]' WHERE held_kg = 361";
    must_name(&app, (facts, "UPDATE claims SET facts = '[]'"), ("claims", "held_kg = 361"), "facts");
    let supplements = "UPDATE claims SET supplements = NULL WHERE supplements IS NOT NULL";
    names(&app, supplements, ("claims", "supplements IS NOT NULL"), "supplements");
}

/// Whether an outsider recomputes the amount of a statement, and what the program says otherwise.
pub fn agrees(document: &Value) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("statement.json");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/verifiers/recompute_statement.py");
    std::fs::write(&path, document.to_string()).unwrap();
    let output = std::process::Command::new("python3").arg(script).arg(&path).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// An outsider recomputes the amount from the statement, and gets another from a changed statement.
pub fn recomputes(app: &App, claim: &Value) {
    let mut statement = app.auditor().sees(&format!("{}/statement", at("claims", claim)));
    let (same, why) = agrees(&statement);
    assert!(same, "{why}");
    let inputs = statement["statement"]["inputs"].as_array_mut().unwrap();
    inputs.iter_mut().find(|input| input["name"] == "oxide_in_kg").unwrap()["value"] = json!("900");
    assert!(!agrees(&statement).0);
}

#[apply(on_both!)]
fn inside_the_tolerance_nothing_is_held(app: App) {
    let app = balanced(app.engine);
    let award = sold_from_june(&app);
    let form = balanced_form(&app, [404, 1_000, 1_000], [1_000, 867, 2_918, 2_404]);
    let claim = verified(&app, &award, &form);
    assert_eq!((&claim["held_kg"], &claim["statement"]["counted_kg"]), (&json!(0), &json!(2_404)));
    let steps = claim["statement"]["mass_balance"].as_array().unwrap();
    assert!(steps.iter().all(|step| step["unexplained_kg"] == 0), "{steps:?}");
    recomputes(&app, &claim);
    app.must_verify();
}

#[apply(on_both!)]
fn a_mass_balance_is_asked_for_in_full_and_only_where_it_belongs(app: App) {
    let asked = balanced(app.engine);
    let award = sold_from_june(&asked);
    let good = balanced_form(&asked, [404, 1_000, 1_000], [1_000, 867, 2_918, 2_404]);
    let pointers = |form: &Value| -> Vec<String> {
        let problem = asked.preparer().claims(&award, form).refused(422, "invalid_fields");
        let errors = problem["errors"].as_array().unwrap();
        let form = |error: &Value| error["pointer"].as_str().unwrap().strip_prefix("/form").unwrap().to_owned();
        errors.iter().map(form).collect()
    };
    let with = |pointer: &str, value: Value| {
        let mut form = good.clone();
        *form.pointer_mut(pointer).unwrap() = value;
        form
    };
    let rows = "/mass_balance/materials";
    assert_eq!(pointers(&with("/mass_balance", Value::Null)), ["/mass_balance"]);
    assert_eq!(pointers(&with("/mass_balance/dispatched_kg", json!(2_403))), ["/mass_balance/dispatched_kg"]);
    assert_eq!(pointers(&with(&format!("{rows}/0/material"), json!("metal"))), [format!("{rows}/1/material")]);
    assert_eq!(pointers(&with(&format!("{rows}/2/scrap_kg"), json!(-1))), [format!("{rows}/2/scrap_kg")]);
    assert_eq!(pointers(&with(rows, json!([]))), [rows]);
    let unknown = with(&format!("{rows}/0/evidence_id"), json!(uuid::Uuid::now_v7()));
    asked.preparer().claims(&award, &unknown).refused(409, "evidence_unknown");
    // The unchanged scheme requires no mass balance.
    let award = sold_from_june(&app);
    let mut form = form(&app, "lodestone", FIRST, json!([sale("S/1", "2026-06-02", "Sample Motors", 1_000)]));
    form["mass_balance"] = good["mass_balance"].clone();
    let problem = app.preparer().claims(&award, &form).refused(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["pointer"], "/form/mass_balance");
}
