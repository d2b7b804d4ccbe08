//! A milestone as a page shows it: the record with its standing today, the names that it only has ids of, with whom it
//! lies, and what its reader may do next. What may be done is found by the rules of the record, on a copy of it.

use crate::db::award::awards;
use crate::db::engine::evidence;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::{milestone_files as contexts, milestones};
use crate::db::people::organisations;
use crate::service::Service;
use crate::service::milestone::milestone_files::Delays;
use crate::service::milestone::milestones::visible;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use crate::service::running::sheets;
use crate::service::worklist::names::Names;
use crate::service::worklist::who_can::{WhoCan, stopped};
use chrono::NaiveDate;
use domain::award::award::Award;
use domain::base::calendar::Timestamp;
use domain::base::evidence::Evidence;
use domain::base::id::{AwardId, EvidenceId, UserId};
use domain::base::noting::Reasons;
use domain::base::permission::{Permission, Role};
use domain::base::refusal::Refusal;
use domain::correspondence::about::SheetCounts;
use domain::milestone::milestone::{Milestone, MilestoneStatus};
use domain::people::user::Actor;
use domain::recovery::milestone_standing::MilestoneFile;
use domain::recovery::recovery::Recovery;
use domain::scheme::value_chain::ChainStage;
use domain::words;
use domain::worklist::matter::MatterKind;
use domain::worklist::waiting::Waiting;
use std::collections::BTreeMap;
use std::sync::Arc;

pub use crate::service::milestone::milestones::READ_PERMISSION;

words! {
    /// Something that a person can do to a milestone.
    pub enum MilestoneAct {
        /// To record the inspection with its outcome.
        Inspect = "inspect",
        Query = "query",
        Reply = "reply",
        /// To return a report without an inspection.
        Return = "return",
    }
}

words! {
    /// Which milestones a list shows.
    pub enum MilestonePart {
        /// Those that were reported, and those that are late.
        Open = "open",
        Reported = "reported",
        Late = "late",
        All = "all",
    }
}

/// An act that the reader's roles allow on the milestone as it is.
pub struct NextMilestoneAct {
    pub act: MilestoneAct,
    /// Why it cannot be done all the same.
    pub refusal: Option<Refusal>,
}

/// One milestone with everything that its page shows.
pub struct WholeMilestone {
    pub file: MilestoneFile,
    /// The show-cause notices for its damages, also those that were withdrawn, the oldest first.
    pub notices: Vec<Recovery>,
    /// The number of the award.
    pub award: String,
    pub beneficiary: String,
    /// The stages of the chain, in its order.
    pub stages: Vec<ChainStage>,
    /// Whether the scheme counts a part of this milestone.
    pub counts_parts: bool,
    /// One entry for each act that it waits for.
    pub waiting: Vec<Waiting>,
    /// Who can take the acts that an earlier step of the reader refuses.
    pub who_can: WhoCan,
    pub today: NaiveDate,
    pub evidence: BTreeMap<EvidenceId, Evidence>,
    pub people: Names,
    pub next: Vec<NextMilestoneAct>,
    pub sheet: SheetCounts,
}

/// One row of the list of milestones.
pub struct MilestoneRow {
    pub file: MilestoneFile,
    pub award: String,
    pub beneficiary: String,
    /// The offices that can end its wait; none if it waits for nobody.
    pub offices: Vec<Role>,
}

impl MilestoneAct {
    fn permission(self) -> Permission {
        match self {
            MilestoneAct::Inspect => Permission::VerifyMilestone,
            MilestoneAct::Query => Permission::RaiseQuery,
            MilestoneAct::Reply => Permission::ReplyToQuery,
            MilestoneAct::Return => Permission::ReturnMilestone,
        }
    }

    /// Does it to a copy of the record, as its command would, as far as the record alone decides.
    fn tried(self, milestone: &Milestone, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        let mut copy = milestone.clone();
        match self {
            MilestoneAct::Inspect => {
                copy.clone().send_back(Reasons(String::new()), by, at)?;
                copy.queries.require_answered()
            }
            MilestoneAct::Query => {
                copy.clone().send_back(Reasons(String::new()), by, at)?;
                copy.queries.raise("", by, at)
            }
            MilestoneAct::Reply => copy.queries.require_answered().err().map(|_| ()).ok_or(Refusal::QueryNotOpen),
            MilestoneAct::Return => copy.send_back(Reasons(String::new()), by, at),
        }
    }
}

/// The acts that the roles allow on this milestone. One for which it is in another state, or for which no query is
/// open, is not among them.
fn next_acts(milestone: &Milestone, actor: &Actor, now: Timestamp) -> Vec<NextMilestoneAct> {
    let allowed = MilestoneAct::ALL.iter().filter(|act| actor.may(act.permission()).is_ok());
    let tried =
        allowed.map(|act| NextMilestoneAct { act: *act, refusal: act.tried(milestone, actor.user_id, now).err() });
    let elsewhere = |refusal: &Refusal| matches!(refusal, Refusal::WrongState { .. } | Refusal::QueryNotOpen);
    tried.filter(|next| !next.refusal.as_ref().is_some_and(elsewhere)).collect()
}

/// The kinds of matters for which a milestone waits.
fn kinds_of_milestones() -> Vec<MatterKind> {
    MatterKind::ALL.iter().copied().filter(|kind| kind.noun_of_record() == Some("milestones")).collect()
}

/// Everybody whom the page of a milestone names.
fn people_of(milestone: &Milestone) -> Vec<UserId> {
    let mut people = Vec::new();
    for round in &milestone.rounds.0 {
        people.push(round.reported_by);
        people.extend(round.verification.as_ref().map(|one| one.verified_by));
        people.extend(round.returned.as_ref().map(|one| one.returned_by));
    }
    for round in &milestone.queries.0 {
        people.push(round.raised_by);
        people.extend(round.reply.as_ref().map(|reply| reply.replied_by));
    }
    people.sort_unstable();
    people.dedup();
    people
}

/// The documents of reports, inspections and replies. A company does not see the records of inspections.
fn files_of(milestone: &Milestone, to_company: bool) -> Vec<String> {
    let rounds = milestone.rounds.0.iter();
    let inspected = rounds.clone().filter_map(|round| round.verification.as_ref()).filter(|_| !to_company);
    let reported = rounds.flat_map(|round| &round.report.evidence);
    let all = reported.chain(inspected.flat_map(|one| &one.inspection.evidence)).copied();
    all.chain(milestone.queries.documents()).map(|id| id.to_string()).collect()
}

impl Service {
    fn whole_milestone(
        &self,
        tx: &mut ReadTx<'_>,
        actor: &Actor,
        award_number: &str,
        code: &str,
    ) -> Result<WholeMilestone, Error> {
        let now = self.clock.now();
        let today = now.date_in_india();
        let context = contexts::context(tx, award_number, code)?.or_not_found("milestone")?;
        let milestone = visible(tx, actor, context.id)?;
        let award = awards::find(tx, milestone.award_id)?.or_not_found("award")?;
        let schemes = self.schemes.current(tx)?;
        let found = evidence::of_ids(tx, &files_of(&milestone, actor.roles.is_manufacturer()))?;
        let scheme = schemes.version(&award.scheme_code, award.scheme_version)?;
        let rule = scheme.milestones.iter().find(|rule| rule.code == milestone.code);
        let delays = Delays::read(tx, Some(award.id), None)?;
        let next = next_acts(&milestone, actor, now);
        let stopped = stopped(actor, next.iter().map(|next| &next.refusal));
        let (waiting, who_can) = self.turn_of(tx, stopped, &kinds_of_milestones(), &milestone.id.to_string(), today)?;
        Ok(WholeMilestone {
            counts_parts: rule.is_some_and(|rule| rule.partial.is_some()),
            stages: scheme.chain.stages.clone(),
            waiting,
            who_can,
            today,
            evidence: found.into_iter().map(|file| (file.id, file)).collect(),
            people: Names::of_people(tx, actor, &people_of(&milestone))?,
            next,
            sheet: sheets::counts(tx, actor, milestone.id.into())?,
            beneficiary: context.beneficiary,
            notices: delays.notices(milestone.id),
            file: delays.file(&schemes, &award, milestone, today)?,
            award: award.number,
        })
    }

    /// One milestone with what its page shows, if it exists for this person.
    pub async fn milestone_file(
        self: &Arc<Self>,
        caller: Caller,
        award: String,
        code: String,
    ) -> Result<WholeMilestone, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| service.whole_milestone(tx, actor, &award, &code)).await
    }

    /// The milestones that a person may see and that a list shows, those that are due first.
    pub async fn milestone_list(
        self: &Arc<Self>,
        caller: Caller,
        part: MilestonePart,
    ) -> Result<Vec<MilestoneRow>, Error> {
        let service = Arc::clone(self);
        let today = self.clock.now().date_in_india();
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let only = actor.narrowed_to();
            let schemes = service.schemes.current(tx)?;
            let delays = Delays::read(tx, None, only)?;
            let awards: BTreeMap<AwardId, Award> =
                awards::list(tx, only)?.into_iter().map(|award| (award.id, award)).collect();
            let ids: Vec<String> = awards.values().map(|award| award.organisation_id.to_string()).collect();
            let names: BTreeMap<String, String> = organisations::names(tx, &ids)?.into_iter().collect();
            let mut rows = Vec::new();
            for milestone in milestones::list(tx, None, only)? {
                let award = awards.get(&milestone.award_id).or_not_found("award")?;
                let file = delays.file(&schemes, award, milestone, today)?;
                if part.shows(&file) {
                    let beneficiary = names.get(&award.organisation_id.to_string()).cloned().unwrap_or_default();
                    rows.push(MilestoneRow { file, award: award.number.clone(), beneficiary, offices: Vec::new() });
                }
            }
            let ids: Vec<String> = rows.iter().map(|row| row.file.milestone.id.to_string()).collect();
            let mut offices = service.offices_of_all(tx, &kinds_of_milestones(), &ids, today)?;
            for row in &mut rows {
                row.offices = offices.remove(&row.file.milestone.id.to_string()).unwrap_or_default();
            }
            rows.sort_by_key(|row| (row.file.milestone.due_on, row.file.milestone.id));
            Ok(rows)
        })
        .await
    }
}

impl MilestonePart {
    fn shows(self, file: &MilestoneFile) -> bool {
        let reported = file.milestone.status == MilestoneStatus::Reported;
        let late = file.standing.late && file.milestone.status != MilestoneStatus::Verified;
        match self {
            MilestonePart::Open => reported || late,
            MilestonePart::Reported => reported,
            MilestonePart::Late => late,
            MilestonePart::All => true,
        }
    }
}
