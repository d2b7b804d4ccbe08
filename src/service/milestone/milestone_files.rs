//! Milestones with their status on a given day, read from the schedule, the granted excuses, and the recoveries
//! of damages with their credits.

use crate::db::award::awards;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::{excuses, milestones};
use crate::db::recovery::{recoveries, recovery_credits};
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::scheme_shelf::Schemes;
use chrono::NaiveDate;
use domain::award::award::Award;
use domain::base::calendar::Timestamp;
use domain::base::days::{Days, Span};
use domain::base::id::{AwardId, ExcuseId, MilestoneId, OrganisationId, UserId};
use domain::base::refusal::Refusal;
use domain::milestone::excuse::{Excuse, ExcuseDecisionForm, ExcuseOutcome};
use domain::milestone::milestone::Milestone;
use domain::recovery::milestone_standing::{DelayRecords, MilestoneFile};
use domain::recovery::recovery::{Recovery, RecoveryKind};
use domain::recovery::recovery_credit::RecoveryCredit;
use std::collections::{BTreeMap, BTreeSet};

/// The records about delays, of one award or of every award that a person may see.
pub(in crate::service) struct Delays {
    excuses: Vec<Excuse>,
    recoveries: Vec<Recovery>,
    credits: Vec<RecoveryCredit>,
}

impl Delays {
    pub fn read(tx: &mut ReadTx<'_>, award: Option<AwardId>, only: Option<OrganisationId>) -> Result<Delays, Error> {
        let selection = excuses::Selection { award, ..excuses::Selection::default() };
        Ok(Delays {
            excuses: excuses::list(tx, selection, only)?,
            recoveries: recoveries::of_damages(tx, award, only)?,
            credits: recovery_credits::of_damages(tx, award, only)?,
        })
    }

    /// The same of these awards.
    pub fn of_awards(tx: &mut ReadTx<'_>, awards: &[String]) -> Result<Delays, Error> {
        Ok(Delays {
            excuses: excuses::of_awards(tx, awards)?,
            recoveries: recoveries::of_damages_under(tx, awards)?,
            credits: recovery_credits::of_damages_under(tx, awards)?,
        })
    }

    /// The same of one award, whose recoveries are read already.
    pub fn of_award(tx: &mut ReadTx<'_>, award: AwardId, recoveries: &[Recovery]) -> Result<Delays, Error> {
        let selection = excuses::Selection { award: Some(award), ..excuses::Selection::default() };
        let damages = recoveries.iter().filter(|recovery| recovery.kind == RecoveryKind::LiquidatedDamages);
        Ok(Delays {
            excuses: excuses::list(tx, selection, None)?,
            recoveries: damages.cloned().collect(),
            credits: recovery_credits::of_damages(tx, Some(award), None)?,
        })
    }

    /// The recoveries of the damages of a milestone, in the order in which their notices were issued.
    pub fn notices(&self, milestone: MilestoneId) -> Vec<Recovery> {
        self.recoveries.iter().filter(|recovery| recovery.milestone_id == Some(milestone)).cloned().collect()
    }

    /// The same after these days of an excuse are granted, by the rule of its decision.
    pub fn after_grant(mut self, id: ExcuseId, days: Span, at: Timestamp) -> Result<Delays, Refusal> {
        for excuse in self.excuses.iter_mut().filter(|excuse| excuse.id == id) {
            let form = ExcuseDecisionForm {
                outcome: ExcuseOutcome::Granted,
                days: Some(days),
                reference: String::new(),
                dated_on: at.date_in_india(),
                reasons: String::new(),
            };
            // Somebody who is nobody: what it would come to is in question, not who decides.
            excuse.decide(form, &[], UserId(uuid::Uuid::nil()), at)?;
        }
        Ok(self)
    }

    /// The late days of a milestone that neither damages nor an excuse answers.
    pub fn unanswered(
        &self,
        schemes: &Schemes,
        award: &Award,
        milestone: &Milestone,
        as_on: NaiveDate,
    ) -> Result<Days, Error> {
        let scheme = schemes.version(&award.scheme_code, award.scheme_version)?;
        let records = DelayRecords { excuses: &self.excuses, recoveries: &self.recoveries, credits: &self.credits };
        let terms = scheme.damages_terms(award.security_required_paise, award.capacity_mtpa)?;
        Ok(milestone.unanswered(terms.as_ref(), &records, as_on)?)
    }

    /// A milestone of an award with its status.
    pub fn file(
        &self,
        schemes: &Schemes,
        award: &Award,
        milestone: Milestone,
        as_on: NaiveDate,
    ) -> Result<MilestoneFile, Error> {
        let scheme = schemes.version(&award.scheme_code, award.scheme_version)?;
        let records = DelayRecords { excuses: &self.excuses, recoveries: &self.recoveries, credits: &self.credits };
        let damages = scheme.damages_terms(award.security_required_paise, award.capacity_mtpa)?;
        let standing = milestone.standing(&scheme.chain, damages, &records, as_on)?;
        Ok(MilestoneFile { changes: milestone.round_changes(), milestone, standing })
    }
}

/// One milestone with its status.
pub(in crate::service) fn file_of(
    tx: &mut ReadTx<'_>,
    schemes: &Schemes,
    milestone: Milestone,
    as_on: NaiveDate,
) -> Result<MilestoneFile, Error> {
    let award = awards::find(tx, milestone.award_id)?.or_not_found("award")?;
    Delays::read(tx, Some(award.id), None)?.file(schemes, &award, milestone, as_on)
}

/// The milestones with these ids, with their status. What happened to their delays is read for their awards together.
pub(in crate::service) fn files_of(
    tx: &mut ReadTx<'_>,
    schemes: &Schemes,
    ids: &[String],
    as_on: NaiveDate,
) -> Result<Vec<MilestoneFile>, Error> {
    let found = milestones::of_ids(tx, ids)?;
    let of: BTreeSet<String> = found.iter().map(|milestone| milestone.award_id.to_string()).collect();
    let of: Vec<String> = of.into_iter().collect();
    let awards: BTreeMap<AwardId, Award> =
        awards::of_ids(tx, &of)?.into_iter().map(|award| (award.id, award)).collect();
    let delays = Delays::of_awards(tx, &of)?;
    let file = |milestone: Milestone| {
        let award = awards.get(&milestone.award_id).or_not_found("award")?;
        delays.file(schemes, award, milestone, as_on)
    };
    found.into_iter().map(file).collect()
}
