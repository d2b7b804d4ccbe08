//! Applications: drafted in a window, signed by another person, frozen, questioned, scrutinised.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, SCHEME, Verbs, at, says};
use domain::award::application::ApplicationForm;
use domain::base::digest::hex;
use magnet_scheme::client::Person;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const CRITERIA: [&str; 6] = ["capacity", "whole_chain", "net_worth", "investment", "incentive_rate", "documents"];

fn drafted(app: &App, maker: &str) -> Value {
    let preparer = app.preparer_of(maker);
    preparer.drafts(&app.good_form(&preparer, 900)).ok()
}

fn stored(app: &App, application: &Value) -> Value {
    app.preparer().sees(&at("applications", application))
}

fn changes(person: &Person, application: &Value, version: i64, form: &Value) -> magnet_scheme::client::Response {
    person.put(&at("applications", application), version, &json!({ "form": form })).unwrap()
}

/// Findings with every criterion met except these.
fn found(person: &Person, application: &Value, unmet: &[&str]) -> magnet_scheme::client::Response {
    let findings: Vec<Value> = CRITERIA
        .iter()
        .map(|criterion| json!({ "criterion": criterion, "met": !unmet.contains(criterion), "reason": "as found" }))
        .collect();
    person.does(&format!("{}/scrutiny", at("applications", application)), application, json!({ "findings": findings }))
}

#[apply(on_both!)]
fn the_window_opens_and_closes_at_midnight_in_india(app: App) {
    let (preparer, signatory) = (app.preparer(), app.signatory());
    let form = app.good_form(&preparer, 900);
    let problem = preparer.drafts(&form).refused(409, "window_closed");
    says(&problem, &format!("no application window of {SCHEME} is open today"));
    app.scheme_administrator().opens_window("2026-05-02", "2026-05-31").ok();
    app.set_clock("2026-05-01T18:29:59Z");
    preparer.drafts(&form).refused(409, "window_closed");
    app.set_clock("2026-05-01T18:30:00Z");
    let draft = preparer.drafts(&form).ok();
    let late = preparer.drafts(&form).ok();

    app.set_clock("2026-05-31T18:29:59Z");
    let submitted = signatory.submits(&draft).ok();
    let submitted_at = submitted["receipt"]["submitted_at"].as_str().unwrap();
    assert!(submitted_at.starts_with("2026-05-31T18:29:59."), "in the last second: {submitted_at}");
    app.set_clock("2026-05-31T18:30:00Z");
    signatory.submits(&late).refused(409, "window_closed");
    preparer.drafts(&form).refused(409, "window_closed");
    assert_eq!(stored(&app, &late), late, "the draft is still the draft it was");
    app.must_verify();
}

#[apply(on_both!)]
fn what_was_submitted_is_frozen(app: App) {
    app.window_is_open();
    let draft = drafted(&app, "lodestone");
    let submitted = app.signatory().submits(&draft).ok();
    assert_eq!((submitted["status"].as_str(), submitted["version"].as_i64()), (Some("submitted"), Some(2)));
    assert_eq!(submitted["form"], draft["form"]);
    let mut form = draft["form"].clone();
    form["capacity_mtpa"] = json!(1000);
    changes(&app.preparer(), &submitted, 2, &form).refused(409, "wrong_state");
    app.signatory().submits(&submitted).refused(409, "wrong_state");
    assert_eq!(stored(&app, &submitted), submitted);
    app.must_verify();
}

#[apply(on_both!)]
fn nobody_acts_on_a_version_they_did_not_see(app: App) {
    app.window_is_open();
    let draft = drafted(&app, "lodestone");
    let mut form = draft["form"].clone();
    form["capacity_mtpa"] = json!(800);
    let changed = changes(&app.preparer(), &draft, 1, &form).ok();
    assert_eq!((changed["version"].as_i64(), changed["form"]["capacity_mtpa"].as_i64()), (Some(2), Some(800)));

    let problem = app.signatory().submits(&draft).refused(412, "stale_version");
    says(&problem, "you saw version 1, it is now 2");
    changes(&app.preparer(), &draft, 1, &form).refused(412, "stale_version");
    changes(&app.preparer(), &draft, 3, &form).refused(412, "stale_version");
    let path = format!("{}/submission", at("applications", &draft));
    app.signatory().post(&path, None, &json!({})).unwrap().refused(428, "version_required");
    let body = json!({ "form": form }).to_string();
    let headers = [("Content-Type", "application/json")];
    let unversioned = app.preparer().send("PUT", &at("applications", &draft), &headers, Some(body.as_bytes())).unwrap();
    unversioned.refused(428, "version_required");
    assert_eq!(stored(&app, &draft), changed);
    app.signatory().submits(&changed).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn who_prepared_does_not_sign(app: App) {
    app.window_is_open();
    let organisation = app.organisation("lodestone");
    let both = app.person("both", &["preparer", "signatory"], Some(&organisation["id"]));
    let draft = both.drafts(&app.good_form(&app.preparer(), 900)).ok();
    let problem = both.submits(&draft).refused(409, "same_person");
    assert_eq!(problem["detail"], "you already did 'prepare' for this money, so somebody else must do 'submit'");
    // A person who changed the draft last counts as its preparer, too.
    let others = drafted(&app, "lodestone");
    let touched = changes(&both, &others, 1, &others["form"]).ok();
    both.submits(&touched).refused(409, "same_person");
    assert_eq!(stored(&app, &touched), touched);
    app.preparer().submits(&draft).refused(403, "not_permitted");
    app.signatory().submits(&draft).ok();
    app.must_verify();
}

#[apply(on_both!)]
fn what_is_missing_is_named_before_submission(app: App) {
    app.window_is_open();
    let preparer = app.preparer();
    let whole = app.good_form(&preparer, 900);
    for (index, kind) in ["board_resolution", "net_worth_certificate", "detailed_project_report"].iter().enumerate() {
        let mut form = whole.clone();
        form["documents"].as_array_mut().unwrap().remove(index);
        let draft = preparer.drafts(&form).ok();
        let problem = app.signatory().submits(&draft).refused(409, "application_incomplete");
        says(&problem, &format!("attach the {kind}"));
    }
    let mut form = whole.clone();
    form["stages"] = json!([]);
    let draft = preparer.drafts(&form).ok();
    says(&app.signatory().submits(&draft).refused(409, "application_incomplete"), "name the stages of the chain");

    let mut form = whole.clone();
    form["documents"][0]["evidence_id"] = app.preparer_of("magnetite").attaches("board_resolution");
    preparer.drafts(&form).refused(409, "evidence_unknown");
    let completed = changes(&preparer, &draft, 1, &whole).ok();
    assert_eq!(app.signatory().submits(&completed).ok()["number"], "NDFEB/2026-27/APP/0001");
    app.must_verify();
}

#[apply(on_both!)]
fn fields_that_could_not_be_are_named(app: App) {
    app.window_is_open();
    let preparer = app.preparer();
    let whole = app.good_form(&preparer, 900);
    let year = |amount: i64| json!({ "financial_year": "2026-27", "amount_paise": amount });
    let wrong = [
        ("capacity_mtpa", json!(0), "/capacity_mtpa"),
        ("net_worth_paise", json!(-1), "/net_worth_paise"),
        ("incentive_asked_paise_per_kg", json!(0), "/incentive_asked_paise_per_kg"),
        ("stages", json!(["oxide_to_metal", "oxide_to_metal"]), "/stages/1"),
        ("stages", json!(["oxide_to_metal", "mine_to_oxide"]), "/stages/1"),
        ("investment_plan", json!([]), "/investment_plan"),
        ("investment_plan", json!([year(0)]), "/investment_plan/0/amount_paise"),
        ("investment_plan", json!([year(1), year(1)]), "/investment_plan/1/financial_year"),
    ];
    for (field, value, pointer) in wrong {
        let mut form = whole.clone();
        form[field] = value;
        let problem = preparer.drafts(&form).refused(422, "invalid_fields");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{problem}");
        assert_eq!(problem["errors"][0]["pointer"], format!("/form{pointer}"));
    }
    assert_eq!(preparer.sees("/applications")["data"], json!([]));
}

#[apply(on_both!)]
fn the_receipt_proves_the_submission_in_the_audit_log(app: App) {
    app.window_is_open();
    let submitted = app.submitted("lodestone", 900);
    let receipt = app.signatory().sees(&format!("{}/receipt", at("applications", &submitted)));
    assert_eq!(receipt["number"], "NDFEB/2026-27/APP/0001");
    assert!(receipt["submitted_at"].as_str().unwrap().starts_with("2026-05-01T06:3"), "{receipt}");

    let form: ApplicationForm = serde_json::from_value(submitted["form"].clone()).unwrap();
    let text = serde_json::to_string(&form).unwrap();
    assert_eq!(receipt["form_digest"], hex(&Sha256::digest(text.as_bytes())));
    let digests: Vec<String> = ["board_resolution", "net_worth_certificate", "detailed_project_report"]
        .iter()
        .map(|kind| hex(&Sha256::digest(format!("%PDF-1.4 {kind} by {}", app.preparer().email).as_bytes())))
        .collect();
    assert_eq!(receipt["document_digests"], json!(digests));

    let sequence = receipt["audit_sequence"].as_i64().unwrap();
    let entry = app.auditor().sees(&format!("/audit-log?after={}&limit=1", sequence - 1))["data"][0].clone();
    assert_eq!(receipt["audit_hash"], entry["hash"]);
    assert_eq!(entry["hash"].as_str().unwrap().len(), 64);
    let about = ["sequence", "command", "outcome", "subject", "actor_id"].map(|field| entry[field].clone());
    let subject = format!("application:{}", submitted["id"].as_str().unwrap());
    let expected =
        [json!(sequence), json!("submit_application"), json!("done"), json!(subject), receipt["submitted_by"].clone()];
    assert_eq!(about, expected);
    let details: Value = serde_json::from_str(entry["details"].as_str().unwrap()).unwrap();
    assert_eq!(details["receipt"], submitted["receipt"]);

    assert_eq!(app.submitted("magnetite", 600)["number"], "NDFEB/2026-27/APP/0002");
    let stranger = app.preparer_of("magnetite");
    stranger.get(&format!("{}/receipt", at("applications", &submitted))).unwrap().refused(404, "not_found");
    app.must_verify();
}

#[apply(on_both!)]
fn questions_and_answers_are_kept_in_rounds(app: App) {
    app.window_is_open();
    let submitted = app.submitted("lodestone", 900);
    let asked = app.verifier().asks(&submitted, "Where does the oxide come from?").ok();
    app.section_officer().asks(&asked, "And the power?").refused(409, "query_open");
    app.verifier().scrutinises(&asked, true).refused(409, "query_open");
    app.preparer().replies(&asked, 2, "From Odisha").refused(409, "query_not_open");
    app.preparer().replies(&asked, 0, "From Odisha").refused(409, "query_not_open");
    app.preparer().replies(&asked, 1, "  ").refused(422, "invalid_fields");
    app.preparer_of("magnetite").replies(&asked, 1, "From us").refused(404, "not_found");
    assert_eq!(stored(&app, &submitted), asked);

    let document = app.preparer().attaches("purchase-order");
    let path = format!("{}/queries/1/reply", at("applications", &asked));
    let reply = json!({ "text": "From Odisha", "documents": [document] });
    let answered = app.preparer().does(&path, &asked, reply).ok();
    app.signatory().replies(&answered, 1, "From Kerala").refused(409, "query_not_open");
    let again = app.section_officer().asks(&answered, "And the power?").ok();
    let closed = app.signatory().replies(&again, 2, "A captive plant").ok();
    let rounds: Vec<Value> = closed["queries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|round| {
            let reply = &round["reply"];
            json!([round["round"], round["question"], reply["text"], reply["documents"]])
        })
        .collect();
    let expected = [
        json!([1, "Where does the oxide come from?", "From Odisha", [document]]),
        json!([2, "And the power?", "A captive plant", []]),
    ];
    assert_eq!(rounds, expected);
    assert_eq!(closed["form"], submitted["form"], "answers do not change what was submitted");

    let eligible = app.verifier().scrutinises(&closed, true).ok();
    app.verifier().asks(&eligible, "One more thing?").refused(409, "wrong_state");
    app.must_verify();
}

#[apply(on_both!)]
fn scrutiny_goes_criterion_by_criterion(app: App) {
    app.window_is_open();
    let submitted = app.submitted("lodestone", 900);
    let checks = app.verifier().sees(&format!("{}/checks", at("applications", &submitted)));
    let shown: Vec<&str> =
        checks["data"].as_array().unwrap().iter().map(|c| c["criterion"].as_str().unwrap()).collect();
    assert_eq!(shown, CRITERIA);
    assert!(checks["data"].as_array().unwrap().iter().all(|check| check["met"] == true), "{checks}");
    let worth = checks["data"][2]["detail"].as_str().unwrap();
    assert_eq!(worth, "₹4,00,00,00,000.00 stated, ₹3,10,00,00,000.00 needed for 900 MTPA");

    let path = format!("{}/scrutiny", at("applications", &submitted));
    let finding = |criterion: &str| json!({ "criterion": criterion, "met": true, "reason": "as found" });
    let five: Vec<Value> = CRITERIA[..5].iter().map(|c| finding(c)).collect();
    let problem =
        app.verifier().does(&path, &submitted, json!({ "findings": five })).refused(409, "findings_incomplete");
    says(&problem, "documents has 0");
    let mut seven: Vec<Value> = CRITERIA.iter().map(|c| finding(c)).collect();
    seven.push(finding("capacity"));
    let problem =
        app.verifier().does(&path, &submitted, json!({ "findings": seven })).refused(409, "findings_incomplete");
    says(&problem, "capacity has 2");
    let silent: Vec<Value> = CRITERIA.iter().map(|c| json!({ "criterion": c, "met": true, "reason": "" })).collect();
    app.verifier().does(&path, &submitted, json!({ "findings": silent })).refused(422, "invalid_fields");
    for other in [app.section_officer(), app.competent_authority(), app.signatory()] {
        other.scrutinises(&submitted, true).refused(403, "not_permitted");
    }
    assert_eq!(stored(&app, &submitted), submitted);

    // An officer may find against what the figures would allow: here the papers were not genuine.
    let result = found(&app.verifier(), &submitted, &["documents"]).ok();
    assert_eq!(
        (result["status"].as_str(), result["scrutiny"]["eligible"].as_bool()),
        (Some("not_eligible"), Some(false))
    );
    assert_eq!(result["scrutiny"]["checks"], checks["data"], "what the figures showed is kept beside the findings");
    app.verifier().scrutinises(&result, true).refused(409, "wrong_state");
    app.must_verify();
}

#[apply(on_both!)]
fn an_officer_cannot_overrule_the_figures(app: App) {
    app.window_is_open();
    let preparer = app.preparer();
    let mut form = app.good_form(&preparer, 900);
    form["net_worth_paise"] = json!(310 * CRORE - 1);
    let submitted = app.signatory().submits(&preparer.drafts(&form).ok()).ok();
    let problem = found(&app.verifier(), &submitted, &[]).refused(409, "criterion_not_met");
    says(&problem, "'net_worth' cannot be found met: ₹3,09,99,99,999.99 stated, ₹3,10,00,00,000.00 needed");
    found(&app.verifier(), &submitted, &["capacity"]).refused(409, "criterion_not_met");
    let result = found(&app.verifier(), &submitted, &["net_worth"]).ok();
    assert_eq!(result["status"], "not_eligible");

    // Each of the other figures fails its own criterion.
    let denials = [
        ("investment", "investment_plan", json!([{ "financial_year": "2026-27", "amount_paise": 450 * CRORE - 1 }])),
        ("incentive_rate", "incentive_asked_paise_per_kg", json!(160_001)),
        ("whole_chain", "stages", json!(["metal_to_alloy", "alloy_to_magnet"])),
        ("capacity", "capacity_mtpa", json!(875)),
    ];
    for (criterion, field, value) in denials {
        let mut form = app.good_form(&preparer, 900);
        form[field] = value;
        let submitted = app.signatory().submits(&preparer.drafts(&form).ok()).ok();
        let problem = found(&app.verifier(), &submitted, &[]).refused(409, "criterion_not_met");
        says(&problem, &format!("'{criterion}' cannot be found met"));
        found(&app.verifier(), &submitted, &[criterion]).ok();
    }
    app.must_verify();
}

#[apply(on_both!)]
fn who_was_not_eligible_may_apply_anew_and_others_only_once(app: App) {
    app.window_is_open();
    let second = drafted(&app, "lodestone");
    let first = app.submitted("lodestone", 900);
    let problem = app.signatory().submits(&second).refused(409, "application_exists");
    says(&problem, "NDFEB/2026-27/APP/0001");
    app.preparer().drafts(&first["form"]).refused(409, "application_exists");
    app.verifier().scrutinises(&first, false).ok();
    let anew = app.signatory().submits(&second).ok();
    assert_eq!(anew["number"], "NDFEB/2026-27/APP/0002");
    app.verifier().scrutinises(&anew, true).ok();
    app.preparer().drafts(&first["form"]).refused(409, "application_exists");
    app.must_verify();
}

#[apply(on_both!)]
fn a_draft_is_its_organisations_secret(app: App) {
    app.window_is_open();
    let draft = drafted(&app, "lodestone");
    for other in [app.verifier(), app.auditor(), app.preparer_of("magnetite")] {
        other.get(&at("applications", &draft)).unwrap().refused(404, "not_found");
        assert_eq!(other.sees("/applications")["data"], json!([]));
    }
    app.verifier().asks(&draft, "What is this?").refused(404, "not_found");
    assert_eq!(app.signatory().sees("/applications")["data"], json!([draft]));
    let stranger = app.person("nobody", &["preparer"], None);
    stranger.drafts(&draft["form"]).refused(409, "organisation_required");
}
