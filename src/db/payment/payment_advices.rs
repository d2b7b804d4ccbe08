//! Payment advices, the payments in them, and the files as they were written. These tables are never buffered.

use crate::db::engine::column::{Column, row};
use crate::db::engine::error::DbError;
use crate::db::engine::query::of_ids;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::rows::PaymentRow;
use crate::db::engine::schema::{payment_advice_files, payment_advice_lines, payment_advices, payments};
use crate::db::engine::sets;
use crate::db::engine::sets::set_row;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::id::{PaymentAdviceId, PaymentId, UserId};
use domain::base::money::Paise;
use domain::payment::payment::Payment;
use domain::payment::payment_advice::{FileFormat, PaymentAdvice};

row! {
    AdviceRow in payment_advices for PaymentAdvice {
        id: PaymentAdviceId, message_id: String, batch_id: String, scheme_code: String, source_system: String,
        execute_on: NaiveDate, payment_count: i64, control_total_paise: Paise, csv_digest: String,
        xml_digest: String, made_by: UserId, made_at: Timestamp,
    }
}

struct LineRow {
    advice_id: String,
    position: i64,
    payment_id: String,
}

of_ids!(payment_advices, AdviceRow, PaymentAdvice);
set_row!(LineRow in payment_advice_lines { advice_id, position, payment_id });

/// A file of an advice.
struct FileRow {
    advice_id: String,
    format: String,
    content: String,
}

set_row!(FileRow in payment_advice_files { advice_id, format, content });

/// Stores an advice with the payments in it, in order, and its files.
pub fn insert(
    tx: &mut WriteTx<'_>,
    advice: &PaymentAdvice,
    payments: &[PaymentId],
    files: &[(FileFormat, &str)],
) -> Result<(), DbError> {
    row_statement::insert(tx, &AdviceRow::of(advice))?;
    let line = |(position, payment): (i64, &PaymentId)| LineRow {
        advice_id: advice.id.to_string(),
        position,
        payment_id: payment.to_string(),
    };
    let rows: Vec<LineRow> = (1_i64..).zip(payments).map(line).collect();
    sets::insert(tx, &rows)?;
    for (format, content) in files {
        let (advice_id, format) = (advice.id.to_string(), format.as_str().to_owned());
        row_statement::insert(tx, &FileRow { advice_id, format, content: (*content).to_owned() })?;
    }
    Ok(())
}

pub fn find(tx: &mut ReadTx<'_>, id: PaymentAdviceId) -> Result<Option<PaymentAdvice>, DbError> {
    let query = payment_advices::table.find(id.to_string()).select(AdviceRow::as_select());
    let row = tx.unbuffered()?.get_result(query).optional()?;
    row.map(AdviceRow::record).transpose()
}

pub fn find_by_message(tx: &mut ReadTx<'_>, message_id: &str) -> Result<Option<PaymentAdvice>, DbError> {
    let query =
        payment_advices::table.filter(payment_advices::message_id.eq(message_id)).select(AdviceRow::as_select());
    let row = tx.unbuffered()?.get_result(query).optional()?;
    row.map(AdviceRow::record).transpose()
}

/// How many advices there are.
pub fn count(tx: &mut ReadTx<'_>) -> Result<i64, DbError> {
    Ok(payment_advices::table.count().get_result(tx.conn()?)?)
}

/// The advices of one page of a list, the newest first.
pub fn page(tx: &mut ReadTx<'_>, offset: i64, limit: i64) -> Result<Vec<PaymentAdvice>, DbError> {
    let query = payment_advices::table.order(payment_advices::id.desc()).offset(offset).limit(limit);
    query.select(AdviceRow::as_select()).load(tx.conn()?)?.into_iter().map(AdviceRow::record).collect()
}

/// The payments in an advice, whole, in the order of the file.
pub fn whole_payments(tx: &mut ReadTx<'_>, id: PaymentAdviceId) -> Result<Vec<Payment>, DbError> {
    let query = payment_advice_lines::table
        .inner_join(payments::table.on(payments::id.eq(payment_advice_lines::payment_id)))
        .filter(payment_advice_lines::advice_id.eq(id.to_string()))
        .order(payment_advice_lines::position);
    query.select(PaymentRow::as_select()).load(tx.conn()?)?.into_iter().map(PaymentRow::record).collect()
}

/// Advices after an id, in the order of ids, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, id: &str, limit: i64) -> Result<Vec<PaymentAdvice>, DbError> {
    let query = payment_advices::table.filter(payment_advices::id.gt(id)).order(payment_advices::id).limit(limit);
    query.select(AdviceRow::as_select()).load(tx.conn()?)?.into_iter().map(AdviceRow::record).collect()
}

/// The numbers of the payments in an advice, in the order of the file.
pub fn payment_numbers(tx: &mut ReadTx<'_>, id: PaymentAdviceId) -> Result<Vec<String>, DbError> {
    Ok(payment_advice_lines::table
        .inner_join(payments::table.on(payments::id.eq(payment_advice_lines::payment_id)))
        .filter(payment_advice_lines::advice_id.eq(id.to_string()))
        .order(payment_advice_lines::position)
        .select(payments::number)
        .load(tx.conn()?)?)
}

/// The payments in an advice, in the order of the file.
pub fn payments(tx: &mut ReadTx<'_>, id: PaymentAdviceId) -> Result<Vec<PaymentId>, DbError> {
    let query = payment_advice_lines::table
        .filter(payment_advice_lines::advice_id.eq(id.to_string()))
        .order(payment_advice_lines::position)
        .select(payment_advice_lines::payment_id);
    let ids: Vec<String> = tx.unbuffered()?.load(query)?;
    let read = |id: String| {
        PaymentId::from_raw(id).map_err(|why| DbError::Corrupt {
            table: "payment_advice_lines",
            column: "payment_id",
            why,
        })
    };
    ids.into_iter().map(read).collect()
}

/// The advice that contains a payment, if any.
pub fn of_payment(tx: &mut ReadTx<'_>, payment: PaymentId) -> Result<Option<PaymentAdvice>, DbError> {
    let query = payment_advices::table
        .filter(
            payment_advices::id.eq_any(
                payment_advice_lines::table
                    .filter(payment_advice_lines::payment_id.eq(payment.to_string()))
                    .select(payment_advice_lines::advice_id),
            ),
        )
        .select(AdviceRow::as_select());
    let row = tx.unbuffered()?.get_result(query).optional()?;
    row.map(AdviceRow::record).transpose()
}

/// The advices that contain any of these payments, oldest first.
pub fn of_payments(tx: &mut ReadTx<'_>, payments: &[String]) -> Result<Vec<PaymentAdvice>, DbError> {
    let theirs = payment_advice_lines::table
        .filter(payment_advice_lines::payment_id.eq_any(payments))
        .select(payment_advice_lines::advice_id);
    let query = payment_advices::table.filter(payment_advices::id.eq_any(theirs)).order(payment_advices::id);
    tx.unbuffered()?.load(query.select(AdviceRow::as_select()))?.into_iter().map(AdviceRow::record).collect()
}

/// A file as it was written.
pub fn file(tx: &mut ReadTx<'_>, id: PaymentAdviceId, format: FileFormat) -> Result<Option<String>, DbError> {
    let query =
        payment_advice_files::table.find((id.to_string(), format.as_str())).select(payment_advice_files::content);
    Ok(tx.unbuffered()?.get_result(query).optional()?)
}
