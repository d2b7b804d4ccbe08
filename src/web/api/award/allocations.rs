//! Operations on allocations: drafting, concurrence, publication, withdrawal, and surrender of an allotment.

use crate::service::award::allocations::{
    AllocationFile, ConcurAllocation, DraftAllocation, PublishAllocation, Selection, SurrenderAllotment,
    WithdrawAllocation,
};
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::listing::{Page, page_answer, records_on_page};
use crate::web::edge::reply::{List, Reply, json, list, show_version};
use crate::web::routes::{Note, Reason};
use actix_web::{HttpRequest, get, post, web};
use domain::award::allocation::{Allocation, AllocationStatus, AllocationStep};
use domain::award::allocation_statement::{AllocationStatement, BidResult, Outcome};
use domain::award::application::Application;
use domain::base::calendar::Timestamp;
use domain::base::id::{AllocationId, ApplicationId, UserId};
use domain::base::money::Paise;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The scheme whose bids compete.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllocationDraft {
    pub scheme_code: String,
    /// The version whose bids compete; the one in force if none is named.
    pub scheme_version: Option<i64>,
}

/// One line of the published list.
#[derive(Serialize, ToSchema)]
pub struct ListedBid {
    /// The rank among the bids; 1 is L1.
    pub rank: i64,
    /// The number of the application.
    pub application_number: String,
    pub organisation: String,
    pub rate_paise_per_kg: Paise,
    pub capacity_asked_mtpa: i64,
    /// The capacity allotted or awarded; 0 without a place.
    pub capacity_mtpa: i64,
    pub outcome: Outcome,
    pub waiting_place: Option<i64>,
    pub oxide_supply: bool,
}

/// A run with its list; its statement only for persons who may see all of it.
#[derive(Serialize, ToSchema)]
pub struct AllocationView {
    pub id: AllocationId,
    pub number: String,
    pub version: i64,
    pub scheme_code: String,
    pub scheme_version: i64,
    /// The published run before it.
    pub follows: Option<AllocationId>,
    pub status: AllocationStatus,
    /// SHA-256 of the canonical JSON of what is published of the run.
    pub digest: String,
    /// What is published of the run, once it is: whoever computes its digest finds the one above.
    #[schema(value_type = Option<Object>)]
    pub published: Option<serde_json::Value>,
    pub list: Vec<ListedBid>,
    /// Every input and comparison of the run, with texts and stated facts; not shown to manufacturers.
    pub statement: Option<AllocationStatement>,
    pub drafted_by: UserId,
    pub drafted_at: Timestamp,
    pub concurrence: Option<AllocationStep>,
    pub publication: Option<AllocationStep>,
    pub withdrawal: Option<AllocationStep>,
}

fn view(file: AllocationFile) -> AllocationView {
    let AllocationFile { allocation, names, whole } = file;
    let listed = |result: &BidResult| ListedBid {
        rank: result.rank,
        application_number: result.bid.number.clone(),
        organisation: names.get(&result.bid.organisation_id).cloned().unwrap_or_default(),
        rate_paise_per_kg: result.bid.rate_paise_per_kg,
        capacity_asked_mtpa: result.bid.capacity_mtpa,
        capacity_mtpa: result.capacity_mtpa,
        outcome: result.outcome,
        waiting_place: result.waiting_place,
        oxide_supply: result.oxide_supply,
    };
    AllocationView {
        id: allocation.id,
        number: allocation.number,
        version: allocation.version,
        scheme_code: allocation.scheme_code,
        scheme_version: allocation.scheme_version,
        follows: allocation.follows,
        status: allocation.status,
        published: (allocation.status == AllocationStatus::Published).then(|| allocation.statement.published()),
        digest: allocation.digest,
        list: allocation.statement.results.iter().map(listed).collect(),
        statement: whole.then_some(allocation.statement),
        drafted_by: allocation.drafted_by,
        drafted_at: allocation.drafted_at,
        concurrence: allocation.concurrence,
        publication: allocation.publication,
        withdrawal: allocation.withdrawal,
    }
}

fn render(file: AllocationFile) -> String {
    json(view(file))
}

/// Run the allocation over all eligible bids; the result is a draft.
#[utoipa::path(tag = "allocations", request_body = AllocationDraft, responses((status = 201, description = "The draft", body = AllocationView)))]
#[post("/allocations")]
pub async fn draft_allocation(web: web::Data<Web>, post: Post<AllocationDraft>) -> Reply {
    let AllocationDraft { scheme_code, scheme_version } = post.body;
    web.make(post.call, "/allocations", DraftAllocation { scheme_code, scheme_version }, render).await
}

/// The filter for allocations.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AllocationQuery {
    pub scheme_code: Option<String>,
    pub status: Option<AllocationStatus>,
    /// 1 to 200; 200 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<AllocationId>,
}

/// One page of allocations.
#[derive(Serialize, ToSchema)]
pub struct AllocationList {
    pub data: Vec<AllocationView>,
    pub page: Page,
}

/// List the allocations, in the order in which they were drafted: all of them, or the published ones for manufacturers.
#[utoipa::path(tag = "allocations", params(AllocationQuery), responses((status = 200, description = "One page", body = AllocationList)))]
#[get("/allocations")]
pub async fn list_allocations(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<AllocationQuery>,
    request: HttpRequest,
) -> Reply {
    let AllocationQuery { scheme_code, status, limit, cursor } = query.into_inner();
    let limit = records_on_page(limit)?;
    let selection = Selection { scheme_code, status, after: cursor };
    let found = web.service.list_allocations(signed.0, selection, limit as i64 + 1).await?;
    let (found, page) = Page::cut(found, limit, |last| last.allocation.id.to_string());
    let address = page.address(&request);
    Ok(page_answer(json(AllocationList { data: found.into_iter().map(view).collect(), page }), address))
}

/// Show one allocation.
#[utoipa::path(tag = "allocations", responses((status = 200, description = "The allocation", body = AllocationView)))]
#[get("/allocations/{id}")]
pub async fn show_allocation(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<AllocationId>,
    request: HttpRequest,
) -> Reply {
    let view = view(web.service.allocation(signed.0, id.into_inner()).await?);
    show_version(&request, view.version, view)
}

/// A published run as everybody may check it.
#[derive(Serialize, ToSchema)]
pub struct PublishedRun {
    pub number: String,
    /// SHA-256 of the canonical JSON of `published`: keys in order and no spaces.
    pub digest: String,
    pub published_at: Option<Timestamp>,
    /// The ranks with the figures of each bid that decided, every comparison, and the reasons by codes and figures.
    #[schema(value_type = Object)]
    pub published: serde_json::Value,
}

/// List the published runs of the allocation, with all that their digests are computed from. No access token is needed.
#[utoipa::path(tag = "public data", responses((status = 200, description = "Published runs", body = List<PublishedRun>)))]
#[get("/public/allocations")]
pub async fn list_published_allocations(web: web::Data<Web>) -> Reply {
    let run = |one: Allocation| PublishedRun {
        published: one.statement.published(),
        published_at: one.publication.map(|step| step.taken_at),
        number: one.number,
        digest: one.digest,
    };
    list(web.service.published_allocations().await?.into_iter().map(run).collect())
}

/// Concur in a draft, on the present bids.
#[utoipa::path(tag = "allocations", request_body = Note, responses((status = 200, description = "The allocation", body = AllocationView)))]
#[post("/allocations/{id}/concurrence")]
pub async fn concur_allocation(web: web::Data<Web>, id: web::Path<AllocationId>, post: Post<Note>) -> Reply {
    let command = ConcurAllocation { id: id.into_inner(), seen_version: post.version()?, note: post.body.note };
    web.run(post.call, command, render).await
}

/// Publish a run: every application gets its place.
#[utoipa::path(tag = "allocations", request_body = Note, responses((status = 200, description = "The allocation", body = AllocationView)))]
#[post("/allocations/{id}/publication")]
pub async fn publish_allocation(web: web::Data<Web>, id: web::Path<AllocationId>, post: Post<Note>) -> Reply {
    let command = PublishAllocation { id: id.into_inner(), seen_version: post.version()?, note: post.body.note };
    web.run(post.call, command, render).await
}

/// Withdraw a run that is not published.
#[utoipa::path(tag = "allocations", request_body = Reason, responses((status = 200, description = "The allocation", body = AllocationView)))]
#[post("/allocations/{id}/withdrawal")]
pub async fn withdraw_allocation(web: web::Data<Web>, id: web::Path<AllocationId>, post: Post<Reason>) -> Reply {
    let command = WithdrawAllocation { id: id.into_inner(), seen_version: post.version()?, reason: post.body.reason };
    web.run(post.call, command, render).await
}

/// Surrender capacity that was allotted and not awarded yet.
#[utoipa::path(tag = "allocations", request_body = Reason, responses((status = 200, description = "The application", body = Application)))]
#[post("/applications/{id}/surrender")]
pub async fn surrender_allotment(web: web::Data<Web>, id: web::Path<ApplicationId>, post: Post<Reason>) -> Reply {
    let command = SurrenderAllotment { id: id.into_inner(), seen_version: post.version()?, reason: post.body.reason };
    web.run(post.call, command, json).await
}
