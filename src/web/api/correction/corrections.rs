//! Corrections: ways back that one person proposes and another decides.

use crate::service::correction::corrections::{DecideCorrection, ProposeCorrection};
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::listing::{Page, page_answer, rows_on_page};
use crate::web::edge::reply::{Reply, json, show};
use actix_web::{HttpRequest, get, post, web};
use domain::base::id::CorrectionId;
use domain::correction::correction::{Correction, CorrectionDecision, CorrectionForm};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The start and length of a page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CorrectionQuery {
    /// 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<CorrectionId>,
}

/// One page of corrections.
#[derive(Serialize, ToSchema)]
pub struct CorrectionPage {
    pub data: Vec<Correction>,
    pub page: Page,
}

/// Propose a way back, which another person decides (an office).
/// A sanction is cancelled, an award or a company is held or released, a milestone or a claim is opened again, or the
/// reference or the day of a payment is corrected.
#[utoipa::path(tag = "corrections", request_body = CorrectionForm, responses((status = 201, description = "The correction", body = Correction)))]
#[post("/corrections")]
pub async fn propose_correction(web: web::Data<Web>, post: Post<CorrectionForm>) -> Reply {
    web.make(post.call, "/corrections", ProposeCorrection { form: post.body, typed: None }, json).await
}

/// List corrections, newest first.
#[utoipa::path(tag = "corrections", params(CorrectionQuery), responses((status = 200, description = "One page", body = CorrectionPage)))]
#[get("/corrections")]
pub async fn list_corrections(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<CorrectionQuery>,
    request: HttpRequest,
) -> Reply {
    let limit = rows_on_page(query.limit)?;
    let found = web.service.list_corrections(signed.0, query.cursor, limit as i64 + 1).await?;
    let (data, page) = Page::cut(found, limit, |last| last.id.to_string());
    let address = page.address(&request);
    Ok(page_answer(json(CorrectionPage { data, page }), address))
}

/// Show one correction.
#[utoipa::path(tag = "corrections", responses((status = 200, description = "The correction", body = Correction)))]
#[get("/corrections/{id}")]
pub async fn show_correction(web: web::Data<Web>, signed: Signed, id: web::Path<CorrectionId>) -> Reply {
    show(web.service.correction(signed.0, id.into_inner()).await?)
}

/// Approve or refuse a correction (finance officer or competent authority, and not its proposer).
/// An approval takes effect at once.
#[utoipa::path(tag = "corrections", request_body = CorrectionDecision, responses((status = 200, description = "The correction", body = Correction)))]
#[post("/corrections/{id}/decision")]
pub async fn decide_correction(
    web: web::Data<Web>,
    id: web::Path<CorrectionId>,
    post: Post<CorrectionDecision>,
) -> Reply {
    let command = DecideCorrection { id: id.into_inner(), seen_version: post.version()?, form: post.body };
    web.run(post.call, command, json).await
}
