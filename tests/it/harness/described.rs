//! Every answer that the suite hears is held against the description of the interface: its status, its media type, and
//! every member of its JSON. The test that hears an answer which the description does not know fails.

use jsonschema::{Registry, Validator};
use magnet_scheme::client::{Client, Response};
use magnet_scheme::web::openapi::description;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

const INTERFACE: &str = "/api/v1/";
/// Where the validators find the components of the description.
const COMPONENTS: &str = "urn:components";
/// Of an answer with many faults, so many are told.
const FAULTS_MOST: usize = 3;

/// A client of a service, whose every answer is held against the description.
pub fn client(base: impl Into<String>) -> Client {
    Client::new(base).watched_by(|method, path, answer| {
        if let Some(fault) = fault(method, path, answer) {
            panic!("{method} {path} was answered {} against the description: {fault}", answer.status);
        }
    })
}

/// What an answer has that the description does not say, if anything.
pub fn fault(method: &str, path: &str, answer: &Response) -> Option<String> {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.strip_prefix(INTERFACE)?.split('/').collect();
    // What is sent compressed or without its body is checked where it is sent whole.
    if ["HEAD", "OPTIONS"].contains(&method) || answer.header("content-encoding").is_some() {
        return None;
    }
    match DESCRIBED.operation(method, &parts) {
        Some(operation) => operation.fault(answer),
        None if parts == ["openapi.json"] || answer.status == 308 => None,
        // An address or a method that does not exist.
        None => DESCRIBED.problem.fault(answer).or_else(|| (answer.status < 400).then(|| "nothing is here".to_owned())),
    }
}

static DESCRIBED: LazyLock<Described> = LazyLock::new(Described::read);

/// The description as it is needed here.
struct Described {
    operations: BTreeMap<String, Vec<Operation>>,
    /// The form of every answer that is not a success.
    problem: Shape,
}

/// One operation: its address, part by part, and its answers by status and media type.
struct Operation {
    pattern: Vec<String>,
    answers: BTreeMap<u16, BTreeMap<String, Shape>>,
}

/// A schema, whose validator is made when it is first needed.
struct Shape {
    schema: Value,
    validator: OnceLock<Validator>,
}

impl Described {
    fn read() -> Described {
        let document: Value = serde_json::from_str(&description().text).unwrap();
        let mut operations: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
        for (path, item) in members(&document["paths"]) {
            let path = path.strip_prefix(INTERFACE).unwrap_or_else(|| panic!("{path} is elsewhere"));
            let pattern: Vec<String> = path.split('/').map(str::to_owned).collect();
            for (method, operation) in members(item) {
                let answers = members(&operation["responses"]).map(answers_of).collect();
                operations
                    .entry(method.to_uppercase())
                    .or_default()
                    .push(Operation { pattern: pattern.clone(), answers });
            }
        }
        Described { operations, problem: Shape::new(&json!({ "$ref": "#/components/schemas/Problem" })) }
    }

    /// The operation of a request; of two that fit, the one with more parts that are the same.
    fn operation(&self, method: &str, path: &[&str]) -> Option<&Operation> {
        let of_method = self.operations.get(method)?.iter();
        of_method.filter_map(|one| Some((one.fits(path)?, one))).max_by_key(|(same, _)| *same).map(|(_, one)| one)
    }
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

fn answers_of((status, response): (&String, &Value)) -> (u16, BTreeMap<String, Shape>) {
    let shapes = members(&response["content"]).map(|(kind, content)| (kind.clone(), Shape::new(&content["schema"])));
    (status.parse().unwrap(), shapes.collect())
}

impl Operation {
    /// How many parts of a path are those of the pattern; `None` if it is another path.
    fn fits(&self, path: &[&str]) -> Option<usize> {
        // The address of a tile has several parts where its pattern has one.
        let is_open = self.pattern.last().is_some_and(|last| last == "{path}") && self.pattern.len() < path.len();
        let fits = |(known, part): (&String, &&str)| known.starts_with('{') && !part.is_empty() || known == part;
        let is_it = (self.pattern.len() == path.len() || is_open) && self.pattern.iter().zip(path).all(fits);
        is_it.then(|| self.pattern.iter().filter(|part| !part.starts_with('{')).count())
    }

    fn fault(&self, answer: &Response) -> Option<String> {
        let Some(shapes) = self.answers.get(&answer.status) else {
            return Some("this status is not described".to_owned());
        };
        let kind = kind_of(answer);
        match shapes.get(&kind) {
            Some(shape) => shape.fault(answer),
            None if shapes.is_empty() && answer.bytes.is_empty() => None,
            None => {
                let known: Vec<&str> = shapes.keys().map(String::as_str).collect();
                Some(format!("it is '{kind}' and not one of {known:?}"))
            }
        }
    }
}

/// The media type of an answer, without parameters.
fn kind_of(answer: &Response) -> String {
    let kind = answer.header("content-type").unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_owned()
}

/// The components, in which every reference leads to a component that is closed.
static REGISTRY: LazyLock<Registry<'static>> = LazyLock::new(|| {
    let document: Value = serde_json::from_str(&description().text).unwrap();
    let mut schemas = document["components"]["schemas"].clone();
    schemas.as_object_mut().unwrap().values_mut().for_each(|schema| close(schema, Place::Part));
    let all = moved(&json!({ "$defs": schemas }));
    Registry::new().add(COMPONENTS, all).unwrap().prepare().unwrap()
});

/// The same schema with references to where the validators find the components.
fn moved(schema: &Value) -> Value {
    let text = schema.to_string().replace("\"#/components/schemas/", &format!("\"{COMPONENTS}#/$defs/"));
    serde_json::from_str(&text).unwrap()
}

impl Shape {
    fn new(schema: &Value) -> Shape {
        Shape { schema: schema.clone(), validator: OnceLock::new() }
    }

    fn validator(&self) -> &Validator {
        self.validator.get_or_init(|| {
            let mut schema = self.schema.clone();
            close(&mut schema, Place::Whole);
            let options = jsonschema::draft202012::options().with_registry(&REGISTRY).should_validate_formats(true);
            options.build(&moved(&schema)).unwrap_or_else(|error| panic!("{error} in {schema}"))
        })
    }

    /// What is wrong with the body of an answer; only JSON has a form.
    fn fault(&self, answer: &Response) -> Option<String> {
        if !kind_of(answer).ends_with("json") || self.schema["format"] == "binary" {
            return None;
        }
        let body: Value = match serde_json::from_slice(&answer.bytes) {
            Ok(body) => body,
            Err(error) => return Some(format!("its body is no JSON: {error}")),
        };
        self.misfit(&body)
    }

    fn misfit(&self, value: &Value) -> Option<String> {
        if self.validator().is_valid(value) {
            return None;
        }
        let faults = self.validator().iter_errors(value).take(FAULTS_MOST);
        let faults: Vec<String> = faults.map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        Some(format!("{}: {value}", faults.join("; ")))
    }
}

/// What of a value does not fit a schema of the description, if anything.
pub fn misfit(schema: &Value, value: &Value) -> Option<String> {
    Shape::new(schema).misfit(value)
}

/// Where a schema stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It describes the whole of a value.
    Whole,
    /// It describes a value together with other schemas.
    Part,
}

/// Closes a schema: an object has no member that its schema does not describe. The description itself leaves objects
/// open, so that clients of today understand the answers of later versions.
fn close(schema: &mut Value, place: Place) {
    let Value::Object(said) = schema else { return };
    for (word, value) in said.iter_mut() {
        match (word.as_str(), value) {
            ("properties", Value::Object(all)) => all.values_mut().for_each(|one| close(one, Place::Whole)),
            ("allOf" | "anyOf" | "oneOf", Value::Array(all)) => all.iter_mut().for_each(|one| close(one, Place::Part)),
            ("prefixItems", Value::Array(all)) => all.iter_mut().for_each(|one| close(one, Place::Whole)),
            ("items" | "additionalProperties", one) => close(one, Place::Whole),
            _ => {}
        }
    }
    close_itself(said, place);
}

fn close_itself(said: &mut Map<String, Value>, place: Place) {
    let says = |words: &[&str]| words.iter().any(|word| said.contains_key(*word));
    if says(&["additionalProperties", "enum", "const"]) {
        return;
    }
    if says(&["properties", "allOf", "anyOf", "oneOf", "$ref"]) {
        if place == Place::Whole {
            said.insert("unevaluatedProperties".to_owned(), json!(false));
        }
    } else if said.get("type").is_none_or(|kind| kind.to_string().contains("\"object\"")) {
        // It describes no member, so it takes any.
        said.insert("additionalProperties".to_owned(), json!(true));
    }
}
