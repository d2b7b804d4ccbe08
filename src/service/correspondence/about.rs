//! The records that notes and letters are about, as the rooms of these records show them to a person.

use crate::db::award::awards;
use crate::db::budget::budget_instruments;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::milestone_files;
use crate::db::worklist::numbers;
use crate::service::award::applications;
use crate::service::claim::claims;
use crate::service::milestone::milestones;
use crate::service::payment::tranches;
use crate::service::recovery::recoveries;
use crate::service::running::error::{Error, OrNotFound};
use domain::base::id::{ApplicationId, ClaimId, InstrumentId, MilestoneId, OrganisationId, RecoveryId, TrancheId};
use domain::base::number::Number;
use domain::base::permission::Permission;
use domain::budget::budget_instrument::BudgetInstrument;
use domain::correspondence::about::{About, AboutKind};
use domain::people::user::Actor;

/// How an address names a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AboutReference {
    /// By its kind, and its number or id.
    Record(AboutKind, String),
    /// By the number of the award and the code of the milestone.
    Milestone(String, String),
}

/// What notes and letters need to know of their record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The company whose record it is; none for a budget instrument.
    pub organisation_id: Option<OrganisationId>,
    pub scheme_code: String,
    /// The number of the record, or of the award of a milestone; a draft has none.
    pub number: Option<String>,
    /// Code and title of a milestone.
    pub milestone: Option<(String, String)>,
}

/// The record that an address names, whether it exists for a person or not.
pub(super) fn found(tx: &mut ReadTx<'_>, of: &AboutReference) -> Result<About, Error> {
    match of {
        AboutReference::Milestone(award, code) => {
            let context = milestone_files::context(tx, award, code)?.or_not_found("milestone")?;
            Ok(About::from(context.id))
        }
        AboutReference::Record(kind, reference) => {
            let id = match Number::parse(reference).filter(|number| number.kind.noun() == noun(*kind)) {
                Some(number) => numbers::ids(tx, std::slice::from_ref(&number))?.remove(&number.text),
                None => Some(reference.clone()),
            };
            let id = id.and_then(|id| id.parse().ok()).or_not_found("record")?;
            Ok(About { kind: *kind, id })
        }
    }
}

/// The noun of the records of a kind in addresses.
fn noun(kind: AboutKind) -> &'static str {
    match kind {
        AboutKind::Application => "applications",
        AboutKind::Milestone => "milestones",
        AboutKind::Claim => "claims",
        AboutKind::Tranche => "tranches",
        AboutKind::Recovery => "recoveries",
        AboutKind::BudgetInstrument => "budget-instruments",
    }
}

/// The record, if it exists for this person.
pub fn standing(tx: &mut ReadTx<'_>, actor: &Actor, about: About) -> Result<Standing, Error> {
    let of = |organisation_id, scheme_code, number| Standing {
        organisation_id: Some(organisation_id),
        scheme_code,
        number,
        milestone: None,
    };
    Ok(match about.kind {
        AboutKind::Application => {
            let application = applications::visible(tx, actor, ApplicationId(about.id))?;
            of(application.organisation_id, application.scheme_code, application.number)
        }
        AboutKind::Milestone => {
            let milestone = milestones::visible(tx, actor, MilestoneId(about.id))?;
            let award = awards::find(tx, milestone.award_id)?.or_not_found("award")?;
            let named = Some((milestone.code, milestone.title));
            Standing { milestone: named, ..of(milestone.organisation_id, award.scheme_code, Some(award.number)) }
        }
        AboutKind::Claim => {
            let claim = claims::visible(tx, actor, ClaimId(about.id))?;
            of(claim.organisation_id, claim.scheme_code, claim.number)
        }
        AboutKind::Tranche => {
            let tranche = tranches::visible(tx, actor, TrancheId(about.id))?;
            of(tranche.organisation_id, tranche.scheme_code, Some(tranche.number))
        }
        AboutKind::Recovery => {
            let recovery = recoveries::visible(tx, actor, RecoveryId(about.id))?;
            of(recovery.organisation_id, recovery.scheme_code, Some(recovery.number))
        }
        AboutKind::BudgetInstrument => {
            let found = budget_instruments::find(tx, InstrumentId(about.id))?;
            let seen = found.filter(|_| actor.may(Permission::ReadBudget).is_ok());
            let BudgetInstrument { scheme_code, number, .. } = seen.or_not_found("budget instrument")?;
            Standing { organisation_id: None, scheme_code, number: Some(number), milestone: None }
        }
    })
}
