//! Where references of the bank (UTR) stand beside payments: on receipts of recoveries and from guarantees, on credits
//! of the bank, and on what its scrolls say was paid. These tables are never buffered. A payment that a UTR settles is
//! found in `payments`.

use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::{bank_credits, recovery_credits, security_events};
use crate::db::engine::transaction::ReadTx;
use diesel::sql_query;
use diesel::sql_types::Text;
use domain::award::security::SecurityEventKind;
use std::collections::BTreeSet;

/// The number of texts in one query.
const AT_ONCE: usize = 500;

/// What a UTR stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UtrUse {
    Receipt,
    Guarantee,
    Credit,
    /// A line of a scroll that says that the bank paid this number.
    PaidOut(String),
}

#[derive(QueryableByName)]
struct UseRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    said: String,
}

/// Everything that a UTR stands on, in one statement.
pub fn of(tx: &mut ReadTx<'_>, utr: &str) -> Result<Vec<UtrUse>, DbError> {
    let query = sql_query(
        "SELECT 'receipt' AS kind, '' AS said FROM recovery_credits WHERE utr = $1 \
         UNION SELECT 'guarantee', '' FROM security_events WHERE kind = 'received' AND reference = $2 \
         UNION SELECT 'credit', '' FROM bank_credits WHERE utr = $3 \
         UNION SELECT 'paid', end_to_end_id FROM bank_scroll_lines WHERE utr = $4 AND outcome = 'succeeded'",
    );
    let query = query.bind::<Text, _>(utr).bind::<Text, _>(utr).bind::<Text, _>(utr).bind::<Text, _>(utr);
    let rows: Vec<UseRow> = query.load(tx.unbuffered()?.engine())?;
    let kind = |row: UseRow| match row.kind.as_str() {
        "receipt" => UtrUse::Receipt,
        "guarantee" => UtrUse::Guarantee,
        "credit" => UtrUse::Credit,
        _ => UtrUse::PaidOut(row.said),
    };
    Ok(rows.into_iter().map(kind).collect())
}

/// Those of these UTRs that stand on money that came in.
pub fn came_in(tx: &mut ReadTx<'_>, utrs: &[String]) -> Result<BTreeSet<String>, DbError> {
    let mut found = BTreeSet::new();
    for some in utrs.chunks(AT_ONCE) {
        let credits = bank_credits::table.filter(bank_credits::utr.eq_any(some)).select(bank_credits::utr);
        let receipts = recovery_credits::table
            .filter(recovery_credits::utr.eq_any(some))
            .select(recovery_credits::utr.assume_not_null());
        let guarantees = security_events::table
            .filter(security_events::kind.eq(SecurityEventKind::Received.as_str()))
            .filter(security_events::reference.eq_any(some))
            .select(security_events::reference.assume_not_null());
        found.extend(tx.unbuffered()?.load::<String>(credits)?);
        found.extend(tx.unbuffered()?.load::<String>(receipts)?);
        found.extend(tx.unbuffered()?.load::<String>(guarantees)?);
    }
    Ok(found)
}
