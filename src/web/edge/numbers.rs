//! Human numbers where an id is expected (`/tranches/NDFEB-2028-29-TRN-0001`, `"claim_id": "NDFEB/2028-29/CLM/0001"`):
//! each is replaced by the id of its record before the request is handled, so a handler sees ids only and its
//! permissions and answers are the same. A number of no record becomes an id of no record.

use crate::web::Web;
use crate::web::edge::extract::caller;
use crate::web::edge::json_tree::Node;
use crate::web::edge::problem::Problem;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::uri::{self, PathAndQuery, Uri};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, web};
use domain::base::number::Number;
use std::collections::BTreeMap;
use uuid::Uuid;

const INTERFACE: &str = "/api/v1/";

/// Members and parameters that hold an id although they do not end in `_id`.
const OTHER_MEMBERS: &[&str] = &["supplements", "replaces"];

fn holds_id(member: &str) -> bool {
    member.ends_with("_id") || OTHER_MEMBERS.contains(&member)
}

/// The number in a part of an address, where `/` may be written as `%2F`.
fn number_in(part: &str) -> Option<Number> {
    if part.contains('%') { Number::parse(&part.replace("%2F", "/").replace("%2f", "/")) } else { Number::parse(part) }
}

/// The id that stands for a number; that of no record if no record has the number.
fn id_of(number: &Number, ids: &BTreeMap<String, String>) -> String {
    ids.get(&number.text).cloned().unwrap_or_else(|| Uuid::nil().to_string())
}

/// Replaces the numbers in the path and the query of a request.
pub async fn in_address(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let found = request.path().strip_prefix(INTERFACE).map(|_| numbers_of(request.uri())).unwrap_or_default();
    if !found.is_empty() {
        let address = match lookup(request.request(), &found).await {
            Ok(ids) => replaced(request.uri(), &ids),
            Err(problem) => return Ok(request.error_response(problem).map_into_boxed_body()),
        };
        if let Some(address) = address {
            request.match_info_mut().get_mut().update(&address);
            request.head_mut().uri = address;
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// The numbers in an address: where the id of a noun stands, and in parameters for ids.
fn numbers_of(address: &Uri) -> Vec<Number> {
    let parts: Vec<&str> = address.path().split('/').collect();
    let in_path = parts.windows(2).filter_map(|pair| number_in(pair[1]).filter(|number| number.kind.noun() == pair[0]));
    let in_query = parameters(address).filter(|(name, _)| holds_id(name)).filter_map(|(_, value)| number_in(value));
    in_path.chain(in_query).collect()
}

fn parameters(address: &Uri) -> impl Iterator<Item = (&str, &str)> {
    address.query().unwrap_or_default().split('&').filter_map(|part| part.split_once('='))
}

/// The address with every number replaced.
fn replaced(address: &Uri, ids: &BTreeMap<String, String>) -> Option<Uri> {
    let mut before = "";
    let mut path = Vec::new();
    for part in address.path().split('/') {
        let number = number_in(part).filter(|number| number.kind.noun() == before);
        path.push(number.map_or_else(|| part.to_owned(), |number| id_of(&number, ids)));
        before = part;
    }
    let one = |part: &str| match part.split_once('=') {
        Some((name, value)) if holds_id(name) => match number_in(value) {
            Some(number) => format!("{name}={}", id_of(&number, ids)),
            None => part.to_owned(),
        },
        _ => part.to_owned(),
    };
    let query: Option<Vec<String>> = address.query().map(|query| query.split('&').map(one).collect());
    let path = path.join("/");
    let text = query.map_or_else(|| path.clone(), |query| format!("{path}?{}", query.join("&")));
    let mut parts: uri::Parts = address.clone().into_parts();
    parts.path_and_query = Some(text.parse::<PathAndQuery>().ok()?);
    Uri::from_parts(parts).ok()
}

/// The ids of numbers. Nothing is looked up for a request without a valid token: it is refused anyway.
async fn lookup(request: &HttpRequest, numbers: &[Number]) -> Result<BTreeMap<String, String>, Problem> {
    let Some(web) = request.app_data::<web::Data<Web>>().cloned() else { return Ok(BTreeMap::new()) };
    if caller(request).is_err() {
        return Ok(BTreeMap::new());
    }
    Ok(web.service.ids_of(numbers.to_vec()).await?)
}

/// Replaces the numbers in a JSON body where an id is expected. A body that is not JSON stays as it is: its parser
/// says what is wrong.
pub async fn in_body(request: &HttpRequest, body: Vec<u8>) -> Result<Vec<u8>, Problem> {
    let Some(mut tree) = std::str::from_utf8(&body).ok().filter(|text| mentions_id(text)).and_then(Node::parse) else {
        return Ok(body);
    };
    let mut numbers = Vec::new();
    each_id(&mut tree, &mut |value| {
        numbers.extend(value.text().and_then(|text| Number::parse(&text)));
    });
    if numbers.is_empty() {
        return Ok(body);
    }
    let ids = lookup(request, &numbers).await?;
    each_id(&mut tree, &mut |value| {
        if let Some(number) = value.text().and_then(|text| Number::parse(&text)) {
            *value = Node::plain(format!("\"{}\"", id_of(&number, &ids)));
        }
    });
    Ok(tree.write().into_bytes())
}

fn mentions_id(text: &str) -> bool {
    ["_id\"", "_ids\"", "\"pins\"", "\"supplements\"", "\"replaces\""].iter().any(|part| text.contains(part))
}

/// Visits every value of a body that stands for an id.
fn each_id<'t>(node: &mut Node<'t>, visit: &mut dyn FnMut(&mut Node<'t>)) {
    match node {
        Node::List(values) => values.iter_mut().for_each(|value| each_id(value, visit)),
        Node::Object(members) => {
            let pin = members.len() == 2 && members.iter().any(|(name, _)| name == "kind");
            for (name, value) in members {
                match value {
                    Node::List(values) if name.ends_with("_ids") => values.iter_mut().for_each(&mut *visit),
                    value if holds_id(name) || (pin && name == "reference") => visit(value),
                    value => each_id(value, visit),
                }
            }
        }
        Node::Plain(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> String {
        let ids = BTreeMap::from([("S/2028-29/TRN/0001".to_owned(), "id-1".to_owned())]);
        replaced(&text.parse().unwrap(), &ids).unwrap().to_string()
    }

    #[test]
    fn a_number_in_an_address_becomes_the_id() {
        for number in ["S-2028-29-TRN-0001", "S%2F2028-29%2FTRN%2F0001", "S%2f2028-29%2fTRN%2f0001"] {
            let (path, query) = (format!("/api/v1/tranches/{number}/sanction"), format!("/x?a=b&tranche_id={number}"));
            assert_eq!(
                (numbers_of(&path.parse().unwrap()).len(), address(&path)),
                (1, "/api/v1/tranches/id-1/sanction".to_owned())
            );
            assert_eq!(
                (numbers_of(&query.parse().unwrap()).len(), address(&query)),
                (1, "/x?a=b&tranche_id=id-1".to_owned())
            );
        }
        let nobody = format!("/api/v1/tranches/{}", Uuid::nil());
        assert_eq!(address("/api/v1/tranches/S-2028-29-TRN-0002"), nobody, "of no record");
    }

    #[test]
    fn a_number_where_no_id_stands_is_left_alone() {
        for text in
            ["/api/v1/claims/S-2028-29-TRN-0001", "/x?number=S-2028-29-TRN-0001", "/x?reference=S/2028-29/TRN/0001"]
        {
            assert!(numbers_of(&text.parse().unwrap()).is_empty(), "{text}");
            assert_eq!(address(text), text);
        }
    }

    #[test]
    fn the_places_of_ids_in_a_body_are_found() {
        let body = r#"{"award_id":"A","lines":[{"claim_id":"B","note":"C"}],"payment_ids":["D","E"],"supplements":"F",
            "pins":[{"kind":"claim","reference":"G"}],"reference":"H","resolution":{"reference":"I"}}"#;
        let mut found = Vec::new();
        each_id(&mut Node::parse(body).unwrap(), &mut |value| found.extend(value.text()));
        assert_eq!(found, ["A", "B", "D", "E", "F", "G"]);
    }
}
