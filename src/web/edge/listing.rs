//! Listings in pages: how many rows a page has, where the next page begins (a cursor), and the
//! `Link` header that leads to it (RFC 8288).

use crate::web::edge::moment::MomentQuery;
use crate::web::edge::problem::Problem;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use domain::base::field::BadParameter;
use domain::base::field_reason::FieldReason;
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
    check_limit(limit as i64, ROWS_MOST as i64)?;
    Ok(limit)
}

/// Refuses a page of no rows, and one of more than this many.
pub fn check_limit(limit: i64, most: i64) -> Result<(), Problem> {
    if (1..=most).contains(&limit) {
        return Ok(());
    }
    Err(BadParameter::new("limit", FieldReason::Range { least: 1, most }).into())
}

/// The problem of a cursor that no page of this list gave.
pub fn no_cursor() -> Problem {
    BadParameter::new("cursor", FieldReason::Cursor).into()
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
