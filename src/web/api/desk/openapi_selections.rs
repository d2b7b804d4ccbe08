//! The description of selections: a path for each kind of record, with parameters for every filter on its
//! fields, made from the same catalogue that serves the queries.

use crate::web::api::desk::export_formats::ExportFormat;
use crate::web::edge::listing::ROWS_MOST;
use crate::web::edge::record_list::{narrowing, query, sorts};
use crate::web::edge::route_table::Operations;
use domain::desk::selection::Subject;
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
    let fields = subject.fields().iter().chain(subject.beside());
    let mut parameters: Vec<Value> = fields.flat_map(|field| narrowing(field, None)).collect();
    let sorts = sorts(subject);
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
