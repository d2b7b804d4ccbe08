//! Observations of the auditor (audit paras), from the first reply to settlement or recovery. Manufacturers
//! cannot see them.

use crate::service::desk::observations::{
    ConvertObservation, NoteActionTaken, ObservationFilter, RaiseObservation, RemarkOnObservation, ReplyToObservation,
    SettleObservation,
};
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::listing::{Page, page_answer, rows_on_page};
use crate::web::edge::reply::{Reply, json, made_of_day, show_of_day};
use actix_web::{HttpRequest, get, post, web};
use chrono::NaiveDate;
use domain::base::id::{ObservationId, OrganisationId};
use domain::desk::observation::{
    Observation, ObservationConversion, ObservationForm, ObservationNote, ObservationStatus,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// An observation, and whether its reply is overdue today.
#[derive(Serialize, ToSchema)]
pub struct ObservationView {
    #[serde(flatten)]
    pub observation: Observation,
    pub overdue: bool,
}

fn view(observation: Observation, today: NaiveDate) -> ObservationView {
    let overdue = observation.is_overdue(today);
    ObservationView { observation, overdue }
}

/// The filter for observations.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ObservationQuery {
    pub status: Option<ObservationStatus>,
    /// `true`: only those whose reply is overdue today.
    pub overdue: Option<bool>,
    /// Only those that concern this organisation.
    pub organisation_id: Option<OrganisationId>,
    /// 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<ObservationId>,
}

/// One page of observations.
#[derive(Serialize, ToSchema)]
pub struct ObservationList {
    pub data: Vec<ObservationView>,
    pub page: Page,
}

/// Raise an observation, pinned to entries and records and to a day (auditor).
/// The first reply is due after the number of days in the audit regulations.
#[utoipa::path(tag = "audit desk", request_body = ObservationForm, responses((status = 201, description = "The observation", body = Observation)))]
#[post("/observations")]
pub async fn raise_observation(web: web::Data<Web>, post: Post<ObservationForm>) -> Reply {
    let command = RaiseObservation { form: post.body };
    Ok(made_of_day("/observations", web.service.execute(post.call, command, json).await?))
}

/// List observations in the order in which they were raised.
#[utoipa::path(tag = "audit desk", params(ObservationQuery), responses((status = 200, description = "One page", body = ObservationList)))]
#[get("/observations")]
pub async fn list_observations(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<ObservationQuery>,
    request: HttpRequest,
) -> Reply {
    let ObservationQuery { status, overdue, organisation_id, limit, cursor } = query.into_inner();
    let limit = rows_on_page(limit)?;
    let overdue = overdue.unwrap_or(false);
    let filter = ObservationFilter { status, overdue, organisation: organisation_id, after: cursor };
    let found = web.service.list_observations(signed.0, filter, limit as i64 + 1).await?;
    let (found, page) = Page::cut(found, limit, |last| last.id.to_string());
    let today = web.service.today();
    let data = found.into_iter().map(|one| view(one, today)).collect();
    let address = page.address(&request);
    Ok(page_answer(json(ObservationList { data, page }), address))
}

/// Show one observation with its whole correspondence.
#[utoipa::path(tag = "audit desk", responses((status = 200, description = "The observation", body = ObservationView)))]
#[get("/observations/{id}")]
pub async fn show_observation(web: web::Data<Web>, signed: Signed, id: web::Path<ObservationId>) -> Reply {
    let observation = web.service.observation(signed.0, id.into_inner()).await?;
    show_of_day(observation.version, view(observation, web.service.today()))
}

/// Reply to an observation, or to a further remark (an office).
#[utoipa::path(tag = "audit desk", request_body = ObservationNote, responses((status = 200, description = "The observation", body = Observation)))]
#[post("/observations/{id}/reply")]
pub async fn reply_to_observation(
    web: web::Data<Web>,
    id: web::Path<ObservationId>,
    post: Post<ObservationNote>,
) -> Reply {
    let command = ReplyToObservation { id: id.into_inner(), seen_version: post.version()?, note: post.body };
    web.run(post.call, command, json).await
}

/// Make a further remark on a reply (auditor): the time for a reply starts again.
#[utoipa::path(tag = "audit desk", request_body = ObservationNote, responses((status = 200, description = "The observation", body = Observation)))]
#[post("/observations/{id}/remark")]
pub async fn remark_on_observation(
    web: web::Data<Web>,
    id: web::Path<ObservationId>,
    post: Post<ObservationNote>,
) -> Reply {
    let command = RemarkOnObservation { id: id.into_inner(), seen_version: post.version()?, note: post.body };
    web.run(post.call, command, json).await
}

/// Settle an observation (auditor).
#[utoipa::path(tag = "audit desk", request_body = ObservationNote, responses((status = 200, description = "The observation", body = Observation)))]
#[post("/observations/{id}/settlement")]
pub async fn settle_observation(
    web: web::Data<Web>,
    id: web::Path<ObservationId>,
    post: Post<ObservationNote>,
) -> Reply {
    let command = SettleObservation { id: id.into_inner(), seen_version: post.version()?, note: post.body };
    web.run(post.call, command, json).await
}

/// Convert an observation to a recovery (auditor).
#[utoipa::path(tag = "audit desk", request_body = ObservationConversion, responses((status = 200, description = "The observation", body = Observation)))]
#[post("/observations/{id}/conversion")]
pub async fn convert_observation(
    web: web::Data<Web>,
    id: web::Path<ObservationId>,
    post: Post<ObservationConversion>,
) -> Reply {
    let command = ConvertObservation { id: id.into_inner(), seen_version: post.version()?, form: post.body };
    web.run(post.call, command, json).await
}

/// Report the action taken on an observation (an office).
#[utoipa::path(tag = "audit desk", request_body = ObservationNote, responses((status = 200, description = "The observation", body = Observation)))]
#[post("/observations/{id}/action-taken")]
pub async fn note_action_taken(
    web: web::Data<Web>,
    id: web::Path<ObservationId>,
    post: Post<ObservationNote>,
) -> Reply {
    let command = NoteActionTaken { id: id.into_inner(), seen_version: post.version()?, note: post.body };
    web.run(post.call, command, json).await
}
