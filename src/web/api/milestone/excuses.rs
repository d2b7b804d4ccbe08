//! Excuses: days of a milestone's delay that are not to be counted.

use crate::service::milestone::excuses::{AskExcuse, DecideExcuse, ExamineExcuse};
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::record_list::{Asked, Listing, RecordList};
use crate::web::edge::reply::{Reply, json, made, show_version};
use actix_web::{HttpRequest, get, post, web};
use domain::base::id::{ExcuseId, MilestoneId};
use domain::desk::selection::Subject;
use domain::milestone::excuse::{ExaminationForm, Excuse, ExcuseDecisionForm, ExcuseForm, ExcuseGround, ExcuseStatus};

/// The list of excuses.
pub struct ExcuseListing;

impl Listing for ExcuseListing {
    const SUBJECT: Subject = Subject::Excuses;

    fn words(field: &str) -> Option<Vec<&'static str>> {
        match field {
            "status" => Some(ExcuseStatus::ALL.iter().map(|word| word.as_str()).collect()),
            "ground" => Some(ExcuseGround::ALL.iter().map(|word| word.as_str()).collect()),
            _ => None,
        }
    }
}

/// Request that days of a delay are not counted (signatory). The version is the milestone's.
#[utoipa::path(tag = "excuses", request_body = ExcuseForm, responses((status = 201, description = "The excuse", body = Excuse)))]
#[post("/milestones/{id}/excuses")]
pub async fn ask_excuse(web: web::Data<Web>, id: web::Path<MilestoneId>, post: Post<ExcuseForm>) -> Reply {
    let command = AskExcuse { milestone_id: id.into_inner(), seen_version: post.version()?, form: post.body };
    Ok(made("/excuses", web.service.execute(post.call, command, json).await?))
}

/// List the excuses the caller may see, in the order in which they were requested.
#[utoipa::path(tag = "excuses", params(Asked<ExcuseListing>), responses((status = 200, description = "One page", body = RecordList<Excuse>)))]
#[get("/excuses")]
pub async fn list_excuses(web: web::Data<Web>, signed: Signed, asked: Asked<ExcuseListing>) -> Reply {
    asked.answer(web.service.list_excuses(signed.0, asked.page.clone()).await?)
}

/// Show one excuse with the agency's examination and the decision.
#[utoipa::path(tag = "excuses", responses((status = 200, description = "The excuse", body = Excuse)))]
#[get("/excuses/{id}")]
pub async fn show_excuse(web: web::Data<Web>, signed: Signed, id: web::Path<ExcuseId>, request: HttpRequest) -> Reply {
    let excuse = web.service.excuse(signed.0, id.into_inner()).await?;
    show_version(&request, excuse.version, excuse)
}

/// Recommend an excuse or not (verifier).
#[utoipa::path(tag = "excuses", request_body = ExaminationForm, responses((status = 200, description = "The excuse", body = Excuse)))]
#[post("/excuses/{id}/examination")]
pub async fn examine_excuse(web: web::Data<Web>, id: web::Path<ExcuseId>, post: Post<ExaminationForm>) -> Reply {
    let command = ExamineExcuse { id: id.into_inner(), seen_version: post.version()?, form: post.body };
    web.run(post.call, command, json).await
}

/// Grant some or all of the days, or none (competent authority).
#[utoipa::path(tag = "excuses", request_body = ExcuseDecisionForm, responses((status = 200, description = "The excuse", body = Excuse)))]
#[post("/excuses/{id}/decision")]
pub async fn decide_excuse(web: web::Data<Web>, id: web::Path<ExcuseId>, post: Post<ExcuseDecisionForm>) -> Reply {
    let command = DecideExcuse { id: id.into_inner(), seen_version: post.version()?, form: post.body };
    web.run(post.call, command, json).await
}
