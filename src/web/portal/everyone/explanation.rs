//! What a problem code means and what to do, for people who followed the link of a page that refused something.

use crate::web::edge::explanation::Explanation;
use crate::web::edge::reply::Reply;
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::texts::Language;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "templates/everyone/explanation.html", config = "src/web/askama.toml")]
struct ExplanationPage<'a> {
    page: &'a Page,
    frame: Frame,
    explanation: Explanation,
}

/// The page of one code.
pub async fn explanation_page(page: Page, at: Path<(Language, String)>) -> Reply {
    let explanation = Explanation::of(&at.1, page.language)?;
    let title = if explanation.is_of_a_rule { page.t("title-explanation") } else { explanation.title.clone() };
    let frame = page.frame(title);
    page.show(&ExplanationPage { page: &page, frame, explanation })
}
