//! What the rows of claims must say together, whoever wrote them: a claim adds up with its tranches, each line is
//! under the key of its invoice, and the claims of a milestone took no more than is reached of it.

use crate::db::claim::{claimed_shares, claims, final_certificates, invoices};
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::milestones;
use crate::db::payment::tranches;
use crate::service::check::verify::{by_chunks, same};
use crate::service::recovery::bank_returns::kept_beside;
use domain::base::money::Paise;
use domain::claim::claim::{Claim, ClaimStatus};
use domain::claim::final_certificate::FinalCertificate;
use domain::payment::tranche::Tranche;

/// The first contradiction.
pub fn first_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let fault = claims_fault(tx)?;
    if fault.is_some() { Ok(fault) } else { milestones_fault(tx) }
}

fn claims_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    by_chunks(
        tx,
        claims::after,
        |claim| claim.id.to_string(),
        |tx, chunk| {
            let ids: Vec<String> = chunk.iter().map(|claim| claim.id.to_string()).collect();
            let started = tranches::of_claims(tx, &ids)?;
            let kept = kept_beside(tx, &started)?;
            let shares = claimed_shares::of_claims(tx, &ids)?;
            let certified = chunk.iter().any(|claim| claim.certified_at.is_some());
            let settled = if certified { final_certificates::of_claims(tx, &ids)? } else { Vec::new() };
            for claim in chunk {
                let own = started.iter().zip(&kept).filter(|(tranche, _)| tranche.claim_id == claim.id);
                let share = shares.iter().find(|one| one.claim_id == claim.id);
                let mut fault = check_deferred(claim, own, receivable(claim, &settled)).err();
                if share.is_some_and(|share| Some(share.milestone_id) != claim.milestone_id) {
                    fault = Some("its share is of another milestone".to_owned());
                }
                if let Some(line) = invoices::wrong_key(tx, claim.id)? {
                    fault = Some(format!("line {line} is not kept under the keys of its invoice"));
                }
                if let Some(fault) = fault {
                    return Ok(Some(format!("claim {}: {fault}", claim.name())));
                }
            }
            Ok(None)
        },
    )
}

/// What the last settlement of a claim found to be beyond its entitlement: that much stays released, and comes back by
/// recoveries.
fn receivable(claim: &Claim, settled: &[FinalCertificate]) -> Paise {
    let own = settled.iter().rev().filter(|one| one.claim_id == claim.id);
    let last = own.filter_map(|one| one.settlement.as_ref()).next();
    last.map_or(Paise::ZERO, |settlement| settlement.statement.receivable_paise)
}

/// What is deferred of a verified claim is its entitlement, with what has to come back beyond it, without its tranches,
/// with what bank returns applied to recoveries of them, and without what is withheld.
fn check_deferred<'t>(
    claim: &Claim,
    started: impl Iterator<Item = (&'t Tranche, &'t Paise)>,
    receivable: Paise,
) -> Result<(), String> {
    if claim.status != ClaimStatus::Verified {
        return Ok(());
    }
    let stands = |(tranche, kept): (&Tranche, &Paise)| {
        let live = if tranche.is_over() { Paise::ZERO } else { tranche.amount_paise };
        live.checked_add(*kept)
    };
    let live = started.map(stands).collect::<Option<Vec<Paise>>>().and_then(Paise::sum);
    let taken =
        live.and_then(|live| live.checked_add(claim.withheld_paise)).ok_or("its tranches cannot be added up")?;
    let whole = claim.entitlement_paise.checked_add(receivable).ok_or("its receivable cannot be added")?;
    let rest = whole.minus_floored(taken);
    same("its deferred part in paise", claim.deferred_paise.0, "its entitlement and tranches", rest.0)
}

fn milestones_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    by_chunks(
        tx,
        milestones::after,
        |milestone| milestone.id.to_string(),
        |tx, chunk| {
            for milestone in chunk {
                let taken: i64 = claimed_shares::standing(tx, milestone.id)?.iter().map(|one| one.share.0).sum();
                if taken > milestone.claimable_share().0 {
                    let code = &milestone.code;
                    return Ok(Some(format!("milestone {code}: its claims took more than is reached of it")));
                }
            }
            Ok(None)
        },
    )
}
