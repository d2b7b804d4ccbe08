//! The answers of an operation in the description: their headers, and the problems that it can end with.

use crate::service::running::operation::EVERY_COMMAND;
use crate::web::edge::problem::{EDGE_CODES, refusal_status};
use domain::base::refusal::Refusal;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The headers of an answer.
pub fn complete_headers(operation: &mut Value, reads: bool, writes: bool) {
    let text = |description: &str| json!({ "description": description, "schema": { "type": "string" } });
    let in_pages = operation["parameters"].as_array().into_iter().flatten().any(|one| one["name"] == "cursor");
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        if status == "200" && in_pages {
            response["headers"]["Link"] =
                text("The address of the next page, with `rel=\"next\"`; absent on the last page.");
        }
        if status == "200" && reads {
            response["headers"]["ETag"] = text(OF_READS);
        }
        if status == "201" {
            response["headers"]["Location"] = text("Where the new record is.");
            response["headers"]["ETag"] = text("The version of the new record; absent of a record without versions.");
        }
        if writes {
            response["headers"]["Idempotency-Replayed"] = text("`true` when this answer was given before.");
            response["headers"]["Log-Entry"] =
                text("The entry of the audit log that stands for it: `GET /log/receipts/{entry}` gives its receipt.");
        }
    }
    if reads {
        let what = "Nothing is sent, because `If-None-Match` names the tag of the answer.";
        operation["responses"]["304"] = json!({ "description": what, "headers": { "ETag": text(OF_READS) } });
    }
}

/// What is said of the tags of reads.
const OF_READS: &str = "The version of a record, or a digest of the answer, or both where the record is shown as on a \
    day (`3-` and the digest); weak (`W/`) where the answer is compressed. A file of evidence or of a payment advice \
    has none: its content never changes, and its digest is in `Repr-Digest`.";

/// What of an operation decides how it can end.
pub struct Kind {
    pub reads: bool,
    pub open: bool,
    pub writes: bool,
    pub needs_version: bool,
    pub has_body: bool,
    pub has_parts: bool,
    pub rehearses: bool,
}

/// Adds every problem that an operation can end with.
pub fn add_problems(operation: &mut Value, refusals: &[&str], kind: Kind) {
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    let mut add = |code: &'static str, status: u16| by_status.entry(status).or_default().push(code);
    for (code, status, _) in EDGE_CODES {
        let possible = match *code {
            "malformed_json" | "unsupported_media_type" | "body_too_large" | "body_too_slow" | "invalid_fields" => {
                kind.has_body
            }
            "range_not_satisfiable" => kind.has_parts,
            "idempotency_key_missing" => kind.writes,
            "bad_header" => true,
            "dry_run_not_offered" => !kind.rehearses,
            "cannot_preview_now" => kind.rehearses,
            "unauthenticated" => !kind.open,
            "version_required" => kind.needs_version,
            "condition_failed" => !kind.reads,
            "method_not_allowed" => false,
            _ => true,
        };
        if possible {
            add(code, *status);
        }
    }
    if kind.writes || kind.needs_version {
        EVERY_COMMAND.iter().for_each(|code| add(code, refusal_status(code)));
    } else if !kind.open {
        add("not_permitted", 403);
    }
    let known = |code: &str| Refusal::CODES.iter().find(|known| **known == code).copied();
    for code in refusals.iter().filter_map(|code| known(code)) {
        add(code, refusal_status(code));
    }
    for (status, codes) in by_status {
        let list: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
        let mut response = json!({
            "description": format!("Problem: {}", list.join(", ")),
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        });
        if status == 503 {
            response["headers"]["Retry-After"] =
                json!({ "description": "Seconds to wait.", "schema": { "type": "string" } });
        }
        operation["responses"][status.to_string()] = response;
    }
}
