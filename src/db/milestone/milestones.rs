//! Milestones of awards.

use crate::db::engine::column::{row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::of_ids;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::milestones;
use crate::db::engine::transaction::ReadTx;
use chrono::NaiveDate;
use domain::base::id::{AwardId, MilestoneId, OrganisationId};
use domain::base::money::BasisPoints;
use domain::base::queries::QueryRounds;
use domain::milestone::milestone::{Milestone, MilestoneStatus, ReportRounds};
use domain::scheme::value_chain::InstalledCapacity;

row! {
    MilestoneRow in milestones for Milestone {
        id: MilestoneId, award_id: AwardId, organisation_id: OrganisationId, code: String, title: String,
        due_on: NaiveDate, capital_share: BasisPoints, commissions: bool, needed_mtpa: InstalledCapacity,
        status: MilestoneStatus, achieved_on: Option<NaiveDate>, rounds: ReportRounds, version: i64,
        queries: QueryRounds,
    }
}

versioned!(milestones, MilestoneRow, Milestone, MilestoneId);
of_ids!(milestones, MilestoneRow, Milestone);

/// The schedule of one award, or of all a person sees, by due date.
pub fn list(
    tx: &mut ReadTx<'_>,
    award: Option<AwardId>,
    only: Option<OrganisationId>,
) -> Result<Vec<Milestone>, DbError> {
    let mut query = milestones::table
        .order((milestones::award_id, milestones::due_on, milestones::id))
        .select(MilestoneRow::as_select())
        .into_boxed();
    if let Some(award) = award {
        query = query.filter(milestones::award_id.eq(award.to_string()));
    }
    if let Some(id) = only {
        query = query.filter(milestones::organisation_id.eq(id.to_string()));
    }
    query.load(tx.conn()?)?.into_iter().map(MilestoneRow::record).collect()
}

/// The milestones that are late on a day: reached after the day on which they were due, or not reached although it is
/// over.
pub fn late(tx: &mut ReadTx<'_>, today: NaiveDate) -> Result<Vec<Milestone>, DbError> {
    let open = milestones::achieved_on.is_null().and(milestones::due_on.lt(today.to_string()));
    let reached_late = milestones::achieved_on.gt(milestones::due_on.nullable());
    let query = milestones::table
        .filter(open.or(reached_late))
        .order((milestones::award_id, milestones::due_on, milestones::id))
        .select(MilestoneRow::as_select());
    query.load(tx.conn()?)?.into_iter().map(MilestoneRow::record).collect()
}

/// The schedules of these awards, each by due date.
pub fn of_awards(tx: &mut ReadTx<'_>, awards: &[String]) -> Result<Vec<Milestone>, DbError> {
    let query = milestones::table.filter(milestones::award_id.eq_any(awards)).order((
        milestones::award_id,
        milestones::due_on,
        milestones::id,
    ));
    query.select(MilestoneRow::as_select()).load(tx.conn()?)?.into_iter().map(MilestoneRow::record).collect()
}

/// Milestones after an id, in the order of ids, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, id: &str, limit: i64) -> Result<Vec<Milestone>, DbError> {
    let query = milestones::table.filter(milestones::id.gt(id)).order(milestones::id).limit(limit);
    query.select(MilestoneRow::as_select()).load(tx.conn()?)?.into_iter().map(MilestoneRow::record).collect()
}
