//! The description of the interface is true, whole and kept. That every answer of the suite fits it,
//! `harness/described.rs` sees to.

use crate::harness::app::App;
use crate::harness::described::{fault, misfit};
use crate::harness::people::Verbs;
use crate::tidy::{root, sources};
use actix_web::dev::HttpServiceFactory;
use domain::base::permission::Role;
use magnet_scheme::client::Response;
use magnet_scheme::service::running::operation::Operation;
use magnet_scheme::web::edge::route_table::RouteTable;
use magnet_scheme::web::openapi::description;
use magnet_scheme::web::routes::{operations, routes};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use utoipa_actix_web::OpenApiFactory;

fn document() -> Value {
    serde_json::from_str(&description().text).unwrap()
}

/// An answer as a test makes it up.
fn made_up(status: u16, kind: &str, body: &Value) -> Response {
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    Response { status, headers, bytes: body.to_string().into_bytes() }
}

#[apply(plain!)]
fn an_answer_that_the_description_does_not_know_is_noticed() {
    let clock = |body: Value| fault("GET", "/api/v1/clock", &made_up(200, "application/json", &body));
    let good = json!({ "now": "2026-05-01T06:30:00.000000Z", "financial_year": "2026-27", "sandbox": false });
    assert_eq!(clock(good.clone()), None);
    for (member, value, what) in [
        ("now", json!("noon"), "date-time"),
        ("now", json!(null), "string"),
        ("sandbox", json!("no"), "boolean"),
        ("wrong", json!(1), "'wrong'"),
    ] {
        let mut body = good.clone();
        body[member] = value;
        let told = clock(body).unwrap_or_else(|| panic!("{member} is not noticed"));
        assert!(told.contains(what), "{told}");
    }
    let refused = |status, kind, body| fault("GET", "/api/v1/clock", &made_up(status, kind, &body)).unwrap();
    assert_eq!(refused(202, "application/json", good.clone()), "this status is not described");
    assert_eq!(refused(200, "text/plain", good.clone()), "it is 'text/plain' and not one of [\"application/json\"]");
    let unknown = fault("GET", "/api/v1/nothing/here", &made_up(404, "application/problem+json", &good)).unwrap();
    assert!(unknown.contains("required"), "{unknown}");
}

/// Every schema that the handlers name, by its name.
#[derive(Default)]
struct Components(BTreeMap<String, BTreeSet<String>>);

impl RouteTable for Components {
    fn operation<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, _: Operation, handler: F) -> &mut Self {
        let mut named = Vec::new();
        handler.schemas(&mut named);
        for (name, schema) in named {
            self.0.entry(name).or_default().insert(json!(schema).to_string());
        }
        self
    }
}

/// Of two types with one name of a component, one would be described as the other.
#[apply(plain!)]
fn a_component_has_one_type() {
    let mut components = Components::default();
    routes(&mut components);
    assert!(components.0.len() > 200, "{}", components.0.len());
    for (name, schemas) in &components.0 {
        assert_eq!(schemas.len(), 1, "{name} is described in several ways: {schemas:#?}");
    }
    let mut types: BTreeMap<String, String> = BTreeMap::new();
    for (file, text) in sources("src") {
        for name in described_types(&text) {
            let before = types.insert(name.clone(), file.clone());
            assert_eq!(before, None, "{name} names a type of the interface in {file} as well");
        }
    }
    assert!(types.len() > 300, "{}", types.len());
}

/// The names under which the types of a file are components.
fn described_types(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if !line.trim_start().starts_with("#[derive(") || !line.contains("ToSchema") {
            continue;
        }
        let mut renamed = None;
        for line in lines.by_ref() {
            renamed = renamed.or(line.split("schema(as = ").nth(1).and_then(|rest| rest.split([',', ')']).next()));
            let declared = ["struct ", "enum "].into_iter().find_map(|word| line.split(word).nth(1));
            if let Some(declared) = declared.filter(|_| !line.trim_start().starts_with(['/', '#'])) {
                let name = declared.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
                // In a macro, the name is an argument.
                found.extend(Some(renamed.unwrap_or(name)).filter(|name| !name.is_empty()).map(str::to_owned));
                break;
            }
        }
    }
    found
}

#[apply(plain!)]
fn two_types_with_one_name_are_noticed() {
    let text = "#[derive(Serialize, ToSchema)]\npub struct Holds {\n}\n/// One.\n#[derive(ToSchema)]\n\
        #[schema(as = Holds)]\nenum Other {\n}\n#[derive(Debug)]\nstruct Not;\n";
    assert_eq!(described_types(text), ["Holds", "Holds"]);
}

/// Whoever reads a change sees what it changes for clients.
#[apply(plain!)]
fn the_description_is_kept_as_a_file() {
    let kept = std::fs::read_to_string(root().join("docs/openapi.json")).unwrap_or_default();
    let now = format!("{}\n", description().by_line());
    let differs = kept.lines().zip(now.lines()).position(|(one, other)| one != other);
    let place = differs.unwrap_or_else(|| kept.lines().count().min(now.lines().count()));
    let line = |text: &str| text.lines().nth(place).unwrap_or("its end").to_owned();
    assert!(
        kept == now,
        "docs/openapi.json says in line {}: {} and the program: {}; if the interface shall change so, run \
         `magnet-scheme openapi > docs/openapi.json`",
        place + 1,
        line(&kept),
        line(&now)
    );
}

/// The content of every body that is sent as JSON, and of every good answer: what it is, and what is said of it.
fn contents(document: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let sent = operation.pointer("/requestBody/content/application~1json");
            found.extend(sent.map(|content| (format!("{method} {path}"), content)));
            for (status, response) in operation["responses"].as_object().unwrap() {
                let answer = response.pointer("/content/application~1json").filter(|_| status.starts_with('2'));
                found.extend(answer.map(|content| (format!("{method} {path} {status}"), content)));
            }
        }
    }
    found
}

#[apply(plain!)]
fn every_example_is_one_of_what_it_stands_for() {
    let document = document();
    let contents = contents(&document);
    assert!(contents.len() > 200, "{}", contents.len());
    for (what, content) in contents {
        let example = content.get("example").unwrap_or_else(|| panic!("{what} has no example"));
        assert_eq!(misfit(&content["schema"], example), None, "{what}");
    }
    let problem = &document["components"]["schemas"]["Problem"];
    assert_eq!(misfit(problem, &problem["examples"][0]), None);
}

/// A schema cannot say everything that a body must be, such as that a year is followed by the next one.
#[apply(on_sqlite!)]
fn the_service_can_read_the_example_of_every_body(app: App) {
    let document = document();
    let mut tried = 0;
    for (method, path, operation) in app.operations() {
        let id = operation["operationId"].as_str().unwrap();
        let content = &document["paths"][&path][method.to_lowercase()]["requestBody"]["content"]["application/json"];
        let Some(example) = content.get("example") else { continue };
        let path = path.trim_start_matches("/api/v1");
        let path = path.replace("{id}", &uuid::Uuid::now_v7().to_string()).replace("{version}", "1");
        let path =
            path.replace("{round}", "1").replace("{line}", "1").replace("{code}", crate::harness::people::SCHEME);
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", id), ("If-Match", "\"1\"")];
        let body = example.to_string();
        let answer = match operations().0[id].permission {
            Some(permission) => {
                let role = permission.roles()[0];
                let person = match role {
                    Role::Preparer => app.preparer(),
                    Role::Signatory => app.signatory(),
                    Role::Administrator => app.administrator(),
                    role => app.person(&format!("only-{role}"), &[role.as_str()], None),
                };
                person.send(&method, &path, &headers, Some(body.as_bytes())).unwrap()
            }
            None => app.client.send(&method, &format!("/api/v1{path}"), &headers, Some(body.as_bytes())).unwrap(),
        };
        assert_ne!(answer.json()["code"], "malformed_json", "{id}: {}", answer.text());
        tried += 1;
    }
    assert!(tried > 60, "{tried}");
    app.auditor().sees("/budget");
}
