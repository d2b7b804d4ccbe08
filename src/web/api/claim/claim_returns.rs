//! Operations on claims between agency and manufacturer: queries with their replies, and returns for correction.

use crate::service::claim::claim_queries::{RaiseClaimQuery, ReplyToClaimQuery};
use crate::service::claim::claim_returns::ReturnClaim;
use crate::web::Web;
use crate::web::api::claim::claims::{ClaimView, render};
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::reply::{Reply, json, show};
use crate::web::routes::{Answer, Question};
use actix_web::{get, post, web};
use domain::base::id::ClaimId;
use domain::claim::claim::Claim;
use domain::claim::claim_return::ReturnedClaim;
use serde::Deserialize;
use utoipa::ToSchema;

/// A return to the manufacturer for correction.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimReturnOrder {
    /// What is to be corrected; the manufacturer reads it.
    pub reasons: String,
    /// Internal noting of the agency; the manufacturer does not read it.
    #[serde(default)]
    pub note: String,
}

/// Raise a query about a submitted claim with the manufacturer.
#[utoipa::path(tag = "claims", request_body = Question, responses((status = 200, description = "The claim", body = Claim)))]
#[post("/claims/{id}/queries")]
pub async fn raise_claim_query(web: web::Data<Web>, id: web::Path<ClaimId>, post: Post<Question>) -> Reply {
    let command = RaiseClaimQuery { id: id.into_inner(), seen_version: post.version()?, question: post.body.question };
    web.run(post.call, command, json).await
}

/// Reply to the query of a round about a claim.
#[utoipa::path(tag = "claims", request_body = Answer, responses((status = 200, description = "The claim", body = Claim)))]
#[post("/claims/{id}/queries/{round}/reply")]
pub async fn reply_to_claim_query(web: web::Data<Web>, path: web::Path<(ClaimId, i64)>, post: Post<Answer>) -> Reply {
    let (id, round) = path.into_inner();
    let seen_version = post.version()?;
    let Answer { text, documents } = post.body;
    web.run(post.call, ReplyToClaimQuery { id, seen_version, round, text, documents }, json).await
}

/// Return a submitted claim to its preparer for correction; what it was stays in the record.
#[utoipa::path(tag = "claims", request_body = ClaimReturnOrder, responses((status = 200, description = "The claim", body = ClaimView)))]
#[post("/claims/{id}/return")]
pub async fn return_claim(web: web::Data<Web>, id: web::Path<ClaimId>, post: Post<ClaimReturnOrder>) -> Reply {
    let seen_version = post.version()?;
    let ClaimReturnOrder { reasons, note } = post.body;
    web.run(post.call, ReturnClaim { id: id.into_inner(), seen_version, reasons, note }, render).await
}

/// Show what a claim was when it was returned: form, decided lines, statement, and what was changed since.
#[utoipa::path(tag = "claims", responses((status = 200, description = "The claim as it was returned", body = ReturnedClaim)))]
#[get("/claims/{id}/returns/{round}")]
pub async fn show_returned_claim(web: web::Data<Web>, signed: Signed, path: web::Path<(ClaimId, i64)>) -> Reply {
    let (id, round) = path.into_inner();
    show(web.service.returned_claim(signed.0, id, round).await?)
}
