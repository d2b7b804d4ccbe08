//! Extractors: what handlers take from a request — the caller, the idempotency key, the version that the person
//! saw, and the body. Each is refused here when it is not valid.

use crate::service::running::runner::{Call, Caller, IdempotencyKey};
use crate::web::Web;
use crate::web::edge::body::parse;
use crate::web::edge::cookie;
use crate::web::edge::dry_run::dry_run;
use crate::web::edge::numbers;
use crate::web::edge::problem::Problem;
use crate::web::edge_reason::EdgeReason;
use crate::web::sent_body;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use chrono::{Datelike, NaiveDate};
use domain::base::argument::Size;
use domain::base::field::BadParameter;
use domain::base::field_reason::FieldReason;
use futures_util::{FutureExt, StreamExt};
use serde::de::DeserializeOwned;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::time::Duration;

const KEY_CHARACTERS_MOST: usize = 255;

pub(in crate::web) fn web_of(request: &HttpRequest) -> Result<web::Data<Web>, Problem> {
    request.app_data::<web::Data<Web>>().cloned().ok_or_else(|| Problem::edge("internal", "the service is not wired"))
}

/// A person with a valid access token.
pub struct Signed(pub Caller);

impl FromRequest for Signed {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(caller(request).map(Signed))
    }
}

/// The person whose access token a request has.
pub fn caller(request: &HttpRequest) -> Result<Caller, Problem> {
    let missing = || Problem::edge("unauthenticated", "send an access token: Authorization: Bearer …");
    let web = web_of(request)?;
    let value = request.headers().get(header::AUTHORIZATION).ok_or_else(missing)?;
    refuse_both(request, &web)?;
    let text = value.to_str().map_err(|_| missing())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(missing());
    }
    let (user_id, session_id) = web.service.tokens.check(token.trim(), web.service.clock.system_now())?;
    Ok(Caller::Person { user_id, session_id })
}

/// Refuses a request that comes with an access token and with the cookie of the pages: it would not be clear who
/// acts.
pub fn refuse_both(request: &HttpRequest, web: &Web) -> Result<(), Problem> {
    let both =
        request.headers().contains_key(header::AUTHORIZATION) && cookie::value(request, &web.service.portal).is_some();
    if both { Err(Problem::because("bad_header", EdgeReason::TokenAndCookie)) } else { Ok(()) }
}

/// The idempotency key of a write: the client's own choice, bare or as a quoted string.
pub fn idempotency_key(request: &HttpRequest) -> Result<String, Problem> {
    let missing = || {
        Problem::edge(
            "idempotency_key_missing",
            "choose a key for this request, such as a UUID, and send it as Idempotency-Key",
        )
    };
    let value = request.headers().get("Idempotency-Key").ok_or_else(missing)?;
    let text = value.to_str().map_err(|_| Problem::because("bad_header", EdgeReason::KeyCharacters))?;
    let key = text.trim().trim_matches('"');
    if key.is_empty() {
        return Err(missing());
    }
    if key.len() > KEY_CHARACTERS_MOST {
        return Err(Problem::because("bad_header", EdgeReason::KeyLength { most: KEY_CHARACTERS_MOST }));
    }
    Ok(key.to_owned())
}

/// The version in `If-Match: "3"`; it must be sent.
pub fn seen_version(request: &HttpRequest) -> Result<i64, Problem> {
    if_match(request)?.ok_or_else(|| Problem::edge("version_required", "send the version you saw: If-Match: \"3\""))
}

/// Checks a day for which something is shown, such as a status.
pub fn check_as_on(day: Option<NaiveDate>) -> Result<Option<NaiveDate>, Problem> {
    if day.is_some_and(|day| !(1900..2200).contains(&day.year())) {
        return Err(BadParameter::new("as_on", FieldReason::YearRange).into());
    }
    Ok(day)
}

/// Receives a whole file within the limits of size and time.
pub async fn receive_file(web: &Web, payload: web::Payload, most: usize) -> Result<Vec<u8>, Problem> {
    receive(web, payload.into_inner(), most, ("bad_header", "file")).await
}

/// Receives a body within the limits of size and time; `broken` is the code of the problem when it breaks off,
/// and the name of what was sent.
pub(in crate::web) async fn receive(
    web: &Web,
    mut payload: Payload,
    most: usize,
    broken: (&'static str, &str),
) -> Result<Vec<u8>, Problem> {
    let (code, what) = broken;
    let receive = async {
        let mut content = Vec::new();
        while let Some(part) = payload.next().await {
            let part = part.map_err(|_| Problem::because(code, EdgeReason::BrokeOff))?;
            if content.len() + part.len() > most {
                return Err(Problem::because("body_too_large", EdgeReason::SizeMost { most: Size(most as u64) }));
            }
            content.extend_from_slice(&part);
        }
        Ok(content)
    };
    let received = tokio::time::timeout(Duration::from_secs(web.body_seconds_most), receive).await;
    received.map_err(|_| Problem::edge("body_too_slow", format!("send the whole {what} in time")))?
}

/// The media type of a file that is sent, in lower case, without parameters.
pub fn media_type(request: &HttpRequest) -> String {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_lowercase()
}

/// The version in `If-Match: "3"`, if the header was sent. A proxy that compresses answers makes the entity tag of a
/// version a weak one (`W/"3"`, RFC 9110, 8.8.1). It means the same version, because a version is of the record and not
/// of the bytes of one answer. The digest behind the version of what is shown as on a day is not compared for the same
/// reason.
fn if_match(request: &HttpRequest) -> Result<Option<i64>, Problem> {
    let Some(value) = request.headers().get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let tag = text.strip_prefix("W/").unwrap_or(text);
    let quoted = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let is_hex = |digest: &str| digest.len() == 16 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let version = quoted.and_then(|quoted| match quoted.split_once('-') {
        Some((version, digest)) => is_hex(digest).then_some(version),
        None => Some(quoted),
    });
    let plain = version.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let version = plain.and_then(|digits| digits.parse().ok());
    version.map(Some).ok_or_else(|| Problem::because("bad_header", EdgeReason::IfMatch))
}

/// Receives a body that should be JSON, within the limits, and does not parse it yet.
async fn read_body(request: &HttpRequest, payload: Payload) -> Result<Vec<u8>, Problem> {
    let web = web_of(request)?;
    let is_json =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|text| {
            text.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
        });
    let bytes = receive(&web, payload, web.json_bytes_most, ("malformed_json", "body")).await?;
    if !bytes.is_empty() && !is_json {
        return Err(Problem::because(
            "unsupported_media_type",
            EdgeReason::SendAs { kinds: "application/json".to_owned() },
        ));
    }
    Ok(bytes)
}

/// A write: the caller, the idempotency key, the version that the person saw, and the body.
pub struct Post<T> {
    pub call: Call,
    pub body: T,
    version: Option<i64>,
}

impl<T> Post<T> {
    /// The version that the person saw; it is required.
    pub fn version(&self) -> Result<i64, Problem> {
        self.version.ok_or_else(|| Problem::edge("version_required", "send the version you saw: If-Match: \"3\""))
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Post<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let received = receive_post(request.clone(), payload.take());
        Box::pin(received.map(|received| {
            let (call, version, body) = received?;
            Ok(Post { call, body: parse(&body)?, version })
        }))
    }
}

/// A write as it was received: who calls under which key, the version that was seen, and the body.
async fn receive_post(request: HttpRequest, payload: Payload) -> Result<(Call, Option<i64>, Vec<u8>), Problem> {
    let caller = caller(&request)?;
    // A rehearsal is never kept under a key, so it needs none.
    let dry_run = dry_run(request.headers())?;
    let key = if dry_run { None } else { Some(idempotency_key(&request)?) };
    let version = if_match(&request)?;
    let body = read_body(&request, payload).await?;
    sent_body::remember(&request, &body);
    let fingerprint = fingerprint(&request, &body)?;
    let body = numbers::in_body(&request, body).await?;
    let key = key.map(|key| IdempotencyKey { key, fingerprint });
    Ok((Call { caller, key, dry_run }, version, body))
}

/// What makes two requests the same: method, path, body, and the version that the person saw.
pub fn fingerprint(request: &HttpRequest, body: &[u8]) -> Result<String, Problem> {
    let target = request.uri().to_string();
    let seen = if_match(request)?.map(|version| version.to_string());
    let parts = [request.method().as_str().as_bytes(), target.as_bytes(), body];
    let parts: Vec<&[u8]> = parts.into_iter().chain(seen.as_ref().map(String::as_bytes)).collect();
    Ok(web_of(request)?.service.tokens.fingerprint(&parts))
}

/// A complete new content for an existing record: safe to repeat because it names the version.
pub struct Put<T> {
    pub call: Call,
    pub body: T,
    pub version: i64,
}

impl<T: DeserializeOwned + 'static> FromRequest for Put<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let received = receive_put(request.clone(), payload.take());
        Box::pin(received.map(|received| {
            let (call, version, body) = received?;
            Ok(Put { call, body: parse(&body)?, version })
        }))
    }
}

async fn receive_put(request: HttpRequest, payload: Payload) -> Result<(Call, i64, Vec<u8>), Problem> {
    let caller = caller(&request)?;
    let version = seen_version(&request)?;
    let body = read_body(&request, payload).await?;
    sent_body::remember(&request, &body);
    let body = numbers::in_body(&request, body).await?;
    let dry_run = dry_run(request.headers())?;
    Ok((Call { dry_run, ..Call::unkeyed(caller) }, version, body))
}

/// A query with a body: nothing is stored, so it needs no idempotency key.
pub struct Ask<T> {
    pub caller: Caller,
    pub body: T,
}

impl<T: DeserializeOwned + 'static> FromRequest for Ask<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let received = receive_question(request.clone(), payload.take());
        Box::pin(received.map(|received| {
            let (caller, body) = received?;
            Ok(Ask { caller, body: parse(&body)? })
        }))
    }
}

async fn receive_question(request: HttpRequest, payload: Payload) -> Result<(Caller, Vec<u8>), Problem> {
    let caller = caller(&request)?;
    let body = numbers::in_body(&request, read_body(&request, payload).await?).await?;
    Ok((caller, body))
}

/// A body from a caller without an access token.
pub struct Open<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Open<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let received = receive_body(request.clone(), payload.take());
        Box::pin(received.map(|body| Ok(Open(parse(&body?)?))))
    }
}

async fn receive_body(request: HttpRequest, payload: Payload) -> Result<Vec<u8>, Problem> {
    read_body(&request, payload).await
}
