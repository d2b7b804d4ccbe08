//! The clock: shown by every instance, moved only in a sandbox.

use crate::web::Web;
use crate::web::edge::extract::Post;
use crate::web::edge::reply::{Reply, done, json, show};
use actix_web::{get, post, web};
use domain::base::calendar::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The business time, by which everything is decided.
#[derive(Serialize, ToSchema)]
pub struct ClockView {
    pub now: Timestamp,
    pub financial_year: domain::base::calendar::FinancialYear,
    pub sandbox: bool,
}

/// The instant to move to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockSetting {
    pub now: Timestamp,
}

/// Show the service's business time.
#[utoipa::path(tag = "sandbox", responses((status = 200, description = "The time", body = ClockView)))]
#[get("/clock")]
pub async fn show_clock(web: web::Data<Web>) -> Reply {
    let now = web.service.time().await?;
    show(ClockView { now, financial_year: now.financial_year(), sandbox: web.service.sandbox })
}

/// Move the sandbox clock forward (administrator).
#[utoipa::path(tag = "sandbox", request_body = ClockSetting, responses((status = 200, description = "The time", body = ClockView)))]
#[post("/clock")]
pub async fn set_clock(web: web::Data<Web>, post: Post<ClockSetting>) -> Reply {
    let render = |now: Timestamp| json(ClockView { now, financial_year: now.financial_year(), sandbox: true });
    Ok(done(web.service.set_clock(post.call, post.body.now, render).await?))
}
