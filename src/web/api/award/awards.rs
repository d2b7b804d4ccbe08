//! Operations on awards: issuing and reading them.

use crate::service::award::awards::{AwardFile, IssueAward};
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed, check_as_on};
use crate::web::edge::record_list::{Asked, Listing, RecordList};
use crate::web::edge::reply::{Reply, json, made_of_day, show_of_day};
use actix_web::{get, post, web};
use chrono::NaiveDate;
use domain::award::award::{Award, AwardEnd};
use domain::award::security::Security;
use domain::base::id::{ApplicationId, AwardId};
use domain::desk::selection::Subject;
use domain::recovery::milestone_standing::{DamagesStanding, InstalledPlant, MilestoneFile};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The list of awards.
pub struct AwardListing;

impl Listing for AwardListing {
    const SUBJECT: Subject = Subject::Awards;
}

/// The capacity to award.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AwardIssue {
    pub capacity_mtpa: i64,
    /// Why it is awarded before a bid of a better rank in the same run; needed only then.
    #[serde(default)]
    pub out_of_order_reason: Option<String>,
}

/// A new award with its schedule.
#[derive(Serialize, ToSchema)]
pub struct AwardIssued {
    #[serde(flatten)]
    pub award: Award,
    pub milestones: Vec<MilestoneFile>,
}

/// An award with the present capacity of its plant.
#[derive(Serialize, ToSchema)]
pub struct AwardRow {
    #[serde(flatten)]
    pub award: Award,
    #[serde(flatten)]
    pub plant: InstalledPlant,
}

/// The day for which an award is shown.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AwardQuery {
    /// The day for lateness and damages; today unless given.
    pub as_on: Option<NaiveDate>,
}

/// Everything about an award, with its status on a day.
#[derive(Serialize, ToSchema)]
pub struct AwardView {
    #[serde(flatten)]
    pub award: Award,
    pub beneficiary: String,
    #[serde(flatten)]
    pub plant: InstalledPlant,
    /// The damages of all milestones together; none where the scheme has no rule on damages.
    pub damages: Option<DamagesStanding>,
    pub milestones: Vec<MilestoneFile>,
    pub securities: Vec<Security>,
    /// That two people ended it, because its winner walked away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<AwardEnd>,
}

/// Award capacity to an eligible application; its ceilings are committed.
#[utoipa::path(tag = "awards", request_body = AwardIssue, responses((status = 201, description = "The award", body = AwardIssued)))]
#[post("/applications/{id}/award")]
pub async fn issue_award(web: web::Data<Web>, id: web::Path<ApplicationId>, post: Post<AwardIssue>) -> Reply {
    let command = IssueAward {
        application_id: id.into_inner(),
        seen_version: post.version()?,
        capacity_mtpa: post.body.capacity_mtpa,
        out_of_order_reason: post.body.out_of_order_reason,
    };
    let render = |(award, milestones)| json(AwardIssued { award, milestones });
    Ok(made_of_day("/awards", web.service.execute(post.call, command, render).await?))
}

/// List the awards the caller may see, each with its plant as last verified, in the order in which they were made.
#[utoipa::path(tag = "awards", params(Asked<AwardListing>), responses((status = 200, description = "One page", body = RecordList<AwardRow>)))]
#[get("/awards")]
pub async fn list_awards(web: web::Data<Web>, signed: Signed, asked: Asked<AwardListing>) -> Reply {
    let found = web.service.list_awards(signed.0, asked.page.clone()).await?;
    asked.answer(found.map(|(award, plant)| AwardRow { award, plant }))
}

/// Show one award with its schedule, damages and securities, as on a day.
#[utoipa::path(tag = "awards", params(AwardQuery), responses((status = 200, description = "The award", body = AwardView)))]
#[get("/awards/{id}")]
pub async fn show_award(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<AwardId>,
    query: web::Query<AwardQuery>,
) -> Reply {
    let AwardFile { award, beneficiary, plant, damages, milestones, securities, ended } =
        web.service.award(signed.0, id.into_inner(), check_as_on(query.as_on)?).await?;
    let version = award.version;
    show_of_day(version, AwardView { award, beneficiary, plant, damages, milestones, securities, ended })
}
