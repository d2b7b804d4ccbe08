//! Number series: applications, awards, claims, tranches, sanctions and payments are numbered.

use crate::db::connection::WriteTx;
use crate::db::error::DbError;
use crate::db::schema::counters;
use diesel::prelude::*;

/// The next number of a series, from 1, without gaps among committed commands.
pub fn next_number(tx: &mut WriteTx<'_>, series: &str) -> Result<i64, DbError> {
    let batch = tx.held();
    let here = batch.layers().find_map(|layer| layer.counters.get(series)).or_else(|| batch.known.counters.get(series));
    let last = match here.copied() {
        Some(last) => last,
        None => {
            let query = counters::table.find(series).select(counters::value);
            let last: Option<i64> = query.get_result(tx.stored()?).optional()?;
            tx.held().known.counters.insert(series.to_owned(), last.unwrap_or(0));
            last.unwrap_or(0)
        }
    };
    let next = last + 1;
    tx.held().top().counters.insert(series.to_owned(), next);
    Ok(next)
}
