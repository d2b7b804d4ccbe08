//! The cosignatures of witnesses on the service's own checkpoints. Rows are only ever added.

use crate::db::engine::column::Column;
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::log_cosignatures;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::Timestamp;
use domain::log::cosignature::KeptCosignature;

type Row = (i64, String, String, String);

fn kept((size, witness, line, at): Row) -> Result<KeptCosignature, DbError> {
    let corrupt = |why| DbError::Corrupt { table: "log_cosignatures", column: "cosigned_at", why };
    Ok(KeptCosignature { size, witness, line, cosigned_at: Timestamp::from_raw(at).map_err(corrupt)? })
}

/// Stores a cosignature, unless one of this witness for this checkpoint is already stored.
pub fn keep(tx: &mut WriteTx<'_>, one: &KeptCosignature) -> Result<(), DbError> {
    let known: i64 = log_cosignatures::table.find((one.size, &one.witness)).count().get_result(tx.conn()?)?;
    if known == 0 {
        diesel::insert_into(log_cosignatures::table)
            .values((
                log_cosignatures::size.eq(one.size),
                log_cosignatures::witness.eq(&one.witness),
                log_cosignatures::line.eq(&one.line),
                log_cosignatures::cosigned_at.eq(one.cosigned_at.raw()),
            ))
            .execute(tx.conn()?)?;
    }
    Ok(())
}

/// The newest cosignature of a witness.
pub fn newest_of(tx: &mut ReadTx<'_>, witness: &str) -> Result<Option<KeptCosignature>, DbError> {
    let row: Option<Row> = log_cosignatures::table
        .filter(log_cosignatures::witness.eq(witness))
        .order(log_cosignatures::size.desc())
        .first(tx.conn()?)
        .optional()?;
    row.map(kept).transpose()
}

/// The cosignatures of checkpoints of these sizes, by size and witness.
pub fn of_sizes(tx: &mut ReadTx<'_>, sizes: &[i64]) -> Result<Vec<KeptCosignature>, DbError> {
    let rows: Vec<Row> = log_cosignatures::table
        .filter(log_cosignatures::size.eq_any(sizes))
        .order((log_cosignatures::size, log_cosignatures::witness))
        .load(tx.conn()?)?;
    rows.into_iter().map(kept).collect()
}
