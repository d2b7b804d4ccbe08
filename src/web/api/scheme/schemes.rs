//! Schemes and their application windows. Schemes are public.

use crate::service::scheme::scheme_versions::SchemeVersion;
use crate::service::scheme::windows::OpenWindow;
use crate::web::Web;
use crate::web::edge::extract::{Ask, Post, Signed};
use crate::web::edge::reply::{Reply, json, list, show};
use actix_web::{get, post, web};
use chrono::NaiveDate;
use domain::award::application::ApplicationForm;
use domain::award::scrutiny::CriterionCheck;
use domain::base::calendar::Timestamp;
use domain::base::id::{SchemeDraftId, UserId};
use domain::revision::scheme_difference::LeafChange;
use domain::scheme::scheme::Scheme;
use domain::scheme::window::Window;
use serde::{Deserialize, Serialize};
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

/// One version in the list of a scheme's versions.
#[derive(Serialize, ToSchema)]
pub struct VersionEntry {
    pub version: i64,
    /// Gazette or order number.
    pub reference: String,
    pub effective_from: NaiveDate,
    /// The persons who wrote and published it, according to its text.
    pub author: Option<String>,
    pub publisher: Option<String>,
    /// The accounts that drafted and published it here; none for a version that came in a file.
    pub drafted_by: Option<UserId>,
    pub published_by: Option<UserId>,
    /// When it was published here, or when its file was first loaded.
    pub published_at: Timestamp,
    /// SHA-256 of its text.
    pub digest: String,
    /// Its changes to the version before, as its text describes them.
    pub changes: Vec<String>,
}

/// One version of a scheme.
#[derive(Serialize, ToSchema)]
pub struct VersionView {
    #[serde(flatten)]
    pub entry: VersionEntry,
    pub draft_id: Option<SchemeDraftId>,
    pub scheme: Scheme,
    /// The TOML text, to which the digest belongs.
    pub text: String,
    /// Its computed changes to the version before, value by value.
    pub difference: Vec<LeafChange>,
}

fn entry(version: &SchemeVersion) -> VersionEntry {
    let scheme = &version.scheme;
    VersionEntry {
        version: scheme.version,
        reference: scheme.reference.clone(),
        effective_from: scheme.effective_from,
        author: scheme.prepared_by.clone(),
        publisher: scheme.published_by.clone(),
        drafted_by: version.drafted_by,
        published_by: version.published_by,
        published_at: version.published_at,
        digest: version.digest.clone(),
        changes: scheme.changes.clone(),
    }
}

/// List the schemes in force, every figure with its basis and source.
#[utoipa::path(tag = "schemes", responses((status = 200, description = "Schemes", body = crate::web::edge::reply::List<Scheme>)))]
#[get("/schemes")]
pub async fn list_schemes(web: web::Data<Web>) -> Reply {
    list(web.service.schemes().await?)
}

/// Show the version of one scheme that is in force today.
#[utoipa::path(tag = "schemes", responses((status = 200, description = "The scheme", body = Scheme)))]
#[get("/schemes/{code}")]
pub async fn show_scheme(web: web::Data<Web>, code: web::Path<String>) -> Reply {
    show(web.service.scheme(code.into_inner()).await?)
}

/// List the versions of a scheme, the first one first.
#[utoipa::path(tag = "schemes", responses((status = 200, description = "Versions", body = crate::web::edge::reply::List<VersionEntry>)))]
#[get("/schemes/{code}/versions")]
pub async fn list_scheme_versions(web: web::Data<Web>, code: web::Path<String>) -> Reply {
    list(web.service.scheme_versions(code.into_inner()).await?.iter().map(entry).collect())
}

/// Show one version of a scheme: its figures, its text, and its changes to the version before.
#[utoipa::path(tag = "schemes", responses((status = 200, description = "The version", body = VersionView)))]
#[get("/schemes/{code}/versions/{version}")]
pub async fn show_scheme_version(web: web::Data<Web>, path: web::Path<(String, i64)>) -> Reply {
    let (code, number) = path.into_inner();
    let version = web.service.scheme_version(code, number).await?;
    show(VersionView {
        entry: entry(&version),
        draft_id: version.draft_id,
        scheme: (*version.scheme).clone(),
        text: version.document,
        difference: version.difference,
    })
}

/// Check whether an application would qualify today, criterion by criterion: met, not met, or not shown.
/// Nothing is stored.
#[utoipa::path(tag = "schemes", request_body = ApplicationForm, responses((status = 200, description = "The checks", body = crate::web::edge::reply::List<CriterionCheck>)))]
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
#[utoipa::path(tag = "schemes", responses((status = 200, description = "Windows", body = crate::web::edge::reply::List<Window>)))]
#[get("/schemes/{code}/windows")]
pub async fn list_windows(web: web::Data<Web>, signed: Signed, code: web::Path<String>) -> Reply {
    list(web.service.list_windows(signed.0, code.into_inner()).await?)
}
