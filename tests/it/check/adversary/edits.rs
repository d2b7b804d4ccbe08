//! Edits by somebody who owns the database, each with what `verify` must say: what it means, where the records
//! contradict each other, and which row of which table was changed.

use crate::check::adversary::edits::Row::{Changed, Gone, Unwritten};
use crate::harness::app::{App, Engine};
use crate::harness::disarm::{rows, says_changed};

/// The row that `verify` must name.
#[derive(Clone, Copy, Debug)]
pub enum Row {
    /// None: the digests of journals and of the log prove what was edited.
    Unproven,
    /// One of the rows of a table with a condition, and the columns that were changed, if the table has a history.
    Changed(&'static str, &'static str, &'static str),
    /// One of the rows of a table with a condition.
    Gone(&'static str, &'static str),
    /// A row whose name ends so.
    Unwritten(&'static str),
}

impl Row {
    /// The rows of which one must be named.
    pub fn rows(self, app: &App) -> Vec<String> {
        match self {
            Changed(table, which, _) | Gone(table, which) => rows(app, table, which),
            Row::Unproven | Unwritten(_) => Vec::new(),
        }
    }

    /// Whether a finding names one of these rows.
    pub fn is_named(self, engine: Engine, rows: &[String], fault: &str) -> bool {
        match self {
            Row::Unproven => true,
            Changed(_, _, columns) => {
                // On PostgreSQL this attacker stops the triggers of the history too.
                let kept = engine == Engine::Sqlite && !columns.is_empty();
                says_changed(fault, rows, columns) && (fault.contains("; changed: ") || !kept)
            }
            Gone(..) => {
                let gone = |row: &String| fault.contains(&format!("{row}: the row that entry "));
                fault.ends_with(" left was deleted") && rows.iter().any(gone)
            }
            Unwritten(name) => fault.contains(&format!("{name}: no act wrote this row")),
        }
    }
}

/// An edit of the ledger or of its totals, and the finding that must report it.
pub const LEDGER: &[(&str, &str)] = &[
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

/// The rows that the edits are about.
const ALL: &str = "1 = 1";
const PAID: &str = "status = 'succeeded'";
const BACK: &str = "status = 'failed_after_success'";
const FAILED: &str = "status = 'failed'";
const VERIFIED: &str = "status = 'verified'";
const CONCURRED: &str = "status = 'concurred'";
const ADVISED: &str = "status = 'advised'";

/// A column that is changed, of the records that people see and those on which the money is based: table, column,
/// value, which rows, and what `verify` says besides the row and the column.
pub const COLUMNS: &[(&str, &str, &str, &str, &str)] = &[
    ("tranches", "amount_paise", "amount_paise + 1", CONCURRED, "its records say"),
    ("tranches", "status", "'recommended'", VERIFIED, ""),
    ("tranches", "status", "'verified'", CONCURRED, ""),
    ("tranches", "status", "'sanctioned'", ADVISED, ""),
    ("tranches", "status", "'sanctioned'", CONCURRED, "its records say"),
    ("tranches", "status", "'verified'", "status = 'rejected'", "its records say"),
    ("tranches", "sanction", "REPLACE(sanction, 'SAN/', 'SAN/9')", ADVISED, ""),
    ("tranche_steps", "taken_by", "(SELECT MIN(id) FROM users)", "step = 'sanction'", "the log does not say that"),
    ("tranche_steps", "taken_at", "'2026-05-01T06:30:00.000001Z'", "step = 'concur'", "the log does not say that"),
    ("payments", "amount_paise", "amount_paise + 1", PAID, ""),
    ("payments", "utr", "'UTR000000000009'", PAID, ""),
    ("payments", "utr", "'UTR000000000009'", ADVISED, ""),
    ("payments", "paid_on", "'2026-04-30'", PAID, ""),
    ("payments", "status", "'failed_after_success'", FAILED, ""),
    ("payments", "status", "'succeeded'", ADVISED, ""),
    ("payments", "status", "'failed'", BACK, ""),
    ("payments", "bank_account", "'999999999999'", PAID, ""),
    ("payments", "ifsc", "'SBIN0000001'", PAID, ""),
    ("payments", "number", "number || 'x'", PAID, ""),
    ("payments", "advised_by", "(SELECT MIN(id) FROM users)", PAID, ""),
    ("payments", "paid_on", "'never'", PAID, ""),
    ("disbursements", "amount_paise", "amount_paise - 1", PAID, "disbursed: its records say"),
    ("disbursements", "amount_paise", "amount_paise - 1", BACK, ""),
    ("disbursements", "utr", "'UTR000000000009'", PAID, ""),
    ("disbursements", "paid_on", "'2026-04-30'", PAID, ""),
    ("disbursements", "payment_year", "'2027-28'", PAID, ""),
    ("disbursements", "status", "'succeeded'", BACK, "its records say"),
    ("disbursements", "recorded_at", "'2026-05-02T06:30:00.000000Z'", PAID, ""),
    ("disbursements", "claim_id", "(SELECT MAX(id) FROM claims)", PAID, "it is not of its tranche's award and claim"),
    ("disbursements", "performance_year", "'2025-26'", PAID, "it is not of its tranche's award and claim"),
    ("awards", "ceilings", "REPLACE(ceilings, '0', '1')", ALL, ""),
    ("awards", "rate_paise_per_kg", "rate_paise_per_kg + 1", ALL, ""),
    ("awards", "security_required_paise", "0", ALL, ""),
    ("awards", "capacity_mtpa", "capacity_mtpa + 1", ALL, ""),
    ("awards", "ends_on", "'2099-03-31'", ALL, ""),
    ("securities", "amount_paise", "amount_paise + 1", ALL, ""),
    ("securities", "claim_expires_on", "'2099-03-31'", ALL, ""),
    ("securities", "status", "'released'", ALL, ""),
    ("securities", "lodged_by", "(SELECT MIN(id) FROM users)", ALL, ""),
    ("security_events", "reference", "'forged'", ALL, ""),
    ("security_events", "acted_by", "(SELECT MIN(id) FROM users)", ALL, ""),
    ("claims", "amount_claimed_paise", "amount_claimed_paise + 1", ALL, ""),
    (
        "claims",
        "entitlement_paise",
        "entitlement_paise + 1",
        ALL,
        "its deferred part in paise is 0, by its entitlement and tranches 1",
    ),
    ("claims", "deferred_paise", "1", VERIFIED, "its deferred part in paise is 1"),
    ("claims", "eligible_kg", "eligible_kg + 1", ALL, ""),
    ("claims", "statement", "REPLACE(statement, '\"accepted_lines\":1', '\"accepted_lines\":2')", ALL, ""),
    ("claims", "status", "'rejected'", VERIFIED, ""),
    ("claims", "status", "'draft'", VERIFIED, ""),
    ("claims", "submitted_by", "prepared_by", ALL, ""),
    ("claims", "verified_by", "prepared_by", ALL, ""),
    ("claim_lines", "amount_paise", "amount_paise + 1", ALL, ""),
    ("claim_lines", "quantity_kg", "quantity_kg + 1", ALL, ""),
    ("tranches", "claim_id", "(SELECT MAX(id) FROM claims)", VERIFIED, "its deferred part in paise is"),
    ("tranches", "created_at", "'2026-05-01T06:30:00.000001Z'", VERIFIED, ""),
    ("payment_advices", "control_total_paise", "control_total_paise + 1", ALL, ""),
    ("payment_advices", "payment_count", "2", ALL, ""),
    ("payment_advices", "xml_digest", "csv_digest", ALL, ""),
    (
        "payment_advice_lines",
        "payment_id",
        "(SELECT MIN(id) FROM payments)",
        ALL,
        "its payments are not those of its file",
    ),
];

/// Other edits of these records.
pub const RECORDS: &[(&str, &str, Row)] = &[
    // Two of one award: the sums stay the same.
    (
        "UPDATE tranches SET amount_paise = amount_paise + 1 WHERE status = 'concurred'; UPDATE tranches SET \
         amount_paise = amount_paise - 1 WHERE status = 'recommended';",
        "its deferred part in paise is 0, by its entitlement and tranches 1",
        Changed("tranches", "status IN ('concurred', 'recommended')", "amount_paise"),
    ),
    (
        "DELETE FROM tranche_steps WHERE step = 'concur';",
        "the log does not say that",
        Gone("tranche_steps", "step = 'concur'"),
    ),
    (
        "INSERT INTO tranche_steps SELECT id, 99, 'recommend', (SELECT MIN(id) FROM users), created_at, '' \
         FROM tranches WHERE status = 'verified';",
        "the log does not say that",
        Unwritten("/99"),
    ),
    ("DELETE FROM payments WHERE status = 'failed';", "", Gone("payments", FAILED)),
    (
        "INSERT INTO payments (id, number, tranche_id, organisation_id, amount_paise, bank_account, ifsc, \
         status, advised_by, advised_at, version) SELECT 'ffffffff-0000-7000-8000-000000000000', \
         'forged', tranche_id, organisation_id, amount_paise, bank_account, ifsc, status, \
         advised_by, advised_at, version FROM payments WHERE status = 'failed';",
        "",
        Unwritten("payments ffffffff-0000-7000-8000-000000000000 (forged)"),
    ),
    ("DELETE FROM disbursements WHERE status = 'failed_after_success';", "", Gone("disbursements", BACK)),
    (
        "DELETE FROM disbursements WHERE status = 'succeeded';",
        "disbursed: its records say",
        Gone("disbursements", PAID),
    ),
    // The day and the UTR are changed in both tables: only the log still has the true ones.
    (
        "UPDATE payments SET paid_on = '2026-04-30', utr = 'UTR000000000009' WHERE status = 'succeeded'; \
         UPDATE disbursements SET paid_on = '2026-04-30', utr = 'UTR000000000009' WHERE status = \
         'succeeded';",
        "",
        Changed("payments", PAID, "paid_on, utr"),
    ),
    (
        "UPDATE securities SET expires_on = '2099-03-31', claim_expires_on = '2099-03-31';",
        "",
        Changed("securities", ALL, "claim_expires_on, expires_on"),
    ),
    (
        "UPDATE securities SET received_paise = 1, invoked_paise = 1;",
        "what was invoked of it in paise is 1, by its events 0",
        Changed("securities", ALL, "invoked_paise, received_paise"),
    ),
    ("DELETE FROM security_events;", "", Gone("security_events", ALL)),
    ("DELETE FROM security_events; DELETE FROM securities;", "", Gone("securities", ALL)),
    ("UPDATE claim_lines SET accepted = 0, reason = 'x';", "", Changed("claim_lines", ALL, "accepted, reason")),
    ("DELETE FROM claim_lines;", "", Gone("claim_lines", ALL)),
    // Two of one award that nobody has changed since: the sums stay the same.
    (
        "UPDATE tranches SET amount_paise = amount_paise + 1 WHERE id = (SELECT MIN(id) FROM tranches WHERE \
         status = 'verified'); UPDATE tranches SET amount_paise = amount_paise - 1 WHERE id = \
         (SELECT MAX(id) FROM tranches WHERE status = 'verified');",
        "its deferred part in paise is 0, by its entitlement and tranches 1",
        Changed("tranches", VERIFIED, "amount_paise"),
    ),
    ("DELETE FROM tranche_steps WHERE step = 'verify';", "", Gone("tranche_steps", "step = 'verify'")),
    ("DELETE FROM tranche_steps WHERE step = 'submit';", "", Gone("tranche_steps", "step = 'submit'")),
    (
        "UPDATE payment_advice_files SET content = content || ' ' WHERE format = 'csv';",
        "",
        Changed("payment_advice_files", "format = 'csv'", ""),
    ),
    (
        "UPDATE payment_advice_files SET content = content || ' ' WHERE format = 'xml';",
        "",
        Changed("payment_advice_files", "format = 'xml'", ""),
    ),
    ("DELETE FROM payment_advice_files WHERE format = 'xml';", "", Gone("payment_advice_files", "format = 'xml'")),
    ("DELETE FROM payment_advice_lines;", "its payments are not those of its file", Gone("payment_advice_lines", ALL)),
    (
        "DELETE FROM payment_advice_files; DELETE FROM payment_advice_lines; DELETE FROM payment_advices;",
        "",
        Gone("payment_advice_files", ALL),
    ),
];
