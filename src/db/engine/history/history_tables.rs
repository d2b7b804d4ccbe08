//! The tables that have a history, and how the beginning of each row's validity is determined.

/// How the beginning of a row's validity is determined.
#[derive(Clone, Copy)]
pub enum Since {
    /// By the instant in a column of the row.
    At(&'static str),
    /// By the date of a fact (valid time) and the instant at which it was recorded (transaction time). Such a
    /// fact may be recorded late, and is nevertheless true from its date on.
    Dated { on: &'static str, at: &'static str },
    /// By the number of a log entry in a column of the row.
    Entry(&'static str),
    /// By a column that the database fills with the number of the last log entry before the row.
    Behind,
    /// By the row of another table to which it belongs: column here, table and column there.
    With(&'static str, &'static str, &'static str),
    /// The same, but by an instant in a column of the other table.
    WithAt(&'static str, &'static str, &'static str, &'static str),
}

/// A table with a history.
pub struct Kept {
    pub table: &'static str,
    pub since: Since,
    /// Columns excluded from history, with the constant shown instead.
    pub left_out: &'static [(&'static str, &'static str)],
    /// The only columns whose history may be erased, with the value that then replaces them.
    pub erased: &'static [(&'static str, &'static str)],
}

const fn kept(table: &'static str, since: Since) -> Kept {
    Kept { table, since, left_out: &[], erased: &[] }
}

use Since::{At, Behind, Dated, Entry, With, WithAt};

/// All tables that a query about an earlier moment reads. The other tables belong to this instance alone:
/// sessions, idempotency keys, number series, and the tiles of the log, which only grow.
pub const TABLES: &[Kept] = &[
    kept("organisations", At("registered_at")),
    Kept {
        table: "users",
        since: At("created_at"),
        left_out: &[("password_hash", "''"), ("failed_attempts", "0"), ("locked_until", "NULL")],
        erased: &[("name", "'erased'"), ("email", "OLD.id || '@erased.invalid'")],
    },
    kept("schemes", At("loaded_at")),
    kept("scheme_drafts", At("drafted_at")),
    kept("windows", At("opened_at")),
    kept("evidence", At("uploaded_at")),
    kept("applications", At("created_at")),
    kept("sealed_bids", At("sealed_at")),
    kept("bid_openings", At("asked_at")),
    kept("allocations", At("drafted_at")),
    kept("awards", At("awarded_at")),
    kept("securities", At("lodged_at")),
    kept("security_events", At("acted_at")),
    kept("milestones", Behind),
    kept("excuses", At("asked_at")),
    kept("claimed_shares", WithAt("claim_id", "claims", "id", "verified_at")),
    kept("claims", At("created_at")),
    kept("final_certificates", Behind),
    kept("claim_lines", Behind),
    kept("line_likenesses", At("found_at")),
    kept("claim_dialogues", Behind),
    kept("claim_returns", At("returned_at")),
    kept("tranches", At("created_at")),
    kept("tranche_steps", At("taken_at")),
    kept("tranche_returns", At("returned_at")),
    kept("payments", At("advised_at")),
    kept("disbursements", Dated { on: "paid_on", at: "recorded_at" }),
    kept("recoveries", At("created_at")),
    kept("recovery_credits", Dated { on: "credited_on", at: "recorded_at" }),
    kept("payment_advices", At("made_at")),
    kept("payment_advice_lines", With("advice_id", "payment_advices", "id")),
    kept("treasury_returns", At("uploaded_at")),
    kept("treasury_return_lines", With("return_id", "treasury_returns", "id")),
    kept("budget_instruments", Dated { on: "dated_on", at: "proposed_at" }),
    kept("last_quarter_spending", Behind),
    kept("control_runs", At("run_at")),
    kept("accounts", Behind),
    kept("journals", Entry("audit_sequence")),
    kept("entries", With("journal_id", "journals", "id")),
    kept("audit_log", Entry("sequence")),
    kept("bank_scrolls", At("uploaded_at")),
    kept("bank_scroll_lines", With("scroll_id", "bank_scrolls", "id")),
    kept("bank_differences", At("found_at")),
    kept("saved_queries", At("saved_at")),
    kept("saved_query_runs", At("run_at")),
    kept("requisitions", At("asked_at")),
    kept("observations", At("raised_at")),
    kept("samples", At("committed_at")),
    kept("sample_items", With("sample_id", "samples", "id")),
    kept("sample_draws", With("sample_id", "samples", "id")),
    kept("notes", At("written_at")),
    kept("letters", At("recorded_at")),
    kept("letter_closings", At("closed_at")),
    kept("treasury_line_closings", At("closed_at")),
    kept("corrections", At("proposed_at")),
    kept("bank_credits", At("recorded_at")),
    kept("payment_failures", At("confirmed_at")),
    kept("burned_numbers", At("burned_at")),
];
