//! Records of uploaded documents. Their content is in the evidence store.

use crate::db::engine::column::row;
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::row_statement;
use crate::db::engine::schema::evidence;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use diesel::sql_types::Text;
use diesel::{QueryableByName, sql_query};
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

/// A record of a company, and the text that has the ids of its documents.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Attached {
    #[diesel(sql_type = Text)]
    pub record: String,
    #[diesel(sql_type = Text)]
    pub files: String,
}

/// The numbered records of an organisation to which documents are attached, in one statement.
pub fn attached_of(tx: &mut ReadTx<'_>, organisation: OrganisationId) -> Result<Vec<Attached>, DbError> {
    let own = |of: &str| format!("{of}organisation_id = $1");
    let text = format!(
        "SELECT number AS record, evidence AS files FROM claims WHERE {own} AND number IS NOT NULL \
         UNION ALL SELECT number, evidence FROM excuses WHERE {own} \
         UNION ALL SELECT number, evidence FROM final_certificates WHERE {own} \
         UNION ALL SELECT number, documents FROM letters WHERE {own} \
         UNION ALL SELECT number, reply FROM recoveries WHERE {own} AND reply IS NOT NULL \
         UNION ALL SELECT number, form || queries FROM applications WHERE {own} AND number IS NOT NULL \
         UNION ALL SELECT guarantee_number, evidence_id FROM securities WHERE {own} \
         UNION ALL SELECT s.guarantee_number, e.evidence_id FROM security_events e \
             JOIN securities s ON s.id = e.security_id WHERE {of_security} AND e.evidence_id IS NOT NULL \
         UNION ALL SELECT c.number, d.queries FROM claim_dialogues d \
             JOIN claims c ON c.id = d.claim_id WHERE {of_claim} AND c.number IS NOT NULL \
         UNION ALL SELECT a.number, m.rounds || m.queries FROM milestones m \
             JOIN awards a ON a.id = m.award_id WHERE {of_milestone}",
        own = own(""),
        of_security = own("s."),
        of_claim = own("c."),
        of_milestone = own("m."),
    );
    Ok(sql_query(text).bind::<Text, _>(organisation.to_string()).load(tx.conn()?)?)
}
