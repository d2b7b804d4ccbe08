//! Saved queries and their runs.

use crate::db::engine::column::{Column, row};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::{saved_queries, saved_query_runs};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::id::{SavedQueryId, SavedQueryRunId, UserId};
use domain::desk::saved_query::{SavedQuery, SavedQueryRun, SavedQueryTotals};

row! {
    QueryRow in saved_queries for SavedQuery {
        id: SavedQueryId, number: String, title: String, selection: String, saved_by: UserId, saved_at: Timestamp,
    }
}

row! {
    RunRow in saved_query_runs for SavedQueryRun {
        id: SavedQueryRunId, saved_query_id: SavedQueryId, as_of: Option<NaiveDate>, known_at: Timestamp,
        totals: SavedQueryTotals, digest: String, agrees: Option<bool>, run_by: UserId, run_at: Timestamp,
    }
}

pub fn insert(tx: &mut WriteTx<'_>, query: &SavedQuery) -> Result<(), DbError> {
    row_statement::insert(tx, &QueryRow::of(query))
}

pub fn insert_run(tx: &mut WriteTx<'_>, run: &SavedQueryRun) -> Result<(), DbError> {
    row_statement::insert(tx, &RunRow::of(run))
}

pub fn find(tx: &mut ReadTx<'_>, id: SavedQueryId) -> Result<Option<SavedQuery>, DbError> {
    let query = saved_queries::table.find(id.raw()).select(QueryRow::as_select());
    query.get_result(tx.conn()?).optional()?.map(QueryRow::record).transpose()
}

pub fn find_run(tx: &mut ReadTx<'_>, id: SavedQueryRunId) -> Result<Option<SavedQueryRun>, DbError> {
    let run = saved_query_runs::table.find(id.raw()).select(RunRow::as_select());
    run.get_result(tx.conn()?).optional()?.map(RunRow::record).transpose()
}

/// Queries after one, in the order in which they were saved, at most `limit`.
pub fn page(tx: &mut ReadTx<'_>, after: Option<SavedQueryId>, limit: i64) -> Result<Vec<SavedQuery>, DbError> {
    let mut query = saved_queries::table.order(saved_queries::id).select(QueryRow::as_select()).into_boxed();
    if let Some(after) = after {
        query = query.filter(saved_queries::id.gt(after.raw()));
    }
    query.limit(limit).load(tx.conn()?)?.into_iter().map(QueryRow::record).collect()
}

/// The runs after one, in the order in which they were made, at most `limit`; of one query, or of all.
pub fn runs(
    tx: &mut ReadTx<'_>,
    of: Option<SavedQueryId>,
    after: Option<SavedQueryRunId>,
    limit: i64,
) -> Result<Vec<SavedQueryRun>, DbError> {
    let mut query = saved_query_runs::table.order(saved_query_runs::id).select(RunRow::as_select()).into_boxed();
    if let Some(of) = of {
        query = query.filter(saved_query_runs::saved_query_id.eq(of.raw()));
    }
    if let Some(after) = after {
        query = query.filter(saved_query_runs::id.gt(after.raw()));
    }
    query.limit(limit).load(tx.conn()?)?.into_iter().map(RunRow::record).collect()
}

/// The first run of a query for a moment.
pub fn first_run_of_moment(
    tx: &mut ReadTx<'_>,
    id: SavedQueryId,
    as_of: Option<NaiveDate>,
    known_at: Timestamp,
) -> Result<Option<SavedQueryRun>, DbError> {
    let mut query = saved_query_runs::table
        .filter(saved_query_runs::saved_query_id.eq(id.raw()))
        .filter(saved_query_runs::known_at.eq(known_at.raw()))
        .order(saved_query_runs::id)
        .select(RunRow::as_select())
        .into_boxed();
    query = match as_of {
        Some(day) => query.filter(saved_query_runs::as_of.eq(day.raw())),
        None => query.filter(saved_query_runs::as_of.is_null()),
    };
    query.first(tx.conn()?).optional()?.map(RunRow::record).transpose()
}
