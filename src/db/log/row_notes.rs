//! The notes of the rows that each act wrote (`src/db/engine/notes/`), beside its entry of the log.

use crate::db::engine::connection::{DbConnection, per_engine};
use crate::db::engine::error::DbError;
use crate::db::engine::notes::proven_tables::INDEXED;
use crate::db::engine::query::prelude::*;
use crate::db::engine::rows::{AuditRow, NotesRow};
use crate::db::engine::schema::{audit_log, row_digests, row_notes};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use crate::db::log::audit_log as log;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use domain::log::audit::AuditOutcome;
use domain::log::row_note::{NoteLine, RowDigest, RowNotes, named_digest};

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

/// The digest after an act that its list has for a row, if the list is the one that its entry names.
fn proven(entry: AuditRow, list: NotesRow, table: &str, key: &str) -> Option<RowDigest> {
    let (entry, list) = (entry.written(), RowNotes(list.notes));
    let hashed = entry.hash_after(&entry.previous_hash) == entry.hash;
    if !hashed || named_digest(&entry.details) != Some(&*list.digest()) {
        return None;
    }
    list.lines().flatten().find(|line| line.table == table && line.key == key)?.digest
}

/// Whether the act of an entry left an indexed row with this digest, and no later act on its record changed it.
pub fn holds(tx: &mut ReadTx<'_>, table: &str, key: &str, digest: RowDigest, sequence: i64) -> Result<bool, DbError> {
    // The lists of indexed rows are flushed when they are written.
    let subject = format!("{}:{key}", table.trim_end_matches('s'));
    let read = tx.stored(|select| {
        let both = audit_log::table.inner_join(row_notes::table.on(row_notes::sequence.eq(audit_log::sequence)));
        let act = both.filter(audit_log::sequence.eq(sequence)).select((AuditRow::as_select(), NotesRow::as_select()));
        let act: Option<(AuditRow, NotesRow)> = select.get_result(act).optional()?;
        let later = both.filter(audit_log::subject.eq(subject)).filter(audit_log::sequence.gt(sequence));
        let later: Vec<String> = select.load(later.select(row_notes::notes))?;
        Ok((act, later))
    })?;
    let (act, later) = read.merge(tx, |found, _| found);
    let changed = |notes: String| RowNotes(notes).lines().flatten().any(|line| line.table == table && line.key == key);
    let left = act.and_then(|(entry, list)| proven(entry, list, table, key));
    Ok(left == Some(digest) && !later.into_iter().any(changed))
}

/// The digest that the newest act on a record left of one of its rows; `None` if no act did, or the log does not prove
/// it.
pub fn newest_about(tx: &mut ReadTx<'_>, subject: &str, table: &str, key: &str) -> Result<Option<RowDigest>, DbError> {
    let acts: Vec<(AuditRow, NotesRow)> = audit_log::table
        .inner_join(row_notes::table.on(row_notes::sequence.eq(audit_log::sequence)))
        .filter(audit_log::subject.eq(subject))
        .order(audit_log::sequence.desc())
        .select((AuditRow::as_select(), NotesRow::as_select()))
        .load(tx.conn()?)?;
    let sought = format!("\n{table}\t{key}\t");
    if let Some((entry, list)) = acts.into_iter().find(|(_, list)| list.notes.contains(&sought)) {
        return Ok(proven(entry, list, table, key));
    }
    // An earlier program wrote the row; it was adopted.
    let Some(sequence) = newest_of(tx, table, key)? else { return Ok(None) };
    let adopted: Option<(AuditRow, NotesRow)> = audit_log::table
        .inner_join(row_notes::table.on(row_notes::sequence.eq(audit_log::sequence)))
        .filter(audit_log::sequence.eq(sequence))
        .select((AuditRow::as_select(), NotesRow::as_select()))
        .get_result(tx.conn()?)
        .optional()?;
    Ok(adopted.and_then(|(entry, list)| proven(entry, list, table, key)))
}

/// The keys in the index of digests of a table, in order.
pub fn indexed_keys(tx: &mut ReadTx<'_>, table: &str) -> Result<Vec<String>, DbError> {
    let of_table = row_digests::table.filter(row_digests::table_name.eq(table)).order(row_digests::row_key);
    Ok(of_table.select(row_digests::row_key).load(tx.conn()?)?)
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
    let head = log::stored_head(tx)?.map_or(0, |(sequence, _)| sequence);
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
