//! What is decided about a request before and around its handler, from the route table alone. Parameters that its
//! operation does not have are refused, of reads and of acts. And whoever may not use an operation is told so before
//! anything else that is wrong with their request: a body is nobody's business whose role has no such act.

use crate::web::edge::dry_run::dry_run;
use crate::web::edge::extract::{caller, web_of};
use crate::web::edge::parameters;
use crate::web::edge::problem::Problem;
use crate::web::edge::route_table::ServedOperation;
use crate::web::routes;
use crate::web::sent_body;
use actix_web::HttpRequest;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web;
use domain::base::field::FieldErrors;
use domain::desk::selection::Subject;
use std::sync::Arc;

const INTERFACE: &str = "/api/v1/";
const SELECTIONS: &str = "/api/v1/selections/";

/// The parameters of the moment, which every read takes; another wrapper takes them out of the address.
const OF_READS: &[&str] = &["as_of", "known_at"];

/// The operation of a request.
pub fn served(request: &ServiceRequest) -> Option<Arc<ServedOperation>> {
    operation_of(request.request())
}

fn operation_of(request: &HttpRequest) -> Option<Arc<ServedOperation>> {
    let path = request.path().strip_prefix(INTERFACE)?;
    routes::served().find(request.method(), path).cloned()
}

/// The parameters in the address of a request.
fn given(request: &HttpRequest) -> Option<Vec<(String, String)>> {
    web::Query::from_query(request.query_string()).ok().map(web::Query::into_inner)
}

/// Refuses parameters that the operation does not have, and decides who may use it before what is wrong is told.
pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(served) = served(&request) else { return Ok(next.call(request).await?.map_into_boxed_body()) };
    if let Err(errors) = check_parameters(request.request(), &served) {
        let problem = Problem::of_fields("bad_parameter", errors);
        let problem = permitted(request.request(), &served).await.err().unwrap_or(problem);
        return Ok(request.error_response(problem).map_into_boxed_body());
    }
    let response = next.call(request).await?.map_into_boxed_body();
    if let Some(pointer) = sent_body::astray(&response) {
        let cause = Some(format!("{pointer} is no place of the body that was sent"));
        return Ok(response.error_response(Problem { cause, ..Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR) }));
    }
    if is_about_the_request(response.status()) {
        let refused = permitted(response.request(), &served).await;
        if let Err(problem) = refused {
            return Ok(response.error_response(problem));
        }
    }
    Ok(response)
}

/// The problem of a request as its sender hears it: who may not use the operation is told that alone.
pub async fn as_heard(request: &HttpRequest, problem: Problem) -> Problem {
    match operation_of(request) {
        Some(served) => permitted(request, &served).await.err().unwrap_or(problem),
        None => problem,
    }
}

/// Whether an answer says that something is wrong with what was sent, which only a person hears who may send it.
fn is_about_the_request(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 408 | 413 | 415 | 422 | 428)
}

/// Refuses whoever may not use an operation. An act that is refused is on record, as if its command had refused it.
async fn permitted(request: &HttpRequest, served: &ServedOperation) -> Result<(), Problem> {
    if served.declared.is_open() {
        return Ok(());
    }
    let rehearses = dry_run(request.headers()).unwrap_or(true);
    let (web, caller) = (web_of(request)?, caller(request)?);
    web.service.require_permission(caller, served.declared, served.noun(), rehearses).await?;
    // Some kinds of records are for auditors alone.
    match selected(request) {
        Some(subject) => Ok(web.service.may_select_of(caller, subject).await?),
        None => Ok(()),
    }
}

/// The kind of records that a selection is of.
fn selected(request: &HttpRequest) -> Option<Subject> {
    request.path().strip_prefix(SELECTIONS)?.split('/').next()?.parse().ok()
}

fn check_parameters(request: &HttpRequest, served: &ServedOperation) -> Result<(), FieldErrors> {
    let Some(given) = given(request).filter(|given| !given.is_empty()) else { return Ok(()) };
    // The fields of the records are the parameters of a selection; it knows them itself.
    if request.path().starts_with(SELECTIONS) {
        return Ok(());
    }
    let further = if *request.method() == Method::GET { OF_READS } else { &[] };
    parameters::check(&served.parameters, further, &given)
}

/// The parameters in the address of a request, if each can be read as the route table describes it.
pub fn readable_parameters(request: &HttpRequest) -> Result<Vec<(String, String)>, Problem> {
    let Some(given) = given(request) else { return Err(unreadable_parameters(request)) };
    let served = operation_of(request);
    let known = served.as_ref().map(|served| served.parameters.as_slice()).unwrap_or_default();
    let faults = parameters::faults(known, &given).finish();
    faults.map_err(|errors| Problem::of_fields("bad_parameter", errors))?;
    Ok(given)
}

/// The problem of parameters that a handler could not read, each with what is expected of it.
pub fn unreadable_parameters(request: &HttpRequest) -> Problem {
    let served = operation_of(request);
    let known = served.as_ref().map(|served| served.parameters.as_slice()).unwrap_or_default();
    let errors = parameters::unreadable(known, &given(request).unwrap_or_default());
    Problem::of_fields("bad_parameter", errors)
}
