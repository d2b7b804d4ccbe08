//! What a claim stands at: all that was released of it and not taken back, and what recoveries ask of that. A final
//! certificate leaves the entitlement between the two, and no later act makes that more.

use crate::db::claim::final_certificates;
use crate::db::engine::transaction::ReadTx;
use crate::db::payment::tranches;
use crate::db::recovery::recoveries;
use crate::service::recovery::bank_returns::kept_beside;
use crate::service::running::error::Error;
use domain::base::money::Paise;
use domain::base::refusal::Refusal;
use domain::claim::claim::Claim;

/// What a claim stands at.
pub(super) struct ClaimStanding {
    /// Its tranches that are paid or may still be paid, what bank returns kept of them, and what waits in the claim.
    gross: Paise,
    /// What all recoveries of its payments ask, or asked and brought back.
    asked: Paise,
    entitlement: Paise,
}

impl ClaimStanding {
    /// What a certified claim stands at; none before its final certificate, which only then says what was too much.
    pub fn certified(tx: &mut ReadTx<'_>, claim: &Claim) -> Result<Option<ClaimStanding>, Error> {
        if claim.certified_at.is_none() {
            return Ok(None);
        }
        let all = tranches::list(tx, Some(claim.id), None)?;
        let kept = kept_beside(tx, &all)?;
        let live = all.iter().filter(|tranche| !tranche.is_over()).map(|tranche| tranche.amount_paise);
        let parts = live.chain(kept).chain([claim.deferred_paise, claim.withheld_paise]);
        let gross = Paise::sum(parts).ok_or(Refusal::AmountTooLarge)?;
        let (asked, entitlement) = (recoveries::asked_of_claim(tx, claim)?, claim.entitlement_paise);
        Ok(Some(ClaimStanding { gross, asked, entitlement }))
    }

    /// What would stay with the beneficiary beyond its entitlement if so much were not asked any more.
    pub fn beyond(&self, not_asked: Paise) -> Paise {
        self.gross.minus_floored(self.asked.minus_floored(not_asked)).minus_floored(self.entitlement)
    }
}

/// The number of the final certificate, or of the credit notes, by which a claim was settled last.
pub(super) fn settled_by(tx: &mut ReadTx<'_>, claim: &Claim) -> Result<String, Error> {
    let all = final_certificates::list(tx, Some(claim.id), None)?;
    let last = all.into_iter().rev().find(|one| one.settlement.is_some());
    Ok(last.map(|one| one.number).unwrap_or_default())
}
