//! Milestones.

use crate::domain::id::{AwardId, MilestoneId};
use crate::domain::milestone::{Inspection, Milestone, MilestoneReport, VerificationOutcome};
use crate::service::milestones::{ReportMilestone, VerifyMilestone};
use crate::web::Web;
use crate::web::extract::{Post, Signed};
use crate::web::reply::{Reply, json, list, show_version};
use actix_web::{HttpRequest, get, post, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Which milestones.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MilestoneQuery {
    pub award_id: Option<AwardId>,
}

/// What the agency decides, and on what it rests.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestoneVerification {
    pub outcome: VerificationOutcome,
    pub inspection: Inspection,
}

/// List the milestones the caller may see.
#[utoipa::path(tag = "milestones", params(MilestoneQuery),
    responses((status = 200, description = "Milestones", body = crate::web::reply::List<Milestone>)))]
#[get("/milestones")]
pub async fn list_milestones(web: web::Data<Web>, signed: Signed, query: web::Query<MilestoneQuery>) -> Reply {
    list(web.service.list_milestones(signed.0, query.award_id).await?)
}

/// Show one milestone.
#[utoipa::path(tag = "milestones", responses((status = 200, description = "The milestone", body = Milestone)))]
#[get("/milestones/{id}")]
pub async fn show_milestone(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<MilestoneId>,
    request: HttpRequest,
) -> Reply {
    let milestone = web.service.milestone(signed.0, id.into_inner()).await?;
    show_version(&request, milestone.version, milestone)
}

/// Report installed capacity with evidence.
#[utoipa::path(tag = "milestones", request_body = MilestoneReport, responses((status = 200, description = "The milestone", body = Milestone)))]
#[post("/milestones/{id}/reports")]
pub async fn report_milestone(web: web::Data<Web>, id: web::Path<MilestoneId>, post: Post<MilestoneReport>) -> Reply {
    let command = ReportMilestone { id: id.into_inner(), seen_version: post.version()?, report: post.body };
    web.run(post.call, command, json).await
}

/// Verify or return a report with the record of the inspection.
#[utoipa::path(tag = "milestones", request_body = MilestoneVerification, responses((status = 200, description = "The milestone", body = Milestone)))]
#[post("/milestones/{id}/verification")]
pub async fn verify_milestone(
    web: web::Data<Web>,
    id: web::Path<MilestoneId>,
    post: Post<MilestoneVerification>,
) -> Reply {
    let seen_version = post.version()?;
    let MilestoneVerification { outcome, inspection } = post.body;
    web.run(post.call, VerifyMilestone { id: id.into_inner(), seen_version, outcome, inspection }, json).await
}
