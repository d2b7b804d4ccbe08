//! Files in the description: each as bytes of its own media type, and not as a list of numbers.

use crate::web::api::desk::export_formats::ExportFormat;
use domain::base::evidence::MediaType;
use serde_json::{Map, Value, json};

/// Completes what is said of files that an operation takes or answers with.
pub fn complete(path: &str, operation: &mut Value) {
    let bytes = json!({ "schema": { "type": "string", "format": "binary" } });
    for place in ["/requestBody/content", "/responses/200/content"] {
        let Some(content) = operation.pointer_mut(place) else { continue };
        if path.starts_with("/api/v1/evidence") && content.get("application/octet-stream").is_some() {
            *content = MediaType::ALL.iter().map(|kind| (kind.to_string(), bytes.clone())).collect();
        }
        for kind in ["application/octet-stream", "application/zip"] {
            if let Some(one) = content.get_mut(kind) {
                *one = bytes.clone();
            }
        }
    }
    // The treasury and the bank send either.
    if ["/api/v1/treasury-returns", "/api/v1/bank-scrolls"].contains(&path)
        && let Some(sent) = operation.pointer_mut("/requestBody/content")
    {
        sent["application/xml"] = sent["text/csv"].clone();
    }
    if path.ends_with("/export") {
        operation["responses"]["200"]["content"] = json!(exports(&bytes));
    }
    // A part of a file is no whole text of its kind.
    let kinds = operation.pointer("/responses/200/content").and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(part) = operation.pointer_mut("/responses/206") {
        part["content"] = kinds.into_iter().map(|(kind, _)| (kind, bytes.clone())).collect();
    }
}

/// The kinds of files in which the records of a selection are taken away.
fn exports(bytes: &Value) -> Map<String, Value> {
    let schema = |format: &ExportFormat| match format {
        ExportFormat::Json => json!({ "schema": { "type": "array", "items": { "type": "object" } } }),
        _ => bytes.clone(),
    };
    let kind = |format: &ExportFormat| format.content_type().split(';').next().unwrap_or_default().to_owned();
    ExportFormat::ALL.iter().map(|format| (kind(format), schema(format))).collect()
}
