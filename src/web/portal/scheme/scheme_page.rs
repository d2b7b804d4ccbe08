//! One scheme: the version in force, every version with its computed difference to the one before, windows, and drafts
//! of the next version.

use crate::service::revision::scheme_book::WholeScheme;
use crate::service::scheme::scheme_versions::SchemeVersion;
use crate::web::edge::reply::Reply;
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::scheme::draft_page;
use crate::web::portal::texts::Language;
use actix_web::web::Path;
use askama::Template;
use domain::base::id::{SchemeDraftId, UserId};
use domain::people::office::PersonThere;
use domain::revision::scheme_difference::LeafChange;
use serde_json::Value;

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

/// A value that differs, as text.
pub struct LeafRow {
    pub key: String,
    pub before: String,
    pub after: String,
}

/// The values that differ, as text; a dash where there is none.
pub fn leaf_rows(changes: &[LeafChange]) -> Vec<LeafRow> {
    let text = |value: &Option<Value>| match value {
        None => "–".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let row = |change: &LeafChange| LeafRow {
        key: change.key.clone(),
        before: text(&change.before),
        after: text(&change.after),
    };
    changes.iter().map(row).collect()
}

impl SchemePage<'_> {
    /// The versions, the newest first.
    fn versions(&self) -> Vec<&SchemeVersion> {
        self.file.versions.iter().rev().collect()
    }

    fn is_in_force(&self, version: &SchemeVersion) -> bool {
        version.scheme.version == self.file.in_force.version
    }

    fn draft_address(&self, id: &SchemeDraftId) -> String {
        self.page.to(&draft_page::record_of(*id))
    }

    fn who(&self, id: &UserId) -> Option<PersonThere> {
        self.file.people.person(*id, None, None)
    }

    fn leaves(&self, version: &SchemeVersion) -> Vec<LeafRow> {
        leaf_rows(&version.difference)
    }
}
