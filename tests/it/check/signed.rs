//! Somebody takes away what shows that the log is whole: its signed checkpoints, the key that signs them, the commits
//! by which an earlier moment is read. The entries themselves say that they were there.

use crate::harness::app::App;
use crate::harness::disarm::tripwires;
use crate::log::log::{append, attempts, disarm};
use serde_json::json;

/// A log with several checkpoints, of which its entries speak.
fn signed_often(app: &App) {
    app.sanctioned_15_crore();
    goes_on(app);
}

/// The log grows for some minutes, and is signed meanwhile.
fn goes_on(app: &App) {
    let auditor = app.auditor();
    for _ in 0..4 {
        app.wait_seconds(61);
        (0..3).for_each(|_| attempts(&auditor));
    }
    let said = app.values("SELECT details AS value FROM audit_log WHERE details LIKE '%\"log_signed\":%'");
    assert!(said.len() >= 2, "{said:?}");
}

/// The rows of a table as SQL inserts them, in the order of their key.
fn rows(app: &App, table: &str, columns: &[&str]) -> Vec<String> {
    let quoted = |column: &&str| format!("'''' || REPLACE(CAST({column} AS TEXT), '''', '''''') || ''''");
    let values: Vec<String> = columns.iter().map(quoted).collect();
    let query = format!("SELECT {} AS value FROM {table} ORDER BY {}", values.join(" || ', ' || "), columns.join(", "));
    let values = app.values(&query).into_iter();
    values.map(|row| format!("INSERT INTO {table} ({}) VALUES ({row});", columns.join(", "))).collect()
}

/// Changes the log behind the service, which has stopped, and leaves its tripwires as they were.
fn forges(app: &App, edit: &str) {
    let armed = tripwires(app);
    disarm(app);
    app.sql(edit);
    armed.again(app);
}

#[track_caller]
fn must_say(app: &App, edit: &str, why: &str) {
    let fault = app.verify().fault.unwrap_or_else(|| panic!("{edit}: unseen"));
    assert!(fault.contains(why), "{edit}: {fault}");
}

#[apply(on_both!)]
fn checkpoints_that_are_gone_are_missed_and_stop_the_start(mut app: App) {
    signed_often(&app);
    app.stop();
    app.must_verify();
    let rows = rows(&app, "log_checkpoints", &["size", "root", "note", "signed_at"]);
    let size = |place: &str| format!("(SELECT {place}(size) FROM log_checkpoints)");
    let missing = [
        ("DELETE FROM log_checkpoints".to_owned(), "checkpoints were removed"),
        (format!("DELETE FROM log_checkpoints WHERE size = {}", size("MIN")), "checkpoints were removed"),
        (format!("DELETE FROM log_checkpoints WHERE size < {}", size("MAX")), "checkpoints were removed"),
    ];
    for (edit, why) in &missing {
        forges(&app, edit);
        must_say(&app, edit, why);
        let problem = app.start_problem(false).unwrap_or_else(|| panic!("{edit}: it starts"));
        assert!(problem.contains("--accept-loss") && problem.contains("checkpoint"), "{edit}: {problem}");
        forges(&app, "DELETE FROM log_checkpoints");
        forges(&app, &rows.concat());
        app.must_verify();
    }
    assert_eq!(app.start_problem(false), None);
}

/// The newest one, which no entry names yet, is missed by the time that passed since.
#[apply(on_both!)]
fn the_newest_checkpoint_is_missed_when_time_went_on(mut app: App) {
    signed_often(&app);
    app.wait_seconds(600);
    attempts(&app.auditor());
    app.wait_seconds(30);
    attempts(&app.auditor());
    app.wait_seconds(600);
    attempts(&app.auditor());
    app.stop();
    app.must_verify();
    let newest = "(SELECT size FROM log_checkpoints ORDER BY size DESC LIMIT 1)";
    forges(&app, &format!("DELETE FROM log_checkpoints WHERE size = {newest}"));
    must_say(&app, "the newest", "no checkpoint covers entry");
}

#[apply(on_both!)]
fn a_loss_of_checkpoints_is_accepted_and_recorded(mut app: App) {
    signed_often(&app);
    app.stop();
    let length = app.audit_length();
    forges(&app, "DELETE FROM log_checkpoints WHERE size = (SELECT MIN(size) FROM log_checkpoints)");
    app.accepts.loss = Some("The table was damaged.".to_owned());
    app.serve(false);
    app.accepts.loss = None;
    assert_eq!(app.audit_behind(length)[0], "accept_loss done");
    // No entry was lost, so that no number is passed over.
    assert!(app.values("SELECT series AS value FROM burned_numbers").is_empty());
    app.must_verify();
    app.serve(false);
    goes_on(&app);
    app.must_verify();
}

#[apply(on_both!)]
fn the_log_names_its_key_without_checkpoints_and_mark(mut app: App) {
    signed_often(&app);
    let named = app.values("SELECT details AS value FROM audit_log WHERE sequence = 1").remove(0);
    let named: serde_json::Value = serde_json::from_str(&named).unwrap();
    let key = crate::log::log::key(&app).to_string();
    assert_eq!((&named["log_begins"]["key"], &named["log_begins"]["mode"]), (&json!(key), &json!("live")));
    app.stop();
    forges(&app, "DELETE FROM log_checkpoints");
    let folder = app.config.data.folder.clone();
    std::fs::remove_file(folder.join("high-water-mark.note")).unwrap();
    let other = App::from_nothing(app.engine);
    std::fs::copy(other.config.data.folder.join("log-key.p8"), folder.join("log-key.p8")).unwrap();
    let why = app.start_problem(false).unwrap();
    assert!(why.contains("is not the key with which the log was signed"), "{why}");
    std::fs::remove_file(folder.join("log-key.p8")).unwrap();
    let why = app.start_problem(false).unwrap();
    assert!(why.contains("its key is missing"), "{why}");
}

#[apply(on_both!)]
fn the_commits_of_the_log_are_held_against_its_entries(mut app: App) {
    signed_often(&app);
    append(&app, 5, false);
    attempts(&app.auditor());
    app.stop();
    app.must_verify();
    let rows = rows(&app, "log_commits", &["recorded_at", "sequence"]);
    assert!(rows.len() > 20, "{rows:?}");
    let last = app.audit_length();
    let middle: i64 = app
        .values("SELECT CAST(sequence AS TEXT) AS value FROM log_commits ORDER BY sequence LIMIT 1 OFFSET 10")[0]
        .parse()
        .unwrap();
    // The entry before the last one ended the commit of five.
    let within = last - 3;
    for edit in [
        "DELETE FROM log_commits".to_owned(),
        "DELETE FROM log_commits WHERE sequence = 0".to_owned(),
        format!("DELETE FROM log_commits WHERE sequence = {middle}"),
        format!("DELETE FROM log_commits WHERE sequence = {last}"),
        format!("UPDATE log_commits SET recorded_at = '2026-04-01T00:00:00.000000Z' WHERE sequence = {middle}"),
        format!("UPDATE log_commits SET sequence = {within} WHERE sequence = {middle}"),
        format!("UPDATE log_commits SET sequence = {within} WHERE sequence = {}", last - 1),
        format!("INSERT INTO log_commits VALUES ('2026-05-01T06:30:00.000000Z', {within})"),
        format!("INSERT INTO log_commits VALUES ('2026-05-01T06:30:01.000000Z', {middle})"),
        format!("INSERT INTO log_commits VALUES ('2026-05-01T06:30:01.000000Z', {})", last + 1),
        "INSERT INTO log_commits VALUES ('2026-05-01T06:30:01.000000Z', 0)".to_owned(),
    ] {
        forges(&app, &edit);
        must_say(&app, &edit, "log_commits: ");
        forges(&app, "DELETE FROM log_commits");
        forges(&app, &rows.concat());
        app.must_verify();
    }
}

#[apply(on_both!)]
fn the_lines_of_a_journal_keep_their_numbers(mut app: App) {
    app.sanctioned_15_crore();
    app.stop();
    app.must_verify();
    crate::harness::disarm::disarm(&app);
    let last = "line = (SELECT MAX(line) FROM entries) AND journal_id = (SELECT MAX(journal_id) FROM entries \
                WHERE line = (SELECT MAX(line) FROM entries))";
    app.sql(&format!("UPDATE entries SET line = line + 1 WHERE {last}"));
    must_say(&app, "the last line", "its lines are not numbered from 1");
}
