//! Pages about the interface itself: its description, and the explanation of each problem code.

use crate::web::edge::explanation::{Explanation, prefers_a_page};
use crate::web::edge::language::Language;
use crate::web::edge::reply::Reply;
use crate::web::openapi::description;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};

#[get("/docs")]
pub async fn to_reference() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header(("Location", "/docs/")).finish()
}

/// The OpenAPI description itself; a client asks each time whether it is still the same.
#[get("/api/v1/openapi.json")]
pub async fn openapi_json(request: HttpRequest) -> HttpResponse {
    description().answer(&request)
}

/// Explains a problem code: the `type` of a problem refers to this address. Programs get a text in the language that
/// they ask for; a browser is led to the page.
#[get("/problems/{code}")]
pub async fn explain_problem(code: web::Path<String>, request: HttpRequest) -> Reply {
    let language = Language::of(&request);
    let explanation = Explanation::of(&code, language)?;
    let vary = (header::VARY, "Accept, Accept-Language");
    if prefers_a_page(&request) {
        let page = (header::LOCATION, format!("/{language}/problems/{code}"));
        return Ok(HttpResponse::SeeOther().insert_header(page).insert_header(vary).finish());
    }
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CONTENT_LANGUAGE, language.as_str()))
        .insert_header(vary)
        .body(explanation.to_string()))
}
