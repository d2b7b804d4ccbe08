//! The audit log: appended in the transaction of the act itself, read back for proof.

use crate::db::batch::Head;
use crate::db::column::Column;
use crate::db::connection::{ReadTx, WriteTx};
use crate::db::error::DbError;
use crate::db::log_tiles;
use crate::db::schema::{audit_head, audit_log};
use crate::db::sets::set_row;
use crate::domain::audit::{AuditEntry, AuditFacts, AuditOutcome, WrittenEntry};
use crate::domain::calendar::Timestamp;
use crate::domain::id::UserId;
use diesel::prelude::*;

/// Sequence and hash of the last entry.
pub fn head(tx: &mut ReadTx<'_>) -> Result<Head, DbError> {
    if let Some(batch) = &tx.batch {
        let here = batch.layers().find_map(|layer| layer.head.as_ref().map(|(_, head)| head));
        if let Some(head) = here.or(batch.known.head.as_ref()) {
            return Ok(head.clone());
        }
    }
    let stored: Head =
        audit_head::table.find(1).select((audit_head::sequence, audit_head::hash)).get_result(tx.stored()?)?;
    if let Some(batch) = &mut tx.batch {
        batch.known.head = Some(stored.clone());
    }
    Ok(stored)
}

/// Appends an entry behind the head.
pub fn append(tx: &mut WriteTx<'_>, entry: &AuditEntry) -> Result<(), DbError> {
    let head = head(tx)?;
    if entry.facts.sequence != head.0 + 1 || entry.previous_hash != head.1 {
        return Err(DbError::Conflict("audit_head".to_owned()));
    }
    let top = tx.held().top();
    top.audit_log.push(AuditRow::of(entry));
    let stored = top.head.take().map_or(head, |(stored, _)| stored);
    top.head = Some((stored, (entry.facts.sequence, entry.hash.clone())));
    log_tiles::close(tx, entry.facts.sequence)
}

/// An entry as stored.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_log)]
pub(in crate::db) struct AuditRow {
    sequence: i64,
    recorded_at: String,
    actor_id: String,
    command: String,
    subject: String,
    outcome: String,
    code: Option<String>,
    details: String,
    journal_digest: Option<String>,
    previous_hash: String,
    hash: String,
}

set_row!(AuditRow in audit_log {
    sequence, recorded_at, actor_id, command, subject, outcome, code, details, journal_digest, previous_hash, hash,
});

impl AuditRow {
    fn of(entry: &AuditEntry) -> Self {
        let facts = &entry.facts;
        AuditRow {
            sequence: facts.sequence,
            recorded_at: facts.recorded_at.raw(),
            actor_id: facts.actor_id.raw(),
            command: facts.command.clone(),
            subject: facts.subject.clone(),
            outcome: facts.outcome.raw(),
            code: facts.code.clone(),
            details: facts.details.clone(),
            journal_digest: facts.journal_digest.clone(),
            previous_hash: entry.previous_hash.clone(),
            hash: entry.hash.clone(),
        }
    }

    pub(in crate::db) fn sequence(&self) -> i64 {
        self.sequence
    }

    pub(in crate::db) fn hash(&self) -> &str {
        &self.hash
    }

    fn record(self) -> Result<AuditEntry, DbError> {
        let corrupt = |column: &'static str| move |why: String| DbError::Corrupt { table: "audit_log", column, why };
        let facts = AuditFacts {
            sequence: self.sequence,
            recorded_at: Timestamp::from_raw(self.recorded_at).map_err(corrupt("recorded_at"))?,
            actor_id: UserId::from_raw(self.actor_id).map_err(corrupt("actor_id"))?,
            command: self.command,
            subject: self.subject,
            outcome: AuditOutcome::from_raw(self.outcome).map_err(corrupt("outcome"))?,
            code: self.code,
            details: self.details,
            journal_digest: self.journal_digest,
        };
        Ok(AuditEntry { facts, previous_hash: self.previous_hash, hash: self.hash })
    }

    fn written(self) -> WrittenEntry {
        WrittenEntry {
            sequence: self.sequence,
            recorded_at: self.recorded_at,
            actor_id: self.actor_id,
            command: self.command,
            subject: self.subject,
            outcome: self.outcome,
            code: self.code,
            details: self.details,
            journal_digest: self.journal_digest,
            previous_hash: self.previous_hash,
            hash: self.hash,
        }
    }
}

fn rows_after(tx: &mut ReadTx<'_>, sequence: i64, limit: i64) -> Result<Vec<AuditRow>, DbError> {
    let behind = audit_log::table.filter(audit_log::sequence.gt(sequence));
    Ok(behind.order(audit_log::sequence).limit(limit).select(AuditRow::as_select()).load(tx.conn()?)?)
}

/// Entries behind a sequence, oldest first, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, sequence: i64, limit: i64) -> Result<Vec<AuditEntry>, DbError> {
    rows_after(tx, sequence, limit)?.into_iter().map(AuditRow::record).collect()
}

/// The same as they are written.
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

/// What was done about any of these subjects by any of these commands, oldest first.
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

/// How many different records of this noun have an act on record.
pub fn count_of_noun(tx: &mut ReadTx<'_>, noun: &str) -> Result<i64, DbError> {
    let of_noun = audit_log::table
        .filter(audit_log::subject.ge(format!("{noun}:")))
        .filter(audit_log::subject.lt(format!("{noun};")))
        .filter(audit_log::outcome.eq(AuditOutcome::Done.as_str()));
    Ok(of_noun
        .select(diesel::dsl::sql::<diesel::sql_types::BigInt>("COUNT(DISTINCT subject)"))
        .get_result(tx.conn()?)?)
}

/// When the latest act was recorded, of those that did more than load a scheme.
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

/// The hash of one entry.
pub fn hash_of(tx: &mut ReadTx<'_>, sequence: i64) -> Result<Option<String>, DbError> {
    Ok(audit_log::table.find(sequence).select(audit_log::hash).get_result(tx.conn()?).optional()?)
}
