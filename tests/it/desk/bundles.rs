//! The evidence bundle of a disbursement: complete, reproducible, checked by a small program in another
//! language, and every single change in it is detected by name.

use crate::harness::app::App;
use crate::harness::people::{Answered, Verbs, at};
use crate::harness::treasury_people::TreasuryVerbs;
use crate::log::log::key;
use crate::log::log_receipts::python;
use base64::Engine;
use domain::base::digest::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

type Files = BTreeMap<String, Vec<u8>>;

/// Paid, taken back by the bank, advised again and paid again through the treasury's file.
fn paid_twice(app: &App) -> Value {
    let sanctioned = app.sanctioned_15_crore();
    let ddo = app.disbursing_officer();
    let paid = ddo.confirms(&ddo.advises(&sanctioned).ok(), "SBINR52026050100001", "2026-05-01").ok();
    ddo.reports_failure(&paid, "failed_after_success").ok();
    let again = ddo.advises(&app.tranche(&sanctioned)).ok();
    ddo.makes_advice(&[&again]).ok();
    let number = again["number"].as_str().unwrap();
    let success = format!("LIN,{number},Success,SBINR52026050100002,2026-05-01,150000000.00,");
    let file = format!("HDR,SCROLL-1,,1,150000000.00\r\n{success}\r\nTRL,1,150000000.00\r\n");
    ddo.uploads_return("text/csv", file.as_bytes()).ok();
    app.auditor().sees("/disbursements?status=succeeded")["data"][0].clone()
}

fn bundle(app: &App, disbursement: &Value) -> Vec<u8> {
    let answer = app.auditor().get(&format!("{}/bundle", at("disbursements", disbursement))).unwrap();
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/zip")), "{}", answer.text());
    let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(&answer.bytes));
    assert_eq!(answer.header("repr-digest"), Some(format!("sha-256=:{digest}:").as_str()));
    assert!(answer.header("content-disposition").unwrap().starts_with("attachment; filename=\"NDFEB-2026-27-DIS-"));
    answer.bytes
}

fn unpacked(bundle: &[u8]) -> Files {
    let mut archive = ZipArchive::new(Cursor::new(bundle)).unwrap();
    let mut files = Files::new();
    for place in 0..archive.len() {
        let mut file = archive.by_index(place).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        let name = file.name().unwrap().into_owned();
        assert!(files.insert(name, content).is_none());
    }
    files
}

fn packed(files: &Files) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The files with checksums of their present content.
fn with_new_sums(mut files: Files) -> Files {
    files.remove("SHA256SUMS");
    let line = |(name, content): (&String, &Vec<u8>)| format!("{}  {name}\n", hex(&Sha256::digest(content)));
    let sums: String = files.iter().map(line).collect();
    files.insert("SHA256SUMS".to_owned(), sums.into_bytes());
    files
}

fn checked(key: &str, bundle: &[u8]) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let (key_file, file) = (folder.path().join("key"), folder.path().join("bundle.zip"));
    std::fs::write(&key_file, key).unwrap();
    std::fs::write(&file, bundle).unwrap();
    python("verify_bundle.py", &[&key_file, &file])
}

/// Between the acts of the sample story time passes, as it does in an office.
#[apply(on_both!)]
fn every_bundle_of_the_sample_story_is_accepted(app: App) {
    let app = App::sandbox(app.engine);
    magnet_scheme::demo::play(&app.client.base, &app.administrator_password).map(drop).unwrap();
    let key = key(&app).to_string();
    let paid = app.auditor().sees("/disbursements?status=succeeded")["data"].as_array().unwrap().clone();
    assert!(!paid.is_empty());
    for one in &paid {
        let answer = app.auditor().get(&format!("{}/bundle", at("disbursements", one))).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        let told = checked(&key, &answer.bytes);
        assert!(told.as_ref().is_ok_and(|told| told.contains("all agree")), "{}: {told:?}", one["number"]);
    }
}

fn text(files: &Files, name: &str) -> String {
    let content = files.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", files.keys()));
    String::from_utf8(content.clone()).unwrap()
}

#[apply(on_both!)]
fn a_bundle_holds_everything_and_is_the_same_twice(app: App) {
    let paid = paid_twice(&app);
    let first = bundle(&app, &paid);
    assert_eq!(bundle(&app, &paid), first, "the same bundle, byte for byte");
    let files = unpacked(&first);
    let key = key(&app).to_string();
    let told = checked(&key, &first).unwrap();
    let acts = app.auditor().sees(&format!("{}/chain", at("disbursements", &paid)))["acts"].as_array().unwrap().len();
    assert!(told.contains(&format!("{} files, {acts} acts", files.len() - 1)), "{told}");
    assert_eq!(text(&files, "log/key.txt"), format!("{key}\n"));
    let index: Value = serde_json::from_str(&text(&files, "index.json")).unwrap();
    let chain = &index["chain"];
    assert_eq!(chain, &app.auditor().sees(&format!("{}/chain", at("disbursements", &paid))));
    // Both versions of the corrected payment, and the bank's answer to each.
    let states: Vec<&str> =
        chain["payments"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(states, ["failed_after_success", "succeeded"]);
    assert_eq!(chain["other_disbursements"][0]["status"], "failed_after_success");
    assert_eq!(chain["payment_advices"].as_array().unwrap().len(), 1);
    assert_eq!(chain["treasury_answers"][0]["utr"], "SBINR52026050100002");
    assert_eq!(chain["treasury_returns"][0]["message_id"], "SCROLL-1");
    // The documents as they were uploaded, stored under their digest and their name.
    assert_eq!(index["documents"].as_array().unwrap().len(), 7);
    for document in index["documents"].as_array().unwrap() {
        let path = format!("/evidence/{}/content", document["evidence_id"].as_str().unwrap());
        assert_eq!(app.auditor().get(&path).unwrap().bytes, files[document["path"].as_str().unwrap()]);
    }
    assert!(files.keys().any(|name| name.starts_with("evidence/") && name.ends_with("-inspection.pdf")));
    let scheme = Sha256::digest(&files["scheme.toml"]);
    assert_eq!(hex(&scheme), chain["scheme_digest"]);
    let statement: Value = serde_json::from_str(&text(&files, "statement.json")).unwrap();
    assert_eq!(statement["statement"], chain["claim"]["statement"]);
    // No whole account number is in it, and the page fetches and runs nothing.
    let account = app.values("SELECT bank_account AS value FROM organisations")[0].clone();
    for (name, content) in &files {
        assert!(!String::from_utf8_lossy(content).contains(&account), "{name}");
    }
    let page = text(&files, "index.html");
    for foreign in ["<script", "http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    for told in
        ["SBINR52026050100001", "SBINR52026050100002", "sanction_tranche", "competent_authority", "₹15,00,00,000.00"]
    {
        assert!(page.contains(told), "{told}");
    }
    for name in files.keys().filter(|name| *name != "SHA256SUMS" && *name != "index.html") {
        assert!(page.contains(&format!("href=\"{name}\"")), "{name}");
    }
    // The other version's bundle contains both too.
    let other = unpacked(&bundle(&app, &chain["other_disbursements"][0]));
    let other: Value = serde_json::from_str(&text(&other, "index.json")).unwrap();
    assert_eq!(other["chain"]["payments"], chain["payments"]);
    assert_eq!(other["chain"]["acts"], chain["acts"]);
    app.must_verify();
}

/// A valid bundle, from which invalid ones are made.
struct Whole {
    files: Files,
    index: Value,
    key: String,
}

impl Whole {
    fn of(app: &App) -> Whole {
        let files = unpacked(&bundle(app, &paid_twice(app)));
        let index = serde_json::from_str(&text(&files, "index.json")).unwrap();
        Whole { files, index, key: key(app).to_string() }
    }

    /// The entry of the first act of this command.
    fn act(&self, command: &str) -> i64 {
        let acts = self.index["chain"]["acts"].as_array().unwrap();
        acts.iter().find(|one| one["command"] == command).unwrap()["sequence"].as_i64().unwrap()
    }

    fn replaced(&self, name: &str, from: &str, to: &str) -> Files {
        let mut files = self.files.clone();
        let content = text(&files, name);
        assert!(content.contains(from), "{from} in {name}");
        files.insert(name.to_owned(), content.replacen(from, to, 1).into_bytes());
        files
    }

    fn without(&self, name: &str) -> Files {
        let mut files = self.files.clone();
        files.remove(name).unwrap();
        files
    }

    fn in_index(&self, change: impl Fn(&mut Value)) -> Files {
        let (mut files, mut index) = (self.files.clone(), self.index.clone());
        change(&mut index);
        files.insert("index.json".to_owned(), index.to_string().into_bytes());
        files
    }

    /// The bundle without an act: the act is removed from every list, together with its proof.
    fn hiding(&self, sequence: i64) -> Files {
        let mut files = self.in_index(|index| {
            index["chain"]["acts"].as_array_mut().unwrap().retain(|one| one["sequence"] != sequence);
        });
        let mut entries: Value = serde_json::from_str(&text(&self.files, "log/entries.json")).unwrap();
        entries.as_array_mut().unwrap().retain(|one| one["sequence"] != sequence);
        files.insert("log/entries.json".to_owned(), entries.to_string().into_bytes());
        files.remove(&proof_of(sequence)).unwrap();
        files
    }

    /// Fails unless the verifier reports `old` with the checksums left alone, and `new` with the
    /// checksums recomputed.
    #[track_caller]
    fn names(&self, changed: Files, old: &str, new: &str) {
        let told = checked(&self.key, &packed(&changed)).expect_err(old);
        assert!(told.starts_with("FAULT: ") && told.contains(old), "{told}wanted: {old}");
        let told = checked(&self.key, &packed(&with_new_sums(changed))).expect_err(new);
        assert!(told.starts_with("FAULT: ") && told.contains(new), "{told}wanted: {new}");
    }
}

fn proof_of(sequence: i64) -> String {
    format!("log/entry-{sequence}.tlog-proof")
}

#[apply(on_sqlite!)]
fn a_changed_file_proof_or_checkpoint_is_named(app: App) {
    let whole = Whole::of(&app);
    let document = whole.files.keys().find(|name| name.ends_with("-inspection.pdf")).unwrap().clone();
    let missing = |name: &str| format!("{name} is missing");
    whole.names(whole.replaced(&document, "%PDF-1.4", "%PDF-1.5"), &document, "is not in the bundle");
    whole.names(whole.without(&document), &missing(&document), "is not in the bundle");
    let rules = "scheme.toml";
    whole.names(whole.replaced(rules, "version", "Version"), rules, "scheme.toml is not the version");

    let proof = proof_of(whole.act("sanction_tranche"));
    let good = text(&whole.files, &proof);
    let lines: Vec<&str> = good.split('\n').collect();
    let another = text(&whole.files, &proof_of(whole.act("concur_tranche")));
    let (entry, zeros) = (another.split('\n').nth(1).unwrap(), format!("{}=", "A".repeat(43)));
    let size = format!("\n{}\n", whole.index["checkpoint_size"]);
    let longer = format!("{}0\n", size.trim_end());
    whole.names(whole.replaced(&proof, lines[1], entry), &proof, "is not that of its number");
    whole.names(whole.replaced(&proof, &good, &another), &proof, "the proof is of another entry");
    whole.names(whole.replaced(&proof, lines[3], &zeros), &proof, "the path does not lead");
    whole.names(whole.replaced(&proof, &size, &longer), &proof, "the signature of the checkpoint does not match");
    whole.names(whole.without(&proof), &missing(&proof), "has no proof");
    let checkpoint = "log/checkpoint.txt";
    whole.names(whole.replaced(checkpoint, &size, &longer), checkpoint, "it is proved under another checkpoint");

    checked(&whole.key, &packed(&with_new_sums(whole.files.clone()))).unwrap();
    let mut more = whole.files.clone();
    more.insert("evidence/more.pdf".to_owned(), b"more".to_vec());
    whole.names(more, "evidence/more.pdf is not in SHA256SUMS", "evidence/more.pdf belongs to nothing");
    let half = &packed(&whole.files)[..10_000];
    assert!(checked(&whole.key, half).unwrap_err().contains("cannot be read"));
}

#[apply(on_sqlite!)]
fn a_changed_or_hidden_act_or_journal_is_named(app: App) {
    let whole = Whole::of(&app);
    for (command, named) in [
        ("sanction_tranche", "is not that of its entry"),
        ("concur_tranche", "the step 'concur' has no entry"),
        ("upload_evidence", "is not the one that was uploaded"),
        ("load_scheme", "scheme.toml is not the version"),
    ] {
        let sequence = whole.act(command);
        whole.names(whole.hiding(sequence), &format!("{} is missing", proof_of(sequence)), named);
    }
    let entries = "log/entries.json";
    whole.names(whole.replaced(entries, "sanction_tranche", "recommend_tranche"), entries, "has other entries");
    let journal =
        format!("journal {} is not that of its entry", whole.index["chain"]["journals"][0]["id"].as_str().unwrap());
    type Change<'a> = (&'a str, &'a dyn Fn(&mut Value));
    let changes: [Change<'_>; 4] = [
        (&journal, &|index| index["chain"]["journals"][0]["entries"][0]["amount_paise"] = json!(1)),
        ("its journal is missing", &|index| {
            index["chain"]["journals"].as_array_mut().unwrap().remove(0);
        }),
        ("is not in the bundle", &|index| index["chain"]["evidence"][0]["digest"] = json!("0".repeat(64))),
        ("has other entries", &|index| index["chain"]["acts"][0]["details"] = json!("{}")),
    ];
    for (named, change) in changes {
        whole.names(whole.in_index(change), "index.json", named);
    }
}

#[apply(on_sqlite!)]
fn what_stands_beside_the_acts_is_held_against_them(app: App) {
    let whole = Whole::of(&app);
    let steps = |index: &mut Value, change: &dyn Fn(&mut Vec<Value>)| {
        change(index["chain"]["tranche"]["steps"].as_array_mut().unwrap());
    };
    let at = |steps: &[Value], name: &str| steps.iter().position(|step| step["step"] == name).unwrap();
    type Change<'a> = (&'a str, &'a dyn Fn(&mut Value));
    let changes: [Change<'_>; 8] = [
        ("the amount of the tranche", &|index| index["chain"]["tranche"]["amount_paise"] = json!(1)),
        ("the amount of the disbursement", &|index| index["chain"]["disbursement"]["amount_paise"] = json!(1)),
        ("the utr of the disbursement", &|index| index["chain"]["disbursement"]["utr"] = json!("SBINR12029999999")),
        ("the paid_on of the disbursement", &|index| index["chain"]["disbursement"]["paid_on"] = json!("2026-04-01")),
        ("another entitlement_paise", &|index| index["chain"]["claim"]["statement"]["entitlement_paise"] = json!(1)),
        ("the step 'concur' is missing", &|index| {
            steps(index, &|steps| {
                steps.remove(at(steps, "concur"));
            });
        }),
        ("the step 'sanction' has no entry", &|index| {
            steps(index, &|steps| {
                let place = at(steps, "concur");
                steps[place]["step"] = json!("sanction");
            });
        }),
        ("one person took the step 'sanction'", &|index| {
            steps(index, &|steps| {
                let (one, other) = (at(steps, "concur"), at(steps, "sanction"));
                steps[other]["taken_by"] = steps[one]["taken_by"].clone();
            });
        }),
    ];
    for (named, change) in changes {
        whole.names(whole.in_index(change), "index.json", named);
    }
    let mut statement: Value = serde_json::from_str(&text(&whole.files, "statement.json")).unwrap();
    statement["statement"]["caps"][0]["limit_paise"] = json!(1);
    let mut changed = whole.files.clone();
    changed.insert("statement.json".to_owned(), statement.to_string().into_bytes());
    whole.names(changed, "statement.json", "another caps");
    let mut more = whole.files.clone();
    more.insert("extra.txt".to_owned(), b"more".to_vec());
    whole.names(more, "extra.txt is not in SHA256SUMS", "extra.txt belongs to nothing");
}

#[apply(on_both!)]
fn a_document_that_was_changed_gives_no_bundle(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let ddo = app.disbursing_officer();
    ddo.confirms(&ddo.advises(&sanctioned).ok(), "SBINR52026050100001", "2026-05-01").ok();
    let paid = app.auditor().sees("/disbursements")["data"][0].clone();
    let path = format!("{}/bundle", at("disbursements", &paid));
    let chain = app.auditor().sees(&format!("{}/chain", at("disbursements", &paid)));
    let digest = chain["evidence"][0]["digest"].as_str().unwrap();
    let file = app.config.data.folder.join("evidence").join(&digest[..2]).join(digest);
    let content = std::fs::read(&file).unwrap();
    let mut changed = content.clone();
    changed[9] ^= 1;
    // A change that keeps the size is detected only while the file is copied: nothing of it was sent by then.
    std::fs::write(&file, &changed).unwrap();
    app.auditor().get(&path).unwrap().refused(500, "internal");
    std::fs::write(&file, &content[1..]).unwrap();
    app.auditor().get(&path).unwrap().refused(500, "internal");
    std::fs::remove_file(&file).unwrap();
    app.auditor().get(&path).unwrap().refused(500, "internal");
    std::fs::write(&file, &content).unwrap();
    checked(&key(&app).to_string(), &bundle(&app, &paid)).unwrap();
}

#[apply(on_sqlite!)]
fn a_bundle_is_for_auditors(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let ddo = app.disbursing_officer();
    ddo.confirms(&ddo.advises(&sanctioned).ok(), "SBINR52026050100001", "2026-05-01").ok();
    let path = format!("{}/bundle", at("disbursements", &app.auditor().sees("/disbursements")["data"][0]));
    let people = [app.preparer(), app.signatory(), app.verifier(), app.competent_authority(), ddo, app.administrator()];
    for person in people {
        person.get(&path).unwrap().refused(403, "not_permitted");
    }
    app.anybody("GET", &format!("/api/v1{path}"), None).refused(401, "unauthenticated");
    let none = format!("/disbursements/{}/bundle", uuid::Uuid::now_v7());
    app.auditor().get(&none).unwrap().refused(404, "not_found");
}
