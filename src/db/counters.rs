//! Number series: applications, awards, claims, tranches, sanctions and payments are numbered.

use crate::db::connection::WriteTx;
use crate::db::error::DbError;
use crate::db::schema::counters;
use diesel::prelude::*;

/// The next number of a series, from 1, without gaps among committed commands.
pub fn next_number(tx: &mut WriteTx<'_>, series: &str) -> Result<i64, DbError> {
    let next: Option<i64> = diesel::update(counters::table.find(series))
        .set(counters::value.eq(counters::value + 1))
        .returning(counters::value)
        .get_result(tx.conn)
        .optional()?;
    if let Some(next) = next {
        return Ok(next);
    }
    diesel::insert_into(counters::table).values((counters::name.eq(series), counters::value.eq(1))).execute(tx.conn)?;
    Ok(1)
}
