//! The papers of a final certificate: when and by whom they are submitted, and what they may contain.

use super::{CertificateVerbs, TURNOVER, certificate_form, settled, story};
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at, says, version};
use magnet_scheme::client::Response;
use serde_json::{Value, json};

#[apply(on_both!)]
fn a_late_certificate_is_listed_and_needs_a_reason(app: App) {
    let story = story(app.engine, 7_500, 160_000_000, CRORE);
    let app = &story.app;
    let listed = |wait: &str| {
        let list = app.auditor().sees(&format!("/claims?certificate={wait}"));
        list["data"].as_array().unwrap().iter().map(|claim| claim["id"].clone()).collect::<Vec<_>>()
    };
    let id = story.claim["id"].clone();
    app.set_clock("2027-03-15T18:29:59Z");
    assert_eq!((listed("awaited"), listed("overdue")), (vec![id.clone()], vec![]), "the last day is in time");
    app.set_clock("2027-03-15T18:30:00Z");
    assert_eq!(listed("overdue"), [id]);
    let late = app.signatory().certifies(&story.claim, 1_000, TURNOVER, None).refused(409, "certificate_late");
    says(&late, "was due on 2027-03-15");
    let certificate = app.signatory().certifies(&story.claim, 1_000, TURNOVER, Some("accounts were late")).ok();
    assert_eq!(certificate["late_reason"], "accounts were late");
    assert_eq!(listed("overdue").len(), 1, "nothing is certified yet");
    app.verifier().accepts(&certificate, 1_000, TURNOVER).ok();
    assert!(listed("overdue").is_empty() && listed("awaited").is_empty());
    app.must_verify();
}

#[apply(on_both!)]
fn a_certificate_is_submitted_once_and_by_the_right_people(app: App) {
    let story = story(app.engine, 7_500, 160_000_000, CRORE);
    let app = &story.app;
    let claim = &story.claim;
    app.preparer().certifies(claim, 1_000, TURNOVER, None).refused(403, "not_permitted");
    let theirs = app.signatory_of("magnetite");
    theirs.certifies(claim, 1_000, TURNOVER, None).refused(404, "not_found");
    let organisation = app.organisation("lodestone");
    let both = app.person("both", &["preparer", "signatory"], Some(&organisation["id"]));
    let mut stale = claim.clone();
    stale["version"] = json!(1);
    app.signatory().certifies(&stale, 1_000, TURNOVER, None).refused(412, "stale_version");
    let certificate = both.certifies(claim, 1_000, TURNOVER, None).ok();
    let twice = app.signatory().certifies(claim, 1_000, TURNOVER, None).refused(409, "already_exists");
    says(&twice, "final certificate NDFEB/2026-27/FIN/0001");
    for other in [app.signatory(), app.section_officer(), app.competent_authority()] {
        other.accepts(&certificate, 1_000, TURNOVER).refused(403, "not_permitted");
    }
    theirs.get(&at("final-certificates", &certificate)).unwrap().refused(404, "not_found");
    assert_eq!(theirs.sees("/final-certificates")["data"], json!([]));
    let returned = app.verifier().returns(&certificate).ok();
    assert_eq!((returned["status"].as_str(), &returned["settlement"]), (Some("returned"), &Value::Null));
    app.verifier().accepts(&returned, 1_000, TURNOVER).refused(409, "wrong_state");
    assert_eq!((app.held("withheld"), &app.claim(claim)), (40_000_000, claim));
    let anew = app.signatory().certifies(claim, 1_000, TURNOVER, None).ok();
    let accepted = app.verifier().accepts(&anew, 900, TURNOVER).ok();
    assert_eq!(accepted["decision"]["accepted_kg"], 900);
    assert_eq!(settled(&accepted), [120_000_000, 0, 24_000_000, 0, 0]);
    let again = app.signatory().certifies(&accepted["claim"], 1_000, TURNOVER, None);
    says(&again.refused(409, "certificate_not_needed"), "one is accepted");
    let list = app.signatory().sees(&format!("/final-certificates?claim_id={}", claim["id"].as_str().unwrap()));
    assert_eq!(list["data"].as_array().unwrap().len(), 2);
    app.must_verify();
}

#[apply(on_both!)]
fn what_cannot_be_certified_is_refused(app: App) {
    let story = story(app.engine, 7_500, 160_000_000, CRORE);
    let (app, claim) = (&story.app, &story.claim);
    let more = app.signatory().certifies(claim, 1_001, TURNOVER, None).refused(409, "certificate_exceeds_claim");
    says(&more, "the certificate shows 1001 kg, the accepted lines of the claim 1000");
    app.signatory().certifies(claim, 1_000, TURNOVER + 1, None).refused(409, "certificate_exceeds_claim");
    let pointer = |answer: Response| answer.refused(422, "invalid_fields")["errors"][0]["pointer"].clone();
    let evidence = app.signatory().attaches("final-certificate");
    let with = |field: &str, value: Value| {
        let mut form = certificate_form(claim, evidence.clone(), 1_000, TURNOVER, None);
        form[field] = value;
        app.signatory().post(&format!("{}/final-certificates", at("claims", claim)), version(claim), &form).unwrap()
    };
    for (field, value) in [
        ("certificate_number", json!("")),
        ("certificate_number", json!("UDIN 2601234AAAAAB1234")),
        ("issued_by", json!("=x")),
        ("issued_on", json!("2026-06-16")),
        ("certified_kg", json!(-1)),
        ("certified_amount_paise", json!(-1)),
        ("evidence", json!([])),
        ("late_reason", json!(" ")),
    ] {
        assert_eq!(pointer(with(field, value)), format!("/{field}"));
    }
    with("issued_on", json!("2026-06-09")).refused(409, "date_not_allowed");
    let theirs = app.preparer_of("magnetite").attaches("final-certificate");
    with("evidence", json!([theirs])).refused(409, "evidence_unknown");
    let certificate = app.signatory().certifies(claim, 900, TURNOVER - 1, None).ok();
    assert_eq!(pointer(app.verifier().accepts(&certificate, 901, 1)), "/accepted_kg");
    assert_eq!(pointer(app.verifier().accepts(&certificate, 900, TURNOVER)), "/accepted_amount_paise");
    assert_eq!(pointer(app.verifier().accepts(&certificate, 0, -1)), "/accepted_amount_paise");
    app.must_verify();
}

#[apply(on_both!)]
fn a_scheme_without_stages_needs_no_certificate(app: App) {
    app.tranche_of_15_crore();
    let claim = app.auditor().sees("/claims")["data"][0].clone();
    assert_eq!((claim["withheld_paise"].as_i64(), &claim["certificate_due_on"]), (Some(0), &Value::Null));
    let problem = app.signatory().certifies(&claim, 0, CRORE, None).refused(409, "certificate_not_needed");
    says(&problem, "it was released whole");
    assert_eq!(app.auditor().sees("/claims?certificate=awaited")["data"], json!([]));
    app.must_verify();
}

#[apply(on_both!)]
fn one_number_certifies_one_claim(app: App) {
    let app = App::staged(app.engine, &[(super::SALES, 7_500)]);
    app.window_is_open();
    app.provided(super::SALES, "2026-27", CRORE);
    let award = app.commissioned("lodestone", 900);
    app.set_clock("2026-07-15T06:30:00Z");
    let verified = |days: (&str, &str)| {
        let sales = Sales { days, kg: 100, turnover_paise: TURNOVER / 10, claimed_paise: 16_000_000 };
        let claim = app.claimed_sales("lodestone", &award, sales);
        app.claim(&app.verifier().verifies(&claim).ok())
    };
    let (first, second) = (verified(("2026-06-01", "2026-06-10")), verified(("2026-06-11", "2026-06-20")));
    let certifies = |claim: &Value, number: &str| {
        let signatory = app.signatory();
        let evidence = signatory.attaches("final-certificate");
        let mut form = certificate_form(claim, evidence, 100, TURNOVER / 10, None);
        form["certificate_number"] = json!(number);
        signatory.post(&format!("{}/final-certificates", at("claims", claim)), version(claim), &form).unwrap()
    };
    let certificate = certifies(&first, "UDIN 26012345AAAAAB1234").ok();
    for spelled in
        ["UDIN 26012345AAAAAB1234", "udin: 26012345-aaaaab-1234", "ＵＤＩＮ २६०१२३४५AAAAAB1234", "26012345AAAAAB1234"]
    {
        let problem = certifies(&second, spelled).refused(409, "already_exists");
        says(&problem, "a final certificate with this number, of another claim, already exists");
    }
    // The same claim may come again with it, once the agency returned it.
    app.verifier().returns(&certificate).ok();
    certifies(&second, "UDIN 26012345AAAAAB1234").refused(409, "already_exists");
    certifies(&first, "UDIN 26012345AAAAAB1234").ok();
    certifies(&second, "UDIN 26012345AAAAAB1235").ok();
    app.must_verify();
}
