//! Whose turn it is with a claim, in words: with whom it lies or that it is over, who returned it and why, and what its
//! company can do once it was rejected.

use crate::service::budget::budget_instruments::ProposeBudgetInstrument;
use crate::service::claim::claim_file::{TrancheBrief, WholeClaim};
use crate::service::running::runner::Command;
use crate::web::portal::page::Page;
use crate::web::portal::worklist::waits::{self, Wait};
use domain::base::desk::Desk;
use domain::base::money::Paise;
use domain::claim::claim::{Claim, ClaimStatus};
use domain::correction::correction::CorrectionKind;
use domain::payment::tranche::{Rejection, TrancheStatus};
use domain::people::office::PersonThere;

/// A return after which the claim is to be verified again.
pub struct ToVerifyAgain<'f> {
    /// By whom it was returned, and when.
    pub said: String,
    pub reasons: &'f str,
    /// The name of whoever returned it, for a reader who may see it.
    pub name: Option<String>,
}

/// Why an office returned the claim to be verified again, while that is to be done. A company does not read it.
pub fn to_verify_again<'f>(page: &Page, file: &'f WholeClaim) -> Option<ToVerifyAgain<'f>> {
    let last = file.returns.last().filter(|last| last.to == Desk::Verify)?;
    let reasons = last.reasons.as_ref().filter(|_| file.claim.status == ClaimStatus::Submitted)?;
    let who = file.people.person(last.returned_by, Some(last.returned_at), None)?;
    let values = [("who", page.offices(&who.offices)), ("at", page.instant(&last.returned_at))];
    let said = page.language.text_with("claim-to-verify-again", &values);
    Some(ToVerifyAgain { said, reasons: &reasons.0, name: who.name })
}

/// With whom it lies. What waits for appropriation waits for whoever provides it; less than a rupee waits for nobody.
pub fn waits(page: &Page, file: &WholeClaim) -> Vec<Wait> {
    let deferred = file.claim.deferred_paise;
    if file.waiting.is_empty() && file.claim.status == ClaimStatus::Verified && deferred > Paise::ZERO {
        return vec![waits::said(page.t1("claim-waits-for-a-rupee", "amount", deferred))];
    }
    let mut all = waits::or_nobody(page, &file.waiting, file.today);
    for wait in all.iter_mut().filter(|wait| wait.acts.contains(&ProposeBudgetInstrument::NAME)) {
        wait.clocks = vec![page.t1("claim-waits-for-money", "amount", deferred)];
    }
    all
}

/// Where a verified claim is opened again, for whoever may propose it.
pub fn reopening(page: &Page, claim: &Claim) -> Option<String> {
    let is_verified = claim.status == ClaimStatus::Verified;
    page.correction_address(CorrectionKind::ReopenClaim, &claim.name(), is_verified)
}

/// A tranche that ended without payment: what that means for the claim, and why it was rejected, if it was.
pub struct Ended<'f> {
    pub tranche: &'f TrancheBrief,
    pub text: String,
    pub rejection: Option<&'f Rejection>,
    pub by: Option<PersonThere>,
}

/// The tranche whose end the reader of the claim has to know of: the one with which the claim ended, or whose amount
/// waits in it again. A claim that the agency rejected has reasons of its own.
pub fn ended<'f>(page: &Page, file: &'f WholeClaim) -> Option<Ended<'f>> {
    let (tranche, text) = ended_with(page, file).or_else(|| back_in_claim(page, file))?;
    let rejection = tranche.rejection.as_ref();
    let by = rejection.and_then(|one| file.people.person(one.rejected_by, Some(one.rejected_at), None));
    Some(Ended { tranche, text, rejection, by })
}

fn ended_with<'f>(page: &Page, file: &'f WholeClaim) -> Option<(&'f TrancheBrief, String)> {
    if file.claim.status != ClaimStatus::Rejected || file.claim.rejected_for.is_some() {
        return None;
    }
    let with = |status, key| file.tranches.iter().find(|one| one.status == status).map(|one| (one, page.t(key)));
    with(TrancheStatus::Rejected, "claim-fell-with").or_else(|| with(TrancheStatus::Expired, "claim-expired-with"))
}

/// The newest tranche that ended without payment and whose amount waits in the claim again, with a text about it. A
/// tranche that a final certificate replaced does not: the certificate says what became of it.
fn back_in_claim<'f>(page: &Page, file: &'f WholeClaim) -> Option<(&'f TrancheBrief, String)> {
    let claim = &file.claim;
    if claim.status != ClaimStatus::Verified || claim.deferred_paise == Paise::ZERO {
        return None;
    }
    let is_replaced = claim.certified_at.is_some();
    file.tranches.iter().rev().find_map(|tranche| match tranche.status {
        TrancheStatus::Expired => Some((tranche, page.t("claim-back-expired"))),
        TrancheStatus::Rejected if !is_replaced => Some((tranche, page.t("claim-back-rejected"))),
        _ => None,
    })
}
