//! The notes of the rows that each act wrote (`src/db/engine/notes/`), beside its entry of the log.

use crate::db::engine::connection::{DbConnection, per_engine};
use crate::db::engine::error::DbError;
use crate::db::engine::notes::proven_tables::INDEXED;
use crate::db::engine::query::prelude::*;
use crate::db::engine::rows::NotesRow;
use crate::db::engine::schema::{audit_log, row_digests, row_notes};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use crate::db::log::audit_log as log;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use domain::log::audit::AuditOutcome;
use domain::log::row_note::{NoteLine, RowDigest, RowNotes};

/// The command that adopts the rows of an earlier program.
pub const ADOPT_ROWS: &str = "adopt_rows";

/// The subject of the entry that ends the adoption.
pub const ALL_ROWS: &str = "rows";

/// Takes what the running act wrote as its list; `None` if it wrote no row that is proven by notes.
pub fn take<E: From<DbError>>(
    tx: &mut WriteTx<'_>,
    salt: impl FnOnce() -> Result<String, E>,
) -> Result<Option<RowNotes>, E> {
    let written = std::mem::take(&mut tx.buffer().newest().notes);
    if written.is_empty() { Ok(None) } else { Ok(RowNotes::of(&salt()?, written)) }
}

/// Stores the list of an act beside its entry.
pub fn insert(tx: &mut WriteTx<'_>, sequence: i64, notes: RowNotes) -> Result<(), DbError> {
    tx.buffer().newest().row_notes.push(NotesRow { sequence, notes: notes.0.clone() });
    // Whoever looks up an indexed row then finds its list and its entry in the tables: this flushes the buffer.
    let indexed = notes.lines().flatten().filter(|line| INDEXED.contains(&line.table));
    indexed.into_iter().try_for_each(|line| index(tx, &line, sequence))
}

/// Sets the newest digest of an indexed row. Such a row is never deleted.
fn index(tx: &mut WriteTx<'_>, line: &NoteLine<'_>, sequence: i64) -> Result<(), DbError> {
    let digest = line.digest.as_ref().map(RowDigest::text).unwrap_or_default();
    let there = row_digests::table.find((line.table, line.key));
    let changed = diesel::update(there)
        .set((row_digests::digest.eq(&digest), row_digests::sequence.eq(sequence)))
        .execute(tx.conn()?)?;
    if changed == 0 {
        diesel::insert_into(row_digests::table)
            .values((
                row_digests::table_name.eq(line.table),
                row_digests::row_key.eq(line.key),
                row_digests::digest.eq(&digest),
                row_digests::sequence.eq(sequence),
            ))
            .execute(tx.conn()?)?;
    }
    Ok(())
}

/// The lists beside the entries from one to another, in order.
pub fn between(tx: &mut ReadTx<'_>, first: i64, last: i64) -> Result<Vec<(i64, RowNotes)>, DbError> {
    let rows: Vec<NotesRow> = row_notes::table
        .filter(row_notes::sequence.between(first, last))
        .order(row_notes::sequence)
        .select(NotesRow::as_select())
        .load(tx.conn()?)?;
    Ok(rows.into_iter().map(|row| (row.sequence, RowNotes(row.notes))).collect())
}

/// The lists behind an entry, in order, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, sequence: i64, limit: i64) -> Result<Vec<(i64, RowNotes)>, DbError> {
    let behind = row_notes::table.filter(row_notes::sequence.gt(sequence)).order(row_notes::sequence).limit(limit);
    let rows: Vec<NotesRow> = behind.select(NotesRow::as_select()).load(tx.conn()?)?;
    Ok(rows.into_iter().map(|row| (row.sequence, RowNotes(row.notes))).collect())
}

/// How many lists are stored.
pub fn count(tx: &mut ReadTx<'_>) -> Result<i64, DbError> {
    Ok(row_notes::table.count().get_result(tx.conn()?)?)
}

/// The indexed digests: table, key, digest and entry, in the order of tables and keys.
pub fn indexed(tx: &mut ReadTx<'_>) -> Result<Vec<(String, String, String, i64)>, DbError> {
    Ok(row_digests::table.order((row_digests::table_name, row_digests::row_key)).load(tx.conn()?)?)
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    sequence: i64,
}

/// The newest entry whose list has a row.
pub fn newest_of(tx: &mut ReadTx<'_>, table: &str, key: &str) -> Result<Option<i64>, DbError> {
    let sought = format!("\n{table}\t{key}\t");
    let position = match tx.conn()? {
        DbConnection::Sqlite(_) => "instr(notes, ?) > 0",
        DbConnection::Postgres(_) => "strpos(notes, $1) > 0",
    };
    let text = format!("SELECT sequence FROM row_notes WHERE {position} ORDER BY sequence DESC LIMIT 1");
    let found: Vec<Found> =
        per_engine!(tx.conn()?, |conn| diesel::RunQueryDsl::load(sql_query(text).bind::<Text, _>(sought), conn)?);
    Ok(found.first().map(|found| found.sequence))
}

/// From where on the rows are proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proven {
    /// From this entry on: the first of all, or the one that ended the adoption of earlier rows.
    From(i64),
    /// The rows of an earlier program are not adopted yet, or not all of them.
    NotYet,
}

/// From which entry on rows are proven.
pub fn proven_from(tx: &mut ReadTx<'_>) -> Result<Proven, DbError> {
    let first: Option<i64> = row_notes::table.select(diesel::dsl::min(row_notes::sequence)).get_result(tx.conn()?)?;
    let (head, _) = log::head(tx)?;
    let Some(first) = first else { return Ok(if head == 0 { Proven::From(1) } else { Proven::NotYet }) };
    let began: Option<String> =
        audit_log::table.find(first).select(audit_log::command).get_result(tx.conn()?).optional()?;
    if began.as_deref() != Some(ADOPT_ROWS) {
        return Ok(Proven::From(1));
    }
    let ended: Option<i64> = audit_log::table
        .filter(audit_log::subject.eq(ALL_ROWS))
        .filter(audit_log::command.eq(ADOPT_ROWS))
        .filter(audit_log::outcome.eq(AuditOutcome::Done.as_str()))
        .select(diesel::dsl::max(audit_log::sequence))
        .get_result(tx.conn()?)?;
    Ok(ended.map_or(Proven::NotYet, Proven::From))
}
