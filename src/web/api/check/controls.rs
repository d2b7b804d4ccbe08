//! Standing controls (continuous auditing): the catalogue, runs on request, and the results of each run.

use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::listing::{Page, page_answer, rows_within};
use crate::web::edge::reply::{Reply, json, list, made, show};
use crate::web::routes::Nothing;
use actix_web::{HttpRequest, get, post, web};
use domain::base::id::ControlRunId;
use domain::check::control::{Control, ControlRun};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const RUNS_DEFAULT: usize = 20;
const RUNS_MOST: usize = 100;

/// List every control with its meaning and its last result.
#[utoipa::path(tag = "controls", responses((status = 200, description = "The catalogue", body = crate::web::edge::reply::List<Control>)))]
#[get("/controls")]
pub async fn list_controls(web: web::Data<Web>, signed: Signed) -> Reply {
    list(web.service.list_controls(signed.0).await?)
}

/// Run every control now.
/// A red integrity control stops all money; money moves again when all integrity controls are green.
#[utoipa::path(tag = "controls", request_body = Nothing, responses((status = 201, description = "The run", body = ControlRun)))]
#[post("/controls/runs")]
pub async fn run_controls(web: web::Data<Web>, post: Post<Nothing>) -> Reply {
    Ok(made("/controls/runs", web.service.run_controls(post.call, json).await?))
}

/// Which page of the runs to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ControlRunQuery {
    /// 1 to 100; 20 unless given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<ControlRunId>,
}

/// One page of runs.
#[derive(Serialize, ToSchema)]
pub struct ControlRunList {
    pub data: Vec<ControlRun>,
    pub page: Page,
}

/// List runs of the controls, newest first.
#[utoipa::path(tag = "controls", params(ControlRunQuery), responses((status = 200, description = "One page", body = ControlRunList)))]
#[get("/controls/runs")]
pub async fn list_control_runs(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<ControlRunQuery>,
    request: HttpRequest,
) -> Reply {
    let limit = rows_within(query.limit, RUNS_DEFAULT, RUNS_MOST)?;
    let found = web.service.list_control_runs(signed.0, query.cursor, limit as i64 + 1).await?;
    let (data, page) = Page::cut(found, limit, |last| last.id.to_string());
    let address = page.address(&request);
    Ok(page_answer(json(ControlRunList { data, page }), address))
}

/// Show one run of the controls.
#[utoipa::path(tag = "controls", responses((status = 200, description = "The run", body = ControlRun)))]
#[get("/controls/runs/{id}")]
pub async fn show_control_run(web: web::Data<Web>, signed: Signed, id: web::Path<ControlRunId>) -> Reply {
    show(web.service.control_run(signed.0, id.into_inner()).await?)
}
