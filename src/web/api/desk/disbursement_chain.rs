//! The provenance of one disbursement: as one answer, and as a bundle of files.

use crate::service::desk::disbursement_chain::{Chain, ChainAct};
use crate::service::off_thread;
use crate::web::Web;
use crate::web::api::desk::bundle;
use crate::web::api::payment::payments::PaymentView;
use crate::web::api::people::organisations::OrganisationView;
use crate::web::edge::download::Spool;
use crate::web::edge::extract::Signed;
use crate::web::edge::reply::{Reply, show};
use actix_web::{HttpRequest, get, web};
use domain::award::application::Application;
use domain::award::award::Award;
use domain::award::security::{Security, SecurityEvent};
use domain::base::evidence::Evidence;
use domain::base::id::DisbursementId;
use domain::claim::claim::{Claim, ClaimLineRecord};
use domain::claim::final_certificate::FinalCertificate;
use domain::log::audit::StoredJournal;
use domain::milestone::excuse::Excuse;
use domain::milestone::milestone::Milestone;
use domain::payment::disbursement::Disbursement;
use domain::payment::payment_advice::PaymentAdvice;
use domain::payment::tranche::Tranche;
use domain::payment::treasury_return::{TreasuryReturn, TreasuryReturnLine};
use domain::recovery::recovery::Recovery;
use domain::recovery::recovery_credit::RecoveryCredit;
use domain::scheme::scheme::Scheme;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// One line of a posted journal: debits are positive, credits negative.
#[derive(Serialize, ToSchema)]
pub struct EntryView {
    pub account: String,
    pub amount_paise: i64,
}

/// A posted journal.
#[derive(Serialize, ToSchema)]
pub struct JournalView {
    pub id: String,
    pub kind: String,
    pub reference: String,
    pub posted_at: String,
    pub audit_sequence: i64,
    pub entries: Vec<EntryView>,
}

impl From<StoredJournal> for JournalView {
    fn from(journal: StoredJournal) -> Self {
        let entries = journal
            .entries
            .into_iter()
            .map(|entry| EntryView { account: entry.account_code, amount_paise: entry.amount_paise });
        JournalView {
            id: journal.id,
            kind: journal.kind,
            reference: journal.reference,
            posted_at: journal.posted_at,
            audit_sequence: journal.audit_sequence,
            entries: entries.collect(),
        }
    }
}

/// The provenance of one disbursement, back to the application.
#[derive(Serialize, ToSchema)]
pub struct ChainView {
    pub disbursement: Disbursement,
    /// Other disbursements of this tranche, before or after one that the bank returned.
    pub other_disbursements: Vec<Disbursement>,
    /// Every payment of this tranche, including failed ones.
    pub payments: Vec<PaymentView>,
    /// The payment advices that instructed the treasury to pay.
    pub payment_advices: Vec<PaymentAdvice>,
    /// The treasury's files that name these payments, with their answers on them.
    pub treasury_returns: Vec<TreasuryReturn>,
    pub treasury_answers: Vec<TreasuryReturnLine>,
    /// The tranche, with the steps that people took and the sanction.
    pub tranche: Tranche,
    /// Other amounts of the same claim: deferred, withheld or corrected.
    pub other_tranches: Vec<Tranche>,
    /// The claim, with the statement of its amount.
    pub claim: Claim,
    /// The claim that this one supplements.
    pub supplemented_claim: Option<Claim>,
    pub claim_lines: Vec<ClaimLineRecord>,
    /// Final certificates of the claim, with the final statement of its amount.
    pub final_certificates: Vec<FinalCertificate>,
    /// The milestone, with its reports and inspections, round by round.
    pub milestone: Option<Milestone>,
    pub excuses: Vec<Excuse>,
    pub award: Award,
    pub securities: Vec<Security>,
    pub security_events: Vec<SecurityEvent>,
    /// The application, with its queries and scrutiny.
    pub application: Application,
    pub beneficiary: OrganisationView,
    /// The version of the scheme under which the claim was decided.
    pub scheme: Scheme,
    /// SHA-256 of its text.
    pub scheme_digest: String,
    pub evidence: Vec<Evidence>,
    /// Recoveries of this money, and recoveries that were set off against it.
    pub recoveries: Vec<Recovery>,
    /// The credits of these recoveries.
    pub recovery_credits: Vec<RecoveryCredit>,
    pub journals: Vec<JournalView>,
    /// Every act and refused attempt on any of these records: its person, the roles at that time, and its place
    /// in the log.
    pub acts: Vec<ChainAct>,
}

impl From<Chain> for ChainView {
    fn from(chain: Chain) -> Self {
        let Chain { grounds, money, evidence, journals, acts } = chain;
        ChainView {
            disbursement: grounds.disbursement,
            other_disbursements: money.other_disbursements,
            payments: money.payments.into_iter().map(PaymentView::from).collect(),
            payment_advices: money.advices,
            treasury_returns: money.treasury_returns,
            treasury_answers: money.treasury_answers,
            tranche: grounds.tranche,
            other_tranches: grounds.other_tranches,
            claim: grounds.claim,
            supplemented_claim: grounds.supplemented,
            claim_lines: grounds.lines,
            final_certificates: grounds.certificates,
            milestone: grounds.milestone,
            excuses: grounds.excuses,
            award: grounds.award,
            securities: grounds.securities,
            security_events: grounds.security_events,
            application: grounds.application,
            beneficiary: grounds.organisation.into(),
            scheme: (*grounds.scheme).clone(),
            scheme_digest: grounds.scheme_digest,
            evidence,
            recoveries: money.recoveries,
            recovery_credits: money.credits,
            journals: journals.into_iter().map(JournalView::from).collect(),
            acts,
        }
    }
}

/// Show the provenance of one disbursement (auditor).
#[utoipa::path(tag = "disbursements", responses((status = 200, description = "The chain", body = ChainView)))]
#[get("/disbursements/{id}/chain")]
pub async fn show_disbursement_chain(web: web::Data<Web>, signed: Signed, id: web::Path<DisbursementId>) -> Reply {
    show(ChainView::from(web.service.disbursement_chain(signed.0, id.into_inner()).await?))
}

/// Download the provenance of one disbursement as a bundle that can be checked without this service (auditor).
/// The bundle has a page to read, the files, the entries of the log with their proofs, and the signed checkpoint.
#[utoipa::path(tag = "disbursements",
    responses((status = 200, description = "The bundle", body = Vec<u8>, content_type = "application/zip"),
        (status = 206, description = "The part of the file that was asked", body = String, content_type = "application/zip")))]
#[get("/disbursements/{id}/bundle")]
pub async fn download_disbursement_bundle(
    web: web::Data<Web>,
    request: HttpRequest,
    signed: Signed,
    id: web::Path<DisbursementId>,
) -> Reply {
    let behind = web.service.disbursement_bundle(signed.0, id.into_inner()).await?;
    let slot = web.service.download_slot()?;
    let service = Arc::clone(&web.service);
    let (file_name, spooled) = off_thread(move || {
        let _slot = slot;
        let ready = bundle::lay_out(behind)?;
        let file = Spool::open(&service.downloads)?;
        Ok((ready.file_name.clone(), bundle::write(&service, &ready, file)?))
    })
    .await?;
    spooled.answer(&request, "application/zip", &file_name)
}
