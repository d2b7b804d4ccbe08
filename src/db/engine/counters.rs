//! Number series. Applications, awards, claims, tranches, sanctions and payments are numbered.

use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::counters;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use std::collections::BTreeMap;

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
    set(tx, series, next);
    Ok(next)
}

fn set(tx: &mut WriteTx<'_>, series: &str, number: i64) {
    tx.buffer().newest().counters.insert(series.to_owned(), number);
    tx.buffer().numbers_given.insert(series.to_owned(), number);
}

/// Passes over the numbers of a series up to this one. Returns the last number that was given out before, if any number
/// was passed over.
pub fn pass_over(tx: &mut WriteTx<'_>, series: &str, number: i64) -> Result<Option<i64>, DbError> {
    let query = counters::table.find(series).select(counters::value);
    let last: i64 = query.get_result(tx.conn()?).optional()?.unwrap_or(0);
    if last >= number {
        return Ok(None);
    }
    set(tx, series, number);
    Ok(Some(last))
}

/// The last number of every series.
pub fn all(tx: &mut ReadTx<'_>) -> Result<BTreeMap<String, i64>, DbError> {
    let rows: Vec<(String, i64)> = counters::table.select((counters::name, counters::value)).load(tx.conn()?)?;
    Ok(rows.into_iter().collect())
}

/// The numbers that this transaction has given out, also in commands that were undone: the last one of each series.
pub fn given<'t>(tx: &'t mut WriteTx<'_>) -> &'t BTreeMap<String, i64> {
    &tx.buffer().numbers_given
}
