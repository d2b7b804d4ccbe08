//! Answers to successful requests: to commands, to creations, and to reads.

use crate::service::running::runner::{Answered, Call, Command};
use crate::web::Web;
use crate::web::edge::conditional::is_known;
use crate::web::edge::dry_run::DRY_RUN;
use crate::web::edge::problem::Problem;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub type Reply = Result<HttpResponse, Problem>;

/// Several records of one kind.
#[derive(Serialize, ToSchema)]
pub struct List<T> {
    pub data: Vec<T>,
}

/// The JSON text of an answer. Answers contain only text, numbers, lists and maps with text keys, so they
/// always have one.
pub fn json<T: Serialize>(value: T) -> String {
    serde_json::to_string(&value).unwrap_or_default()
}

#[derive(Deserialize)]
struct Made {
    id: String,
    version: Option<i64>,
}

impl Web {
    /// Runs a command on an existing record: 200.
    pub fn run<C: Command>(
        &self,
        call: Call,
        command: C,
        render: impl FnOnce(C::Answer) -> String + Send + 'static,
    ) -> impl Future<Output = Reply> {
        self.service.execute(call, command, render).map(|outcome| Ok(done(outcome?)))
    }

    /// Runs a command that creates a record under `path`: 201 with its address.
    pub fn make<C: Command>(
        &self,
        call: Call,
        path: &str,
        command: C,
        render: impl FnOnce(C::Answer) -> String + Send + 'static,
    ) -> impl Future<Output = Reply> {
        self.service.execute(call, command, render).map(move |outcome| Ok(made(path, outcome?)))
    }
}

/// 200 with the answer of a command.
pub fn done(answered: Answered) -> HttpResponse {
    if answered.rehearsed { rehearsed(answered.body) } else { with(HttpResponse::Ok(), answered) }
}

/// 200 with what an act would do; it made no record, and has no entry of the log.
fn rehearsed(body: String) -> HttpResponse {
    HttpResponse::Ok().insert_header((DRY_RUN, "true")).content_type("application/json").body(body)
}

/// The body, whether it is a replay, and the entry of the log for which a receipt can be requested.
fn with(mut builder: HttpResponseBuilder, answered: Answered) -> HttpResponse {
    if answered.replayed {
        builder.insert_header(("Idempotency-Replayed", "true"));
    }
    if let Some(entry) = answered.log_entry {
        builder.insert_header(("Log-Entry", entry.to_string()));
    }
    builder.content_type("application/json").body(answered.body)
}

/// 201 with the answer of a command, the address of the new record, and its version as the tag that it has there
/// (RFC 9110, 15.3.2). The answer to a step has no tag: it stands for the step, and no address has it.
pub fn made(path: &str, answered: Answered) -> HttpResponse {
    made_with(path, answered, |version| version.map(tag))
}

/// The same for a record that is shown as on a day: its tag is of what is shown then, and not of this answer.
pub fn made_of_day(path: &str, answered: Answered) -> HttpResponse {
    made_with(path, answered, |_| None)
}

fn made_with(path: &str, answered: Answered, tag: impl FnOnce(Option<i64>) -> Option<String>) -> HttpResponse {
    if answered.rehearsed {
        return rehearsed(answered.body);
    }
    let mut builder = HttpResponse::Created();
    if let Ok(Made { id, version }) = serde_json::from_str(&answered.body) {
        builder.insert_header((header::LOCATION, format!("/api/v1{path}/{id}")));
        tag(version).into_iter().for_each(|tag| {
            builder.insert_header((header::ETAG, tag));
        });
    }
    with(builder, answered)
}

/// 200 with a list.
pub fn list<T: Serialize>(data: Vec<T>) -> Reply {
    show(List { data })
}

/// 200 with a value that has no version.
pub fn show<T: Serialize>(value: T) -> Reply {
    Ok(shown(HttpResponse::Ok(), json(value)))
}

/// 200 with a record whose answer also has a status on a day, which changes without the version. Its `ETag` is the
/// version and a digest of what is sent, which `web/edge/conditional.rs` adds and compares.
pub fn show_of_day<T: Serialize>(version: i64, value: T) -> Reply {
    Ok(shown_version(&format!("\"{version}-\""), json(value)))
}

/// 200 with a record and its version as `ETag`, or 304 when the caller has that version.
pub fn show_version<T: Serialize>(request: &HttpRequest, version: i64, value: T) -> Reply {
    let tag = tag(version);
    match unchanged(request, &tag) {
        Some(response) => Ok(response),
        None => Ok(shown_version(&tag, json(value))),
    }
}

fn tag(version: i64) -> String {
    format!("\"{version}\"")
}

/// 304 when the caller has the version with this tag.
fn unchanged(request: &HttpRequest, tag: &str) -> Option<HttpResponse> {
    is_known(request.headers(), tag).then(|| HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish())
}

fn shown(mut builder: HttpResponseBuilder, body: String) -> HttpResponse {
    builder.content_type("application/json").body(body)
}

fn shown_version(tag: &str, body: String) -> HttpResponse {
    let mut builder = HttpResponse::Ok();
    builder.insert_header((header::ETAG, tag));
    shown(builder, body)
}
