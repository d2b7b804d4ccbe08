//! What a client has already (RFC 9110, 8.8 and 13): entity tags of answers that have no version, and what
//! `If-None-Match` makes of a request. And answers are compressed here for whoever takes them so.
//!
//! A tag of an answer is a digest of its bytes. Sent compressed, the same answer has the same tag as a weak one,
//! because its bytes are others then; a version in a tag is taken back in either form. The tag of a record that is
//! shown as on a day is its version with such a digest: the day changes what is shown, and not the version.

use crate::web::edge::gate;
use crate::web::edge::gzip::{quickly_compressed, takes_gzip};
use crate::web::edge::problem::Problem;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web;
use domain::base::digest::hex;
use sha2::{Digest, Sha256};

const INTERFACE: &str = "/api/v1/";

/// Where answers have tags. The pages of the portal are made for one person each, with a secret of their forms in them,
/// which must be neither kept nor compressed.
const TAGGED: &[&str] = &[INTERFACE, "/docs/", "/assets/", "/log/", "/print.css", "/problems/"];

/// The end of a tag that is to be completed by a digest: `"3-"` becomes `"3-0123456789abcdef"`.
const UNFINISHED: &str = "-\"";
/// Number of digits of the digest behind a version.
const DIGITS_BEHIND_VERSION: usize = 16;

/// A shorter answer is sent as it is: it fits one packet anyhow.
const COMPRESSED_BYTES_LEAST: usize = 1_024;
/// A longer answer is compressed beside the worker, which serves others meanwhile.
const AT_ONCE_BYTES_MOST: usize = 64 << 10;

/// Whether `If-None-Match` names this entity tag. There, a weak tag is the same as a strong one (RFC 9110, 13.1.2).
pub fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let seen = headers.get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    let mut any = seen.map(|text| text.trim() == "*" || text.split(',').any(|one| plain(one) == plain(tag)));
    any.any(|known| known)
}

/// A tag without its mark of weakness.
fn plain(tag: &str) -> &str {
    let tag = tag.trim();
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// Refuses an act whose condition is not met, and gives answers to reads their tags.
pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let reads = *request.method() == Method::GET;
    if !reads && request.path().starts_with(INTERFACE) && excludes_itself(request.headers()) {
        let problem = Problem::edge("condition_failed", "nothing was done; an act takes If-Match and no If-None-Match");
        let problem = gate::as_heard(request.request(), problem).await;
        return Ok(request.error_response(problem).map_into_boxed_body());
    }
    let is_tagged = reads && TAGGED.iter().any(|start| request.path().starts_with(start));
    let response = next.call(request).await?.map_into_boxed_body();
    // A file whose digest is told has a tag of its own, as parts of it can be requested, or never changes.
    let is_file = response.headers().contains_key("repr-digest");
    if !is_tagged || is_file || response.status() != StatusCode::OK {
        return Ok(response);
    }
    tagged(response).await
}

/// Whether an act excludes what is certainly there: anything at all, or the version that it changes. What else it could
/// name is not compared, because an address that takes acts stands for no bytes of its own.
fn excludes_itself(headers: &HeaderMap) -> bool {
    let seen = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok());
    // No version is this tag, so only `*` is.
    headers.contains_key(header::IF_NONE_MATCH) && is_known(headers, seen.unwrap_or("\"\""))
}

async fn tagged(response: ServiceResponse<BoxBody>) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let (request, response) = response.into_parts();
    let (mut head, body) = response.into_parts();
    let bytes = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        // Whatever is sent piece by piece.
        Err(body) => return Ok(ServiceResponse::new(request, head.set_body(body))),
    };
    let headers = head.headers_mut();
    let shortens =
        bytes.len() >= COMPRESSED_BYTES_LEAST && is_text(headers) && !headers.contains_key(header::CONTENT_ENCODING);
    if shortens {
        vary_by_encoding(headers);
    }
    let shortens = shortens && takes_gzip(&request);
    let own = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let digest = || hex(&Sha256::digest(&bytes).as_slice()[..16]);
    let version = own.as_deref().and_then(|tag| tag.strip_suffix(UNFINISHED)).map(str::to_owned);
    // A handler that sets a whole tag has compared it already.
    let compares = own.is_none() || version.is_some();
    let tag = match (version, own) {
        (Some(version), _) => format!("{version}-{}\"", &digest()[..DIGITS_BEHIND_VERSION]),
        (None, Some(own)) => own,
        (None, None) => format!("\"{}\"", digest()),
    };
    let known = compares && is_known(request.headers(), &tag);
    let tag = if shortens && !tag.starts_with("W/") { format!("W/{tag}") } else { tag };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if known {
        headers.remove(header::CONTENT_TYPE);
        *head.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(ServiceResponse::new(request, head.set_body(BoxBody::new(()))));
    }
    let short = if shortens { compressed(bytes.clone()).await } else { None };
    if short.is_some() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(ServiceResponse::new(request, head.set_body(BoxBody::new(short.map_or(bytes, web::Bytes::from)))))
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.starts_with("text/") || kind.starts_with("application/json")
}

fn vary_by_encoding(headers: &mut HeaderMap) {
    let known = headers.get(header::VARY).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let all = match known {
        Some(known) if known.contains("Accept-Encoding") => return,
        Some(known) => format!("{known}, Accept-Encoding"),
        None => "Accept-Encoding".to_owned(),
    };
    if let Ok(value) = HeaderValue::from_str(&all) {
        headers.insert(header::VARY, value);
    }
}

async fn compressed(bytes: web::Bytes) -> Option<Vec<u8>> {
    if bytes.len() <= AT_ONCE_BYTES_MOST {
        return quickly_compressed(&bytes);
    }
    web::block(move || quickly_compressed(&bytes)).await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        let mut all = HeaderMap::new();
        for (name, value) in pairs {
            all.append(name.clone(), HeaderValue::from_str(value).unwrap());
        }
        all
    }

    #[test]
    fn a_weak_tag_is_the_same_as_a_strong_one_where_something_is_read() {
        for (seen, known) in [
            ("\"2\"", true),
            ("W/\"2\"", true),
            ("\"1\", W/\"2\"", true),
            ("\"1\",\"2\"", true),
            ("*", true),
            (" * ", true),
            ("\"1\"", false),
            ("\"22\"", false),
            ("2", false),
            ("\"*\"", false),
            ("", false),
        ] {
            assert_eq!(is_known(&headers(&[(header::IF_NONE_MATCH, seen)]), "\"2\""), known, "{seen}");
            assert_eq!(is_known(&headers(&[(header::IF_NONE_MATCH, seen)]), "W/\"2\""), known, "{seen}");
        }
        assert!(is_known(&headers(&[(header::IF_NONE_MATCH, "\"1\""), (header::IF_NONE_MATCH, "\"2\"")]), "\"2\""));
        assert!(!is_known(&headers(&[]), "\"2\""));
    }

    #[test]
    fn an_act_may_not_exclude_what_it_changes() {
        for (excludes, seen, fails) in [
            ("*", None, true),
            ("*", Some("\"2\""), true),
            ("\"2\"", Some("\"2\""), true),
            ("W/\"2\"", Some("\"2\""), true),
            ("\"1\"", Some("\"2\""), false),
            ("\"2\"", None, false),
        ] {
            let mut all = headers(&[(header::IF_NONE_MATCH, excludes)]);
            if let Some(seen) = seen {
                all.insert(header::IF_MATCH, HeaderValue::from_static(seen));
            }
            assert_eq!(excludes_itself(&all), fails, "{excludes} with {seen:?}");
        }
        assert!(!excludes_itself(&headers(&[(header::IF_MATCH, "\"2\"")])));
    }
}
