//! Observations of the auditor (audit paragraphs): a finding, tied to entries of the log and
//! records and to the day as of which they were examined. The office replies; the auditor makes a
//! further remark, settles the observation or converts it to a recovery; each reply has its time
//! limit.

use crate::base::calendar::Timestamp;
use crate::base::field::{FieldErrors, check_day, check_name, check_text};
use crate::base::field_reason::FieldReason;
use crate::base::id::{EvidenceId, ObservationId, OrganisationId, RecoveryId, UserId};
use crate::base::money::Paise;
use crate::base::refusal::Refusal;
use crate::desk::audit_desk::AuditDeskRules;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The largest number of records that one observation is pinned to.
const MOST_PINS: usize = 50;

words! {
    /// The status of an observation.
    pub enum ObservationStatus {
        /// It awaits the office's first reply.
        Raised = "raised",
        /// It awaits the auditor.
        Replied = "replied",
        /// It awaits the office's answer to a further remark.
        Remarked = "remarked",
        Settled = "settled",
        /// It was converted to a recovery.
        Converted = "converted",
    }
}

words! {
    /// The kind of record that an observation can be pinned to.
    pub enum PinKind {
        AuditEntry = "audit_entry",
        Disbursement = "disbursement",
        Claim = "claim",
        Award = "award",
    }
}

words! {
    /// An act on an observation.
    pub enum ObservationAct {
        Reply = "reply",
        Remark = "remark",
        Settlement = "settlement",
        Conversion = "conversion",
        /// The office reports the action it took (action taken note).
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

/// A pin as stored: a log entry is pinned with its hash, so that nobody can claim it was another.
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
    /// The organisation it concerns, if any.
    pub organisation_id: Option<OrganisationId>,
    /// The day as of which the auditor examined the records.
    pub as_of: NaiveDate,
    /// The last entry of the audit log when it was raised.
    pub known_at: i64,
    pub pins: Pins,
    /// The amount of money it questions.
    pub amount_paise: Option<Paise>,
    pub status: ObservationStatus,
    /// The last day for the reply that it awaits or awaited.
    pub due_on: NaiveDate,
    pub steps: ObservationSteps,
    /// The recovery to which it was converted.
    pub recovery_id: Option<RecoveryId>,
    pub raised_by: UserId,
    pub raised_at: Timestamp,
    pub version: i64,
}

/// The form of an observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObservationForm {
    pub title: String,
    pub text: String,
    #[serde(default)]
    pub organisation_id: Option<OrganisationId>,
    /// The day as of which the records were examined.
    pub as_of: NaiveDate,
    /// 1 to 50 records and entries.
    pub pins: Vec<Pin>,
    #[serde(default)]
    pub amount_paise: Option<Paise>,
}

impl ObservationForm {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self, today: NaiveDate) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_name(&mut errors, "/title", &self.title, 200);
        check_text(&mut errors, "/text", &self.text, 10_000);
        check_day(&mut errors, "/as_of", self.as_of);
        errors.require(self.as_of <= today, "/as_of", FieldReason::InFuture);
        errors.require(
            (1..=MOST_PINS).contains(&self.pins.len()),
            "/pins",
            FieldReason::Between { least: 1, most: MOST_PINS as i64, what: "records" },
        );
        for (index, pin) in self.pins.iter().enumerate().take(MOST_PINS) {
            let twice = self.pins.iter().take(index).any(|other| other == pin);
            errors.require(!twice, format!("/pins/{index}"), FieldReason::Twice);
        }
        if let Some(amount) = self.amount_paise {
            errors.require_amount(amount, 1, "/amount_paise", FieldReason::PositiveAmount);
        }
        errors.finish()
    }
}

/// A note on an observation: a reply, a remark, a settlement or an action taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObservationNote {
    pub text: String,
    /// Evidence files for it.
    #[serde(default)]
    pub evidence: Vec<EvidenceId>,
}

impl ObservationNote {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_text(&mut errors, "/text", &self.text, 10_000);
        errors.require(self.evidence.len() <= 50, "/evidence", FieldReason::AtMost { most: 50, what: "files" });
        errors.finish()
    }
}

/// The recovery to which an observation is converted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObservationConversion {
    pub recovery_id: RecoveryId,
    pub text: String,
}

impl ObservationConversion {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_text(&mut errors, "/text", &self.text, 10_000);
        errors.finish()
    }
}

impl Observation {
    /// Whether a reply is due and its last day has passed.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        let owed = matches!(self.status, ObservationStatus::Raised | ObservationStatus::Remarked);
        owed && self.due_on < today
    }

    fn require(&self, states: &[ObservationStatus], needs: &'static str) -> Result<(), Refusal> {
        if states.contains(&self.status) {
            return Ok(());
        }
        Err(Refusal::WrongState { noun: "observation", is: self.status.as_str(), needs })
    }

    fn add(&mut self, act: ObservationAct, note: ObservationNote, by: UserId, at: Timestamp) {
        let ObservationNote { text, evidence } = note;
        self.steps.0.push(ObservationStep { act, text, evidence, by, at });
    }

    /// The office replies, to the observation or to a further remark.
    pub fn reply(&mut self, note: ObservationNote, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        self.require(&[ObservationStatus::Raised, ObservationStatus::Remarked], "raised or remarked")?;
        self.add(ObservationAct::Reply, note, by, at);
        self.status = ObservationStatus::Replied;
        Ok(())
    }

    /// The auditor is not satisfied: the time limit starts again.
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

    /// The auditor settles it, whether or not it was answered.
    pub fn settle(&mut self, note: ObservationNote, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        self.require_open()?;
        self.add(ObservationAct::Settlement, note, by, at);
        self.status = ObservationStatus::Settled;
        Ok(())
    }

    /// The observation is converted to a recovery.
    pub fn convert(&mut self, form: ObservationConversion, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        self.require_open()?;
        let note = ObservationNote { text: form.text, evidence: Vec::new() };
        self.add(ObservationAct::Conversion, note, by, at);
        self.recovery_id = Some(form.recovery_id);
        self.status = ObservationStatus::Converted;
        Ok(())
    }

    /// The office reports the action it has since taken; this does not change the status.
    pub fn note_action(&mut self, note: ObservationNote, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        let replied = self.steps.0.iter().any(|step| step.act == ObservationAct::Reply);
        let ended = matches!(self.status, ObservationStatus::Settled | ObservationStatus::Converted);
        if !replied && !ended {
            let needs = "replied to, settled or converted";
            return Err(Refusal::WrongState { noun: "observation", is: self.status.as_str(), needs });
        }
        self.add(ObservationAct::ActionTaken, note, by, at);
        Ok(())
    }

    fn require_open(&self) -> Result<(), Refusal> {
        let open = [ObservationStatus::Raised, ObservationStatus::Replied, ObservationStatus::Remarked];
        self.require(&open, "neither settled nor converted")
    }
}
