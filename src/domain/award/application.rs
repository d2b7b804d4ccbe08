//! Applications: a manufacturer fills in a draft; submission gives it a number and a receipt and
//! freezes it. Queries are raised and answered in rounds, all of which are retained.

use crate::award::allocation::Place;
use crate::award::scrutiny::Scrutiny;
use crate::award::sealed_bid::{BidOpeningStatus, BidSeal};
use crate::base::act::require_other_person;
use crate::base::calendar::{FinancialYear, Timestamp};
use crate::base::field::{FieldErrors, check_text};
use crate::base::field_reason::FieldReason;
use crate::base::id::{ApplicationId, EvidenceId, OrganisationId, UserId};
use crate::base::money::{LARGEST_AMOUNT, Paise};
use crate::base::permission::Step;
use crate::base::queries::QueryRounds;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::scheme::eligibility::DocumentKind;
use crate::scheme::fact::StatedFact;
use crate::scheme::scheme::{ChainStage, Scheme};
use crate::scheme::value_chain::MOST_STAGES;
use crate::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The status of an application.
    pub enum ApplicationStatus {
        Draft = "draft",
        Submitted = "submitted",
        Eligible = "eligible",
        NotEligible = "not_eligible",
        Awarded = "awarded",
    }
}

/// The planned investment of one financial year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedInvestment {
    pub financial_year: FinancialYear,
    pub amount_paise: Paise,
}

/// A document attached under the kind that the scheme requires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttachedDocument {
    pub kind: DocumentKind,
    pub evidence_id: EvidenceId,
}

/// The application form as the manufacturer states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationForm {
    /// Magnet capacity requested, tonnes a year.
    pub capacity_mtpa: i64,
    /// The least capacity that would be accepted if the last place is filled in part only, tonnes a
    /// year; without it, only the whole capacity is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_capacity_mtpa: Option<i64>,
    /// Stages of the value chain that the plant will cover.
    pub stages: Vec<ChainStage>,
    pub net_worth_paise: Paise,
    pub investment_plan: Vec<PlannedInvestment>,
    /// Sales-linked incentive requested, paise per kilogram of magnet. Where bids compete it is absent from everything
    /// that is shown until two officers opened the bids; its company sees it in a draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incentive_asked_paise_per_kg: Option<Paise>,
    pub documents: Vec<AttachedDocument>,
    /// Further facts that the scheme requires.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<StatedFact>,
}

impl ApplicationForm {
    /// Reports every field that could not be true; the requirements of the scheme are checked by
    /// scrutiny.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        errors.require(
            (1..=1_000_000).contains(&self.capacity_mtpa),
            "/capacity_mtpa",
            FieldReason::Between { least: 1, most: 1_000_000, what: "tonnes a year" },
        );
        let possible = self.least_capacity_mtpa.is_none_or(|least| (1..=self.capacity_mtpa).contains(&least));
        errors.require(possible, "/least_capacity_mtpa", FieldReason::LeastCapacity);
        errors.require_amount(self.net_worth_paise, 1, "/net_worth_paise", FieldReason::PositiveAmount);
        errors.require_amount(
            self.incentive_asked_paise_per_kg.unwrap_or_default(),
            1,
            "/incentive_asked_paise_per_kg",
            FieldReason::PositiveAmount,
        );
        errors.require(
            self.stages.len() <= MOST_STAGES,
            "/stages",
            FieldReason::AtMost { most: MOST_STAGES as i64, what: "stages" },
        );
        for (index, stage) in self.stages.iter().enumerate() {
            let repeated = self.stages.iter().take(index).any(|earlier| earlier == stage);
            errors.require(!repeated, format!("/stages/{index}"), FieldReason::StageTwice);
        }
        errors.require(
            (1..=20).contains(&self.investment_plan.len()),
            "/investment_plan",
            FieldReason::Between { least: 1, most: 20, what: "financial years" },
        );
        for (index, year) in self.investment_plan.iter().enumerate() {
            errors.require_amount(
                year.amount_paise,
                1,
                format!("/investment_plan/{index}/amount_paise"),
                FieldReason::PositiveAmount,
            );
            let repeated =
                self.investment_plan.iter().take(index).any(|earlier| earlier.financial_year == year.financial_year);
            errors.require(!repeated, format!("/investment_plan/{index}/financial_year"), FieldReason::YearTwice);
        }
        errors.require(self.documents.len() <= 50, "/documents", FieldReason::AtMost { most: 50, what: "documents" });
        errors.finish()
    }

    /// Reports stages that the scheme does not have.
    pub fn check_stages(&self, scheme: &Scheme) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        for (index, stage) in self.stages.iter().enumerate() {
            scheme.chain.check_known(&mut errors, &format!("/stages/{index}"), stage);
        }
        errors.finish()
    }

    /// The rate, unless it is sealed.
    pub fn rate(&self) -> Result<Paise, Refusal> {
        self.incentive_asked_paise_per_kg.ok_or(Refusal::BidSealed)
    }

    /// The total of the investment plan. The bounds on each year keep the sum from overflowing.
    pub fn planned_investment(&self) -> Paise {
        Paise::sum(self.investment_plan.iter().map(|year| year.amount_paise)).unwrap_or(LARGEST_AMOUNT)
    }
}

/// The receipt that proves a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubmissionReceipt {
    pub number: String,
    pub submitted_by: UserId,
    pub submitted_at: Timestamp,
    /// SHA-256 of the frozen form as stored; the rate of a bid that competes is no part of it.
    pub form_digest: String,
    /// The seal of a bid that competes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bid: Option<BidSeal>,
    /// SHA-256 of every attached document, in the order of the form.
    pub document_digests: DocumentDigests,
    /// Sequence number in the audit log.
    pub audit_sequence: i64,
}

/// Digests of attached documents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct DocumentDigests(pub Vec<String>);

/// A request to take part in a scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Application {
    pub id: ApplicationId,
    pub scheme_code: String,
    /// The version of the scheme that governs it.
    pub scheme_version: i64,
    pub organisation_id: OrganisationId,
    pub status: ApplicationStatus,
    /// Given at submission.
    pub number: Option<String>,
    pub form: ApplicationForm,
    pub prepared_by: UserId,
    pub receipt: Option<SubmissionReceipt>,
    pub queries: QueryRounds,
    pub scrutiny: Option<Scrutiny>,
    /// The place that the newest published allocation gives it.
    pub place: Option<Place>,
    pub created_at: Timestamp,
    pub version: i64,
}

impl Application {
    /// `Ok` when the application has the status that a step requires.
    pub fn require(&self, status: ApplicationStatus, needs: &'static str) -> Result<(), Refusal> {
        if self.status == status {
            Ok(())
        } else {
            Err(Refusal::WrongState { noun: "application", is: self.status.as_str(), needs })
        }
    }

    /// `Ok` when the person who awards is not the one who scrutinised (segregation of duties).
    pub fn require_not_scrutineer(&self, by: UserId) -> Result<(), Refusal> {
        match &self.scrutiny {
            Some(scrutiny) => require_other_person(scrutiny.scrutinised_by, Step::Verify, by, Step::Sanction),
            None => Ok(()),
        }
    }

    fn seal(&self) -> Option<&BidSeal> {
        self.receipt.as_ref().and_then(|receipt| receipt.bid.as_ref())
    }

    /// Whether it is a bid that competes and was not opened yet.
    pub fn is_sealed(&self) -> bool {
        self.seal().is_some_and(|seal| seal.salt.is_none())
    }

    /// Whether it is a bid that competes and was opened.
    pub fn is_opened(&self) -> bool {
        self.seal().is_some_and(|seal| seal.salt.is_some())
    }

    /// Whether it is an opened bid that no published run has given a place: its round goes on.
    pub fn awaits_run(&self) -> bool {
        self.status == ApplicationStatus::Eligible && self.is_opened() && self.place.is_none()
    }

    /// A signatory takes a submitted bid back while the window is open: it is a draft again, which can be changed and
    /// submitted anew. A number that it has stays its number. What was opened in an earlier window stays as it was bid.
    pub fn withdraw(&mut self) -> Result<(), Refusal> {
        let open = matches!(self.status, ApplicationStatus::Submitted | ApplicationStatus::Eligible);
        let opened = self.is_opened();
        if !open || opened || self.place.is_some() {
            let is = if opened { BidOpeningStatus::Opened.as_str() } else { self.status.as_str() };
            return Err(Refusal::WrongState { noun: "application", is, needs: "submitted, without a place" });
        }
        self.status = ApplicationStatus::Draft;
        self.receipt = None;
        self.scrutiny = None;
        Ok(())
    }

    /// `Ok` when a published allocation allots it this capacity.
    pub fn require_allotted(&self, capacity_mtpa: i64) -> Result<(), Refusal> {
        let reason = match &self.place {
            None => Reason::NoPlace,
            Some(place) if place.allotted_mtpa() == Some(capacity_mtpa) => return Ok(()),
            Some(place) => Reason::PlaceBy {
                allocation: place.allocation_number.clone(),
                outcome: place.outcome.as_str(),
                capacity_mtpa: place.capacity_mtpa,
            },
        };
        Err(Refusal::NotAllotted { reason })
    }

    /// Checks that a draft is complete enough to be submitted under this scheme; the refusal names
    /// what is missing.
    pub fn check_complete(&self, scheme: &Scheme) -> Result<(), Refusal> {
        let missing = |missing: Reason| Err(Refusal::ApplicationIncomplete { missing });
        if self.form.stages.is_empty() {
            return missing(Reason::StagesMissing);
        }
        for kind in &scheme.eligibility.documents {
            if !self.form.documents.iter().any(|document| document.kind == *kind) {
                return missing(Reason::DocumentMissing { kind: kind.as_str() });
            }
        }
        Ok(())
    }
}

/// Checks the text of a query, reply or reason.
pub fn check_note(pointer: &str, text: &str) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::new();
    check_text(&mut errors, pointer, text, 4_000);
    errors.finish()
}
