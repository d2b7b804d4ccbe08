//! Lines of the treasury that an officer closed. These rows are only ever added.

use crate::db::engine::column::row;
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::treasury_line_closings;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::Timestamp;
use domain::base::id::{TreasuryReturnId, UserId};
use domain::payment::treasury_line_closing::TreasuryLineClosing;

row! {
    ClosingRow in treasury_line_closings for TreasuryLineClosing {
        return_id: TreasuryReturnId, line: i64, reason: String, closed_by: UserId, closed_at: Timestamp,
    }
}

pub fn insert(tx: &mut WriteTx<'_>, closing: &TreasuryLineClosing) -> Result<(), DbError> {
    row_statement::insert(tx, &ClosingRow::of(closing))
}

/// The closings of lines of these files.
pub fn of_returns(tx: &mut ReadTx<'_>, ids: &[TreasuryReturnId]) -> Result<Vec<TreasuryLineClosing>, DbError> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let query = treasury_line_closings::table.filter(treasury_line_closings::return_id.eq_any(ids));
    let rows: Vec<ClosingRow> = query.select(ClosingRow::as_select()).load(tx.conn()?)?;
    rows.into_iter().map(ClosingRow::record).collect()
}
