//! Allocations: one person drafts a run that allots capacity to competing bids, a second person
//! concurs and a third publishes it. The published run gives every application its place.

use crate::award::allocation_statement::{AllocationStatement, BidResult, LossReason, Outcome};
use crate::base::act::require_other_person;
use crate::base::calendar::Timestamp;
use crate::base::id::{AllocationId, ApplicationId, UserId};
use crate::base::money::Paise;
use crate::base::permission::Step;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The status of an allocation.
    pub enum AllocationStatus {
        Draft = "draft",
        Concurred = "concurred",
        Published = "published",
        Withdrawn = "withdrawn",
    }
}

/// A step that somebody took on an allocation, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AllocationStep {
    pub note: String,
    pub taken_by: UserId,
    pub taken_at: Timestamp,
}

/// One run of the allocation calculation, from draft to publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Allocation {
    pub id: AllocationId,
    pub number: String,
    pub scheme_code: String,
    pub scheme_version: i64,
    /// The published run that this one follows.
    pub follows: Option<AllocationId>,
    pub status: AllocationStatus,
    pub statement: AllocationStatement,
    /// SHA-256 of the canonical JSON of what is published of the statement.
    pub digest: String,
    pub drafted_by: UserId,
    pub drafted_at: Timestamp,
    pub concurrence: Option<AllocationStep>,
    pub publication: Option<AllocationStep>,
    pub withdrawal: Option<AllocationStep>,
    pub version: i64,
}

impl Allocation {
    /// A second person concurs in the draft.
    pub fn concur(&mut self, step: AllocationStep) -> Result<(), Refusal> {
        self.require(AllocationStatus::Draft, "a draft")?;
        self.check_person(step.taken_by, Step::Concur)?;
        self.status = AllocationStatus::Concurred;
        self.concurrence = Some(step);
        Ok(())
    }

    /// A third person publishes the allocation.
    pub fn publish(&mut self, step: AllocationStep) -> Result<(), Refusal> {
        self.require(AllocationStatus::Concurred, "concurred in")?;
        self.check_person(step.taken_by, Step::Sanction)?;
        self.status = AllocationStatus::Published;
        self.publication = Some(step);
        Ok(())
    }

    /// The allocation is withdrawn before publication, by anybody who is allowed to take a step on
    /// it.
    pub fn withdraw(&mut self, step: AllocationStep) -> Result<(), Refusal> {
        if !matches!(self.status, AllocationStatus::Draft | AllocationStatus::Concurred) {
            let is = self.status.as_str();
            return Err(Refusal::WrongState { noun: "allocation", is, needs: "not published yet" });
        }
        self.status = AllocationStatus::Withdrawn;
        self.withdrawal = Some(step);
        Ok(())
    }

    fn require(&self, status: AllocationStatus, needs: &'static str) -> Result<(), Refusal> {
        if self.status == status {
            Ok(())
        } else {
            Err(Refusal::WrongState { noun: "allocation", is: self.status.as_str(), needs })
        }
    }

    /// No person takes two steps on a run, nor any step on a run with a bid that they scrutinised.
    /// Returns [`Refusal::SamePerson`] otherwise.
    pub fn check_person(&self, by: UserId, now: Step) -> Result<(), Refusal> {
        let scrutinised = |result: &BidResult| result.bid.scrutinised_by == Some(by);
        let earlier = if now != Step::Prepare && self.drafted_by == by {
            Step::Prepare
        } else if self.concurrence.as_ref().is_some_and(|step| step.taken_by == by) {
            Step::Concur
        } else if self.statement.results.iter().any(scrutinised) {
            Step::Verify
        } else {
            return Ok(());
        };
        Err(Refusal::SamePerson { earlier: earlier.into(), now: now.into() })
    }

    /// The place of each application that is not yet awarded, as the application shows it.
    pub fn places(&self) -> Vec<(ApplicationId, Place)> {
        let open = |result: &&BidResult| !matches!(result.outcome, Outcome::Awarded | Outcome::Surrendered);
        let results = self.statement.results.iter().filter(open);
        results.map(|result| (result.bid.application_id, self.place(result))).collect()
    }

    /// The place of one bid.
    pub fn place(&self, result: &BidResult) -> Place {
        Place {
            allocation_id: self.id,
            allocation_number: self.number.clone(),
            rank: result.rank,
            outcome: result.outcome,
            capacity_mtpa: result.capacity_mtpa,
            rate_paise_per_kg: result.bid.rate_paise_per_kg,
            waiting_place: result.waiting_place,
            oxide_supply: result.oxide_supply,
            reason: result.reason.clone(),
            surrender: None,
            end_proposed: None,
        }
    }
}

/// An allotment that the bidder surrendered, or that was ended because the bidder walked away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Surrender {
    pub reason: String,
    pub surrendered_by: UserId,
    pub surrendered_at: Timestamp,
}

/// A proposal to end the allotment of a bidder who walks away: one officer proposes it, and another one ends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EndProposal {
    pub reason: String,
    pub proposed_by: UserId,
    pub proposed_at: Timestamp,
}

/// The place that the newest published allocation gives an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Place {
    pub allocation_id: AllocationId,
    pub allocation_number: String,
    /// Rank by least cost; 1 for L1.
    pub rank: i64,
    pub outcome: Outcome,
    /// The allotted capacity in tonnes a year; 0 without a place.
    pub capacity_mtpa: i64,
    pub rate_paise_per_kg: Paise,
    pub waiting_place: Option<i64>,
    pub oxide_supply: bool,
    /// The reason why nothing is allotted.
    pub reason: Option<LossReason>,
    pub surrender: Option<Surrender>,
    /// That an officer proposed to end the allotment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_proposed: Option<EndProposal>,
}

impl Place {
    /// This place instead of an earlier one of the same bid: that its allotment was proposed to be ended stays.
    pub fn after(mut self, earlier: Option<Place>) -> Place {
        if self.outcome == Outcome::Allotted {
            self.end_proposed = earlier.and_then(|earlier| earlier.end_proposed);
        }
        self
    }

    fn require_held(&self) -> Result<(), Refusal> {
        if self.outcome == Outcome::Allotted {
            return Ok(());
        }
        Err(Refusal::NotAllotted { reason: Reason::PlaceIs { outcome: self.outcome.as_str() } })
    }

    /// An officer proposes to end it, because the bidder walked away.
    pub fn propose_end(&mut self, proposal: EndProposal) -> Result<(), Refusal> {
        self.require_held()?;
        self.end_proposed = Some(proposal);
        Ok(())
    }

    /// Another officer ends it: its capacity goes to whoever waits, in the next run.
    pub fn end(&mut self, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        self.require_held()?;
        let proposal = self.end_proposed.as_ref().ok_or(Refusal::NothingProposed)?;
        require_other_person(proposal.proposed_by, Step::Prepare, by, Step::Sanction)?;
        let reason = proposal.reason.clone();
        self.surrender(Surrender { reason, surrendered_by: by, surrendered_at: at })
    }

    /// The capacity that may be awarded on this allotment; `None` without one.
    pub fn allotted_mtpa(&self) -> Option<i64> {
        (self.outcome == Outcome::Allotted).then_some(self.capacity_mtpa)
    }

    /// The bidder surrenders its allotment.
    pub fn surrender(&mut self, surrender: Surrender) -> Result<(), Refusal> {
        self.require_held()?;
        self.outcome = Outcome::Surrendered;
        self.surrender = Some(surrender);
        Ok(())
    }
}
