//! Methods that every address answers by itself: HEAD where GET is answered, OPTIONS everywhere (RFC 9110, 9.3.2 and
//! 9.3.7); and what is answered where an address or a method is not known.

use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::edge_reason::EdgeReason;
use actix_web::dev::ServiceRequest;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse};

/// Lets a request for the head of an answer be handled as one for the answer; the server sends no body then.
pub fn head_as_get(request: &mut ServiceRequest) {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
}

/// Answers a request that no route took, given the methods of its address: none for an unknown one.
pub fn not_routed(request: &HttpRequest, known: &[impl AsRef<str>], nothing: &str) -> Reply {
    if known.is_empty() {
        return without_slash(request).ok_or_else(|| Problem::edge("not_found", nothing));
    }
    let allow = allowed(known);
    let reason = EdgeReason::Methods { known: allow.clone() };
    if request.method() == Method::OPTIONS {
        return Ok(HttpResponse::NoContent().insert_header((header::ALLOW, allow)).finish());
    }
    Err(Problem { allow: Some(allow.into()), ..Problem::because("method_not_allowed", reason) })
}

/// The methods that an address answers, as in `Allow`.
fn allowed(known: &[impl AsRef<str>]) -> String {
    let mut all: Vec<&str> = Vec::new();
    for method in known.iter().map(AsRef::as_ref).filter(|method| *method != "HEAD") {
        all.push(method);
        if method == "GET" {
            all.push("HEAD");
        }
    }
    all.push("OPTIONS");
    all.join(", ")
}

/// Leads from an address with a slash at its end to the one without; it is the same address.
fn without_slash(request: &HttpRequest) -> Option<HttpResponse> {
    let address = request.path().strip_suffix('/')?;
    // Two slashes at the start would lead to another host.
    let good = address.starts_with('/') && !address.contains("//") && !address.contains('\\');
    let query = Some(request.query_string()).filter(|query| !query.is_empty());
    let to = query.map_or(address.to_owned(), |query| format!("{address}?{query}"));
    good.then(|| HttpResponse::PermanentRedirect().insert_header((header::LOCATION, to)).finish())
}
