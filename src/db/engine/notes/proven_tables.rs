//! How each table is proven. A table is either proven by notes of its rows (`src/db/engine/notes/written.rs`), or it
//! is named here with the reason why not, and with what proves it instead. A test requires that every table of the
//! schema is in this list, and that every column of it is either proven or named.

/// How a table is proven.
pub enum Proof {
    /// Each row has the digest of its newest note.
    Notes {
        /// The columns of the primary key.
        key: &'static [&'static str],
        /// Columns that are not in the digest, with the reason.
        besides: &'static [(&'static str, &'static str)],
    },
    /// The rows have no notes: something else proves them, except for these columns.
    Otherwise { by: &'static str, besides: &'static [(&'static str, &'static str)] },
    /// The rows are not proven, for this reason.
    Unproven(&'static str),
}

/// A table and how it is proven.
pub struct ProvenTable {
    pub table: &'static str,
    pub proof: Proof,
}

const HISTORY: (&str, &str) =
    ("known_behind", "the engine fills it, to place a row in the history, which the log does not prove");
const CREDENTIAL: &str = "a credential, which changes with each attempt to sign in: it is no record";
const ONLY_ROW: &str = "the table has one row, whatever its id";
const KEY: &str = "computed from the other columns, and computed again with each check of the claim";
const DISCLOSED: &str = "personal, so that it can be erased: the newest disclosure proves it";

const fn noted(table: &'static str, key: &'static [&'static str]) -> ProvenTable {
    ProvenTable { table, proof: Proof::Notes { key, besides: &[] } }
}

const fn noted_besides(
    table: &'static str,
    key: &'static [&'static str],
    besides: &'static [(&'static str, &'static str)],
) -> ProvenTable {
    ProvenTable { table, proof: Proof::Notes { key, besides } }
}

const fn otherwise(
    table: &'static str,
    by: &'static str,
    besides: &'static [(&'static str, &'static str)],
) -> ProvenTable {
    ProvenTable { table, proof: Proof::Otherwise { by, besides } }
}

const fn unproven(table: &'static str, why: &'static str) -> ProvenTable {
    ProvenTable { table, proof: Proof::Unproven(why) }
}

const ID: &[&str] = &["id"];

/// Every table.
pub const TABLES: &[ProvenTable] = &[
    noted("organisations", ID),
    noted_besides(
        "users",
        ID,
        &[
            ("name", DISCLOSED),
            ("email", DISCLOSED),
            ("password_hash", CREDENTIAL),
            ("failed_attempts", CREDENTIAL),
            ("locked_until", CREDENTIAL),
        ],
    ),
    noted("schemes", &["code", "version"]),
    noted("scheme_drafts", ID),
    noted("windows", ID),
    noted("evidence", ID),
    noted("applications", ID),
    noted("sealed_bids", ID),
    noted("bid_openings", ID),
    noted("allocations", ID),
    noted("awards", ID),
    noted("securities", ID),
    noted("security_events", &["security_id", "position"]),
    noted_besides("milestones", ID, &[HISTORY]),
    noted("excuses", ID),
    noted("claimed_shares", &["claim_id"]),
    noted("claims", ID),
    noted_besides(
        "claim_lines",
        &["claim_id", "line"],
        &[HISTORY, ("document_key", KEY), ("name_key", KEY), ("number_key", KEY), ("joined_key", KEY)],
    ),
    noted("line_likenesses", &["claim_id", "line", "position"]),
    noted_besides("claim_dialogues", &["claim_id"], &[HISTORY]),
    noted("claim_returns", &["claim_id", "round"]),
    noted_besides("final_certificates", ID, &[HISTORY]),
    noted("tranches", ID),
    noted("tranche_steps", &["tranche_id", "position"]),
    noted("tranche_returns", &["tranche_id", "round"]),
    noted("payments", ID),
    noted_besides(
        "disbursements",
        ID,
        &[
            ("under_recovery_paise", "a sum over the recoveries of the disbursement, which is added up again"),
            ("paid_back_paise", "what had been paid back when the bank returned it: the credits are added up again"),
            ("kept_paise", "what the bank's return kept for recoveries: their credits are added up again"),
        ],
    ),
    noted("recoveries", ID),
    noted("recovery_credits", ID),
    noted("payment_advices", ID),
    noted("payment_advice_lines", &["advice_id", "position"]),
    noted("payment_advice_files", &["advice_id", "format"]),
    noted("treasury_returns", ID),
    noted("treasury_return_lines", &["return_id", "line"]),
    noted("treasury_line_closings", &["return_id", "line"]),
    noted("budget_instruments", ID),
    noted("money_stop", ID),
    noted("control_runs", ID),
    noted_besides("accounts", ID, &[HISTORY, ("balance_paise", "the sum of the account's entries, added up again")]),
    noted("bank_scrolls", ID),
    noted("bank_scroll_files", &["scroll_id"]),
    noted("bank_scroll_lines", &["scroll_id", "line"]),
    noted("bank_differences", ID),
    noted("requisitions", ID),
    noted("saved_queries", ID),
    noted("saved_query_runs", ID),
    noted("observations", ID),
    noted("samples", ID),
    noted("sample_items", &["sample_id", "position"]),
    noted("sample_draws", &["sample_id", "position"]),
    noted("notes", ID),
    noted("letters", ID),
    noted("letter_closings", &["letter_id"]),
    noted("corrections", ID),
    noted("bank_credits", ID),
    noted("payment_failures", &["payment_id"]),
    noted("burned_numbers", &["series", "first_number"]),
    otherwise("journals", "the digest of each journal, with its lines, is in the entry that posted it", &[]),
    otherwise("entries", "the digest of each journal, with its lines, is in the entry that posted it", &[]),
    otherwise("disclosures", "the digest of each value is in its entry", &[]),
    otherwise("audit_log", "the log itself: each entry is hashed with the one before it", &[]),
    otherwise("audit_head", "the end of the log, which the last entry proves", &[("id", ONLY_ROW)]),
    otherwise("row_notes", "the digest of each list is in its entry", &[]),
    otherwise("row_digests", "an index of the newest notes, which are read again", &[]),
    otherwise("log_tiles", "roots of the log's tree, which are computed again", &[]),
    otherwise(
        "log_checkpoints",
        "each is signed, and its root is computed again",
        &[
            ("signed_at", "when it was signed: nothing depends on it"),
            ("note", "its size and root are compared; its signature only where the key of the log is known"),
        ],
    ),
    otherwise("last_quarter_spending", "sums of payments, which are added up again", &[HISTORY]),
    otherwise("log_commits", "each entry says whether it begins a commit, so that they are counted again", &[]),
    otherwise(
        "instance",
        "the entry that begins the log says whether the data are live",
        &[
            ("id", ONLY_ROW),
            ("clock_offset_micros", "how far the clock of a sandbox is moved; that live data have none is checked"),
            ("created_at", "when the row was written: nothing depends on it"),
        ],
    ),
    unproven("log_cosignatures", "each is signed by its witness, whose key the service may not know any more"),
    unproven("log_mailings", "a list of mails that were sent: no record of the scheme"),
    unproven("searched_texts", "texts of records once more, in the form in which they are searched"),
    unproven("counters", "the last number of each series: the records with the numbers are proven"),
    unproven("idempotency_keys", "answers for repeated requests: no records, and erased with personal data"),
    unproven("sessions", "who is signed in now: no records"),
    unproven("refresh_tokens", "who is signed in now: no records"),
];

/// Tables whose newest digests are indexed (`row_digests`), because their rows are held against the log whenever an act
/// changes them, and where a step of money reads them.
pub const INDEXED: [&str; 21] = [
    "allocations",
    "applications",
    "awards",
    "bank_differences",
    "bid_openings",
    "budget_instruments",
    "claims",
    "corrections",
    "disbursements",
    "excuses",
    "final_certificates",
    "milestones",
    "organisations",
    "payments",
    "recoveries",
    "recovery_credits",
    "scheme_drafts",
    "sealed_bids",
    "securities",
    "tranches",
    "users",
];

/// Those of them that are read together with the index: what an act wrote of them is in the tables at once.
pub const LOOKED_UP: [&str; 2] = ["organisations", "users"];

/// Columns that are left out, each with the reason.
type LeftOut = &'static [(&'static str, &'static str)];

/// The key, and the columns that are left out, of a table that is proven by notes.
pub fn of_notes(table: &str) -> Option<(&'static [&'static str], LeftOut)> {
    TABLES.iter().find(|proven| proven.table == table).and_then(|proven| match proven.proof {
        Proof::Notes { key, besides } => Some((key, besides)),
        Proof::Otherwise { .. } | Proof::Unproven(_) => None,
    })
}

/// The name of a table as it is written here, if it is proven by notes.
pub fn name(table: &str) -> Option<&'static str> {
    TABLES
        .iter()
        .find(|proven| proven.table == table && matches!(proven.proof, Proof::Notes { .. }))
        .map(|one| one.table)
}
