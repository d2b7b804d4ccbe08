//! The stop of all money, and the sums on which it depends: the sum of the entries of each account, read in
//! slices, so that a repeated check reads only what was posted since the last one.

use crate::db::engine::column::row;
use crate::db::engine::error::DbError;
use crate::db::engine::notes::written;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::{accounts, journals, money_stop};
use crate::db::engine::sets::Value;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use diesel::sql_types::BigInt;
use domain::base::calendar::Timestamp;
use domain::base::money::Paise;
use domain::budget::budget::MoneyStop;
use domain::budget::ledger::Stage;
use domain::check::control::ControlCode;

row! {
    StopRow in money_stop for MoneyStop {
        control: ControlCode, subject: String, found: String, kept_paise: Option<Paise>, counted_paise: Option<Paise>,
        stopped_at: Timestamp,
    }
}

/// The id of the only row.
const ONLY: i64 = 1;

/// Returns the stop, if money is stopped.
pub fn find(tx: &mut ReadTx<'_>) -> Result<Option<MoneyStop>, DbError> {
    let row = money_stop::table.select(StopRow::as_select()).get_result(tx.conn()?).optional()?;
    row.map(StopRow::record).transpose()
}

/// Stores a stop and replaces any earlier one.
pub fn set(tx: &mut WriteTx<'_>, stop: &MoneyStop) -> Result<(), DbError> {
    lift(tx)?;
    let row = StopRow::of(stop);
    diesel::insert_into(money_stop::table).values((money_stop::id.eq(ONLY), row.clone())).execute(tx.conn()?)?;
    written::written_beside(tx, &row, &[("id", Value::Number(ONLY))]);
    Ok(())
}

pub fn lift(tx: &mut WriteTx<'_>) -> Result<(), DbError> {
    let before: Option<StopRow> = money_stop::table.select(StopRow::as_select()).get_result(tx.conn()?).optional()?;
    if let Some(before) = before {
        diesel::delete(money_stop::table).execute(tx.conn()?)?;
        written::deleted(tx, written::note_beside(&before, &[("id", Value::Number(ONLY))]));
    }
    Ok(())
}

#[derive(QueryableByName)]
struct SliceSum {
    #[diesel(sql_type = BigInt)]
    account_id: i64,
    #[diesel(sql_type = BigInt)]
    amount: i64,
}

/// Sums what a slice of journals adds to each account, by account id. The slice is after one audit sequence and
/// up to another.
pub fn slice_sums(tx: &mut ReadTx<'_>, after: i64, to: i64) -> Result<Vec<(i64, i64)>, DbError> {
    let rows: Vec<SliceSum> = diesel::sql_query(
        "SELECT entries.account_id AS account_id, CAST(SUM(entries.amount_paise) AS BIGINT) AS amount \
         FROM journals JOIN entries ON entries.journal_id = journals.id \
         WHERE journals.audit_sequence > $1 AND journals.audit_sequence <= $2 GROUP BY entries.account_id",
    )
    .bind::<BigInt, _>(after)
    .bind::<BigInt, _>(to)
    .load(tx.conn()?)?;
    Ok(rows.into_iter().map(|row| (row.account_id, row.amount)).collect())
}

/// The audit sequence of the newest journal; zero if there is none.
pub fn newest_journal(tx: &mut ReadTx<'_>) -> Result<i64, DbError> {
    let newest: Option<i64> =
        journals::table.select(diesel::dsl::max(journals::audit_sequence)).get_result(tx.conn()?)?;
    Ok(newest.unwrap_or(0))
}

/// Each account: its id, its code, and the sum that its entries must have (debits positive).
pub fn kept(tx: &mut ReadTx<'_>) -> Result<Vec<(i64, String, i64)>, DbError> {
    let rows: Vec<(i64, String, String, i64)> = accounts::table
        .order(accounts::code)
        .select((accounts::id, accounts::code, accounts::stage, accounts::balance_paise))
        .load(tx.conn()?)?;
    let signed = |(id, code, stage, balance): (i64, String, String, i64)| {
        let debit = stage.parse::<Stage>().is_ok_and(Stage::grows_on_debit);
        (id, code, if debit { balance } else { -balance })
    };
    Ok(rows.into_iter().map(signed).collect())
}
