//! Receipts: the entry that an act's answer names, and its proof, which remains valid without the
//! service and is checked by a small program in another language.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at, version};
use crate::log::log::key;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use magnet_scheme::client::{Person, Response};
use serde_json::{Value, json};
use std::process::Command;

/// Runs a small verifier; returns its output, or its fault.
pub fn python(script: &str, arguments: &[&std::path::Path]) -> Result<String, String> {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/verifiers"));
    let mut program = Command::new("python3");
    program.arg("-B").arg(folder.join(script)).args(arguments);
    let output = program.output().expect("python3 with the package cryptography is needed for this test");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

/// The verifier's report on a receipt.
fn checked(key: &str, receipt: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let (key_file, file) = (folder.path().join("key"), folder.path().join("receipt"));
    std::fs::write(&key_file, key).unwrap();
    std::fs::write(&file, receipt).unwrap();
    python("verify_receipt.py", &[&key_file, &file])
}

fn entry_of(answer: &Response) -> i64 {
    answer.header("log-entry").unwrap_or_else(|| panic!("no entry: {}", answer.text())).parse().unwrap()
}

fn receipt(person: &Person, entry: i64) -> Response {
    person.get(&format!("/log/receipts/{entry}")).unwrap()
}

/// An entry of the audit log.
fn act(app: &App, entry: i64) -> Value {
    app.auditor().sees(&format!("/audit-log?after={}&limit=1", entry - 1))["data"][0].clone()
}

#[apply(on_both!)]
fn every_answer_names_its_entry_and_a_repeat_names_it_again(app: App) {
    app.window_is_open();
    let preparer = app.preparer();
    let draft = preparer.drafts(&app.good_form(&preparer, 900));
    assert_eq!(act(&app, entry_of(&draft))["command"], "create_application");
    let draft = draft.ok();
    let path = format!("{}/submission", at("applications", &draft));
    let signatory = app.signatory();
    let submit = || signatory.post_with_key(&path, "one", version(&draft), &json!({})).unwrap();
    let (first, again) = (submit(), submit());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(entry_of(&first), entry_of(&again));
    let done = act(&app, entry_of(&first));
    assert_eq!((done["command"].as_str(), done["outcome"].as_str()), (Some("submit_application"), Some("done")));
    // A refused act did nothing, so it has no receipt.
    let refused = signatory.post(&path, version(&draft), &json!({})).unwrap();
    assert_eq!((refused.status, refused.header("log-entry")), (412, None));
    // An answer stored by an earlier program names no entry.
    app.sql("UPDATE idempotency_keys SET audit_sequence = NULL;");
    let old = submit();
    assert_eq!((old.status, old.header("idempotency-replayed"), old.header("log-entry")), (200, Some("true"), None));
}

#[apply(on_sqlite!)]
fn a_receipt_holds_when_the_service_is_gone(mut app: App) {
    app.window_is_open();
    app.provided("capital_subsidy", "2026-27", 40 * crate::harness::people::CRORE);
    let mut kept: Vec<(&str, String, Vec<String>)> = Vec::new();
    let digest = |id: &Value| {
        let record = app.auditor().sees(&format!("/evidence/{}", id.as_str().unwrap()));
        record["digest"].as_str().unwrap().to_owned()
    };
    let keep = |person: &Person, answer: &Response| {
        let text = receipt(person, entry_of(answer));
        assert_eq!(text.header("content-type"), Some("text/plain; charset=utf-8"));
        text.text()
    };
    // A submission, a reply, a sanction, a payment and the bank's answer to it.
    let (preparer, signatory, verifier) = (app.preparer(), app.signatory(), app.verifier());
    let form = app.good_form(&preparer, 900);
    let papers = form["documents"].as_array().unwrap().iter().map(|one| digest(&one["evidence_id"])).collect();
    let submitted = signatory.submits(&preparer.drafts(&form).ok());
    kept.push(("submit_application", keep(&signatory, &submitted), papers));
    let asked = verifier.asks(&submitted.ok(), "why?").ok();
    let paper = preparer.attaches("reply");
    let path = format!("{}/queries/1/reply", at("applications", &asked));
    let replied = preparer.post(&path, version(&asked), &json!({ "text": "so", "documents": [paper] })).unwrap();
    kept.push(("reply_to_query", keep(&preparer, &replied), vec![digest(&paper)]));
    let award = {
        let eligible = verifier.scrutinises(&replied.ok(), true).ok();
        let award = app.competent_authority().awards(&eligible, 900).ok();
        let required = award["security_required_paise"].as_i64().unwrap();
        let lodged = signatory.lodges(&award, "BG-lodestone", required, "2034-12-31").ok();
        app.confirmed_by_bank(&lodged);
        award
    };
    let milestone = app.reached("lodestone", &award, "oxide_to_metal", "2026-05-01");
    let form = app.capital_form("lodestone", &milestone, 100 * crate::harness::people::CRORE);
    let paper = digest(&form["evidence"][0]);
    let claim = signatory.submits_claim(&preparer.claims(&award, &form).ok());
    kept.push(("submit_claim", keep(&signatory, &claim), vec![paper]));
    let tranche = verifier.verifies(&claim.ok()).ok()["tranche"].clone();
    let concurred = app.finance_officer().concurs(&app.section_officer().recommends(&tranche).ok()).ok();
    let sanctioned = app.competent_authority().sanctions(&concurred);
    kept.push(("sanction_tranche", keep(&app.competent_authority(), &sanctioned), vec![]));
    let ddo = app.disbursing_officer();
    let advised = ddo.advises(&sanctioned.ok());
    kept.push(("advise_payment", keep(&ddo, &advised), vec![]));
    let paid = ddo.confirms(&advised.ok(), "SBINR52026050100001", "2026-05-01");
    kept.push(("settle_payment", keep(&ddo, &paid), vec![]));
    let key = key(&app).to_string();
    app.must_verify();
    app.stop();
    for (command, text, papers) in kept {
        let told = checked(&key, &text).unwrap();
        assert!(told.contains(&format!(": {command} ")) && told.contains(" done at 2026-05-01T"), "{told}");
        for paper in papers {
            assert!(told.contains(&format!("  names {paper}")), "{command} names no {paper}: {told}");
        }
    }
}

#[apply(on_sqlite!)]
fn nothing_of_a_receipt_can_be_changed(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let paid = app.disbursing_officer().advises(&sanctioned);
    let text = receipt(&app.disbursing_officer(), entry_of(&paid)).text();
    let earlier = receipt(&app.auditor(), entry_of(&paid) - 1).text();
    let key = key(&app).to_string();
    checked(&key, &text).unwrap();
    let lines: Vec<&str> = text.split('\n').collect();
    let extra = String::from_utf8(BASE64.decode(&lines[1][6..]).unwrap()).unwrap();
    let with_entry = |from: &str, to: &str| {
        assert!(extra.contains(from), "{from} in {extra}");
        text.replace(&lines[1][6..], &BASE64.encode(extra.replacen(from, to, 1)))
    };
    let entry = entry_of(&paid);
    let zeros = BASE64.encode([0; 32]);
    let root = text.split("\n\n").nth(1).unwrap().split('\n').nth(2).unwrap();
    let cases = [
        (with_entry("advise_payment", "settle_payment"), "its content does not match its hash"),
        (with_entry("payment:", "payment:0"), "its content does not match its hash"),
        (with_entry(&format!("\"sequence\":{entry}"), "\"sequence\":1"), "its content does not match its hash"),
        (text.replace(&lines[1][6..], &earlier.split('\n').nth(1).unwrap()[6..]), "is not that of its number"),
        (text.replace(&format!("index {}", entry - 1), &format!("index {entry}")), "is not that of its number"),
        (text.replace(lines[3], &zeros), "the path does not lead to the root"),
        (text.replacen(&format!("{}\n", lines[3]), "", 1), "the path"),
        (text.replacen(root, &zeros, 1), "the signature of the checkpoint does not match"),
        (text.replace("tlog-proof@v1", "tlog-proof@v2"), "this is no proof"),
        (lines[..5].join("\n"), "this is no proof"),
    ];
    for (changed, named) in cases {
        assert_ne!(changed, text, "{named}");
        let told = checked(&key, &changed).expect_err(named);
        assert!(told.starts_with("FAULT: ") && told.contains(named), "{told}wanted: {named}");
    }
    // Another log's key, which is valid in itself, signed nothing of it.
    let stranger = App::from_nothing(app.engine);
    let told = checked(&crate::log::log::key(&stranger).to_string(), &text).expect_err("another key");
    assert!(told.contains("not signed with the log's key"), "{told}");
}

#[apply(on_sqlite!)]
fn a_receipt_is_for_who_acted_and_for_auditors(app: App) {
    app.window_is_open();
    let (ours, theirs) = (app.preparer_of("lodestone"), app.preparer_of("ferrite"));
    let entry = entry_of(&ours.drafts(&app.good_form(&ours, 900)));
    assert_eq!(receipt(&ours, entry).status, 200);
    assert_eq!(receipt(&app.auditor(), entry).text(), receipt(&ours, entry).text());
    for person in [theirs, app.signatory_of("lodestone"), app.verifier(), app.administrator()] {
        receipt(&person, entry).refused(404, "not_found");
    }
    let path = format!("/api/v1/log/receipts/{entry}");
    app.anybody("GET", &path, None).refused(401, "unauthenticated");
    for none in ["0", "-1", "999999", "9223372036854775807", "9223372036854775808", "x"] {
        app.auditor().get(&format!("/log/receipts/{none}")).unwrap().refused(404, "not_found");
    }
}

#[apply(on_both!)]
fn an_act_is_covered_at_once_and_by_one_checkpoint(app: App) {
    app.window_is_open();
    let preparer = app.preparer();
    let form = app.good_form(&preparer, 900);
    let first = entry_of(&preparer.drafts(&form));
    let sizes = || app.values("SELECT CAST(size AS TEXT) AS value FROM log_checkpoints ORDER BY size");
    let before = sizes();
    assert!(before.last().unwrap().parse::<i64>().unwrap() < first, "the clock stands still");
    let text = receipt(&preparer, first).text();
    assert_eq!(sizes(), [before.clone(), vec![app.audit_length().to_string()]].concat());
    // Later entries and checkpoints do not change it.
    let second = entry_of(&preparer.drafts(&form));
    receipt(&preparer, second);
    assert_eq!(sizes().len(), before.len() + 2);
    assert_eq!(receipt(&preparer, first).text(), text);
    assert_eq!(sizes().len(), before.len() + 2);
    app.must_verify();
    // A damaged log gives no receipt at all.
    crate::log::log::disarm(&app);
    app.sql(&format!("UPDATE audit_log SET hash = '{}' WHERE sequence = {first};", "0".repeat(64)));
    receipt(&preparer, first).refused(500, "internal");
}
