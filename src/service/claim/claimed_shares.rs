//! The share of a milestone that a capital claim takes: the share reached, less what other valid claims took.
//! All claims of a milestone together never take more than the milestone's own share.

use crate::db::claim::claimed_shares;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::milestones;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Work;
use domain::base::id::ClaimId;
use domain::base::money::BasisPoints;
use domain::base::refusal::Refusal;
use domain::claim::claim::{Claim, ClaimStatus};
use domain::milestone::milestone::{ClaimedShare, Milestone};
use domain::scheme::scheme::{Component, Scheme};

/// The share that a claim took when it was verified, or would take if it were verified now.
pub fn share_for(tx: &mut ReadTx<'_>, milestone: &Milestone, claim: ClaimId) -> Result<BasisPoints, Error> {
    // A share that was decided stays, also for a claim that was rejected afterwards.
    if let Some(own) = claimed_shares::of_claims(tx, &[claim.to_string()])?.first() {
        return Ok(own.share);
    }
    Ok(left_of(milestone, claimed_shares::standing(tx, milestone.id)?.iter()))
}

/// What is left of the share that a milestone reached, when verified claims took these.
pub(super) fn left_of<'a>(milestone: &Milestone, taken: impl Iterator<Item = &'a ClaimedShare>) -> BasisPoints {
    let sum: i64 = taken.map(|one| one.share.0).sum();
    BasisPoints((milestone.claimable_share().0 - sum).max(0))
}

/// Stores the share that a claim takes by being verified now; `None` where it has no milestone, or where the scheme
/// lets several claims share one by what each of them gets.
pub fn keep_share(work: &mut Work<'_, '_>, scheme: &Scheme, claim: &Claim) -> Result<Option<BasisPoints>, Error> {
    let Some(id) = claim.milestone_id.filter(|_| !shares_by_amount(scheme, claim.component)) else { return Ok(None) };
    let milestone = milestones::find(work.tx, id)?.or_not_found("milestone")?;
    let share = share_for(work.tx, &milestone, claim.id)?;
    let kept = !claimed_shares::of_claims(work.tx, &[claim.id.to_string()])?.is_empty();
    if share > BasisPoints(0) && !kept {
        claimed_shares::insert(work.tx, &ClaimedShare { claim_id: claim.id, milestone_id: id, share })?;
    }
    Ok(Some(share))
}

/// Whether several claims of one milestone each take what they get, and not all that is reached.
pub(super) fn shares_by_amount(scheme: &Scheme, component: Component) -> bool {
    scheme.book.claims_for(component).is_some_and(|rules| rules.several_claims)
}

/// Refuses a further claim while another one of the milestone is undecided, or when everything reached is
/// taken; where several claims share a milestone, only the first.
pub fn require_room(
    work: &mut Work<'_, '_>,
    scheme: &Scheme,
    milestone: &Milestone,
    others: &[Claim],
) -> Result<(), Error> {
    let mut same = others.iter().filter(|other| other.milestone_id == Some(milestone.id));
    let waits = same.clone().find(|other| other.status != ClaimStatus::Verified);
    let Some(other) = waits.or_else(|| same.next()) else { return Ok(()) };
    if other.status == ClaimStatus::Verified && shares_by_amount(scheme, other.component) {
        return Ok(());
    }
    let taken: i64 = claimed_shares::standing(work.tx, milestone.id)?.iter().map(|one| one.share.0).sum();
    if other.status == ClaimStatus::Verified && taken < milestone.claimable_share().0 {
        return Ok(());
    }
    Err(Refusal::MilestoneClaimed { claim: other.name() }.into())
}
