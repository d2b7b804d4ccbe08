//! Scrolls of the bank, their lines with the finding about each, and the files as received. These tables are
//! never buffered.

use crate::db::engine::column::{Column, row};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::{
    bank_scroll_files, bank_scroll_lines, bank_scrolls, payment_advice_lines, payments, tranches,
};
use crate::db::engine::sets;
use crate::db::engine::sets::set_row;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::id::{BankScrollId, PaymentId, UserId};
use domain::base::money::Paise;
use domain::payment::bank_match::KnownPayment;
use domain::payment::bank_scroll::{BankScroll, BankScrollLine, ScrollFinding};
use domain::payment::payment::PaymentStatus;
use domain::payment::payment_advice::FileFormat;
use domain::payment::tranche::SanctionOrder;
use std::collections::{BTreeMap, BTreeSet};

/// The number of texts in one query.
const AT_ONCE: usize = 500;

row! {
    ScrollRow in bank_scrolls for BankScroll {
        id: BankScrollId, message_id: String, digest: String, lines_digest: String, format: FileFormat,
        period_from: NaiveDate, period_to: NaiveDate, line_count: i64, control_total_paise: Paise,
        uploaded_by: UserId, uploaded_at: Timestamp,
    }
}

row! {
    LineRow in bank_scroll_lines for BankScrollLine {
        scroll_id: BankScrollId, line: i64, end_to_end_id: String, outcome: PaymentStatus, utr: Option<String>,
        paid_on: Option<NaiveDate>, amount_paise: Paise, reason: Option<String>, payment_id: Option<PaymentId>,
        finding: ScrollFinding, detail: Option<String>,
    }
}

/// The file of a scroll as it was uploaded.
struct FileRow {
    scroll_id: String,
    content: String,
}

set_row!(FileRow in bank_scroll_files { scroll_id, content });

/// Stores a scroll with its file and its lines.
pub fn insert(
    tx: &mut WriteTx<'_>,
    scroll: &BankScroll,
    content: &str,
    lines: &[BankScrollLine],
) -> Result<(), DbError> {
    row_statement::insert(tx, &ScrollRow::of(scroll))?;
    row_statement::insert(tx, &FileRow { scroll_id: scroll.id.raw(), content: content.to_owned() })?;
    let rows: Vec<LineRow> = lines.iter().map(LineRow::of).collect();
    sets::insert(tx, &rows)
}

pub fn find(tx: &mut ReadTx<'_>, id: BankScrollId) -> Result<Option<BankScroll>, DbError> {
    let row = bank_scrolls::table.find(id.raw()).select(ScrollRow::as_select()).get_result(tx.conn()?).optional()?;
    row.map(ScrollRow::record).transpose()
}

/// The scroll with exactly this content.
pub fn find_by_digest(tx: &mut ReadTx<'_>, digest: &str) -> Result<Option<BankScroll>, DbError> {
    let query = bank_scrolls::table.filter(bank_scrolls::digest.eq(digest)).select(ScrollRow::as_select());
    query.get_result(tx.conn()?).optional()?.map(ScrollRow::record).transpose()
}

/// The scroll with this message id.
pub fn find_by_message(tx: &mut ReadTx<'_>, message_id: &str) -> Result<Option<BankScroll>, DbError> {
    let query = bank_scrolls::table.filter(bank_scrolls::message_id.eq(message_id)).select(ScrollRow::as_select());
    query.get_result(tx.conn()?).optional()?.map(ScrollRow::record).transpose()
}

/// Scrolls before an id, or the newest scrolls; newest first.
pub fn page(tx: &mut ReadTx<'_>, before: Option<BankScrollId>, limit: i64) -> Result<Vec<BankScroll>, DbError> {
    let mut query = bank_scrolls::table.order(bank_scrolls::id.desc()).select(ScrollRow::as_select()).into_boxed();
    if let Some(before) = before {
        query = query.filter(bank_scrolls::id.lt(before.raw()));
    }
    query.limit(limit).load(tx.conn()?)?.into_iter().map(ScrollRow::record).collect()
}

/// How many scrolls there are.
pub fn count(tx: &mut ReadTx<'_>) -> Result<i64, DbError> {
    Ok(bank_scrolls::table.count().get_result(tx.conn()?)?)
}

/// The scrolls of a numbered page of a list, the newest first.
pub fn numbered_page(tx: &mut ReadTx<'_>, offset: i64, limit: i64) -> Result<Vec<BankScroll>, DbError> {
    let query = bank_scrolls::table.order(bank_scrolls::id.desc()).offset(offset).limit(limit);
    query.select(ScrollRow::as_select()).load(tx.conn()?)?.into_iter().map(ScrollRow::record).collect()
}

/// One line of a scroll.
pub fn line(tx: &mut ReadTx<'_>, id: BankScrollId, line: i64) -> Result<Option<BankScrollLine>, DbError> {
    let query = bank_scroll_lines::table
        .filter(bank_scroll_lines::scroll_id.eq(id.raw()))
        .filter(bank_scroll_lines::line.eq(line))
        .select(LineRow::as_select());
    query.get_result(tx.conn()?).optional()?.map(LineRow::record).transpose()
}

/// Scrolls after an id, in the order of ids, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, id: &str, limit: i64) -> Result<Vec<BankScroll>, DbError> {
    let query = bank_scrolls::table.filter(bank_scrolls::id.gt(id)).order(bank_scrolls::id).limit(limit);
    query.select(ScrollRow::as_select()).load(tx.conn()?)?.into_iter().map(ScrollRow::record).collect()
}

/// The lines of a scroll, in the order of the file.
pub fn lines(tx: &mut ReadTx<'_>, id: BankScrollId) -> Result<Vec<BankScrollLine>, DbError> {
    let query = bank_scroll_lines::table.filter(bank_scroll_lines::scroll_id.eq(id.raw()));
    let rows: Vec<LineRow> = query.order(bank_scroll_lines::line).select(LineRow::as_select()).load(tx.conn()?)?;
    rows.into_iter().map(LineRow::record).collect()
}

/// The file of a scroll as received.
pub fn file(tx: &mut ReadTx<'_>, id: BankScrollId) -> Result<Option<String>, DbError> {
    let query = bank_scroll_files::table.find(id.raw()).select(bank_scroll_files::content);
    Ok(query.get_result(tx.conn()?).optional()?)
}

/// Lines of all scrolls that have one of these numbers or UTRs or are about one of these payments,
/// in the order in which they came.
pub fn earlier_lines(
    tx: &mut ReadTx<'_>,
    numbers: &[String],
    utrs: &[String],
    payments: &[String],
) -> Result<Vec<BankScrollLine>, DbError> {
    let mut found: BTreeMap<(String, i64), LineRow> = BTreeMap::new();
    let mut keep =
        |rows: Vec<LineRow>| found.extend(rows.into_iter().map(|row| ((row.scroll_id.clone(), row.line), row)));
    for some in numbers.chunks(AT_ONCE) {
        let query = bank_scroll_lines::table.filter(bank_scroll_lines::end_to_end_id.eq_any(some));
        keep(query.select(LineRow::as_select()).load(tx.conn()?)?);
    }
    for some in utrs.chunks(AT_ONCE) {
        let query = bank_scroll_lines::table.filter(bank_scroll_lines::utr.eq_any(some));
        keep(query.select(LineRow::as_select()).load(tx.conn()?)?);
    }
    for some in payments.chunks(AT_ONCE) {
        let query = bank_scroll_lines::table.filter(bank_scroll_lines::payment_id.eq_any(some));
        keep(query.select(LineRow::as_select()).load(tx.conn()?)?);
    }
    found.into_values().map(LineRow::record).collect()
}

/// The columns of a payment that a line can be about: id, number, amount, account, status, UTR, day, tranche.
type PaymentColumns = (String, String, i64, String, String, Option<String>, Option<String>, String);

/// The payments with one of these numbers or UTRs, with advice and sanction.
pub fn known_payments(tx: &mut ReadTx<'_>, numbers: &[String], utrs: &[String]) -> Result<Vec<KnownPayment>, DbError> {
    let columns = (
        payments::id,
        payments::number,
        payments::amount_paise,
        payments::bank_account,
        payments::status,
        payments::utr,
        payments::paid_on,
        payments::tranche_id,
    );
    let mut rows: BTreeMap<String, PaymentColumns> = BTreeMap::new();
    for some in numbers.chunks(AT_ONCE) {
        let found: Vec<PaymentColumns> =
            payments::table.filter(payments::number.eq_any(some)).select(columns).load(tx.conn()?)?;
        rows.extend(found.into_iter().map(|row| (row.0.clone(), row)));
    }
    for some in utrs.chunks(AT_ONCE) {
        let found: Vec<PaymentColumns> =
            payments::table.filter(payments::utr.eq_any(some)).select(columns).load(tx.conn()?)?;
        rows.extend(found.into_iter().map(|row| (row.0.clone(), row)));
    }
    let ids: Vec<String> = rows.keys().cloned().collect();
    let advised = advised_among(tx, &ids)?;
    let tranches: Vec<String> = rows.values().map(|row| row.7.clone()).collect();
    let sanctioned = sanctioned_on(tx, &tranches)?;
    let known = |row: PaymentColumns| {
        let corrupt = |column: &'static str| move |why: String| DbError::Corrupt { table: "payments", column, why };
        Ok::<_, DbError>(KnownPayment {
            advised: advised.contains(&row.0),
            id: PaymentId::from_raw(row.0).map_err(corrupt("id"))?,
            number: row.1,
            amount_paise: Paise(row.2),
            bank_account: row.3,
            status: PaymentStatus::from_raw(row.4).map_err(corrupt("status"))?,
            utr: row.5,
            paid_on: Column::from_raw(row.6).map_err(corrupt("paid_on"))?,
            sanctioned_on: sanctioned.get(&row.7).copied(),
        })
    };
    rows.into_values().map(known).collect()
}

/// Returns which of these payments are in an advice.
fn advised_among(tx: &mut ReadTx<'_>, ids: &[String]) -> Result<BTreeSet<String>, DbError> {
    let mut found = BTreeSet::new();
    for some in ids.chunks(AT_ONCE) {
        let query = payment_advice_lines::table.filter(payment_advice_lines::payment_id.eq_any(some));
        let advised: Vec<String> = query.select(payment_advice_lines::payment_id).load(tx.conn()?)?;
        found.extend(advised);
    }
    Ok(found)
}

/// The day on which each of these tranches was sanctioned, for those that were.
fn sanctioned_on(tx: &mut ReadTx<'_>, ids: &[String]) -> Result<BTreeMap<String, NaiveDate>, DbError> {
    let mut found = BTreeMap::new();
    for some in ids.chunks(AT_ONCE) {
        let query = tranches::table.filter(tranches::id.eq_any(some)).select((tranches::id, tranches::sanction));
        let rows: Vec<(String, Option<String>)> = query.load(tx.conn()?)?;
        for (id, sanction) in rows {
            let order: Option<SanctionOrder> = Column::from_raw(sanction).map_err(|why| DbError::Corrupt {
                table: "tranches",
                column: "sanction",
                why,
            })?;
            found.extend(order.map(|order| (id, order.sanctioned_on)));
        }
    }
    Ok(found)
}
