//! The share of a milestone that each verified claim took.

use crate::db::engine::column::row;
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::{claimed_shares, claims};
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::id::{ClaimId, MilestoneId};
use domain::base::money::BasisPoints;
use domain::claim::claim::ClaimStatus;
use domain::milestone::milestone::ClaimedShare;

row! {
    ShareRow in claimed_shares for ClaimedShare {
        claim_id: ClaimId, milestone_id: MilestoneId, share: BasisPoints,
    }
}

pub fn insert(tx: &mut WriteTx<'_>, taken: &ClaimedShare) -> Result<(), DbError> {
    row_statement::insert(tx, &ShareRow::of(taken))
}

/// The shares of a milestone that were taken by claims which are still verified.
pub fn standing(tx: &mut ReadTx<'_>, milestone: MilestoneId) -> Result<Vec<ClaimedShare>, DbError> {
    let rows = claimed_shares::table
        .inner_join(claims::table.on(claims::id.eq(claimed_shares::claim_id)))
        .filter(claimed_shares::milestone_id.eq(milestone.to_string()))
        .filter(claims::status.eq(ClaimStatus::Verified.as_str()))
        .order(claimed_shares::claim_id)
        .select(ShareRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(ShareRow::record).collect()
}

/// All shares of these milestones, whether or not their claims are still verified.
pub fn of_milestones(tx: &mut ReadTx<'_>, milestones: &[String]) -> Result<Vec<ClaimedShare>, DbError> {
    let rows = claimed_shares::table
        .filter(claimed_shares::milestone_id.eq_any(milestones))
        .order(claimed_shares::claim_id)
        .select(ShareRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(ShareRow::record).collect()
}

/// The shares that these claims took, whether or not the claims are still verified.
pub fn of_claims(tx: &mut ReadTx<'_>, claims: &[String]) -> Result<Vec<ClaimedShare>, DbError> {
    let rows = claimed_shares::table
        .filter(claimed_shares::claim_id.eq_any(claims))
        .select(ShareRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(ShareRow::record).collect()
}
