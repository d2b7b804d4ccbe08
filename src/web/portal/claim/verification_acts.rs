//! The three buttons of a verification: show what it comes to, verify and reserve, and reject the claim.

use crate::service::claim::claim_verification::{ClaimOutcome, VerifiedClaim, VerifyClaim};
use crate::service::running::rehearsal::Rehearsal;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::claim::claim_page::record_of;
use crate::web::portal::claim::verification_page::{FORM, NOT_NOW, again, file_of, with_rehearsal};
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::sent::Sent;
use domain::claim::claim::LineDecision;
use serde::Deserialize;

/// What a verifier ticked and typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decisions {
    lines: Vec<LineDecision>,
    #[serde(default)]
    remarks: String,
    #[serde(default)]
    reasons: String,
}

/// What a verifier typed who rejects the whole claim: a line need not be decided.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WholeRejection {
    lines: Vec<LineOfRejected>,
    #[serde(default)]
    remarks: String,
    #[serde(default)]
    reasons: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineOfRejected {
    line: i64,
    accepted: Option<bool>,
    #[serde(default)]
    reason: String,
}

impl LineOfRejected {
    /// The decision on a line that has a reason of its own, or is ticked as rejected and lacks one.
    fn decision(self) -> Option<LineDecision> {
        let LineOfRejected { line, accepted, reason } = self;
        let rejected = accepted == Some(false) || accepted.is_none() && !reason.trim().is_empty();
        rejected.then_some(LineDecision { line, accepted: false, reason })
    }
}

/// Shows what the claim comes to as it is ticked. Nothing is stored.
pub async fn show_rehearsal(sent: Sent, at: At) -> Reply {
    let rehearsed = rehearse(&sent, &at).await;
    match rehearsed {
        Ok(rehearsed) => with_rehearsal(sent.page, at, &sent.typed, Some(rehearsed)).await,
        Err(problem) if problem.code == NOT_NOW => with_rehearsal(sent.page, at, &sent.typed, None).await,
        Err(problem) => {
            let record = format!("/claims/{}", at.1);
            sent.answer(Err(problem), &record, FORM, |page, trouble| again(page, at, trouble)).await
        }
    }
}

async fn rehearse(sent: &Sent, at: &At) -> Result<Rehearsal<VerifiedClaim>, Problem> {
    let (Decisions { lines, .. }, call) = sent.call()?;
    let id = file_of(&sent.page, at).await?.whole.claim.id;
    let version = sent.typed.version()?;
    Ok(sent.page.web.service.rehearse_verification(call.caller, id, version, lines).await?)
}

/// Verifies the claim and reserves its amount.
pub async fn verify(sent: Sent, at: At) -> Reply {
    let claim = file_of(&sent.page, &at).await?.whole.claim;
    let (id, outcome) = (claim.id, ClaimOutcome::Verified);
    let command = |Decisions { lines, remarks, reasons }, seen_version| {
        Ok(VerifyClaim { id, seen_version, outcome, lines, remarks, reasons })
    };
    let done = sent.act(command).await;
    sent.answer(done, &record_of(&claim), FORM, |page, trouble| again(page, at, trouble)).await
}

/// Rejects the claim, with reasons that the company reads.
pub async fn reject(sent: Sent, at: At) -> Reply {
    let claim = file_of(&sent.page, &at).await?.whole.claim;
    let (id, outcome) = (claim.id, ClaimOutcome::Rejected);
    let command = |WholeRejection { lines, remarks, reasons }, seen_version| {
        let lines = lines.into_iter().filter_map(LineOfRejected::decision).collect();
        Ok(VerifyClaim { id, seen_version, outcome, lines, remarks, reasons })
    };
    let done = sent.act(command).await;
    sent.answer(done, &record_of(&claim), FORM, |page, trouble| again(page, at, trouble)).await
}
