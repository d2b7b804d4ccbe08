//! Records of uploaded documents. Their content is in the evidence store.

use crate::db::engine::column::row;
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::evidence;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use domain::base::calendar::Timestamp;
use domain::base::evidence::{Evidence, MediaType};
use domain::base::id::{EvidenceId, OrganisationId, UserId};

row! {
    EvidenceRow in evidence for Evidence {
        id: EvidenceId, digest: String, size_bytes: i64, media_type: MediaType, file_name: String,
        organisation_id: Option<OrganisationId>, uploaded_by: UserId, uploaded_at: Timestamp,
    }
}

pub fn insert(tx: &mut WriteTx<'_>, record: &Evidence) -> Result<(), DbError> {
    row_statement::insert(tx, &EvidenceRow::of(record))
}

pub fn find(tx: &mut ReadTx<'_>, id: EvidenceId) -> Result<Option<Evidence>, DbError> {
    let row =
        evidence::table.find(id.to_string()).select(EvidenceRow::as_select()).get_result(tx.conn()?).optional()?;
    row.map(EvidenceRow::record).transpose()
}

/// The records of these documents, in the order of their ids.
pub fn of_ids(tx: &mut ReadTx<'_>, ids: &[String]) -> Result<Vec<Evidence>, DbError> {
    let query = evidence::table.filter(evidence::id.eq_any(ids)).order(evidence::id);
    query.select(EvidenceRow::as_select()).load(tx.conn()?)?.into_iter().map(EvidenceRow::record).collect()
}

/// Documents behind an id, in the order of ids, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, id: &str, limit: i64) -> Result<Vec<Evidence>, DbError> {
    let query = evidence::table.filter(evidence::id.gt(id)).order(evidence::id).limit(limit);
    query.select(EvidenceRow::as_select()).load(tx.conn()?)?.into_iter().map(EvidenceRow::record).collect()
}

/// The newest documents, at most `limit`.
pub fn newest(tx: &mut ReadTx<'_>, limit: i64) -> Result<Vec<Evidence>, DbError> {
    let query = evidence::table.order(evidence::id.desc()).limit(limit).select(EvidenceRow::as_select());
    query.load(tx.conn()?)?.into_iter().map(EvidenceRow::record).collect()
}

/// The documents that an organisation uploaded last, the newest first.
pub fn newest_of(tx: &mut ReadTx<'_>, organisation: OrganisationId, most: i64) -> Result<Vec<Evidence>, DbError> {
    let own = evidence::table.filter(evidence::organisation_id.eq(organisation.to_string()));
    let query = own.order(evidence::id.desc()).limit(most).select(EvidenceRow::as_select());
    query.load(tx.conn()?)?.into_iter().map(EvidenceRow::record).collect()
}
