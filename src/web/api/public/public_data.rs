//! The public data: their totals and files. No access token is needed.

use crate::web::Web;
use crate::web::api::public::public_files::PublicFile;
use crate::web::edge::reply::{Reply, show};
use actix_web::{HttpRequest, get, web};
use domain::public::public_data::{LICENCE_NAME, LICENCE_TITLE, LICENCE_URL, PublicTable, PublicTotals};
use domain::public::public_figures::PublicScheme;
use serde::Serialize;
use utoipa::ToSchema;

/// The licence of the data.
#[derive(Serialize, ToSchema)]
pub struct LicenceView {
    pub name: &'static str,
    pub title: &'static str,
    pub url: &'static str,
}

/// A file of the public data.
#[derive(Serialize, ToSchema)]
pub struct PublicFileView {
    pub path: String,
    pub content_type: &'static str,
    pub about: &'static str,
}

/// The public data.
#[derive(Serialize, ToSchema)]
pub struct PublicDataView {
    /// The publisher's name.
    pub publisher: String,
    pub licence: LicenceView,
    /// The totals over every file.
    pub totals: PublicTotals,
    /// The figures of each scheme: money by financial year and capacity by stage.
    pub schemes: Vec<PublicScheme>,
    pub files: Vec<PublicFileView>,
}

/// Show the published data: licence, totals, and the files to download.
#[utoipa::path(tag = "public data", responses((status = 200, description = "The public data", body = PublicDataView)))]
#[get("/public/data")]
pub async fn show_public_data(web: web::Data<Web>) -> Reply {
    let file = |file: PublicFile| PublicFileView {
        path: format!("/api/v1/public/data/{}", file.name()),
        content_type: file.content_type(),
        about: file.about(),
    };
    let (totals, schemes) = web.public_files.totals(&web.service).await?;
    show(PublicDataView {
        publisher: web.service.publisher.name.clone(),
        licence: LicenceView { name: LICENCE_NAME, title: LICENCE_TITLE, url: LICENCE_URL },
        totals,
        schemes,
        files: PublicFile::all().map(file).collect(),
    })
}

/// Download the public data as a 360Giving package.
#[utoipa::path(tag = "public data", responses((status = 200, description = "The package", body = Object),
    (status = 206, description = "The part of the file that was asked", body = String)))]
#[get("/public/data/360giving.json")]
pub async fn download_public_grants(web: web::Data<Web>, request: HttpRequest) -> Reply {
    web.public_files.answer(&web.service, PublicFile::Grants, &request).await
}

/// Download the public data as a release package of the Open Contracting Data Standard.
#[utoipa::path(tag = "public data", responses((status = 200, description = "The package", body = Object),
    (status = 206, description = "The part of the file that was asked", body = String)))]
#[get("/public/data/ocds.json")]
pub async fn download_public_releases(web: web::Data<Web>, request: HttpRequest) -> Reply {
    web.public_files.answer(&web.service, PublicFile::Releases, &request).await
}

/// Download the description of the Data Package; its tables have addresses next to it.
#[utoipa::path(tag = "public data", responses((status = 200, description = "The description", body = Object),
    (status = 206, description = "The part of the file that was asked", body = String)))]
#[get("/public/data/datapackage.json")]
pub async fn download_public_description(web: web::Data<Web>, request: HttpRequest) -> Reply {
    web.public_files.answer(&web.service, PublicFile::Description, &request).await
}

/// Download the public data as a Data Package: the description and all tables in one ZIP file.
#[utoipa::path(tag = "public data",
    responses((status = 200, description = "The package", body = Vec<u8>, content_type = "application/zip"),
        (status = 206, description = "The part of the file that was asked", body = String, content_type = "application/zip")))]
#[get("/public/data/datapackage.zip")]
pub async fn download_public_package(web: web::Data<Web>, request: HttpRequest) -> Reply {
    web.public_files.answer(&web.service, PublicFile::Package, &request).await
}

/// Download one table of the public data.
#[utoipa::path(tag = "public data", params(("table" = PublicTable, Path, description = "The table.")),
    responses((status = 200, description = "The table", body = String, content_type = "text/csv"),
        (status = 206, description = "The part of the file that was asked", body = String, content_type = "text/csv")))]
#[get("/public/data/{table}.csv")]
pub async fn download_public_table(web: web::Data<Web>, table: web::Path<PublicTable>, request: HttpRequest) -> Reply {
    web.public_files.answer(&web.service, PublicFile::Table(*table), &request).await
}
