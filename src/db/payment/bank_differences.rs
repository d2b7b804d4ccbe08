//! Differences between scrolls of the bank and the records.

use crate::db::engine::column::{Column, row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::bank_differences;
use crate::db::engine::sets;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use domain::base::calendar::Timestamp;
use domain::base::id::{BankDifferenceId, BankScrollId, PaymentId, UserId};
use domain::base::money::Paise;
use domain::payment::bank_difference::{BankDifference, DifferenceResolution, DifferenceStatus};
use domain::payment::bank_scroll::ScrollFinding;

row! {
    DifferenceRow in bank_differences for BankDifference {
        id: BankDifferenceId, scroll_id: BankScrollId, line: Option<i64>, kind: ScrollFinding,
        payment_id: Option<PaymentId>, utr: Option<String>, dated_on: NaiveDate, amount_paise: Paise,
        detail: Option<String>, status: DifferenceStatus, found_at: Timestamp,
        resolution: Option<DifferenceResolution>, reason: Option<String>, reference: Option<String>,
        proposed_by: Option<UserId>, proposed_at: Option<Timestamp>, note: Option<String>,
        settled_by: Option<UserId>, settled_at: Option<Timestamp>, cleared_by: Option<BankScrollId>, version: i64,
    }
}

versioned!(changed bank_differences, DifferenceRow, BankDifference, BankDifferenceId);

const UNSETTLED: [&str; 2] = ["open", "proposed"];

/// Stores the differences that one scroll showed.
pub fn insert(tx: &mut WriteTx<'_>, differences: &[BankDifference]) -> Result<(), DbError> {
    let rows: Vec<DifferenceRow> = differences.iter().map(DifferenceRow::of).collect();
    sets::insert(tx, &rows)
}

/// Selects differences.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection {
    pub status: Option<DifferenceStatus>,
    pub kind: Option<ScrollFinding>,
    /// Only unsettled differences whose day is between these two, both included.
    pub aged: Option<(NaiveDate, NaiveDate)>,
    /// Only differences after this one in the order of ids.
    pub after: Option<BankDifferenceId>,
}

/// Differences of a selection in the order in which they were found, at most `limit`.
pub fn page(tx: &mut ReadTx<'_>, selection: Selection, limit: i64) -> Result<Vec<BankDifference>, DbError> {
    let mut query = bank_differences::table.order(bank_differences::id).select(DifferenceRow::as_select()).into_boxed();
    if let Some(status) = selection.status {
        query = query.filter(bank_differences::status.eq(status.as_str()));
    }
    if let Some(kind) = selection.kind {
        query = query.filter(bank_differences::kind.eq(kind.as_str()));
    }
    if let Some((from, to)) = selection.aged {
        query = query
            .filter(bank_differences::status.eq_any(UNSETTLED))
            .filter(bank_differences::dated_on.between(from.raw(), to.raw()));
    }
    if let Some(after) = selection.after {
        query = query.filter(bank_differences::id.gt(after.raw()));
    }
    query.limit(limit).load(tx.conn()?)?.into_iter().map(DifferenceRow::record).collect()
}

/// How many differences have a status, or how many there are.
pub fn count(tx: &mut ReadTx<'_>, status: Option<DifferenceStatus>) -> Result<i64, DbError> {
    let mut query = bank_differences::table.count().into_boxed();
    if let Some(status) = status {
        query = query.filter(bank_differences::status.eq(status.as_str()));
    }
    Ok(query.get_result(tx.conn()?)?)
}

/// The differences of a numbered page of a list, the newest first.
pub fn numbered_page(
    tx: &mut ReadTx<'_>,
    status: Option<DifferenceStatus>,
    offset: i64,
    limit: i64,
) -> Result<Vec<BankDifference>, DbError> {
    let mut query =
        bank_differences::table.order(bank_differences::id.desc()).select(DifferenceRow::as_select()).into_boxed();
    if let Some(status) = status {
        query = query.filter(bank_differences::status.eq(status.as_str()));
    }
    query.offset(offset).limit(limit).load(tx.conn()?)?.into_iter().map(DifferenceRow::record).collect()
}

/// The number and the sum of the unsettled differences with a day between these two.
pub fn aged(tx: &mut ReadTx<'_>, from: NaiveDate, to: NaiveDate) -> Result<(i64, Paise), DbError> {
    let query = bank_differences::table
        .filter(bank_differences::status.eq_any(UNSETTLED))
        .filter(bank_differences::dated_on.between(from.raw(), to.raw()))
        .select((sql::<BigInt>("COUNT(*)"), sql::<BigInt>("CAST(COALESCE(SUM(amount_paise), 0) AS BIGINT)")));
    let (count, paise): (i64, i64) = query.get_result(tx.conn()?)?;
    Ok((count, Paise(paise)))
}

/// Unsettled differences from before a day, oldest first.
pub fn unsettled_before(tx: &mut ReadTx<'_>, day: NaiveDate, limit: i64) -> Result<Vec<BankDifference>, DbError> {
    let query = bank_differences::table
        .filter(bank_differences::status.eq_any(UNSETTLED))
        .filter(bank_differences::dated_on.lt(day.raw()))
        .order((bank_differences::dated_on, bank_differences::id))
        .limit(limit);
    query.select(DifferenceRow::as_select()).load(tx.conn()?)?.into_iter().map(DifferenceRow::record).collect()
}

/// The differences that one scroll showed, in the order of ids.
pub fn of_scroll(tx: &mut ReadTx<'_>, scroll: BankScrollId) -> Result<Vec<BankDifference>, DbError> {
    let query = bank_differences::table
        .filter(bank_differences::scroll_id.eq(scroll.raw()))
        .order(bank_differences::id)
        .select(DifferenceRow::as_select());
    query.load(tx.conn()?)?.into_iter().map(DifferenceRow::record).collect()
}

/// Unsettled differences about any of these payments.
pub fn unsettled_of(tx: &mut ReadTx<'_>, payments: &[String]) -> Result<Vec<BankDifference>, DbError> {
    let mut found = Vec::new();
    for some in payments.chunks(500) {
        let query = bank_differences::table
            .filter(bank_differences::status.eq_any(UNSETTLED))
            .filter(bank_differences::payment_id.eq_any(some))
            .order(bank_differences::id)
            .select(DifferenceRow::as_select());
        found.extend(query.load(tx.conn()?)?);
    }
    found.into_iter().map(DifferenceRow::record).collect()
}

/// A payment that is confirmed in the records and that no scroll names.
#[derive(QueryableByName)]
struct MissingRow {
    #[diesel(sql_type = Text)]
    payment_id: String,
    #[diesel(sql_type = Text)]
    paid_on: String,
    #[diesel(sql_type = BigInt)]
    paid_paise: i64,
}

/// Payments confirmed on these days that no line of any scroll names and that are not in the queue for this
/// reason: payment, day, and the amount that the bank paid.
pub fn missing(
    tx: &mut ReadTx<'_>,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(PaymentId, NaiveDate, Paise)>, DbError> {
    let rows: Vec<MissingRow> = sql_query(
        "SELECT disbursements.payment_id AS payment_id, disbursements.paid_on AS paid_on, \
         disbursements.amount_paise - disbursements.set_off_paise AS paid_paise FROM disbursements \
         WHERE disbursements.status = 'succeeded' AND disbursements.paid_on >= $1 AND disbursements.paid_on <= $2 \
         AND NOT EXISTS (SELECT 1 FROM bank_scroll_lines \
         WHERE bank_scroll_lines.payment_id = disbursements.payment_id AND bank_scroll_lines.outcome <> 'accepted') \
         AND NOT EXISTS (SELECT 1 FROM bank_differences \
         WHERE bank_differences.payment_id = disbursements.payment_id AND bank_differences.kind = 'not_on_scroll') \
         ORDER BY disbursements.paid_on, disbursements.id",
    )
    .bind::<Text, _>(from.raw())
    .bind::<Text, _>(to.raw())
    .load(tx.conn()?)?;
    let corrupt = |column: &'static str| move |why: String| DbError::Corrupt { table: "disbursements", column, why };
    rows.into_iter()
        .map(|row| {
            let id = PaymentId::from_raw(row.payment_id).map_err(corrupt("payment_id"))?;
            let day = NaiveDate::from_raw(row.paid_on).map_err(corrupt("paid_on"))?;
            Ok::<_, DbError>((id, day, Paise(row.paid_paise)))
        })
        .collect()
}
