//! Operations on claims: drafts with their lines, submission, verification, and release of a deferred part.

use crate::service::claim::claim_lines::LinesFile;
use crate::service::claim::claim_verification::{ClaimOutcome, ReleaseDeferred, VerifiedClaim, VerifyClaim};
use crate::service::claim::claims::{ChangeClaim, ClaimFile, CreateClaim, SubmitClaim};
use crate::service::running::runner::Call;
use crate::web::Web;
use crate::web::edge::extract::{Post, Put, Signed, media_type, receive_file, seen_version};
use crate::web::edge::problem::Problem;
use crate::web::edge::record_list::{Asked, Listing, RecordList};
use crate::web::edge::reply::{Reply, done, json, show_version};
use crate::web::edge_reason::EdgeReason;
use crate::web::routes::Nothing;
use actix_web::{HttpRequest, get, post, put, web};
use domain::base::id::{AwardId, ClaimId};
use domain::claim::claim::{CertificateWait, Claim, ClaimForm, ClaimLineRecord, ClaimStatus, LineDecision};
use domain::claim::claim_return::ClaimReturnView;
use domain::desk::selection::Subject;
use domain::payment::tranche::Tranche;
use domain::scheme::scheme::Component;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The filter for claims, beside their fields.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClaimQuery {
    /// Only claims that wait for their final certificate, or only those that are overdue.
    pub certificate: Option<CertificateWait>,
}

/// The list of claims.
pub struct ClaimListing;

impl Listing for ClaimListing {
    const SUBJECT: Subject = Subject::Claims;

    fn words(field: &str) -> Option<Vec<&'static str>> {
        match field {
            "status" => Some(ClaimStatus::ALL.iter().map(|word| word.as_str()).collect()),
            "component" => Some(Component::ALL.iter().map(|word| word.as_str()).collect()),
            _ => None,
        }
    }
}

/// A draft claim under an award.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimCreation {
    pub award_id: AwardId,
    pub form: ClaimForm,
}

/// The new content of a draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimChange {
    pub form: ClaimForm,
}

/// The agency's decision: on the lines, then on the whole claim.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimVerification {
    pub outcome: ClaimOutcome,
    /// A decision on every line; for a rejection only lines with a reason of their own.
    pub lines: Vec<LineDecision>,
    /// Internal noting of the agency; a manufacturer does not read it.
    pub remarks: String,
    /// Why a claim is rejected; the manufacturer reads it. Required for a rejection, and only there.
    #[serde(default)]
    pub reasons: String,
}

/// A claim with its lines.
#[derive(Serialize, ToSchema)]
pub struct ClaimView {
    #[serde(flatten)]
    pub claim: Claim,
    pub lines: Vec<ClaimLineRecord>,
    /// Each return, oldest first, with what was changed after it; in the answer to a read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<ClaimReturnView>,
}

/// A verified claim and the tranche it started.
#[derive(Serialize, ToSchema)]
pub struct ClaimVerified {
    #[serde(flatten)]
    pub claim: Claim,
    pub lines: Vec<ClaimLineRecord>,
    pub tranche: Option<Tranche>,
}

pub(super) fn render((claim, lines): ClaimFile) -> String {
    json(ClaimView { claim, lines, returns: Vec::new() })
}

fn render_verified(verified: VerifiedClaim) -> String {
    json(ClaimVerified { claim: verified.claim, lines: verified.lines, tranche: verified.tranche })
}

/// Draft a claim.
#[utoipa::path(tag = "claims", request_body = ClaimCreation, responses((status = 201, description = "The draft", body = ClaimView)))]
#[post("/claims")]
pub async fn create_claim(web: web::Data<Web>, post: Post<ClaimCreation>) -> Reply {
    let ClaimCreation { award_id, form } = post.body;
    web.make(post.call, "/claims", CreateClaim { award_id, form }, render).await
}

/// Replace the lines of a draft by those of a CSV file.
/// The columns are invoice_number, invoice_date, party, quantity_kg, amount_paise, and behind them supplier_gstin,
/// buyer_gstin and irn, if given, and the codes of facts.
#[utoipa::path(tag = "claims",
    request_body(content = String, content_type = "text/csv", description = "The file itself: up to 10,000 lines"),
    responses((status = 200, description = "The draft", body = ClaimView)))]
#[put("/claims/{id}/lines")]
pub async fn upload_claim_lines(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<ClaimId>,
    request: HttpRequest,
    payload: web::Payload,
) -> Reply {
    let seen = seen_version(&request)?;
    let (call, id) = (Call::unkeyed(signed.0), id.into_inner());
    web.service.may_upload_claim_lines(&call, id).await?;
    if media_type(&request) != "text/csv" {
        return Err(Problem::because("unsupported_media_type", EdgeReason::SendAs { kinds: "text/csv".to_owned() }));
    }
    let content = receive_file(&web, payload, web.json_bytes_most).await?;
    let file = LinesFile { content, amount_claimed_paise: None };
    Ok(done(web.service.upload_claim_lines(call, id, seen, file, render).await?))
}

/// List the claims the caller may see, without their lines, in the order in which they were begun.
#[utoipa::path(tag = "claims", params(Asked<ClaimListing>, ClaimQuery), responses((status = 200, description = "One page", body = RecordList<Claim>)))]
#[get("/claims")]
pub async fn list_claims(
    web: web::Data<Web>,
    signed: Signed,
    asked: Asked<ClaimListing>,
    query: web::Query<ClaimQuery>,
) -> Reply {
    asked.answer(web.service.list_claims(signed.0, asked.page.clone(), query.certificate).await?)
}

/// Show one claim with its lines and, once verified, the statement of its amount.
#[utoipa::path(tag = "claims", responses((status = 200, description = "The claim", body = ClaimView)))]
#[get("/claims/{id}")]
pub async fn show_claim(web: web::Data<Web>, signed: Signed, id: web::Path<ClaimId>, request: HttpRequest) -> Reply {
    let ((claim, lines), returns) = web.service.claim(signed.0, id.into_inner()).await?;
    show_version(&request, claim.version, ClaimView { claim, lines, returns })
}

/// Change a draft.
#[utoipa::path(tag = "claims", request_body = ClaimChange, responses((status = 200, description = "The draft", body = ClaimView)))]
#[put("/claims/{id}")]
pub async fn change_claim(web: web::Data<Web>, id: web::Path<ClaimId>, put: Put<ClaimChange>) -> Reply {
    let command = ChangeClaim { id: id.into_inner(), seen_version: put.version, form: put.body.form };
    web.run(put.call, command, render).await
}

/// Submit a draft: it gets a number and cannot be changed any more.
#[utoipa::path(tag = "claims", request_body = Nothing, responses((status = 200, description = "The claim", body = ClaimView)))]
#[post("/claims/{id}/submission")]
pub async fn submit_claim(web: web::Data<Web>, id: web::Path<ClaimId>, post: Post<Nothing>) -> Reply {
    let command = SubmitClaim { id: id.into_inner(), seen_version: post.version()? };
    web.run(post.call, command, render).await
}

/// Decide a claim line by line; for a verified one the amount is computed and reserved, and a tranche starts.
#[utoipa::path(tag = "claims", request_body = ClaimVerification, responses((status = 200, description = "The claim", body = ClaimVerified)))]
#[post("/claims/{id}/verification")]
pub async fn verify_claim(web: web::Data<Web>, id: web::Path<ClaimId>, post: Post<ClaimVerification>) -> Reply {
    let seen_version = post.version()?;
    let ClaimVerification { outcome, lines, remarks, reasons } = post.body;
    web.run(
        post.call,
        VerifyClaim { id: id.into_inner(), seen_version, outcome, lines, remarks, reasons },
        render_verified,
    )
    .await
}

/// Start a tranche for the part of a verified claim that waited for appropriation.
#[utoipa::path(tag = "claims", request_body = Nothing, responses((status = 200, description = "The claim", body = ClaimVerified)))]
#[post("/claims/{id}/tranches")]
pub async fn release_deferred(web: web::Data<Web>, id: web::Path<ClaimId>, post: Post<Nothing>) -> Reply {
    let command = ReleaseDeferred { id: id.into_inner(), seen_version: post.version()? };
    web.run(post.call, command, render_verified).await
}
