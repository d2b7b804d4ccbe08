//! Tranches, up to their sanction.

use crate::service::payment::tranche_returns::ReturnTranche;
use crate::service::payment::tranches::{ConcurTranche, RecommendTranche, RejectTranche, SanctionTranche};
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::record_list::{Asked, Listing, RecordList};
use crate::web::edge::reply::{Reply, json, show_version};
use crate::web::routes::{Note, Reason};
use actix_web::{HttpRequest, get, post, web};
use domain::base::desk::Desk;
use domain::base::id::TrancheId;
use domain::desk::selection::Subject;
use domain::payment::tranche::{Tranche, TrancheStatus};
use domain::scheme::scheme::Component;
use serde::Deserialize;
use utoipa::ToSchema;

/// The list of tranches.
pub struct TrancheListing;

impl Listing for TrancheListing {
    const SUBJECT: Subject = Subject::Tranches;

    fn words(field: &str) -> Option<Vec<&'static str>> {
        match field {
            "status" => Some(TrancheStatus::ALL.iter().map(|word| word.as_str()).collect()),
            "component" => Some(Component::ALL.iter().map(|word| word.as_str()).collect()),
            _ => None,
        }
    }
}

/// A return to an earlier desk.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrancheReturnOrder {
    /// `verify`, `recommend`, `concur` or `sanction`: the desk that is to act again.
    pub to: Desk,
    /// What that desk is to do; offices and auditors read it.
    pub reasons: String,
    /// Internal noting.
    #[serde(default)]
    pub note: String,
}

/// List the tranches the caller may see, in the order in which they were made.
#[utoipa::path(tag = "tranches", params(Asked<TrancheListing>), responses((status = 200, description = "One page", body = RecordList<Tranche>)))]
#[get("/tranches")]
pub async fn list_tranches(web: web::Data<Web>, signed: Signed, asked: Asked<TrancheListing>) -> Reply {
    asked.answer(web.service.list_tranches(signed.0, asked.page.clone()).await?)
}

/// Show one tranche with the steps that people took on it.
#[utoipa::path(tag = "tranches", responses((status = 200, description = "The tranche", body = Tranche)))]
#[get("/tranches/{id}")]
pub async fn show_tranche(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<TrancheId>,
    request: HttpRequest,
) -> Reply {
    let tranche = web.service.tranche(signed.0, id.into_inner()).await?;
    show_version(&request, tranche.version, tranche)
}

/// Recommend a tranche (section officer).
#[utoipa::path(tag = "tranches", request_body = Note, responses((status = 200, description = "The tranche", body = Tranche)))]
#[post("/tranches/{id}/recommendation")]
pub async fn recommend_tranche(web: web::Data<Web>, id: web::Path<TrancheId>, post: Post<Note>) -> Reply {
    let command = RecommendTranche { id: id.into_inner(), seen_version: post.version()?, note: post.body.note };
    web.run(post.call, command, json).await
}

/// Concur in a tranche (finance).
#[utoipa::path(tag = "tranches", request_body = Note, responses((status = 200, description = "The tranche", body = Tranche)))]
#[post("/tranches/{id}/concurrence")]
pub async fn concur_tranche(web: web::Data<Web>, id: web::Path<TrancheId>, post: Post<Note>) -> Reply {
    let command = ConcurTranche { id: id.into_inner(), seen_version: post.version()?, note: post.body.note };
    web.run(post.call, command, json).await
}

/// Sanction a tranche (competent authority).
#[utoipa::path(tag = "tranches", request_body = Note, responses((status = 200, description = "The tranche", body = Tranche)))]
#[post("/tranches/{id}/sanction")]
pub async fn sanction_tranche(web: web::Data<Web>, id: web::Path<TrancheId>, post: Post<Note>) -> Reply {
    let command = SanctionTranche { id: id.into_inner(), seen_version: post.version()?, note: post.body.note };
    web.run(post.call, command, json).await
}

/// Reject a tranche before its sanction; its reservation is released.
#[utoipa::path(tag = "tranches", request_body = Reason, responses((status = 200, description = "The tranche", body = Tranche)))]
#[post("/tranches/{id}/rejection")]
pub async fn reject_tranche(web: web::Data<Web>, id: web::Path<TrancheId>, post: Post<Reason>) -> Reply {
    let command = RejectTranche { id: id.into_inner(), seen_version: post.version()?, reason: post.body.reason };
    web.run(post.call, command, json).await
}

/// Return a tranche to an earlier desk, with reasons; later steps fall and are taken again, the money stays held.
#[utoipa::path(tag = "tranches", request_body = TrancheReturnOrder, responses((status = 200, description = "The tranche", body = Tranche)))]
#[post("/tranches/{id}/return")]
pub async fn return_tranche(web: web::Data<Web>, id: web::Path<TrancheId>, post: Post<TrancheReturnOrder>) -> Reply {
    let seen_version = post.version()?;
    let TrancheReturnOrder { to, reasons, note } = post.body;
    web.run(post.call, ReturnTranche { id: id.into_inner(), seen_version, to, reasons, note }, json).await
}
