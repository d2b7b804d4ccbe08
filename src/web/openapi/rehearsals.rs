//! Rehearsals in the OpenAPI description: the header that asks for one, and the answer, which is another than that
//! of the act.

use serde_json::{Value, json};

/// The parameter that asks for a rehearsal.
pub fn parameter() -> Value {
    json!({
        "name": "Dry-Run", "in": "header", "required": false, "schema": { "type": "string", "enum": ["true", "false"] },
        "description": "With `true` nothing is done: the answer is what this step would do now, or the problem that it would end with. \
            Needs no Idempotency-Key.",
    })
}

/// The answer to a rehearsal.
pub fn schema() -> Value {
    let list = |of: &str, description: &str| json!({ "type": "array", "items": { "$ref": format!("#/components/schemas/{of}") }, "description": description });
    json!({
        "type": "object",
        "description": "What a step would do if it were taken now. Nothing was done, numbered, logged or kept.",
        "required": ["dry_run", "balances", "warnings", "result"],
        "properties": {
            "dry_run": { "type": "boolean", "const": true },
            "balances": list("BalanceChange", "Every account that the step would move money into or out of."),
            "warnings": list("Warning", "The warnings with which it would be done."),
            "result": {
                "type": ["object", "null"],
                "description": "The record as it would be. What only the act itself draws (new ids and numbers) is null.",
            },
        },
    })
}

/// Adds the answer to the 200 of an operation, or a 200 to one that answers otherwise.
pub fn complete(operation: &mut Value) {
    let rehearsal = json!({ "$ref": "#/components/schemas/Rehearsal" });
    let header = json!({ "description": "`true` when nothing was done.", "schema": { "type": "string" } });
    let response = &mut operation["responses"]["200"];
    if response.is_null() {
        *response = json!({
            "description": "With `Dry-Run: true`: what it would do.",
            "content": { "application/json": { "schema": rehearsal } },
        });
    } else if let Some(schema) = response.pointer_mut("/content/application~1json/schema") {
        *schema = json!({ "oneOf": [schema.take(), rehearsal] });
    }
    response["headers"]["Dry-Run"] = header;
}
