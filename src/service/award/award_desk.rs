//! An award as a page shows it: what it may ever receive and where that money stands, its milestones, claims,
//! guarantees and recoveries, and what its reader may do next.

use crate::db::award::{awards, securities};
use crate::db::budget::accounts;
use crate::db::claim::claim_files;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::milestones;
use crate::db::people::organisations;
use crate::db::recovery::recoveries;
use crate::service::Service;
use crate::service::milestone::milestone_files::Delays;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence::{OwnUpload, own_uploads};
use crate::service::running::runner::Caller;
use crate::service::worklist::names::Names;
use chrono::NaiveDate;
use domain::award::award::{Award, AwardEnd, Ceiling};
use domain::award::security::{Security, cover};
use domain::base::id::AwardId;
use domain::base::money::Paise;
use domain::base::permission::Permission;
use domain::base::reason::Reason;
use domain::base::record_reference::RecordReference;
use domain::budget::budget::Balance;
use domain::budget::ledger::Stage;
use domain::claim::claim::ClaimStatus;
use domain::milestone::milestone::{Milestone, MilestoneStatus};
use domain::people::user::Actor;
use domain::recovery::milestone_standing::{DamagesStanding, InstalledPlant, MilestoneFile};
use domain::recovery::recovery::Recovery;
use domain::scheme::scheme::Component;
use domain::words;
use std::collections::BTreeMap;
use std::sync::Arc;

pub use crate::db::claim::claim_files::ClaimBrief;
pub use crate::service::award::awards::READ_PERMISSION;

words! {
    /// Something that a person can do to an award.
    pub enum AwardAct {
        /// To lodge a bank guarantee.
        Lodge = "lodge",
    }
}

/// What one component of an award may ever receive, and where that money stands.
pub struct AwardLimit {
    pub ceiling: Ceiling,
    /// The claims that were not rejected, together.
    pub claimed: Paise,
    /// Not reserved for any tranche yet.
    pub left: Paise,
    /// Withheld until a final certificate, reserved for a tranche, or sanctioned.
    pub on_the_way: Paise,
    /// Less what came back.
    pub paid: Paise,
}

/// A guarantee, and why it covers nothing today.
pub struct CoverRow {
    pub security: Security,
    pub why_not: Option<Reason>,
}

/// One award with everything that its page shows.
pub struct WholeAward {
    pub award: Award,
    pub beneficiary: String,
    /// The number of its application.
    pub application: Option<String>,
    pub limits: Vec<AwardLimit>,
    pub plant: InstalledPlant,
    /// The damages of all milestones together; none where the scheme has no rule on damages.
    pub damages: Option<DamagesStanding>,
    pub milestones: Vec<MilestoneFile>,
    pub securities: Vec<CoverRow>,
    /// What the guarantees cover together today.
    pub cover: Paise,
    pub claims: Vec<ClaimBrief>,
    pub recoveries: Vec<Recovery>,
    /// That two people ended it.
    pub ended: Option<AwardEnd>,
    /// That two people decided that nothing more is due under it; asked of an award that was ended.
    pub owes_nothing: bool,
    pub people: Names,
    pub next: Vec<AwardAct>,
    /// The newest documents of the company, for whoever may attach one.
    pub uploads: Vec<OwnUpload>,
    /// The day on which its scheme begins: no guarantee for it is issued before.
    pub begins_on: NaiveDate,
    pub today: NaiveDate,
}

/// One row of the list of awards.
pub struct AwardRow {
    pub award: Award,
    pub beneficiary: String,
    /// Finished magnet that the plant supports as last verified, tonnes a year.
    pub installed_mtpa: Option<i64>,
    pub paid: Paise,
    /// The milestone that is due first of those that are not verified.
    pub next_milestone: Option<Milestone>,
}

/// One page of the list of awards, and how many there are in all.
pub struct AwardList {
    pub rows: Vec<AwardRow>,
    pub all: i64,
}

impl WholeAward {
    /// What was paid and did not come back, of all components.
    pub fn paid(&self) -> Paise {
        Paise::sum(self.limits.iter().map(|limit| limit.paid)).unwrap_or_default()
    }

    /// How much cover is missing today; `None` if the guarantees suffice.
    pub fn short_by(&self) -> Option<Paise> {
        let short = self.award.security_required_paise.minus_floored(self.cover);
        (short > Paise::ZERO).then_some(short)
    }
}

/// The limit of each component, with the claims for it and the balances of its accounts.
fn limits(award: &Award, claims: &[ClaimBrief], balances: &[Balance]) -> Vec<AwardLimit> {
    let stands = |component: Component, stages: &[Stage]| {
        let own =
            balances.iter().filter(|one| one.account.component == component && stages.contains(&one.account.stage));
        Paise::sum(own.map(|one| one.balance)).unwrap_or_default()
    };
    let claimed = |component: Component| {
        let own = claims.iter().filter(|one| one.component == component && one.status != ClaimStatus::Rejected);
        Paise::sum(own.map(|one| one.claimed_paise)).unwrap_or_default()
    };
    let limit = |ceiling: &Ceiling| AwardLimit {
        claimed: claimed(ceiling.component),
        left: stands(ceiling.component, &[Stage::Committed]),
        on_the_way: stands(ceiling.component, &[Stage::Withheld, Stage::Reserved, Stage::Sanctioned]),
        paid: stands(ceiling.component, &[Stage::Disbursed]),
        ceiling: ceiling.clone(),
    };
    award.ceilings.0.iter().map(limit).collect()
}

impl Service {
    fn whole_award(
        &self,
        tx: &mut ReadTx<'_>,
        actor: &Actor,
        of: &RecordReference<AwardId>,
    ) -> Result<WholeAward, Error> {
        let today = self.clock.now().date_in_india();
        let found = awards::named(tx, of)?.filter(|found| actor.sees(found.award.organisation_id));
        let awards::NamedAward { award, beneficiary, application, ended } = found.or_not_found("award")?;
        let schemes = self.schemes.current(tx)?;
        let schedule = milestones::list(tx, Some(award.id), None)?;
        let chain = &schemes.version(&award.scheme_code, award.scheme_version)?.chain;
        let plant = InstalledPlant::of(&schedule, chain, today);
        let recoveries = recoveries::list(tx, Some(award.id), None, None)?;
        let delays = Delays::of_award(tx, award.id, &recoveries)?;
        let file = |milestone| delays.file(&schemes, &award, milestone, today);
        let milestones = schedule.into_iter().map(file).collect::<Result<Vec<MilestoneFile>, _>>()?;
        let securities = securities::of_award(tx, award.id)?;
        let claims = claim_files::claims_of(tx, award.id)?;
        let owes_nothing = ended.is_some() && awards::owes_nothing(tx, award.id)?;
        let may_lodge = actor.may(Permission::LodgeSecurity).is_ok();
        Ok(WholeAward {
            beneficiary,
            application,
            limits: limits(&award, &claims, &accounts::of_award(tx, award.id)?),
            plant,
            damages: DamagesStanding::total(milestones.iter().map(|file| &file.standing))?,
            milestones,
            cover: cover(&securities, today),
            securities: securities
                .into_iter()
                .map(|security| CoverRow { why_not: security.why_not(today), security })
                .collect(),
            claims,
            recoveries,
            ended,
            owes_nothing,
            people: Names::of_people(tx, actor, &[award.awarded_by])?,
            next: may_lodge.then_some(AwardAct::Lodge).into_iter().collect(),
            uploads: own_uploads(tx, actor, award.organisation_id, Permission::LodgeSecurity)?,
            begins_on: schemes.version(&award.scheme_code, 1)?.effective_from,
            award,
            today,
        })
    }

    /// One award with what its page shows, if it exists for this person.
    pub async fn award_desk(
        self: &Arc<Self>,
        caller: Caller,
        of: RecordReference<AwardId>,
    ) -> Result<WholeAward, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| service.whole_award(tx, actor, &of)).await
    }

    /// One page of the awards that a person may see, the newest first; pages are numbered from 1.
    pub async fn award_list(self: &Arc<Self>, caller: Caller, page: i64, rows: i64) -> Result<AwardList, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let today = service.clock.now().date_in_india();
            let only = actor.narrowed_to();
            let all = awards::count(tx, only)?;
            let found = awards::page(tx, only, page.saturating_sub(1).saturating_mul(rows), rows)?;
            let schemes = service.schemes.current(tx)?;
            let ids: Vec<String> = found.iter().map(|award| award.id.to_string()).collect();
            let companies: Vec<String> = found.iter().map(|award| award.organisation_id.to_string()).collect();
            let names: BTreeMap<String, String> = organisations::names(tx, &companies)?.into_iter().collect();
            let (schedules, paid) = (milestones::of_awards(tx, &ids)?, accounts::paid_under(tx, &ids)?);
            let row = |award: Award| {
                let chain = &schemes.version(&award.scheme_code, award.scheme_version)?.chain;
                let own = || schedules.iter().filter(|milestone| milestone.award_id == award.id);
                let open = own().find(|milestone| milestone.status != MilestoneStatus::Verified);
                let id = award.id.to_string();
                let under = paid.iter().filter(|(of, _)| of.as_ref() == Some(&id)).map(|(_, amount)| Paise(*amount));
                Ok(AwardRow {
                    beneficiary: names.get(&award.organisation_id.to_string()).cloned().unwrap_or_default(),
                    installed_mtpa: InstalledPlant::of(own(), chain, today).installed_magnet_mtpa,
                    paid: Paise::sum(under).unwrap_or_default(),
                    next_milestone: open.cloned(),
                    award,
                })
            };
            Ok(AwardList { rows: found.into_iter().map(row).collect::<Result<_, Error>>()?, all })
        })
        .await
    }
}
