//! What the command `verify` asks besides the log and the rows.

use crate::harness::app::{App, Engine};
use crate::harness::people::{Answered, Verbs};
use crate::harness::program::run;
use magnet_scheme::db::check::soundness::first_twice;
use magnet_scheme::db::engine::read_pool::ReadPool;
use serde_json::json;

/// A payment that succeeded, and a second one on its way.
fn paid(app: &App) {
    let advised = app.disbursing_officer().advises(&app.sanctioned_15_crore()).ok();
    app.disbursing_officer().confirms(&advised, "SBINR52026050100000001", "2026-05-01").ok();
}

#[apply(on_both!)]
fn files_of_evidence_are_checked_or_left_out_aloud(mut app: App) {
    paid(&app);
    app.stop();
    let whole = run(app.program(&["verify", "--json"])).with(0).json();
    assert!(whole["files"].as_i64().unwrap() > 0 && whole["agrees"] == true, "{whole}");
    assert!(run(app.program(&["verify"])).with(0).said.contains("files of evidence"));
    let digest = app.values("SELECT digest AS value FROM evidence ORDER BY id LIMIT 1").remove(0);
    let file = app.config.data.folder.join("evidence").join(&digest[..2]).join(&digest);
    let content = std::fs::read(&file).unwrap();
    for (changed, why) in [(Some([content.as_slice(), b"x"].concat()), "was changed"), (None, "is missing")] {
        match &changed {
            Some(changed) => std::fs::write(&file, changed).unwrap(),
            None => std::fs::remove_file(&file).unwrap(),
        }
        let found = run(app.program(&["verify"])).with(1).said;
        assert!(found.contains("FAULT: evidence ") && found.contains(&digest) && found.contains(why), "{found}");
        let without = run(app.program(&["verify", "--without-files"])).with(0).said;
        assert!(without.contains("left out") && without.contains("everything agrees"), "{without}");
        assert_eq!(run(app.program(&["verify", "--without-files", "--json"])).with(0).json()["files"], json!(null));
    }
    // A folder or a pipe in its place is named like any other change, and nobody waits for the pipe.
    let named = |app: &App| {
        let found = run(app.program(&["verify"])).with(1).said;
        assert!(found.contains(&digest) && found.contains("stands in the place of its file"), "{found}");
    };
    std::fs::create_dir(&file).unwrap();
    named(&app);
    std::fs::remove_dir(&file).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());
    named(&app);
}

#[apply(on_both!)]
fn a_red_control_is_named_at_the_end(mut app: App) {
    paid(&app);
    app.stop();
    app.sql("UPDATE counters SET value = value + 1 WHERE name LIKE '%/DIS'");
    let found = run(app.program(&["verify"])).with(1).said;
    assert!(found.contains("FAULT: red integrity controls: disbursement_serials (counter:"), "{found}");
}

/// The unique index of references is gone, and one stands twice, once in other letters.
#[apply(on_both!)]
fn a_reference_that_stands_twice_is_found_without_its_index(mut app: App) {
    paid(&app);
    app.stop();
    let found = |app: &App| {
        let reads = ReadPool::open(&app.database_url(), 1).unwrap();
        reads.read(first_twice).unwrap()
    };
    assert_eq!(found(&app), None);
    let (free, row, cascade) = match app.engine {
        Engine::Sqlite => ("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;", "rowid", ""),
        Engine::Postgres => ("", "ctid", "CASCADE"),
    };
    app.sql(&format!(
        "{free} CREATE TABLE copied AS SELECT * FROM payments; DROP TABLE payments {cascade}; \
         ALTER TABLE copied RENAME TO payments; INSERT INTO payments SELECT * FROM payments"
    ));
    assert_eq!(found(&app), Some("payments: the UTR SBINR52026050100000001 stands twice".to_owned()));
    let second = format!("WHERE {row} = (SELECT MAX({row}) FROM payments)");
    app.sql(&format!("{free} UPDATE payments SET utr = LOWER(utr), number = number || 'x' {second}"));
    assert_eq!(found(&app), Some("payments: the UTR SBINR52026050100000001 stands twice".to_owned()));
    app.sql(&format!("{free} UPDATE payments SET utr = 'other' {second}"));
    assert_eq!(found(&app), None);
}

/// An index that does not hold what its table has.
#[apply(on_sqlite!)]
fn a_damaged_index_is_found(mut app: App) {
    paid(&app);
    app.stop();
    app.sql(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '(user_id)', '(started_at)') \
         WHERE name = 'sessions_of_user'",
    );
    let found = run(app.program(&["verify"])).with(1).said;
    assert!(found.contains("FAULT: the engine's own check"), "{found}");
}

/// The same on PostgreSQL, where amcheck is at hand: an index over a function that gives another value by now.
#[apply(on_postgres!)]
fn a_damaged_index_of_postgresql_is_found_where_amcheck_is_installed(mut app: App) {
    paid(&app);
    app.stop();
    let said = run(app.program(&["verify"])).with(0).said;
    assert!(said.contains("amcheck is not installed"), "{said}");
    if app.values("SELECT name::text AS value FROM pg_available_extensions WHERE name = 'amcheck'").is_empty() {
        return;
    }
    app.sql("CREATE SCHEMA checks; CREATE EXTENSION amcheck SCHEMA checks;");
    let said = run(app.program(&["verify"])).with(0).said;
    assert!(!said.contains("amcheck"), "{said}");
    let gives = |what: &str| {
        let function = "CREATE OR REPLACE FUNCTION public.plain(text) RETURNS text LANGUAGE sql IMMUTABLE AS";
        app.sql(&format!("{function} $$ SELECT {what} $$;"));
    };
    gives("$1");
    app.sql("CREATE INDEX payments_plain ON payments (public.plain(number));");
    let found = run(app.program(&["verify"])).with(1).said;
    assert!(found.contains("payments_plain was added") && !found.contains("own check"), "{found}");
    gives("$1 || 'x'");
    let found = run(app.program(&["verify"])).with(1).said;
    assert!(found.contains("FAULT: the engine's own check") && found.contains("payments_plain"), "{found}");
}
