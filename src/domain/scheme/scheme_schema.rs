//! The JSON Schema of a scheme file, generated from the types that parse it.

use crate::scheme::scheme::Scheme;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

/// The schema (JSON Schema 2020-12) as indented text with a line end.
pub fn scheme_schema() -> Result<String, serde_json::Error> {
    let mut parts = Vec::new();
    Scheme::schemas(&mut parts);
    let mut definitions = Map::new();
    for (name, schema) in parts {
        definitions.insert(name, serde_json::to_value(schema)?);
    }
    let mut schema = serde_json::to_value(Scheme::schema())?;
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("A version of a scheme");
    schema["$defs"] = Value::Object(definitions);
    point_inside(&mut schema);
    write_out_days(&mut schema);
    Ok(format!("{}\n", serde_json::to_string_pretty(&schema)?))
}

/// Rewrites references to components of the OpenAPI document as references to the definitions of
/// this schema.
fn point_inside(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(place)) = fields.get_mut("$ref") {
                *place = place.replace("#/components/schemas/", "#/$defs/");
            }
            fields.values_mut().for_each(point_inside);
        }
        Value::Array(all) => all.iter_mut().for_each(point_inside),
        _ => {}
    }
}

/// How a day is written (the full-date of RFC 3339).
const DAY: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

/// Adds to each schema of a day the pattern of a day. Most validators of JSON Schema take `format` as a remark: to
/// them any text would be a day, and a value that is a day or a word would fit both.
pub fn write_out_days(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("format").is_some_and(|format| format == "date") {
                fields.insert("pattern".to_owned(), json!(DAY));
            }
            fields.values_mut().for_each(write_out_days);
        }
        Value::Array(all) => all.iter_mut().for_each(write_out_days),
        _ => {}
    }
}
