//! One scheme: the version in force, every version with its computed difference to the one before, windows, and drafts
//! of the next version.

use crate::service::revision::scheme_book::WholeScheme;
use crate::service::scheme::scheme_versions::SchemeVersion;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::scheme::draft_page;
use crate::web::portal::scheme::leaf_words::{LeafRow, leaf_rows};
use crate::web::portal::texts::Language;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;
use askama::Template;
use domain::base::id::{SchemeDraftId, UserId};
use domain::people::office::PersonThere;

#[derive(Template)]
#[template(path = "templates/scheme/scheme.html", config = "src/web/askama.toml")]
struct SchemePage<'a> {
    page: &'a Page,
    frame: Frame,
    file: WholeScheme,
}

/// The address of a scheme, after the language.
pub fn record_of(code: &str) -> String {
    format!("/schemes/{code}")
}

/// The page of one scheme.
pub async fn scheme_page(page: Page, at: Path<(Language, String)>) -> Reply {
    let file = page.web.service.whole_scheme(page.caller()?, at.1.clone()).await?;
    let mut frame = page.frame(file.in_force.name.clone());
    frame.crumbs.push(page.crumb("title-schemes", "/schemes"));
    page.show(&SchemePage { page: &page, frame, file })
}

/// The text of one version, as it was published.
pub async fn version_text(page: Page, at: Path<(Language, String, i64)>) -> Reply {
    let (_, code, number) = at.into_inner();
    let file = page.web.service.whole_scheme(page.caller()?, code).await?;
    let found = file.versions.into_iter().find(|version| version.scheme.version == number);
    let version = found.ok_or_else(|| Problem::edge("not_found", "there is no such version"))?;
    let name = format!("attachment; filename=\"{}-{number}.toml\"", version.scheme.code);
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/toml; charset=utf-8");
    Ok(answer.insert_header((header::CONTENT_DISPOSITION, name)).body(version.document))
}

impl SchemePage<'_> {
    /// The versions, the newest first.
    fn versions(&self) -> Vec<&SchemeVersion> {
        self.file.versions.iter().rev().collect()
    }

    fn is_in_force(&self, version: &SchemeVersion) -> bool {
        version.scheme.version == self.file.in_force.version
    }

    /// Where the text of a version is downloaded.
    fn text_address(&self, version: &SchemeVersion) -> String {
        let record = record_of(&version.scheme.code);
        self.page.to(&format!("{record}/versions/{}/text.toml", version.scheme.version))
    }

    fn draft_address(&self, id: &SchemeDraftId) -> String {
        self.page.to(&draft_page::record_of(*id))
    }

    fn who(&self, id: &UserId) -> Option<PersonThere> {
        self.file.people.person(*id, None, None)
    }

    fn leaves(&self, version: &SchemeVersion) -> Vec<LeafRow> {
        leaf_rows(self.page, &version.scheme, &version.difference)
    }
}
