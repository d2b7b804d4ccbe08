//! The notes of the rows that each act wrote (`src/db/engine/notes/`), beside its entry of the log.

use crate::db::engine::connection::{DbConnection, per_engine};
use crate::db::engine::error::DbError;
use crate::db::engine::notes::newest_digests::{Left, Place};
use crate::db::engine::notes::proven_tables::{INDEXED, LOOKED_UP};
use crate::db::engine::query::prelude::*;
use crate::db::engine::rows::{AuditRow, NotesRow};
use crate::db::engine::schema::{audit_log, row_digests, row_notes};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use crate::db::log::audit_log as log;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use domain::log::audit::AuditOutcome;
use domain::log::row_note::{RowDigest, RowNotes, named_digest};
use std::collections::{BTreeMap, HashMap};

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
    let mut looked_up = false;
    for (place, digest) in left(&notes) {
        looked_up |= LOOKED_UP.contains(&place.0);
        let left = Left { digest, text: digest.text(), sequence, stored: false };
        tx.buffer().newest().digests.insert(place, left);
    }
    tx.buffer().newest().row_notes.push(NotesRow { sequence, notes: notes.0 });
    if looked_up {
        // Whoever reads such a row together with the index finds its list and its entry in the tables.
        tx.conn()?;
    }
    Ok(())
}

/// The name of a table whose newest digests are indexed. Its rows are never deleted.
fn indexed_table(table: &str) -> Option<&'static str> {
    INDEXED.iter().find(|indexed| **indexed == table).copied()
}

/// The rows of indexed tables that a list changed, as the act had found them.
pub fn found(notes: &RowNotes) -> impl Iterator<Item = (Place, RowDigest)> + '_ {
    notes.lines().flatten().filter_map(|line| {
        let place = (indexed_table(line.table)?, line.key.to_owned());
        Some((place, line.before?))
    })
}

/// The rows of indexed tables that a list changed, as the act left them.
pub fn left(notes: &RowNotes) -> impl Iterator<Item = (Place, RowDigest)> + '_ {
    notes.lines().flatten().filter_map(|line| {
        let place = (indexed_table(line.table)?, line.key.to_owned());
        Some((place, line.digest?))
    })
}

/// The digest that the newest act left of a row of an indexed table; `None` if no act did, or the log does not prove
/// it. The index is only read for rows that this process neither wrote nor looked up before.
pub fn newest(tx: &mut WriteTx<'_>, place: Place) -> Result<Option<RowDigest>, DbError> {
    if let Some(known) = tx.buffer().newest_digest(&place) {
        return Ok(Some(known));
    }
    let there = row_digests::table.find((place.0, &place.1)).select((row_digests::digest, row_digests::sequence));
    let read = tx.stored(|select| select.get_result::<(String, i64)>(there).optional())?;
    let Some((indexed, sequence)) = read.merge(tx, |found, _| found) else { return Ok(None) };
    let left = match tx.buffer().known.listed(sequence, &place) {
        Some(digest) => Some(digest),
        None => listed(tx, sequence, &place)?,
    };
    let left = left.filter(|digest| digest.text() == indexed);
    if let Some(digest) = left {
        tx.buffer().known.learn(place, digest);
    }
    Ok(left)
}

/// What the list of an entry says of a row, if the entry and its list are intact.
fn listed(tx: &mut WriteTx<'_>, sequence: i64, place: &Place) -> Result<Option<RowDigest>, DbError> {
    let act = audit_log::table
        .inner_join(row_notes::table.on(row_notes::sequence.eq(audit_log::sequence)))
        .filter(audit_log::sequence.eq(sequence))
        .select((AuditRow::as_select(), NotesRow::as_select()));
    let read = tx.stored(|select| select.get_result::<(AuditRow, NotesRow)>(act).optional())?;
    let Some((entry, list)) = read.merge(tx, |found, _| found) else { return Ok(None) };
    let Some(list) = intact(entry, list) else { return Ok(None) };
    let rows: HashMap<Place, RowDigest> = left(&list).collect();
    let digest = rows.get(place).copied();
    tx.buffer().known.learn_list(sequence, rows);
    Ok(digest)
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

/// A row of the index of digests: table, key, digest and entry.
pub type Indexed = (String, String, String, i64);

/// The rows of the index of digests of a table behind a key, in order, at most `limit`.
pub fn indexed_after(tx: &mut ReadTx<'_>, table: &str, behind: &str, limit: i64) -> Result<Vec<Indexed>, DbError> {
    let behind = row_digests::table.filter(row_digests::table_name.eq(table)).filter(row_digests::row_key.gt(behind));
    Ok(behind.order(row_digests::row_key).limit(limit).load(tx.conn()?)?)
}

/// Key and digest of the rows of the index of a table behind one key, up to another or to the end.
pub fn indexed_between(
    tx: &mut ReadTx<'_>,
    table: &str,
    behind: &str,
    until: Option<&str>,
) -> Result<Vec<(String, String)>, DbError> {
    let mut query = row_digests::table.filter(row_digests::table_name.eq(table)).into_boxed();
    query = query.filter(row_digests::row_key.gt(behind));
    if let Some(until) = until {
        query = query.filter(row_digests::row_key.le(until));
    }
    Ok(query.select((row_digests::row_key, row_digests::digest)).load(tx.conn()?)?)
}

/// How many rows of each table the index of digests has.
pub fn indexed_rows(tx: &mut ReadTx<'_>) -> Result<HashMap<String, i64>, DbError> {
    let each = row_digests::table.group_by(row_digests::table_name);
    let counts: Vec<(String, i64)> =
        each.select((row_digests::table_name, diesel::dsl::count_star())).load(tx.conn()?)?;
    Ok(counts.into_iter().collect())
}

/// Puts rows into the index of digests, as a start does that finds the index of an earlier program.
pub fn index(tx: &mut WriteTx<'_>, rows: BTreeMap<Place, (RowDigest, i64)>) {
    let left = |(digest, sequence): (RowDigest, i64)| Left { digest, text: digest.text(), sequence, stored: false };
    tx.buffer().newest().digests.extend(rows.into_iter().map(|(place, row)| (place, left(row))));
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

/// The list of an entry, if it is the one that the entry names, and the entry has its own hash.
fn intact(entry: AuditRow, list: NotesRow) -> Option<RowNotes> {
    let (entry, list) = (entry.written(), RowNotes(list.notes));
    let hashed = entry.hash_after(&entry.previous_hash) == entry.hash;
    (hashed && named_digest(&entry.details) == Some(&*list.digest())).then_some(list)
}

/// The digest after an act that its list has for a row, if the list is the one that its entry names.
fn proven(entry: AuditRow, list: NotesRow, table: &str, key: &str) -> Option<RowDigest> {
    intact(entry, list)?.lines().flatten().find(|line| line.table == table && line.key == key)?.digest
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
