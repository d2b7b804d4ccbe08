//! Everything that somebody who owns the database can do to the audit log is detected: by `verify`
//! against a checkpoint that was stored elsewhere, and by a small verifier in another language that
//! shares no code with this program.

use crate::harness::app::App;
use crate::harness::disarm::{Tripwires, tripwires};
use crate::harness::people::Verbs;
use crate::log::log::{append, attempts, checkpoint, disarm, key};
use domain::base::digest::hex;
use domain::log::audit::{AuditFacts, AuditOutcome};
use domain::log::checkpoint::{SignedCheckpoint, VerifierKey};
use domain::log::merkle::{Frontier, entry_leaf};
use magnet_scheme::service::check::verify::{Verified, verify_against};
use magnet_scheme::service::check::verify_log::Outside;
use serde_json::Value;
use std::fmt::Write;
use std::process::Command;

const TABLES: [&str; 5] = ["audit_log", "audit_head", "log_tiles", "log_checkpoints", "log_commits"];

/// A log of some length with a copy of its checkpoint stored elsewhere, after which somebody owns the database.
struct Kept {
    app: App,
    key: VerifierKey,
    notes: Vec<SignedCheckpoint>,
    folder: tempfile::TempDir,
    armed: Tripwires,
}

impl Kept {
    fn of(app: App) -> Kept {
        app.sanctioned_15_crore();
        app.auditor().get("/me").unwrap();
        app.wait_seconds(60);
        attempts(&app.auditor());
        let mut notes = vec![checkpoint(&app)];
        append(&app, 300, false);
        app.wait_seconds(60);
        attempts(&app.auditor());
        notes.push(checkpoint(&app));
        assert!(notes[0].checkpoint.size > 9 && notes[1].checkpoint.size == app.audit_length() as u64);
        let armed = tripwires(&app);
        disarm(&app);
        let kept = Kept { key: key(&app), notes, folder: tempfile::tempdir().unwrap(), armed, app };
        kept.saves();
        kept
    }

    fn saves(&self) {
        for table in TABLES {
            self.app.sql(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table};"));
        }
    }

    fn puts_back(&self) {
        for table in TABLES {
            self.app.sql(&format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table};"));
        }
    }

    /// The result of `verify` against the newest of the stored checkpoints.
    fn verified(&self) -> Verified {
        let outside =
            Outside { key: Some(self.key.clone()), checkpoint: self.notes.last().cloned(), ..Outside::default() };
        verify_against(&self.app.database_url(), &outside).unwrap()
    }

    /// The small verifier's report on the auditor's download.
    fn recomputed(&self) -> Result<String, String> {
        let path = |name: &str| self.folder.path().join(name);
        let mut pages = String::new();
        let mut after = 0;
        loop {
            let page = self.app.auditor().sees(&format!("/audit-log?limit=200&after={after}"));
            let Some(last) = page["data"].as_array().unwrap().last().cloned() else { break };
            after = last["sequence"].as_i64().unwrap();
            writeln!(pages, "{page}").unwrap();
        }
        std::fs::write(path("entries"), pages).unwrap();
        std::fs::write(path("key"), format!("{}\n", self.key)).unwrap();
        let mut script = Command::new("python3");
        script.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/verifiers/verify_log.py"));
        script.args([path("key"), path("entries")]);
        for (number, note) in self.notes.iter().enumerate() {
            let name = path(&format!("checkpoint-{number}"));
            std::fs::write(&name, note.to_string()).unwrap();
            script.arg(name);
        }
        let output = script.output().expect("python3 with the package cryptography is needed for this test");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    #[track_caller]
    fn must_agree(&self) {
        let verified = self.verified();
        assert_eq!(verified.fault, None);
        let told = self.recomputed().unwrap();
        let root = self.root();
        assert!(told.contains(&format!("{} entries, root {root}, 2 checkpoints agree", verified.entries)), "{told}");
    }

    #[track_caller]
    fn both_find(&self, what: &str, ours: &str, theirs: &str) {
        let fault = self.verified().fault.unwrap_or_else(|| panic!("{what}: verify finds nothing"));
        assert!(fault.contains(ours), "{what}: {fault}\nwanted: {ours}");
        let told = self.recomputed().expect_err(what);
        assert!(told.starts_with("FAULT: ") && told.contains(theirs), "{what}: {told}\nwanted: {theirs}");
    }

    fn root(&self) -> String {
        let mut frontier = Frontier::default();
        for hash in self.app.values("SELECT hash AS value FROM audit_log ORDER BY sequence") {
            frontier.push(entry_leaf(&hash).unwrap());
        }
        hex(&frontier.root())
    }
}

#[apply(on_sqlite!)]
fn both_verifiers_find_what_was_done_to_the_log(app: App) {
    let kept = Kept::of(app);
    kept.must_agree();
    let length = kept.app.audit_length();
    let missing =
        |at: i64| (format!("entry {at} is missing"), format!("entry {} stands where entry {at} should", at + 1));
    let changed =
        |at: i64| (format!("audit entry {at}: its content"), format!("entry {at}: its content does not match"));
    let edit = |column: &str, value: &str| {
        (format!("UPDATE audit_log SET {column} = {value} WHERE sequence = 9;"), changed(9))
    };
    let copied = "recorded_at, actor_id, command, subject, outcome, code, details, journal_digest";
    let cases = [
        edit("details", "details || ' '"),
        edit("subject", "subject || 'x'"),
        edit("recorded_at", "'2026-05-01T06:30:00.000001Z'"),
        edit("outcome", "CASE outcome WHEN 'done' THEN 'refused' ELSE 'done' END"),
        edit("journal_digest", "'00'"),
        ("DELETE FROM audit_log WHERE sequence = 9;".to_owned(), missing(9)),
        (
            "UPDATE audit_log SET sequence = -1 WHERE sequence = 9; UPDATE audit_log SET sequence = 9 WHERE sequence = 10; \
             UPDATE audit_log SET sequence = 10 WHERE sequence = -1;"
                .to_owned(),
            ("audit entry 9: it is not linked".to_owned(), "entry 9 is not linked".to_owned()),
        ),
        (
            format!(
                "INSERT INTO audit_log SELECT {}, {copied}, hash, 'another' FROM audit_log WHERE sequence = {length};",
                length + 1
            ),
            (
                format!("audit entry {}: its content", length + 1),
                format!("entry {}: its content does not match", length + 1),
            ),
        ),
        (
            format!(
                "DELETE FROM audit_log WHERE sequence = {length}; DELETE FROM log_checkpoints WHERE size = {length}; \
                 UPDATE audit_head SET sequence = {0}, hash = (SELECT hash FROM audit_log WHERE sequence = {0});",
                length - 1
            ),
            (
                format!("the log ends at entry {} but the outside checkpoint covers {length}", length - 1),
                format!("a checkpoint covers {length} entries, there are {}", length - 1),
            ),
        ),
    ];
    for (edit, (ours, theirs)) in cases {
        kept.app.sql(&edit);
        kept.both_find(&edit, &ours, &theirs);
        kept.puts_back();
    }
    kept.must_agree();
}

/// Changes an entry, recomputes every hash after it, the head and the groups, and removes the
/// checkpoints: the database is then consistent in itself.
fn rewrites(kept: &Kept) -> String {
    let app = &kept.app;
    let log = app.auditor().sees("/audit-log?limit=1000")["data"].as_array().unwrap().clone();
    let (mut edit, mut previous) = (String::new(), "0".repeat(64));
    let mut frontier = Frontier::default();
    edit += "DELETE FROM log_checkpoints; DELETE FROM log_tiles;";
    for entry in &log {
        let text = |field: &str| entry[field].as_str().map(str::to_owned);
        let mut details = text("details").unwrap();
        if entry["sequence"] == 3 {
            details.push(' ');
        }
        let facts = AuditFacts {
            sequence: entry["sequence"].as_i64().unwrap(),
            recorded_at: text("recorded_at").unwrap().parse().unwrap(),
            actor_id: text("actor_id").unwrap().parse().unwrap(),
            command: text("command").unwrap(),
            subject: text("subject").unwrap(),
            outcome: if entry["outcome"] == "done" { AuditOutcome::Done } else { AuditOutcome::Refused },
            code: text("code"),
            details,
            journal_digest: text("journal_digest"),
        };
        let linked = facts.link(&previous);
        write!(
            edit,
            "UPDATE audit_log SET details = '{}', previous_hash = '{}', hash = '{}' WHERE sequence = {};",
            linked.facts.details.replace('\'', "''"),
            linked.previous_hash,
            linked.hash,
            linked.facts.sequence
        )
        .unwrap();
        for group in frontier.push(entry_leaf(&linked.hash).unwrap()) {
            let (level, position, hash) = (group.level, group.position, hex(&group.hash));
            write!(edit, "INSERT INTO log_tiles VALUES ({level}, {position}, '{hash}');").unwrap();
        }
        previous = linked.hash;
    }
    edit + &format!("UPDATE audit_head SET hash = '{previous}';")
}

#[apply(on_sqlite!)]
fn a_rewritten_log_and_a_fork_differ_from_what_was_signed(app: App) {
    let mut kept = Kept::of(app);
    kept.must_agree();
    let signed = kept.notes[1].checkpoint.size;
    kept.app.sql(&rewrites(&kept));
    let fault = kept.app.verify().fault.unwrap();
    assert!(fault.contains("its checkpoints were removed"), "in itself the log is whole: {fault}");
    let ours = format!("audit entry {signed}: the outside checkpoint of so many entries has the root");
    let first = format!("the first {} entries are not those of the checkpoint", kept.notes[0].checkpoint.size);
    kept.both_find("a log written anew", &ours, &first);
    kept.puts_back();
    kept.must_agree();
    // An older backup is restored, and the service continues from there.
    let backup = kept.notes[0].checkpoint.size;
    kept.app.sql(&format!(
        "DELETE FROM audit_log WHERE sequence > {signed} - 1; DELETE FROM log_checkpoints WHERE size > {signed} - 1; \
         DELETE FROM log_commits WHERE sequence > {signed} - 1; \
         UPDATE audit_head SET sequence = {signed} - 1, hash = (SELECT hash FROM audit_log WHERE sequence = {signed} - 1);"
    ));
    assert!(backup < signed - 1);
    assert_eq!(kept.app.verify().fault, None);
    append(&kept.app, 20, false);
    assert_eq!(kept.app.verify().fault, None, "in itself the fork is whole");
    kept.both_find("a fork", &ours, &format!("the first {signed} entries are not those of the checkpoint"));
    // The fork does not contain the later checkpoint, but it does contain the older one.
    kept.notes.pop();
    assert_eq!(kept.verified().fault, None);
    kept.recomputed().unwrap();
}

#[apply(on_both!)]
fn what_is_kept_beside_the_log_is_held_against_it(app: App) {
    let kept = Kept::of(app);
    let (zeros, last) = ("0".repeat(64), kept.notes[1].checkpoint.size);
    let other = kept.notes[0].to_string();
    for (edit, named) in [
        (format!("UPDATE log_tiles SET hash = '{zeros}';"), "audit entry 256: the root of group 0 of level 1"),
        (
            "DELETE FROM log_tiles;".to_owned(),
            "audit entry 256: the root of group 0 of level 1, which it fills, is missing",
        ),
        (format!("INSERT INTO log_tiles VALUES (1, 1, '{zeros}');"), "2 roots of groups are kept, the log fills 1"),
        (
            format!("UPDATE log_checkpoints SET root = '{zeros}' WHERE size = {last};"),
            "says something else in its note",
        ),
        (
            format!("UPDATE log_checkpoints SET note = '{other}' WHERE size = {last};"),
            "says something else in its note",
        ),
        (format!("UPDATE log_checkpoints SET note = 'x' WHERE size = {last};"), "is no signed note"),
        (format!("UPDATE log_checkpoints SET size = size - 1 WHERE size = {last};"), "says something else in its note"),
        (format!("UPDATE log_checkpoints SET size = size + 1 WHERE size = {last};"), "entries were cut off"),
        ("UPDATE log_checkpoints SET signed_at = 'yesterday';".to_owned(), "log_checkpoints, column signed_at"),
        (
            format!("UPDATE log_checkpoints SET note = REPLACE(note, 'localhost/log ', 'else ') WHERE size = {last};"),
            "is not signed with the log's key",
        ),
    ] {
        kept.app.sql(&edit);
        let fault = kept.verified().fault.unwrap_or_else(|| panic!("not found: {edit}"));
        assert!(fault.contains(named), "{edit}: {fault}");
        kept.puts_back();
    }
    let verified = kept.verified();
    assert_eq!((verified.fault, verified.checkpoints), (None, 3));
    // A note that another key signed, or a changed note, proves nothing.
    let stranger = App::from_nothing(kept.app.engine);
    let mut forged = kept.notes[1].clone();
    forged.text = forged.text.replacen(&last.to_string(), &(last - 1).to_string(), 1);
    for note in [checkpoint(&stranger), forged] {
        let outside = Outside { key: Some(kept.key.clone()), checkpoint: Some(note), ..Outside::default() };
        let fault = verify_against(&kept.app.database_url(), &outside).unwrap().fault.unwrap();
        assert!(fault.contains("the outside checkpoint is not signed with the log's key"), "{fault}");
    }
}

#[apply(on_both!)]
fn the_program_verifies_against_a_file(app: App) {
    let mut kept = Kept::of(app);
    kept.app.stop();
    // The schema is as it was, so that the log alone is looked at.
    for table in TABLES {
        kept.app.sql(&format!("DROP TABLE kept_{table}"));
    }
    kept.armed.again(&kept.app);
    let folder = &kept.folder;
    let file = folder.path().join("outside");
    let run = |arguments: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_magnet-scheme"));
        program.arg("verify").args(arguments).env_remove("DATABASE_URL");
        program.env("MAGNET_SCHEME__DATA__FOLDER", &kept.app.config.data.folder);
        program.env("MAGNET_SCHEME__DATABASE__URL", &kept.app.config.database.url);
        let output = program.output().unwrap();
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.success(), text)
    };
    let path = file.to_str().unwrap();
    std::fs::write(&file, kept.notes[1].to_string()).unwrap();
    let (good, told) = run(&["--against", path]);
    assert!(good && told.contains("3 checkpoints") && told.contains("everything agrees"), "{told}");
    let key = kept.key.to_string();
    assert!(run(&["--against", path, "--key", &key]).0);
    let other: Value = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".into();
    let (good, told) = run(&["--against", path, "--key", other.as_str().unwrap()]);
    assert!(!good && told.contains("FAULT: the outside checkpoint is not signed"), "{told}");
    std::fs::write(&file, "nonsense").unwrap();
    assert!(!run(&["--against", path]).0 && !run(&["--against", "/nowhere"]).0 && !run(&["--key", "x"]).0);
    std::fs::write(&file, kept.notes[1].to_string()).unwrap();
    disarm(&kept.app);
    kept.app.sql(&format!("DELETE FROM audit_log WHERE sequence = {}", kept.app.audit_length()));
    let (good, told) = run(&["--against", path]);
    assert!(!good && told.contains("FAULT: the log ends at entry"), "{told}");
}
