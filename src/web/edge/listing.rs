//! Listings in pages: how many rows a page has, where the next page begins (a cursor), and the
//! `Link` header that leads to it (RFC 8288).

use crate::web::edge::moment::MomentQuery;
use crate::web::edge::problem::Problem;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

pub const ROWS_DEFAULT: usize = 50;
pub const ROWS_MOST: usize = 200;

/// Where the next page starts.
#[derive(Serialize, ToSchema)]
pub struct Page {
    pub limit: usize,
    /// Absent on the last page.
    pub next: Option<String>,
}

/// The number of rows on a page.
pub fn rows_on_page(limit: Option<usize>) -> Result<usize, Problem> {
    let limit = limit.unwrap_or(ROWS_DEFAULT);
    if (1..=ROWS_MOST).contains(&limit) {
        return Ok(limit);
    }
    Err(Problem::edge("bad_parameter", format!("limit: 1 to {ROWS_MOST}")))
}

/// A page as JSON, with a `Link` to the next one if there is one.
pub fn page_answer(body: String, next: Option<String>) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    if let Some(next) = next {
        answer.insert_header(("Link", format!("<{next}>; rel=\"next\"")));
    }
    answer.content_type("application/json").body(body)
}

/// The address of the page that begins at a cursor: that of this request, with the moment that it
/// asked about.
pub fn next_address(request: &HttpRequest, cursor: &str) -> String {
    let stays = request.query_string().split('&').filter(|part| !part.is_empty() && !part.starts_with("cursor="));
    let extensions = request.extensions();
    let moment = extensions.get::<MomentQuery>().map(|query| query.0.as_str());
    let parts: Vec<&str> = stays.chain(moment).collect();
    format!("{}?{}{}cursor={cursor}", request.path(), parts.join("&"), if parts.is_empty() { "" } else { "&" })
}
