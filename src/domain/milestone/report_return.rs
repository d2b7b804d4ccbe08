//! Returning the report of a milestone for correction, without an inspection; and what a later report changed.

use crate::base::calendar::Timestamp;
use crate::base::field_change::{FieldChange, changes};
use crate::base::id::UserId;
use crate::base::noting::Reasons;
use crate::base::refusal::Refusal;
use crate::milestone::milestone::{Milestone, MilestoneStatus, ReportRound};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The return of a report to the beneficiary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportReturn {
    /// What is to be corrected; the beneficiary reads it.
    pub reasons: Reasons,
    pub returned_by: UserId,
    pub returned_at: Timestamp,
}

/// What a report changed against the one before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoundChanges {
    /// 2 for the second report.
    pub round: i64,
    pub changes: Vec<FieldChange>,
}

impl Milestone {
    /// Returns the last report to the beneficiary, who then reports again.
    pub fn send_back(&mut self, reasons: Reasons, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        let last = self.rounds.0.last_mut().filter(|_| self.status == MilestoneStatus::Reported);
        let wrong = || Refusal::WrongState { noun: "milestone", is: self.status.as_str(), needs: "reported" };
        last.ok_or_else(wrong)?.returned = Some(ReportReturn { reasons, returned_by: by, returned_at: at });
        self.status = MilestoneStatus::Returned;
        Ok(())
    }

    /// What each report changed against the one before it, field by field.
    pub fn round_changes(&self) -> Vec<RoundChanges> {
        let pairs = self.rounds.0.iter().zip(self.rounds.0.iter().skip(1));
        let of = |(round, (before, after)): (i64, (&ReportRound, &ReportRound))| RoundChanges {
            round,
            changes: changes(&before.report, &after.report),
        };
        (2_i64..).zip(pairs).map(of).collect()
    }
}
