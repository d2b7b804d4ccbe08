//! Operations on milestones: reports and their verification.

use crate::service::milestone::milestone_queries::{RaiseMilestoneQuery, ReplyToMilestoneQuery, ReturnMilestone};
use crate::service::milestone::milestones::{ReportMilestone, VerifyMilestone};
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed, check_as_on};
use crate::web::edge::record_list::{Asked, Listing, RecordList};
use crate::web::edge::reply::{Reply, json, show_of_day};
use crate::web::routes::{Answer, Question};
use actix_web::{get, post, web};
use chrono::NaiveDate;
use domain::base::id::MilestoneId;
use domain::desk::selection::Subject;
use domain::milestone::milestone::{Inspection, MilestoneReport, MilestoneStatus, VerificationOutcome};
use domain::recovery::milestone_standing::MilestoneFile;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// The day for which milestones are shown.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MilestoneQuery {
    /// The day for which their status is shown; today unless given.
    pub as_on: Option<NaiveDate>,
}

/// The list of milestones.
pub struct MilestoneListing;

impl Listing for MilestoneListing {
    const SUBJECT: Subject = Subject::Milestones;
    const ORDER: &'static str = "due_on";

    fn words(field: &str) -> Option<Vec<&'static str>> {
        match field {
            "status" => Some(MilestoneStatus::ALL.iter().map(|word| word.as_str()).collect()),
            _ => None,
        }
    }
}

/// The day for which a milestone is shown.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StandingQuery {
    /// The day for which its status is shown; today unless given.
    pub as_on: Option<NaiveDate>,
}

/// The agency's decision, with its inspection record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestoneVerification {
    pub outcome: VerificationOutcome,
    pub inspection: Inspection,
}

/// A return of a report for correction.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestoneReturnOrder {
    /// What is to be corrected; the beneficiary reads it.
    pub reasons: String,
}

/// List the milestones the caller may see, with their delay as on a day, the first that is due on top.
#[utoipa::path(tag = "milestones", params(Asked<MilestoneListing>, MilestoneQuery),
    responses((status = 200, description = "One page", body = RecordList<MilestoneFile>)))]
#[get("/milestones")]
pub async fn list_milestones(
    web: web::Data<Web>,
    signed: Signed,
    asked: Asked<MilestoneListing>,
    query: web::Query<MilestoneQuery>,
) -> Reply {
    let as_on = check_as_on(query.as_on)?;
    asked.answer(web.service.list_milestones(signed.0, asked.page.clone(), as_on).await?)
}

/// Show one milestone as on a day: days late, share reached, damages.
#[utoipa::path(tag = "milestones", params(StandingQuery), responses((status = 200, description = "The milestone", body = MilestoneFile)))]
#[get("/milestones/{id}")]
pub async fn show_milestone(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<MilestoneId>,
    query: web::Query<StandingQuery>,
) -> Reply {
    let file = web.service.milestone(signed.0, id.into_inner(), check_as_on(query.as_on)?).await?;
    show_of_day(file.milestone.version, file)
}

/// Report installed capacity with evidence.
#[utoipa::path(tag = "milestones", request_body = MilestoneReport, responses((status = 200, description = "The milestone", body = MilestoneFile)))]
#[post("/milestones/{id}/reports")]
pub async fn report_milestone(web: web::Data<Web>, id: web::Path<MilestoneId>, post: Post<MilestoneReport>) -> Reply {
    let command = ReportMilestone { id: id.into_inner(), seen_version: post.version()?, report: post.body };
    web.run(post.call, command, json).await
}

/// Verify a report, in whole or in part, or return it, with the record of the inspection.
#[utoipa::path(tag = "milestones", request_body = MilestoneVerification, responses((status = 200, description = "The milestone", body = MilestoneFile)))]
#[post("/milestones/{id}/verification")]
pub async fn verify_milestone(
    web: web::Data<Web>,
    id: web::Path<MilestoneId>,
    post: Post<MilestoneVerification>,
) -> Reply {
    let seen_version = post.version()?;
    let MilestoneVerification { outcome, inspection } = post.body;
    let id = id.into_inner();
    web.run(post.call, VerifyMilestone { id, seen_version, outcome, inspection, evidence_follows: false }, json).await
}

/// Raise a query about a reported milestone with the beneficiary.
#[utoipa::path(tag = "milestones", request_body = Question, responses((status = 200, description = "The milestone", body = MilestoneFile)))]
#[post("/milestones/{id}/queries")]
pub async fn raise_milestone_query(web: web::Data<Web>, id: web::Path<MilestoneId>, post: Post<Question>) -> Reply {
    let (seen_version, question) = (post.version()?, post.body.question);
    web.run(post.call, RaiseMilestoneQuery { id: id.into_inner(), seen_version, question }, json).await
}

/// Reply to the query of a round about a milestone.
#[utoipa::path(tag = "milestones", request_body = Answer, responses((status = 200, description = "The milestone", body = MilestoneFile)))]
#[post("/milestones/{id}/queries/{round}/reply")]
pub async fn reply_to_milestone_query(
    web: web::Data<Web>,
    path: web::Path<(MilestoneId, i64)>,
    post: Post<Answer>,
) -> Reply {
    let (id, round) = path.into_inner();
    let seen_version = post.version()?;
    let Answer { text, documents } = post.body;
    web.run(post.call, ReplyToMilestoneQuery { id, seen_version, round, text, documents }, json).await
}

/// Return a report for correction, without an inspection.
#[utoipa::path(tag = "milestones", request_body = MilestoneReturnOrder, responses((status = 200, description = "The milestone", body = MilestoneFile)))]
#[post("/milestones/{id}/return")]
pub async fn return_milestone(
    web: web::Data<Web>,
    id: web::Path<MilestoneId>,
    post: Post<MilestoneReturnOrder>,
) -> Reply {
    let (seen_version, reasons) = (post.version()?, post.body.reasons);
    web.run(post.call, ReturnMilestone { id: id.into_inner(), seen_version, reasons }, json).await
}
