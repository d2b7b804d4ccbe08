//! Every list that the reader may open, in groups, each with what it has.

use crate::web::edge::reply::Reply;
use crate::web::portal::navigation::ShownGroup;
use crate::web::portal::page::{Frame, Page};
use askama::Template;

#[derive(Template)]
#[template(path = "templates/everyone/lists.html", config = "src/web/askama.toml")]
struct ListsPage<'a> {
    page: &'a Page,
    frame: Frame,
    groups: Vec<ShownGroup>,
}

/// The page of all lists.
pub async fn lists_page(page: Page) -> Reply {
    page.visitor()?;
    page.show(&ListsPage { frame: page.frame(page.t("title-lists")), groups: page.lists(), page: &page })
}
