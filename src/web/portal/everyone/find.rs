//! From a number to its page: one record that has a page is gone to at once; everything else is a list that says what
//! was searched.

use crate::service::desk::finder::{FoundKind, FoundList, FoundRecord};
use crate::web::edge::reply::Reply;
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::reference;
use actix_web::web::Query;
use askama::Template;
use domain::base::id::ClaimId;
use serde::Deserialize;

/// What is searched for.
#[derive(Default, Deserialize)]
pub struct FindQuery {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "templates/everyone/find.html", config = "src/web/askama.toml")]
struct FindPage<'a> {
    page: &'a Page,
    frame: Frame,
    asked: String,
    list: FoundList,
}

/// The page that searches.
pub async fn find_page(page: Page, query: Query<FindQuery>) -> Reply {
    let asked = query.into_inner().q;
    let list = page.web.service.find(page.caller()?, asked.clone()).await?;
    if let [one] = &list.records[..]
        && let Some(path) = path_of(one)
    {
        return Ok(page.see_other(&path));
    }
    let frame = page.frame(page.t("title-find"));
    page.show(&FindPage { page: &page, frame, asked, list })
}

/// The page of a record; a draft of a claim is found by its id.
fn path_of(record: &FoundRecord) -> Option<String> {
    let draft = || (record.kind == FoundKind::Claim).then(|| format!("/claims/{}", record.number));
    reference::page_of(&record.number).or_else(|| record.number.parse::<ClaimId>().ok().and_then(|_| draft()))
}

impl FindPage<'_> {
    fn address(&self, record: &FoundRecord) -> Option<String> {
        path_of(record).map(|path| self.page.to(&path))
    }

    /// What was searched, by name.
    fn searched(&self) -> String {
        let kinds = self.list.searched.iter().map(|kind| self.page.word("searched", kind));
        kinds.collect::<Vec<_>>().join(", ")
    }
}
