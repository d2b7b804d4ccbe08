//! Operations on final certificates: submission and verification.

use crate::service::claim::credit_notes::StateCreditNotes;
use crate::service::claim::final_certificates::{CertifiedClaim, SubmitFinalCertificate, VerifyFinalCertificate};
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::record_list::{Asked, Listing, RecordList};
use crate::web::edge::reply::{Reply, json, made, show_version};
use actix_web::{HttpRequest, get, post, web};
use domain::base::id::{ClaimId, FinalCertificateId};
use domain::claim::claim::Claim;
use domain::claim::credit_notes::CreditNotesForm;
use domain::claim::final_certificate::{
    CertificateStatus, CertificateVerification, FinalCertificate, FinalCertificateForm,
};
use domain::desk::selection::Subject;
use domain::payment::tranche::Tranche;
use serde::Serialize;
use utoipa::ToSchema;

/// The list of final certificates.
pub struct FinalCertificateListing;

impl Listing for FinalCertificateListing {
    const SUBJECT: Subject = Subject::FinalCertificates;

    fn words(field: &str) -> Option<Vec<&'static str>> {
        match field {
            "status" => Some(CertificateStatus::ALL.iter().map(|word| word.as_str()).collect()),
            _ => None,
        }
    }
}

/// A decided certificate, its claim, and the tranche of the balance if one started.
#[derive(Serialize, ToSchema)]
pub struct FinalCertificateDecided {
    #[serde(flatten)]
    pub certificate: FinalCertificate,
    pub claim: Claim,
    pub tranche: Option<Tranche>,
}

fn render(done: CertifiedClaim) -> String {
    let CertifiedClaim { certificate, claim, tranche } = done;
    json(FinalCertificateDecided { certificate, claim, tranche })
}

/// Submit the final certificate of a claim that was released in part. The version is the claim's.
#[utoipa::path(tag = "final certificates", request_body = FinalCertificateForm,
    responses((status = 201, description = "The certificate", body = FinalCertificate)))]
#[post("/claims/{id}/final-certificates")]
pub async fn submit_final_certificate(
    web: web::Data<Web>,
    id: web::Path<ClaimId>,
    post: Post<FinalCertificateForm>,
) -> Reply {
    let command = SubmitFinalCertificate { claim_id: id.into_inner(), seen_version: post.version()?, form: post.body };
    Ok(made("/final-certificates", web.service.execute(post.call, command, json).await?))
}

/// State credit notes on a verified claim; what was paid too much becomes a receivable.
#[utoipa::path(tag = "final certificates", request_body = CreditNotesForm,
    responses((status = 201, description = "The notes, with what the claim counts for", body = FinalCertificate)))]
#[post("/claims/{id}/credit-notes")]
pub async fn state_credit_notes(web: web::Data<Web>, id: web::Path<ClaimId>, post: Post<CreditNotesForm>) -> Reply {
    let command = StateCreditNotes { claim_id: id.into_inner(), seen_version: post.version()?, form: post.body };
    Ok(made("/final-certificates", web.service.execute(post.call, command, json).await?))
}

/// List the final certificates the caller may see, in the order in which they were submitted.
#[utoipa::path(tag = "final certificates", params(Asked<FinalCertificateListing>),
    responses((status = 200, description = "One page", body = RecordList<FinalCertificate>)))]
#[get("/final-certificates")]
pub async fn list_final_certificates(
    web: web::Data<Web>,
    signed: Signed,
    asked: Asked<FinalCertificateListing>,
) -> Reply {
    asked.answer(web.service.list_final_certificates(signed.0, asked.page.clone()).await?)
}

/// Show one final certificate with its result.
#[utoipa::path(tag = "final certificates", responses((status = 200, description = "The certificate", body = FinalCertificate)))]
#[get("/final-certificates/{id}")]
pub async fn show_final_certificate(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<FinalCertificateId>,
    request: HttpRequest,
) -> Reply {
    let certificate = web.service.final_certificate(signed.0, id.into_inner()).await?;
    show_version(&request, certificate.version, certificate)
}

/// Accept or return a final certificate. An accepted one pays the balance or opens a receivable.
#[utoipa::path(tag = "final certificates", request_body = CertificateVerification,
    responses((status = 200, description = "The certificate", body = FinalCertificateDecided)))]
#[post("/final-certificates/{id}/verification")]
pub async fn verify_final_certificate(
    web: web::Data<Web>,
    id: web::Path<FinalCertificateId>,
    post: Post<CertificateVerification>,
) -> Reply {
    let command = VerifyFinalCertificate { id: id.into_inner(), seen_version: post.version()?, sent: post.body };
    web.run(post.call, command, render).await
}
