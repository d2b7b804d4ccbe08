//! What claims were when they were returned. These rows are only ever added.

use crate::db::engine::column::{Column, row};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::claim_returns;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::Timestamp;
use domain::base::desk::Desk;
use domain::base::id::{ClaimId, UserId};
use domain::base::noting::{Noting, Reasons};
use domain::claim::claim::ClaimForm;
use domain::claim::claim_return::{ClaimReturn, ReturnedLines};
use domain::claim::statement::Statement;

/// The JSON form of values that hold only text, numbers and lists, which always have one.
macro_rules! as_json {
    ($($type:ty),*) => {$(
        impl Column for $type {
            type Raw = String;
            fn raw(&self) -> String {
                serde_json::to_string(self).unwrap_or_default()
            }
            fn from_raw(raw: String) -> Result<Self, String> {
                serde_json::from_str(&raw).map_err(|error| error.to_string())
            }
        }
    )*};
}

as_json!(ClaimForm, ReturnedLines);

row! {
    ReturnRow in claim_returns for ClaimReturn {
        claim_id: ClaimId, round: i64, to_desk: Desk, reasons: Reasons, note: Noting, form: ClaimForm,
        lines: ReturnedLines, statement: Option<Statement>, prepared_by: UserId, submitted_by: UserId,
        submitted_at: Timestamp, verified_by: Option<UserId>, verified_at: Option<Timestamp>, returned_by: UserId,
        returned_at: Timestamp,
    }
}

pub fn insert(tx: &mut WriteTx<'_>, returned: &ClaimReturn) -> Result<(), DbError> {
    row_statement::insert(tx, &ReturnRow::of(returned))
}

/// The returns of a claim, oldest first.
pub fn of_claim(tx: &mut ReadTx<'_>, claim: ClaimId) -> Result<Vec<ClaimReturn>, DbError> {
    let query = claim_returns::table.filter(claim_returns::claim_id.eq(claim.to_string())).order(claim_returns::round);
    query.select(ReturnRow::as_select()).load(tx.conn()?)?.into_iter().map(ReturnRow::record).collect()
}
