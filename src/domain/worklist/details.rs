//! What a stored record says in its lists about its wait: rounds of queries, reports, acts and steps, and the steps on
//! other records whose people may not act on it.

use crate::base::calendar::Timestamp;
use crate::base::days::{Days, Span};
use crate::base::desk::Desk;
use crate::base::id::UserId;
use crate::base::permission::{Role, Step};
use crate::base::queries::{QueryRound, QueryRounds};
use crate::desk::observation::ObservationSteps;
use crate::milestone::milestone::{MilestoneStatus, ReportRounds};
use crate::recovery::damages::Damages;
use crate::recovery::instalments::InstalmentPlan;
use crate::recovery::recovery::RecoverySteps;
use crate::worklist::matter::{Matter, MatterKind, Taken};
use crate::worklist::waiting::start_of;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A time in which the clock of the office stood, because a query was open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    pub from: Timestamp,
    /// `None` while the query is open.
    pub to: Option<Timestamp>,
}

/// The pauses of rounds of queries.
pub fn pauses(rounds: &QueryRounds) -> Vec<Pause> {
    let pause =
        |round: &QueryRound| Pause { from: round.raised_at, to: round.reply.as_ref().map(|reply| reply.replied_at) };
    rounds.0.iter().map(pause).collect()
}

/// The steps of a recovery, its plan of instalments, and the excuses of a milestone whose late days it charges, in
/// one JSON text.
#[derive(Deserialize)]
struct RecoveryDetails {
    steps: RecoverySteps,
    plan: Option<InstalmentPlan>,
    damages: Option<Damages>,
    excuses: Vec<ExcuseSteps>,
}

/// The days that an excuse asks for, and its steps.
#[derive(Deserialize)]
struct ExcuseSteps {
    days: Span,
    taken: String,
}

/// The days that an excuse asks for, and the recoveries that charge days of the same milestone.
#[derive(Deserialize)]
struct ExcuseDetails {
    days: Span,
    recoveries: Vec<ChargingSteps>,
}

/// The steps of a recovery of damages, and the days that it charges.
#[derive(Deserialize)]
struct ChargingSteps {
    steps: RecoverySteps,
    damages: Damages,
}

/// The steps of a recovery that the money of a guarantee pays, and those by which the money was paid.
#[derive(Deserialize)]
struct PaidSteps {
    steps: RecoverySteps,
    paying: String,
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
            MatterKind::Application if self.state == "in_run" => self.carried_by = carrier(details),
            MatterKind::Tranche if self.state == "returned" => self.carried_by = carrier(details),
            MatterKind::DamagesDue if self.state != "accrued" => self.carried_by = carrier(details),
            MatterKind::Application => {
                self.pauses = pauses(&serde_json::from_str::<QueryRounds>(details).map_err(wrong)?);
            }
            MatterKind::Claim => {
                let (queries, last) = json_and_text::<QueryRounds>(details)?;
                self.pauses = pauses(&queries);
                self.back_from = self.returned_by(last).filter(|_| self.state != "query_open");
                self.held_paise = last.split(' ').nth(2).and_then(|paise| paise.parse().ok());
            }
            MatterKind::Tranche | MatterKind::CertificateDue => self.back_from = self.returned_by(details),
            MatterKind::Milestone => {
                let (found, title) = json_and_text::<MilestoneDetails>(details)?;
                self.arrived = moved(&found.rounds, &self.state).or(self.arrived);
                self.pauses = pauses(&found.queries);
                self.named = Some(title.to_owned());
                self.back_from = (self.state == MilestoneStatus::Returned.as_str()).then_some(Role::Verifier);
            }
            MatterKind::Observation => {
                let steps: ObservationSteps = serde_json::from_str(details).map_err(wrong)?;
                self.arrived = steps.0.last().map(|step| step.at).or(self.arrived);
            }
            MatterKind::Recovery | MatterKind::Relief => {
                let found: RecoveryDetails = serde_json::from_str(details).map_err(wrong)?;
                if self.kind == MatterKind::Recovery {
                    self.arrived = brought(&found.steps, &self.state).or(self.arrived);
                }
                self.taken.extend(taken(&found.steps));
                let charged = Days::of(found.damages.iter().flat_map(Damages::charged));
                let meeting = found.excuses.iter().filter(|one| meets(one.days, &charged));
                self.taken.extend(meeting.flat_map(|one| parse_taken(&one.taken)));
                self.day = found.plan.and_then(|plan| next_instalment(&plan, today)).or(self.day);
            }
            MatterKind::DamagesDue | MatterKind::Correction => self.named = Some(details.to_owned()),
            MatterKind::Excuse => {
                let found: ExcuseDetails = serde_json::from_str(details).map_err(wrong)?;
                let charges = |one: &&ChargingSteps| meets(found.days, &Days::of(one.damages.charged()));
                self.taken.extend(found.recoveries.iter().filter(charges).flat_map(|one| taken(&one.steps)));
            }
            MatterKind::Guarantee => {
                let found: Vec<PaidSteps> = serde_json::from_str(details).map_err(wrong)?;
                for one in &found {
                    self.taken.extend(taken(&one.steps));
                    self.taken.extend(parse_taken(&one.paying));
                }
            }
            _ => {}
        }
        Ok(self)
    }
}

impl Matter {
    /// Whether it waits since this instant because the last query was answered then.
    pub fn was_answered(&self, at: Timestamp) -> bool {
        self.pauses.last().is_some_and(|last| last.to == Some(at))
    }

    /// The office that brought it here by returning it, from the desk and the instant of its last return.
    fn returned_by(&self, last: &str) -> Option<Role> {
        let (desk, rest) = last.split_once(' ')?;
        let at = rest.split(' ').next()?;
        let came_so = at.parse().ok() == self.arrived;
        desk.parse().ok().filter(|_| came_so).map(Desk::role)
    }
}

/// The id and the number of the record that carries a wait.
fn carrier(text: &str) -> Option<(String, String)> {
    text.split_once(' ').map(|(id, number)| (id.to_owned(), number.to_owned()))
}

/// A JSON text, and the plain text behind it.
fn json_and_text<T: DeserializeOwned>(text: &str) -> Result<(T, &str), String> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<T>();
    let value = values.next().ok_or("there is no JSON")?.map_err(|error| error.to_string())?;
    Ok((value, text.get(values.byte_offset()..).unwrap_or_default()))
}

fn taken(steps: &RecoverySteps) -> impl Iterator<Item = Taken> {
    steps.0.iter().map(|step| Taken { step: step.step, by: step.taken_by })
}

fn meets(days: Span, charged: &Days) -> bool {
    !Days::of([days]).and(charged).is_empty()
}

/// When the newest report of a milestone was made, or the agency decided on it or returned it. Before the first report
/// there is no such act.
fn moved(rounds: &ReportRounds, state: &str) -> Option<Timestamp> {
    let newest = rounds.0.last()?;
    let decided = newest.verification.as_ref().map(|decision| decision.verified_at);
    let returned = newest.returned.as_ref().map(|one| one.returned_at);
    let lies_with_company = [MilestoneStatus::Due, MilestoneStatus::Returned].iter().any(|one| one.as_str() == state);
    let back = decided.max(returned).filter(|_| lies_with_company);
    Some(back.unwrap_or(newest.reported_at))
}

/// When the step was taken that brought a recovery to whoever has it now. The order and the demand state a day in their
/// documents; their steps have the instant.
fn brought(steps: &RecoverySteps, state: &str) -> Option<Timestamp> {
    let step = match state {
        "ordered" => Step::Order,
        "demanded" | "credited" => Step::Demand,
        _ => return None,
    };
    // An order for the bank to pay a guarantee is such a step as well, and comes later.
    steps.0.iter().find(|taken| taken.step == step).map(|taken| taken.taken_at)
}

/// The day of the first instalment that is not paid.
fn next_instalment(plan: &InstalmentPlan, today: NaiveDate) -> Option<NaiveDate> {
    plan.states(today, false).into_iter().find(|one| one.paid_paise < one.amount_paise).map(|one| one.due_on)
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
