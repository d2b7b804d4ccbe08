//! The signed checkpoints of the audit log. Rows are only ever added.

use crate::db::engine::column::Column;
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::log_checkpoints;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::Timestamp;
use domain::log::checkpoint::KeptCheckpoint;

type Row = (i64, String, String, String);

fn kept((size, root, note, at): Row) -> Result<KeptCheckpoint, DbError> {
    let corrupt = |why| DbError::Corrupt { table: "log_checkpoints", column: "signed_at", why };
    Ok(KeptCheckpoint { size, root, note, signed_at: Timestamp::from_raw(at).map_err(corrupt)? })
}

pub fn insert(tx: &mut WriteTx<'_>, checkpoint: &KeptCheckpoint) -> Result<(), DbError> {
    diesel::insert_into(log_checkpoints::table)
        .values((
            log_checkpoints::size.eq(checkpoint.size),
            log_checkpoints::root.eq(&checkpoint.root),
            log_checkpoints::note.eq(&checkpoint.note),
            log_checkpoints::signed_at.eq(checkpoint.signed_at.raw()),
        ))
        .execute(tx.conn()?)?;
    Ok(())
}

/// The checkpoint that covers the most entries.
pub fn newest(tx: &mut ReadTx<'_>) -> Result<Option<KeptCheckpoint>, DbError> {
    Ok(before(tx, i64::MAX, 1)?.into_iter().next())
}

/// The checkpoint that covers so many entries.
pub fn find(tx: &mut ReadTx<'_>, size: i64) -> Result<Option<KeptCheckpoint>, DbError> {
    let row: Option<Row> = log_checkpoints::table.find(size).first(tx.conn()?).optional()?;
    row.map(kept).transpose()
}

/// How many checkpoints cover more entries than `after`, and at most `up_to`.
pub fn count_between(tx: &mut ReadTx<'_>, after: i64, up_to: i64) -> Result<i64, DbError> {
    let between = log_checkpoints::size.gt(after).and(log_checkpoints::size.le(up_to));
    Ok(log_checkpoints::table.filter(between).count().get_result(tx.conn()?)?)
}

/// The checkpoints that cover fewer entries than `size`, the largest first, at most `limit`.
pub fn before(tx: &mut ReadTx<'_>, size: i64, limit: i64) -> Result<Vec<KeptCheckpoint>, DbError> {
    let rows: Vec<Row> = log_checkpoints::table
        .filter(log_checkpoints::size.lt(size))
        .order(log_checkpoints::size.desc())
        .limit(limit)
        .load(tx.conn()?)?;
    rows.into_iter().map(kept).collect()
}

/// The next checkpoint that covers more entries than `size`.
pub fn after(tx: &mut ReadTx<'_>, size: i64) -> Result<Option<KeptCheckpoint>, DbError> {
    let row: Option<Row> = log_checkpoints::table
        .filter(log_checkpoints::size.gt(size))
        .order(log_checkpoints::size)
        .first(tx.conn()?)
        .optional()?;
    row.map(kept).transpose()
}
