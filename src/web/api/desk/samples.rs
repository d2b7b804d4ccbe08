//! Samples that anybody can draw again: this service does, and so does the script `verifiers/draw_sample.py`.

use crate::service::desk::samples::{CommitSample, DrawSample, FreezeSample};
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::listing::{Page, page_answer, rows_on_page, rows_within};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::{Reply, json, made, show_version};
use crate::web::routes::Nothing;
use actix_web::{HttpRequest, get, post, web};
use domain::base::id::SampleId;
use domain::desk::sample::{Sample, SampleForm, SampleSeed};
use domain::desk::sampling::{DrawnItem, PopulationItem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Pages of items are longer, because a population is read as a whole.
const ITEMS_DEFAULT: usize = 500;
const ITEMS_MOST: usize = 1_000;

/// Commit to a seed by its SHA-256, before the population is known (auditor).
#[utoipa::path(tag = "audit desk", request_body = SampleForm, responses((status = 201, description = "The sample", body = Sample)))]
#[post("/samples")]
pub async fn commit_sample(web: web::Data<Web>, post: Post<SampleForm>) -> Reply {
    let command = CommitSample { form: post.body };
    Ok(made("/samples", web.service.execute(post.call, command, json).await?))
}

/// Freeze the population as it is now: ids, amounts and the length of the audit log.
/// An office does so, or an auditor other than the one who committed to the seed.
#[utoipa::path(tag = "audit desk", request_body = Nothing, responses((status = 200, description = "The sample", body = Sample)))]
#[post("/samples/{id}/freeze")]
pub async fn freeze_sample(web: web::Data<Web>, id: web::Path<SampleId>, post: Post<Nothing>) -> Reply {
    let command = FreezeSample { id: id.into_inner(), seen_version: post.version()? };
    web.run(post.call, command, json).await
}

/// Reveal the seed: the sample is drawn, once (auditor).
#[utoipa::path(tag = "audit desk", request_body = SampleSeed, responses((status = 200, description = "The sample", body = Sample)))]
#[post("/samples/{id}/draw")]
pub async fn draw_sample(web: web::Data<Web>, id: web::Path<SampleId>, post: Post<SampleSeed>) -> Reply {
    let command = DrawSample { id: id.into_inner(), seen_version: post.version()?, seed: post.body };
    web.run(post.call, command, json).await
}

/// The start and length of a page of samples.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SampleQuery {
    /// 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<SampleId>,
}

/// One page of samples.
#[derive(Serialize, ToSchema)]
pub struct SampleList {
    pub data: Vec<Sample>,
    pub page: Page,
}

/// List samples in the order in which they were committed to.
#[utoipa::path(tag = "audit desk", params(SampleQuery), responses((status = 200, description = "One page", body = SampleList)))]
#[get("/samples")]
pub async fn list_samples(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<SampleQuery>,
    request: HttpRequest,
) -> Reply {
    let limit = rows_on_page(query.limit)?;
    let found = web.service.list_samples(signed.0, query.cursor, limit as i64 + 1).await?;
    let (data, page) = Page::cut(found, limit, |last| last.id.to_string());
    let address = page.address(&request);
    Ok(page_answer(json(SampleList { data, page }), address))
}

/// Show one sample.
#[utoipa::path(tag = "audit desk", responses((status = 200, description = "The sample", body = Sample)))]
#[get("/samples/{id}")]
pub async fn show_sample(web: web::Data<Web>, signed: Signed, id: web::Path<SampleId>, request: HttpRequest) -> Reply {
    let sample = web.service.sample(signed.0, id.into_inner()).await?;
    show_version(&request, sample.version, sample)
}

/// The start and length of a page of items.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ItemQuery {
    /// 1 to 1000; 500 unless given.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// The `next` of the previous page: the position after which the page starts.
    pub cursor: Option<i64>,
}

impl ItemQuery {
    fn limit(&self) -> Result<usize, Problem> {
        rows_within(self.limit, ITEMS_DEFAULT, ITEMS_MOST)
    }
}

/// One page of a population.
#[derive(Serialize, ToSchema)]
pub struct PopulationList {
    pub data: Vec<PopulationItem>,
    pub page: Page,
}

/// List the frozen population in its order; empty before it is frozen.
#[utoipa::path(tag = "audit desk", params(ItemQuery), responses((status = 200, description = "One page", body = PopulationList)))]
#[get("/samples/{id}/population")]
pub async fn list_sample_population(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<SampleId>,
    query: web::Query<ItemQuery>,
    request: HttpRequest,
) -> Reply {
    let (limit, after) = (query.limit()?, query.cursor);
    let found = web.service.sample_population(signed.0, id.into_inner(), after, limit as i64 + 1).await?;
    let (data, page) = Page::cut(found, limit, |last| last.position.to_string());
    let address = page.address(&request);
    Ok(page_answer(json(PopulationList { data, page }), address))
}

/// One page of drawn items.
#[derive(Serialize, ToSchema)]
pub struct DrawnList {
    pub data: Vec<DrawnItem>,
    pub page: Page,
}

/// List the drawn items, in the order of the population; empty before the draw.
#[utoipa::path(tag = "audit desk", params(ItemQuery), responses((status = 200, description = "One page", body = DrawnList)))]
#[get("/samples/{id}/drawn")]
pub async fn list_sample_drawn(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<SampleId>,
    query: web::Query<ItemQuery>,
    request: HttpRequest,
) -> Reply {
    let (limit, after) = (query.limit()?, query.cursor);
    let found = web.service.sample_draw(signed.0, id.into_inner(), after, limit as i64 + 1).await?;
    let (data, page) = Page::cut(found, limit, |last| last.position.to_string());
    let address = page.address(&request);
    Ok(page_answer(json(DrawnList { data, page }), address))
}
