//! Awarding: the competent authority grants capacity; ceilings are committed in the ledger and the
//! milestone schedule begins.

use crate::db::award::{applications, awards, securities};
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::milestones;
use crate::db::people::organisations;
use crate::service::Service;
use crate::service::award::applications::visible as visible_application;
use crate::service::milestone::milestone_files::Delays;
use crate::service::running::as_logged::require_stranger;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::record_page::{RecordPage, RecordsAsked, read_page};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use chrono::NaiveDate;
use domain::award::application::{Application, ApplicationStatus, check_note};
use domain::award::award::{Award, AwardEnd, terms};
use domain::award::scrutiny::require_all;
use domain::award::security::Security;
use domain::base::id::{ApplicationId, AwardId, MilestoneId};
use domain::base::permission::{Permission, Step};
use domain::base::refusal::Refusal;
use domain::budget::posting;
use domain::milestone::milestone::Milestone;
use domain::people::user::Actor;
use domain::recovery::milestone_standing::{DamagesStanding, InstalledPlant, MilestoneFile};
use serde_json::json;
use std::sync::Arc;

/// The award, if it exists for this person.
pub fn visible(tx: &mut ReadTx<'_>, actor: &Actor, id: AwardId) -> Result<Award, Error> {
    awards::find(tx, id)?.filter(|award| actor.sees(award.organisation_id)).or_not_found("award")
}

/// An eligible application gets an award.
pub struct IssueAward {
    pub application_id: ApplicationId,
    pub seen_version: i64,
    pub capacity_mtpa: i64,
    /// Why it is awarded before a bid of a better rank; needed only then.
    pub out_of_order_reason: Option<String>,
}

/// Refuses an award before one of a better rank in the same run, unless its reason is stated.
fn require_order(work: &mut Work<'_, '_>, application: &Application, reason: Option<&str>) -> Result<(), Error> {
    let Some(place) = application.place.as_ref().filter(|_| reason.is_none()) else { return Ok(()) };
    let better = |other: &Application| {
        let theirs = other.place.as_ref().filter(|_| other.status == ApplicationStatus::Eligible);
        theirs.is_some_and(|theirs| {
            theirs.allocation_id == place.allocation_id && theirs.allotted_mtpa().is_some() && theirs.rank < place.rank
        })
    };
    match applications::competing(work.tx, &application.scheme_code)?.into_iter().find(better) {
        Some(other) => Err(Refusal::AwardOutOfOrder { before: other.number.unwrap_or_default() }.into()),
        None => Ok(()),
    }
}

impl Command for IssueAward {
    const NAME: &'static str = "issue_award";
    const PERMISSION: Permission = Permission::IssueAward;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "not_eligible",
        "same_person",
        "not_allotted",
        "award_out_of_order",
        "capacity_not_allowed",
        "beneficiaries_exceeded",
        "capacity_exceeded",
        "budget_exceeded",
        "amount_too_large",
        "criterion_not_met",
        "rule_not_computable",
        "bid_sealed",
    ];
    const MOVES_MONEY: bool = true;
    type Answer = (Award, Vec<MilestoneFile>);

    fn subject(&self) -> String {
        format!("application:{}", self.application_id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Self::Answer>, Error> {
        if let Some(reason) = &self.out_of_order_reason {
            check_note("/out_of_order_reason", reason)?;
        }
        let mut application = visible_application(work.tx, &work.actor, self.application_id)?;
        check_version(self.seen_version, application.version)?;
        require_stranger(work, application.organisation_id, Step::Sanction)?;
        if application.status != ApplicationStatus::Eligible {
            return Err(Refusal::NotEligible.into());
        }
        application.require_not_scrutineer(work.actor.user_id)?;
        let scheme = work.schemes.version(&application.scheme_code, application.scheme_version)?.clone();
        if scheme.allocation.is_some() {
            application.require_allotted(self.capacity_mtpa)?;
            require_order(work, &application, self.out_of_order_reason.as_deref())?;
        }
        let room = awards::room(work.tx, &scheme.code)?;
        let terms = terms(&scheme, &application.form, self.capacity_mtpa, room, work.today())?;
        require_all(&application.form, &scheme, self.capacity_mtpa)?;
        let award = Award {
            id: AwardId(work.new_id()),
            number: work.next_number(&scheme.number_prefix, "AWD")?,
            scheme_code: scheme.code.clone(),
            scheme_version: scheme.version,
            application_id: application.id,
            organisation_id: application.organisation_id,
            capacity_mtpa: self.capacity_mtpa,
            rate_paise_per_kg: application.form.rate()?,
            ceilings: terms.ceilings,
            security_required_paise: terms.security_required,
            awarded_on: work.today(),
            ends_on: terms.ends_on,
            awarded_by: work.actor.user_id,
            awarded_at: work.now,
            commissioned_on: None,
            version: 1,
        };
        let schedule = Milestone::schedule(&scheme, &award, || MilestoneId(work.new_id()));
        awards::insert(work.tx, &award)?;
        for milestone in &schedule {
            milestones::insert(work.tx, milestone)?;
        }
        application.status = ApplicationStatus::Awarded;
        applications::update(work.tx, &mut application)?;
        work.post(&posting::commit_award(&scheme.code, &award.account_award(), &award.ceilings.pairs()))?;
        let details = json!({
            "out_of_order_reason": self.out_of_order_reason,
            "number": award.number, "application_id": application.id, "capacity_mtpa": award.capacity_mtpa,
            "rate_paise_per_kg": award.rate_paise_per_kg, "ceilings": award.ceilings,
            "security_required_paise": award.security_required_paise, "ends_on": award.ends_on,
            "schedule": schedule.iter().map(Milestone::terms).collect::<Vec<_>>(),
        });
        let delays = Delays::read(work.tx, Some(award.id), None)?;
        let file = |milestone| delays.file(work.schemes, &award, milestone, work.now.date_in_india());
        let schedule = schedule.into_iter().map(file).collect::<Result<_, _>>()?;
        Ok(Done { subject: format!("award:{}", award.id), answer: (award, schedule), details })
    }
}

/// Everything about one award, with its status on a given day.
pub struct AwardFile {
    pub award: Award,
    pub beneficiary: String,
    pub plant: InstalledPlant,
    /// The damages of all milestones together; none where the scheme has no rule on damages.
    pub damages: Option<DamagesStanding>,
    pub milestones: Vec<MilestoneFile>,
    pub securities: Vec<Security>,
    /// That two people ended it.
    pub ended: Option<AwardEnd>,
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

impl Service {
    /// Awards of a selection, a page at a time, each with the plant that is installed today.
    pub async fn list_awards(
        self: &Arc<Self>,
        caller: Caller,
        asked: RecordsAsked,
    ) -> Result<RecordPage<(Award, InstalledPlant)>, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let (on, schemes) = (service.on_day(), service.schemes.current(tx)?);
            let today = on.today;
            let load = |tx: &mut ReadTx<'_>, ids: &[String]| -> Result<Vec<(Award, InstalledPlant)>, Error> {
                let milestones = milestones::of_awards(tx, ids)?;
                let with_plant = |award: Award| {
                    let scheme = schemes.version(&award.scheme_code, award.scheme_version)?;
                    let own = milestones.iter().filter(|milestone| milestone.award_id == award.id);
                    let plant = InstalledPlant::of(own, &scheme.chain, today);
                    Ok((award, plant))
                };
                awards::of_ids(tx, ids)?.into_iter().map(with_plant).collect()
            };
            read_page(tx, actor, &on, asked, load, |(award, _)| award.id.to_string())
        })
        .await
    }

    /// One award with its status on a day; the day is today if none is given.
    pub async fn award(
        self: &Arc<Self>,
        caller: Caller,
        id: AwardId,
        as_on: Option<NaiveDate>,
    ) -> Result<AwardFile, Error> {
        let as_on = as_on.unwrap_or(self.clock.now().date_in_india());
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let schemes = service.schemes.current(tx)?;
            let award = visible(tx, actor, id)?;
            let organisation = organisations::find(tx, award.organisation_id)?.or_not_found("organisation")?;
            let scheme = schemes.version(&award.scheme_code, award.scheme_version)?;
            let schedule = milestones::list(tx, Some(id), None)?;
            let plant = InstalledPlant::of(&schedule, &scheme.chain, as_on);
            let delays = Delays::read(tx, Some(id), None)?;
            let file = |milestone| delays.file(&schemes, &award, milestone, as_on);
            let milestones = schedule.into_iter().map(file).collect::<Result<Vec<MilestoneFile>, _>>()?;
            Ok(AwardFile {
                beneficiary: organisation.name,
                damages: DamagesStanding::total(milestones.iter().map(|file| &file.standing))?,
                plant,
                milestones,
                securities: securities::of_award(tx, id)?,
                ended: awards::end_of(tx, id)?,
                award,
            })
        })
        .await
    }
}
