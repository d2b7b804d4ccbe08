//! Opening a verified milestone again: its last report is to be inspected anew. What was verified stays in the record
//! and counts no more.

use crate::base::calendar::Timestamp;
use crate::base::id::UserId;
use crate::base::refusal::Refusal;
use crate::milestone::milestone::{Milestone, MilestoneStatus, ReportRound, Verification, VerificationOutcome};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Two people opened a verified report again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoundReopening {
    pub reason: String,
    pub proposed_by: UserId,
    pub decided_by: UserId,
    pub reopened_at: Timestamp,
}

impl ReportRound {
    /// Whether its verification counted at an instant, or counts now without one.
    pub fn counts(&self, by: Option<Timestamp>) -> bool {
        let Some(verification) = &self.verification else { return false };
        let known = by.is_none_or(|by| verification.verified_at <= by);
        let still = self.reopened.as_ref().is_none_or(|one| by.is_some_and(|by| by < one.reopened_at));
        known && still && verification.outcome != VerificationOutcome::Returned
    }
}

impl Milestone {
    /// The rounds of which something counted at an instant, or counts now.
    pub(super) fn counted_by(&self, by: Option<Timestamp>) -> impl Iterator<Item = (&ReportRound, &Verification)> {
        let rounds = self.rounds.0.iter().filter(move |round| round.counts(by));
        rounds.filter_map(|round| Some((round, round.verification.as_ref()?)))
    }

    /// Opens it again: the same report waits for an inspection as if it had just come.
    pub fn reopen(&mut self, reopening: RoundReopening) -> Result<(), Refusal> {
        let wrong = Refusal::WrongState { noun: "milestone", is: self.status.as_str(), needs: "verified" };
        let verified = self.status == MilestoneStatus::Verified;
        let Some(round) = self.rounds.0.last_mut().filter(|_| verified) else { return Err(wrong) };
        round.reopened = Some(reopening);
        let again = ReportRound { verification: None, returned: None, reopened: None, ..round.clone() };
        self.rounds.0.push(again);
        self.achieved_on = None;
        self.status = MilestoneStatus::Reported;
        Ok(())
    }

    /// Whether it was opened again and is not verified since: then no money that rests on it moves.
    pub fn is_reopened(&self) -> bool {
        self.status != MilestoneStatus::Verified && self.rounds.0.iter().any(|round| round.reopened.is_some())
    }
}
