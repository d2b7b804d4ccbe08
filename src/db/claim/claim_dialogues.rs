//! What the agency and the manufacturer said to each other about a claim: queries with their replies, how often it
//! was returned, why it was rejected, which claim it corrects, and since when it is in time. Most claims have no row
//! here. They are part of the claim's record, and change only with it.

use crate::db::engine::column::{Column, read};
use crate::db::engine::error::DbError;
use crate::db::engine::notes::written;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::claim_dialogues;
use crate::db::engine::sets::set_row;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::Timestamp;
use domain::base::id::ClaimId;
use domain::base::noting::Reasons;
use domain::base::queries::QueryRounds;
use domain::claim::claim::Claim;
use std::collections::BTreeMap;

#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = claim_dialogues)]
pub(super) struct DialogueRow {
    claim_id: String,
    queries: String,
    returned_times: i64,
    rejected_for: Option<String>,
    replaces: Option<String>,
    first_submitted_at: Option<String>,
}

set_row!(DialogueRow in claim_dialogues {
    claim_id, queries, returned_times, rejected_for, replaces, first_submitted_at,
});

/// The dialogue about one claim; empty where there is no row.
#[derive(Default)]
pub(super) struct Dialogue {
    pub queries: QueryRounds,
    pub returned_times: i64,
    pub rejected_for: Option<Reasons>,
    pub replaces: Option<ClaimId>,
    pub first_submitted_at: Option<Timestamp>,
}

impl DialogueRow {
    fn record(self) -> Result<Dialogue, DbError> {
        Ok(Dialogue {
            queries: read("claim_dialogues", "queries", self.queries)?,
            returned_times: self.returned_times,
            rejected_for: self.rejected_for.map(Reasons),
            replaces: read("claim_dialogues", "replaces", self.replaces)?,
            first_submitted_at: read("claim_dialogues", "first_submitted_at", self.first_submitted_at)?,
        })
    }
}

/// Stores the dialogue of a claim, if there is any.
pub(super) fn store(tx: &mut WriteTx<'_>, claim: &Claim) -> Result<(), DbError> {
    let first = claim.first_submitted_at.filter(|first| Some(*first) != claim.submitted_at || claim.returned_times > 0);
    let unsaid = claim.queries.is_empty() && claim.returned_times == 0 && claim.rejected_for.is_none();
    if unsaid && claim.replaces.is_none() && first.is_none() {
        return Ok(());
    }
    let row = DialogueRow {
        claim_id: claim.id.to_string(),
        queries: claim.queries.raw(),
        returned_times: claim.returned_times,
        rejected_for: claim.rejected_for.raw(),
        replaces: claim.replaces.raw(),
        first_submitted_at: first.raw(),
    };
    let stored = claim_dialogues::table.find(&row.claim_id);
    let before: Option<DialogueRow> = stored.select(DialogueRow::as_select()).get_result(tx.conn()?).optional()?;
    let Some(before) = before else { return row_statement::insert(tx, &row) };
    diesel::update(stored)
        .set((
            claim_dialogues::queries.eq(&row.queries),
            claim_dialogues::returned_times.eq(row.returned_times),
            claim_dialogues::rejected_for.eq(&row.rejected_for),
            claim_dialogues::replaces.eq(&row.replaces),
            claim_dialogues::first_submitted_at.eq(&row.first_submitted_at),
        ))
        .execute(tx.conn()?)?;
    written::changed(tx, &before, &row);
    Ok(())
}

/// The dialogue of one claim.
pub(super) fn of_claim(tx: &mut ReadTx<'_>, id: &str) -> Result<Dialogue, DbError> {
    let row: Option<DialogueRow> = tx.cached(
        || format!("claim_dialogues {id}"),
        |select| {
            let query = claim_dialogues::table.find(id.to_owned()).select(DialogueRow::as_select());
            Ok(select.get_result(query).optional()?)
        },
    )?;
    row.map(DialogueRow::record).transpose().map(Option::unwrap_or_default)
}

/// The dialogues of these claims by the claim's id.
pub(super) fn of_claims(tx: &mut ReadTx<'_>, ids: &[String]) -> Result<BTreeMap<String, Dialogue>, DbError> {
    let rows: Vec<DialogueRow> = claim_dialogues::table
        .filter(claim_dialogues::claim_id.eq_any(ids))
        .select(DialogueRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(|row| Ok((row.claim_id.clone(), row.record()?))).collect()
}
