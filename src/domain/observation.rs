//! Observations of the auditor: what was found, pinned to entries and records and to the day as of
//! which they were looked at. The office replies, the auditor remarks, settles it or converts it to a
//! recovery; each reply has its clock.

use crate::domain::audit_desk::AuditDeskRules;
use crate::domain::calendar::Timestamp;
use crate::domain::field::{FieldErrors, check_day, check_name, check_text};
use crate::domain::id::{EvidenceId, ObservationId, OrganisationId, RecoveryId, UserId};
use crate::domain::money::Paise;
use crate::domain::refusal::Refusal;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The most records one observation is pinned to.
const MOST_PINS: usize = 50;

words! {
    /// Where an observation stands.
    pub enum ObservationStatus {
        /// It waits for the office's first reply.
        Raised = "raised",
        /// It waits for the auditor.
        Replied = "replied",
        /// It waits for the office's answer to a further remark.
        Remarked = "remarked",
        Settled = "settled",
        /// A recovery takes it up.
        Converted = "converted",
    }
}

words! {
    /// What an observation can be pinned to.
    pub enum PinKind {
        AuditEntry = "audit_entry",
        Disbursement = "disbursement",
        Claim = "claim",
        Award = "award",
    }
}

words! {
    /// What was done about an observation.
    pub enum ObservationAct {
        Reply = "reply",
        Remark = "remark",
        Settlement = "settlement",
        Conversion = "conversion",
        /// The office tells what it did.
        ActionTaken = "action_taken",
    }
}

/// One record that an observation is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    pub kind: PinKind,
    /// The number of an entry of the audit log, or the id of a record.
    pub reference: String,
}

/// A pin as it is kept: an entry with its hash, so that nobody can say it was another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeptPin {
    pub kind: PinKind,
    pub reference: String,
    pub hash: Option<String>,
}

/// All pins of an observation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Pins(pub Vec<KeptPin>);

/// One act on an observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ObservationStep {
    pub act: ObservationAct,
    pub text: String,
    pub evidence: Vec<EvidenceId>,
    pub by: UserId,
    pub at: Timestamp,
}

/// All acts, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct ObservationSteps(pub Vec<ObservationStep>);

/// One observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Observation {
    pub id: ObservationId,
    pub number: String,
    pub title: String,
    pub text: String,
    /// The organisation it concerns, if one.
    pub organisation_id: Option<OrganisationId>,
    /// The day as of which the auditor looked.
    pub as_of: NaiveDate,
    /// The last entry of the audit log when it was raised.
    pub known_at: i64,
    pub pins: Pins,
    /// The money it questions.
    pub amount_paise: Option<Paise>,
    pub status: ObservationStatus,
    /// The last day for the reply it waits or waited for.
    pub due_on: NaiveDate,
    pub steps: ObservationSteps,
    /// The recovery that takes it up.
    pub recovery_id: Option<RecoveryId>,
    pub raised_by: UserId,
    pub raised_at: Timestamp,
    pub version: i64,
}

/// What the auditor writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObservationForm {
    pub title: String,
    pub text: String,
    #[serde(default)]
    pub organisation_id: Option<OrganisationId>,
    /// The day as of which it was looked at.
    pub as_of: NaiveDate,
    /// 1 to 50 records and entries.
    pub pins: Vec<Pin>,
    #[serde(default)]
    pub amount_paise: Option<Paise>,
}

impl ObservationForm {
    pub fn check(&self, today: NaiveDate) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_name(&mut errors, "/title", &self.title, 200);
        check_text(&mut errors, "/text", &self.text, 10_000);
        check_day(&mut errors, "/as_of", self.as_of);
        errors.require(self.as_of <= today, "/as_of", "must not lie in the future");
        errors.require((1..=MOST_PINS).contains(&self.pins.len()), "/pins", format!("1 to {MOST_PINS} records"));
        for (index, pin) in self.pins.iter().enumerate().take(MOST_PINS) {
            let twice = self.pins.iter().take(index).any(|other| other == pin);
            errors.require(!twice, format!("/pins/{index}"), "stands here twice");
        }
        errors.require(self.amount_paise.is_none_or(|paise| paise > Paise::ZERO), "/amount_paise", "more than zero");
        errors.finish()
    }
}

/// What somebody writes about an observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObservationNote {
    pub text: String,
    /// Files that show it.
    #[serde(default)]
    pub evidence: Vec<EvidenceId>,
}

impl ObservationNote {
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_text(&mut errors, "/text", &self.text, 10_000);
        errors.require(self.evidence.len() <= 50, "/evidence", "at most 50 files");
        errors.finish()
    }
}

/// The recovery that takes an observation up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObservationConversion {
    pub recovery_id: RecoveryId,
    pub text: String,
}

impl ObservationConversion {
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_text(&mut errors, "/text", &self.text, 10_000);
        errors.finish()
    }
}

impl Observation {
    /// Whether a reply is owed and its day is past.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        let owed = matches!(self.status, ObservationStatus::Raised | ObservationStatus::Remarked);
        owed && self.due_on < today
    }

    fn require(&self, states: &[ObservationStatus], needs: &'static str) -> Result<(), Refusal> {
        if states.contains(&self.status) {
            return Ok(());
        }
        Err(Refusal::WrongState { noun: "observation", is: self.status.to_string(), needs })
    }

    fn add(&mut self, act: ObservationAct, note: ObservationNote, by: UserId, at: Timestamp) {
        let ObservationNote { text, evidence } = note;
        self.steps.0.push(ObservationStep { act, text, evidence, by, at });
    }

    /// The office replies: first, or to a further remark.
    pub fn reply(&mut self, note: ObservationNote, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        self.require(&[ObservationStatus::Raised, ObservationStatus::Remarked], "raised or remarked")?;
        self.add(ObservationAct::Reply, note, by, at);
        self.status = ObservationStatus::Replied;
        Ok(())
    }

    /// The auditor is not satisfied: the clock runs again.
    pub fn remark(
        &mut self,
        note: ObservationNote,
        rules: &AuditDeskRules,
        by: UserId,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.require(&[ObservationStatus::Replied], "replied")?;
        self.add(ObservationAct::Remark, note, by, at);
        self.due_on = rules.further_reply.due_on(at.date_in_india());
        self.status = ObservationStatus::Remarked;
        Ok(())
    }

    /// The auditor settles it, answered or not.
    pub fn settle(&mut self, note: ObservationNote, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        self.require_open()?;
        self.add(ObservationAct::Settlement, note, by, at);
        self.status = ObservationStatus::Settled;
        Ok(())
    }

    /// A recovery takes it up.
    pub fn convert(&mut self, form: ObservationConversion, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        self.require_open()?;
        let note = ObservationNote { text: form.text, evidence: Vec::new() };
        self.add(ObservationAct::Conversion, note, by, at);
        self.recovery_id = Some(form.recovery_id);
        self.status = ObservationStatus::Converted;
        Ok(())
    }

    /// The office tells what it did since; that changes where it stands in nothing.
    pub fn note_action(&mut self, note: ObservationNote, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        let replied = self.steps.0.iter().any(|step| step.act == ObservationAct::Reply);
        let ended = matches!(self.status, ObservationStatus::Settled | ObservationStatus::Converted);
        if !replied && !ended {
            let needs = "replied to, settled or converted";
            return Err(Refusal::WrongState { noun: "observation", is: self.status.to_string(), needs });
        }
        self.add(ObservationAct::ActionTaken, note, by, at);
        Ok(())
    }

    fn require_open(&self) -> Result<(), Refusal> {
        let open = [ObservationStatus::Raised, ObservationStatus::Replied, ObservationStatus::Remarked];
        self.require(&open, "neither settled nor converted")
    }
}
