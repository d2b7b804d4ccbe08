//! Letters of companies that need no answer. These rows are only ever added.

use crate::db::engine::column::{Column, row};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::letter_closings;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::Timestamp;
use domain::base::id::{LetterId, UserId};
use domain::correspondence::letter::LetterClosing;

row! {
    ClosingRow in letter_closings for LetterClosing {
        letter_id: LetterId, reason: String, closed_by: UserId, closed_at: Timestamp,
    }
}

pub fn insert(tx: &mut WriteTx<'_>, closing: &LetterClosing) -> Result<(), DbError> {
    row_statement::insert(tx, &ClosingRow::of(closing))
}

pub fn find(tx: &mut ReadTx<'_>, letter: LetterId) -> Result<Option<LetterClosing>, DbError> {
    let query = letter_closings::table.find(letter.raw()).select(ClosingRow::as_select());
    query.get_result(tx.conn()?).optional()?.map(ClosingRow::record).transpose()
}
