//! What an `App` is once it has started: a server, its settings and clock, and the people who use it.

use crate::harness::app::{CHEAP_PASSWORDS, Engine, FIRST_INSTANT, settings};
use crate::harness::template::{Stage, Template, Told};
use crate::harness::{described, postgres, scratch, template};
use domain::base::calendar::Timestamp;
use magnet_scheme::client::{Client, Person, Response};
use magnet_scheme::config::Config;
use magnet_scheme::db::engine::connection::DatabaseUrl;
use magnet_scheme::service::Service;
use magnet_scheme::service::check::verify::{Verified, verify};
use magnet_scheme::service::people::passwords::PasswordCost;
use magnet_scheme::service::running::clock::Clock;
use magnet_scheme::service::start::{Accepts, FIRST_ADMINISTRATOR};
use magnet_scheme::web::server;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// By how much time moves after each act: no two acts of a test have the same time.
const STEP_MICROS: i64 = 1_000_000;
/// How far acts may have moved the clock past the instant that a test sets.
const WHILE_MICROS: i64 = 3_600_000_000;

/// Where the clock stands after an act. The last second of a day is long enough for whatever a test does in it.
fn next_act(micros: i64) -> i64 {
    let day = |micros: i64| (micros + INDIA_MICROS).div_euclid(86_400_000_000);
    let next = micros + STEP_MICROS;
    if day(next) == day(micros) { next } else { micros + 1_000 }
}

/// How far the days of India are ahead.
const INDIA_MICROS: i64 = 19_800_000_000;

pub struct Started {
    pub client: Client,
    pub config: Config,
    clock: Arc<AtomicI64>,
    pub administrator_password: String,
    people: Mutex<BTreeMap<String, Arc<Person>>>,
    organisations: Mutex<BTreeMap<String, Value>>,
    server: Option<(actix_web::dev::ServerHandle, JoinHandle<()>)>,
    password_cost: PasswordCost,
    /// Whether a person says that the clock is right, however far it is from the log.
    pub accepts_clock: bool,
    /// What else a person says at a start.
    pub accepts: Accepts,
    /// The database on the shared PostgreSQL server, which is removed together with this service.
    database: Option<String>,
    folder: Option<tempfile::TempDir>,
    /// The connection with which a test looks at what is stored on PostgreSQL.
    pub look: Mutex<Option<(DatabaseUrl, diesel::PgConnection)>>,
}

/// The start of a service.
#[derive(Clone, Copy)]
pub struct Beginning {
    pub sandbox: bool,
    /// The furthest template from which it may be copied, if any.
    pub from: Option<Stage>,
    pub on_disk: bool,
    pub password_cost: PasswordCost,
}

impl Beginning {
    pub const LIVE: Beginning =
        Beginning { sandbox: false, from: Some(Stage::Live), on_disk: false, password_cost: CHEAP_PASSWORDS };
    pub const SANDBOX: Beginning = Beginning { sandbox: true, from: Some(Stage::Sandbox), ..Self::LIVE };
}

impl Started {
    pub fn begin(engine: Engine, how: Beginning, change: impl FnOnce(&mut Config)) -> Started {
        let folder = if how.on_disk { scratch::folder_on_disk() } else { scratch::folder() };
        let mut config = settings(engine, folder.path());
        let usual = config.clone();
        change(&mut config);
        let mut administrator_password = String::new();
        let (mut database, mut from) = (None, None);
        // A test that names its own database gets it unchanged.
        if config.database.url == usual.database.url && config.data.folder == usual.data.folder {
            let starts_alike = config.schemes.folder == usual.schemes.folder
                && config.finance.folder == usual.finance.folder
                && config.log.origin == usual.log.origin;
            match how.from {
                Some(stage) => {
                    let template = template::of(engine, if starts_alike { stage } else { Stage::Migrated });
                    database = template.copy_to(&mut config);
                    administrator_password = template.administrator_password.clone();
                    from = Some(template);
                }
                None if engine == Engine::Postgres => {
                    let name = postgres::shared().create();
                    config.database.url = postgres::shared().url_of(&name);
                    database = Some(name);
                }
                None => {}
            }
        }
        let mut started = Self::at_rest(config, folder, database, administrator_password, how.password_cost);
        from.into_iter().for_each(|template| started.goes_on_from(template));
        started.serve(how.sandbox);
        started
    }

    /// A live service on a copy of what a story left, with its people.
    pub fn after(engine: Engine, template: &Template, change: impl FnOnce(&mut Config)) -> Started {
        let folder = scratch::folder();
        let mut config = settings(engine, folder.path());
        change(&mut config);
        let database = template.copy_to(&mut config);
        let password = template.administrator_password.clone();
        let mut started = Self::at_rest(config, folder, database, password, CHEAP_PASSWORDS);
        let told = template.told.as_ref().unwrap();
        started.goes_on_from(template);
        started.serve(false);
        let moved = |(who, person): (&String, &Person)| (who.clone(), Arc::new(person.moved_to(&started.client)));
        let people = told.people.iter().map(moved).collect();
        started.people = Mutex::new(people);
        started.organisations = Mutex::new(told.organisations.clone());
        started
    }

    /// Time goes on where it stood in what this is a copy of.
    fn goes_on_from(&self, template: &Template) {
        if let Some(micros) = template.clock_micros {
            self.clock.store(micros, Ordering::SeqCst);
        }
    }

    fn at_rest(
        config: Config,
        folder: tempfile::TempDir,
        database: Option<String>,
        administrator_password: String,
        password_cost: PasswordCost,
    ) -> Started {
        let clock = Arc::new(AtomicI64::new(FIRST_INSTANT.parse::<Timestamp>().unwrap().micros()));
        Started {
            client: Client::new(""),
            config,
            clock,
            administrator_password,
            people: Mutex::default(),
            organisations: Mutex::default(),
            server: None,
            password_cost,
            accepts_clock: false,
            accepts: Accepts::default(),
            database,
            folder: Some(folder),
            look: Mutex::default(),
        }
    }

    /// What a story left of people and time, with what it returned.
    pub fn left(&self, path: String, outcome: Value) -> Told {
        let people = self.people.lock().unwrap();
        Told {
            path,
            outcome,
            people: people.iter().map(|(who, person)| (who.clone(), person.moved_to(&self.client))).collect(),
            organisations: self.organisations.lock().unwrap().clone(),
        }
    }

    /// Keeps the data folder and the database when this value is dropped; returns where they are.
    pub fn leave(&mut self) -> (std::path::PathBuf, Option<String>) {
        if let Some(folder) = self.folder.take() {
            let _ = folder.keep();
        }
        (self.config.data.folder.clone(), self.database.take())
    }

    /// Starts serving (again) on the same database and folder.
    pub fn serve(&mut self, sandbox: bool) {
        self.stop();
        let (config, clock, cost) = (self.config.clone(), self.test_clock(), self.password_cost);
        let accepts = self.accepts.clone();
        let (told, hear) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let started = async {
                    let listener = server::listen(&config.server).map_err(|error| error.to_string())?;
                    let service = Service::start_with(&config, clock, sandbox, cost, &accepts).await;
                    let service = service.map_err(|error| error.to_string())?;
                    let password = service.make_first_administrator().await.map_err(|error| error.to_string())?;
                    let running = server::start(Arc::clone(&service), listener, &config.server);
                    Ok::<_, String>((service, running.map_err(|error| error.to_string())?, password))
                };
                match started.await {
                    Ok((service, running, password)) => {
                        told.send(Ok((running.address, running.handle, password))).unwrap();
                        running.server.await.unwrap();
                        // As `serve` does at its end; a test may have taken the database away.
                        let _ = service.raise_high_water_mark().await;
                    }
                    Err(why) => told.send(Err(why)).unwrap(),
                }
            });
        });
        let (address, handle, password) =
            hear.recv().unwrap().unwrap_or_else(|why| panic!("the service did not start: {why}"));
        if let Some(password) = password {
            self.administrator_password = password;
        }
        self.server = Some((handle, thread));
        self.speak_to(described::client(format!("http://{address}")));
    }

    /// Serves again, and hashes passwords at this cost.
    pub fn hashes_at(&mut self, cost: PasswordCost) {
        self.password_cost = cost;
        self.serve(false);
    }

    /// Everybody uses this service from now on and signs in anew.
    pub fn speak_to(&mut self, client: Client) {
        self.client = client;
        let mut people = self.people.lock().unwrap();
        for person in people.values_mut() {
            *person = Arc::new(Person::new(&self.client, person.email.clone(), person.password.clone()));
        }
    }

    /// The reason why a service does not start on this database and folder; `None` when it starts.
    pub fn start_problem(&self, sandbox: bool) -> Option<String> {
        self.problem_of(self.config.clone(), sandbox)
    }

    /// The reason why a live service does not start with other settings.
    pub fn start_problem_with(&self, config: &Config) -> Option<String> {
        self.problem_of(config.clone(), false)
    }

    fn problem_of(&self, config: Config, sandbox: bool) -> Option<String> {
        let (clock, cost, accepts) = (self.test_clock(), self.password_cost, self.accepts.clone());
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let started = Service::start_with(&config, clock, sandbox, cost, &accepts).await;
                started.err().map(|error| error.to_string())
            })
        })
        .join()
        .unwrap()
    }

    pub fn test_clock(&self) -> Clock {
        let source = Arc::clone(&self.clock);
        let moved = Arc::clone(&self.clock);
        let clock = Clock::from_source(Arc::new(move || {
            Timestamp::new(chrono::DateTime::from_timestamp_micros(source.load(Ordering::SeqCst)).unwrap())
        }));
        let hand = move || {
            let _ = moved.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |micros| Some(next_act(micros)));
        };
        clock.moved_by(Arc::new(hand)).accepted(self.accepts_clock)
    }

    /// Stops serving; waits until it has stopped.
    pub fn stop(&mut self) {
        *self.look.lock().unwrap() = None;
        if let Some((handle, thread)) = self.server.take() {
            actix_web::rt::System::new().block_on(handle.stop(false));
            thread.join().unwrap();
        }
    }

    /// Moves time for everybody, sessions included. An instant that acts have passed by a while already is not gone
    /// back to.
    pub fn set_clock(&self, instant: &str) {
        let (to, now) = (instant.parse::<Timestamp>().unwrap().micros(), self.clock.load(Ordering::SeqCst));
        if !(to..to + WHILE_MICROS).contains(&now) {
            self.clock.store(to, Ordering::SeqCst);
        }
    }

    /// The present time of the clock.
    pub fn now(&self) -> Timestamp {
        Timestamp::new(chrono::DateTime::from_timestamp_micros(self.clock.load(Ordering::SeqCst)).unwrap())
    }

    /// Moves the clock forward by seconds.
    pub fn wait_seconds(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    pub fn database_url(&self) -> DatabaseUrl {
        self.config.database_url().unwrap()
    }

    /// The result of `magnet-scheme verify`.
    pub fn verify(&self) -> Verified {
        verify(&self.database_url()).unwrap()
    }

    /// Fails the test unless `verify` finds no fault.
    pub fn must_verify(&self) {
        let verified = self.verify();
        assert_eq!(verified.fault, None, "after {} entries", verified.entries);
    }

    /// Every operation of the OpenAPI document: method, path, description.
    pub fn operations(&self) -> Vec<(String, String, Value)> {
        let document = self.anybody("GET", "/api/v1/openapi.json", None).json();
        let mut found = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                found.push((method.to_uppercase(), path.clone(), operation.clone()));
            }
        }
        assert!(found.len() > 60, "{} operations", found.len());
        found
    }

    pub fn administrator(&self) -> Arc<Person> {
        let make = || Person::new(&self.client, FIRST_ADMINISTRATOR, &self.administrator_password);
        Arc::clone(self.people.lock().unwrap().entry("administrator".to_owned()).or_insert_with(|| Arc::new(make())))
    }

    /// A person with these roles, created on first use. `who` distinguishes people with the same roles.
    pub fn person(&self, who: &str, roles: &[&str], organisation: Option<&Value>) -> Arc<Person> {
        if let Some(known) = self.people.lock().unwrap().get(who) {
            return Arc::clone(known);
        }
        let email = format!("{who}@sample.example");
        let account =
            json!({ "email": email, "name": format!("Sample {who}"), "roles": roles, "organisation_id": organisation });
        let made = self.administrator().posts("/users", None, &account).unwrap();
        let person = Arc::new(Person::new(&self.client, email, made["password"].as_str().unwrap()));
        self.people.lock().unwrap().insert(who.to_owned(), Arc::clone(&person));
        person
    }

    pub fn scheme_administrator(&self) -> Arc<Person> {
        self.person("scheme-one", &["scheme_administrator"], None)
    }
    pub fn other_scheme_administrator(&self) -> Arc<Person> {
        self.person("scheme-two", &["scheme_administrator"], None)
    }
    pub fn verifier(&self) -> Arc<Person> {
        self.person("verifier", &["verifier"], None)
    }
    pub fn section_officer(&self) -> Arc<Person> {
        self.person("section", &["section_officer"], None)
    }
    pub fn finance_officer(&self) -> Arc<Person> {
        self.person("finance", &["finance_officer"], None)
    }
    pub fn competent_authority(&self) -> Arc<Person> {
        self.person("authority", &["competent_authority"], None)
    }
    pub fn disbursing_officer(&self) -> Arc<Person> {
        self.person("ddo", &["disbursing_officer"], None)
    }
    pub fn auditor(&self) -> Arc<Person> {
        self.person("auditor", &["auditor"], None)
    }

    /// The preparer of a sample manufacturer, who registers it on first use.
    pub fn preparer_of(&self, maker: &str) -> Arc<Person> {
        let preparer = self.person(&format!("preparer-{maker}"), &["preparer"], None);
        let mut organisations = self.organisations.lock().unwrap();
        if !organisations.contains_key(maker) {
            let number = organisations.len() + 1;
            let registered =
                preparer.posts("/organisations", None, &crate::harness::people::registration(maker, number)).unwrap();
            organisations.insert(maker.to_owned(), registered);
        }
        preparer
    }
    pub fn signatory_of(&self, maker: &str) -> Arc<Person> {
        let organisation = self.organisation(maker);
        self.person(&format!("signatory-{maker}"), &["signatory"], Some(&organisation["id"]))
    }
    pub fn organisation(&self, maker: &str) -> Value {
        self.preparer_of(maker);
        self.organisations.lock().unwrap()[maker].clone()
    }

    /// The sample manufacturer of tests that need only one.
    pub fn preparer(&self) -> Arc<Person> {
        self.preparer_of("lodestone")
    }
    pub fn signatory(&self) -> Arc<Person> {
        self.signatory_of("lodestone")
    }

    /// Sends a request without a token.
    pub fn anybody(&self, method: &str, path: &str, body: Option<&Value>) -> Response {
        let text = body.map(Value::to_string);
        let headers: &[(&str, &str)] = if body.is_some() { &[("Content-Type", "application/json")] } else { &[] };
        self.client.send(method, path, headers, text.as_ref().map(|text| text.as_bytes())).unwrap()
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.stop();
        if let Some(database) = &self.database {
            postgres::shared().remove(database);
        }
    }
}
