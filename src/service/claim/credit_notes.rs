//! Credit notes on a claim that is verified already, stated by the signatory. They are decided like a final
//! certificate: the agency accepts or returns them, the claim is computed again, and what was paid beyond it becomes a
//! receivable.

use crate::db::claim::{claims, final_certificates};
use crate::service::claim::claims::visible as visible_claim;
use crate::service::running::error::Error;
use crate::service::running::evidence::require_evidence;
use crate::service::running::runner::{Command, Done, Work, check_version};
use domain::base::act::require_not_preparer;
use domain::base::id::{ClaimId, FinalCertificateId};
use domain::base::money::Paise;
use domain::base::permission::Permission;
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::claim::claim::{ClaimLine, ClaimLineRecord, ClaimStatus};
use domain::claim::credit_notes::{Counted, CreditNotes, CreditNotesForm, with_notes};
use domain::claim::final_certificate::{CertificateStatus, FinalCertificate};
use serde_json::json;

/// The signatory states credit notes on invoices of a verified claim.
pub struct StateCreditNotes {
    pub claim_id: ClaimId,
    pub seen_version: i64,
    pub form: CreditNotesForm,
}

impl Command for StateCreditNotes {
    const NAME: &'static str = "state_credit_notes";
    const PERMISSION: Permission = Permission::SubmitFinalCertificate;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "organisation_required",
        "evidence_unknown",
        "already_exists",
        "amount_too_large",
    ];
    type Answer = FinalCertificate;

    fn subject(&self) -> String {
        format!("claim:{}", self.claim_id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<FinalCertificate>, Error> {
        let claim = visible_claim(work.tx, &work.actor, self.claim_id)?;
        check_version(self.seen_version, claim.version)?;
        claim.require(ClaimStatus::Verified, "verified")?;
        if claim.certificate_due_on.is_some() && claim.certified_at.is_none() {
            // The final certificate says what is left.
            return Err(Refusal::WrongState { noun: "claim", is: "verified", needs: "certified" }.into());
        }
        require_not_preparer(claim.prepared_by, work.actor.user_id)?;
        let others = final_certificates::list(work.tx, Some(claim.id), None)?;
        if let Some(open) = others.iter().find(|other| other.status == CertificateStatus::Submitted) {
            return Err(Refusal::AlreadyExists { what: Reason::OpenCertificate { number: open.number.clone() } }.into());
        }
        let lines = claims::lines(work.tx, claim.id)?;
        let own = claims::own_gstin(work.tx, claim.organisation_id)?;
        let (before, earlier) = (counted_before(&others, &lines)?, accepted_notes(&others));
        let counted = with_notes(&self.form, claim.component, &own, &lines, (before, &earlier), work.today())?;
        let files = self.form.files();
        let found = require_evidence(work.tx, &files.0, Some(work.actor.own_organisation()?))?;
        let prefix = work.schemes.version(&claim.scheme_code, claim.scheme_version)?.number_prefix.clone();
        let first = self.form.notes.first();
        let certificate = FinalCertificate {
            id: FinalCertificateId(work.new_id()),
            number: work.next_number(&prefix, "FIN")?,
            claim_id: claim.id,
            award_id: claim.award_id,
            organisation_id: claim.organisation_id,
            certificate_number: first.map(|note| note.invoice_number.clone()).unwrap_or_default(),
            issued_by: first.map(|note| note.party.clone()).unwrap_or_default(),
            issued_on: self.form.notes.iter().map(|note| note.invoice_date).max().unwrap_or(work.today()),
            certified_kg: counted.kg,
            certified_amount_paise: counted.amount,
            evidence: files,
            late_reason: None,
            status: CertificateStatus::Submitted,
            submitted_by: work.actor.user_id,
            submitted_at: work.now,
            decision: None,
            settlement: None,
            version: 1,
            notes: Some(CreditNotes(self.form.notes)),
        };
        final_certificates::insert(work.tx, &certificate)?;
        let details = json!({
            "number": certificate.number, "claim": claim.name(), "notes": certificate.notes,
            "certified_kg": certificate.certified_kg, "certified_amount_paise": certificate.certified_amount_paise,
            "evidence_digests": found.into_iter().map(|record| record.digest).collect::<Vec<_>>(),
        });
        Ok(Done { subject: format!("final_certificate:{}", certificate.id), answer: certificate, details })
    }
}

/// The notes that were accepted before.
fn accepted_notes(certificates: &[FinalCertificate]) -> Vec<ClaimLine> {
    let accepted = certificates.iter().filter(|one| one.status == CertificateStatus::Accepted);
    accepted.filter_map(|one| one.notes.clone()).flat_map(|notes| notes.0).collect()
}

/// What the claim counts for now: as the last certificate was accepted, or as its lines were counted.
fn counted_before(certificates: &[FinalCertificate], lines: &[ClaimLineRecord]) -> Result<Counted, Refusal> {
    let accepted = certificates.iter().rev().filter(|one| one.status == CertificateStatus::Accepted);
    if let Some(decision) = accepted.filter_map(|one| one.decision.as_ref()).next() {
        return Ok(Counted { kg: decision.accepted_kg, amount: decision.accepted_amount_paise });
    }
    let counted = || lines.iter().filter(|line| line.stands()).filter_map(|line| line.counted.as_ref());
    let amount = Paise::sum(counted().map(|line| line.counted_amount_paise)).ok_or(Refusal::AmountTooLarge)?;
    Ok(Counted { kg: counted().map(|line| line.counted_kg).sum(), amount })
}
