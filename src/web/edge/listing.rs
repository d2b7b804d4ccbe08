//! Listings in pages: how many rows a page has, where the next page begins (a cursor), and the
//! `Link` header that leads to it (RFC 8288). Lists of whole records are in `record_list.rs`.

use crate::service::running::cursor;
use crate::web::edge::moment::MomentQuery;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::json;
use crate::web::edge::selection_rows::value;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::base::field::BadParameter;
use domain::base::field_reason::FieldReason;
use domain::desk::selection::{Behind, Field, Holds, Selection};
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

impl Page {
    /// Cuts what was read to one page. One row more than the page has was read, to know whether more follow; `cursor`
    /// says where the page after a row begins.
    pub fn cut<T>(mut found: Vec<T>, limit: usize, cursor: impl FnOnce(&T) -> String) -> (Vec<T>, Page) {
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(cursor);
        (found, Page { limit, next })
    }

    /// The address of the next page of this request, if there is one.
    pub fn address(&self, request: &HttpRequest) -> Option<String> {
        self.next.as_ref().map(|next| next_address(request, next))
    }
}

/// The number of rows on a page.
pub fn rows_on_page(limit: Option<usize>) -> Result<usize, Problem> {
    rows_within(limit, ROWS_DEFAULT, ROWS_MOST)
}

/// The number of records on a page of a list that was once whole: as many as a page can have, unless another number is
/// asked for, so that few clients that name none have to follow it.
pub fn records_on_page(limit: Option<usize>) -> Result<usize, Problem> {
    rows_within(limit, ROWS_MOST, ROWS_MOST)
}

/// The number of rows on a page of at most so many.
pub fn rows_within(limit: Option<usize>, default: usize, most: usize) -> Result<usize, Problem> {
    let limit = limit.unwrap_or(default);
    if (1..=most).contains(&limit) {
        return Ok(limit);
    }
    Err(BadParameter::new("limit", FieldReason::Range { least: 1, most: most as i64 }).into())
}

/// The problem of a cursor that no page of this list gave.
pub fn no_cursor() -> Problem {
    cursor::no_cursor().into()
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

/// The cursor of the page of a selection that begins behind a record: base64url of its sort value and its key.
pub fn cursor_behind(behind: &Behind) -> String {
    URL_SAFE_NO_PAD.encode(json([&behind.sort, &behind.key]))
}

/// The record behind which the page with a cursor begins.
pub fn behind_cursor(cursor: &str, selection: &Selection) -> Result<Behind, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| no_cursor())?;
    let [sort, key]: [serde_json::Value; 2] = serde_json::from_slice(&bytes).map_err(|_| no_cursor())?;
    let fits = |field: &Field, json: &serde_json::Value| {
        let number = matches!(field.holds, Holds::Number | Holds::Paise);
        value(json).filter(|_| json.is_number() == number)
    };
    let sort = fits(selection.sort, &sort).ok_or_else(no_cursor)?;
    let key = fits(selection.subject.key(), &key).ok_or_else(no_cursor)?;
    Ok(Behind { sort, key })
}
