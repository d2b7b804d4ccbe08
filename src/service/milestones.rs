//! Milestones: the beneficiary reports, the agency inspects and decides.

use crate::db::connection::ReadTx;
use crate::db::{awards, milestones};
use crate::domain::chain::Chain;
use crate::domain::field::FieldErrors;
use crate::domain::id::{AwardId, MilestoneId};
use crate::domain::milestone::{
    Inspection, InstalledCapacity, Milestone, MilestoneReport, MilestoneStatus, VerificationOutcome,
};
use crate::domain::permission::Permission;
use crate::domain::user::Actor;
use crate::service::Service;
use crate::service::error::{Error, OrNotFound};
use crate::service::evidence::require_evidence;
use crate::service::runner::{Caller, Command, Done, Work, check_version};
use serde_json::json;
use std::sync::Arc;

/// The milestone, if it exists for this person.
pub fn visible(tx: &mut ReadTx<'_>, actor: &Actor, id: MilestoneId) -> Result<Milestone, Error> {
    milestones::find(tx, id)?.filter(|milestone| actor.sees(milestone.organisation_id)).or_not_found("milestone")
}

fn check_stages(installed: &mut InstalledCapacity, pointer: &str, chain: &Chain) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::new();
    installed.check_stages(&mut errors, pointer, chain);
    errors.finish()
}

/// The beneficiary states what is installed.
pub struct ReportMilestone {
    pub id: MilestoneId,
    pub seen_version: i64,
    pub report: MilestoneReport,
}

impl Command for ReportMilestone {
    const NAME: &'static str = "report_milestone";
    const PERMISSION: Permission = Permission::ReportMilestone;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "date_not_allowed", "evidence_unknown"];
    type Answer = Milestone;

    fn subject(&self) -> String {
        format!("milestone:{}", self.id)
    }

    fn run(mut self, work: &mut Work<'_, '_>) -> Result<Done<Milestone>, Error> {
        let subject = self.subject();
        self.report.check()?;
        let mut milestone = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, milestone.version)?;
        let award = awards::find(work.tx, milestone.award_id)?.or_not_found("award")?;
        let scheme = work.schemes.version(&award.scheme_code, award.scheme_version)?;
        check_stages(&mut self.report.installed_mtpa, "/installed_mtpa", &scheme.chain)?;
        let found = require_evidence(work.tx, &self.report.evidence, Some(milestone.organisation_id))?;
        let details = json!({
            "installed_mtpa": self.report.installed_mtpa, "achieved_on": self.report.achieved_on,
            "evidence_digests": found.into_iter().map(|record| record.digest).collect::<Vec<_>>(),
        });
        milestone.report(&award, self.report, work.actor.user_id, work.now)?;
        milestones::update(work.tx, &mut milestone)?;
        Ok(Done { subject, answer: milestone, details })
    }
}

/// The agency verifies or returns a report with its inspection record.
pub struct VerifyMilestone {
    pub id: MilestoneId,
    pub seen_version: i64,
    pub outcome: VerificationOutcome,
    pub inspection: Inspection,
}

impl Command for VerifyMilestone {
    const NAME: &'static str = "verify_milestone";
    const PERMISSION: Permission = Permission::VerifyMilestone;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "wrong_state", "date_not_allowed", "capacity_not_shown", "evidence_unknown"];
    type Answer = Milestone;

    fn subject(&self) -> String {
        format!("milestone:{}", self.id)
    }

    fn run(mut self, work: &mut Work<'_, '_>) -> Result<Done<Milestone>, Error> {
        let subject = self.subject();
        self.inspection.check()?;
        let mut milestone = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, milestone.version)?;
        let award = awards::find(work.tx, milestone.award_id)?.or_not_found("award")?;
        let scheme = work.schemes.version(&award.scheme_code, award.scheme_version)?;
        check_stages(&mut self.inspection.installed_mtpa, "/inspection/installed_mtpa", &scheme.chain)?;
        require_evidence(work.tx, &self.inspection.evidence, None)?;
        let details = json!({
            "outcome": self.outcome, "inspected_on": self.inspection.inspected_on, "installed_mtpa": self.inspection.installed_mtpa,
        });
        milestone.verify(self.outcome, self.inspection, work.actor.user_id, work.now)?;
        milestones::update(work.tx, &mut milestone)?;
        if milestone.commissions && milestone.status == MilestoneStatus::Verified {
            let mut award = award;
            award.commissioned_on = milestone.achieved_on;
            awards::update(work.tx, &mut award)?;
        }
        Ok(Done { subject, answer: milestone, details })
    }
}

impl Service {
    pub async fn list_milestones(
        self: &Arc<Self>,
        caller: Caller,
        award: Option<AwardId>,
    ) -> Result<Vec<Milestone>, Error> {
        self.read(caller, Permission::ReadFiles, move |tx, actor| Ok(milestones::list(tx, award, actor.narrowed_to())?))
            .await
    }

    pub async fn milestone(self: &Arc<Self>, caller: Caller, id: MilestoneId) -> Result<Milestone, Error> {
        self.read(caller, Permission::ReadFiles, move |tx, actor| visible(tx, actor, id)).await
    }
}
