//! Pages about the interface itself: the browsable reference (served from this binary), and the explanation of each
//! problem code.

use crate::web::edge::problem::{EDGE_CODES, PAGE_CODES, Problem, refusal_status};
use crate::web::edge::reply::Reply;
use crate::web::openapi::description;
use actix_web::{HttpResponse, get, web};
use domain::base::refusal::Refusal;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// The reference at `/docs/`.
pub fn reference() -> SwaggerUi {
    SwaggerUi::new("/docs/{_:.*}").config(Config::new(["/api/v1/openapi.json"]).display_operation_id(true))
}

#[get("/docs")]
pub async fn to_reference() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header(("Location", "/docs/")).finish()
}

/// The OpenAPI description itself.
#[get("/api/v1/openapi.json")]
pub async fn openapi_json() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(("cache-control", "no-cache"))
        .body(description().text.as_str())
}

/// Explains a problem code: the `type` of a problem refers to this page.
#[get("/problems/{code}")]
pub async fn explain_problem(code: web::Path<String>) -> Reply {
    let edge = EDGE_CODES.iter().chain(PAGE_CODES).find(|(known, _, _)| *known == code.as_str());
    let text = match edge {
        Some((code, status, title)) => format!("{code} (HTTP {status})\n\n{title}.\n"),
        None if Refusal::CODES.contains(&code.as_str()) => {
            format!(
                "{code} (HTTP {})\n\nA rule said no. The problem's detail says why and what to do; nothing was changed.\n",
                refusal_status(&code)
            )
        }
        None => return Err(Problem::edge("not_found", "there is no such problem code")),
    };
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text))
}
