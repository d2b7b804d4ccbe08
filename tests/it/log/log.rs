//! The Merkle tree over the audit log: what is signed and when, proofs as an outsider checks them,
//! tiles, and the backfill of tree nodes for entries of an earlier program.

use crate::harness::app::{App, Engine};
use crate::harness::disarm::tripwires;
use crate::harness::people::Answered;
use crate::harness::problem::problem;
use domain::base::calendar::Timestamp;
use domain::base::digest::hex;
use domain::base::id::UserId;
use domain::log::audit::{AuditFacts, AuditOutcome, parse_hash};
use domain::log::checkpoint::{SignedCheckpoint, VerifierKey};
use domain::log::merkle::{Hash, empty_root, entry_leaf, node_hash, root_above};
use domain::log::merkle_proof::{extends, includes};
use magnet_scheme::client::Person;
use magnet_scheme::db::engine::error::DbError;
use magnet_scheme::db::engine::prefetch::Prefetch;
use magnet_scheme::db::engine::transaction::WriteTx;
use magnet_scheme::db::engine::writer::Writer;
use magnet_scheme::db::log::audit_log;
use magnet_scheme::service::log::log_key::is_signed_by;
use serde_json::{Value, json};
use std::time::Duration;

/// The log's key as the service publishes it.
pub fn key(app: &App) -> VerifierKey {
    app.anybody("GET", "/log/key", None).text().parse().unwrap()
}

/// The newest checkpoint, checked as an outsider checks it.
pub fn checkpoint(app: &App) -> SignedCheckpoint {
    let answer = app.anybody("GET", "/log/checkpoint", None);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/plain; charset=utf-8")));
    let note: SignedCheckpoint = answer.text().parse().unwrap();
    assert!(is_signed_by(&note, &key(app)), "{note}");
    assert_eq!(note.to_string(), answer.text());
    note
}

/// A refused attempt, which adds one entry and nothing else.
pub fn attempts(person: &Person) {
    person.post("/clock", None, &json!({ "now": "2027-01-01T00:00:00Z" })).unwrap().refused(403, "not_permitted");
}

/// Appends entries that no act of the service made, as one command, which then fails if `fail` is set.
pub fn append(app: &App, entries: i64, fail: bool) {
    let writer = Writer::start(app.database_url(), 4, Duration::from_secs(60)).unwrap();
    let work = move |tx: &mut WriteTx<'_>| {
        for n in 0..entries {
            let (sequence, hash) = audit_log::head(tx)?;
            let facts = AuditFacts {
                sequence: sequence + 1,
                recorded_at: crate::harness::app::FIRST_INSTANT.parse().unwrap(),
                actor_id: UserId(uuid::Uuid::nil()),
                command: "sample".to_owned(),
                subject: format!("sample:{n}"),
                outcome: AuditOutcome::Refused,
                code: Some("not_permitted".to_owned()),
                details: audit_log::details_in_log(tx, "{}".to_owned())?,
                journal_digest: None,
            };
            audit_log::append(tx, &facts.link(&hash))?;
        }
        if fail { Err(DbError::Other("a sample failure".to_owned())) } else { Ok(()) }
    };
    let done = actix_web::rt::System::new().block_on(writer.write(Prefetch::default(), work));
    assert_eq!(done.is_err(), fail);
}

/// The hashes of all entries, oldest first.
fn leaves(app: &App) -> Vec<Hash> {
    let hashes = app.values("SELECT hash AS value FROM audit_log ORDER BY sequence");
    hashes.iter().map(|hash| entry_leaf(hash).unwrap()).collect()
}

/// The root as RFC 9162 defines it.
fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        several => {
            let k = several.len().next_power_of_two() / 2;
            node_hash(&mth(&several[..k]), &mth(&several[k..]))
        }
    }
}

#[apply(on_both!)]
fn a_checkpoint_is_signed_a_minute_behind_the_last(app: App) {
    let auditor = app.auditor();
    auditor.get("/me").unwrap().ok();
    let first = checkpoint(&app);
    assert_eq!((first.checkpoint.origin.as_str(), key(&app).name.as_str()), ("localhost/log", "localhost/log"));
    let all = leaves(&app);
    assert_eq!(first.checkpoint.root, mth(&all[..first.checkpoint.size as usize]));
    let signed = app.anybody("GET", "/api/v1/log/checkpoints", None).ok()["data"][0]["signed_at"].clone();
    let signed: Timestamp = signed.as_str().unwrap().parse().unwrap();
    app.set_clock(&signed.plus_seconds(58).to_string());
    attempts(&auditor);
    assert_eq!(checkpoint(&app), first, "a second too early");
    app.set_clock(&signed.plus_seconds(60).to_string());
    attempts(&auditor);
    let second = checkpoint(&app);
    assert_eq!(second.checkpoint.size, app.audit_length() as u64);
    assert_eq!(second.checkpoint.root, mth(&leaves(&app)));
    attempts(&auditor);
    assert_eq!(checkpoint(&app), second);
    // A clock that is set back by an hour is not followed, and stops nothing.
    app.wait_seconds(-3_600);
    attempts(&auditor);
    assert_eq!(checkpoint(&app), second);
    app.wait_seconds(3_660);
    attempts(&auditor);
    let third = checkpoint(&app);
    assert_eq!(third.checkpoint.size, app.audit_length() as u64);
    let list = app.anybody("GET", "/api/v1/log/checkpoints", None).ok()["data"].clone();
    let notes: Vec<&str> = list.as_array().unwrap().iter().map(|one| one["note"].as_str().unwrap()).collect();
    assert_eq!(notes, [third.to_string(), second.to_string(), first.to_string()]);
    assert_eq!(list[1]["root"], hex(&second.checkpoint.root));
    let page = |query: &str| app.anybody("GET", &format!("/api/v1/log/checkpoints?{query}"), None).ok()["data"].clone();
    assert_eq!(page("limit=1"), json!([list[0]]));
    assert_eq!(page(&format!("before={}", list[0]["size"])), json!([list[1], list[2]]));
    app.must_verify();
}

/// The service checks at its start and every minute, so the signature needs no later act.
#[apply(on_both!)]
fn what_nobody_follows_up_is_signed_all_the_same(mut app: App) {
    attempts(&app.auditor());
    let length = app.audit_length() as u64;
    assert!(checkpoint(&app).checkpoint.size < length);
    app.wait_seconds(61);
    app.serve(false);
    let signed = (0..10_000).any(|_| checkpoint(&app).checkpoint.size == length);
    assert!(signed, "the log stays unsigned");
    assert_eq!(app.audit_length() as u64, length);
}

fn hashes(list: &Value) -> Vec<Hash> {
    list.as_array().unwrap().iter().map(|hash| parse_hash(hash.as_str().unwrap()).unwrap()).collect()
}

#[apply(on_both!)]
fn proofs_hold_for_a_stranger(app: App) {
    append(&app, 700, false);
    app.wait_seconds(60);
    attempts(&app.auditor());
    let note = checkpoint(&app).checkpoint;
    let all = leaves(&app);
    let get = |path: String| app.anybody("GET", &format!("/api/v1/log/{path}"), None).ok();
    let length = all.len() as u64;
    for size in [1, 2, 255, 256, 257, 511, 512, 513, note.size, length] {
        let root = mth(&all[..size as usize]);
        for entry in [1, 2, 128, 255, 256, 257, 512, 513, 600, size].into_iter().filter(|entry| *entry <= size) {
            let proof = get(format!("inclusion?entry={entry}&size={size}"));
            assert_eq!(
                (&proof["entry"], &proof["size"], &proof["leaf_index"]),
                (&json!(entry), &json!(size), &json!(entry - 1))
            );
            assert_eq!(proof["root"], hex(&root));
            let leaf = all[entry as usize - 1];
            assert_eq!(proof["leaf_hash"], hex(&leaf));
            assert!(includes(&root, size, entry - 1, &leaf, &hashes(&proof["path"])), "{entry} in {size}");
            let proof = get(format!("consistency?from={entry}&to={size}"));
            let before = mth(&all[..entry as usize]);
            assert_eq!((&proof["from_root"], &proof["to_root"]), (&json!(hex(&before)), &json!(hex(&root))));
            assert!(extends((entry, &before), (size, &root), &hashes(&proof["path"])), "{entry} before {size}");
        }
    }
    // Without a size the proof covers the whole log; with the size of a checkpoint it leads to the signed root.
    assert_eq!(get("inclusion?entry=1".to_owned())["size"], json!(length));
    assert_eq!(get("consistency?from=1".to_owned())["to"], json!(length));
    assert_eq!(get(format!("inclusion?entry=5&size={}", note.size))["root"], hex(&note.root));
    app.must_verify();
}

fn tile(app: &App, path: &str) -> Vec<Hash> {
    let answer = app.anybody("GET", &format!("/log/tile/{path}"), None);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/octet-stream")), "{path}");
    assert!(answer.header("cache-control").unwrap().contains("immutable"));
    answer.bytes.chunks(32).map(|hash| hash.try_into().unwrap()).collect()
}

#[apply(on_both!)]
fn tiles_are_the_whole_tree(app: App) {
    append(&app, 600, false);
    let all = leaves(&app);
    let rest = all.len() - 512;
    let (first, second) = (tile(&app, "0/000"), tile(&app, "0/001"));
    let last = tile(&app, &format!("0/002.p/{rest}"));
    assert_eq!([&first[..], &second, &last].concat(), all);
    assert_eq!(tile(&app, "1/000.p/2"), [mth(&all[..256]), mth(&all[256..512])]);
    assert_eq!(root_above(&[mth(&first), mth(&second), mth(&last)]), mth(&all));
    assert_eq!(tile(&app, "0/001.p/7"), all[256..263], "the beginning of a full one");
    for none in [
        "0/002",
        "1/000",
        "1/000.p/3",
        "2/000.p/1",
        "0/003.p/1",
        "63/000.p/1",
        &format!("0/002.p/{}", rest + 1),
        "0/000.p/256",
        "0/0",
        "entries/000",
        "0/x999/x999/x999/x999/x999/999",
        "",
    ] {
        problem(app.anybody("GET", &format!("/log/tile/{none}"), None), 404, "not_found");
    }
}

#[apply(on_both!)]
fn groups_of_an_earlier_program_are_filled_at_the_start(mut app: App) {
    append(&app, 66_000, false);
    let rows = app.rows("log_tiles");
    assert_eq!(rows.len(), app.audit_length() as usize / 256 + 1, "one of the second level");
    let all = leaves(&app);
    let root = |size: usize| json!(hex(&mth(&all[..size])));
    let shown = |app: &App, size: usize| {
        app.anybody("GET", &format!("/api/v1/log/inclusion?entry=40000&size={size}"), None).ok()["root"].clone()
    };
    for size in [65_535, 65_536, 65_537, all.len()] {
        assert_eq!(shown(&app, size), root(size));
    }
    app.stop();
    let armed = tripwires(&app);
    disarm(&app);
    app.sql("DELETE FROM log_tiles;");
    armed.again(&app);
    app.serve(false);
    assert_eq!(app.rows("log_tiles"), rows);
    assert_eq!(shown(&app, all.len()), root(all.len()));
    app.wait_seconds(60);
    attempts(&app.auditor());
    assert!(checkpoint(&app).checkpoint.size >= all.len() as u64);
    // Only the nodes of the later groups are missing.
    app.stop();
    disarm(&app);
    app.sql("DELETE FROM log_tiles WHERE position > 100 OR level = 2;");
    armed.again(&app);
    app.serve(false);
    assert_eq!(app.rows("log_tiles"), rows);
}

/// Removes the tripwires of the log.
pub fn disarm(app: &App) {
    for table in ["audit_log", "log_tiles", "log_checkpoints", "log_cosignatures", "log_commits"] {
        match app.engine {
            Engine::Sqlite => app.sql(&format!("DROP TRIGGER {table}_no_update; DROP TRIGGER {table}_no_delete;")),
            Engine::Postgres => app.sql(&format!("DROP TRIGGER {table}_append_only ON {table};")),
        }
    }
}

#[apply(on_both!)]
fn a_command_that_fails_takes_its_group_along(app: App) {
    append(&app, 300, true);
    assert_eq!(app.rows("log_tiles"), Vec::<String>::new());
    append(&app, 300, false);
    assert_eq!(app.rows("log_tiles").len(), 1);
    for change in ["UPDATE log_tiles SET position = 7", "DELETE FROM log_tiles", "DELETE FROM log_checkpoints"] {
        assert!(app.try_sql(change).unwrap_err().contains("append-only"), "{change}");
    }
    app.must_verify();
}

#[apply(on_both!)]
fn what_is_not_in_the_log_is_not_found(app: App) {
    let length = app.audit_length();
    let ask = |path: &str| app.anybody("GET", &format!("/api/v1/log/{path}"), None);
    for path in [
        "inclusion?entry=0".to_owned(),
        "inclusion?entry=-1".to_owned(),
        format!("inclusion?entry={}", length + 1),
        format!("inclusion?entry=1&size={}", length + 1),
        "inclusion?entry=2&size=1".to_owned(),
        "inclusion?entry=1&size=0".to_owned(),
        format!("inclusion?entry={0}&size={0}", i64::MAX),
        "consistency?from=0".to_owned(),
        "consistency?from=2&to=1".to_owned(),
        format!("consistency?from=1&to={}", i64::MAX),
        format!("consistency?from={}&to=1", i64::MIN),
    ] {
        problem(ask(&path), 404, "not_found");
    }
    for path in [
        "inclusion",
        "inclusion?entry=x",
        "inclusion?entry=9223372036854775808",
        "inclusion?entry=1&nonsense=1",
        "consistency",
        "consistency?from=1&from=2",
        "checkpoints?limit=0",
        "checkpoints?limit=1001",
        "checkpoints?before=x",
    ] {
        problem(ask(path), 400, "bad_parameter");
    }
    for path in ["/log/checkpoint", "/log/key", "/log/tile/0/000", "/api/v1/log/inclusion"] {
        let answer = app.anybody("POST", path, None);
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD, OPTIONS")), "{path}");
    }
}
