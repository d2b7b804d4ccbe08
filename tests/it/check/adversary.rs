//! Somebody owns the database, removes the tripwires and changes, adds or removes rows. `verify` finds
//! and names each edit. Each edit is made on a copy of its own.

mod edits;

use crate::check::adversary::edits::{COLUMNS, LEDGER, RECORDS, Row};
use crate::harness::app::{App, Engine};
use crate::harness::people::{Answered, CRORE, Sales, Verbs};
use crate::harness::treasury_people::TreasuryVerbs;
use crate::harness::{postgres, scratch};
use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use domain::log::audit::{AuditFacts, AuditOutcome};
use magnet_scheme::db::engine::connection::DatabaseUrl;
use magnet_scheme::service::check::verify::{Verified, verify};

/// Removes the tripwires.
const DISARM_SQLITE: &str = "DROP TRIGGER journals_no_update; DROP TRIGGER journals_no_delete; \
    DROP TRIGGER entries_no_update; DROP TRIGGER entries_no_delete; DROP TRIGGER audit_log_no_update; \
    DROP TRIGGER audit_log_no_delete; DROP TRIGGER tranche_steps_no_update; DROP TRIGGER tranche_steps_no_delete; \
    DROP TRIGGER security_events_no_update; DROP TRIGGER security_events_no_delete; \
    DROP TRIGGER payment_advices_no_update; DROP TRIGGER payment_advices_no_delete; \
    DROP TRIGGER payment_advice_lines_no_update; DROP TRIGGER payment_advice_lines_no_delete; \
    DROP TRIGGER payment_advice_files_no_update; DROP TRIGGER payment_advice_files_no_delete; \
    DROP TRIGGER log_checkpoints_no_delete;";
const DISARM_POSTGRES: &str = "DROP TRIGGER journals_append_only ON journals; \
    DROP TRIGGER entries_append_only ON entries; DROP TRIGGER audit_log_append_only ON audit_log; \
    DROP TRIGGER tranche_steps_append_only ON tranche_steps; DROP TRIGGER log_checkpoints_append_only ON log_checkpoints;";

/// A database from which copies are made.
struct Original {
    app: App,
    folder: tempfile::TempDir,
}

fn run_on_sqlite(path: &std::path::Path, statement: &str) {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    connection
        .batch_execute(&format!("PRAGMA busy_timeout = 5000; {statement}"))
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

impl Original {
    fn of(mut app: App) -> Original {
        app.must_verify();
        app.stop();
        let folder = scratch::folder();
        if let DatabaseUrl::Sqlite(original) = app.database_url() {
            run_on_sqlite(&original, &format!("VACUUM INTO '{}'", folder.path().join("whole").display()));
        }
        Original { app, folder }
    }

    /// The result of `verify` on a copy after this edit.
    fn after(&self, edit: &str, armed: bool) -> Verified {
        match self.app.database_url() {
            DatabaseUrl::Sqlite(_) => {
                let copy = tempfile::TempDir::new_in(self.folder.path()).unwrap();
                let path = copy.path().join("copy");
                std::fs::copy(self.folder.path().join("whole"), &path).unwrap();
                let disarm = if armed { "" } else { DISARM_SQLITE };
                run_on_sqlite(&path, &format!("PRAGMA foreign_keys = OFF; {disarm} {edit}"));
                verify(&DatabaseUrl::Sqlite(path)).unwrap()
            }
            DatabaseUrl::Postgres(url) => {
                let source = url.split('?').next().unwrap().rsplit('/').next().unwrap();
                let name = postgres::shared().copy(source);
                let copy = postgres::shared().url_of(&name);
                let disarm = if armed { "" } else { DISARM_POSTGRES };
                postgres::execute(&copy, &format!("{disarm} SET session_replication_role = replica; {edit}"));
                let verified = verify(&DatabaseUrl::Postgres(copy)).unwrap();
                postgres::shared().remove(&name);
                verified
            }
        }
    }
}

/// A story with one of everything: paid, failed and paid, taken back by the bank, under way, rejected.
fn story(app: App) -> Original {
    let paid = app.sanctioned_15_crore();
    let ddo = app.disbursing_officer();
    let failed = ddo.advises(&paid).ok();
    ddo.reports_failure(&failed, "failed").ok();
    let again = ddo.advises(&app.tranche(&paid)).ok();
    ddo.confirms(&again, "UTR000000000001", "2026-05-01").ok();
    app.provided("sales_linked_incentive", "2026-27", 10 * CRORE);
    let award = app.commissioned("ferrite", 600);
    app.set_clock("2026-06-30T06:30:00Z");
    let tranche = |day: &str| app.tranche_for_sales("ferrite", &award, Sales::at_the_rate(day, day, 100));
    let back = ddo.advises(&app.sanctioned(&tranche("2026-06-01"))).ok();
    let back = ddo.confirms(&back, "UTR000000000002", "2026-06-30").ok();
    ddo.reports_failure(&back, "failed_after_success").ok();
    let advised = ddo.advises(&app.sanctioned(&tranche("2026-06-02"))).ok();
    ddo.makes_advice(&[&advised]).ok();
    app.concurred(&tranche("2026-06-03"));
    app.section_officer().recommends(&tranche("2026-06-04")).ok();
    tranche("2026-06-05");
    tranche("2026-06-07");
    app.section_officer().rejects(&tranche("2026-06-06")).ok();
    Original::of(app)
}

#[apply(on_both!)]
fn every_edit_of_money_is_found_and_named(app: App) {
    let mut original = story(app);
    let ledger = LEDGER.iter().map(|(edit, says)| ((*edit).to_owned(), *says, Row::Unproven));
    let columns = COLUMNS.iter().map(|(table, column, value, which, says)| {
        let edit = format!("UPDATE {table} SET {column} = {value} WHERE {which};");
        (edit, *says, Row::Changed(table, which, column))
    });
    let records = RECORDS.iter().map(|(edit, says, row)| ((*edit).to_owned(), *says, *row));
    let with_rows = |(edit, says, row): (String, &'static str, Row)| (edit, says, row, row.rows(&original.app));
    let edits: Vec<_> = ledger.chain(columns).chain(records).map(with_rows).collect();
    // Looking at the rows keeps a connection to the original, of which PostgreSQL makes no copy then.
    original.app.stop();
    assert_eq!(original.after("", false).fault, None, "a copy is as good as the original");
    let mut missed = Vec::new();
    for (edit, says, row, rows) in edits {
        let fault = original.after(&edit, false).fault.unwrap_or_else(|| "nothing".to_owned());
        if !fault.contains(says) || !row.is_named(original.app.engine, &rows, &fault) {
            missed.push(format!("{edit}\n   found: {fault}\n  wanted: {says} {row:?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// Rewriting an entry and every hash after it is detected by a last hash that was stored elsewhere.
#[apply(on_both!)]
fn a_recomputed_chain_is_told_by_its_last_hash(app: App) {
    app.section_officer().sees("/budget");
    app.finance_officer().sees("/budget");
    let auditor = app.auditor();
    auditor.sees("/budget");
    // An account is created a minute later: the checkpoint that this brings covers what comes before.
    app.wait_seconds(60);
    app.verifier();
    let log = auditor.sees("/audit-log?limit=1000")["data"].as_array().unwrap().clone();
    let original = Original::of(app);
    let kept = original.after("", false).last_hash;
    let (mut edit, mut previous) = (String::new(), "0".repeat(64));
    for entry in &log {
        let text = |field: &str| entry[field].as_str().map(str::to_owned);
        let mut details = text("details").unwrap();
        if entry["sequence"] == 2 {
            details.push(' ');
        }
        let facts = AuditFacts {
            sequence: entry["sequence"].as_i64().unwrap(),
            recorded_at: text("recorded_at").unwrap().parse().unwrap(),
            actor_id: text("actor_id").unwrap().parse().unwrap(),
            command: text("command").unwrap(),
            subject: text("subject").unwrap(),
            outcome: AuditOutcome::Done,
            code: text("code"),
            details,
            journal_digest: text("journal_digest"),
        };
        let linked = facts.link(&previous);
        edit += &format!(
            "UPDATE audit_log SET details = '{}', previous_hash = '{}', hash = '{}' WHERE sequence = {};",
            linked.facts.details.replace('\'', "''"),
            linked.previous_hash,
            linked.hash,
            linked.facts.sequence
        );
        previous = linked.hash;
    }
    edit += &format!("UPDATE audit_head SET hash = '{previous}';");
    let fault = original.after(&edit, false).fault.unwrap();
    assert!(fault.contains("the log was written anew"), "a checkpoint that was left there tells: {fault}");
    edit += "DELETE FROM log_checkpoints;";
    let forged = original.after(&edit, false);
    let fault = forged.fault.unwrap();
    assert!(fault.contains("its checkpoints were removed"), "the chain itself is whole: {fault}");
    assert_ne!(forged.last_hash, kept, "but it is not the chain that was");
}

/// REPLACE removes a row without firing the trigger that refuses a removal.
#[apply(on_sqlite!)]
fn a_replace_passes_the_tripwires_and_is_found(app: App) {
    assert_eq!(app.engine, Engine::Sqlite);
    let original = story(app);
    let replace = |table: &str, columns: &str, which: &str| {
        format!("INSERT OR REPLACE INTO {table} SELECT {columns} FROM {table} WHERE {which};")
    };
    let edits = [
        (
            replace(
                "entries",
                "journal_id, line, account_id, amount_paise - 1",
                "line = 2 AND journal_id = (SELECT MAX(id) FROM journals)",
            ),
            "was changed",
        ),
        (
            replace("journals", "id, kind, reference || 'x', posted_at, audit_sequence", "kind = 'payment_disbursed'"),
            "was changed",
        ),
        (
            replace(
                "audit_log",
                "sequence, recorded_at, actor_id, command, subject, outcome, code, details || ' ', journal_digest, previous_hash, hash",
                "sequence = 20",
            ),
            "audit entry 20:",
        ),
        (
            replace(
                "tranche_steps",
                "tranche_id, position, step, (SELECT MIN(id) FROM users), taken_at, note",
                "step = 'sanction'",
            ),
            "the log does not say that",
        ),
    ];
    for (edit, named) in edits {
        let fault = original.after(&edit, true).fault.unwrap_or_else(|| panic!("not found: {edit}"));
        assert!(fault.contains(named), "{edit}: {fault}");
    }
}
