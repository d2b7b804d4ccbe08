//! Final certificates of claims.

use crate::db::engine::column::{row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::of_ids;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::final_certificates;
use crate::db::engine::transaction::ReadTx;
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::evidence::EvidenceIds;
use domain::base::id::{AwardId, ClaimId, FinalCertificateId, OrganisationId, UserId};
use domain::base::money::Paise;
use domain::claim::credit_notes::CreditNotes;
use domain::claim::final_certificate::{CertificateDecision, CertificateStatus, FinalCertificate, Settlement};

row! {
    CertificateRow in final_certificates for FinalCertificate {
        id: FinalCertificateId, number: String, claim_id: ClaimId, award_id: AwardId, organisation_id: OrganisationId,
        certificate_number: String, issued_by: String, issued_on: NaiveDate, certified_kg: i64,
        certified_amount_paise: Paise, evidence: EvidenceIds, late_reason: Option<String>, status: CertificateStatus,
        submitted_by: UserId, submitted_at: Timestamp, decision: Option<CertificateDecision>,
        settlement: Option<Settlement>, version: i64, notes: Option<CreditNotes>,
    }
}

versioned!(final_certificates, CertificateRow, FinalCertificate, FinalCertificateId);
of_ids!(final_certificates, CertificateRow, FinalCertificate);

/// The certificates of one claim, or all that a person may see, in the order of submission.
pub fn list(
    tx: &mut ReadTx<'_>,
    claim: Option<ClaimId>,
    only: Option<OrganisationId>,
) -> Result<Vec<FinalCertificate>, DbError> {
    let mut query =
        final_certificates::table.order(final_certificates::id).select(CertificateRow::as_select()).into_boxed();
    if let Some(claim) = claim {
        query = query.filter(final_certificates::claim_id.eq(claim.to_string()));
    }
    if let Some(id) = only {
        query = query.filter(final_certificates::organisation_id.eq(id.to_string()));
    }
    query.load(tx.conn()?)?.into_iter().map(CertificateRow::record).collect()
}

/// The numbers of the certificates of all other claims, whatever became of them: one number certifies one claim. Credit
/// notes are no certificates.
pub fn numbers_of_others(tx: &mut ReadTx<'_>, claim: ClaimId) -> Result<Vec<String>, DbError> {
    let others = final_certificates::table
        .filter(final_certificates::claim_id.ne(claim.to_string()))
        .filter(final_certificates::notes.is_null());
    Ok(others.select(final_certificates::certificate_number).load(tx.conn()?)?)
}

/// Which certificates a list shows: of one company only, or of all.
#[derive(Clone, Copy, Default)]
pub struct Part {
    pub status: Option<CertificateStatus>,
    pub only: Option<OrganisationId>,
}

macro_rules! part {
    ($query:expr, $part:expr) => {{
        let mut query = $query;
        if let Some(id) = $part.only {
            query = query.filter(final_certificates::organisation_id.eq(id.to_string()));
        }
        if let Some(status) = $part.status {
            query = query.filter(final_certificates::status.eq(status.as_str()));
        }
        query
    }};
}

/// How many certificates a list has.
pub fn count(tx: &mut ReadTx<'_>, part: Part) -> Result<i64, DbError> {
    Ok(part!(final_certificates::table.count().into_boxed(), part).get_result(tx.conn()?)?)
}

/// The certificates of one page of a list, the newest first.
pub fn page(tx: &mut ReadTx<'_>, part: Part, offset: i64, limit: i64) -> Result<Vec<FinalCertificate>, DbError> {
    let query = final_certificates::table.order(final_certificates::id.desc()).select(CertificateRow::as_select());
    let rows = part!(query.into_boxed(), part).offset(offset).limit(limit).load(tx.conn()?)?;
    rows.into_iter().map(CertificateRow::record).collect()
}

/// The certificates of these claims, in the order of submission.
pub fn of_claims(tx: &mut ReadTx<'_>, claims: &[String]) -> Result<Vec<FinalCertificate>, DbError> {
    let query = final_certificates::table.filter(final_certificates::claim_id.eq_any(claims));
    let rows = query.order(final_certificates::id).select(CertificateRow::as_select()).load(tx.conn()?)?;
    rows.into_iter().map(CertificateRow::record).collect()
}
