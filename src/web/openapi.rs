//! The OpenAPI 3.1 description, made from the handlers and completed here: security, the headers of writes, and
//! for every operation the problems and refusal codes that it can end with.

mod answers;
mod examples;
mod files;
mod names;
mod rehearsals;
mod served;

pub use served::Description;

use crate::service::running::operation::{Effect, Operation};
use crate::web::api::desk::openapi_selections;
use crate::web::edge::language::Language;
use crate::web::edge::problem::{EDGE_CODES, FieldProblem, Problem};
use domain::base::argument::ArgumentView;
use domain::base::refusal::Refusal;
use domain::budget::expenditure_limit::Warning;
use domain::budget::ledger::{AccountBalance, BalanceChange};
use domain::claim::claim::CertificateWait;
use domain::payment::disbursement::{Direction, DisbursementSort};
use domain::public::public_data::PublicTable;
use domain::scheme::scheme_schema::write_out_days;
use serde_json::{Value, json};
use std::sync::LazyLock;
use utoipa::PartialSchema;
use utoipa_actix_web::AppExt;

/// The nouns of the interface, in the order of a rupee's life.
const TAGS: &[(&str, &str)] = &[
    ("sessions", "Signing in, staying in, leaving."),
    ("users", "People and their own accounts."),
    ("organisations", "Manufacturers that may apply."),
    ("schemes", "Schemes, their versions and how one is published, and application windows."),
    ("budget", "Where every rupee stands, and the instruments that change it."),
    ("evidence", "Documents on which decisions rest."),
    ("applications", "Requests to take part in a scheme, their scrutiny and questions."),
    ("allocations", "Runs that allot capacity to competing bids, and what each bid gets."),
    ("awards", "Capacity and ceilings granted."),
    ("securities", "Bank guarantees lodged for awards, confirmed, extended, invoked and released."),
    ("milestones", "Dated obligations of an award, reported and verified."),
    ("excuses", "Days of a delay that shall not count, for a recorded ground."),
    ("claims", "Demands for incentive money, computed and verified line by line."),
    ("final certificates", "What was finally certified of claims that were released in part."),
    ("tranches", "Amounts on their way from verification to sanction."),
    ("payments", "Payment advices to the treasury and what the bank answered."),
    ("payment advices", "Files that tell the treasury whom to pay."),
    ("treasury returns", "Files of the treasury's answers, and what became of each."),
    ("corrections", "Ways back that one person proposes and another decides."),
    ("reconciliation", "What the bank says it paid beside what is recorded, and the queue of what differs."),
    ("disbursements", "Money that reached a beneficiary, as the auditor asks for it."),
    ("selections", "Any kind of record, filtered, sorted, grouped, and as a file to take away."),
    ("public data", "What everybody may know and take away, under an open licence."),
    ("correspondence", "The note sheets of the offices, and the letters between office and company."),
    ("recoveries", "Money that has to come back: notices, demands, receipts, set-offs and what is given up."),
    ("audit desk", "What the auditor asks for and finds, the offices' answers, and samples that can be drawn again."),
    ("audit log", "Every act and every refused attempt, linked by hashes."),
    ("log", "The Merkle tree over the audit log: signed checkpoints and proofs."),
    ("controls", "Standing questions about the whole data, and what each answered."),
    ("worklist", "What waits for whom, whose clock runs out first, and the days that the desks have."),
    ("sandbox", "The time of the service, which only a sandbox can move."),
];

/// Addresses that are served outside the interface itself.
const BESIDE: &[&str] = &[
    "/",
    "/docs",
    "/health/live",
    "/health/ready",
    "/log/checkpoint",
    "/log/key",
    "/log/tile/{level}/{number}",
    "/print.css",
    "/problems/{code}",
    "/api/v1/openapi.json",
];

/// The description. It is made at the first request for it: the schemas of all operations take much memory for an
/// idle process.
pub fn description() -> &'static Description {
    static DESCRIPTION: LazyLock<Description> = LazyLock::new(describe);
    &DESCRIPTION
}

/// Makes the description from the route table.
fn describe() -> Description {
    let (_, generated) = actix_web::App::new()
        .into_utoipa_app()
        .service(utoipa_actix_web::scope("/api/v1").configure(|config| crate::web::routes::routes(config)))
        .split_for_parts();
    let mut document = serde_json::to_value(generated).unwrap_or_default();
    document["openapi"] = json!("3.1.0");
    document["info"] = json!({
        "title": "magnet-scheme",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "Keeps the whole life of public incentive money. Money is whole paise, time is UTC, financial years run from 1 April in IST. \
            Every POST that changes something takes an Idempotency-Key; every step on something that exists takes the version that was seen as If-Match.",
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    });
    document["servers"] = json!([{ "url": "/" }]);
    let tag = |(name, description): &(&str, &str)| json!({ "name": name, "description": description });
    document["tags"] = TAGS.iter().map(tag).collect();
    complete_components(&mut document);
    let parts = |path: &str| path.split('/').map(str::to_owned).collect();
    let mut paths: Vec<(Vec<String>, Vec<String>)> =
        BESIDE.iter().map(|path| (parts(path), vec!["GET".to_owned()])).collect();
    if let Some(items) = document["paths"].as_object_mut() {
        let mut declarations = crate::web::routes::operations().clone();
        openapi_selections::expand(items, &mut declarations);
        for (path, item) in items {
            let Some(operations) = item.as_object_mut() else { continue };
            let methods = operations.keys().map(|method| method.to_uppercase()).collect();
            paths.push((parts(path), methods));
            for (method, operation) in operations {
                let id = operation["operationId"].as_str().unwrap_or_default();
                if let Some(declared) = declarations.0.get(id) {
                    complete_operation(path, method, operation, declared);
                }
            }
        }
    }
    examples::complete(&mut document);
    write_out_days(&mut document);
    Description::new(&document, paths)
}

fn complete_components(document: &mut Value) {
    let codes: Vec<&str> = EDGE_CODES.iter().map(|(code, _, _)| *code).chain(Refusal::CODES.iter().copied()).collect();
    let mut problem = serde_json::to_value(Problem::schema()).unwrap_or_default();
    problem["properties"]["code"]["enum"] = json!(codes);
    let schemas = &mut document["components"]["schemas"];
    schemas["Problem"] = problem;
    // Types used only in parameters and problems are not collected from the handlers.
    schemas["FieldError"] = serde_json::to_value(FieldProblem::schema()).unwrap_or_default();
    schemas["Argument"] = serde_json::to_value(ArgumentView::schema()).unwrap_or_default();
    schemas["AccountBalance"] = serde_json::to_value(AccountBalance::schema()).unwrap_or_default();
    schemas["BalanceChange"] = serde_json::to_value(BalanceChange::schema()).unwrap_or_default();
    schemas["Rehearsal"] = rehearsals::schema();
    schemas["Warning"] = serde_json::to_value(Warning::schema()).unwrap_or_default();
    schemas["CertificateWait"] = serde_json::to_value(CertificateWait::schema()).unwrap_or_default();
    schemas["DisbursementSort"] = serde_json::to_value(DisbursementSort::schema()).unwrap_or_default();
    schemas["Language"] = serde_json::to_value(Language::schema()).unwrap_or_default();
    schemas["PublicTable"] = serde_json::to_value(PublicTable::schema()).unwrap_or_default();
    schemas["Direction"] = serde_json::to_value(Direction::schema()).unwrap_or_default();
    // Lists are generated with a copy of their items' schema; they must refer to it instead.
    for (name, schema) in schemas.as_object_mut().into_iter().flatten() {
        if let Some(item) = name.strip_prefix("List_").or(name.strip_prefix("RecordList_")) {
            schema["properties"]["data"]["items"] = json!({ "$ref": format!("#/components/schemas/{item}") });
        }
    }
    names::complete_schemas(schemas);
    open_parts(schemas);
    document["components"]["securitySchemes"] = json!({
        "access_token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
    });
}

/// A record that contains the fields of another one includes its schema as a part. A schema that refuses
/// unknown fields as a body must not refuse, as a part, the other fields.
fn open_parts(schemas: &mut Value) {
    let closed = schemas.clone();
    let parts = schemas.as_object_mut().into_iter().flat_map(|all| all.values_mut());
    for part in parts.filter_map(|schema| schema.get_mut("allOf")?.as_array_mut()).flatten() {
        let name = part["$ref"].as_str().and_then(|place| place.strip_prefix("#/components/schemas/"));
        let Some(whole) = name.and_then(|name| closed.get(name)) else { continue };
        if whole["additionalProperties"] == false {
            *part = whole.clone();
            if let Some(fields) = part.as_object_mut() {
                fields.remove("additionalProperties");
            }
        }
    }
}

/// The first line of what an operation says is its summary, which tools take as a name; the rest is its description.
fn shorten_summary(operation: &mut Value) {
    let summary = operation["summary"].as_str().unwrap_or_default();
    let Some((first, rest)) = summary.split_once('\n') else { return };
    let (first, mut text) = (first.to_owned(), rest.to_owned());
    if let Some(description) = operation["description"].as_str() {
        text = format!("{text}\n\n{description}");
    }
    operation["summary"] = json!(first);
    operation["description"] = json!(text);
}

fn complete_operation(path: &str, method: &str, operation: &mut Value, declared: &Operation) {
    shorten_summary(operation);
    let open = declared.is_open();
    operation["security"] = if open { json!([]) } else { json!([{ "access_token": [] }]) };
    let writes = method == "post" && !open && declared.effect == Effect::Changes;
    let refusals = declared.all_refusals();
    let needs_version = declared.takes_version();
    let mut parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    if method == "get" && path.starts_with("/api/v1/") {
        parameters.extend(moment_parameters());
    }
    complete_path_parameters(path, &mut parameters);
    if declared.rehearses {
        parameters.push(rehearsals::parameter());
    }
    if writes {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": true, "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
            "description": "Chosen by the client. The same key with the same request replays the answer (Idempotency-Replayed: true).",
        }));
    }
    if needs_version {
        parameters.push(json!({
            "name": "If-Match", "in": "header", "required": true, "schema": { "type": "string", "pattern": "^(W/)?\"[0-9]+(-[0-9a-f]{16})?\"$" },
            "description": "The version that was seen, in quotes: the `version` of the record, or its ETag.",
        }));
    }
    if !parameters.is_empty() {
        operation["parameters"] = json!(parameters);
    }
    files::complete(path, operation);
    if declared.moves_money {
        let what = "What every account that this act moved money into or out of now holds; absent when it moved none.";
        add_member(operation, "balances", "AccountBalance", what);
    }
    if declared.warns {
        add_member(operation, "warnings", "Warning", "What to know although it is done; absent without any.");
    }
    if method == "get" && names::is_record_that_waits(path) {
        add_member(operation, "waiting", "Waiting", names::WAITING);
    }
    if names::has_rows(path) {
        names::add_people(operation);
    }
    answers::complete_headers(operation, method == "get", writes);
    if declared.rehearses {
        rehearsals::complete(operation);
    }
    let has_body = operation.get("requestBody").is_some();
    let has_parts = operation["responses"].get("206").is_some();
    let (rehearses, reads) = (declared.rehearses, method == "get");
    answers::add_problems(
        operation,
        &refusals,
        answers::Kind { reads, open, writes, needs_version, has_body, has_parts, rehearses },
    );
}

/// The parameters of the moment, which every read takes.
fn moment_parameters() -> [Value; 2] {
    [
        json!({
            "name": "as_of", "in": "query", "required": false, "schema": { "type": "string", "format": "date" },
            "description": "What was true on that day: acts done by its end in India, and facts dated by then although recorded later.",
        }),
        json!({
            "name": "known_at", "in": "query", "required": false, "schema": { "type": "string", "pattern": "^(now|[0-9]{4}-.+)$" },
            "description": "What was known at that instant, or `now`. The answer has the instant as Known-At: asked with it again, it is the same.",
        }),
    ]
}

/// Adds to the answer of an operation a list that the runner appends to it.
fn add_member(operation: &mut Value, name: &str, of: &str, description: &str) {
    for (_, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        let Some(schema) = response.pointer_mut("/content/application~1json/schema") else { continue };
        let list = json!({
            "type": "array", "items": { "$ref": format!("#/components/schemas/{of}") }, "description": description,
        });
        *schema = json!({ "allOf": [schema.take(), { "type": "object", "properties": { name: list } }] });
    }
}

/// Every part of the path in braces is a parameter; those that are not text or numbers are ids.
fn complete_path_parameters(path: &str, parameters: &mut Vec<Value>) {
    let mut noun = "";
    for part in path.split('/') {
        let Some(name) = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            noun = part;
            continue;
        };
        if !parameters.iter().any(|known| known["in"] == "path" && known["name"] == name) {
            parameters.push(json!({
                "name": name, "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" },
            }));
        }
        let singular = noun.strip_suffix('s').unwrap_or(noun);
        for parameter in parameters.iter_mut().filter(|known| known["in"] == "path" && known["name"] == name) {
            parameter["description"] = json!(if name == "round" {
                "The number of the round, from 1.".to_owned()
            } else if name == "id" && names::has_number(noun) {
                format!("The id of the {singular}, or its number with `-` for `/`.")
            } else {
                format!("The {name} of the {singular}.")
            });
        }
    }
}
