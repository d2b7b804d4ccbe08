//! The record of which checkpoints were mailed to which witness. Rows are only ever added.

use crate::db::engine::column::Column;
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::log_mailings;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::Timestamp;
use domain::log::mailed_note::Mailing;

/// Records that a checkpoint was mailed, unless this is already recorded for this witness.
pub fn keep(tx: &mut WriteTx<'_>, one: &Mailing) -> Result<(), DbError> {
    let known: i64 = log_mailings::table.find((one.size, &one.witness)).count().get_result(tx.conn()?)?;
    if known == 0 {
        diesel::insert_into(log_mailings::table)
            .values((
                log_mailings::size.eq(one.size),
                log_mailings::witness.eq(&one.witness),
                log_mailings::mailed_at.eq(one.mailed_at.raw()),
            ))
            .execute(tx.conn()?)?;
    }
    Ok(())
}

/// The newest mailing to a witness.
pub fn newest_of(tx: &mut ReadTx<'_>, witness: &str) -> Result<Option<Mailing>, DbError> {
    let row: Option<(i64, String, String)> = log_mailings::table
        .filter(log_mailings::witness.eq(witness))
        .order(log_mailings::size.desc())
        .first(tx.conn()?)
        .optional()?;
    let corrupt = |why| DbError::Corrupt { table: "log_mailings", column: "mailed_at", why };
    let mailing =
        |(size, witness, at)| Ok(Mailing { size, witness, mailed_at: Timestamp::from_raw(at).map_err(corrupt)? });
    row.map(mailing).transpose()
}
