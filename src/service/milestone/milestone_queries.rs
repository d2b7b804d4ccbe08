//! Queries of the agency about a reported milestone with the replies, in rounds; and the return of a report for
//! correction.

use crate::db::milestone::milestones;
use crate::service::milestone::milestone_files::file_of;
use crate::service::milestone::milestones::{visible, with_digest};
use crate::service::running::error::Error;
use crate::service::running::queries;
use crate::service::running::runner::{Command, Done, Work, check_version};
use domain::award::application::check_note;
use domain::base::id::{EvidenceId, MilestoneId};
use domain::base::noting::Reasons;
use domain::base::permission::Permission;
use domain::base::queries::check_reply;
use domain::base::refusal::Refusal;
use domain::milestone::milestone::MilestoneStatus;
use domain::recovery::milestone_standing::MilestoneFile;
use serde_json::json;

/// An officer raises a query about a reported milestone; the report is not verified before it is answered.
pub struct RaiseMilestoneQuery {
    pub id: MilestoneId,
    pub seen_version: i64,
    pub question: String,
}

impl Command for RaiseMilestoneQuery {
    const NAME: &'static str = "raise_milestone_query";
    const PERMISSION: Permission = Permission::RaiseQuery;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "query_open", "amount_too_large"];
    type Answer = MilestoneFile;

    fn subject(&self) -> String {
        format!("milestone:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<MilestoneFile>, Error> {
        let subject = self.subject();
        check_note("/question", &self.question)?;
        let mut milestone = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, milestone.version)?;
        if milestone.status != MilestoneStatus::Reported {
            let is = milestone.status.as_str();
            return Err(Refusal::WrongState { noun: "milestone", is, needs: "reported" }.into());
        }
        let details = queries::raise(work, &mut milestone.queries, &self.question)?;
        milestones::update(work.tx, &mut milestone)?;
        let answer = file_of(work.tx, work.schemes, milestone, work.now.date_in_india())?;
        Ok(Done { subject, answer, details })
    }
}

/// The beneficiary replies to the open query about a milestone.
pub struct ReplyToMilestoneQuery {
    pub id: MilestoneId,
    pub seen_version: i64,
    pub round: i64,
    pub text: String,
    pub documents: Vec<EvidenceId>,
}

impl Command for ReplyToMilestoneQuery {
    const NAME: &'static str = "reply_to_milestone_query";
    const PERMISSION: Permission = Permission::ReplyToQuery;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "query_not_open", "organisation_required", "evidence_unknown", "amount_too_large"];
    type Answer = MilestoneFile;

    fn subject(&self) -> String {
        format!("milestone:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<MilestoneFile>, Error> {
        let subject = self.subject();
        check_reply(&self.text, &self.documents)?;
        let mut milestone = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, milestone.version)?;
        let details = queries::reply(work, &mut milestone.queries, self.round, self.text, self.documents)?;
        milestones::update(work.tx, &mut milestone)?;
        let answer = file_of(work.tx, work.schemes, milestone, work.now.date_in_india())?;
        Ok(Done { subject, answer, details })
    }
}

/// The agency returns a report for correction, without an inspection.
pub struct ReturnMilestone {
    pub id: MilestoneId,
    pub seen_version: i64,
    /// What is to be corrected, for the beneficiary.
    pub reasons: String,
}

impl Command for ReturnMilestone {
    const NAME: &'static str = "return_milestone";
    const PERMISSION: Permission = Permission::ReturnMilestone;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "amount_too_large"];
    type Answer = MilestoneFile;

    fn subject(&self) -> String {
        format!("milestone:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<MilestoneFile>, Error> {
        let subject = self.subject();
        check_note("/reasons", &self.reasons)?;
        let mut milestone = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, milestone.version)?;
        milestone.send_back(Reasons(self.reasons), work.actor.user_id, work.now)?;
        let details = with_digest(json!({ "status": milestone.status }), &milestone);
        milestones::update(work.tx, &mut milestone)?;
        let answer = file_of(work.tx, work.schemes, milestone, work.now.date_in_india())?;
        Ok(Done { subject, answer, details })
    }
}
