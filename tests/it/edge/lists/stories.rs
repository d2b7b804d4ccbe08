//! Stories in which every list has at least two records, of two companies where a record is of a company.

use crate::award::allocations::Allots;
use crate::claim::staged_release::CertificateVerbs;
use crate::desk::observations::DeskVerbs;
use crate::desk::samples::SampleVerbs;
use crate::harness::app::{App, Engine};
use crate::harness::milestone_people::MilestoneVerbs;
use crate::harness::people::{Answered, CRORE, Verbs};
use crate::harness::recovery_people::Recovers;
use crate::harness::treasury_people::TreasuryVerbs;
use crate::payment::disbursements::sample;
use crate::payment::reconciliation::ReconciliationVerbs;
use serde_json::{Value, json};

/// A story that was played.
pub struct Story {
    pub app: App,
    /// The id of a drawn sample, where one was drawn.
    pub sample: Option<String>,
    pub has_two_companies: bool,
}

/// The stories that together fill every list.
pub fn all(engine: Engine) -> Vec<Story> {
    vec![paid_out(engine), with_the_treasury(engine), certified(engine), competing(engine)]
}

fn story(app: App, sample: &Value, has_two_companies: bool) -> Story {
    Story { app, sample: sample["id"].as_str().map(str::to_owned), has_two_companies }
}

/// Seven payments of two companies, two recoveries, two requests to excuse a delay, and two of everything that auditors
/// and offices write.
pub fn paid_out(engine: Engine) -> Story {
    let app = App::start(engine);
    let sample = sample::seven(&app);
    for (row, paise) in [(0, CRORE), (2, CRORE / 100)] {
        app.second("section").asks_back(&sample.rows[row], paise).ok();
    }
    let auditor = app.auditor();
    let drawn = auditor.commits("simple_random", 2, None, json!({})).ok();
    auditor.commits("simple_random", 1, None, json!({})).ok();
    let drawn = app.section_officer().freezes(&drawn).ok();
    let drawn = auditor.draws(&drawn, "correct-horse-battery-staple-0001").ok();
    for title in ["The log", "The book"] {
        auditor.raises(json!([{ "kind": "audit_entry", "reference": "1" }]), None).ok();
        auditor.requires(title).ok();
        let query = json!({ "title": title, "selection": "disbursements?status=succeeded&sort=paid_on" });
        let query = auditor.post("/saved-queries", None, &query).unwrap().ok();
        let runs = format!("/saved-queries/{}/runs", query["id"].as_str().unwrap());
        auditor.post(&runs, None, &json!({})).unwrap().ok();
        auditor.post("/controls/runs", None, &json!({})).unwrap().ok();
        let claim = &auditor.sees("/claims")["data"][0]["id"];
        let section = app.section_officer();
        section.post("/notes", None, &json!({ "claim_id": claim, "text": title })).unwrap().ok();
        section.post("/letters", None, &json!({ "claim_id": claim, "title": title, "text": "Seen." })).unwrap().ok();
        let second = include_str!("../../../../config/schemes/ndfeb-2025-proposal-4.toml");
        let second = second.replacen("version = 4", "version = 5", 1).replacen("\"2026-12-01\"", "\"2030-12-01\"", 1);
        let drafts = app.scheme_administrator();
        let draft = drafts.post("/scheme-drafts", None, &json!({ "text": second })).unwrap().ok();
        let withdrawal = format!("/scheme-drafts/{}/withdrawal", draft["id"].as_str().unwrap());
        drafts.post(&withdrawal, draft["version"].as_i64(), &json!({ "reason": "again" })).unwrap().ok();
    }
    for (number, maker) in ["lodestone", "magnetite"].into_iter().enumerate() {
        let award =
            auditor.sees(&format!("/awards?organisation_id={}", app.organisation(maker)["id"].as_str().unwrap()));
        app.signatory_of(maker).lodges(&award["data"][0], &format!("BG-{number}"), CRORE, "2030-01-01").ok();
    }
    story(app, &drawn, true)
}

/// Two files to the treasury, two of its answers with two lines that contradict the records, two scrolls with two
/// differences, two credits of the account, and two proposed corrections.
fn with_the_treasury(engine: Engine) -> Story {
    let app = App::start(engine);
    let payments = app.advised_payments(3);
    let ddo = app.disbursing_officer();
    ddo.makes_advice(&[&payments[0], &payments[1]]).ok();
    ddo.makes_advice(&[&payments[2]]).ok();
    for (number, payment) in payments.iter().take(2).enumerate() {
        let line = |of: &str| format!("LIN,{of},Success,SBINR5202607010000000{number},2026-07-01,1.00,");
        let number_of = payment["number"].as_str().unwrap();
        let file = format!("HDR,ANSWER-{number},,1,1.00\r\n{}\r\nTRL,1,1.00\r\n", line(number_of));
        ddo.uploads_return("text/csv", file.as_bytes()).ok();
        let file = format!("HDR,SCROLL-{number},,1,1.00\r\n{}\r\nTRL,1,1.00\r\n", line("NDFEB/2026-27/PAY/0099"));
        let period = "?from=2026-07-01&to=2026-07-01";
        app.finance_officer().uploads_scroll("text/csv", file.as_bytes(), period).ok();
        app.bank_credits(&format!("REFUND000000000{number}"), "2026-07-01", CRORE).ok();
        let award = &app.auditor().sees("/awards")["data"][0]["id"];
        let hold = json!({ "kind": "hold_award", "subject_id": award, "reason": "A complaint is looked into." });
        app.section_officer().post("/corrections", None, &hold).unwrap().ok();
    }
    story(app, &Value::Null, false)
}

/// A claim whose final certificate was returned and submitted again, and whose company asks twice to excuse a delay.
fn certified(engine: Engine) -> Story {
    let app = App::staged(engine, &[("capital_subsidy", 7_500)]);
    crate::people::sealing::story::story(&app);
    let certificate = app.auditor().sees("/final-certificates")["data"][0].clone();
    app.verifier().returns(&certificate).ok();
    let claim = app.auditor().sees("/claims")["data"][0].clone();
    app.signatory_of("lodestone").certifies(&claim, 0, CRORE, Some("the first was returned")).ok();
    let late = app.milestone(&app.auditor().sees("/awards")["data"][0], "metal_to_alloy");
    app.signatory_of("lodestone").asks_excuse(&late, "other", ("2027-11-06", "2027-11-08")).ok();
    story(app, &Value::Null, false)
}

/// A scheme with three bids, whose capacity was allotted in two runs.
fn competing(engine: Engine) -> Story {
    let (app, _) = App::three_bids(engine);
    let section = app.section_officer();
    let run = section.drafts_run().ok();
    section.withdraws(&run).ok();
    section.drafts_run().ok();
    story(app, &Value::Null, false)
}
