//! Requisitions: the auditor requests a record or an explanation from an office, which must answer
//! in time.

use crate::base::calendar::Timestamp;
use crate::base::field::{FieldErrors, check_name, check_text};
use crate::base::id::{EvidenceId, OrganisationId, RequisitionId, UserId};
use crate::base::refusal::Refusal;
use crate::desk::observation::ObservationNote;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The status of a requisition.
    pub enum RequisitionStatus {
        Asked = "asked",
        Answered = "answered",
    }
}

/// The answer of the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequisitionAnswer {
    pub text: String,
    pub evidence: Vec<EvidenceId>,
    pub answered_by: UserId,
    pub answered_at: Timestamp,
}

/// One requisition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Requisition {
    pub id: RequisitionId,
    pub number: String,
    pub title: String,
    /// The record or explanation that is requested.
    pub text: String,
    /// The organisation it concerns, if any.
    pub organisation_id: Option<OrganisationId>,
    pub status: RequisitionStatus,
    pub due_on: NaiveDate,
    pub answer: Option<RequisitionAnswer>,
    pub asked_by: UserId,
    pub asked_at: Timestamp,
    pub version: i64,
}

/// The form of a requisition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequisitionForm {
    pub title: String,
    pub text: String,
    #[serde(default)]
    pub organisation_id: Option<OrganisationId>,
}

impl RequisitionForm {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_name(&mut errors, "/title", &self.title, 200);
        check_text(&mut errors, "/text", &self.text, 10_000);
        errors.finish()
    }
}

impl Requisition {
    /// Whether an answer is due and its last day has passed.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.status == RequisitionStatus::Asked && self.due_on < today
    }

    /// Records the office's answer, once.
    pub fn answer(&mut self, note: ObservationNote, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        if self.status != RequisitionStatus::Asked {
            let is = self.status.as_str();
            return Err(Refusal::WrongState { noun: "requisition", is, needs: "asked" });
        }
        let ObservationNote { text, evidence } = note;
        self.answer = Some(RequisitionAnswer { text, evidence, answered_by: by, answered_at: at });
        self.status = RequisitionStatus::Answered;
        Ok(())
    }
}
