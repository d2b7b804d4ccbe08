//! Stored journals, read back for proof.

use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::{accounts, entries, journals};
use crate::db::engine::transaction::ReadTx;
use diesel::dsl::sql;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::budget::ledger::{Entry, Stage};
use domain::log::audit::StoredJournal;
use std::collections::BTreeMap;

#[derive(QueryableByName)]
struct JournalId {
    #[diesel(sql_type = Text)]
    journal_id: String,
}

type StoredRow = (String, String, String, String, i64);
/// The journal, account and amount of an entry.
type StoredLine = (String, String, i64);

/// The journals that these audit entries posted, oldest first, in two statements.
pub fn of_sequences(tx: &mut ReadTx<'_>, sequences: &[i64]) -> Result<Vec<StoredJournal>, DbError> {
    let rows: Vec<StoredRow> = journals::table
        .filter(journals::audit_sequence.eq_any(sequences))
        .order(journals::audit_sequence)
        .load(tx.conn()?)?;
    let ids: Vec<&String> = rows.iter().map(|(id, ..)| id).collect();
    let lines: Vec<StoredLine> = entries::table
        .inner_join(accounts::table.on(accounts::id.eq(entries::account_id)))
        .filter(entries::journal_id.eq_any(ids))
        .order((entries::journal_id, entries::line))
        .select((entries::journal_id, accounts::code, entries::amount_paise))
        .load(tx.conn()?)?;
    Ok(with_lines(rows, lines))
}

/// The journals that the audit entries from one to another posted, oldest first, in two statements.
pub fn between(tx: &mut ReadTx<'_>, first: i64, last: i64) -> Result<Vec<StoredJournal>, DbError> {
    let rows: Vec<StoredRow> = journals::table
        .filter(journals::audit_sequence.between(first, last))
        .order(journals::audit_sequence)
        .load(tx.conn()?)?;
    let lines: Vec<StoredLine> = entries::table
        .inner_join(journals::table.on(journals::id.eq(entries::journal_id)))
        .inner_join(accounts::table.on(accounts::id.eq(entries::account_id)))
        .filter(journals::audit_sequence.between(first, last))
        .order((journals::audit_sequence, entries::line))
        .select((entries::journal_id, accounts::code, entries::amount_paise))
        .load(tx.conn()?)?;
    Ok(with_lines(rows, lines))
}

fn with_lines(rows: Vec<StoredRow>, lines: Vec<StoredLine>) -> Vec<StoredJournal> {
    let mut lines_of: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for (journal, account_code, amount_paise) in lines {
        lines_of.entry(journal).or_default().push(Entry { account_code, amount_paise });
    }
    let journal = |(id, kind, reference, posted_at, audit_sequence): StoredRow| {
        let entries = lines_of.remove(&id).unwrap_or_default();
        StoredJournal { id, kind, reference, posted_at, audit_sequence, entries }
    };
    rows.into_iter().map(journal).collect()
}

pub fn count(tx: &mut ReadTx<'_>) -> Result<i64, DbError> {
    Ok(journals::table.count().get_result(tx.conn()?)?)
}

/// Account codes whose stored balance differs from the sum of their entries, with both figures.
pub fn differing_totals(tx: &mut ReadTx<'_>) -> Result<Vec<(String, i64, i64)>, DbError> {
    let rows: Vec<(String, String, i64, Option<i64>)> = accounts::table
        .left_join(entries::table.on(entries::account_id.eq(accounts::id)))
        .group_by((accounts::code, accounts::stage, accounts::balance_paise))
        .order(accounts::code)
        .select((
            accounts::code,
            accounts::stage,
            accounts::balance_paise,
            sql::<Nullable<BigInt>>("CAST(SUM(entries.amount_paise) AS BIGINT)"),
        ))
        .load(tx.conn()?)?;
    let differs = |(code, stage, balance, sum): (String, String, i64, Option<i64>)| {
        let sum = sum.unwrap_or(0);
        let sum = if stage.parse::<Stage>().is_ok_and(Stage::grows_on_debit) { sum } else { -sum };
        (sum != balance).then_some((code, balance, sum))
    };
    Ok(rows.into_iter().filter_map(differs).collect())
}

/// The first journal whose lines are not numbered from 1 without a gap: its digest has their order only.
pub fn first_with_a_gap(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let found: Option<JournalId> = diesel::sql_query(
        "SELECT journal_id FROM entries GROUP BY journal_id HAVING MIN(line) <> 1 OR MAX(line) <> COUNT(*) \
         OR COUNT(DISTINCT line) <> COUNT(*) ORDER BY journal_id LIMIT 1",
    )
    .get_result(tx.conn()?)
    .optional()?;
    Ok(found.map(|row| row.journal_id))
}

/// Ids of journals whose entries do not sum to zero within a ledger.
pub fn unbalanced(tx: &mut ReadTx<'_>) -> Result<Vec<String>, DbError> {
    let rows: Vec<JournalId> = diesel::sql_query(
        "SELECT DISTINCT journal_id FROM (SELECT entries.journal_id FROM entries \
         JOIN accounts ON accounts.id = entries.account_id \
         GROUP BY entries.journal_id, accounts.ledger HAVING SUM(entries.amount_paise) <> 0) AS uneven \
         ORDER BY journal_id",
    )
    .load(tx.conn()?)?;
    Ok(rows.into_iter().map(|row| row.journal_id).collect())
}
