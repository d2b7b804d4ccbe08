//! The stored form of the rows of the buffered tables (`src/db/engine/write_buffer.rs`), with the conversion
//! from and to their domain values. They are defined here, below the files of the nouns, because the write
//! buffer contains them.

use crate::db::engine::column::{Column, row};
use crate::db::engine::error::DbError;
use crate::db::engine::schema::{
    audit_log, disbursements, idempotency_keys, log_tiles, payments, row_notes, tranche_steps, tranches,
};
use crate::db::engine::sets::{VersionedRow, set_row};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::base::calendar::{FinancialYear, Timestamp};
use domain::base::desk::Desk;
use domain::base::id::{AwardId, ClaimId, DisbursementId, OrganisationId, PaymentId, TrancheId, UserId};
use domain::base::money::Paise;
use domain::base::noting::{Noting, Reasons};
use domain::base::step::TrancheStep;
use domain::log::audit::{AuditEntry, AuditFacts, AuditOutcome, WrittenEntry};
use domain::payment::disbursement::{Disbursement, DisbursementStatus};
use domain::payment::payment::{Payment, PaymentStatus};
use domain::payment::tranche::{Rejection, SanctionOrder, Tranche, TrancheStatus, TrancheSteps};
use domain::payment::tranche_return::TrancheReturns;
use domain::scheme::scheme::Component;

row! {
    TrancheRow in tranches for Tranche {
        id: TrancheId, number: String, claim_id: ClaimId, award_id: AwardId, organisation_id: OrganisationId,
        scheme_code: String, component: Component, performance_year: FinancialYear, held_in: FinancialYear,
        amount_paise: Paise, held_until: NaiveDate, status: TrancheStatus, sanction: Option<SanctionOrder>, rejection: Option<Rejection>,
        created_at: Timestamp, version: i64, returned_times: i64,
    } and { steps: TrancheSteps, returns: TrancheReturns }
}

row! {
    PaymentRow in payments for Payment {
        id: PaymentId, number: String, tranche_id: TrancheId, organisation_id: OrganisationId, amount_paise: Paise,
        bank_account: String, ifsc: String, status: PaymentStatus, advised_by: UserId, advised_at: Timestamp,
        utr: Option<String>, paid_on: Option<NaiveDate>, reason: Option<String>, settled_by: Option<UserId>,
        settled_at: Option<Timestamp>, version: i64, accepted_at: Option<Timestamp>, set_off_paise: Paise,
    }
}

row! {
    DisbursementRow in disbursements for Disbursement {
        id: DisbursementId, number: String, scheme_code: String, component: Component,
        organisation_id: OrganisationId, beneficiary: String, award_id: AwardId, claim_id: ClaimId,
        tranche_id: TrancheId, payment_id: PaymentId, performance_year: FinancialYear,
        payment_year: FinancialYear, paid_on: NaiveDate, amount_paise: Paise, utr: String,
        status: DisbursementStatus, recorded_at: Timestamp, set_off_paise: Paise,
    } and { returned_paise: Paise, kept_paise: Paise, net_paise: Paise }
}

impl VersionedRow for TrancheRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

impl VersionedRow for PaymentRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

/// A step on a tranche as stored.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = tranche_steps)]
pub(in crate::db) struct StepRow {
    pub tranche_id: String,
    pub position: i64,
    pub step: String,
    pub taken_by: String,
    pub taken_at: String,
    pub note: String,
}

set_row!(StepRow in tranche_steps { tranche_id, position, step, taken_by, taken_at, note });

impl StepRow {
    pub fn record(self) -> Result<TrancheStep, DbError> {
        let corrupt = |column: &'static str, text: &str| DbError::Corrupt {
            table: "tranche_steps",
            column,
            why: text.to_owned(),
        };
        Ok(TrancheStep {
            step: self.step.parse().map_err(|_| corrupt("step", &self.step))?,
            taken_by: self.taken_by.parse().map_err(|_| corrupt("taken_by", &self.taken_by))?,
            taken_at: self.taken_at.parse().map_err(|_| corrupt("taken_at", &self.taken_at))?,
            note: Noting::of(self.note),
            fallen: None,
        })
    }
}

/// A journal as stored.
#[derive(Clone)]
pub(in crate::db) struct JournalRow {
    pub id: String,
    pub kind: String,
    pub reference: String,
    pub posted_at: String,
    pub audit_sequence: i64,
}

set_row!(JournalRow in journals { id, kind, reference, posted_at, audit_sequence });

/// An entry of a journal as stored.
#[derive(Clone)]
pub(in crate::db) struct EntryRow {
    pub journal_id: String,
    pub line: i64,
    pub account_id: i64,
    pub amount_paise: i64,
}

set_row!(EntryRow in entries { journal_id, line, account_id, amount_paise });

/// An entry of the audit log as stored.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = audit_log)]
pub(in crate::db) struct AuditRow {
    pub sequence: i64,
    recorded_at: String,
    actor_id: String,
    command: String,
    subject: String,
    outcome: String,
    code: Option<String>,
    details: String,
    journal_digest: Option<String>,
    previous_hash: String,
    pub hash: String,
}

set_row!(AuditRow in audit_log {
    sequence, recorded_at, actor_id, command, subject, outcome, code, details, journal_digest, previous_hash, hash,
});

impl AuditRow {
    pub fn of(entry: &AuditEntry) -> Self {
        let facts = &entry.facts;
        AuditRow {
            sequence: facts.sequence,
            recorded_at: facts.recorded_at.raw(),
            actor_id: facts.actor_id.raw(),
            command: facts.command.clone(),
            subject: facts.subject.clone(),
            outcome: facts.outcome.raw(),
            code: facts.code.clone(),
            details: facts.details.clone(),
            journal_digest: facts.journal_digest.clone(),
            previous_hash: entry.previous_hash.clone(),
            hash: entry.hash.clone(),
        }
    }

    pub fn record(self) -> Result<AuditEntry, DbError> {
        let corrupt = |column: &'static str| move |why: String| DbError::Corrupt { table: "audit_log", column, why };
        let facts = AuditFacts {
            sequence: self.sequence,
            recorded_at: Timestamp::from_raw(self.recorded_at).map_err(corrupt("recorded_at"))?,
            actor_id: UserId::from_raw(self.actor_id).map_err(corrupt("actor_id"))?,
            command: self.command,
            subject: self.subject,
            outcome: AuditOutcome::from_raw(self.outcome).map_err(corrupt("outcome"))?,
            code: self.code,
            details: self.details,
            journal_digest: self.journal_digest,
        };
        Ok(AuditEntry { facts, previous_hash: self.previous_hash, hash: self.hash })
    }

    pub fn written(self) -> WrittenEntry {
        WrittenEntry {
            sequence: self.sequence,
            recorded_at: self.recorded_at,
            actor_id: self.actor_id,
            command: self.command,
            subject: self.subject,
            outcome: self.outcome,
            code: self.code,
            details: self.details,
            journal_digest: self.journal_digest,
            previous_hash: self.previous_hash,
            hash: self.hash,
        }
    }
}

/// The notes of the rows that one act wrote, as stored.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = row_notes)]
pub(in crate::db) struct NotesRow {
    pub sequence: i64,
    pub notes: String,
}

set_row!(NotesRow in row_notes { sequence, notes });

/// The root of a full group of the Merkle tree as stored.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = log_tiles)]
pub(in crate::db) struct TileRow {
    pub level: i64,
    pub position: i64,
    pub hash: String,
}

set_row!(TileRow in log_tiles { level, position, hash });

/// The answer given under an idempotency key as stored.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
pub(in crate::db) struct KeyRow {
    pub actor_id: String,
    pub key: String,
    pub fingerprint: String,
    pub body: String,
    pub created_at: String,
    pub audit_sequence: Option<i64>,
}

set_row!(KeyRow in idempotency_keys { actor_id, key, fingerprint, body, created_at, audit_sequence });

impl Column for Desk {
    type Raw = String;
    fn raw(&self) -> String {
        self.as_str().to_owned()
    }
    fn from_raw(raw: String) -> Result<Self, String> {
        raw.parse()
    }
}

impl Column for Noting {
    type Raw = String;
    fn raw(&self) -> String {
        self.text().to_owned()
    }
    fn from_raw(raw: String) -> Result<Self, String> {
        Ok(Noting::of(raw))
    }
}

impl Column for Reasons {
    type Raw = String;
    fn raw(&self) -> String {
        self.0.clone()
    }
    fn from_raw(raw: String) -> Result<Self, String> {
        Ok(Reasons(raw))
    }
}
