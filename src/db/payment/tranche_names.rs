//! The names of the records that a tranche belongs to, in one statement.

use crate::db::engine::connection::per_engine;
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use domain::base::id::TrancheId;

/// Whose money it is, on which claim and award.
#[derive(QueryableByName)]
pub struct TrancheNames {
    #[diesel(sql_type = Text)]
    pub beneficiary: String,
    /// The claim's number; a claim in progress may have none yet.
    #[diesel(sql_type = Nullable<Text>)]
    pub claim: Option<String>,
    #[diesel(sql_type = Text)]
    pub award: String,
}

/// The names that belong to a tranche; `None` if there is no such tranche.
pub fn find(tx: &mut ReadTx<'_>, id: TrancheId) -> Result<Option<TrancheNames>, DbError> {
    // An id is digits and hyphens.
    let text = format!(
        "SELECT organisations.name AS beneficiary, claims.number AS claim, awards.number AS award FROM tranches \
         JOIN organisations ON organisations.id = tranches.organisation_id JOIN claims ON claims.id = tranches.claim_id \
         JOIN awards ON awards.id = tranches.award_id WHERE tranches.id = '{id}'"
    );
    let found: Vec<TrancheNames> =
        per_engine!(tx.conn()?, |conn| diesel::RunQueryDsl::load(diesel::sql_query(text), conn)?);
    Ok(found.into_iter().next())
}
