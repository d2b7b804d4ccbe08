//! Examples in the description: one of every body that is sent and of every answer, made from its schema and from what
//! its members are called. So a new operation has one as soon as it is described, and a changed one a true one.

use domain::base::digest::hex;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Deeper than this, an example has only the members that must be there.
const WHOLE_DEPTH_MOST: usize = 6;
/// Deeper than this, a list is empty.
const DEPTH_MOST: usize = 14;

/// Texts of members whose names say what they are.
const TEXTS: &[(&str, &str)] = &[
    ("bank", "Sample Bank"),
    ("bank_account", "31002045911"),
    ("beneficiary", "Sample Magnets Ltd"),
    ("cin", "U27320TG2021PLC176543"),
    ("email", "person@sample.example"),
    ("file_name", "certificate.pdf"),
    ("gstin", "36AAACS7654K1ZY"),
    ("ifsc", "SBIN0012345"),
    ("invoice_number", "SFW/101"),
    ("pan", "AAACS7654K"),
    ("party", "Sample Furnace Works"),
    ("scheme_code", "ndfeb-2025-proposal"),
    ("utr", "SBINR52026070100001"),
];

/// Texts of members whose names end like this; the first that fits is taken.
const ENDINGS: &[(&str, &str)] = &[
    ("organisation_name", "Sample Magnets Ltd"),
    ("financial_year", "2026-27"),
    ("_year", "2026-27"),
    ("_digest", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("digest", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("hash", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("utr", "SBINR52026070100001"),
    ("number", "NDFEB/2026-27/TRN/0001"),
    ("reference", "Sample order 1"),
    ("password", "correct horse battery staple"),
    ("token", "eyJ…"),
    ("name", "Sample Person"),
    ("title", "Sample title"),
    ("place", "Sample plant"),
];

/// Adds to every operation an example of its body and of each of its good answers.
pub fn complete(document: &mut Value) {
    let schemas = document["components"]["schemas"].take();
    let maker = Maker { schemas: &schemas };
    for item in document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut()) {
        for operation in item.as_object_mut().into_iter().flat_map(|item| item.values_mut()) {
            maker.add(operation.pointer_mut("/requestBody/content/application~1json"));
            for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
                if status.starts_with('2') {
                    maker.add(response.pointer_mut("/content/application~1json"));
                }
            }
        }
    }
    let problem = maker.of(&schemas["Problem"], "problem", 0);
    document["components"]["schemas"] = schemas;
    document["components"]["schemas"]["Problem"]["examples"] = json!([problem]);
}

struct Maker<'a> {
    schemas: &'a Value,
}

impl Maker<'_> {
    /// Adds an example to what is said of one media type.
    fn add(&self, content: Option<&mut Value>) {
        let Some(content) = content else { return };
        if let Some(schema) = content.get("schema") {
            content["example"] = self.of(schema, "", 0);
        }
    }

    /// An example of a schema that stands under this name.
    fn of(&self, schema: &Value, name: &str, depth: usize) -> Value {
        if let Some(known) = schema.get("example").or_else(|| schema["examples"].as_array()?.first()) {
            return known.clone();
        }
        if let Some(component) = self.component(schema) {
            return self.of(component, name, depth + 1);
        }
        if let Some(parts) = schema["allOf"].as_array() {
            return self.composed(schema, parts, name, depth);
        }
        let choices = ["oneOf", "anyOf"].iter().find_map(|word| schema[*word].as_array());
        if let Some(choice) = choices.and_then(|all| all.iter().find(|one| one["type"] != "null")) {
            let chosen = self.of(choice, name, depth + 1);
            return with_members(chosen, self.members(schema, depth));
        }
        if let Some(word) = schema.get("const").or_else(|| schema["enum"].as_array()?.first()) {
            return word.clone();
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
            kind => kind.as_str(),
        };
        match kind {
            Some("array") => self.list(schema, name, depth),
            Some("string") => json!(text(schema, name)),
            Some("integer") => json!(whole(schema, name)),
            Some("number") => json!(0.5),
            Some("boolean") => json!(true),
            Some("null") => Value::Null,
            _ => Value::Object(self.members(schema, depth)),
        }
    }

    fn component(&self, schema: &Value) -> Option<&Value> {
        self.schemas.get(schema["$ref"].as_str()?.strip_prefix("#/components/schemas/")?)
    }

    /// An example of a value that several schemas describe together.
    fn composed(&self, schema: &Value, parts: &[Value], name: &str, depth: usize) -> Value {
        let mut made = Value::Object(Map::new());
        for part in parts {
            match self.of(part, name, depth) {
                Value::Object(members) => made = with_members(made, members),
                other => made = other,
            }
        }
        with_members(made, self.members(schema, depth))
    }

    fn list(&self, schema: &Value, name: &str, depth: usize) -> Value {
        let items = &schema["items"];
        let is_deep = depth > DEPTH_MOST && schema["minItems"].as_u64().unwrap_or(0) == 0;
        if is_deep || !items.is_object() {
            return json!([]);
        }
        json!([self.of(items, name.strip_suffix('s').unwrap_or(name), depth + 1)])
    }

    fn members(&self, schema: &Value, depth: usize) -> Map<String, Value> {
        let must = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
        let described = schema["properties"].as_object().into_iter().flatten();
        let shown = described.filter(|(name, _)| depth <= WHOLE_DEPTH_MOST || must(name));
        shown.map(|(name, member)| (name.clone(), self.of(member, name, depth + 1))).collect()
    }
}

/// A value with further members, if it is one that has members.
fn with_members(mut value: Value, further: Map<String, Value>) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.extend(further);
    }
    value
}

/// The text of a member.
fn text(schema: &Value, name: &str) -> String {
    match schema["format"].as_str() {
        Some("date") => return day(name).to_owned(),
        Some("date-time") => return "2026-07-01T06:30:00.000000Z".to_owned(),
        Some("uuid") => return id(name),
        _ => {}
    }
    let text = match schema["pattern"].as_str() {
        Some(r"^\d{4}-\d{2}$") => "2026-27",
        Some(r"^[a-z][a-z0-9_]{0,30}$") => "sample_word",
        _ => TEXTS
            .iter()
            .find(|(known, _)| *known == name)
            .or_else(|| ENDINGS.iter().find(|(ending, _)| name.ends_with(ending)))
            .map_or("Sample text", |(_, text)| text),
    };
    text.to_owned()
}

/// A day that fits the name of its member.
fn day(name: &str) -> &'static str {
    match name {
        _ if name.ends_with("_to") || name == "to" || name.starts_with("closes") => "2026-09-30",
        _ if name.starts_with("expires") || name.ends_with("_expires_on") => "2034-12-31",
        _ if name.starts_with("due") => "2026-08-31",
        _ if name.ends_with("_from") || name == "from" || name.starts_with("opens") => "2026-07-01",
        _ => "2026-07-01",
    }
}

/// An id; members of one name have the same one.
fn id(name: &str) -> String {
    let digest = hex(&Sha256::digest(name.as_bytes()));
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default().to_owned();
    format!("0197c1f0-{}-7{}-9{}-{}", part(0, 4), part(4, 7), part(7, 10), part(10, 22))
}

/// The number of a member, within the limits of its schema.
fn whole(schema: &Value, name: &str) -> i64 {
    let usual = match name {
        _ if name.ends_with("_paise") => 1_600_000_000,
        _ if name.ends_with("_kg") => 2_500,
        _ if name.ends_with("_mtpa") => 900,
        _ if name.ends_with("_bytes") => 48_213,
        _ if name.ends_with("_seconds") => 900,
        _ if name == "status" => 409,
        _ => 1,
    };
    let (least, most) = (schema["minimum"].as_i64(), schema["maximum"].as_i64());
    usual.clamp(least.unwrap_or(i64::MIN), most.unwrap_or(i64::MAX))
}
