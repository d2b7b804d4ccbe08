//! The description of selections: a path for each kind of record, with parameters for every filter on its
//! fields, made from the same catalogue that serves the queries.

use crate::web::api::desk::export_formats::ExportFormat;
use crate::web::edge::listing::ROWS_MOST;
use crate::web::edge::route_table::Operations;
use domain::desk::selection::{Field, Holds, Subject};
use serde_json::{Map, Value, json};

const TEMPLATES: [&str; 2] = ["/api/v1/selections/{subject}", "/api/v1/selections/{subject}/export"];

/// Replaces the path for all kinds of records by one path for each.
pub fn expand(paths: &mut Map<String, Value>, operations: &mut Operations) {
    for template in TEMPLATES {
        let Some(item) = paths.remove(template) else { continue };
        let exports = template.ends_with("/export");
        let declared = item["get"]["operationId"].as_str().and_then(|id| operations.0.get(id).copied());
        for subject in Subject::ALL {
            let mut item = item.clone();
            let operation = &mut item["get"];
            let verb = if exports { "export" } else { "list" };
            let id = format!("{verb}_selected_{subject}");
            operation["operationId"] = json!(id);
            operations.0.extend(declared.map(|declared| (id, declared)));
            operation["parameters"] = parameters(*subject, exports).into();
            paths.insert(template.replace("{subject}", subject.as_str()), item);
        }
    }
}

fn parameters(subject: Subject, exports: bool) -> Vec<Value> {
    let mut parameters: Vec<Value> = subject.fields().iter().flat_map(asked).collect();
    let sorts = subject.fields().iter().filter(|field| field.always);
    let sorts: Vec<String> = sorts.flat_map(|field| [field.name.to_owned(), format!("-{}", field.name)]).collect();
    let sorted = format!("By what it is sorted, '-' for the largest first; -{} unless given.", subject.usual_sort());
    parameters.push(query("sort", &sorted, json!({ "type": "string", "enum": sorts })));
    if exports {
        let formats: Vec<&str> = ExportFormat::ALL.iter().map(|format| format.as_str()).collect();
        let described = "The form of the file; csv unless given.";
        parameters.push(query("format", described, json!({ "type": "string", "enum": formats })));
        return parameters;
    }
    let groups: Vec<&str> = subject.fields().iter().filter(|field| field.groups).map(|field| field.name).collect();
    let described = format!("Fields, with commas, by which records are counted and summed: {}.", groups.join(", "));
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": ROWS_MOST });
    parameters.push(query("group_by", &described, json!({ "type": "string" })));
    parameters.push(query("limit", "Rows on a page; 50 unless given.", limit));
    parameters.push(query("cursor", "Where the page starts: `next` of the page before.", json!({ "type": "string" })));
    let described = "Whether the totals of the whole selection are counted; true unless given.";
    parameters.push(query("totals", described, json!({ "type": "boolean" })));
    parameters
}

/// The parameters for all filters on a field.
fn asked(field: &Field) -> Vec<Value> {
    let name = field.name;
    let mut asked = vec![
        query(name, "One of these.", json!({ "type": "array", "items": schema(field.holds) })),
        query(&format!("{name}_from"), "This or more.", schema(field.holds)),
        query(&format!("{name}_to"), "This or less.", schema(field.holds)),
    ];
    if field.holds == Holds::Text {
        let described = "Holds this text, in capitals or not.";
        asked.push(query(&format!("{name}_contains"), described, json!({ "type": "string", "minLength": 1 })));
    }
    if !field.always {
        let described = "Only records that have (true) or lack (false) this field.";
        asked.push(query(&format!("{name}_given"), described, json!({ "type": "boolean" })));
    }
    asked
}

fn schema(holds: Holds) -> Value {
    match holds {
        Holds::Text => json!({ "type": "string" }),
        Holds::Paise | Holds::Number => json!({ "type": "integer", "format": "int64" }),
        Holds::Day => json!({ "type": "string", "format": "date" }),
        Holds::Instant => json!({ "type": "string", "format": "date-time" }),
        Holds::Year => json!({ "type": "string", "pattern": "^\\d{4}-\\d{2}$" }),
    }
}

fn query(name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "required": false, "description": description, "schema": schema })
}
