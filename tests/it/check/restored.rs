//! A restore that is not whole: without the key of the log, without files of evidence, or of an older backup. Each is
//! told, and nothing is given out twice.

use crate::desk::observations::DeskVerbs;
use crate::harness::app::{App, Engine};
use crate::harness::people::{Answered, Verbs};
use crate::harness::postgres;
use crate::harness::program::run;
use crate::log::log::{attempts, checkpoint, disarm, key};
use magnet_scheme::db::engine::connection::DatabaseUrl;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The address of a database as it was, which nobody uses.
struct Backup(String);

impl App {
    fn of_log(&self, name: &str) -> PathBuf {
        self.config.data.folder.join(name)
    }

    /// A backup of the database of a service that has stopped.
    fn backs_up(&self) -> Backup {
        match self.database_url() {
            DatabaseUrl::Sqlite(_) => {
                let file = self.of_log(&format!("backup-{}.sqlite3", uuid::Uuid::now_v7()));
                self.sql(&format!("VACUUM INTO '{}'", file.display()));
                private(&file);
                Backup(format!("sqlite:{}", file.display()))
            }
            DatabaseUrl::Postgres(url) => {
                let source = url.split('?').next().unwrap().rsplit('/').next().unwrap();
                Backup(postgres::shared().url_of(&postgres::shared().copy(source)))
            }
        }
    }

    fn puts_back(&mut self, backup: Backup) {
        self.config.database.url = backup.0;
    }

    /// Starts once with what a person accepts.
    fn serves_accepting(&mut self, new_key: bool, loss: Option<&str>) {
        (self.accepts.new_key, self.accepts.loss) = (new_key, loss.map(str::to_owned));
        self.serve(false);
        self.accepts = Default::default();
    }

    fn readiness(&self) -> Value {
        self.anybody("GET", "/health/ready", None).ok()
    }
}

/// An older backup is put back, so that an act with a number is lost, which a person accepts.
pub fn loses_an_act(app: &mut App) {
    app.auditor().sees("/me");
    app.stop();
    let backup = app.backs_up();
    app.serve(false);
    app.auditor().requires("The furnace").ok();
    app.stop();
    app.puts_back(backup);
    app.serves_accepting(false, Some("The disk is broken."));
}

/// Only its owner may read it.
fn private(file: &Path) {
    std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

fn serial(record: &Value) -> i64 {
    record["number"].as_str().unwrap().rsplit('/').next().unwrap().parse().unwrap()
}

/// The key of another log.
fn other_key(app: &App) -> Vec<u8> {
    let other = App::from_nothing(app.engine);
    std::fs::read(other.of_log("log-key.p8")).unwrap()
}

/// What `verify` says at the machine itself, and whether it agrees.
fn verified(app: &App, arguments: &[&str]) -> (bool, String) {
    let ended = run(app.program(&[&["verify"], arguments].concat()));
    assert!(ended.code == Some(0) || ended.code == Some(1), "{ended:?}");
    (ended.code == Some(0), ended.said)
}

/// A log with signed checkpoints.
fn signs(app: &App) {
    app.wait_seconds(60);
    attempts(&app.auditor());
}

#[apply(on_both!)]
fn a_log_without_its_key_is_not_served(mut app: App) {
    signs(&app);
    let (length, content) = (app.audit_length(), app.content());
    app.stop();
    let file = app.of_log("log-key.p8");
    let own = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let why = app.start_problem(false).unwrap();
    assert!(why.contains("its key is missing") && why.contains("--accept-new-key"), "{why}");
    assert!(!file.exists(), "nothing makes a key for a log that has entries");
    let (good, said) = verified(&app, &[]);
    assert!(!good && said.contains("FAULT: the data folder has no key of the log"), "{said}");

    std::fs::write(&file, other_key(&app)).unwrap();
    private(&file);
    let why = app.start_problem(false).unwrap();
    assert!(why.contains("is not the key with which the log was signed"), "{why}");
    let (good, said) = verified(&app, &[]);
    assert!(!good && said.contains("is not signed with the log's key"), "{said}");
    assert_eq!((app.audit_length(), app.content()), (length, content), "nothing was recorded");

    std::fs::write(&file, own).unwrap();
    assert_eq!(app.start_problem(false), None);
    assert!(verified(&app, &[]).0);
}

/// Without the stored checkpoints, the high-water mark of the data folder still says which key signed the log.
#[apply(on_both!)]
fn a_key_is_missed_also_where_the_checkpoints_are_gone(mut app: App) {
    signs(&app);
    app.stop();
    disarm(&app);
    app.sql("DELETE FROM log_checkpoints;");
    let file = app.of_log("log-key.p8");
    std::fs::write(&file, other_key(&app)).unwrap();
    private(&file);
    let (good, said) = verified(&app, &[]);
    assert!(!good && said.contains("the key in the data folder is not the one that signs the log"), "{said}");
    std::fs::remove_file(&file).unwrap();
    let (good, said) = verified(&app, &[]);
    assert!(!good && said.contains("FAULT: the log has") && said.contains("its checkpoints were removed"), "{said}");
}

#[apply(on_both!)]
fn a_new_key_of_the_log_is_accepted_once_and_recorded(mut app: App) {
    signs(&app);
    let first = key(&app);
    app.stop();
    let (file, length) = (app.of_log("log-key.p8"), app.audit_length());
    let lost = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    app.serves_accepting(true, None);
    assert_eq!(app.audit_behind(length), ["accept_new_key done"]);
    let second = key(&app);
    assert_ne!(second.public, first.public);
    let acts = app.auditor().sees(&format!("/audit-log?after={length}&limit=1"));
    let details: Value = serde_json::from_str(acts["data"][0]["details"].as_str().unwrap()).unwrap();
    assert_eq!((&details["new"]["key"], &details["before"]), (&json!(second.to_string()), &Value::Null));
    signs(&app);
    checkpoint(&app);
    app.serve(false);
    app.stop();

    // Which key signs from where on is said; the key before is named in the first entry of the log.
    let (good, said) = verified(&app, &[]);
    let since = format!("from entry {} on the log is signed with the key {second}", length + 1);
    assert!(good && said.contains(&since) && !said.contains("signed with the key before"), "{said}");
    let (good, said) = verified(&app, &["--key", &first.to_string()]);
    assert!(good && said.contains(&since) && !said.contains("signed with the key before"), "{said}");
    let stranger = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let (good, said) = verified(&app, &["--key", stranger]);
    assert!(!good && said.contains("is not signed with the log's key"), "{said}");

    // The lost key is found again: it signs nothing any more.
    let kept = std::fs::read(&file).unwrap();
    std::fs::write(&file, lost).unwrap();
    let why = app.start_problem(false).unwrap();
    assert!(why.contains("is not the key with which the log was signed"), "{why}");
    let (good, said) = verified(&app, &["--key", &first.to_string()]);
    assert!(!good && said.contains("the key in the data folder is not the one that signs the log"), "{said}");
    std::fs::write(&file, kept).unwrap();
    assert_eq!(app.start_problem(false), None);
}

#[apply(on_both!)]
fn a_key_that_is_at_hand_signs_for_the_next_one(mut app: App) {
    signs(&app);
    let (first, length) = (key(&app), app.audit_length());
    app.stop();
    std::fs::rename(app.of_log("log-key.p8"), app.of_log("log-key-before.p8")).unwrap();
    app.serves_accepting(true, None);
    signs(&app);
    let details = app.values(&format!("SELECT details AS value FROM audit_log WHERE sequence = {}", length + 1));
    let details: Value = serde_json::from_str(&details[0]).unwrap();
    assert_eq!(details["before"]["key"], first.to_string());
    app.stop();
    // Both keys are proven from one to the other: no checkpoint is left unchecked.
    let (good, said) = verified(&app, &["--json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert!(good, "{said}");
    assert_eq!((&said["signatures_unchecked"], &said["key_changes"][0][0]), (&json!(0), &json!(length + 1)), "{said}");
}

#[apply(on_both!)]
fn an_older_backup_is_not_served_until_a_person_accepts_the_loss(mut app: App) {
    let tranche = app.sanctioned_15_crore();
    for known in [app.disbursing_officer(), app.auditor()] {
        known.sees("/me");
    }
    app.serve(false);
    app.stop();
    let backup = app.backs_up();
    app.serve(false);
    let officer = app.disbursing_officer();
    let lost = officer.advises(&tranche).ok();
    let mark = std::fs::read_to_string(app.of_log("high-water-mark.note")).unwrap();
    assert!(mark.contains("numbers 101 NDFEB/2026-27/PAY\n"), "before the number is given out: {mark}");
    let paid = officer.confirms(&lost, "SBINR52026050100000001", "2026-05-01").ok();
    assert_eq!((serial(&lost), paid["status"].as_str()), (1, Some("succeeded")));
    let length = app.audit_length();
    app.stop();
    app.puts_back(backup);

    let (before, content) = (app.audit_length(), app.content());
    assert!(before < length);
    let why = app.start_problem(false).unwrap();
    let fewer = format!("{} fewer than were recorded", length - before);
    assert!(why.contains("--accept-loss") && why.contains(&fewer), "{why}");
    assert_eq!((app.audit_length(), app.content()), (before, content), "nothing was recorded");
    let (good, said) = verified(&app, &[]);
    assert!(!good && said.contains("the high-water mark of the data folder covers"), "{said}");

    app.serves_accepting(false, Some("The disk of 1 May is broken."));
    assert_eq!(app.audit_behind(before)[0], "accept_loss done");
    let details = app.values(&format!("SELECT details AS value FROM audit_log WHERE sequence = {}", before + 1));
    let details: Value = serde_json::from_str(&details[0]).unwrap();
    assert_eq!((&details["reason"], &details["entries"]), (&json!("The disk of 1 May is broken."), &json!(before)));
    // No number of what was lost is given out again, and money moves although the series have a gap.
    let again = app.disbursing_officer().advises(&app.tranche(&tranche)).ok();
    assert_eq!(serial(&again), 102);
    app.disbursing_officer().confirms(&again, "SBINR52026050100000001", "2026-05-01").ok();
    let disbursed = app.auditor().sees("/disbursements")["data"][0].clone();
    assert!(serial(&disbursed) > 100, "{disbursed}");
    let run = app.auditor().post("/controls/runs", None, &json!({})).unwrap().ok();
    assert_eq!(run["red"], 0, "{run}");
    app.must_verify();
    // What was accepted is on record: the next start needs nobody.
    app.serve(false);
    app.stop();
    assert!(verified(&app, &[]).0);
}

/// The mark is written before a number is given out, and tells how far the log is every few seconds only: a copy from
/// between has as many entries as the mark.
#[apply(on_both!)]
fn a_copy_of_seconds_before_gives_no_number_out_again(mut app: App) {
    let tranche = app.sanctioned_15_crore();
    for known in [app.disbursing_officer(), app.auditor()] {
        known.sees("/me");
    }
    app.serve(false);
    app.stop();
    let backup = app.backs_up();
    let file = app.of_log("high-water-mark.note");
    let before = app.audit_length();
    app.serve(false);
    let lost = app.disbursing_officer().advises(&tranche).ok();
    let mark = std::fs::read_to_string(&file).unwrap();
    assert_eq!(mark.lines().nth(1), Some(&*before.to_string()), "as many entries as the copy: {mark}");
    let given = mark.lines().any(|line| line.starts_with("given 1 ") && line.ends_with(" NDFEB/2026-27/PAY"));
    assert!(serial(&lost) == 1 && given, "{mark}");
    app.stop();

    // A crash loses nothing, so that nothing is passed over.
    std::fs::write(&file, &mark).unwrap();
    let length = app.audit_length();
    assert_eq!(app.start_problem(false), None);
    assert!(!app.audit_behind(length).contains(&"burn_numbers done".to_owned()));

    app.puts_back(backup);
    std::fs::write(&file, &mark).unwrap();
    app.serve(false);
    assert!(app.audit_behind(before).contains(&"burn_numbers done".to_owned()), "{:?}", app.audit_behind(before));
    let again = app.disbursing_officer().advises(&app.tranche(&tranche)).ok();
    assert_eq!(serial(&again), 102);
    let run = app.auditor().post("/controls/runs", None, &json!({})).unwrap().ok();
    assert_eq!(run["red"], 0, "{run}");
    app.must_verify();
    app.stop();
    assert!(verified(&app, &[]).0);
}

/// A gap that no loss made is still a fault.
#[apply(on_both!)]
fn a_number_within_a_gap_that_was_burned_turns_its_control_red(app: App) {
    let advised = app.disbursing_officer().advises(&app.sanctioned_15_crore()).ok();
    app.disbursing_officer().confirms(&advised, "SBINR52026050100000001", "2026-05-01").ok();
    let red = |app: &App| app.auditor().post("/controls/runs", None, &json!({})).unwrap().ok()["red"].clone();
    assert_eq!(red(&app), 0);
    let burned = |from: i64, to: i64| {
        format!("INSERT INTO burned_numbers VALUES ('NDFEB/2026-27/DIS', {from}, {to}, '2026-05-01T06:30:00.000000Z')")
    };
    // The only number in use is 1; the counter says 4.
    app.sql("UPDATE counters SET value = 4 WHERE name = 'NDFEB/2026-27/DIS'");
    assert_eq!(red(&app), 1);
    app.sql(&burned(2, 4));
    assert_eq!(red(&app), 0);
    app.sql("UPDATE counters SET value = 5 WHERE name = 'NDFEB/2026-27/DIS'");
    app.sql(&burned(1, 1));
    assert_eq!(red(&app), 1, "number 1 is in use and burned");
}

#[apply(on_both!)]
fn a_folder_of_another_database_or_a_changed_mark_is_not_served(mut app: App) {
    signs(&app);
    app.serve(false);
    app.stop();
    let file = app.of_log("high-water-mark.note");
    let kept = std::fs::read_to_string(&file).unwrap();
    let size = kept.lines().nth(1).unwrap().to_owned();
    let entries: i64 = size.parse().unwrap();
    std::fs::write(&file, kept.replacen(&size, &(entries - 1).to_string(), 1)).unwrap();
    let why = app.start_problem(false).unwrap();
    assert!(why.contains("is not signed with the key of the log"), "{why}");
    std::fs::write(&file, "a mark\n").unwrap();
    assert!(app.start_problem(false).unwrap().contains("high-water-mark.note"));
    std::fs::write(&file, &kept).unwrap();
    assert_eq!(app.start_problem(false), None);
    empties(&mut app);
    let why = app.start_problem(false).unwrap();
    assert!(why.contains("the database has 0 entries of the log") && why.contains("another database"), "{why}");
}

/// The database is gone, and a new one stands in its place.
fn empties(app: &mut App) {
    match (app.engine, app.database_url()) {
        (Engine::Sqlite, DatabaseUrl::Sqlite(path)) => {
            for ending in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{ending}", path.display()));
            }
        }
        _ => app.config.database.url = postgres::new_database(),
    }
}

fn moves(from: &Path, to: &Path) {
    std::fs::rename(from, to).unwrap();
}

#[apply(on_both!)]
fn missing_files_of_evidence_are_told(mut app: App) {
    app.tranche_of_15_crore();
    app.serve(false);
    assert_eq!(app.readiness(), json!({ "status": "pass" }));
    let (folder, away) = (app.of_log("evidence"), app.of_log("elsewhere"));
    app.stop();
    moves(&folder, &away);
    app.serve(false);
    let told = app.readiness();
    assert_eq!(told["status"], "warn");
    assert!(told["output"].as_str().unwrap().starts_with("files of evidence are missing"), "{told}");
    assert!(!verified(&app, &[]).0);
    app.stop();
    std::fs::remove_dir_all(&folder).unwrap();
    moves(&away, &folder);
    app.serve(false);
    assert_eq!(app.readiness(), json!({ "status": "pass" }));
    // One of the files was cut.
    let digest = app.values("SELECT digest AS value FROM evidence ORDER BY id LIMIT 1").remove(0);
    app.stop();
    std::fs::write(folder.join(&digest[..2]).join(&digest), b"%").unwrap();
    app.serve(false);
    assert_eq!(app.readiness(), told);
}
