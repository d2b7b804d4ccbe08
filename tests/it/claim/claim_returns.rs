//! Claims between agency and manufacturer: queries in rounds, returns for correction, and what came back.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at, says, stages};
use crate::harness::return_people::ReturnVerbs;
use serde_json::{Value, json};

const SALES: &str = "sales_linked_incentive";

fn selling(app: &App) -> Value {
    app.selling_in_september()
}

fn day(kg: i64) -> Sales<'static> {
    Sales::at_the_rate("2026-08-01", "2026-08-01", kg)
}

fn reserved(app: &App) -> i64 {
    stages(&app.budget("component", SALES, None))[3]
}

#[apply(on_both!)]
fn queries_about_a_claim_are_answered_before_it_is_verified(app: App) {
    let award = selling(&app);
    let claim = app.claimed_sales("lodestone", &award, day(100));
    let (agency, company) = (app.verifier(), app.preparer());
    company.asks_about("claims", &claim, "why?").refused(403, "not_permitted");
    let asked = agency.asks_about("claims", &claim, "Which plant made these?").ok();
    agency.asks_about("claims", &asked, "And when?").refused(409, "query_open");
    agency.verifies(&agency.sees(&at("claims", &claim))).refused(409, "query_open");
    assert_eq!(company.sees(&at("claims", &claim))["queries"][0]["question"], "Which plant made these?");
    agency.replies_about_as_officer(&asked);
    let replied = company.replies_about("claims", &asked, 1, "The plant at Sample").ok();
    company.replies_about("claims", &replied, 1, "Again").refused(409, "query_not_open");
    let second = app.section_officer().asks_about("claims", &replied, "And when?").ok();
    assert_eq!(second["queries"].as_array().unwrap().len(), 2);
    app.signatory().replies_about("claims", &second, 2, "In July").ok();
    app.must_verify();
    let verified = agency.verifies(&agency.sees(&at("claims", &claim))).ok();
    let path = format!("{}/queries", at("claims", &claim));
    agency.does(&path, &verified, json!({ "question": "late" })).refused(409, "wrong_state");
    app.must_verify();
}

trait OfficerReplies {
    fn replies_about_as_officer(&self, claim: &Value);
}

impl OfficerReplies for magnet_scheme::client::Person {
    fn replies_about_as_officer(&self, claim: &Value) {
        let path = format!("{}/queries/1/reply", at("claims", claim));
        self.does(&path, claim, json!({ "text": "for them", "documents": [] })).refused(403, "not_permitted");
    }
}

#[apply(on_both!)]
fn a_returned_claim_is_corrected_and_shows_field_by_field_what_changed(app: App) {
    let award = selling(&app);
    let claim = app.claimed_sales("lodestone", &award, day(100));
    let form = app.sales_form("lodestone", day(100));
    let (agency, preparer, signatory) = (app.verifier(), app.preparer(), app.signatory());
    preparer.corrects(&claim, &form).refused(409, "wrong_state");
    signatory.sends_back("claims", &claim).refused(403, "not_permitted");
    let returned = agency.sends_back("claims", &claim).ok();
    assert_eq!((returned["status"].as_str(), &returned["number"]), (Some("returned"), &claim["number"]));
    agency.verifies(&returned).refused(409, "wrong_state");
    agency.sends_back("claims", &returned).refused(409, "wrong_state");
    assert_eq!(preparer.sees(&at("claims", &claim))["returns"][0]["changes"], json!([]));

    let mut corrected = app.sales_form("lodestone", day(80));
    corrected["evidence"] = claim["evidence"].clone();
    corrected["lines"][0]["party"] = json!("Sample Engines");
    let mut other = corrected.clone();
    other["component"] = json!("capital_subsidy");
    other["milestone_id"] = app.milestone(&award, "commissioning")["id"].clone();
    for absent in ["period_from", "period_to"] {
        other[absent] = Value::Null;
    }
    other["lines"][0]["quantity_kg"] = json!(0);
    preparer.corrects(&returned, &other).refused(422, "invalid_fields");
    let changed = preparer.corrects(&returned, &corrected).ok();
    preparer.submits_claim(&changed).refused(403, "not_permitted");
    let again = signatory.submits_claim(&changed).ok();
    assert_eq!((again["status"].as_str(), &again["number"]), (Some("submitted"), &claim["number"]));

    let shown = agency.sees(&at("claims", &claim));
    let change =
        |pointer: &str, before: Value, after: Value| json!({ "pointer": pointer, "before": before, "after": after });
    let expected = json!([
        change("/amount_claimed_paise", json!(16_000_000), json!(12_800_000)),
        change("/lines/0/amount_paise", json!(50_000_000), json!(40_000_000)),
        change("/lines/0/party", json!("Sample Motors"), json!("Sample Engines")),
        change("/lines/0/quantity_kg", json!(100), json!(80)),
    ]);
    assert_eq!(shown["returns"][0]["changes"], expected);
    assert_eq!(shown["returns"][0]["note"], "the third time this year");
    let whole = preparer.sees(&format!("{}/returns/1", at("claims", &claim)));
    assert_eq!(whole["form"]["lines"][0]["quantity_kg"], 100, "what it was stays in the record");
    assert_eq!(
        (whole["reasons"].as_str(), &whole["note"]),
        (Some("the certificate is of another plant"), &Value::Null)
    );
    preparer.get(&format!("{}/returns/2", at("claims", &claim))).unwrap().refused(404, "not_found");
    app.must_verify();
    let verified = agency.verifies(&shown).ok();
    assert_eq!((verified["tranche"]["amount_paise"].as_i64(), reserved(&app)), (Some(12_800_000), 12_800_000));
    app.must_verify();
}

#[apply(on_both!)]
fn money_that_is_held_for_a_returned_claim_adapts_when_it_is_verified_again(app: App) {
    let award = selling(&app);
    let claim = app.claimed_sales("lodestone", &award, day(100));
    let tranche = app.verifier().verifies(&claim).ok()["tranche"].clone();
    let path = at("claims", &claim);
    for (kg, round) in [(150, 1), (40, 2), (40, 3)] {
        let lying = app.tranche(&tranche);
        let held = reserved(&app);
        app.section_officer().returns_to(&lying, "verify").ok();
        let returned = app.verifier().sends_back("claims", &app.verifier().sees(&path)).ok();
        let fallen = app.tranche(&tranche);
        assert_eq!((fallen["status"].as_str(), fallen["returned_times"].as_i64()), (Some("returned"), Some(2 * round)));
        assert!(fallen["steps"].as_array().unwrap().iter().all(|step| step["fallen"].is_object()));
        let form = app.sales_form("lodestone", day(kg));
        let changed = app.preparer().corrects(&returned, &form).ok();
        assert_eq!(reserved(&app), held, "the reservation stays while it is corrected");
        app.must_verify();
        app.signatory().submits_claim(&changed).ok();
        let again = app.verifier().verifies(&app.verifier().sees(&path)).ok();
        assert_eq!(
            (&again["tranche"]["id"], again["tranche"]["amount_paise"].as_i64()),
            (&tranche["id"], Some(kg * 160_000))
        );
        assert_eq!(again["tranche"]["held_until"], tranche["held_until"]);
        assert_eq!(reserved(&app), kg * 160_000);
        app.must_verify();
    }
    let year = stages(&app.budget("financial_year", SALES, Some("2026-27")));
    assert_eq!(year, [20 * CRORE, 20 * CRORE - 6_400_000, 0, 6_400_000, 0, 0]);
    app.paid(&app.tranche(&tranche), "SBINR52026090100001", "2026-09-01");
    app.must_verify();
}

#[apply(on_both!)]
fn a_tranche_has_the_steps_of_its_company_anew_after_a_correction_and_the_fallen_ones_as_they_were(app: App) {
    let award = selling(&app);
    let claim = app.claimed_sales("lodestone", &award, day(100));
    let tranche = app.verifier().verifies(&claim).ok()["tranche"].clone();
    let times = |tranche: &Value, fallen: bool| {
        let steps = tranche["steps"].as_array().unwrap().iter();
        let of_company = steps.filter(|step| ["prepare", "submit"].contains(&step["step"].as_str().unwrap()));
        let wanted = of_company.filter(|step| step["fallen"].is_object() == fallen);
        wanted.map(|step| step["taken_at"].clone()).collect::<Vec<_>>()
    };
    let first = times(&tranche, false);
    app.set_clock("2026-09-03T06:30:00Z");
    app.section_officer().returns_to(&tranche, "verify").ok();
    let path = at("claims", &claim);
    let returned = app.verifier().sends_back("claims", &app.verifier().sees(&path)).ok();
    let changed = app.preparer().corrects(&returned, &app.sales_form("lodestone", day(80))).ok();
    let sent = app.signatory().submits_claim(&changed).ok();
    assert_eq!(times(&app.tranche(&tranche), true), first, "what fell stays as it was, with its return");
    assert!(times(&app.tranche(&tranche), false).is_empty(), "the claim is not verified again yet");
    app.set_clock("2026-09-05T06:30:00Z");
    let verified = app.verifier().verifies(&sent).ok();
    let again = times(&verified["tranche"], false);
    assert_eq!(again, vec![verified["verified_at"].clone(); 2], "the tranche has them from the verification on");
    assert!(sent["submitted_at"].as_str().unwrap().starts_with("2026-09-03"), "the claim says when it was submitted");
    assert_eq!(times(&verified["tranche"], true), first);
}

#[apply(on_both!)]
fn a_returned_claim_holds_the_invoices_that_it_states_and_no_other(app: App) {
    let award = selling(&app);
    let claim = app.claimed_sales("lodestone", &award, day(100));
    let other_day = Sales::at_the_rate("2026-08-02", "2026-08-02", 100);
    let mut same_invoice = app.sales_form("lodestone", other_day);
    same_invoice["lines"][0]["invoice_number"] = json!("S/2026-08-01");
    let preparer = app.preparer();
    let refused = |form: &Value| says(&preparer.claims(&award, form).refused(409, "invoice_claimed"), "S/2026-08-01");
    refused(&same_invoice);
    let returned = app.verifier().sends_back("claims", &claim).ok();
    refused(&same_invoice);
    let overlapping = app.sales_form("lodestone", day(1));
    preparer.claims(&award, &overlapping).refused(409, "period_overlaps");

    // The correction states another invoice: the first one is free at once, and the other is held at once.
    let mut corrected = app.sales_form("lodestone", day(100));
    corrected["lines"][0]["invoice_number"] = json!("S/corrected");
    let changed = preparer.corrects(&returned, &corrected).ok();
    preparer.claims(&award, &same_invoice).ok();
    same_invoice["lines"][0]["invoice_number"] = json!("S/corrected");
    preparer.claims(&award, &same_invoice).refused(409, "invoice_claimed");
    app.signatory().submits_claim(&changed).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn nobody_prepares_and_signs_in_turns(app: App) {
    let award = selling(&app);
    let claim = app.claimed_sales("lodestone", &award, day(100));
    let organisation = app.organisation("lodestone")["id"].clone();
    let both = app.person("company-both", &["preparer", "signatory"], Some(&organisation));
    let form = app.sales_form("lodestone", day(90));
    let returned = app.verifier().sends_back("claims", &claim).ok();
    let changed = both.corrects(&returned, &form).ok();
    says(&both.submits_claim(&changed).refused(409, "same_person"), "you already did 'prepare'");
    let submitted = app.signatory().submits_claim(&changed).ok();
    let returned = app.verifier().sends_back("claims", &submitted).ok();
    let changed = app.preparer().corrects(&returned, &app.sales_form("lodestone", day(80))).ok();
    says(&both.submits_claim(&changed).refused(409, "same_person"), "you already did 'prepare'");
    app.signatory().submits_claim(&changed).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn a_rejection_gives_its_reasons_to_the_company(app: App) {
    let award = selling(&app);
    let claim = app.claimed_sales("lodestone", &award, day(100));
    let path = format!("{}/verification", at("claims", &claim));
    let lines = json!([{ "line": 1, "accepted": false, "reason": "not shown" }]);
    let without = json!({ "outcome": "rejected", "lines": lines, "remarks": "a copy of last year's" });
    app.verifier().does(&path, &claim, without.clone()).refused(422, "invalid_fields");
    let mut with = without;
    with["reasons"] = json!("No delivery notes.");
    // No line has to be decided for it, and none is accepted in a claim that is rejected whole.
    with["lines"] = json!([{ "line": 1, "accepted": true }]);
    let rejected = app.verifier().does(&path, &claim, with).ok();
    assert_eq!(rejected["lines"][0]["decision"], Value::Null);
    let read = app.preparer().sees(&at("claims", &claim)).to_string();
    assert!(read.contains("No delivery notes.") && !read.contains("a copy of last year's"), "{read}");
    app.must_verify();
}
