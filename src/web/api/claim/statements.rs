//! Why this amount, and what a claim would amount to.

use crate::service::claim::statements::StatementFile;
use crate::web::Web;
use crate::web::api::claim::statement_page::page;
use crate::web::edge::extract::{Ask, Signed};
use crate::web::edge::language::Language;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::{Reply, show};
use actix_web::{HttpResponse, get, post, web};
use chrono::NaiveDate;
use domain::base::id::{AwardId, ClaimId, SchemeDraftId};
use domain::claim::claim::{ClaimForm, ClaimLineRecord};
use domain::claim::counted_lines::CountedLine;
use domain::claim::statement::Statement;
use domain::scheme::scheme::Component;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A file that supports the claim.
#[derive(Serialize, ToSchema)]
pub struct StatementEvidence {
    pub file_name: String,
    /// SHA-256.
    pub digest: String,
}

/// Everything needed to recompute the amount of a claim.
#[derive(Serialize, ToSchema)]
pub struct StatementView {
    pub claim_id: ClaimId,
    pub claim_number: Option<String>,
    pub award_number: String,
    pub beneficiary: String,
    pub scheme_code: String,
    pub scheme_version: i64,
    pub scheme_name: String,
    /// Gazette or order number.
    pub scheme_reference: String,
    /// SHA-256 of the scheme's file.
    pub scheme_digest: String,
    pub component: Component,
    pub milestone: Option<String>,
    pub period_from: Option<NaiveDate>,
    pub period_to: Option<NaiveDate>,
    pub statement: Statement,
    /// The final statement, once a final certificate is accepted.
    pub final_statement: Option<Statement>,
    pub lines: Vec<ClaimLineRecord>,
    pub evidence: Vec<StatementEvidence>,
}

fn view(file: StatementFile) -> StatementView {
    let evidence = file.evidence.into_iter().map(|(file_name, digest)| StatementEvidence { file_name, digest });
    StatementView {
        claim_id: file.claim.id,
        claim_number: file.claim.number,
        award_number: file.award.number,
        beneficiary: file.beneficiary,
        scheme_code: file.scheme.code.clone(),
        scheme_version: file.scheme.version,
        scheme_name: file.scheme.name.clone(),
        scheme_reference: file.scheme.reference.clone(),
        scheme_digest: file.scheme_digest,
        component: file.claim.component,
        milestone: file.milestone.map(|(code, _)| code),
        period_from: file.claim.period_from,
        period_to: file.claim.period_to,
        statement: file.statement,
        final_statement: file.final_statement,
        lines: file.lines,
        evidence: evidence.collect(),
    }
}

/// Show how the amount of a claim was computed: every line, rule, number and result.
#[utoipa::path(tag = "claims", responses((status = 200, description = "The statement", body = StatementView)))]
#[get("/claims/{id}/statement")]
pub async fn show_statement(web: web::Data<Web>, signed: Signed, id: web::Path<ClaimId>) -> Reply {
    show(view(web.service.claim_statement(signed.0, id.into_inner()).await?))
}

/// The language of the page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PrintQuery {
    /// English unless given.
    pub language: Option<Language>,
}

/// Show the statement of a claim as a page to print, in English or Hindi.
#[utoipa::path(tag = "claims", params(PrintQuery), responses((status = 200, description = "The page", body = String, content_type = "text/html")))]
#[get("/claims/{id}/statement.html")]
pub async fn print_statement(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<ClaimId>,
    query: web::Query<PrintQuery>,
) -> Reply {
    let file = web.service.claim_statement(signed.0, id.into_inner()).await?;
    let html = page(&file, query.language.unwrap_or(Language::English))
        .map_err(|error| Problem::from(crate::service::running::error::Error::Internal(error.to_string())))?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html))
}

/// The result of a claim that is only computed.
#[derive(Serialize, ToSchema)]
pub struct WhatIf {
    pub statement: Statement,
    pub lines: Vec<CountedLine>,
}

/// Under which rules a claim is computed that is only asked about.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhatIfQuery {
    /// A draft of a version of the award's scheme, for people who may read drafts. Without it, the version that
    /// governs.
    pub scheme_draft: Option<SchemeDraftId>,
}

/// Compute what a claim under an award would amount to today if every line were accepted.
/// Nothing is stored.
#[utoipa::path(tag = "claims", params(WhatIfQuery), request_body = ClaimForm, responses((status = 200, description = "The statement", body = WhatIf)))]
#[post("/awards/{id}/what-if")]
pub async fn what_if_claim(
    web: web::Data<Web>,
    id: web::Path<AwardId>,
    query: web::Query<WhatIfQuery>,
    ask: Ask<ClaimForm>,
) -> Reply {
    let (statement, lines) = web.service.what_if(ask.caller, id.into_inner(), ask.body, query.scheme_draft).await?;
    show(WhatIf { statement, lines })
}
