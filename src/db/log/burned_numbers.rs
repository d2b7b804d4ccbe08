//! Numbers that are never given out, because entries of the log that were lost may have used them. These rows are only
//! ever added; the controls over series of numbers count them.

use crate::db::engine::error::DbError;
use crate::db::engine::row_statement;
use crate::db::engine::sets::set_row;
use crate::db::engine::transaction::WriteTx;
use domain::log::high_water_mark::BurnedNumbers;

/// The numbers as stored.
struct BurnedRow {
    series: String,
    first_number: i64,
    last_number: i64,
    burned_at: String,
}

set_row!(BurnedRow in burned_numbers { series, first_number, last_number, burned_at });

pub fn insert(tx: &mut WriteTx<'_>, burned: &BurnedNumbers) -> Result<(), DbError> {
    let BurnedNumbers { series, first_number, last_number, burned_at } = burned;
    let (first_number, last_number) = (*first_number, *last_number);
    let row = BurnedRow { series: series.clone(), first_number, last_number, burned_at: burned_at.to_string() };
    row_statement::insert(tx, &row)
}
