//! The budget and the provisions behind it.

use crate::domain::budget::{BudgetRow, Provision, ProvisionForm};
use crate::domain::id::InstrumentId;
use crate::service::budget::{ApproveProvision, ProposeProvision};
use crate::web::Web;
use crate::web::api::Nothing;
use crate::web::extract::{Post, Signed};
use crate::web::reply::{Reply, json, list, show_version};
use actix_web::{HttpRequest, get, post, web};

/// Show where every rupee stands now: per component, financial year and beneficiary.
#[utoipa::path(tag = "budget", responses((status = 200, description = "The budget table", body = crate::web::reply::List<BudgetRow>)))]
#[get("/budget")]
pub async fn show_budget(web: web::Data<Web>, signed: Signed) -> Reply {
    list(web.service.budget(signed.0).await?)
}

/// Propose a provision for a financial year.
#[utoipa::path(tag = "budget", request_body = ProvisionForm, responses((status = 201, description = "The provision", body = Provision)))]
#[post("/provisions")]
pub async fn propose_provision(web: web::Data<Web>, post: Post<ProvisionForm>) -> Reply {
    web.make(post.call, "/provisions", ProposeProvision { form: post.body }, json).await
}

/// List the provisions.
#[utoipa::path(tag = "budget", responses((status = 200, description = "Provisions", body = crate::web::reply::List<Provision>)))]
#[get("/provisions")]
pub async fn list_provisions(web: web::Data<Web>, signed: Signed) -> Reply {
    list(web.service.list_provisions(signed.0).await?)
}

/// Show one provision.
#[utoipa::path(tag = "budget", responses((status = 200, description = "The provision", body = Provision)))]
#[get("/provisions/{id}")]
pub async fn show_provision(
    web: web::Data<Web>,
    signed: Signed,
    id: web::Path<InstrumentId>,
    request: HttpRequest,
) -> Reply {
    let provision = web.service.provision(signed.0, id.into_inner()).await?;
    show_version(&request, provision.version, provision)
}

/// Approve a provision another person proposed: the year's appropriation grows.
#[utoipa::path(tag = "budget", request_body = Nothing, responses((status = 200, description = "The provision", body = Provision)))]
#[post("/provisions/{id}/approval")]
pub async fn approve_provision(web: web::Data<Web>, id: web::Path<InstrumentId>, post: Post<Nothing>) -> Reply {
    let command = ApproveProvision { id: id.into_inner(), seen_version: post.version()? };
    web.run(post.call, command, json).await
}
