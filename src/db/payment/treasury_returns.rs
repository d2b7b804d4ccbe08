//! Files that the treasury returned, and the result of each answer in them. These tables are never buffered.

use crate::db::engine::column::{Column, read, row};
use crate::db::engine::connection::DbConnection;
use crate::db::engine::error::DbError;
use crate::db::engine::notes::written;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::{treasury_return_lines, treasury_returns};
use crate::db::engine::sets;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use domain::base::calendar::Timestamp;
use domain::base::id::{PaymentAdviceId, TreasuryReturnId, UserId};
use domain::base::money::Paise;
use domain::payment::payment::PaymentStatus;
use domain::payment::payment_advice::FileFormat;
use domain::payment::treasury_return::{LineResult, TreasuryReturn, TreasuryReturnLine};
use std::collections::BTreeMap;

row! {
    ReturnRow in treasury_returns for TreasuryReturn {
        id: TreasuryReturnId, message_id: String, advice_id: Option<PaymentAdviceId>, digest: String,
        format: FileFormat, line_count: i64, control_total_paise: Paise, uploaded_by: UserId, uploaded_at: Timestamp,
    }
}

row! {
    LineRow in treasury_return_lines for TreasuryReturnLine {
        return_id: TreasuryReturnId, line: i64, end_to_end_id: String, outcome: PaymentStatus, utr: Option<String>,
        paid_on: Option<NaiveDate>, amount_paise: Paise, reason: Option<String>, result: LineResult,
        code: Option<String>, detail: Option<String>,
    }
}

/// The results of lines that have none yet.
const PENDING: [&str; 2] = ["open", "waiting"];

/// Stores a return with its lines.
pub fn insert(tx: &mut WriteTx<'_>, record: &TreasuryReturn, lines: &[TreasuryReturnLine]) -> Result<(), DbError> {
    row_statement::insert(tx, &ReturnRow::of(record))?;
    let rows: Vec<LineRow> = lines.iter().map(LineRow::of).collect();
    sets::insert(tx, &rows)
}

/// Stores the results of lines that were still pending; settled lines stay unchanged.
pub fn set_results(tx: &mut WriteTx<'_>, lines: &[TreasuryReturnLine]) -> Result<(), DbError> {
    let before = pending(tx, lines)?;
    match tx.conn()? {
        DbConnection::Postgres(conn) => {
            let returns: Vec<String> = lines.iter().map(|line| line.return_id.to_string()).collect();
            let numbers: Vec<i64> = lines.iter().map(|line| line.line).collect();
            let results: Vec<&str> = lines.iter().map(|line| line.result.as_str()).collect();
            let codes: Vec<Option<&str>> = lines.iter().map(|line| line.code.as_deref()).collect();
            let details: Vec<Option<&str>> = lines.iter().map(|line| line.detail.as_deref()).collect();
            let update = sql_query(
                "UPDATE treasury_return_lines AS t SET result = u.result, code = u.code, detail = u.detail \
                 FROM unnest($1, $2, $3, $4, $5) AS u (return_id, line, result, code, detail) \
                 WHERE t.return_id = u.return_id AND t.line = u.line AND t.result IN ('open', 'waiting')",
            )
            .bind::<Array<Text>, _>(returns)
            .bind::<Array<BigInt>, _>(numbers)
            .bind::<Array<Text>, _>(results)
            .bind::<Array<Nullable<Text>>, _>(codes)
            .bind::<Array<Nullable<Text>>, _>(details);
            diesel::RunQueryDsl::execute(update, conn)?;
        }
        DbConnection::Sqlite(conn) => {
            for line in lines {
                let pending = treasury_return_lines::table
                    .find((line.return_id.to_string(), line.line))
                    .filter(treasury_return_lines::result.eq_any(PENDING));
                let result = (
                    treasury_return_lines::result.eq(line.result.as_str()),
                    treasury_return_lines::code.eq(&line.code),
                    treasury_return_lines::detail.eq(&line.detail),
                );
                diesel::RunQueryDsl::execute(diesel::update(pending).set(result), conn)?;
            }
        }
    }
    for (row, line) in &before {
        let (result, code, detail) = (line.result.raw(), line.code.clone(), line.detail.clone());
        written::changed(tx, row, &LineRow { result, code, detail, ..row.clone() });
    }
    Ok(())
}

/// The stored rows of those lines that are pending, each with its result.
fn pending<'l>(
    tx: &mut WriteTx<'_>,
    lines: &'l [TreasuryReturnLine],
) -> Result<Vec<(LineRow, &'l TreasuryReturnLine)>, DbError> {
    let mut found = Vec::with_capacity(lines.len());
    for of_return in lines.chunk_by(|one, other| one.return_id == other.return_id) {
        let results: BTreeMap<i64, &TreasuryReturnLine> = of_return.iter().map(|line| (line.line, line)).collect();
        let Some(first) = of_return.first() else { continue };
        let rows: Vec<LineRow> = treasury_return_lines::table
            .filter(treasury_return_lines::return_id.eq(first.return_id.to_string()))
            .filter(treasury_return_lines::line.eq_any(results.keys().copied().collect::<Vec<_>>()))
            .filter(treasury_return_lines::result.eq_any(PENDING))
            .select(LineRow::as_select())
            .load(tx.conn()?)?;
        let with_result = |row: LineRow| results.get(&row.line).map(|line| (row, *line));
        found.extend(rows.into_iter().filter_map(with_result));
    }
    Ok(found)
}

pub fn find(tx: &mut ReadTx<'_>, id: TreasuryReturnId) -> Result<Option<TreasuryReturn>, DbError> {
    let query = treasury_returns::table.find(id.to_string()).select(ReturnRow::as_select());
    let row = tx.unbuffered()?.get_result(query).optional()?;
    row.map(ReturnRow::record).transpose()
}

/// The return with exactly this content, if it was received before.
pub fn find_by_digest(tx: &mut ReadTx<'_>, digest: &str) -> Result<Option<TreasuryReturn>, DbError> {
    let query = treasury_returns::table.filter(treasury_returns::digest.eq(digest)).select(ReturnRow::as_select());
    let row = tx.unbuffered()?.get_result(query).optional()?;
    row.map(ReturnRow::record).transpose()
}

/// Whether a message id was received before.
pub fn knows_message(tx: &mut ReadTx<'_>, message_id: &str) -> Result<bool, DbError> {
    let query =
        treasury_returns::table.filter(treasury_returns::message_id.eq(message_id)).select(sql::<BigInt>("COUNT(*)"));
    let found: i64 = tx.unbuffered()?.get_result(query)?;
    Ok(found > 0)
}

/// How many returns there are.
pub fn count(tx: &mut ReadTx<'_>) -> Result<i64, DbError> {
    Ok(treasury_returns::table.count().get_result(tx.conn()?)?)
}

/// The returns of one page of a list, the newest first.
pub fn page(tx: &mut ReadTx<'_>, offset: i64, limit: i64) -> Result<Vec<TreasuryReturn>, DbError> {
    let query = treasury_returns::table.order(treasury_returns::id.desc()).offset(offset).limit(limit);
    query.select(ReturnRow::as_select()).load(tx.conn()?)?.into_iter().map(ReturnRow::record).collect()
}

/// The lines of a return, in the order of the file.
pub fn lines(tx: &mut ReadTx<'_>, id: TreasuryReturnId) -> Result<Vec<TreasuryReturnLine>, DbError> {
    let query = treasury_return_lines::table
        .filter(treasury_return_lines::return_id.eq(id.to_string()))
        .order(treasury_return_lines::line)
        .select(LineRow::as_select());
    let rows: Vec<LineRow> = tx.unbuffered()?.load(query)?;
    rows.into_iter().map(LineRow::record).collect()
}

/// Lines with one result over all returns, newest return first, at most `limit`; only those behind a line of a return,
/// if it is given.
pub fn with_result(
    tx: &mut ReadTx<'_>,
    result: LineResult,
    behind: Option<(TreasuryReturnId, i64)>,
    limit: i64,
) -> Result<Vec<TreasuryReturnLine>, DbError> {
    let mut query = treasury_return_lines::table
        .filter(treasury_return_lines::result.eq(result.as_str()))
        .order((treasury_return_lines::return_id.desc(), treasury_return_lines::line))
        .limit(limit)
        .select(LineRow::as_select())
        .into_boxed();
    if let Some((id, line)) = behind {
        let id = id.to_string();
        let same = treasury_return_lines::return_id.eq(id.clone()).and(treasury_return_lines::line.gt(line));
        query = query.filter(treasury_return_lines::return_id.lt(id).or(same));
    }
    query.load(tx.conn()?)?.into_iter().map(LineRow::record).collect()
}

/// These lines, the newest file first.
pub fn of_keys(tx: &mut ReadTx<'_>, keys: &[(TreasuryReturnId, i64)]) -> Result<Vec<TreasuryReturnLine>, DbError> {
    let ids: Vec<String> = keys.iter().map(|(id, _)| id.to_string()).collect();
    let numbers: Vec<i64> = keys.iter().map(|(_, line)| *line).collect();
    let query = treasury_return_lines::table
        .filter(treasury_return_lines::return_id.eq_any(ids))
        .filter(treasury_return_lines::line.eq_any(numbers))
        .order((treasury_return_lines::return_id.desc(), treasury_return_lines::line))
        .select(LineRow::as_select());
    let rows: Vec<LineRow> = tx.unbuffered()?.load(query)?;
    let lines: Vec<TreasuryReturnLine> = rows.into_iter().map(LineRow::record).collect::<Result<_, _>>()?;
    Ok(lines.into_iter().filter(|line| keys.contains(&(line.return_id, line.line))).collect())
}

/// How many lines of each of these files have each result.
pub fn results_of(
    tx: &mut ReadTx<'_>,
    ids: &[TreasuryReturnId],
) -> Result<BTreeMap<TreasuryReturnId, BTreeMap<LineResult, i64>>, DbError> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let query = treasury_return_lines::table
        .filter(treasury_return_lines::return_id.eq_any(ids))
        .group_by((treasury_return_lines::return_id, treasury_return_lines::result))
        .select((treasury_return_lines::return_id, treasury_return_lines::result, sql::<BigInt>("COUNT(*)")));
    let rows: Vec<(String, String, i64)> = query.load(tx.conn()?)?;
    let mut counts: BTreeMap<TreasuryReturnId, BTreeMap<LineResult, i64>> = BTreeMap::new();
    for (id, result, count) in rows {
        let id: TreasuryReturnId = read("treasury_return_lines", "return_id", id)?;
        let result: LineResult = read("treasury_return_lines", "result", result)?;
        counts.entry(id).or_default().insert(result, count);
    }
    Ok(counts)
}

/// The treasury's answers about payments with these numbers, in the order in which its files came.
pub fn answers_about(tx: &mut ReadTx<'_>, numbers: &[String]) -> Result<Vec<TreasuryReturnLine>, DbError> {
    let query = treasury_return_lines::table
        .filter(treasury_return_lines::end_to_end_id.eq_any(numbers))
        .order((treasury_return_lines::return_id, treasury_return_lines::line))
        .select(LineRow::as_select());
    let rows: Vec<LineRow> = tx.unbuffered()?.load(query)?;
    rows.into_iter().map(LineRow::record).collect()
}

/// These returns, oldest first.
pub fn of_ids(tx: &mut ReadTx<'_>, ids: &[String]) -> Result<Vec<TreasuryReturn>, DbError> {
    let query = treasury_returns::table.filter(treasury_returns::id.eq_any(ids)).order(treasury_returns::id);
    tx.unbuffered()?.load(query.select(ReturnRow::as_select()))?.into_iter().map(ReturnRow::record).collect()
}
