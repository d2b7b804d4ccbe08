//! What the file of a milestone shows from other records, in one statement.

use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::{awards, milestones, organisations};
use crate::db::engine::transaction::ReadTx;
use domain::base::id::MilestoneId;

/// The names of the records that a milestone belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MilestoneContext {
    pub id: MilestoneId,
    pub beneficiary: String,
}

/// The milestone of the award with this number that has this code.
pub fn context(tx: &mut ReadTx<'_>, award: &str, code: &str) -> Result<Option<MilestoneContext>, DbError> {
    let row: Option<(String, String)> = milestones::table
        .inner_join(awards::table.on(awards::id.eq(milestones::award_id)))
        .inner_join(organisations::table.on(organisations::id.eq(milestones::organisation_id)))
        .filter(awards::number.eq(award))
        .filter(milestones::code.eq(code))
        .select((milestones::id, organisations::name))
        .get_result(tx.conn()?)
        .optional()?;
    let context = |(id, beneficiary): (String, String)| {
        let id = id.parse().map_err(|_| DbError::Corrupt { table: "milestones", column: "id", why: id })?;
        Ok(MilestoneContext { id, beneficiary })
    };
    row.map(context).transpose()
}
