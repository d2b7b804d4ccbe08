//! Drafted versions of schemes.

use crate::db::engine::column::{row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::scheme_drafts;
use crate::db::engine::transaction::ReadTx;
use domain::base::calendar::Timestamp;
use domain::base::id::{SchemeDraftId, UserId};
use domain::revision::scheme_draft::{
    Publication, SchemeDraft, SchemeDraftStatus, SchemeDraftStep, WorseningInstrument,
};

row! {
    SchemeDraftRow in scheme_drafts for SchemeDraft {
        id: SchemeDraftId, scheme_code: String, scheme_version: i64, document: String, digest: String,
        status: SchemeDraftStatus, drafted_by: UserId, drafted_at: Timestamp, instrument: Option<WorseningInstrument>,
        publication: Option<Publication>, withdrawal: Option<SchemeDraftStep>, version: i64,
    }
}

versioned!(scheme_drafts, SchemeDraftRow, SchemeDraft, SchemeDraftId);

/// All drafts, in the order in which they were drafted.
pub fn list(tx: &mut ReadTx<'_>) -> Result<Vec<SchemeDraft>, DbError> {
    let query = scheme_drafts::table.order(scheme_drafts::id).select(SchemeDraftRow::as_select());
    query.load(tx.conn()?)?.into_iter().map(SchemeDraftRow::record).collect()
}

/// Drafts after the given one, in the order of ids, at most `limit`.
pub fn page(tx: &mut ReadTx<'_>, after: Option<SchemeDraftId>, limit: i64) -> Result<Vec<SchemeDraft>, DbError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let query = scheme_drafts::table.filter(scheme_drafts::id.gt(after)).order(scheme_drafts::id).limit(limit);
    query.select(SchemeDraftRow::as_select()).load(tx.conn()?)?.into_iter().map(SchemeDraftRow::record).collect()
}

/// Counts the drafts of a scheme that are neither published nor withdrawn.
pub fn open(tx: &mut ReadTx<'_>) -> Result<i64, DbError> {
    Ok(scheme_drafts::table.filter(scheme_drafts::status.eq("draft")).count().get_result(tx.conn()?)?)
}
