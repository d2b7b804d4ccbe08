//! Allocations.

use crate::db::engine::column::{row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::allocations;
use crate::db::engine::transaction::ReadTx;
use domain::award::allocation::{Allocation, AllocationStatus, AllocationStep};
use domain::award::allocation_statement::AllocationStatement;
use domain::base::calendar::Timestamp;
use domain::base::id::{AllocationId, UserId};

row! {
    AllocationRow in allocations for Allocation {
        id: AllocationId, number: String, scheme_code: String, scheme_version: i64, follows: Option<AllocationId>,
        status: AllocationStatus, statement: AllocationStatement, digest: String, drafted_by: UserId,
        drafted_at: Timestamp, concurrence: Option<AllocationStep>, publication: Option<AllocationStep>,
        withdrawal: Option<AllocationStep>, version: i64,
    }
}

versioned!(allocations, AllocationRow, Allocation, AllocationId);

/// All runs, or only the published ones, in the order in which they were drafted.
pub fn list(tx: &mut ReadTx<'_>, published_only: bool) -> Result<Vec<Allocation>, DbError> {
    let mut query = allocations::table.order(allocations::id).select(AllocationRow::as_select()).into_boxed();
    if published_only {
        query = query.filter(allocations::status.eq("published"));
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

/// Runs after an id, in the order of ids, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, id: &str, limit: i64) -> Result<Vec<Allocation>, DbError> {
    let query = allocations::table.filter(allocations::id.gt(id)).order(allocations::id).limit(limit);
    query.select(AllocationRow::as_select()).load(tx.conn()?)?.into_iter().map(AllocationRow::record).collect()
}
