//! `Dry-Run: true`: the request asks what a step would do. It passes only to operations that can be rehearsed; any
//! other request with it is refused, so that nothing is ever done when only a rehearsal was asked for.

use crate::web::edge::gate;
use crate::web::edge::problem::{NO_REHEARSAL, Problem};
use crate::web::edge_reason::EdgeReason;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderMap;
use actix_web::middleware::Next;

/// The header, of the request and of its answer.
pub const DRY_RUN: &str = "dry-run";

/// Whether only a rehearsal is asked for.
pub fn dry_run(headers: &HeaderMap) -> Result<bool, Problem> {
    let mut values = headers.get_all(DRY_RUN).map(|value| value.as_bytes());
    match (values.next(), values.next()) {
        (None, _) | (Some(b"false"), None) => Ok(false),
        (Some(b"true"), None) => Ok(true),
        _ => Err(Problem::because("bad_header", EdgeReason::DryRunValue)),
    }
}

/// Lets a request with `Dry-Run: true` through only where a rehearsal is offered.
pub async fn where_offered(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let passes = match dry_run(request.headers()) {
        Ok(true) if !is_offered(&request) => Err(Problem::edge("dry_run_not_offered", NO_REHEARSAL)),
        Ok(_) => Ok(()),
        Err(problem) => Err(problem),
    };
    match passes {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(problem) => Ok(request.error_response(problem).map_into_boxed_body()),
    }
}

/// Whether the operation at this address can be rehearsed. An address that is not served is answered as such.
fn is_offered(request: &ServiceRequest) -> bool {
    request.match_pattern().is_none() || gate::served(request).is_some_and(|served| served.declared.rehearses)
}
