//! Witnesses outside the service: one that speaks C2SP `tlog-witness`, in another language and a process
//! of its own, and a folder on another machine.

use crate::harness::app::App;
use crate::harness::disarm::tripwires;
use crate::harness::scratch;
use crate::log::log::{append, attempts, checkpoint, disarm, key};
use domain::log::checkpoint::SignedCheckpoint;
use domain::log::cosignature::WitnessKey;
use magnet_scheme::config::Witness as Setting;
use magnet_scheme::db::engine::connection::DatabaseUrl;
use magnet_scheme::service::Service;
use magnet_scheme::service::log::log_key::{cosigned_at, is_signed_by};
use magnet_scheme::service::log::log_witnesses::WitnessState;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running witness.
struct Witness {
    child: Child,
    url: String,
    key: WitnessKey,
}

impl Witness {
    /// Starts a witness of this log with this state, at this port if one is given.
    fn start(folder: &Path, app: &App, port: Option<&str>) -> Witness {
        let log_key = folder.join("log-key");
        std::fs::write(&log_key, format!("{}\n", key(app))).unwrap();
        let mut program = Command::new("python3");
        program.arg("-B").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/witness.py"));
        program.args([folder.join("state"), log_key]).args(port);
        let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python3 is needed");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).expect("python3 with the package cryptography is needed");
        Witness {
            child,
            url: told["url"].as_str().unwrap().to_owned(),
            key: told["key"].as_str().unwrap().parse().unwrap(),
        }
    }

    fn setting(&self) -> Setting {
        Setting { url: Some(self.url.clone()), key: Some(self.key.to_string()), ..Setting::default() }
    }

    fn port(&self) -> String {
        self.url.trim_end_matches("/w").rsplit(':').next().unwrap().to_owned()
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn at_folder(folder: &Path) -> Setting {
    Setting { folder: Some(folder.to_owned()), ..Setting::default() }
}

/// Another process of the service sends the checkpoint to these witnesses once. It has the log's key, and no mark that
/// would keep it from a database that was put back.
pub fn asked(app: &App, witnesses: &[&Setting]) -> Vec<WitnessState> {
    let mut config = app.config.clone();
    let elsewhere = scratch::folder();
    let folder = elsewhere.path().join("data");
    std::fs::DirBuilder::new().mode(0o700).create(&folder).unwrap();
    std::fs::copy(app.config.data.folder.join("log-key.p8"), folder.join("log-key.p8")).unwrap();
    if let DatabaseUrl::Sqlite(path) = app.database_url() {
        config.database.url = format!("sqlite:{}", path.display());
    }
    config.data.folder = folder;
    config.log.witnesses = witnesses.iter().copied().cloned().collect();
    let clock = app.test_clock();
    actix_web::rt::System::new().block_on(async move {
        let service = Service::start(&config, clock, false).await.unwrap();
        service.ask_witnesses().await.unwrap()
    })
}

/// One more checkpoint, over more entries.
pub fn signs(app: &App) -> SignedCheckpoint {
    append(app, 5, false);
    app.wait_seconds(61);
    attempts(&app.auditor());
    let note = checkpoint(app);
    assert_eq!(note.checkpoint.size, app.audit_length() as u64);
    note
}

#[track_caller]
pub fn has(state: &WitnessState, note: &SignedCheckpoint) {
    assert_eq!((state.fault.as_deref(), state.disagrees), (None, false));
    assert_eq!(state.size, Some(note.checkpoint.size as i64));
}

#[track_caller]
pub fn says(state: &WitnessState, disagrees: bool, why: &str) {
    let fault = state.fault.as_deref().unwrap_or_default();
    assert!(fault.contains(why) && state.disagrees == disagrees, "{state:?}\nwanted: {why}");
}

fn cosignatures(app: &App) -> Vec<String> {
    app.values("SELECT CAST(size AS TEXT) AS value FROM log_cosignatures ORDER BY size")
}

#[apply(on_both!)]
fn a_witness_cosigns_each_checkpoint_and_it_is_served(app: App) {
    let folder = tempfile::tempdir().unwrap();
    app.auditor().get("/me").unwrap();
    let witness = Witness::start(folder.path(), &app, None);
    let first = signs(&app);
    has(&asked(&app, &[&witness.setting()])[0], &first);
    let mut sizes = vec![first.checkpoint.size.to_string()];
    // From an odd length, from a power of two, and with nothing new.
    for _ in 0..4 {
        let note = signs(&app);
        assert_eq!(note.signatures.len(), 1, "not cosigned yet");
        has(&asked(&app, &[&witness.setting()])[0], &note);
        has(&asked(&app, &[&witness.setting()])[0], &note);
        sizes.push(note.checkpoint.size.to_string());
        let served = checkpoint(&app);
        assert_eq!((served.signatures.len(), &served.text), (2, &note.text));
        assert!(cosigned_at(&served, &witness.key).is_some() && is_signed_by(&served, &key(&app)));
    }
    assert_eq!(cosignatures(&app), sizes);
    let list = app.anybody("GET", "/api/v1/log/checkpoints", None).json();
    let cosigned = list["data"].as_array().unwrap().iter().filter(|one| {
        let note: SignedCheckpoint = one["note"].as_str().unwrap().parse().unwrap();
        cosigned_at(&note, &witness.key).is_some()
    });
    assert_eq!(cosigned.count(), 5);
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_fork_and_an_older_state_are_refused(app: App) {
    let folder = tempfile::tempdir().unwrap();
    app.auditor().get("/me").unwrap();
    let witness = Witness::start(folder.path(), &app, None);
    let earlier = signs(&app).checkpoint.size;
    let cosigned = signs(&app).checkpoint.size;
    assert_eq!(asked(&app, &[&witness.setting()])[0].size, Some(cosigned as i64));
    // An older state is restored, although the witness has already seen its continuation.
    let armed = tripwires(&app);
    disarm(&app);
    app.sql(&format!(
        "DELETE FROM log_cosignatures; DELETE FROM log_checkpoints WHERE size > {earlier}; \
         DELETE FROM audit_log WHERE sequence > {earlier}; DELETE FROM log_commits WHERE sequence > {earlier}; \
         UPDATE audit_head SET sequence = {earlier}, hash = (SELECT hash FROM audit_log WHERE sequence = {earlier});"
    ));
    armed.again(&app);
    says(&asked(&app, &[&witness.setting()])[0], true, &format!("it has cosigned {cosigned} entries"));
    // The log continues from there with other acts: it is consistent in itself, and longer than the cosigned one.
    append(&app, 40, false);
    let fork = signs(&app);
    assert!(fork.checkpoint.size > cosigned);
    app.must_verify();
    says(&asked(&app, &[&witness.setting()])[0], true, "does not follow from its");
    assert_eq!((cosignatures(&app).len(), checkpoint(&app).signatures.len()), (0, 1));
}

#[apply(on_both!)]
fn a_witness_that_was_away_goes_on_where_it_was(app: App) {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    app.auditor().get("/me").unwrap();
    let witness = Witness::start(folder.path(), &app, None);
    let (setting, port, beside) = (witness.setting(), witness.port(), at_folder(elsewhere.path()));
    let first = signs(&app);
    has(&asked(&app, &[&setting])[0], &first);
    drop(witness);
    // A witness that does not answer delays no other witness and no work.
    let second = signs(&app);
    let states = asked(&app, &[&setting, &beside]);
    says(&states[0], false, "not available");
    has(&states[1], &second);
    let witness = Witness::start(folder.path(), &app, Some(&port));
    assert_eq!(witness.setting().key, setting.key);
    has(&asked(&app, &[&setting, &beside])[0], &second);
    // The service no longer knows what the witness cosigned: the witness reports its size.
    let armed = tripwires(&app);
    let forgets = || {
        disarm(&app);
        app.sql("DELETE FROM log_cosignatures;");
        armed.again(&app);
    };
    forgets();
    let third = signs(&app);
    has(&asked(&app, &[&setting])[0], &third);
    assert_eq!(cosignatures(&app), [third.checkpoint.size.to_string()]);
    forgets();
    has(&asked(&app, &[&setting])[0], &third);
}

#[apply(on_sqlite!)]
fn a_folder_elsewhere_gets_every_newest_checkpoint(app: App) {
    let elsewhere = tempfile::tempdir().unwrap();
    let setting = at_folder(elsewhere.path());
    app.auditor().get("/me").unwrap();
    let mut kept = Vec::new();
    for _ in 0..2 {
        let note = signs(&app);
        has(&asked(&app, &[&setting])[0], &note);
        has(&asked(&app, &[&setting])[0], &note);
        kept.push((format!("checkpoint-{:012}.note", note.checkpoint.size), note.to_string()));
    }
    let mut found: Vec<(String, String)> = std::fs::read_dir(elsewhere.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap()))
        .collect();
    found.sort();
    assert_eq!(found, kept);
    // Another log's checkpoint is already stored there.
    std::fs::write(elsewhere.path().join(&kept[1].0), &kept[0].1).unwrap();
    says(&asked(&app, &[&setting])[0], true, "it holds another checkpoint");
    // A share that is not mounted is not created.
    let missing = elsewhere.path().join("missing");
    says(&asked(&app, &[&at_folder(&missing)])[0], false, "missing");
    assert!(!missing.exists());
}

#[apply(on_sqlite!)]
fn what_a_stranger_signs_is_not_kept(app: App) {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    app.auditor().get("/me").unwrap();
    let (ours, other) = (Witness::start(one.path(), &app, None), Witness::start(two.path(), &app, None));
    signs(&app);
    let mixed = Setting { key: Some(other.key.to_string()), ..ours.setting() };
    says(&asked(&app, &[&mixed])[0], false, "no good cosignature");
    let astray = Setting { url: Some(ours.url.replace("/w", "/other")), ..ours.setting() };
    says(&asked(&app, &[&astray])[0], false, "does not know this log");
    assert_eq!(cosignatures(&app), Vec::<String>::new());
    // A witness of another log does not know this log's key.
    let stranger = App::from_nothing(app.engine);
    let third = tempfile::tempdir().unwrap();
    let theirs = Witness::start(third.path(), &stranger, None);
    says(&asked(&app, &[&theirs.setting()])[0], false, "does not know the key");
}

#[apply(on_sqlite!)]
fn the_service_asks_by_itself(mut app: App) {
    let folder = tempfile::tempdir().unwrap();
    app.auditor().get("/me").unwrap();
    let witness = Witness::start(folder.path(), &app, None);
    let note = signs(&app);
    app.config.log.witnesses = vec![witness.setting()];
    app.serve(false);
    let state = || app.auditor().get("/log/witnesses").unwrap().json()["data"][0].clone();
    let got = (0..10_000).any(|_| state()["size"] == note.checkpoint.size);
    assert!(got, "{}", state());
    assert_eq!(state()["name"], "witness.sample.example");
}

#[apply(plain!)]
fn a_witness_has_a_folder_or_an_address_with_its_key() {
    use magnet_scheme::config::Config;
    let loaded = |text: &str| {
        let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Config::load(Some(file.path())).map(|config| config.log.witnesses.len()).map_err(|why| why.to_string())
    };
    let key = WitnessKey { name: "w".to_owned(), public: [1; 32] };
    assert_eq!(loaded("[log]\norigin = \"a\""), Ok(0));
    let good = format!("[[log.witnesses]]\nfolder = \"/x\"\n[[log.witnesses]]\nurl = \"https://x\"\nkey = \"{key}\"");
    assert_eq!(loaded(&good), Ok(2));
    for wrong in [
        "[[log.witnesses]]".to_owned(),
        "[[log.witnesses]]\nurl = \"https://x\"".to_owned(),
        "[[log.witnesses]]\nurl = \"https://x\"\nkey = \"x\"".to_owned(),
        format!("[[log.witnesses]]\nurl = \"ftp://x\"\nkey = \"{key}\""),
        format!("[[log.witnesses]]\nfolder = \"/x\"\nurl = \"https://x\"\nkey = \"{key}\""),
        "[[log.witnesses]]\nplace = \"x\"".to_owned(),
    ] {
        assert!(loaded(&wrong).unwrap_err().contains("witnesses"), "{wrong}");
    }
}
