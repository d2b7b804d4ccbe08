//! Credit and debit notes: in a claim they are counted with the invoice that they name, and on a claim that was paid
//! they make a receivable.

use crate::claim::cross_evidence::{FIRST, agrees, form, sale, sold_from_june};
use crate::claim::staged_release::CertificateVerbs;
use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at, version};
use magnet_scheme::client::{Person, Response};
use magnet_scheme::service::revision::recompute::recompute;
use serde_json::{Value, json};

/// A note of a type on the invoice S/1 of 2 June.
pub fn note(kind: &str, number: &str, kg: i64, paise: i64) -> Value {
    let mut note = sale(number, "2026-07-01", "Sample Motors", kg);
    note["amount_paise"] = json!(paise);
    note["document_type"] = json!(kind);
    note["corrects_number"] = json!("S/1");
    note["corrects_date"] = json!("2026-06-02");
    note
}

/// A claim for 1,000 kg sold for 50 lakh with further lines, and the faults of such a draft.
pub fn drafts(app: &App, award: &Value, further: &[Value]) -> Response {
    let mut lines = vec![sale("S/1", "2026-06-02", "Sample Motors", 1_000)];
    lines.extend_from_slice(further);
    app.preparer().claims(award, &form(app, "lodestone", FIRST, json!(lines)))
}

pub fn states(person: &Person, claim: &Value, notes: &[Value]) -> Response {
    let form = json!({ "notes": notes, "evidence": [person.attaches("credit-note")] });
    person.post(&format!("{}/credit-notes", at("claims", claim)), version(claim), &form).unwrap()
}

#[apply(on_both!)]
fn a_note_is_counted_with_its_invoice(app: App) {
    let award = sold_from_june(&app);
    let faults = |lines: &[Value]| {
        let problem = drafts(&app, &award, lines).refused(422, "invalid_fields");
        let text =
            |error: &Value, name: &str| error[name].as_str().unwrap().trim_start_matches("/form/lines/").to_owned();
        let of = |error: &Value| format!("{} {}", text(error, "pointer"), text(error, "code"));
        problem["errors"].as_array().unwrap().iter().map(of).collect::<Vec<_>>()
    };
    let mut unnamed = note("CRN", "C/1", -100, -50_000_000);
    unnamed["corrects_number"] = json!("S/9");
    assert_eq!(faults(&[unnamed]), ["1/corrects_number corrects_nothing"]);
    assert_eq!(faults(&[note("CRN", "C/1", -1_001, -1)]), ["1/quantity_kg corrects_too_much"]);
    assert_eq!(faults(&[note("CRN", "C/1", 1, 1)]), ["1/amount_paise negative_amount", "1/quantity_kg kg_of_notes"]);
    let mut bare = sale("S/2", "2026-06-03", "Sample Motors", -5);
    bare["amount_paise"] = json!(-5);
    assert_eq!(faults(&[bare]), ["1/amount_paise positive_amount", "1/quantity_kg kg_of_sales"]);

    let notes = [note("CRN", "C/1", -100, -50_000_000), note("DBN", "D/1", 0, 1_000_000)];
    let claim = app.signatory().submits_claim(&drafts(&app, &award, &notes).ok()).ok();
    let claim = app.verifier().verifies(&claim).ok();
    let statement = &claim["statement"];
    assert_eq!(
        (&statement["counted_kg"], &statement["counted_amount_paise"], &statement["accepted_lines"]),
        (&json!(900), &json!(451_000_000), &json!(3))
    );
    assert_eq!(claim["lines"][0]["counted"]["counted_kg"], 900);
    assert_eq!(claim["lines"][1]["counted"]["counted_amount_paise"], 0);
    recomputes_the_notes(&app, &claim);
    assert_eq!(recompute(&app.database_url()).unwrap().differences, Vec::<String>::new());
    app.must_verify();
}

/// A stranger computes the same from the statement, and another amount where a note is left out.
fn recomputes_the_notes(app: &App, claim: &Value) {
    let statement = app.auditor().sees(&format!("{}/statement", at("claims", claim)));
    let (same, why) = agrees(&statement);
    assert!(same, "{why}");
    let mut without = statement.clone();
    without["lines"].as_array_mut().unwrap().remove(1);
    assert!(!agrees(&without).0);
}

#[apply(on_both!)]
fn the_lines_of_a_file_may_be_notes(app: App) {
    let award = sold_from_june(&app);
    let draft = drafts(&app, &award, &[]).ok();
    let file = "invoice_number,invoice_date,party,quantity_kg,amount_paise,document_type,corrects_number,corrects_date\r\n\
                S/1,2026-06-02,Sample Motors,1000,500000000,,,\r\n\
                C/1,2026-07-01,Sample Motors,-100,-50000000,CRN,S/1,2026-06-02\r\n";
    let headers = [("Content-Type", "text/csv"), ("If-Match", "\"1\"")];
    let path = format!("{}/lines", at("claims", &draft));
    let claim = app.preparer().send("PUT", &path, &headers, Some(file.as_bytes())).unwrap().ok();
    assert_eq!(
        (&claim["lines"][1]["document_type"], &claim["lines"][0]["document_type"]),
        (&json!("CRN"), &Value::Null)
    );
    app.must_verify();
}

#[apply(on_both!)]
fn a_credit_note_on_a_paid_claim_becomes_a_receivable(app: App) {
    let award = sold_from_june(&app);
    let claim = app.signatory().submits_claim(&drafts(&app, &award, &[]).ok()).ok();
    let verified = app.verifier().verifies(&claim).ok();
    let paid = verified["tranche"]["amount_paise"].as_i64().unwrap();
    app.paid(&verified["tranche"], "SBINR5202607150000001", "2026-07-15");
    let claim = app.auditor().sees(&at("claims", &claim));
    let back = note("CRN", "C/1", -250, -125_000_000);
    states(&app.preparer(), &claim, std::slice::from_ref(&back)).refused(403, "not_permitted");
    let mut other = back.clone();
    other["corrects_number"] = json!("S/9");
    let problem = states(&app.signatory(), &claim, &[other]).refused(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["pointer"], "/notes/0/corrects_number");
    let stated = states(&app.signatory(), &claim, std::slice::from_ref(&back)).ok();
    assert_eq!((&stated["certified_kg"], &stated["certified_amount_paise"]), (&json!(750), &json!(375_000_000)));
    states(&app.signatory(), &claim, std::slice::from_ref(&back)).refused(409, "already_exists");
    let decided = app.verifier().accepts(&stated, 750, 375_000_000).ok();
    let settlement = &decided["settlement"];
    assert_eq!(settlement["statement"]["receivable_paise"], json!(paid / 4), "a quarter of the magnets came back");
    let recovery = &settlement["receivables"][0];
    let recoveries = app.auditor().sees("/recoveries")["data"].clone();
    assert_eq!((&recoveries[0]["number"], &recoveries[0]["kind"]), (&recovery["recovery_number"], &json!("true_up")));
    assert_eq!(recoveries[0]["amount_paise"], json!(paid / 4));
    let claim = app.auditor().sees(&at("claims", &claim));
    assert_eq!((&claim["entitlement_paise"], &claim["eligible_kg"]), (&json!(paid / 4 * 3), &json!(750)));
    // The same note says nothing twice, and another one takes no more than is left.
    let problem = states(&app.signatory(), &claim, std::slice::from_ref(&back)).refused(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["code"], "invoice_twice");
    let beyond = states(&app.signatory(), &claim, &[note("CRN", "C/2", -751, -1)]).refused(422, "invalid_fields");
    assert_eq!(beyond["errors"][0]["code"], "corrects_too_much");
    let rest = states(&app.signatory(), &claim, &[note("CRN", "C/2", -750, -375_000_000)]).ok();
    assert_eq!(rest["certified_kg"], 0);
    app.verifier().accepts(&rest, 0, 0).ok();
    let recoveries = app.auditor().sees("/recoveries")["data"].clone();
    let sum: i64 = recoveries.as_array().unwrap().iter().map(|one| one["amount_paise"].as_i64().unwrap()).sum();
    assert_eq!(sum, paid, "all that was paid comes back, once");
    assert_eq!(recompute(&app.database_url()).unwrap().differences, Vec::<String>::new());
    app.must_verify();
}
