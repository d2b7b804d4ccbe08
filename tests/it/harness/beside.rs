//! What an answer tells beside the record itself: balances, warnings, with whom the record lies, and names.

use magnet_scheme::client::Response;
use serde_json::Value;

/// Takes out of an answer what stands beside the record. Names depend on who reads; a wait is not part of the
/// answer to an act.
pub fn take_out_what_is_beside(answer: &mut Value) {
    if let Some(fields) = answer.as_object_mut() {
        ["balances", "warnings", "waiting"].iter().for_each(|beside| drop(fields.remove(*beside)));
    }
    take_out_names(answer);
}

/// An answer without the names beside its ids; as text where it is no JSON.
pub fn without_names(response: &Response) -> Value {
    let mut answer = serde_json::from_slice(&response.bytes).unwrap_or_else(|_| Value::String(response.text()));
    take_out_names(&mut answer);
    answer
}

fn take_out_names(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !name.ends_with("_person") && name != "organisation_name");
            members.values_mut().for_each(take_out_names);
        }
        Value::Array(values) => values.iter_mut().for_each(take_out_names),
        _ => {}
    }
}
