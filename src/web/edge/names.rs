//! Adds to every JSON answer who stands behind the ids in it: beside `taken_by` the person and the office
//! (`taken_by_person`), beside `organisation_id` the company (`organisation_name`), and to a single record with
//! whom it lies (`waiting`). All names of an answer are read together, so a longer answer needs no more statements. The
//! warnings of an act are told in the language of the request. What is signed or hashed as a whole is left as it is.

use crate::service::worklist::names::{Named, Names};
use crate::web::Web;
use crate::web::edge::extract::caller;
use crate::web::edge::json_tree::Node;
use crate::web::edge::language::Language;
use crate::web::edge::reply::json;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderValue;
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::web;
use domain::base::id::{OrganisationId, UserId};
use domain::base::permission::Step;
use domain::people::office::{PersonThere, step_of_member};
use domain::worklist::matter::MatterKind;
use std::collections::{BTreeMap, BTreeSet};

/// Answers whose text is hashed, signed or bound to a key by whoever reads it.
const LEFT_ALONE: &[&str] = &["/api/v1/log/", "/api/v1/audit-log", "/api/v1/sessions", "/api/v1/public"];

/// The rows of selections have exactly the fields of their catalogue, as their files do.
const SELECTIONS: &str = "/api/v1/selections/";

/// Members that are hashed as a whole: nothing is added inside them.
const HASHED: &[&str] = &["details", "statement", "impact", "entry", "entries"];

/// Members that name the company already.
pub const NAMES_COMPANY: &[&str] = &["beneficiary", "applicant", "payer", "company", "organisation_name"];

/// Adds the names to an answer on its way out.
pub async fn added(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let path = request.path().to_owned();
    let reads = *request.method() == Method::GET;
    let response = next.call(request).await?.map_into_boxed_body();
    // The chain of a payment is also a file of its bundle, and names its people itself.
    let left_alone = !path.starts_with("/api/v1/")
        || path.ends_with("/chain")
        || LEFT_ALONE.iter().any(|start| path.starts_with(start));
    if left_alone || !response.status().is_success() || !is_json(&response) {
        return Ok(response);
    }
    let Some(web) = response.request().app_data::<web::Data<Web>>().cloned() else { return Ok(response) };
    let Ok(caller) = caller(response.request()) else { return Ok(response) };
    let kinds = if reads { kinds_of(&path) } else { Vec::new() };
    let (request, response) = response.into_parts();
    let language = Language::of(&request);
    let (mut head, body) = response.into_parts();
    let mut text = match body.try_into_bytes() {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        // A download that is sent piece by piece.
        Err(body) => return Ok(ServiceResponse::new(request, head.set_body(body))),
    };
    if let Some(retold) = language.warnings_retold(&text) {
        text = retold;
        head.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.as_str()));
        head.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Language"));
    }
    let rows = path.starts_with(SELECTIONS);
    let whole = |text: String| head.set_body(BoxBody::new(text));
    let Some(mut tree) = Some(text.as_str()).filter(|text| names_any(text, &kinds)).and_then(Node::parse) else {
        return Ok(ServiceResponse::new(request, whole(text)));
    };
    let named = collect(&tree, kinds);
    if named.people.is_empty() && named.companies.is_empty() && named.record.is_none() {
        return Ok(ServiceResponse::new(request, whole(text)));
    }
    let names = match web.service.names(caller, named).await {
        Ok(names) => names,
        Err(error) => {
            // The answer itself is complete; a change must not look as if it had failed.
            tracing::warn!(cause = %error, "the names of an answer could not be read");
            return Ok(ServiceResponse::new(request, whole(text)));
        }
    };
    if rows {
        add_legend(&mut tree, &names);
    } else {
        add(&mut tree, &names);
    }
    if let (Node::Object(members), Some(waiting)) = (&mut tree, &names.waiting) {
        members.push(("waiting".to_owned(), Node::plain(json(waiting))));
    }
    let text = tree.write();
    Ok(ServiceResponse::new(request, whole(text)))
}

fn is_json(response: &ServiceResponse<BoxBody>) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let saved = response.headers().contains_key(header::CONTENT_DISPOSITION);
    kind.is_some_and(|kind| kind.starts_with("application/json")) && !saved
}

/// The kinds of matters that the record at `/api/v1/<noun>/<id>` can be; none for other addresses.
fn kinds_of(path: &str) -> Vec<MatterKind> {
    let mut parts = path.trim_start_matches("/api/v1/").split('/');
    let (Some(noun), Some(_), None) = (parts.next(), parts.next(), parts.next()) else { return Vec::new() };
    MatterKind::ALL.iter().copied().filter(|kind| kind.noun_of_record() == Some(noun)).collect()
}

/// Whether a text may need names, without parsing it.
fn names_any(text: &str, kinds: &[MatterKind]) -> bool {
    !kinds.is_empty() || text.contains("by\":\"") || text.contains("organisation_id\":\"")
}

/// Whether a member holds the id of a person.
fn holds_person(member: &str) -> bool {
    member.ends_with("_by") || member == "by" || member == "actor_id"
}

fn person(name: &str, value: &Node<'_>) -> Option<UserId> {
    if holds_person(name) { value.text()?.parse().ok() } else { None }
}

fn company(name: &str, value: &Node<'_>) -> Option<OrganisationId> {
    if name == "organisation_id" { value.text()?.parse().ok() } else { None }
}

fn collect(tree: &Node<'_>, kinds: Vec<MatterKind>) -> Named {
    let (mut people, mut companies) = (BTreeSet::new(), BTreeSet::new());
    gather(tree, &mut people, &mut companies);
    let id = match tree {
        Node::Object(members) => members.iter().find(|(name, _)| name == "id").and_then(|(_, value)| value.text()),
        _ => None,
    };
    Named {
        people: people.into_iter().collect(),
        companies: companies.into_iter().collect(),
        record: id.filter(|_| !kinds.is_empty()).map(|id| (kinds, id)),
    }
}

fn gather(node: &Node<'_>, people: &mut BTreeSet<UserId>, companies: &mut BTreeSet<OrganisationId>) {
    match node {
        Node::List(values) => values.iter().for_each(|value| gather(value, people, companies)),
        Node::Object(members) => {
            for (name, value) in members.iter().filter(|(name, _)| !HASHED.contains(&name.as_str())) {
                people.extend(person(name, value));
                companies.extend(company(name, value));
                gather(value, people, companies);
            }
        }
        Node::Plain(_) => {}
    }
}

/// Adds the names beside the ids.
fn add(node: &mut Node<'_>, names: &Names) {
    match node {
        Node::List(values) => values.iter_mut().for_each(|value| add(value, names)),
        Node::Object(members) => {
            let named = members.iter().any(|(name, _)| NAMES_COMPANY.contains(&name.as_str()));
            let (times, step) = (times_of(members), step_of(members));
            let mut added = Vec::with_capacity(members.len());
            for (name, mut value) in std::mem::take(members) {
                if !HASHED.contains(&name.as_str()) {
                    add(&mut value, names);
                }
                let beside = match (person(&name, &value), company(&name, &value).filter(|_| !named)) {
                    (Some(id), _) => {
                        let at = times.iter().find(|(by, _)| *by == name).and_then(|(_, at)| at.parse().ok());
                        let step = step.or_else(|| step_of_member(&name));
                        let there = names.person(id, at, step);
                        there.map(|there| (format!("{name}_person"), Node::plain(json(there))))
                    }
                    (None, Some(id)) => {
                        names.company(id).map(|name| ("organisation_name".to_owned(), Node::plain(json(name))))
                    }
                    (None, None) => None,
                };
                added.push((name, value));
                added.extend(beside);
            }
            *members = added;
        }
        Node::Plain(_) => {}
    }
}

/// Adds to a page of rows who their people are, by id.
fn add_legend(tree: &mut Node<'_>, names: &Names) {
    let Node::Object(members) = tree else { return };
    let people = names.people().filter_map(|id| Some((id.to_string(), names.person(id, None, None)?)));
    let people: BTreeMap<String, PersonThere> = people.collect();
    members.push(("people".to_owned(), Node::plain(json(people))));
}

/// For each member with a person, the instant beside it: `verified_by` with `verified_at`.
fn times_of(members: &[(String, Node<'_>)]) -> Vec<(String, String)> {
    let people = members.iter().map(|(name, _)| name).filter(|name| holds_person(name));
    let time = |by: &String| {
        let at = format!("{}at", by.strip_suffix("by").unwrap_or_default());
        let (_, value) = members.iter().find(|(name, _)| *name == at)?;
        Some((by.clone(), value.text()?))
    };
    people.filter_map(time).collect()
}

/// The step that an object is a record of.
fn step_of(members: &[(String, Node<'_>)]) -> Option<Step> {
    members.iter().find(|(name, _)| name == "step").and_then(|(_, value)| value.text()?.parse().ok())
}
