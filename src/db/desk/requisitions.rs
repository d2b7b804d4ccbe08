//! Requisitions of the auditor.

use crate::db::engine::column::{Column, row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::requisitions;
use crate::db::engine::transaction::ReadTx;
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::id::{OrganisationId, RequisitionId, UserId};
use domain::desk::requisition::{Requisition, RequisitionAnswer, RequisitionStatus};

row! {
    RequisitionRow in requisitions for Requisition {
        id: RequisitionId, number: String, title: String, text: String, organisation_id: Option<OrganisationId>,
        status: RequisitionStatus, due_on: NaiveDate, answer: Option<RequisitionAnswer>, asked_by: UserId,
        asked_at: Timestamp, version: i64,
    }
}

versioned!(requisitions, RequisitionRow, Requisition, RequisitionId);

/// Requisitions after one, in the order in which they were made, at most `limit`; only those of one status, or
/// only those whose answer was due before a day.
pub fn page(
    tx: &mut ReadTx<'_>,
    status: Option<RequisitionStatus>,
    overdue_on: Option<NaiveDate>,
    after: Option<RequisitionId>,
    limit: i64,
) -> Result<Vec<Requisition>, DbError> {
    let mut query = requisitions::table.order(requisitions::id).select(RequisitionRow::as_select()).into_boxed();
    if let Some(status) = status {
        query = query.filter(requisitions::status.eq(status.as_str()));
    }
    if let Some(day) = overdue_on {
        query = query.filter(requisitions::status.eq("asked")).filter(requisitions::due_on.lt(day.raw()));
    }
    if let Some(after) = after {
        query = query.filter(requisitions::id.gt(after.raw()));
    }
    query.limit(limit).load(tx.conn()?)?.into_iter().map(RequisitionRow::record).collect()
}
