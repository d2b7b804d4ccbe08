//! Awards.

use crate::domain::award::Award;
use crate::domain::id::{ApplicationId, AwardId};
use crate::domain::milestone::Milestone;
use crate::domain::security::Security;
use crate::service::awards::IssueAward;
use crate::web::Web;
use crate::web::extract::{Post, Signed};
use crate::web::reply::{Reply, json, list, made, show_version};
use actix_web::{HttpRequest, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How much is awarded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AwardIssue {
    pub capacity_mtpa: i64,
}

/// A new award with its schedule.
#[derive(Serialize, ToSchema)]
pub struct AwardIssued {
    #[serde(flatten)]
    pub award: Award,
    pub milestones: Vec<Milestone>,
}

/// Everything about an award.
#[derive(Serialize, ToSchema)]
pub struct AwardView {
    #[serde(flatten)]
    pub award: Award,
    pub beneficiary: String,
    pub milestones: Vec<Milestone>,
    pub securities: Vec<Security>,
}

/// Award capacity to an eligible application; its ceilings are committed.
#[utoipa::path(tag = "awards", request_body = AwardIssue, responses((status = 201, description = "The award", body = AwardIssued)))]
#[post("/applications/{id}/award")]
pub async fn issue_award(web: web::Data<Web>, id: web::Path<ApplicationId>, post: Post<AwardIssue>) -> Reply {
    let command = IssueAward {
        application_id: id.into_inner(),
        seen_version: post.version()?,
        capacity_mtpa: post.body.capacity_mtpa,
    };
    let render = |(award, milestones)| json(AwardIssued { award, milestones });
    Ok(made("/awards", web.service.execute(post.call, command, render).await?))
}

/// List the awards the caller may see.
#[utoipa::path(tag = "awards", responses((status = 200, description = "Awards", body = crate::web::reply::List<Award>)))]
#[get("/awards")]
pub async fn list_awards(web: web::Data<Web>, signed: Signed) -> Reply {
    list(web.service.list_awards(signed.0).await?)
}

/// Show one award with its schedule and securities.
#[utoipa::path(tag = "awards", responses((status = 200, description = "The award", body = AwardView)))]
#[get("/awards/{id}")]
pub async fn show_award(web: web::Data<Web>, signed: Signed, id: web::Path<AwardId>, request: HttpRequest) -> Reply {
    let file = web.service.award(signed.0, id.into_inner()).await?;
    let version = file.award.version;
    let view = AwardView {
        award: file.award,
        beneficiary: file.beneficiary,
        milestones: file.milestones,
        securities: file.securities,
    };
    show_version(&request, version, view)
}
