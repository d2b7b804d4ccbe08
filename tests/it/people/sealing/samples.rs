//! Request bodies that the OpenAPI document allows.

use serde_json::{Value, json};

/// A request body that the description of an operation allows.
pub fn sample_body(document: &Value, operation: &Value) -> Value {
    sample(document, &operation["requestBody"]["content"]["application/json"]["schema"], "")
}

fn sample(document: &Value, schema: &Value, name: &str) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return sample(document, document.pointer(reference.trim_start_matches('#')).unwrap(), name);
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("object"), _) => {
            let needed = schema["required"].as_array().cloned().unwrap_or_default();
            let fields = needed.iter().map(|field| field.as_str().unwrap());
            fields
                .map(|field| (field.to_owned(), sample(document, &schema["properties"][field], field)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
        (Some("array"), _) => json!([sample(document, &schema["items"], name)]),
        (Some("integer"), _) => json!(1),
        (Some("boolean"), _) => json!(true),
        (Some("string"), Some("uuid")) => json!(uuid::Uuid::now_v7()),
        (Some("string"), Some("date")) => json!("2026-05-01"),
        (Some("string"), Some("date-time")) => json!("2026-05-02T00:00:00Z"),
        (Some("string"), _) if schema.get("pattern").is_some() => json!("2026-27"),
        (Some("string"), _) if name == "email" => json!("somebody@sample.example"),
        (Some("string"), _) => json!("x"),
        _ => json!({}),
    }
}
