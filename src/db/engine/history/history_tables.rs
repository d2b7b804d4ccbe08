//! Which tables have a history, and how it is known since when a row has been there.

/// What tells since when a row has been known.
#[derive(Clone, Copy)]
pub enum Since {
    /// The instant in a column of it.
    At(&'static str),
    /// A fact with a day of its own: that day, and the instant at which it was recorded. Such a
    /// fact may be recorded late, and is true from its day on all the same.
    Dated { on: &'static str, at: &'static str },
    /// The number of a log entry.
    Entry(&'static str),
    /// A column that the database fills with the number of the last log entry before it.
    Behind,
    /// The row of another table that it belongs to: column here, table and column there.
    With(&'static str, &'static str, &'static str),
    /// As above, from an instant in a column there.
    WithAt(&'static str, &'static str, &'static str, &'static str),
}

/// One table.
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

/// Every table that a question about an earlier moment reads. The others are of this instance alone:
/// sessions, keys of requests, number series, and the log's tiles, which only grow.
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
    kept("tranches", At("created_at")),
    kept("tranche_steps", At("taken_at")),
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
];
