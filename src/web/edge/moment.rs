//! `as_of` and `known_at`, which every read takes (bitemporal: valid time and transaction time). The request
//! then runs at that moment, and its answer names the instant with which it can be repeated.

use crate::service::running::past::{Moment, NoMoment};
use crate::web::Web;
use crate::web::edge::gate;
use crate::web::edge::problem::Problem;
use crate::web::edge_reason::EdgeReason;
use actix_web::HttpMessage;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::uri::{PathAndQuery, Uri};
use actix_web::http::{Method, uri};
use actix_web::middleware::Next;
use actix_web::web;
use domain::base::field::BadParameter;
use domain::base::field_reason::FieldReason;
use domain::base::moment::AskedMoment;
use std::collections::BTreeMap;

/// The header of the answer with the instant of the read.
const KNOWN_AT: HeaderName = HeaderName::from_static("known-at");

/// The parameters that request the same moment again, for links to further pages.
pub struct MomentQuery(pub String);

/// Removes the parameters of the moment from a request, and runs the request at that moment.
pub async fn of_then(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !request.query_string().contains("as_of") && !request.query_string().contains("known_at")
        || !request.path().starts_with("/api/v1/")
    {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let moment = match take(&mut request) {
        Ok(None) => return Ok(next.call(request).await?.map_into_boxed_body()),
        Ok(Some(asked)) => find(&request, asked).await.map(|moment| (asked.as_of, moment)),
        Err(problem) => Err(problem),
    };
    match moment {
        Ok((as_of, moment)) => {
            let known_at = moment.known_at.to_string();
            let day = as_of.map(|day| format!("as_of={day}&")).unwrap_or_default();
            request.extensions_mut().insert(MomentQuery(format!("{day}known_at={known_at}")));
            let mut response = moment.within(next.call(request)).await?.map_into_boxed_body();
            if let Ok(value) = HeaderValue::from_str(&known_at) {
                response.headers_mut().insert(KNOWN_AT, value);
            }
            Ok(response)
        }
        Err(problem) => {
            let problem = gate::as_heard(request.request(), problem).await;
            Ok(request.error_response(problem).map_into_boxed_body())
        }
    }
}

async fn find(request: &ServiceRequest, asked: AskedMoment) -> Result<Moment, Problem> {
    let web = request.app_data::<web::Data<Web>>().cloned();
    let web = web.ok_or_else(|| Problem::edge("internal", "the service is not wired"))?;
    Ok(web.service.moment(asked).await?)
}

impl From<NoMoment> for Problem {
    fn from(why: NoMoment) -> Problem {
        match why {
            NoMoment::Bad(parameter) => parameter.into(),
            NoMoment::Failed(error) => error.into(),
        }
    }
}

/// Parses the parameters and removes them from the address, so that each handler sees only its own.
fn take(request: &mut ServiceRequest) -> Result<Option<AskedMoment>, Problem> {
    let (mut as_of, mut known_at) = (None, None);
    let mut rest = Vec::new();
    for part in request.query_string().split('&') {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let place = match name {
            "as_of" => &mut as_of,
            "known_at" => &mut known_at,
            _ => {
                rest.push(part);
                continue;
            }
        };
        let value = web::Query::<BTreeMap<String, String>>::from_query(&format!("value={value}"));
        let value = value.ok().and_then(|mut parts| parts.remove("value")).unwrap_or_default();
        if place.replace(value).is_some() {
            return Err(BadParameter::new(name, FieldReason::Twice).into());
        }
    }
    if as_of.is_none() && known_at.is_none() {
        return Ok(None);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(BadParameter::new("known_at", FieldReason::ReadsOnly).into());
    }
    let asked = AskedMoment::parse(as_of.as_deref(), known_at.as_deref())?;
    let address = match rest.join("&") {
        query if query.is_empty() => request.path().to_owned(),
        query => format!("{}?{query}", request.path()),
    };
    let address =
        address.parse::<PathAndQuery>().map_err(|_| Problem::because("bad_parameter", EdgeReason::Address))?;
    let mut parts: uri::Parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(address);
    let address = Uri::from_parts(parts).map_err(|_| Problem::because("bad_parameter", EdgeReason::Address))?;
    request.match_info_mut().get_mut().update(&address);
    request.head_mut().uri = address;
    Ok(Some(asked))
}
