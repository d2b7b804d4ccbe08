//! What a stored record says in its lists about its wait: rounds of queries, reports, acts and steps.

use crate::base::calendar::Timestamp;
use crate::base::id::UserId;
use crate::base::queries::QueryRounds;
use crate::desk::observation::ObservationSteps;
use crate::milestone::milestone::{MilestoneStatus, ReportRounds};
use crate::recovery::recovery::RecoverySteps;
use crate::recovery::recovery_credit::InstalmentPlan;
use crate::worklist::matter::{Matter, MatterKind, Taken, pauses};
use crate::worklist::waiting::start_of;
use chrono::NaiveDate;
use serde::Deserialize;

/// The steps of a recovery and its plan of instalments, in one JSON text.
#[derive(Deserialize)]
struct RecoveryDetails {
    steps: RecoverySteps,
    plan: Option<InstalmentPlan>,
}

/// The reports of a milestone and the queries about it.
#[derive(Deserialize)]
struct MilestoneDetails {
    rounds: ReportRounds,
    queries: QueryRounds,
}

impl Matter {
    /// Adds what the lists of the record say, from their JSON text. The error says why it cannot be read.
    pub fn with_details(mut self, details: &str, today: NaiveDate) -> Result<Matter, String> {
        let wrong = |error: serde_json::Error| error.to_string();
        match self.kind {
            MatterKind::Application | MatterKind::Claim => {
                self.pauses = pauses(&serde_json::from_str::<QueryRounds>(details).map_err(wrong)?);
            }
            MatterKind::Milestone => {
                let found: MilestoneDetails = serde_json::from_str(details).map_err(wrong)?;
                self.arrived = reported(&found.rounds, &self.state).or(self.arrived);
                self.pauses = pauses(&found.queries);
            }
            MatterKind::Observation => {
                let steps: ObservationSteps = serde_json::from_str(details).map_err(wrong)?;
                self.arrived = steps.0.last().map(|step| step.at).or(self.arrived);
            }
            MatterKind::Recovery | MatterKind::Relief => {
                let found: RecoveryDetails = serde_json::from_str(details).map_err(wrong)?;
                let taken = found.steps.0.iter().map(|step| Taken { step: step.step, by: step.taken_by });
                self.taken.extend(taken);
                self.day = found.plan.and_then(|plan| next_instalment(&plan, today)).or(self.day);
            }
            _ => {}
        }
        Ok(self)
    }
}

/// When the newest report of a milestone arrived, or was returned.
fn reported(rounds: &ReportRounds, state: &str) -> Option<Timestamp> {
    let newest = rounds.0.last()?;
    match &newest.verification {
        Some(decision) if state == MilestoneStatus::Returned.as_str() => Some(decision.verified_at),
        _ => Some(newest.reported_at),
    }
}

/// The day of the first instalment that is not paid.
fn next_instalment(plan: &InstalmentPlan, today: NaiveDate) -> Option<NaiveDate> {
    plan.states(today).into_iter().find(|one| one.paid_paise < one.amount_paise).map(|one| one.due_on)
}

/// The steps in the form in which the queries write them: `prepare:<id> submit:<id>`. What is no step of a
/// person is left out, because a record may not have been submitted yet.
pub fn parse_taken(text: &str) -> Vec<Taken> {
    let one = |part: &str| {
        let (step, by) = part.split_once(':')?;
        Some(Taken { step: step.parse().ok()?, by: by.parse::<UserId>().ok()? })
    };
    text.split_whitespace().filter_map(one).collect()
}

/// An instant, or the beginning of a day.
pub fn parse_since(text: &str) -> Result<Timestamp, String> {
    match text.parse::<NaiveDate>() {
        Ok(day) => Ok(start_of(day)),
        Err(_) => text.parse().map_err(|_| format!("'{text}' is neither an instant nor a day")),
    }
}
