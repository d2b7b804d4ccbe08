//! Application windows.

use crate::db::engine::column::row;
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::windows;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::id::{UserId, WindowId};
use domain::scheme::window::Window;

row! {
    WindowRow in windows for Window {
        id: WindowId, scheme_code: String, opens_on: NaiveDate, closes_on: NaiveDate, reference: String,
        opened_by: UserId, opened_at: Timestamp,
    }
}

pub fn insert(tx: &mut WriteTx<'_>, window: &Window) -> Result<(), DbError> {
    row_statement::insert(tx, &WindowRow::of(window))
}

/// The windows of a scheme, earliest first.
pub fn list(tx: &mut ReadTx<'_>, scheme_code: &str) -> Result<Vec<Window>, DbError> {
    let rows = windows::table
        .filter(windows::scheme_code.eq(scheme_code))
        .order((windows::opens_on, windows::id))
        .select(WindowRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(WindowRow::record).collect()
}
