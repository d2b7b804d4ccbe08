//! The part of the OpenAPI description about names and numbers: what is added to answers on their way out, and
//! where a human number may stand for an id.

use crate::web::edge::names::NAMES_COMPANY;
use domain::base::number::NumberKind;
use domain::people::office::PersonThere;
use domain::worklist::matter::MatterKind;
use serde_json::{Value, json};
use utoipa::PartialSchema;

/// What `waiting` is.
pub const WAITING: &str =
    "With whom the record lies: one entry for each act that it waits for; none if it waits for nobody.";

/// Whether `GET` of a path shows one record that may wait for somebody.
pub fn is_record_that_waits(path: &str) -> bool {
    let noun = path.strip_prefix("/api/v1/").and_then(|rest| rest.strip_suffix("/{id}")).unwrap_or_default();
    MatterKind::ALL.iter().any(|kind| kind.noun_of_record() == Some(noun))
}

/// Whether an operation answers with the rows of a selection.
pub fn has_rows(path: &str) -> bool {
    path.starts_with("/api/v1/selections/") && !path.ends_with("/export")
}

/// Adds to the answer who the people in its rows are.
pub fn add_people(operation: &mut Value) {
    let Some(schema) = operation.pointer_mut("/responses/200/content/application~1json/schema") else { return };
    let people = json!({
        "type": "object", "additionalProperties": { "$ref": "#/components/schemas/PersonThere" },
        "description": "Who the people in the rows are, by id; absent without any.",
    });
    *schema = json!({ "allOf": [schema.take(), { "type": "object", "properties": { "people": people } }] });
}

/// Whether the records of a noun have human numbers.
pub fn has_number(noun: &str) -> bool {
    NumberKind::ALL.iter().any(|kind| kind.noun() == noun)
}

/// Adds to the schemas of answers the members that stand beside ids of people and companies.
pub fn complete_schemas(schemas: &mut Value) {
    schemas["PersonThere"] = serde_json::to_value(PersonThere::schema()).unwrap_or_default();
    for schema in schemas.as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
        complete(schema);
    }
}

fn complete(schema: &mut Value) {
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        complete(part);
    }
    // What refuses unknown members is a body, to which nothing is added.
    if schema["additionalProperties"] == false {
        return;
    }
    let Some(members) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    let refers = |value: &Value, to: &str| value.to_string().contains(&format!("schemas/{to}\""));
    let people: Vec<String> = members
        .iter()
        .filter(|(name, value)| (name.ends_with("_by") || *name == "by") && refers(value, "UserId"))
        .map(|(name, _)| name.clone())
        .collect();
    for name in people {
        members.insert(format!("{name}_person"), json!({ "$ref": "#/components/schemas/PersonThere" }));
    }
    let company = members.get("organisation_id").is_some_and(|value| refers(value, "OrganisationId"));
    if company && !NAMES_COMPANY.iter().any(|name| members.contains_key(*name)) {
        let what = "The name of the company.";
        members.insert("organisation_name".to_owned(), json!({ "type": "string", "description": what }));
    }
}
