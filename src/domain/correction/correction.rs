//! Corrections: one person proposes, with reasons, that a step is undone or stopped, and another person decides.
//! Nothing that was recorded is removed; what a correction changes is a new entry.

use crate::base::act::Act;
use crate::base::calendar::Timestamp;
use crate::base::evidence::EvidenceIds;
use crate::base::field::{FieldErrors, check_day, check_text};
use crate::base::field_reason::FieldReason;
use crate::base::id::{CorrectionId, EvidenceId, OrganisationId, UserId};
use crate::base::refusal::Refusal;
use crate::base::utr::normalise_utr;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

words! {
    /// What a correction does.
    pub enum CorrectionKind {
        /// A sanction on which no payment was advised ends, and its money goes back.
        CancelSanction = "cancel_sanction",
        /// No step on the money of an award is taken, and none of it is sent.
        HoldAward = "hold_award",
        ReleaseAward = "release_award",
        /// The same for everything of a company.
        HoldPayee = "hold_payee",
        ReleasePayee = "release_payee",
        /// A verified milestone is to be inspected again; what rests on it stops.
        ReopenMilestone = "reopen_milestone",
        /// A verified claim is to be verified again; its tranche stops.
        ReopenClaim = "reopen_claim",
        /// The reference or the day of a payment was mistyped.
        CorrectPayment = "correct_payment",
        /// The winner of an award walked away: what is not used of its money and its capacity is free again.
        EndAward = "end_award",
        /// Nothing more is due under an award that is over: its guarantees are free.
        NothingDue = "nothing_due",
    }
}

words! {
    /// The status of a correction.
    pub enum CorrectionStatus {
        Proposed = "proposed",
        Approved = "approved",
        Refused = "refused",
    }
}

words! {
    /// The decision of the second person.
    pub enum CorrectionOutcome {
        Approved = "approved",
        Refused = "refused",
    }
}

impl CorrectionKind {
    /// The noun of the record that it is about.
    pub fn noun(self) -> &'static str {
        match self {
            CorrectionKind::CancelSanction => "tranche",
            CorrectionKind::HoldAward
            | CorrectionKind::ReleaseAward
            | CorrectionKind::EndAward
            | CorrectionKind::NothingDue => "award",
            CorrectionKind::HoldPayee | CorrectionKind::ReleasePayee => "organisation",
            CorrectionKind::ReopenMilestone => "milestone",
            CorrectionKind::ReopenClaim => "claim",
            CorrectionKind::CorrectPayment => "payment",
        }
    }

    /// Whether it holds or releases; the newest of these that was approved counts.
    pub fn holds(self) -> Option<bool> {
        match self {
            CorrectionKind::HoldAward | CorrectionKind::HoldPayee => Some(true),
            CorrectionKind::ReleaseAward | CorrectionKind::ReleasePayee => Some(false),
            _ => None,
        }
    }
}

/// What a proposal says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionForm {
    pub kind: CorrectionKind,
    /// The tranche, award, company, milestone, claim or payment.
    #[schema(value_type = String, format = Uuid)]
    pub subject_id: Uuid,
    pub reason: String,
    #[serde(default)]
    pub evidence: Vec<EvidenceId>,
    /// The right reference; for a payment only.
    #[serde(default)]
    pub utr: Option<String>,
    /// The right day; for a payment only.
    #[serde(default)]
    pub paid_on: Option<NaiveDate>,
}

impl CorrectionForm {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_text(&mut errors, "/reason", &self.reason, 2_000);
        errors.require(
            self.evidence.len() <= 50,
            "/evidence",
            FieldReason::AtMost { most: 50, what: "evidence files" },
        );
        let payment = self.kind == CorrectionKind::CorrectPayment;
        let given = self.utr.is_some() || self.paid_on.is_some();
        errors.require(payment || !given, "/utr", FieldReason::OnlyOfPayment);
        errors.require(!payment || given, "/utr", FieldReason::UtrOrDay);
        if let Some(utr) = &self.utr {
            errors.take("/utr", normalise_utr(utr));
        }
        if let Some(day) = self.paid_on {
            check_day(&mut errors, "/paid_on", day);
        }
        errors.finish()
    }
}

/// A reference and a day as they were, and as they shall be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentChange {
    pub was_utr: String,
    pub was_paid_on: NaiveDate,
    pub utr: String,
    pub paid_on: NaiveDate,
}

/// The decision of the second person, with a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionDecision {
    pub outcome: CorrectionOutcome,
    pub note: String,
}

impl CorrectionDecision {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_text(&mut errors, "/note", &self.note, 2_000);
        errors.finish()
    }
}

/// A correction as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Correction {
    pub id: CorrectionId,
    pub kind: CorrectionKind,
    #[schema(value_type = String, format = Uuid)]
    pub subject_id: Uuid,
    pub organisation_id: OrganisationId,
    /// The number or the name of the record.
    pub about: String,
    pub reason: String,
    pub evidence: EvidenceIds,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<PaymentChange>,
    pub status: CorrectionStatus,
    pub proposed_by: UserId,
    pub proposed_at: Timestamp,
    pub note: Option<String>,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<Timestamp>,
    pub version: i64,
}

impl Correction {
    /// Another person approves or refuses it.
    pub fn decide(&mut self, form: &CorrectionDecision, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        if self.status != CorrectionStatus::Proposed {
            return Err(Refusal::WrongState { noun: "correction", is: self.status.as_str(), needs: "proposed" });
        }
        if self.proposed_by == by {
            return Err(Refusal::SamePerson { earlier: Act::ProposeCorrection, now: Act::DecideCorrection });
        }
        self.status = match form.outcome {
            CorrectionOutcome::Approved => CorrectionStatus::Approved,
            CorrectionOutcome::Refused => CorrectionStatus::Refused,
        };
        self.note = Some(form.note.clone());
        self.decided_by = Some(by);
        self.decided_at = Some(at);
        Ok(())
    }
}

/// The hold that counts now, of approved holds and releases of one record in the order of their decisions.
pub fn held(decided: &[Correction]) -> Option<&Correction> {
    let last = decided.iter().rfind(|one| one.status == CorrectionStatus::Approved && one.kind.holds().is_some());
    last.filter(|one| one.kind.holds() == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    fn at() -> Timestamp {
        "2026-08-01T06:00:00Z".parse().unwrap()
    }

    fn correction(kind: CorrectionKind) -> Correction {
        Correction {
            id: CorrectionId(Uuid::nil()),
            kind,
            subject_id: Uuid::nil(),
            organisation_id: OrganisationId(Uuid::nil()),
            about: "A".into(),
            reason: "r".into(),
            evidence: EvidenceIds::default(),
            change: None,
            status: CorrectionStatus::Proposed,
            proposed_by: person(1),
            proposed_at: at(),
            note: None,
            decided_by: None,
            decided_at: None,
            version: 1,
        }
    }

    #[test]
    fn two_people_decide_once() {
        let approves = CorrectionDecision { outcome: CorrectionOutcome::Approved, note: "seen".into() };
        let mut one = correction(CorrectionKind::HoldAward);
        assert_eq!(one.decide(&approves, person(1), at()).unwrap_err().code(), "same_person");
        one.decide(&approves, person(2), at()).unwrap();
        assert_eq!(one.decide(&approves, person(3), at()).unwrap_err().code(), "wrong_state");
    }

    #[test]
    fn the_newest_hold_or_release_counts() {
        let decided = |kinds: &[CorrectionKind]| -> Vec<Correction> {
            let approved =
                |kind: &CorrectionKind| Correction { status: CorrectionStatus::Approved, ..correction(*kind) };
            kinds.iter().map(approved).collect()
        };
        use CorrectionKind::{HoldAward, ReleaseAward};
        assert!(held(&decided(&[])).is_none());
        assert!(held(&decided(&[HoldAward])).is_some());
        assert!(held(&decided(&[HoldAward, ReleaseAward])).is_none());
        assert!(held(&decided(&[HoldAward, ReleaseAward, HoldAward])).is_some());
        assert!(held(&[correction(HoldAward)]).is_none(), "a proposal holds nothing");
    }

    #[test]
    fn only_a_payment_has_a_reference_and_a_day() {
        let form = |kind, utr: Option<&str>| {
            let (evidence, utr) = (Vec::new(), utr.map(str::to_owned));
            CorrectionForm { kind, subject_id: Uuid::nil(), reason: "r".into(), evidence, utr, paid_on: None }.check()
        };
        assert!(form(CorrectionKind::HoldAward, None).is_ok());
        assert!(form(CorrectionKind::HoldAward, Some("SBINR52026080100001")).is_err());
        assert!(form(CorrectionKind::CorrectPayment, None).is_err());
        assert!(form(CorrectionKind::CorrectPayment, Some("12")).is_err());
        assert!(form(CorrectionKind::CorrectPayment, Some("SBINR52026080100001")).is_ok());
    }
}
