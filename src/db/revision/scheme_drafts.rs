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

/// Counts the drafts of a scheme that are neither published nor withdrawn.
pub fn open(tx: &mut ReadTx<'_>) -> Result<i64, DbError> {
    Ok(scheme_drafts::table.filter(scheme_drafts::status.eq("draft")).count().get_result(tx.conn()?)?)
}
