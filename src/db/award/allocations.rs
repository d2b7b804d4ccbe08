//! Allocations.

use crate::db::engine::column::{Column, row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::{allocations, applications, awards};
use crate::db::engine::transaction::ReadTx;
use domain::award::allocation::{Allocation, AllocationStatus, AllocationStep, Place};
use domain::award::allocation_statement::AllocationStatement;
use domain::base::calendar::Timestamp;
use domain::base::id::{AllocationId, UserId};
use domain::base::record_reference::RecordReference;

row! {
    AllocationRow in allocations for Allocation {
        id: AllocationId, number: String, scheme_code: String, scheme_version: i64, follows: Option<AllocationId>,
        status: AllocationStatus, statement: AllocationStatement, digest: String, drafted_by: UserId,
        drafted_at: Timestamp, concurrence: Option<AllocationStep>, publication: Option<AllocationStep>,
        withdrawal: Option<AllocationStep>, version: i64,
    }
}

versioned!(allocations, AllocationRow, Allocation, AllocationId);

/// Selects runs.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    pub scheme_code: Option<String>,
    pub status: Option<AllocationStatus>,
    /// Only runs after this one in the order of ids.
    pub after: Option<AllocationId>,
}

/// Runs of a selection in the order in which they were drafted, at most `limit`.
pub fn list(
    tx: &mut ReadTx<'_>,
    selection: Selection,
    published_only: bool,
    limit: i64,
) -> Result<Vec<Allocation>, DbError> {
    let query = allocations::table.order(allocations::id).limit(limit).select(AllocationRow::as_select());
    let mut query = query.into_boxed();
    if published_only {
        query = query.filter(allocations::status.eq("published"));
    }
    if let Some(code) = selection.scheme_code {
        query = query.filter(allocations::scheme_code.eq(code));
    }
    if let Some(status) = selection.status {
        query = query.filter(allocations::status.eq(status.as_str()));
    }
    if let Some(after) = selection.after {
        query = query.filter(allocations::id.gt(after.to_string()));
    }
    query.load(tx.conn()?)?.into_iter().map(AllocationRow::record).collect()
}

/// The run of a scheme that was published last.
pub fn newest_published(tx: &mut ReadTx<'_>, scheme_code: &str) -> Result<Option<Allocation>, DbError> {
    let query = allocations::table
        .filter(allocations::scheme_code.eq(scheme_code))
        .filter(allocations::status.eq("published"))
        .order(allocations::id.desc())
        .select(AllocationRow::as_select());
    query.first(tx.conn()?).optional()?.map(AllocationRow::record).transpose()
}

/// The run of a scheme that is drafted or concurred in and not published yet.
pub fn open(tx: &mut ReadTx<'_>, scheme_code: &str) -> Result<Option<Allocation>, DbError> {
    let query = allocations::table
        .filter(allocations::scheme_code.eq(scheme_code))
        .filter(allocations::status.eq_any(["draft", "concurred"]))
        .select(AllocationRow::as_select());
    query.first(tx.conn()?).optional()?.map(AllocationRow::record).transpose()
}

/// A run that is drafted and neither published nor withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRun {
    pub scheme_code: String,
    pub scheme_version: i64,
    pub status: AllocationStatus,
    pub drafted_at: Timestamp,
}

/// The open runs of all schemes.
pub fn open_runs(tx: &mut ReadTx<'_>) -> Result<Vec<OpenRun>, DbError> {
    let rows: Vec<(String, i64, String, String)> = allocations::table
        .filter(allocations::status.eq_any(["draft", "concurred"]))
        .select((allocations::scheme_code, allocations::scheme_version, allocations::status, allocations::drafted_at))
        .load(tx.conn()?)?;
    let run = |(scheme_code, scheme_version, status, drafted_at): (String, i64, String, String)| {
        let corrupt = |column, why| DbError::Corrupt { table: "allocations", column, why };
        Ok(OpenRun {
            scheme_code,
            scheme_version,
            status: status.parse().map_err(|why| corrupt("status", why))?,
            drafted_at: drafted_at.parse().map_err(|_| corrupt("drafted_at", drafted_at.clone()))?,
        })
    };
    rows.into_iter().map(run).collect()
}

/// Runs after an id, in the order of ids, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, id: &str, limit: i64) -> Result<Vec<Allocation>, DbError> {
    let query = allocations::table.filter(allocations::id.gt(id)).order(allocations::id).limit(limit);
    query.select(AllocationRow::as_select()).load(tx.conn()?)?.into_iter().map(AllocationRow::record).collect()
}

/// The run that somebody names.
pub fn named(tx: &mut ReadTx<'_>, of: &RecordReference<AllocationId>) -> Result<Option<Allocation>, DbError> {
    let query = allocations::table.select(AllocationRow::as_select()).into_boxed();
    let query = match of {
        RecordReference::Id(id) => query.filter(allocations::id.eq(id.to_string())),
        RecordReference::Number(number) => query.filter(allocations::number.eq(number.clone())),
    };
    query.get_result(tx.conn()?).optional()?.map(AllocationRow::record).transpose()
}

/// How many runs a list has: those of one status, or all.
pub fn count(tx: &mut ReadTx<'_>, status: Option<AllocationStatus>) -> Result<i64, DbError> {
    let mut query = allocations::table.count().into_boxed();
    if let Some(status) = status {
        query = query.filter(allocations::status.eq(status.as_str()));
    }
    Ok(query.get_result(tx.conn()?)?)
}

/// The runs of one page of a list, the newest first.
pub fn page(
    tx: &mut ReadTx<'_>,
    status: Option<AllocationStatus>,
    offset: i64,
    limit: i64,
) -> Result<Vec<Allocation>, DbError> {
    let mut query = allocations::table.order(allocations::id.desc()).select(AllocationRow::as_select()).into_boxed();
    if let Some(status) = status {
        query = query.filter(allocations::status.eq(status.as_str()));
    }
    query.offset(offset).limit(limit).load(tx.conn()?)?.into_iter().map(AllocationRow::record).collect()
}

/// What became of an application after the run: its place as it is now, and number and capacity of its award.
pub struct Became {
    pub application_id: String,
    pub place: Option<Place>,
    pub award: Option<(String, i64)>,
}

/// What became of these applications, in one statement.
pub fn became(tx: &mut ReadTx<'_>, applications: &[String]) -> Result<Vec<Became>, DbError> {
    let query = applications::table
        .left_join(awards::table.on(awards::application_id.eq(applications::id)))
        .filter(applications::id.eq_any(applications))
        .select((applications::id, applications::place, (awards::number, awards::capacity_mtpa).nullable()));
    type Row = (String, Option<String>, Option<(String, i64)>);
    let rows: Vec<Row> = query.load(tx.conn()?)?;
    let corrupt = |why: String| DbError::Corrupt { table: "applications", column: "place", why };
    let became = |(application_id, place, award): Row| {
        Ok(Became { application_id, place: Option::<Place>::from_raw(place).map_err(corrupt)?, award })
    };
    rows.into_iter().map(became).collect()
}
