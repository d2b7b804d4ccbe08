//! What stops the money of a tranche between the desks: its award or its payee is on hold, or the milestone on which it
//! rests was opened again.

use crate::db::claim::claims;
use crate::db::correction::corrections;
use crate::service::claim::claim_tranche::rests_on;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Work;
use domain::base::refusal::Refusal;
use domain::correction::correction::{Correction, held};
use domain::payment::tranche::Tranche;

/// Refuses a step on money that is on hold, or that rests on a milestone which was opened again.
pub(super) fn require_going(work: &mut Work<'_, '_>, tranche: &Tranche) -> Result<(), Error> {
    let subjects = [tranche.award_id.0, tranche.organisation_id.0];
    let found = corrections::holds_on(work.tx, &subjects)?;
    for subject in subjects {
        let own: Vec<Correction> = found.iter().filter(|one| one.subject_id == subject).cloned().collect();
        if let Some(hold) = held(&own) {
            let since = hold.decided_at.unwrap_or(hold.proposed_at).date_in_india();
            return Err(Refusal::OnHold { about: hold.about.clone(), since }.into());
        }
    }
    let claim = claims::find(work.tx, tranche.claim_id)?.or_not_found("claim")?;
    match rests_on(work, &claim)?.into_iter().find(|milestone| milestone.is_reopened()) {
        Some(milestone) => Err(Refusal::MilestoneReopened { milestone: milestone.code }.into()),
        None => Ok(()),
    }
}
