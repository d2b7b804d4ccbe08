//! The final certificates of a claim as a page shows them, beside what the claim was on provisional papers; and what
//! the acceptance of one would come to, which is the decision itself, rehearsed.

use crate::db::claim::{claim_files, final_certificates};
use crate::db::engine::evidence;
use crate::service::Service;
use crate::service::claim::claim_file::ClaimReference;
use crate::service::claim::claims::visible;
use crate::service::claim::final_certificates::{CertifiedClaim, READ_PERMISSION, VerifyFinalCertificate};
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::rehearsal::Rehearsal;
use crate::service::running::runner::{Caller, Command};
use crate::service::worklist::names::Names;
use chrono::NaiveDate;
use domain::base::evidence::Evidence;
use domain::base::id::{EvidenceId, UserId};
use domain::base::refusal::Refusal;
use domain::claim::claim::Claim;
use domain::claim::final_certificate::{CertificateStatus, CertificateVerification, FinalCertificate};
use domain::people::user::Actor;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Stands for the remarks in a rehearsal, which nobody will read.
const NO_REMARKS: &str = "–";

/// Whether the reader may decide on the last certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MayDecide {
    Yes,
    /// The reader's role would, but not this person.
    Refused(Refusal),
    /// There is nothing to decide, or the reader has another role.
    No,
}

/// A claim with its final certificates.
pub struct CertificateFile {
    pub claim: Claim,
    pub beneficiary: String,
    /// The certificates, oldest first.
    pub certificates: Vec<FinalCertificate>,
    pub evidence: BTreeMap<EvidenceId, Evidence>,
    pub people: Names,
    pub may_decide: MayDecide,
    pub today: NaiveDate,
}

fn may_decide(certificate: Option<&FinalCertificate>, actor: &Actor) -> MayDecide {
    let open = certificate.filter(|one| one.status == CertificateStatus::Submitted);
    match open.filter(|_| actor.may(VerifyFinalCertificate::PERMISSION).is_ok()) {
        Some(one) => match one.check_person(actor.user_id) {
            Ok(()) => MayDecide::Yes,
            Err(refusal) => MayDecide::Refused(refusal),
        },
        None => MayDecide::No,
    }
}

fn people_of(certificates: &[FinalCertificate]) -> Vec<UserId> {
    let people = certificates.iter().flat_map(|one| {
        std::iter::once(one.submitted_by).chain(one.decision.as_ref().map(|decision| decision.decided_by))
    });
    people.collect()
}

impl Service {
    /// One claim with its final certificates, if it exists for this person.
    pub async fn certificate_file(
        self: &Arc<Self>,
        caller: Caller,
        of: ClaimReference,
    ) -> Result<CertificateFile, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let context = claim_files::context(tx, &of)?.or_not_found("claim")?;
            let claim = visible(tx, actor, context.id)?;
            let certificates = final_certificates::list(tx, Some(claim.id), actor.narrowed_to())?;
            let files = certificates.iter().flat_map(|one| &one.evidence.0).map(|id| id.to_string());
            let found = evidence::of_ids(tx, &files.collect::<Vec<_>>())?;
            Ok(CertificateFile {
                evidence: found.into_iter().map(|file| (file.id, file)).collect(),
                people: Names::of_people(tx, actor, &people_of(&certificates))?,
                may_decide: may_decide(certificates.last(), actor),
                today: service.clock.now().date_in_india(),
                beneficiary: context.beneficiary,
                certificates,
                claim,
            })
        })
        .await
    }

    /// What this decision would come to. The remarks change no amount, so none are needed for it.
    pub async fn rehearse_certificate(
        self: &Arc<Self>,
        caller: Caller,
        command: VerifyFinalCertificate,
    ) -> Result<Rehearsal<CertifiedClaim>, Error> {
        let sent = CertificateVerification { remarks: NO_REMARKS.to_owned(), ..command.sent };
        self.rehearse_for_page(caller, VerifyFinalCertificate { sent, ..command }).await
    }
}
