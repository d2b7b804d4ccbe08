//! Excuses: the signatory requests that days of a delay do not count, the agency examines the request, and the
//! competent authority decides.

use crate::db::award::awards;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::{excuses, milestones};
use crate::db::recovery::recoveries;
use crate::service::Service;
use crate::service::milestone::milestones::visible as visible_milestone;
use crate::service::running::as_logged::require_stranger;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence::require_evidence;
use crate::service::running::record_page::{RecordPage, RecordsAsked, read_page};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use domain::base::days::{Days, Span};
use domain::base::digest::hex;
use domain::base::evidence::EvidenceIds;
use domain::base::id::{ExcuseId, MilestoneId};
use domain::base::permission::{Permission, Step};
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::base::step::TrancheStep;
use domain::milestone::excuse::{ExaminationForm, Excuse, ExcuseDecisionForm, ExcuseForm, ExcuseStatus, check_within};
use domain::milestone::milestone::Milestone;
use domain::people::user::Actor;
use domain::recovery::recovery::{Recovery, RecoveryStatus};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The excuse, if it exists for this person.
fn visible(tx: &mut ReadTx<'_>, actor: &Actor, id: ExcuseId) -> Result<Excuse, Error> {
    excuses::find(tx, id)?.filter(|excuse| actor.sees(excuse.organisation_id)).or_not_found("excuse")
}

/// SHA-256 of an excuse as it is stored, as hexadecimal digits.
pub(in crate::service) fn digest_of(excuse: &Excuse) -> String {
    hex(&Sha256::digest(json!(excuse).to_string().as_bytes()))
}

/// The details of an act, for the audit log.
fn details_of(excuse: &Excuse) -> Value {
    json!({
        "number": excuse.number, "milestone_id": excuse.milestone_id, "ground": excuse.ground, "status": excuse.status,
        "asked": excuse.asked(), "granted": excuse.granted(),
        "reference": excuse.decision.as_ref().map(|decision| &decision.reference), "digest": digest_of(excuse),
    })
}

fn done(excuse: Excuse) -> Done<Excuse> {
    Done { subject: format!("excuse:{}", excuse.id), details: details_of(&excuse), answer: excuse }
}

/// Refuses days outside the delay.
fn require_delay(milestone: &Milestone, days: &Span, work: &Work<'_, '_>) -> Result<(), Refusal> {
    let late = milestone.delay(Days::default(), Days::default()).late_days(work.today());
    check_within(days, &late, |day| Reason::NotAmongLateDays { day, due_on: milestone.due_on })
}

/// The steps that people took in excuses for some days of a milestone.
pub(in crate::service) fn steps_on(
    tx: &mut ReadTx<'_>,
    milestone: MilestoneId,
    days: &Days,
) -> Result<Vec<TrancheStep>, Error> {
    let selection = excuses::Selection { milestone: Some(milestone), ..excuses::Selection::default() };
    let meets = |excuse: &Excuse| !Days::of([excuse.asked()]).and(days).is_empty();
    let found = excuses::list(tx, selection, None)?;
    Ok(found.iter().filter(|excuse| meets(excuse)).flat_map(Excuse::steps).collect())
}

/// The days of a milestone that are excused now.
pub(in crate::service) fn granted_days(tx: &mut ReadTx<'_>, milestone: MilestoneId) -> Result<Days, Error> {
    let status = Some(ExcuseStatus::Granted);
    let selection = excuses::Selection { milestone: Some(milestone), status, award: None };
    Ok(Days::of(excuses::list(tx, selection, None)?.iter().filter_map(Excuse::granted)))
}

/// The recoveries that asked damages for some of these days, also those that were dropped: whoever dropped one judged
/// these days already.
fn asking(work: &mut Work<'_, '_>, milestone: MilestoneId, days: Span) -> Result<Vec<Recovery>, Error> {
    let days = Days::of([days]);
    let asks = |recovery: &Recovery| {
        recovery.damages.as_ref().is_some_and(|damages| !Days::of(damages.charged()).and(&days).is_empty())
    };
    Ok(recoveries::all_damages_of(work.tx, milestone)?.into_iter().filter(asks).collect())
}

fn steps_of(recoveries: &[Recovery]) -> Vec<TrancheStep> {
    recoveries.iter().flat_map(|recovery| recovery.steps.0.clone()).collect()
}

/// The signatory requests an excuse.
pub struct AskExcuse {
    pub milestone_id: MilestoneId,
    pub seen_version: i64,
    pub form: ExcuseForm,
}

impl Command for AskExcuse {
    const NAME: &'static str = "ask_excuse";
    const PERMISSION: Permission = Permission::AskExcuse;
    const REFUSALS: &'static [&'static str] = &["stale_version", "date_not_allowed", "evidence_unknown"];
    type Answer = Excuse;

    fn subject(&self) -> String {
        format!("milestone:{}", self.milestone_id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Excuse>, Error> {
        self.form.check()?;
        let milestone = visible_milestone(work.tx, &work.actor, self.milestone_id)?;
        check_version(self.seen_version, milestone.version)?;
        require_delay(&milestone, &self.form.days, work)?;
        let found = require_evidence(work.tx, &self.form.evidence, Some(milestone.organisation_id))?;
        let award = awards::find(work.tx, milestone.award_id)?.or_not_found("award")?;
        let prefix = work.schemes.version(&award.scheme_code, award.scheme_version)?.number_prefix.clone();
        let ExcuseForm { ground, text, days, evidence } = self.form;
        let excuse = Excuse {
            id: ExcuseId(work.new_id()),
            number: work.next_number(&prefix, "EXC")?,
            milestone_id: milestone.id,
            award_id: milestone.award_id,
            organisation_id: milestone.organisation_id,
            ground,
            text,
            asked_from: days.from,
            asked_to: days.to,
            evidence: EvidenceIds(evidence),
            status: ExcuseStatus::Asked,
            asked_by: work.actor.user_id,
            asked_at: work.now,
            examination: None,
            decision: None,
            granted_from: None,
            granted_to: None,
            version: 1,
        };
        excuses::insert(work.tx, &excuse)?;
        let mut done = done(excuse);
        done.details["evidence_digests"] = found.into_iter().map(|record| record.digest).collect();
        Ok(done)
    }
}

/// The agency examines it and gives its opinion.
pub struct ExamineExcuse {
    pub id: ExcuseId,
    pub seen_version: i64,
    pub form: ExaminationForm,
}

impl Command for ExamineExcuse {
    const NAME: &'static str = "examine_excuse";
    const PERMISSION: Permission = Permission::ExamineExcuse;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "same_person", "date_not_allowed"];
    type Answer = Excuse;

    fn subject(&self) -> String {
        format!("excuse:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Excuse>, Error> {
        self.form.check()?;
        let mut excuse = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, excuse.version)?;
        require_stranger(work, excuse.organisation_id, Step::Recommend)?;
        let others = steps_of(&asking(work, excuse.milestone_id, excuse.asked())?);
        excuse.examine(self.form, &others, work.actor.user_id, work.now)?;
        excuses::update(work.tx, &mut excuse)?;
        Ok(done(excuse))
    }
}

/// The competent authority grants some or all of the days, or none.
pub struct DecideExcuse {
    pub id: ExcuseId,
    pub seen_version: i64,
    pub form: ExcuseDecisionForm,
}

impl Command for DecideExcuse {
    const NAME: &'static str = "decide_excuse";
    const PERMISSION: Permission = Permission::DecideExcuse;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "wrong_state", "same_person", "date_not_allowed", "damages_ordered"];
    const ENDS_A_FILE: bool = true;
    type Answer = Excuse;

    fn subject(&self) -> String {
        format!("excuse:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Excuse>, Error> {
        self.form.check(work.today())?;
        let mut excuse = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, excuse.version)?;
        require_stranger(work, excuse.organisation_id, Step::Excuse)?;
        let others = steps_of(&asking(work, excuse.milestone_id, excuse.asked())?);
        excuse.decide(self.form, &others, work.actor.user_id, work.now)?;
        if let Some(days) = excuse.granted() {
            let milestone = milestones::find(work.tx, excuse.milestone_id)?.or_not_found("milestone")?;
            require_delay(&milestone, &days, work)?;
            // After a show-cause notice the order can still take the excuse into account; after an order only a
            // waiver can.
            let open = [RecoveryStatus::Noticed, RecoveryStatus::Replied, RecoveryStatus::Dropped];
            let asking = asking(work, milestone.id, days)?;
            if let Some(ordered) = asking.into_iter().find(|recovery| !open.contains(&recovery.status)) {
                let (recovery, is) = (ordered.number, ordered.status.as_str());
                return Err(Refusal::DamagesOrdered { recovery, is }.into());
            }
        }
        excuses::update(work.tx, &mut excuse)?;
        Ok(done(excuse))
    }
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

/// The record as this reader may see it.
pub(super) fn readable(actor: &Actor, excuse: Excuse) -> Excuse {
    if actor.roles.is_manufacturer() { excuse.without_noting() } else { excuse }
}

impl Service {
    /// Excuses of a selection, a page at a time.
    pub async fn list_excuses(
        self: &Arc<Self>,
        caller: Caller,
        asked: RecordsAsked,
    ) -> Result<RecordPage<Excuse>, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let page = read_page(tx, actor, &service.on_day(), asked, excuses::of_ids, |excuse| excuse.id.to_string())?;
            Ok(page.map(|excuse| readable(actor, excuse)))
        })
        .await
    }

    pub async fn excuse(self: &Arc<Self>, caller: Caller, id: ExcuseId) -> Result<Excuse, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| Ok(readable(actor, visible(tx, actor, id)?))).await
    }
}
