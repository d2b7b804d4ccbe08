//! Number series. Applications, awards, claims, tranches, sanctions and payments are numbered.

use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::counters;
use crate::db::engine::transaction::WriteTx;

/// Takes the next number of a series. Numbers start at 1 and have no gaps among committed commands.
pub fn next_number(tx: &mut WriteTx<'_>, series: &str) -> Result<i64, DbError> {
    let last = tx.read_through(
        series.to_owned(),
        |savepoint, series| savepoint.counters.get(series).copied(),
        |cache| &mut cache.counters,
        |select, series| {
            let query = counters::table.find(series).select(counters::value);
            Ok(select.get_result(query).optional()?.unwrap_or(0))
        },
    )?;
    let next = last + 1;
    tx.buffer().newest().counters.insert(series.to_owned(), next);
    Ok(next)
}
