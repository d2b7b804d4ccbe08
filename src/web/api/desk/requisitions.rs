//! Requisitions of the auditor and the offices' answers.

use crate::service::desk::requisitions::{AnswerRequisition, AskRequisition};
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::listing::{Page, page_answer, rows_on_page};
use crate::web::edge::reply::{Reply, json, made_of_day, show_of_day};
use actix_web::{HttpRequest, get, post, web};
use chrono::NaiveDate;
use domain::base::id::RequisitionId;
use domain::desk::observation::ObservationNote;
use domain::desk::requisition::{Requisition, RequisitionForm, RequisitionStatus};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A requisition, and whether its answer is overdue today.
#[derive(Serialize, ToSchema)]
pub struct RequisitionView {
    #[serde(flatten)]
    pub requisition: Requisition,
    pub overdue: bool,
}

fn view(requisition: Requisition, today: NaiveDate) -> RequisitionView {
    let overdue = requisition.is_overdue(today);
    RequisitionView { requisition, overdue }
}

/// The filter for requisitions.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RequisitionQuery {
    pub status: Option<RequisitionStatus>,
    /// `true`: only those whose answer is overdue today.
    pub overdue: Option<bool>,
    /// 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<RequisitionId>,
}

/// One page of requisitions.
#[derive(Serialize, ToSchema)]
pub struct RequisitionList {
    pub data: Vec<RequisitionView>,
    pub page: Page,
}

/// Request a record or an explanation from an office (auditor).
#[utoipa::path(tag = "audit desk", request_body = RequisitionForm, responses((status = 201, description = "The requisition", body = Requisition)))]
#[post("/requisitions")]
pub async fn ask_requisition(web: web::Data<Web>, post: Post<RequisitionForm>) -> Reply {
    let command = AskRequisition { form: post.body };
    Ok(made_of_day("/requisitions", web.service.execute(post.call, command, json).await?))
}

/// List requisitions in the order in which they were made.
#[utoipa::path(tag = "audit desk", params(RequisitionQuery), responses((status = 200, description = "One page", body = RequisitionList)))]
#[get("/requisitions")]
pub async fn list_requisitions(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<RequisitionQuery>,
    request: HttpRequest,
) -> Reply {
    let RequisitionQuery { status, overdue, limit, cursor } = query.into_inner();
    let limit = rows_on_page(limit)?;
    let overdue = overdue.unwrap_or(false);
    let found = web.service.list_requisitions(signed.0, status, overdue, cursor, limit as i64 + 1).await?;
    let (found, page) = Page::cut(found, limit, |last| last.id.to_string());
    let today = web.service.today();
    let data = found.into_iter().map(|one| view(one, today)).collect();
    let address = page.address(&request);
    Ok(page_answer(json(RequisitionList { data, page }), address))
}

/// Show one requisition.
#[utoipa::path(tag = "audit desk", responses((status = 200, description = "The requisition", body = RequisitionView)))]
#[get("/requisitions/{id}")]
pub async fn show_requisition(web: web::Data<Web>, signed: Signed, id: web::Path<RequisitionId>) -> Reply {
    let requisition = web.service.requisition(signed.0, id.into_inner()).await?;
    show_of_day(requisition.version, view(requisition, web.service.today()))
}

/// Answer a requisition (an office).
#[utoipa::path(tag = "audit desk", request_body = ObservationNote, responses((status = 200, description = "The requisition", body = Requisition)))]
#[post("/requisitions/{id}/answer")]
pub async fn answer_requisition(
    web: web::Data<Web>,
    id: web::Path<RequisitionId>,
    post: Post<ObservationNote>,
) -> Reply {
    let command = AnswerRequisition { id: id.into_inner(), seen_version: post.version()?, note: post.body };
    web.run(post.call, command, json).await
}
