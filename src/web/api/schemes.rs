//! Schemes and their application windows. Schemes are public.

use crate::domain::application::ApplicationForm;
use crate::domain::scheme::Scheme;
use crate::domain::scrutiny::CriterionCheck;
use crate::domain::window::Window;
use crate::service::windows::OpenWindow;
use crate::web::Web;
use crate::web::extract::{Ask, Post, Signed};
use crate::web::reply::{Reply, json, list, show};
use actix_web::{get, post, web};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

/// A new window, both days included.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowOpening {
    pub opens_on: NaiveDate,
    pub closes_on: NaiveDate,
    /// The order that opens it.
    pub reference: String,
}

/// List the schemes in force, every figure with its basis and source.
#[utoipa::path(tag = "schemes", responses((status = 200, description = "Schemes", body = crate::web::reply::List<Scheme>)))]
#[get("/schemes")]
pub async fn list_schemes(web: web::Data<Web>) -> Reply {
    list(web.service.schemes().await?)
}

/// Show the newest version of one scheme.
#[utoipa::path(tag = "schemes", responses((status = 200, description = "The scheme", body = Scheme)))]
#[get("/schemes/{code}")]
pub async fn show_scheme(web: web::Data<Web>, code: web::Path<String>) -> Reply {
    show(web.service.scheme(code.into_inner()).await?)
}

/// Ask whether an application would qualify today, criterion by criterion: met, not met, or not
/// shown. Nothing is stored.
#[utoipa::path(tag = "schemes", request_body = ApplicationForm, responses((status = 200, description = "The checks", body = crate::web::reply::List<CriterionCheck>)))]
#[post("/schemes/{code}/eligibility")]
pub async fn would_qualify(web: web::Data<Web>, code: web::Path<String>, ask: Ask<ApplicationForm>) -> Reply {
    list(web.service.would_qualify(ask.caller, code.into_inner(), ask.body).await?)
}

/// Open an application window.
#[utoipa::path(tag = "schemes", request_body = WindowOpening, responses((status = 201, description = "The window", body = Window)))]
#[post("/schemes/{code}/windows")]
pub async fn open_window(web: web::Data<Web>, code: web::Path<String>, post: Post<WindowOpening>) -> Reply {
    let WindowOpening { opens_on, closes_on, reference } = post.body;
    let path = format!("/schemes/{code}/windows");
    let command = OpenWindow { scheme_code: code.into_inner(), opens_on, closes_on, reference };
    web.make(post.call, &path, command, json).await
}

/// List the windows of a scheme.
#[utoipa::path(tag = "schemes", responses((status = 200, description = "Windows", body = crate::web::reply::List<Window>)))]
#[get("/schemes/{code}/windows")]
pub async fn list_windows(web: web::Data<Web>, signed: Signed, code: web::Path<String>) -> Reply {
    list(web.service.list_windows(signed.0, code.into_inner()).await?)
}
