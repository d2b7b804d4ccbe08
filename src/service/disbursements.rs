//! What the auditor asks: a selection of disbursements in pages, its totals, and everything
//! behind one of them.

use crate::db::connection::ReadTx;
use crate::db::{
    applications, audit_log, awards, claims, disbursements, evidence, final_certificates, journals, milestones,
    organisations, payments, recoveries, schemes, securities, tranches,
};
use crate::domain::application::Application;
use crate::domain::audit::{AuditEntry, StoredJournal};
use crate::domain::award::Award;
use crate::domain::claim::{Claim, ClaimLineRecord};
use crate::domain::disbursement::{
    Disbursement, DisbursementFilter, DisbursementOrder, DisbursementTotals, WrittenDisbursement,
};
use crate::domain::evidence::Evidence;
use crate::domain::final_certificate::FinalCertificate;
use crate::domain::id::{DisbursementId, EvidenceId, OrganisationId};
use crate::domain::milestone::Milestone;
use crate::domain::organisation::Organisation;
use crate::domain::payment::Payment;
use crate::domain::permission::Permission;
use crate::domain::recovery::Recovery;
use crate::domain::scheme::Scheme;
use crate::domain::security::Security;
use crate::domain::tranche::Tranche;
use crate::service::Service;
use crate::service::error::{Error, OrNotFound};
use crate::service::runner::Caller;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One page and the totals of the whole selection.
pub struct DisbursementPage {
    pub rows: Vec<WrittenDisbursement>,
    /// Whether more follow.
    pub more: bool,
    pub totals: Option<DisbursementTotals>,
}

/// Everything behind one disbursement, back to the application.
pub struct Chain {
    pub disbursement: Disbursement,
    pub payments: Vec<Payment>,
    pub tranche: Tranche,
    pub claim: Claim,
    pub lines: Vec<ClaimLineRecord>,
    pub certificates: Vec<FinalCertificate>,
    pub milestone: Option<Milestone>,
    pub award: Award,
    pub securities: Vec<Security>,
    pub application: Application,
    pub organisation: Organisation,
    pub scheme: Arc<Scheme>,
    pub scheme_digest: String,
    pub evidence: Vec<Evidence>,
    /// What of it was asked back.
    pub recoveries: Vec<Recovery>,
    pub journals: Vec<StoredJournal>,
    pub acts: Vec<AuditEntry>,
}

/// Narrows a selection to what a person may see.
fn narrowed(filter: DisbursementFilter, only: Option<OrganisationId>) -> Result<DisbursementFilter, Error> {
    match (only, filter.organisation_id) {
        (Some(own), Some(asked)) if own != asked => Err(Error::NotFound("organisation")),
        (Some(own), _) => Ok(DisbursementFilter { organisation_id: Some(own), ..filter }),
        (None, _) => Ok(filter),
    }
}

impl Service {
    /// One page of a selection; totals of the whole of it where asked.
    pub async fn list_disbursements(
        self: &Arc<Self>,
        caller: Caller,
        filter: DisbursementFilter,
        order: DisbursementOrder,
        limit: usize,
        with_totals: bool,
    ) -> Result<DisbursementPage, Error> {
        self.read(caller, Permission::ReadDisbursements, move |tx, actor| {
            let filter = narrowed(filter, actor.narrowed_to())?;
            let mut rows = disbursements::page(tx, &filter, &order, limit as i64 + 1)?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            let totals = if with_totals { Some(disbursements::totals(tx, &filter)?) } else { None };
            Ok(DisbursementPage { rows, more, totals })
        })
        .await
    }

    pub async fn disbursement(self: &Arc<Self>, caller: Caller, id: DisbursementId) -> Result<Disbursement, Error> {
        self.read(caller, Permission::ReadDisbursements, move |tx, actor| {
            disbursements::find(tx, id)?.filter(|found| actor.sees(found.organisation_id)).or_not_found("disbursement")
        })
        .await
    }

    /// Everything behind one disbursement, from one consistent view.
    pub async fn disbursement_chain(self: &Arc<Self>, caller: Caller, id: DisbursementId) -> Result<Chain, Error> {
        let service = Arc::clone(self);
        self.read(caller, Permission::ReadAuditLog, move |tx, _| {
            let disbursement = disbursements::find(tx, id)?.or_not_found("disbursement")?;
            service.chain(tx, disbursement)
        })
        .await
    }

    fn chain(&self, tx: &mut ReadTx<'_>, disbursement: Disbursement) -> Result<Chain, Error> {
        let tranche = tranches::find(tx, disbursement.tranche_id)?.or_not_found("tranche")?;
        let payments = payments::list(tx, Some(tranche.id), None)?;
        let claim = claims::find(tx, tranche.claim_id)?.or_not_found("claim")?;
        let lines = claims::lines(tx, claim.id)?;
        let milestone = claim.milestone_id.map(|id| milestones::find(tx, id)).transpose()?.flatten();
        let award = awards::find(tx, tranche.award_id)?.or_not_found("award")?;
        let securities = securities::of_award(tx, award.id)?;
        let application = applications::find(tx, award.application_id)?.or_not_found("application")?;
        let organisation = organisations::find(tx, award.organisation_id)?.or_not_found("organisation")?;
        let scheme = Arc::clone(self.schemes.current(tx)?.version(&claim.scheme_code, claim.scheme_version)?);
        let scheme_digest = schemes::digest(tx, &scheme.code, scheme.version)?.or_not_found("scheme")?;
        let mut subjects = vec![
            format!("tranche:{}", tranche.id),
            format!("claim:{}", claim.id),
            format!("award:{}", award.id),
            format!("application:{}", application.id),
            format!("organisation:{}", organisation.id),
        ];
        subjects.extend(payments.iter().map(|payment| format!("payment:{}", payment.id)));
        subjects.extend(securities.iter().map(|security| format!("security:{}", security.id)));
        subjects.extend(milestone.iter().map(|milestone| format!("milestone:{}", milestone.id)));
        let recoveries = recoveries::of_disbursement(tx, disbursement.id)?;
        subjects.extend(recoveries.iter().map(|recovery| format!("recovery:{}", recovery.id)));
        let mut references = vec![tranche.number.clone(), award.number.clone()];
        references.extend(payments.iter().map(|payment| payment.number.clone()));
        references.extend(recoveries.iter().map(|recovery| recovery.number.clone()));
        let certificates = final_certificates::list(tx, Some(claim.id), None)?;
        subjects.extend(certificates.iter().map(|certificate| format!("final_certificate:{}", certificate.id)));
        references.extend(certificates.iter().map(|certificate| certificate.number.clone()));
        let mut papers = attached(&application, milestone.as_ref(), &securities);
        papers.extend(claim.files(&lines));
        for security in &securities {
            papers.extend(securities::events(tx, security.id)?.iter().filter_map(|event| event.evidence_id));
        }
        papers.extend(certificates.iter().flat_map(|certificate| &certificate.evidence.0));
        let evidence =
            papers.into_iter().filter_map(|id| evidence::find(tx, id).transpose()).collect::<Result<Vec<_>, _>>()?;
        Ok(Chain {
            journals: journals::of_reference(tx, &references)?,
            acts: audit_log::of_subjects(tx, &subjects)?,
            disbursement,
            payments,
            tranche,
            claim,
            lines,
            certificates,
            milestone,
            award,
            securities,
            application,
            organisation,
            scheme,
            scheme_digest,
            evidence,
            recoveries,
        })
    }
}

/// Every document on which the chain rests, once.
fn attached(application: &Application, milestone: Option<&Milestone>, securities: &[Security]) -> BTreeSet<EvidenceId> {
    let mut ids: BTreeSet<EvidenceId> =
        application.form.documents.iter().map(|document| document.evidence_id).collect();
    ids.extend(
        application.queries.0.iter().filter_map(|round| round.reply.as_ref()).flat_map(|reply| reply.documents.iter()),
    );
    for round in milestone.iter().flat_map(|milestone| &milestone.rounds.0) {
        ids.extend(&round.report.evidence);
        ids.extend(round.verification.iter().flat_map(|verification| &verification.inspection.evidence));
    }
    ids.extend(application.form.facts.iter().filter_map(|fact| fact.evidence_id));
    ids.extend(securities.iter().map(|security| security.evidence_id));
    ids
}
