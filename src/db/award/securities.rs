//! Bank guarantees and the events of each. Events are only ever added.

use crate::db::engine::column::{Column, row, versioned};
use crate::db::engine::error::DbError;
use crate::db::engine::notes::written;
use crate::db::engine::query::of_ids;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::{securities, security_events};
use crate::db::engine::sets::Value;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use chrono::NaiveDate;
use domain::award::security::{PendingExtension, Security, SecurityEvent, SecurityEventKind, SecurityStatus};
use domain::base::calendar::Timestamp;
use domain::base::id::{AwardId, EvidenceId, OrganisationId, RecoveryId, SecurityId, UserId};
use domain::base::money::Paise;

row! {
    SecurityRow in securities for Security {
        id: SecurityId, award_id: AwardId, organisation_id: OrganisationId, guarantee_number: String, bank: String,
        amount_paise: Paise, issued_on: NaiveDate, expires_on: NaiveDate, claim_expires_on: NaiveDate,
        evidence_id: EvidenceId, status: SecurityStatus, extension: Option<PendingExtension>, invoked_paise: Paise,
        received_paise: Paise, lodged_by: UserId, lodged_at: Timestamp, version: i64,
    }
}

versioned!(securities, SecurityRow, Security, SecurityId);
of_ids!(securities, SecurityRow, Security);

row! {
    EventRow in security_events for SecurityEvent {
        kind: SecurityEventKind, acted_by: UserId, acted_at: Timestamp, reference: String, note: String,
        evidence_id: Option<EvidenceId>, amount_paise: Option<Paise>, dated_on: Option<NaiveDate>,
        expires_on: Option<NaiveDate>, claim_expires_on: Option<NaiveDate>, recovery_id: Option<RecoveryId>,
    }
}

/// The part of all guarantees that a list shows: those of one status, of one organisation, or all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    pub status: Option<SecurityStatus>,
    pub only: Option<OrganisationId>,
}

macro_rules! part {
    ($query:expr, $part:expr) => {{
        let mut query = $query;
        if let Some(id) = $part.only {
            query = query.filter(securities::organisation_id.eq(id.to_string()));
        }
        if let Some(status) = $part.status {
            query = query.filter(securities::status.eq(status.as_str()));
        }
        query
    }};
}

/// How many guarantees a list has.
pub fn count(tx: &mut ReadTx<'_>, part: Part) -> Result<i64, DbError> {
    Ok(part!(securities::table.count().into_boxed(), part).get_result(tx.conn()?)?)
}

/// The guarantees of one page of a list, the first to expire on top.
pub fn page(tx: &mut ReadTx<'_>, part: Part, offset: i64, limit: i64) -> Result<Vec<Security>, DbError> {
    let query = securities::table.order((securities::expires_on, securities::id)).select(SecurityRow::as_select());
    let rows = part!(query.into_boxed(), part).offset(offset).limit(limit).load(tx.conn()?)?;
    rows.into_iter().map(SecurityRow::record).collect()
}

/// The guarantees of an award, in the order in which they were lodged.
pub fn of_award(tx: &mut ReadTx<'_>, award: AwardId) -> Result<Vec<Security>, DbError> {
    let rows: Vec<SecurityRow> = securities::table
        .filter(securities::award_id.eq(award.to_string()))
        .order(securities::id)
        .select(SecurityRow::as_select())
        .load(tx.conn()?)?;
    rows.iter().for_each(|row| tx.saw(row));
    rows.into_iter().map(SecurityRow::record).collect()
}

/// Guarantees after an id, in the order of ids, at most `limit`.
pub fn after(tx: &mut ReadTx<'_>, id: &str, limit: i64) -> Result<Vec<Security>, DbError> {
    let query = securities::table.filter(securities::id.gt(id)).order(securities::id).limit(limit);
    query.select(SecurityRow::as_select()).load(tx.conn()?)?.into_iter().map(SecurityRow::record).collect()
}

/// The id, the bank and the number of every guarantee that is lodged for any award, in the order of lodging.
pub fn identities(tx: &mut ReadTx<'_>) -> Result<Vec<(String, String, String)>, DbError> {
    let all = securities::table.order(securities::id);
    Ok(all.select((securities::id, securities::bank, securities::guarantee_number)).load(tx.conn()?)?)
}

/// The events of the guarantees of an award, oldest first.
pub fn events_of_award(tx: &mut ReadTx<'_>, award: AwardId) -> Result<Vec<SecurityEvent>, DbError> {
    let rows = security_events::table
        .inner_join(securities::table.on(securities::id.eq(security_events::security_id)))
        .filter(securities::award_id.eq(award.to_string()))
        .order((security_events::security_id, security_events::position))
        .select(EventRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(EventRow::record).collect()
}

/// The events of a guarantee, oldest first.
pub fn events(tx: &mut ReadTx<'_>, security: SecurityId) -> Result<Vec<SecurityEvent>, DbError> {
    let rows = security_events::table
        .filter(security_events::security_id.eq(security.to_string()))
        .order(security_events::position)
        .select(EventRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(EventRow::record).collect()
}

/// The events of any guarantee for a recovery.
pub fn events_for(tx: &mut ReadTx<'_>, recovery: RecoveryId) -> Result<Vec<SecurityEvent>, DbError> {
    let rows = security_events::table
        .filter(security_events::recovery_id.eq(recovery.to_string()))
        .select(EventRow::as_select())
        .load(tx.conn()?)?;
    rows.into_iter().map(EventRow::record).collect()
}

/// Adds an event with the number `position`.
pub fn add_event(
    tx: &mut WriteTx<'_>,
    security: SecurityId,
    position: i64,
    event: &SecurityEvent,
) -> Result<(), DbError> {
    let (id, row) = (security.to_string(), EventRow::of(event));
    let place = (security_events::security_id.eq(&id), security_events::position.eq(position));
    diesel::insert_into(security_events::table).values((place, row.clone())).execute(tx.conn()?)?;
    written::written_beside(tx, &row, &[("security_id", Value::Text(&id)), ("position", Value::Number(position))]);
    Ok(())
}

/// The guarantee on which money with this bank reference was received.
pub fn received_by(tx: &mut ReadTx<'_>, utr: &str) -> Result<Option<SecurityId>, DbError> {
    let found: Option<String> = security_events::table
        .filter(security_events::kind.eq(SecurityEventKind::Received.as_str()))
        .filter(security_events::reference.eq(utr))
        .select(security_events::security_id)
        .get_result(tx.conn()?)
        .optional()?;
    found.map(SecurityId::from_raw).transpose().map_err(|why| DbError::Corrupt {
        table: "security_events",
        column: "security_id",
        why,
    })
}
