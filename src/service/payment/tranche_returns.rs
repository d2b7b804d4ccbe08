//! Returning a tranche to an earlier desk. Its money stays held and its clock runs on. A sanction that goes back is
//! reversed in the ledger; a tranche that goes back to verification sends its claim to the agency again.

use crate::db::award::awards;
use crate::db::claim::{claim_returns, claims, final_certificates};
use crate::db::payment::tranches;
use crate::service::payment::tranches::visible;
use crate::service::running::as_logged::require_stranger;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::{Command, Done, Work, check_version};
use domain::award::application::check_note;
use domain::base::act::Act;
use domain::base::desk::Desk;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::TrancheId;
use domain::base::noting::{Noting, Reasons};
use domain::base::permission::{Permission, Step};
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::budget::posting;
use domain::claim::claim::Claim;
use domain::claim::claim_return::{ClaimReturn, ClaimSendBack};
use domain::claim::final_certificate::CertificateStatus;
use domain::payment::tranche::{Tranche, TrancheStatus};
use domain::payment::tranche_return::{SendBack, TrancheReturn};
use serde_json::json;

/// The office at whose desk a tranche lies returns it to an earlier one.
pub struct ReturnTranche {
    pub id: TrancheId,
    pub seen_version: i64,
    pub to: Desk,
    pub reasons: String,
    pub note: String,
}

impl Command for ReturnTranche {
    const NAME: &'static str = "return_tranche";
    const PERMISSION: Permission = Permission::ReturnTranche;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "not_your_desk",
        "same_person",
        "hold_expired",
        "payment_advised",
        "verification_stands",
        "budget_exceeded",
    ];
    /// A sanction is reversed.
    const MOVES_MONEY: bool = true;
    type Answer = Tranche;

    fn subject(&self) -> String {
        format!("tranche:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Tranche>, Error> {
        let subject = self.subject();
        self.check()?;
        let mut tranche = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, tranche.version)?;
        require_stranger(work, tranche.organisation_id, Act::Return)?;
        tranche.check_hold(work.today())?;
        let (reasons, note) = (Reasons(self.reasons), Noting::of(self.note));
        let order = SendBack {
            to: self.to,
            reasons: reasons.clone(),
            note: note.clone(),
            by: work.actor.user_id,
            at: work.now,
        };
        let was = tranche.send_back(order, &work.actor.roles)?;
        tranches::update(work.tx, &mut tranche)?;
        let mut reopened = None;
        if self.to == Desk::Verify {
            let order = ClaimSendBack { to: Desk::Verify, reasons, note, by: work.actor.user_id, at: work.now };
            reopened = Some(verify_again(work, &tranche, order)?);
        }
        if was == TrancheStatus::Sanctioned {
            let award = awards::find(work.tx, tranche.award_id)?.or_not_found("award")?;
            let purse = award.purse(tranche.component);
            work.post(&posting::reverse_sanction(&purse, tranche.held_in, tranche.amount_paise, &tranche.number))?;
        }
        let details = json!({
            "was": was, "status": tranche.status, "sanction": tranche.sanction, "amount_paise": tranche.amount_paise,
            "to": self.to, "return_digest": tranche.returns.0.last().map(TrancheReturn::digest),
            "claim_return_digest": reopened.map(|one| one.digest()),
        });
        Ok(Done { subject, answer: tranche, details })
    }
}

impl ReturnTranche {
    fn check(&self) -> Result<(), FieldErrors> {
        let mut desk = FieldErrors::new();
        desk.require(self.to != Desk::Prepare, "/to", FieldReason::DeskEarlier);
        let noted = if self.note.is_empty() { Ok(()) } else { check_note("/note", &self.note) };
        FieldErrors::of_all([desk.finish(), check_note("/reasons", &self.reasons), noted])
    }
}

/// Sends a tranche back to the desk of verification, and its claim to the agency, because two people opened the claim
/// again. A sanction is reversed.
pub(in crate::service) fn send_to_verification(
    work: &mut Work<'_, '_>,
    mut tranche: Tranche,
    reason: String,
) -> Result<(), Error> {
    tranche.check_hold(work.today())?;
    let (reasons, note, by, at) = (Reasons(reason), Noting::of(""), work.actor.user_id, work.now);
    let was = tranche.reopen(SendBack { to: Desk::Verify, reasons: reasons.clone(), note: note.clone(), by, at })?;
    tranches::update(work.tx, &mut tranche)?;
    verify_again(work, &tranche, ClaimSendBack { to: Desk::Verify, reasons, note, by, at })?;
    if was == TrancheStatus::Sanctioned {
        let award = awards::find(work.tx, tranche.award_id)?.or_not_found("award")?;
        let purse = award.purse(tranche.component);
        work.post(&posting::reverse_sanction(&purse, tranche.held_in, tranche.amount_paise, &tranche.number))?;
    }
    Ok(())
}

/// Sends the claim of a returned tranche to the agency again.
fn verify_again(work: &mut Work<'_, '_>, tranche: &Tranche, order: ClaimSendBack) -> Result<ClaimReturn, Error> {
    let mut claim = claims::find(work.tx, tranche.claim_id)?.or_not_found("claim")?;
    require_alone(work, tranche, &claim)?;
    let mut lines = claims::lines(work.tx, claim.id)?;
    let was = claim.send_back(order, &mut lines)?;
    claims::update(work.tx, &mut claim)?;
    claims::replace_lines(work.tx, &claim, &lines)?;
    claim_returns::insert(work.tx, &was)?;
    Ok(was)
}

/// Refuses while something else rests on the verification of the claim: another amount of it, its final
/// certificate, or a supplement.
fn require_alone(work: &mut Work<'_, '_>, tranche: &Tranche, claim: &Claim) -> Result<(), Error> {
    let stands = |reason: Reason| Err(Refusal::VerificationStands { reason }.into());
    let rests = |other: &&Tranche| {
        let paid = other.steps.0.iter().any(|step| step.step == Step::Pay);
        other.id != tranche.id && (paid || !other.is_over())
    };
    let others = tranches::list(work.tx, Some(claim.id), None)?;
    if let Some(other) = others.iter().find(rests) {
        return stands(Reason::OtherTranche { tranche: other.number.to_string() });
    }
    let certificates = final_certificates::list(work.tx, Some(claim.id), None)?;
    if let Some(one) = certificates.iter().find(|one| one.status != CertificateStatus::Returned) {
        return stands(Reason::CertificateRests { number: one.number.to_string() });
    }
    let live = claims::live(work.tx, claim.award_id, claim.component)?;
    match live.iter().find(|other| other.supplements == Some(claim.id)) {
        Some(other) => stands(Reason::SupplementRests { claim: other.name() }),
        None => Ok(()),
    }
}
