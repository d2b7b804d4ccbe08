//! Returns of claims and tranches, compared with the audit log: each return must be the one that the log names, and a
//! claim must stand where its submissions, verifications and returns led.

use crate::db::claim::{claim_returns, claims};
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::service::check::verify_records::{Act, Acts, acts_of, same};
use domain::base::desk::Desk;
use domain::base::digest::hex;
use domain::claim::claim::{Claim, ClaimLineRecord, lines_digest};
use domain::claim::claim_return::ClaimReturn;
use domain::payment::tranche::Tranche;
use sha2::{Digest, Sha256};

/// SHA-256 of a text, as the log has it.
pub(in crate::service) fn digest_of_text(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Where the acts on a claim left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    Drafted,
    Submitted,
    /// Returned to its preparer.
    Returned,
    /// Returned to the agency, to be verified again.
    Reopened,
    Accepted,
    Rejected,
}

impl Course {
    /// The status that follows, unless every tranche of an accepted claim is over.
    pub fn status(self) -> &'static str {
        match self {
            Course::Drafted => "draft",
            Course::Submitted | Course::Reopened => "submitted",
            Course::Returned => "returned",
            Course::Accepted => "verified",
            Course::Rejected => "rejected",
        }
    }

    /// Whether the claim is on its way to be verified, perhaps again.
    pub fn is_open(self) -> bool {
        matches!(self, Course::Submitted | Course::Returned | Course::Reopened)
    }
}

/// What is on record about the returns of one claim.
pub(super) struct Returns {
    pub stored: Vec<ClaimReturn>,
    /// The acts on the tranches of the claim, where one of them was returned.
    of_tranches: Acts,
}

impl Returns {
    pub fn read(tx: &mut ReadTx<'_>, claim: &Claim, started: &[&Tranche]) -> Result<Returns, DbError> {
        let stored = if claim.returned_times > 0 { claim_returns::of_claim(tx, claim.id)? } else { Vec::new() };
        let returned = started.iter().filter(|tranche| tranche.returned_times > 0);
        let subjects: Vec<String> = returned.map(|tranche| format!("tranche:{}", tranche.id)).collect();
        let of_tranches = if subjects.is_empty() { Acts::default() } else { acts_of(tx, &subjects)? };
        Ok(Returns { stored, of_tranches })
    }

    /// How often the claim went to its preparer.
    pub fn to_preparer(&self) -> i64 {
        self.stored.iter().filter(|one| one.to_desk == Desk::Prepare).count() as i64
    }

    /// Where the acts left the claim.
    pub fn course(&self, acts: &[Act]) -> Course {
        let of_claim = |act: &Act| match act.facts.command.as_str() {
            "submit_claim" => Some(Course::Submitted),
            "return_claim" => Some(Course::Returned),
            "verify_claim" if act.details["outcome"] == "verified" => Some(Course::Accepted),
            "verify_claim" => Some(Course::Rejected),
            _ => None,
        };
        let own = acts.iter().filter_map(|act| Some((act.facts.sequence, of_claim(act)?)));
        let reopened = self.reopening().map(|act| (act.facts.sequence, Course::Reopened));
        own.chain(reopened).max_by_key(|(sequence, _)| *sequence).map_or(Course::Drafted, |(_, course)| course)
    }

    /// The acts that sent the claim to the agency again.
    fn reopening(&self) -> impl Iterator<Item = &Act> {
        self.of_tranches.all().filter(|act| act.details["claim_return_digest"].is_string())
    }

    /// Each stored return must be the one of its act, and each such act have its return.
    pub fn check(&self, claim: &Claim, acts: &[Act]) -> Result<(), String> {
        same("the number of its returns", self.stored.len() as i64, claim.returned_times)?;
        let own = acts.iter().filter(|act| act.facts.command == "return_claim");
        let mut logged: Vec<&Act> = own.chain(self.reopening()).collect();
        logged.sort_by_key(|act| act.facts.sequence);
        same("the number of its returns", self.stored.len(), logged.len())?;
        for (one, act) in self.stored.iter().zip(logged) {
            let named = act.details["claim_return_digest"].as_str().unwrap_or_default().to_owned();
            same(&format!("the digest of return {}", one.round), one.digest(), named)?;
            same("the person who returned it", one.returned_by, act.facts.actor_id)?;
        }
        Ok(())
    }

    /// While a claim waits to be verified again its lines are those that were returned, without their decisions.
    pub fn check_reopened_lines(&self, tx: &mut ReadTx<'_>, claim: &Claim) -> Result<Result<(), String>, DbError> {
        let Some(last) = self.stored.last() else { return Ok(Err("its return is gone".to_owned())) };
        let undecided = |line: &ClaimLineRecord| ClaimLineRecord { decision: None, counted: None, ..line.clone() };
        let returned: Vec<ClaimLineRecord> = last.lines.0.iter().map(undecided).collect();
        let stored = lines_digest(&claims::lines(tx, claim.id)?);
        Ok(same("the digest of its lines", stored, lines_digest(&returned)))
    }
}

/// The returns of a tranche between offices must be those of the log.
pub(super) fn check_tranche(tranche: &Tranche, acts: &[Act]) -> Result<(), String> {
    same("the number of its returns", tranche.returns.0.len() as i64, tranche.returned_times)?;
    // The agency returns a claim to its preparer, and the log has that with the claim.
    let mut stored = tranche.returns.0.iter().filter(|one| one.to != Desk::Prepare);
    let mut logged = acts.iter().filter(|act| act.facts.command == "return_tranche");
    loop {
        match (stored.next(), logged.next()) {
            (None, None) => return Ok(()),
            (Some(one), Some(act)) => {
                let named = act.details["return_digest"].as_str().unwrap_or_default().to_owned();
                same(&format!("the digest of return {}", one.round), one.digest(), named)?;
                same("the person who returned it", one.returned_by, act.facts.actor_id)?;
            }
            (Some(one), None) => return Err(format!("the log does not say that {} returned it", one.returned_by)),
            (None, Some(act)) => return Err(format!("the return by {} is gone", act.facts.actor_id)),
        }
    }
}

/// The acts on a tranche since its claim was last sent to be verified again: until then it had another amount.
pub(super) fn since_reopened(acts: &[Act]) -> &[Act] {
    let last = acts.iter().rposition(|act| act.details["claim_return_digest"].is_string());
    last.and_then(|place| acts.get(place + 1..)).unwrap_or(acts)
}
