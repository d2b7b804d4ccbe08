//! Milestones: the beneficiary reports, the agency inspects and decides. Their status on a given day is
//! computed in `milestone_files.rs`.

use crate::db::award::awards;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::milestones;
use crate::service::Service;
use crate::service::milestone::milestone_files::{file_of, files_of};
use crate::service::running::as_logged::require_stranger;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence::require_evidence;
use crate::service::running::record_page::{RecordPage, RecordsAsked, read_page};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use chrono::NaiveDate;
use domain::base::field::FieldErrors;
use domain::base::id::MilestoneId;
use domain::base::permission::{Permission, Step};
use domain::base::refusal::Refusal;
use domain::milestone::milestone::{
    Inspection, Milestone, MilestoneReport, MilestoneStatus, ReportRound, VerificationOutcome,
};
use domain::people::user::Actor;
use domain::recovery::milestone_standing::MilestoneFile;
use domain::scheme::value_chain::Chain;
use domain::scheme::value_chain::InstalledCapacity;
use serde_json::{Value, json};
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

/// The beneficiary reports what is installed.
pub struct ReportMilestone {
    pub id: MilestoneId,
    pub seen_version: i64,
    pub report: MilestoneReport,
}

impl Command for ReportMilestone {
    const NAME: &'static str = "report_milestone";
    const PERMISSION: Permission = Permission::ReportMilestone;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "wrong_state", "date_not_allowed", "evidence_unknown", "amount_too_large", "award_ended"];
    type Answer = MilestoneFile;

    fn subject(&self) -> String {
        format!("milestone:{}", self.id)
    }

    fn run(mut self, work: &mut Work<'_, '_>) -> Result<Done<MilestoneFile>, Error> {
        let subject = self.subject();
        self.report.check()?;
        let mut milestone = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, milestone.version)?;
        let award = awards::find(work.tx, milestone.award_id)?.or_not_found("award")?;
        if let Some(end) = awards::end_of(work.tx, award.id)? {
            return Err(Refusal::AwardEnded { award: award.number, on: end.ended_on }.into());
        }
        let scheme = work.schemes.version(&award.scheme_code, award.scheme_version)?;
        check_stages(&mut self.report.installed_mtpa, "/installed_mtpa", &scheme.chain)?;
        let found = require_evidence(work.tx, &self.report.evidence, Some(milestone.organisation_id))?;
        let details = json!({
            "installed_mtpa": self.report.installed_mtpa, "achieved_on": self.report.achieved_on,
            "evidence_digests": found.into_iter().map(|record| record.digest).collect::<Vec<_>>(),
        });
        milestone.report(&award, self.report, work.actor.user_id, work.now)?;
        let details = with_digest(details, &milestone);
        milestones::update(work.tx, &mut milestone)?;
        let answer = file_of(work.tx, work.schemes, milestone, work.now.date_in_india())?;
        Ok(Done { subject, answer, details })
    }
}

/// The agency verifies or returns a report with its inspection record.
pub struct VerifyMilestone {
    pub id: MilestoneId,
    pub seen_version: i64,
    pub outcome: VerificationOutcome,
    pub inspection: Inspection,
    /// Whether the evidence is still to come. Only the rehearsal of a page, before its form is filled in, runs so.
    pub evidence_follows: bool,
}

impl Command for VerifyMilestone {
    const NAME: &'static str = "verify_milestone";
    const PERMISSION: Permission = Permission::VerifyMilestone;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "query_open",
        "date_not_allowed",
        "capacity_not_shown",
        "partial_not_counted",
        "evidence_unknown",
        "amount_too_large",
    ];
    type Answer = MilestoneFile;

    fn subject(&self) -> String {
        format!("milestone:{}", self.id)
    }

    fn run(mut self, work: &mut Work<'_, '_>) -> Result<Done<MilestoneFile>, Error> {
        let subject = self.subject();
        let files = self.inspection.evidence.len() + usize::from(self.evidence_follows);
        self.inspection.check_with(self.outcome, files)?;
        let mut milestone = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, milestone.version)?;
        require_stranger(work, milestone.organisation_id, Step::Verify)?;
        milestone.queries.require_answered()?;
        let award = awards::find(work.tx, milestone.award_id)?.or_not_found("award")?;
        let scheme = work.schemes.version(&award.scheme_code, award.scheme_version)?;
        check_stages(&mut self.inspection.installed_mtpa, "/inspection/installed_mtpa", &scheme.chain)?;
        require_evidence(work.tx, &self.inspection.evidence, None)?;
        let mut details = json!({
            "outcome": self.outcome, "inspected_on": self.inspection.inspected_on, "installed_mtpa": self.inspection.installed_mtpa,
        });
        milestone.verify(scheme, self.outcome, self.inspection, work.actor.user_id, work.now)?;
        details["reached_share"] = json!(milestone.reached_share());
        details["installed_magnet_mtpa"] =
            json!(milestone.installed_magnet_mtpa(&scheme.chain, work.now.date_in_india()));
        let details = with_digest(details, &milestone);
        milestones::update(work.tx, &mut milestone)?;
        if milestone.commissions && milestone.status == MilestoneStatus::Verified {
            let mut award = award;
            award.commissioned_on = milestone.achieved_on;
            awards::update(work.tx, &mut award)?;
        }
        let answer = file_of(work.tx, work.schemes, milestone, work.now.date_in_india())?;
        Ok(Done { subject, answer, details })
    }
}

/// Adds to the details the digest of the round they describe, so that a later change of it is noticed.
pub(super) fn with_digest(mut details: Value, milestone: &Milestone) -> Value {
    details["round_digest"] = json!(milestone.rounds.0.last().map(ReportRound::digest));
    details
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

impl Service {
    /// Milestones of a selection, a page at a time, with their status on a day; the day is today if none is given.
    pub async fn list_milestones(
        self: &Arc<Self>,
        caller: Caller,
        asked: RecordsAsked,
        as_on: Option<NaiveDate>,
    ) -> Result<RecordPage<MilestoneFile>, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let (on, schemes) = (service.on_day(), service.schemes.current(tx)?);
            let as_on = as_on.unwrap_or(on.today);
            let load = |tx: &mut ReadTx<'_>, ids: &[String]| files_of(tx, &schemes, ids, as_on);
            read_page(tx, actor, &on, asked, load, |file| file.milestone.id.to_string())
        })
        .await
    }

    /// One milestone with its status on a day.
    pub async fn milestone(
        self: &Arc<Self>,
        caller: Caller,
        id: MilestoneId,
        as_on: Option<NaiveDate>,
    ) -> Result<MilestoneFile, Error> {
        let as_on = as_on.unwrap_or(self.clock.now().date_in_india());
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let milestone = visible(tx, actor, id)?;
            let schemes = service.schemes.current(tx)?;
            file_of(tx, &schemes, milestone, as_on)
        })
        .await
    }
}
