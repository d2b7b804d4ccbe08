//! An excuse as a page shows it: the days that are asked for, recommended and granted, the delay of its milestone, with
//! whom it lies, and what its reader may do next; and the excuses of one milestone, with the form that asks for one.

use crate::db::award::awards;
use crate::db::engine::evidence;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::{excuses, milestone_files as contexts, milestones};
use crate::db::people::organisations;
use crate::service::Service;
use crate::service::milestone::excuses::readable;
use crate::service::milestone::milestone_files::Delays;
use crate::service::milestone::milestones::visible as visible_milestone;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence::{OwnUpload, own_uploads};
use crate::service::running::runner::Caller;
use crate::service::worklist::names::Names;
use crate::service::worklist::who_can::{WhoCan, stopped};
use chrono::NaiveDate;
use domain::base::calendar::Timestamp;
use domain::base::days::Span;
use domain::base::evidence::Evidence;
use domain::base::id::{EvidenceId, ExcuseId, UserId};
use domain::base::permission::{Permission, Role};
use domain::base::record_reference::RecordReference;
use domain::base::refusal::Refusal;
use domain::milestone::excuse::{
    ExaminationForm, ExaminationOutcome, Excuse, ExcuseDecisionForm, ExcuseOutcome, ExcuseStatus,
};
use domain::people::user::Actor;
use domain::recovery::milestone_standing::{MilestoneFile, MilestoneStanding};
use domain::words;
use domain::worklist::matter::MatterKind;
use domain::worklist::rules;
use domain::worklist::waiting::Waiting;
use std::collections::BTreeMap;
use std::sync::Arc;

pub use crate::service::milestone::excuses::READ_PERMISSION;

words! {
    /// Something that a person can do about an excuse.
    pub enum ExcuseAct {
        /// To ask that days of a delay do not count.
        Ask = "ask",
        /// To recommend it or not.
        Examine = "examine",
        Decide = "decide",
    }
}

/// An act that the reader's roles allow on the excuse as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextExcuseAct {
    pub act: ExcuseAct,
    /// Why it cannot be done all the same.
    pub refusal: Option<Refusal>,
}

/// One excuse with everything that its page shows.
pub struct WholeExcuse {
    /// A company does not read what the agency noted.
    pub excuse: Excuse,
    /// The number of the award.
    pub award: String,
    pub beneficiary: String,
    pub milestone: MilestoneFile,
    /// One entry for each act that it waits for.
    pub waiting: Vec<Waiting>,
    /// Who can take the acts that an earlier step of the reader refuses.
    pub who_can: WhoCan,
    pub evidence: BTreeMap<EvidenceId, Evidence>,
    pub people: Names,
    pub next: Vec<NextExcuseAct>,
    /// What becomes of the delay and the damages if the days are granted, for whoever may decide.
    pub if_granted: Option<MilestoneStanding>,
    pub today: NaiveDate,
}

/// The excuses of one milestone, in the order in which they were asked for.
pub struct MilestoneExcuses {
    pub milestone: MilestoneFile,
    /// The number of the award.
    pub award: String,
    pub beneficiary: String,
    pub excuses: Vec<Excuse>,
    /// Whether the reader may ask for one: there are late days, and the reader signs for the company.
    pub may_ask: bool,
    /// The newest documents of the company, for whoever may attach one.
    pub uploads: Vec<OwnUpload>,
}

/// One row of the list of excuses.
pub struct ExcuseRow {
    pub excuse: Excuse,
    pub beneficiary: String,
    /// The number of the award.
    pub award: String,
    pub offices: Vec<Role>,
}

/// One page of the list of excuses, and how many there are in all.
pub struct ExcuseList {
    pub rows: Vec<ExcuseRow>,
    pub all: i64,
}

impl WholeExcuse {
    /// The days that would be granted first: those that the agency recommends, or else those that were asked for.
    pub fn to_grant(&self) -> Span {
        to_grant(&self.excuse)
    }
}

fn to_grant(excuse: &Excuse) -> Span {
    let recommended = excuse.examination.as_ref().and_then(|examination| examination.days);
    recommended.unwrap_or(excuse.asked())
}

impl ExcuseAct {
    fn permission(self) -> Permission {
        match self {
            ExcuseAct::Ask => Permission::AskExcuse,
            ExcuseAct::Examine => Permission::ExamineExcuse,
            ExcuseAct::Decide => Permission::DecideExcuse,
        }
    }

    /// Does it to a copy of the record, as its command would, as far as the record alone decides.
    fn tried(self, excuse: &Excuse, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        let mut copy = excuse.clone();
        match self {
            ExcuseAct::Ask => Err(Refusal::WrongState { noun: "excuse", is: excuse.status.as_str(), needs: "asked" }),
            ExcuseAct::Examine => {
                let (outcome, note) = (ExaminationOutcome::NotRecommended, String::new());
                copy.examine(ExaminationForm { outcome, days: None, note }, &[], by, at)
            }
            ExcuseAct::Decide => {
                let form = ExcuseDecisionForm {
                    outcome: ExcuseOutcome::Refused,
                    days: None,
                    reference: String::new(),
                    dated_on: at.date_in_india(),
                    reasons: String::new(),
                };
                copy.decide(form, &[], by, at)
            }
        }
    }
}

/// The acts that the roles allow on this excuse, each with what would refuse it. An act for which it is in another
/// state is not among them.
fn next_acts(excuse: &Excuse, actor: &Actor, now: Timestamp) -> Vec<NextExcuseAct> {
    let allowed = ExcuseAct::ALL.iter().filter(|act| actor.may(act.permission()).is_ok());
    let tried = allowed.map(|act| NextExcuseAct { act: *act, refusal: act.tried(excuse, actor.user_id, now).err() });
    tried.filter(|next| !matches!(next.refusal, Some(Refusal::WrongState { .. }))).collect()
}

/// Everybody whom the page of an excuse names.
fn people_of(excuse: &Excuse) -> Vec<UserId> {
    let examined = excuse.examination.as_ref().map(|one| one.examined_by);
    let decided = excuse.decision.as_ref().map(|one| one.decided_by);
    [excuse.asked_by].into_iter().chain(examined).chain(decided).collect()
}

impl Service {
    fn whole_excuse(
        &self,
        tx: &mut ReadTx<'_>,
        actor: &Actor,
        of: &RecordReference<ExcuseId>,
    ) -> Result<WholeExcuse, Error> {
        let now = self.clock.now();
        let today = now.date_in_india();
        let found = match of {
            RecordReference::Id(id) => excuses::find(tx, *id)?,
            RecordReference::Number(number) => excuses::find_by_number(tx, number)?,
        };
        let excuse = found.filter(|excuse| actor.sees(excuse.organisation_id)).or_not_found("excuse")?;
        let named = awards::named(tx, &RecordReference::Id(excuse.award_id))?.or_not_found("award")?;
        let milestone = milestones::find(tx, excuse.milestone_id)?.or_not_found("milestone")?;
        let schemes = self.schemes.current(tx)?;
        let delays = Delays::read(tx, Some(named.award.id), None)?;
        let files: Vec<String> = excuse.evidence.0.iter().map(ToString::to_string).collect();
        let found = evidence::of_ids(tx, &files)?;
        let next = next_acts(&excuse, actor, now);
        let standing = delays.file(&schemes, &named.award, milestone.clone(), today)?;
        let if_granted = match next.iter().any(|next| next.act == ExcuseAct::Decide) {
            true => delays.after_grant(excuse.id, to_grant(&excuse), now).ok(),
            false => None,
        };
        let if_granted = if_granted.map(|then| then.file(&schemes, &named.award, milestone, today)).transpose()?;
        let stopped = stopped(actor, next.iter().map(|next| &next.refusal));
        let (waiting, who_can) = self.turn_of(tx, stopped, &[MatterKind::Excuse], &excuse.id.to_string(), today)?;
        Ok(WholeExcuse {
            milestone: standing,
            if_granted: if_granted.map(|file| file.standing),
            waiting,
            who_can,
            evidence: found.into_iter().map(|file| (file.id, file)).collect(),
            people: Names::of_people(tx, actor, &people_of(&excuse))?,
            next,
            excuse: readable(actor, excuse),
            award: named.award.number,
            beneficiary: named.beneficiary,
            today,
        })
    }

    fn excuses_of_milestone(
        &self,
        tx: &mut ReadTx<'_>,
        actor: &Actor,
        award: &str,
        code: &str,
    ) -> Result<MilestoneExcuses, Error> {
        let today = self.clock.now().date_in_india();
        let context = contexts::context(tx, award, code)?.or_not_found("milestone")?;
        let milestone = visible_milestone(tx, actor, context.id)?;
        let award = awards::find(tx, milestone.award_id)?.or_not_found("award")?;
        let schemes = self.schemes.current(tx)?;
        let selection = excuses::Selection { milestone: Some(milestone.id), ..excuses::Selection::default() };
        let asked = excuses::list(tx, selection, None)?;
        let file = Delays::read(tx, Some(award.id), None)?.file(&schemes, &award, milestone, today)?;
        let permitted = actor.may(Permission::AskExcuse).is_ok();
        Ok(MilestoneExcuses {
            excuses: asked.into_iter().map(|excuse| readable(actor, excuse)).collect(),
            may_ask: permitted && file.standing.days_late > 0,
            uploads: own_uploads(tx, actor, award.organisation_id, Permission::AskExcuse)?,
            beneficiary: context.beneficiary,
            milestone: file,
            award: award.number,
        })
    }

    /// One excuse with what its page shows, if it exists for this person.
    pub async fn excuse_file(
        self: &Arc<Self>,
        caller: Caller,
        of: RecordReference<ExcuseId>,
    ) -> Result<WholeExcuse, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| service.whole_excuse(tx, actor, &of)).await
    }

    /// The excuses of the milestone of an award, if it exists for this person.
    pub async fn milestone_excuses(
        self: &Arc<Self>,
        caller: Caller,
        award: String,
        code: String,
    ) -> Result<MilestoneExcuses, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| service.excuses_of_milestone(tx, actor, &award, &code))
            .await
    }

    /// One page of the excuses that a person may see, the newest first; pages are numbered from 1.
    pub async fn excuse_list(
        self: &Arc<Self>,
        caller: Caller,
        status: Option<ExcuseStatus>,
        page: i64,
        rows: i64,
    ) -> Result<ExcuseList, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let part = excuses::Part { status, only: actor.narrowed_to() };
            let all = excuses::count(tx, part)?;
            let found = excuses::page(tx, part, page.saturating_sub(1).saturating_mul(rows), rows)?;
            let companies: Vec<String> = found.iter().map(|excuse| excuse.organisation_id.to_string()).collect();
            let awarded: Vec<String> = found.iter().map(|excuse| excuse.award_id.to_string()).collect();
            let names: BTreeMap<String, String> = organisations::names(tx, &companies)?.into_iter().collect();
            let numbers: BTreeMap<String, String> = awards::numbers(tx, &awarded)?.into_iter().collect();
            let offices = |excuse: &Excuse| {
                let waits = rules::excuse(excuse.status);
                waits.offices()
            };
            let row = |excuse: Excuse| ExcuseRow {
                beneficiary: names.get(&excuse.organisation_id.to_string()).cloned().unwrap_or_default(),
                award: numbers.get(&excuse.award_id.to_string()).cloned().unwrap_or_default(),
                offices: offices(&excuse),
                excuse,
            };
            Ok(ExcuseList { rows: found.into_iter().map(row).collect(), all })
        })
        .await
    }
}
