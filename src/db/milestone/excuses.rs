//! Excuses: days of a delay that do not count.

use crate::db::engine::column::{row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::of_ids;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::excuses;
use crate::db::engine::transaction::ReadTx;
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::evidence::EvidenceIds;
use domain::base::id::{AwardId, ExcuseId, MilestoneId, OrganisationId, UserId};
use domain::milestone::excuse::{Excuse, ExcuseDecision, ExcuseExamination, ExcuseGround, ExcuseStatus};

row! {
    ExcuseRow in excuses for Excuse {
        id: ExcuseId, number: String, milestone_id: MilestoneId, award_id: AwardId, organisation_id: OrganisationId,
        ground: ExcuseGround, text: String, asked_from: NaiveDate, asked_to: NaiveDate, evidence: EvidenceIds,
        status: ExcuseStatus, asked_by: UserId, asked_at: Timestamp, examination: Option<ExcuseExamination>,
        decision: Option<ExcuseDecision>, granted_from: Option<NaiveDate>, granted_to: Option<NaiveDate>, version: i64,
    }
}

versioned!(excuses, ExcuseRow, Excuse, ExcuseId);
of_ids!(excuses, ExcuseRow, Excuse);

/// Selects excuses.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection {
    pub award: Option<AwardId>,
    pub milestone: Option<MilestoneId>,
    pub status: Option<ExcuseStatus>,
}

/// The excuses that a person may see, in the order in which they were requested.
pub fn list(tx: &mut ReadTx<'_>, selection: Selection, only: Option<OrganisationId>) -> Result<Vec<Excuse>, DbError> {
    let mut query = excuses::table.order(excuses::id).select(ExcuseRow::as_select()).into_boxed();
    if let Some(award) = selection.award {
        query = query.filter(excuses::award_id.eq(award.to_string()));
    }
    if let Some(milestone) = selection.milestone {
        query = query.filter(excuses::milestone_id.eq(milestone.to_string()));
    }
    if let Some(status) = selection.status {
        query = query.filter(excuses::status.eq(status.as_str()));
    }
    if let Some(id) = only {
        query = query.filter(excuses::organisation_id.eq(id.to_string()));
    }
    query.load(tx.conn()?)?.into_iter().map(ExcuseRow::record).collect()
}

/// The excuses under these awards, in the order in which they were requested.
pub fn of_awards(tx: &mut ReadTx<'_>, awards: &[String]) -> Result<Vec<Excuse>, DbError> {
    let query = excuses::table.filter(excuses::award_id.eq_any(awards)).order(excuses::id);
    query.select(ExcuseRow::as_select()).load(tx.conn()?)?.into_iter().map(ExcuseRow::record).collect()
}

/// The excuse with a number, if any.
pub fn find_by_number(tx: &mut ReadTx<'_>, number: &str) -> Result<Option<Excuse>, DbError> {
    let query = excuses::table.filter(excuses::number.eq(number)).select(ExcuseRow::as_select());
    query.get_result(tx.conn()?).optional()?.map(ExcuseRow::record).transpose()
}

/// The part of all excuses that a list shows: those of one status, of one organisation, or all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    pub status: Option<ExcuseStatus>,
    pub only: Option<OrganisationId>,
}

macro_rules! part {
    ($query:expr, $part:expr) => {{
        let mut query = $query;
        if let Some(id) = $part.only {
            query = query.filter(excuses::organisation_id.eq(id.to_string()));
        }
        if let Some(status) = $part.status {
            query = query.filter(excuses::status.eq(status.as_str()));
        }
        query
    }};
}

/// How many excuses a list has.
pub fn count(tx: &mut ReadTx<'_>, part: Part) -> Result<i64, DbError> {
    Ok(part!(excuses::table.count().into_boxed(), part).get_result(tx.conn()?)?)
}

/// The excuses of one page of a list, the newest first.
pub fn page(tx: &mut ReadTx<'_>, part: Part, offset: i64, limit: i64) -> Result<Vec<Excuse>, DbError> {
    let query = excuses::table.order(excuses::id.desc()).select(ExcuseRow::as_select()).into_boxed();
    let rows = part!(query, part).offset(offset).limit(limit).load(tx.conn()?)?;
    rows.into_iter().map(ExcuseRow::record).collect()
}
