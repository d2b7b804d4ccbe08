//! The kind of this database: live or sandbox, decided once at its first use, and how far a sandbox's clock has
//! been moved.

use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::instance;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::Timestamp;

/// The only row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    pub sandbox: bool,
    pub clock_offset_micros: i64,
}

pub fn find(tx: &mut ReadTx<'_>) -> Result<Option<Instance>, DbError> {
    let row: Option<(String, i64)> = instance::table
        .find(1)
        .select((instance::mode, instance::clock_offset_micros))
        .get_result(tx.conn()?)
        .optional()?;
    Ok(row.map(|(mode, clock_offset_micros)| Instance { sandbox: mode == "sandbox", clock_offset_micros }))
}

/// The kind as it is stored, and how far the clock is moved; `None` if the row is gone.
pub fn stored(tx: &mut ReadTx<'_>) -> Result<Option<(String, i64)>, DbError> {
    let row = instance::table.find(1).select((instance::mode, instance::clock_offset_micros));
    Ok(row.get_result(tx.conn()?).optional()?)
}

pub fn insert(tx: &mut WriteTx<'_>, sandbox: bool, at: Timestamp) -> Result<(), DbError> {
    diesel::insert_into(instance::table)
        .values((
            instance::id.eq(1),
            instance::mode.eq(if sandbox { "sandbox" } else { "live" }),
            instance::clock_offset_micros.eq(0),
            instance::created_at.eq(at.to_string()),
        ))
        .execute(tx.conn()?)?;
    Ok(())
}

pub fn set_clock_offset(tx: &mut WriteTx<'_>, micros: i64) -> Result<(), DbError> {
    diesel::update(instance::table).set(instance::clock_offset_micros.eq(micros)).execute(tx.conn()?)?;
    Ok(())
}
