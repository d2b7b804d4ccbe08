//! Corrections, and what is held by them.

use crate::db::engine::column::{Column, row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::corrections;
use crate::db::engine::transaction::ReadTx;
use domain::base::calendar::Timestamp;
use domain::base::evidence::EvidenceIds;
use domain::base::id::{CorrectionId, OrganisationId, UserId};
use domain::correction::correction::{Correction, CorrectionKind, CorrectionStatus, PaymentChange};
use uuid::Uuid;

row! {
    CorrectionRow in corrections for Correction {
        id: CorrectionId, kind: CorrectionKind, subject_id: Uuid, organisation_id: OrganisationId, about: String,
        reason: String, evidence: EvidenceIds, change: Option<PaymentChange>, status: CorrectionStatus,
        proposed_by: UserId, proposed_at: Timestamp, note: Option<String>, decided_by: Option<UserId>,
        decided_at: Option<Timestamp>, version: i64,
    }
}

versioned!(corrections, CorrectionRow, Correction, CorrectionId);

/// The approved holds and releases of any of these records, in the order of their decisions.
pub fn holds_on(tx: &mut ReadTx<'_>, subjects: &[Uuid]) -> Result<Vec<Correction>, DbError> {
    let ids: Vec<String> = subjects.iter().map(ToString::to_string).collect();
    let kinds = CorrectionKind::ALL.iter().filter(|kind| kind.holds().is_some()).map(|kind| kind.as_str());
    let kinds: Vec<&str> = kinds.collect();
    let rows: Vec<CorrectionRow> = tx.cached(
        || format!("holds on {}", ids.join(" ")),
        |select| {
            let query = corrections::table
                .filter(corrections::subject_id.eq_any(&ids))
                .filter(corrections::status.eq(CorrectionStatus::Approved.as_str()))
                .filter(corrections::kind.eq_any(&kinds))
                .order((corrections::decided_at, corrections::id));
            Ok(select.load(query.select(CorrectionRow::as_select()))?)
        },
    )?;
    rows.into_iter().map(CorrectionRow::record).collect()
}

/// Corrections before an id, or the newest ones; newest first.
pub fn page(tx: &mut ReadTx<'_>, before: Option<CorrectionId>, limit: i64) -> Result<Vec<Correction>, DbError> {
    let mut query = corrections::table.order(corrections::id.desc()).select(CorrectionRow::as_select()).into_boxed();
    if let Some(before) = before {
        query = query.filter(corrections::id.lt(before.raw()));
    }
    query.limit(limit).load(tx.conn()?)?.into_iter().map(CorrectionRow::record).collect()
}

/// How many corrections there are.
pub fn count(tx: &mut ReadTx<'_>) -> Result<i64, DbError> {
    Ok(corrections::table.count().get_result(tx.conn()?)?)
}

/// The corrections of a numbered page of a list, the newest first.
pub fn numbered_page(tx: &mut ReadTx<'_>, offset: i64, limit: i64) -> Result<Vec<Correction>, DbError> {
    let query = corrections::table.order(corrections::id.desc()).offset(offset).limit(limit);
    query.select(CorrectionRow::as_select()).load(tx.conn()?)?.into_iter().map(CorrectionRow::record).collect()
}
