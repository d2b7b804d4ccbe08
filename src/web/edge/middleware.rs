//! Wraps every request: a request id, one log line, security headers, and the guarantee that every answer that
//! is not a success is a problem document.

use crate::service::running::statements::counted;
use crate::web::edge::language::Language;
use crate::web::edge::methods;
use crate::web::edge::problem::Problem;
use crate::web::edge_reason::EdgeReason;
use crate::web::unparsed::Handled;
use actix_web::HttpMessage;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use domain::base::field::BadParameter;
use domain::base::field_reason::FieldReason;
use std::time::Instant;

/// The headers of every answer.
pub const HEADERS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
];

/// The id of a request, for whoever answers it with a page.
#[derive(Clone)]
pub struct RequestId(pub String);

/// Marks an answer that already is what people shall see, although it is not a success.
pub struct Whole {
    /// The internal cause, only for the log.
    pub cause: Option<String>,
}

/// Wraps one request. Logs the route's pattern, never the path, query, body or token.
pub async fn around(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let request_id = uuid::Uuid::now_v7().to_string();
    let method = request.method().clone();
    let handled = Handled::begin(request.request());
    // Pages answer HEAD themselves: a link that is good once is not used up by it.
    if !of_pages(&request) {
        methods::head_as_get(&mut request);
    }
    let language = Language::of(&request);
    #[allow(clippy::disallowed_methods)] // how long it took is told to the log alone
    let started = Instant::now();
    request.extensions_mut().insert(RequestId(request_id.clone()));
    // A NUL in path or query is part of no valid name, and PostgreSQL accepts it in no text.
    let response = if has_nul(&request) && !of_pages(&request) {
        let problem = nul_of(request.query_string());
        request.error_response(problem).map_into_boxed_body()
    } else {
        // Handlers and extractors return responses; only a layer below fails with an error.
        let (response, statements) = counted(next.call(request)).await;
        let mut response =
            response.map_err(|error| problem_of(&error, &request_id).told_in(language))?.map_into_boxed_body();
        if cfg!(debug_assertions) {
            response.headers_mut().insert(HeaderName::from_static("x-statements"), HeaderValue::from(statements));
        }
        response
    };
    let (mut response, cause) = finish(response, &request_id, language);
    for (name, value) in HEADERS {
        // A page may be stricter.
        if !response.headers().contains_key(*name) {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    let private = response.headers().contains_key("etag");
    let cache = if private { "private, no-cache" } else { "no-store" };
    if !response.headers().contains_key("cache-control") {
        response.headers_mut().insert(HeaderName::from_static("cache-control"), HeaderValue::from_static(cache));
    }
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    let route = response.request().match_pattern().unwrap_or_else(|| "unknown".to_owned());
    let status = response.status().as_u16();
    let milliseconds = started.elapsed().as_millis() as u64;
    match cause {
        Some(cause) => tracing::error!(request_id, %method, route, status, milliseconds, cause, "request failed"),
        None => tracing::info!(request_id, %method, route, status, milliseconds, "request"),
    }
    Ok(response.map_body(|_, body| handled.until_sent(body)))
}

/// Whether an address has a NUL.
pub fn has_nul(request: &ServiceRequest) -> bool {
    request.uri().to_string().contains("%00")
}

/// The problem of an address with a NUL: it names the parameter in which it stands.
fn nul_of(query: &str) -> Problem {
    let with_nul = query.split('&').find(|part| part.contains("%00"));
    let Some(part) = with_nul else { return Problem::because("bad_parameter", EdgeReason::NoNul) };
    let (name, _) = part.split_once('=').unwrap_or((part, ""));
    BadParameter::new(name, FieldReason::Deceptive).into()
}

/// Whether an address is one of pages, which refuse it with a page.
fn of_pages(request: &ServiceRequest) -> bool {
    let first = request.path().split('/').nth(1).unwrap_or_default();
    first.parse::<Language>().is_ok() && request.path().matches('/').count() > 1
}

/// Adds the request id to a problem, tells it in the language of the request, and adds a problem document to every
/// failure without one.
fn finish(
    response: ServiceResponse<BoxBody>,
    request_id: &str,
    language: Language,
) -> (ServiceResponse<BoxBody>, Option<String>) {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return (response, None);
    }
    let whole = response.response().extensions().get::<Whole>().map(|whole| whole.cause.clone());
    if let Some(cause) = whole {
        return (response, cause);
    }
    let problem = match response.response().error() {
        Some(error) => problem_of(error, request_id),
        None => Problem { request_id: Some(request_id.to_owned()), ..Problem::of_status(status) },
    };
    let problem = problem.told_in(language);
    let cause = problem.cause.clone();
    (response.into_response(problem.response()), cause)
}

fn problem_of(error: &actix_web::Error, request_id: &str) -> Problem {
    let problem = match error.as_error::<Problem>() {
        Some(problem) => problem.clone(),
        None => Problem::of_status(error.as_response_error().status_code()),
    };
    Problem { request_id: Some(request_id.to_owned()), ..problem }
}
