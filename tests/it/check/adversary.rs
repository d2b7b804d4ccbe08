//! Somebody owns the database, removes the tripwires and changes, adds or removes rows. `verify` finds
//! and names each edit. Each edit is made on a copy of its own.

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

const TRANCHE: &str = "UPDATE tranches SET";
const PAYMENT: &str = "UPDATE payments SET";
const DISBURSEMENT: &str = "UPDATE disbursements SET";

/// An edit of the ledger or of its totals, and the finding that must report it.
const LEDGER: &[(&str, &str)] = &[
    (
        "UPDATE entries SET amount_paise = amount_paise - 1 WHERE line = 2 AND journal_id = (SELECT MAX(id) FROM journals);",
        "was changed",
    ),
    (
        "UPDATE entries SET account_id = (SELECT MIN(id) FROM accounts) WHERE line = 1 AND journal_id = (SELECT MAX(id) FROM journals);",
        "was changed",
    ),
    (
        "UPDATE entries SET amount_paise = amount_paise * 2 WHERE journal_id = (SELECT MAX(id) FROM journals);",
        "was changed",
    ),
    ("DELETE FROM entries WHERE line = 1 AND journal_id = (SELECT MAX(id) FROM journals);", "was changed"),
    ("DELETE FROM entries WHERE journal_id = (SELECT MAX(id) FROM journals);", "was changed"),
    (
        "INSERT INTO entries SELECT journal_id, line + 100, account_id, -amount_paise FROM entries WHERE journal_id = (SELECT MAX(id) FROM journals); \
         INSERT INTO entries SELECT journal_id, line + 200, account_id, -amount_paise FROM entries WHERE line < 100 AND journal_id = (SELECT MAX(id) FROM journals);",
        "was changed",
    ),
    ("UPDATE journals SET kind = 'award_committed' WHERE kind = 'payment_disbursed';", "was changed"),
    ("UPDATE journals SET reference = reference || 'x' WHERE kind = 'payment_disbursed';", "was changed"),
    ("UPDATE journals SET posted_at = '2026-05-01T06:30:00.000001Z' WHERE kind = 'payment_disbursed';", "was changed"),
    ("UPDATE journals SET audit_sequence = 100000 WHERE kind = 'disbursement_reversed';", "its journal is gone"),
    (
        "DELETE FROM entries WHERE journal_id IN (SELECT id FROM journals WHERE kind = 'disbursement_reversed'); DELETE FROM journals WHERE kind = 'disbursement_reversed';",
        "its journal is gone",
    ),
    (
        "INSERT INTO journals VALUES ('forged', 'award_committed', 'x', '2026-05-01T06:30:00.000000Z', 999999);",
        "journals are stored, the log names",
    ),
    (
        "UPDATE accounts SET balance_paise = balance_paise + 1 WHERE id = (SELECT MAX(id) FROM accounts);",
        "its entries say",
    ),
    (
        "UPDATE accounts SET balance_paise = balance_paise - 1 WHERE stage = 'disbursed' AND ledger = 'outlay' AND balance_paise > 0;",
        "its entries say",
    ),
    ("UPDATE accounts SET code = code || 'x' WHERE stage = 'disbursed';", "was changed"),
    ("UPDATE accounts SET stage = 'available' WHERE stage = 'disbursed' AND ledger = 'outlay';", "its records say"),
    ("DELETE FROM audit_log WHERE sequence = (SELECT MAX(sequence) FROM audit_log);", "the log ends at entry"),
    ("DELETE FROM audit_log WHERE sequence = 20;", "entry 20 is missing"),
    ("UPDATE audit_log SET details = details || ' ' WHERE sequence = 20;", "audit entry 20:"),
    (
        "UPDATE audit_log SET recorded_at = 'yesterday' WHERE sequence = 20;",
        "audit entry 20: its content does not match its hash",
    ),
];

/// The same for the records that people see.
fn edits_of_records() -> Vec<(String, &'static str)> {
    let paid = "WHERE status = 'succeeded'";
    let edit = |start: &str, set: &str, which: &str| format!("{start} {set} {which};");
    vec![
        (edit(TRANCHE, "amount_paise = amount_paise + 1", "WHERE status = 'concurred'"), "its records say"),
        (
            // Two of one award: the sums stay the same.
            edit(TRANCHE, "amount_paise = amount_paise + 1", "WHERE status = 'concurred'")
                + &edit(TRANCHE, "amount_paise = amount_paise - 1", "WHERE status = 'recommended'"),
            "its amount in paise is",
        ),
        (edit(TRANCHE, "status = 'recommended'", "WHERE status = 'verified'"), "its status is recommended, the log says verified"),
        (edit(TRANCHE, "status = 'verified'", "WHERE status = 'concurred'"), "its status is verified, the log says concurred"),
        (edit(TRANCHE, "status = 'sanctioned'", "WHERE status = 'advised'"), "its status is sanctioned, the log says advised"),
        (edit(TRANCHE, "status = 'sanctioned'", "WHERE status = 'concurred'"), "its records say"),
        (edit(TRANCHE, "status = 'verified'", "WHERE status = 'rejected'"), "its records say"),
        (edit(TRANCHE, "sanction = REPLACE(sanction, 'SAN/', 'SAN/9')", "WHERE status = 'advised'"), "its sanction is"),
        ("UPDATE tranche_steps SET taken_by = (SELECT MIN(id) FROM users) WHERE step = 'sanction';".to_owned(), "the log does not say that"),
        ("UPDATE tranche_steps SET taken_at = '2026-05-01T06:30:00.000001Z' WHERE step = 'concur';".to_owned(), "the log does not say that"),
        ("DELETE FROM tranche_steps WHERE step = 'concur';".to_owned(), "the log does not say that"),
        (
            "INSERT INTO tranche_steps SELECT id, 99, 'recommend', (SELECT MIN(id) FROM users), created_at, '' FROM tranches \
             WHERE status = 'verified';"
                .to_owned(),
            "the log does not say that",
        ),
        (edit(PAYMENT, "amount_paise = amount_paise + 1", paid), "its amount in paise is"),
        (edit(PAYMENT, "utr = 'UTR000000000009'", paid), "its UTR is UTR000000000009, the log says UTR000000000001"),
        (edit(PAYMENT, "utr = 'UTR000000000009'", "WHERE status = 'advised'"), "its UTR is"),
        (edit(PAYMENT, "paid_on = '2026-04-30'", paid), "the day it was paid is 2026-04-30, the log says 2026-05-01"),
        (
            edit(PAYMENT, "status = 'failed_after_success'", "WHERE status = 'failed'"),
            "its status is failed_after_success, the log says failed",
        ),
        (edit(PAYMENT, "status = 'succeeded'", "WHERE status = 'advised'"), "status is"),
        (edit(PAYMENT, "status = 'failed'", "WHERE status = 'failed_after_success'"), "its status is failed, the log says failed_after_success"),
        (edit(PAYMENT, "bank_account = '999999999999'", paid), "its account is"),
        (edit(PAYMENT, "ifsc = 'SBIN0000001'", paid), "its IFSC is"),
        (edit(PAYMENT, "number = number || 'x'", paid), "its number is"),
        (edit(PAYMENT, "advised_by = (SELECT MIN(id) FROM users)", paid), "the person who advised it is"),
        (edit(PAYMENT, "paid_on = 'never'", paid), "payments, column paid_on"),
        ("DELETE FROM payments WHERE status = 'failed';".to_owned(), "payments are gone: "),
        (
            "INSERT INTO payments (id, number, tranche_id, organisation_id, amount_paise, bank_account, ifsc, status, advised_by, \
             advised_at, version) SELECT 'ffffffff-0000-7000-8000-000000000000', 'forged', tranche_id, organisation_id, amount_paise, \
             bank_account, ifsc, status, advised_by, advised_at, version FROM payments WHERE status = 'failed';"
                .to_owned(),
            "payment forged: the log does not say that it was advised",
        ),
        (edit(DISBURSEMENT, "amount_paise = amount_paise - 1", paid), "disbursed: its records say"),
        (edit(DISBURSEMENT, "amount_paise = amount_paise - 1", "WHERE status = 'failed_after_success'"), "its amount in paise is"),
        (edit(DISBURSEMENT, "utr = 'UTR000000000009'", paid), "its UTR is UTR000000000009, the log says UTR000000000001"),
        (edit(DISBURSEMENT, "paid_on = '2026-04-30'", paid), "the day it was paid is 2026-04-30"),
        (edit(DISBURSEMENT, "payment_year = '2027-28'", paid), "its year is 2027-28"),
        (edit(DISBURSEMENT, "status = 'succeeded'", "WHERE status = 'failed_after_success'"), "its records say"),
        (edit(DISBURSEMENT, "recorded_at = '2026-05-02T06:30:00.000000Z'", paid), "the time it was recorded"),
        (edit(DISBURSEMENT, "claim_id = (SELECT MAX(id) FROM claims)", paid), "it is not of its tranche's award and claim"),
        (edit(DISBURSEMENT, "performance_year = '2025-26'", paid), "it is not of its tranche's award and claim"),
        ("DELETE FROM disbursements WHERE status = 'failed_after_success';".to_owned(), "it is gone"),
        ("DELETE FROM disbursements WHERE status = 'succeeded';".to_owned(), "disbursed: its records say"),
        // The day and the UTR are changed in both tables: only the log still has the true ones.
        (
            edit(PAYMENT, "paid_on = '2026-04-30', utr = 'UTR000000000009'", paid)
                + &edit(DISBURSEMENT, "paid_on = '2026-04-30', utr = 'UTR000000000009'", paid),
            "the log says UTR000000000001",
        ),
    ]
}

/// The same for the records on which the money is based.
const GROUNDS: &[(&str, &str)] = &[
    ("UPDATE awards SET ceilings = REPLACE(ceilings, '0', '1');", "its ceilings is"),
    ("UPDATE awards SET rate_paise_per_kg = rate_paise_per_kg + 1;", "its rate in paise per kg is"),
    ("UPDATE awards SET security_required_paise = 0;", "the security it requires in paise is 0"),
    ("UPDATE awards SET capacity_mtpa = capacity_mtpa + 1;", "its capacity in MTPA is"),
    ("UPDATE awards SET ends_on = '2099-03-31';", "its last day is 2099-03-31"),
    ("UPDATE securities SET amount_paise = amount_paise + 1;", "its amount in paise is"),
    ("UPDATE securities SET expires_on = '2099-03-31', claim_expires_on = '2099-03-31';", "its last day is 2099-03-31"),
    ("UPDATE securities SET claim_expires_on = '2099-03-31';", "the last day to call upon the bank is 2099-03-31"),
    ("UPDATE securities SET status = 'released';", "its status is released, the log says confirmed"),
    ("UPDATE securities SET received_paise = 1, invoked_paise = 1;", "what was invoked of it in paise is 1"),
    ("UPDATE securities SET lodged_by = (SELECT MIN(id) FROM users);", "the person who lodged it is"),
    ("UPDATE security_events SET reference = 'forged';", "its reference is forged"),
    ("UPDATE security_events SET acted_by = (SELECT MIN(id) FROM users);", "its person is"),
    ("DELETE FROM security_events;", "the number of its events is 0, the log says 1"),
    ("DELETE FROM security_events; DELETE FROM securities;", "0 guarantees are stored, the log names 2"),
    ("UPDATE claims SET amount_claimed_paise = amount_claimed_paise + 1;", "the amount claimed in paise is"),
    ("UPDATE claims SET entitlement_paise = entitlement_paise + 1;", "its entitlement in paise is"),
    ("UPDATE claims SET deferred_paise = 1 WHERE status = 'verified';", "its deferred part in paise is 1"),
    ("UPDATE claims SET eligible_kg = eligible_kg + 1;", "its eligible quantity in kg is"),
    (
        "UPDATE claims SET statement = REPLACE(statement, '\"accepted_lines\":1', '\"accepted_lines\":2');",
        "its statement is",
    ),
    (
        "UPDATE claims SET status = 'rejected' WHERE status = 'verified';",
        "its status is rejected, the log says verified",
    ),
    ("UPDATE claims SET status = 'draft' WHERE status = 'verified';", "its status is draft, the log says verified"),
    ("UPDATE claims SET submitted_by = prepared_by;", "the person who submitted it is"),
    ("UPDATE claims SET verified_by = prepared_by;", "the person who verified it is"),
    ("UPDATE claim_lines SET amount_paise = amount_paise + 1;", "the digest of its lines is"),
    ("UPDATE claim_lines SET quantity_kg = quantity_kg + 1;", "the digest of its lines is"),
    ("UPDATE claim_lines SET accepted = 0, reason = 'x';", "the digest of its lines is"),
    ("DELETE FROM claim_lines;", "the digest of its lines is"),
    (
        // Two of one award that nobody has changed since: the sums stay the same.
        "UPDATE tranches SET amount_paise = amount_paise + 1 WHERE id = (SELECT MIN(id) FROM tranches WHERE status = 'verified'); \
         UPDATE tranches SET amount_paise = amount_paise - 1 WHERE id = (SELECT MAX(id) FROM tranches WHERE status = 'verified');",
        "its amount in paise is",
    ),
    (
        "UPDATE tranches SET claim_id = (SELECT MAX(id) FROM claims) WHERE status = 'verified';",
        "its deferred part in paise is",
    ),
    (
        "UPDATE tranches SET created_at = '2026-05-01T06:30:00.000001Z' WHERE status = 'verified';",
        "the time it was started is",
    ),
    ("DELETE FROM tranche_steps WHERE step = 'verify';", "the step verify that"),
    ("DELETE FROM tranche_steps WHERE step = 'submit';", "the step submit that"),
    ("UPDATE payment_advices SET control_total_paise = control_total_paise + 1;", "its control total in paise is"),
    ("UPDATE payment_advices SET payment_count = 2;", "how many payments it has is 2, the log says 1"),
    ("UPDATE payment_advices SET xml_digest = csv_digest;", "the digest of its XML file is"),
    ("UPDATE payment_advice_files SET content = content || ' ' WHERE format = 'csv';", "its csv file was changed"),
    ("UPDATE payment_advice_files SET content = content || ' ' WHERE format = 'xml';", "its xml file was changed"),
    ("DELETE FROM payment_advice_files WHERE format = 'xml';", "its xml file is gone"),
    ("DELETE FROM payment_advice_lines;", "its payments are not those of its file"),
    (
        "UPDATE payment_advice_lines SET payment_id = (SELECT MIN(id) FROM payments);",
        "its payments are not those of its file",
    ),
    (
        "DELETE FROM payment_advice_files; DELETE FROM payment_advice_lines; DELETE FROM payment_advices;",
        "0 payment advices are stored, the log names 1",
    ),
];

#[apply(on_both!)]
fn every_edit_of_money_is_found_and_named(app: App) {
    let original = story(app);
    assert_eq!(original.after("", false).fault, None, "a copy is as good as the original");
    let ledger = LEDGER.iter().map(|(edit, named)| ((*edit).to_owned(), *named));
    let mut missed = Vec::new();
    let grounds = GROUNDS.iter().map(|(edit, named)| ((*edit).to_owned(), *named));
    for (edit, named) in ledger.chain(edits_of_records()).chain(grounds) {
        let fault = original.after(&edit, false).fault.unwrap_or_else(|| "nothing".to_owned());
        if !fault.contains(named) {
            missed.push(format!("{edit}\n   found: {fault}\n  wanted: {named}"));
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
    assert_eq!(forged.fault, None, "the chain itself is whole");
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
