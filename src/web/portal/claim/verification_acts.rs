//! The three buttons of a verification: show what it comes to, verify and reserve, and reject the claim.

use crate::service::claim::claim_verification::{ClaimOutcome, VerifiedClaim, VerifyClaim};
use crate::service::running::rehearsal::Rehearsal;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::claim::claim_page::record_of;
use crate::web::portal::claim::verification_page::{FORM, NOT_NOW, again, file_of, foreseen};
use crate::web::portal::field::Trouble;
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::problem_page::brings_the_form_back;
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

/// Shows what the claim comes to as it is ticked. Nothing is stored.
pub async fn foresee(sent: Sent, at: At) -> Reply {
    let rehearsed = rehearse(&sent, &at).await;
    let Sent { page, typed, key } = sent;
    match rehearsed {
        Ok(rehearsed) => foreseen(page, at, &typed, Some(rehearsed)).await,
        Err(problem) if problem.code == NOT_NOW => foreseen(page, at, &typed, None).await,
        Err(problem) if brings_the_form_back(&problem) => {
            again(page, at, Trouble { form: FORM, typed, problem, key }).await
        }
        Err(problem) => Err(problem),
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
    decide(sent, at, ClaimOutcome::Verified).await
}

/// Rejects the claim, with reasons that the company reads.
pub async fn reject(sent: Sent, at: At) -> Reply {
    decide(sent, at, ClaimOutcome::Rejected).await
}

async fn decide(sent: Sent, at: At, outcome: ClaimOutcome) -> Reply {
    let claim = file_of(&sent.page, &at).await?.whole.claim;
    let id = claim.id;
    let command = |Decisions { lines, remarks, reasons }, seen_version| {
        Ok(VerifyClaim { id, seen_version, outcome, lines, remarks, reasons })
    };
    let done = sent.act(command).await;
    sent.answer(done, &record_of(&claim), FORM, |page, trouble| again(page, at, trouble)).await
}
