//! The audit log. Entries are appended in the transaction of the act itself, and read back for proof.

use crate::db::engine::column::Column;
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::rows::AuditRow;
use crate::db::engine::schema::{audit_head, audit_log};
use crate::db::engine::sets::{HEAD_ID, Head};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use crate::db::log::log_tiles;
use domain::base::calendar::Timestamp;
use domain::log::audit::{AuditEntry, AuditOutcome, WrittenEntry};
use domain::log::log_facts::{LOG_SIGNED, SAME_COMMIT, with_member};

/// Sequence and hash of the last entry.
pub fn head(tx: &mut ReadTx<'_>) -> Result<Head, DbError> {
    tx.read_through(
        HEAD_ID,
        |savepoint, _| savepoint.head.as_ref().map(|(_, head)| head.clone()),
        |cache| &mut cache.heads,
        |select, id| select.get_result(audit_head::table.find(*id).select((audit_head::sequence, audit_head::hash))),
    )
}

/// The head as it is stored, if it is there.
pub fn stored_head(tx: &mut ReadTx<'_>) -> Result<Option<Head>, DbError> {
    let row = audit_head::table.find(HEAD_ID).select((audit_head::sequence, audit_head::hash));
    Ok(row.get_result(tx.conn()?).optional()?)
}

/// Appends an entry after the head.
pub fn append(tx: &mut WriteTx<'_>, entry: &AuditEntry) -> Result<(), DbError> {
    let head = head(tx)?;
    if entry.facts.sequence != head.0 + 1 || entry.previous_hash != head.1 {
        return Err(DbError::Conflict("audit_head".to_owned()));
    }
    let newest = tx.buffer().newest();
    newest.audit_log.push(AuditRow::of(entry));
    let stored = newest.head.take().map_or(head, |(stored, _)| stored);
    newest.head = Some((stored, (entry.facts.sequence, entry.hash.clone())));
    log_tiles::close(tx, entry.facts.sequence)
}

/// Whether an entry was appended in this transaction. Asked before the first one is.
pub fn has_grown(tx: &mut WriteTx<'_>) -> Result<bool, DbError> {
    let (head, _) = head(tx)?;
    Ok(*tx.buffer().log_before.get_or_insert(head) != head)
}

/// Lets the first entry of this transaction say something about the log itself.
pub fn say_first(tx: &mut WriteTx<'_>, name: &'static str, value: String) {
    tx.buffer().first_entry_says.push((name, value));
}

/// The details of the next entry, with what it says about the log itself.
pub fn details_in_log(tx: &mut WriteTx<'_>, details: String) -> Result<String, DbError> {
    if has_grown(tx)? {
        return Ok(with_member(&details, SAME_COMMIT, "true"));
    }
    let said = tx.buffer().first_entry_says.iter();
    Ok(said.fold(details, |details, (name, value)| with_member(&details, name, value)))
}

fn rows_after(tx: &mut ReadTx<'_>, sequence: i64, limit: i64) -> Result<Vec<AuditRow>, DbError> {
    let behind = audit_log::table.filter(audit_log::sequence.gt(sequence));
    Ok(behind.order(audit_log::sequence).limit(limit).select(AuditRow::as_select()).load(tx.conn()?)?)
}

/// Entries after a sequence, oldest first, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, sequence: i64, limit: i64) -> Result<Vec<AuditEntry>, DbError> {
    rows_after(tx, sequence, limit)?.into_iter().map(AuditRow::record).collect()
}

/// The same entries in their written form.
pub fn written_after(tx: &mut ReadTx<'_>, sequence: i64, limit: i64) -> Result<Vec<WrittenEntry>, DbError> {
    Ok(rows_after(tx, sequence, limit)?.into_iter().map(AuditRow::written).collect())
}

/// Entries about any of these subjects, oldest first.
pub fn of_subjects(tx: &mut ReadTx<'_>, subjects: &[String]) -> Result<Vec<AuditEntry>, DbError> {
    let rows: Vec<AuditRow> = audit_log::table
        .filter(audit_log::subject.eq_any(subjects))
        .order(audit_log::sequence)
        .select(AuditRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(AuditRow::record).collect()
}

/// Successful acts by any of these commands on any of these subjects, oldest first.
pub fn done_about(tx: &mut ReadTx<'_>, subjects: &[String], commands: &[&str]) -> Result<Vec<AuditEntry>, DbError> {
    let rows: Vec<AuditRow> = audit_log::table
        .filter(audit_log::subject.eq_any(subjects))
        .filter(audit_log::command.eq_any(commands))
        .filter(audit_log::outcome.eq(AuditOutcome::Done.as_str()))
        .order(audit_log::sequence)
        .select(AuditRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(AuditRow::record).collect()
}

/// One entry.
pub fn find(tx: &mut ReadTx<'_>, sequence: i64) -> Result<Option<AuditEntry>, DbError> {
    let row: Option<AuditRow> =
        audit_log::table.find(sequence).select(AuditRow::as_select()).get_result(tx.conn()?).optional()?;
    row.map(AuditRow::record).transpose()
}

/// Returns when the latest entry was recorded; entries of loading a scheme do not count.
pub fn latest_act_at(tx: &mut ReadTx<'_>) -> Result<Option<Timestamp>, DbError> {
    let at: Option<String> = audit_log::table
        .filter(audit_log::command.ne("load_scheme"))
        .order(audit_log::sequence.desc())
        .select(audit_log::recorded_at)
        .first(tx.conn()?)
        .optional()?;
    let corrupt = |why| DbError::Corrupt { table: "audit_log", column: "recorded_at", why };
    at.map(|at| Column::from_raw(at).map_err(corrupt)).transpose()
}

/// Returns when the newest entry was recorded.
pub fn newest_at(tx: &mut ReadTx<'_>) -> Result<Option<Timestamp>, DbError> {
    let newest = audit_log::table.order(audit_log::sequence.desc()).select(audit_log::recorded_at);
    let at: Option<String> = newest.first(tx.conn()?).optional()?;
    let corrupt = |why| DbError::Corrupt { table: "audit_log", column: "recorded_at", why };
    at.map(|at| Column::from_raw(at).map_err(corrupt)).transpose()
}

/// The details of the first entry that says who signs the log: entry 1, or that of a command about `subject`.
pub fn details_of_begin(tx: &mut ReadTx<'_>, subject: &str, command: &str) -> Result<Vec<(i64, String)>, DbError> {
    let said = audit_log::table
        .filter(audit_log::sequence.eq(1).or(audit_log::subject.eq(subject).and(audit_log::command.eq(command))))
        .order(audit_log::sequence)
        .select((audit_log::sequence, audit_log::details));
    Ok(said.load(tx.conn()?)?)
}

/// The newest details behind an entry that say how many checkpoints were signed.
pub fn newest_signed_said(tx: &mut ReadTx<'_>, behind: i64) -> Result<Option<(i64, String)>, DbError> {
    let said = audit_log::table
        .filter(audit_log::sequence.gt(behind))
        .filter(audit_log::details.like(format!("%\"{LOG_SIGNED}\":%")))
        .order(audit_log::sequence.desc())
        .select((audit_log::sequence, audit_log::details));
    Ok(said.first(tx.conn()?).optional()?)
}

/// The newest entry of a command that was done.
pub fn newest_of(tx: &mut ReadTx<'_>, subject: &str, command: &str) -> Result<Option<i64>, DbError> {
    let done = audit_log::table
        .filter(audit_log::subject.eq(subject))
        .filter(audit_log::command.eq(command))
        .filter(audit_log::outcome.eq(AuditOutcome::Done.as_str()))
        .select(diesel::dsl::max(audit_log::sequence));
    Ok(done.get_result(tx.conn()?)?)
}

/// The hash of one entry.
pub fn hash_of(tx: &mut ReadTx<'_>, sequence: i64) -> Result<Option<String>, DbError> {
    Ok(audit_log::table.find(sequence).select(audit_log::hash).get_result(tx.conn()?).optional()?)
}
