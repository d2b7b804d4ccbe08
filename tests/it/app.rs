//! A service for one test: its own database and folder, a clock that stands still until it is
//! moved, a real HTTP server, and people who are made when they are first needed.

use crate::postgres;
use magnet_scheme::client::{Client, Person, Response};
use magnet_scheme::config::Config;
use magnet_scheme::db::connection::DatabaseUrl;
use magnet_scheme::domain::calendar::Timestamp;
use magnet_scheme::service::Service;
use magnet_scheme::service::clock::Clock;
use magnet_scheme::service::start::FIRST_ADMINISTRATOR;
use magnet_scheme::service::verify::{Verified, verify};
use magnet_scheme::web::server;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// The day every test begins, unless it says otherwise: noon in India on 1 May 2026.
pub const FIRST_INSTANT: &str = "2026-05-01T06:30:00Z";

pub struct App {
    pub engine: Engine,
    pub client: Client,
    pub config: Config,
    clock: Arc<AtomicI64>,
    pub administrator_password: String,
    people: Mutex<BTreeMap<String, Arc<Person>>>,
    organisations: Mutex<BTreeMap<String, Value>>,
    server: Option<(actix_web::dev::ServerHandle, JoinHandle<()>)>,
    _folder: tempfile::TempDir,
}

/// Settings for a fresh database of this engine in this folder.
pub fn config(engine: Engine, folder: &std::path::Path) -> Config {
    let mut config = Config::load(None).unwrap();
    config.data.folder = folder.join("data");
    config.server.bind = "127.0.0.1:0".to_owned();
    config.database.readers = 4;
    // The server that all tests share forgets, to be fast.
    config.database.allow_unsafe_settings = engine == Engine::Postgres;
    config.database.url = match engine {
        Engine::Sqlite => String::new(),
        Engine::Postgres => postgres::new_database(),
    };
    config
}

impl App {
    /// A live service on a fresh database.
    pub fn start(engine: Engine) -> App {
        Self::start_with(engine, |_| {})
    }

    /// The same with other settings.
    pub fn start_with(engine: Engine, change: impl FnOnce(&mut Config)) -> App {
        Self::start_as(engine, false, change)
    }

    /// A service whose data is not real and whose clock can be moved.
    pub fn sandbox(engine: Engine) -> App {
        Self::sandbox_with(engine, |_| {})
    }

    /// The same with other settings.
    pub fn sandbox_with(engine: Engine, change: impl FnOnce(&mut Config)) -> App {
        Self::start_as(engine, true, change)
    }

    fn start_as(engine: Engine, sandbox: bool, change: impl FnOnce(&mut Config)) -> App {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(engine, folder.path());
        change(&mut config);
        let clock = Arc::new(AtomicI64::new(FIRST_INSTANT.parse::<Timestamp>().unwrap().micros()));
        let mut app = App {
            engine,
            client: Client::new(""),
            config,
            clock,
            administrator_password: String::new(),
            people: Mutex::default(),
            organisations: Mutex::default(),
            server: None,
            _folder: folder,
        };
        app.serve(sandbox);
        app
    }

    /// Starts serving (again) on the same database and folder.
    pub fn serve(&mut self, sandbox: bool) {
        self.stop();
        let (config, clock) = (self.config.clone(), self.test_clock());
        let (told, hear) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let started = async {
                    let service = Service::start(&config, clock, sandbox).await.map_err(|error| error.to_string())?;
                    let password = service.make_first_administrator().await.map_err(|error| error.to_string())?;
                    let running = server::start(service, &config.server).map_err(|error| error.to_string())?;
                    Ok::<_, String>((running, password))
                };
                match started.await {
                    Ok((running, password)) => {
                        told.send(Ok((running.address, running.handle, password))).unwrap();
                        running.server.await.unwrap();
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
        self.speak_to(Client::new(format!("http://{address}")));
    }

    /// Everybody speaks to this service from now on, signing in anew.
    pub fn speak_to(&mut self, client: Client) {
        self.client = client;
        let mut people = self.people.lock().unwrap();
        for person in people.values_mut() {
            *person = Arc::new(Person::new(&self.client, person.email.clone(), person.password.clone()));
        }
    }

    /// Why a service would not start on this database and folder; `None` when it starts.
    pub fn start_problem(&self, sandbox: bool) -> Option<String> {
        self.problem_of(self.config.clone(), sandbox)
    }

    /// Why a live service would not start with other settings.
    pub fn start_problem_with(&self, config: &Config) -> Option<String> {
        self.problem_of(config.clone(), false)
    }

    fn problem_of(&self, config: Config, sandbox: bool) -> Option<String> {
        let clock = self.test_clock();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                Service::start(&config, clock, sandbox).await.err().map(|error| error.to_string())
            })
        })
        .join()
        .unwrap()
    }

    pub fn test_clock(&self) -> Clock {
        let source = Arc::clone(&self.clock);
        Clock::from_source(Arc::new(move || {
            Timestamp::new(chrono::DateTime::from_timestamp_micros(source.load(Ordering::SeqCst)).unwrap())
        }))
    }

    /// Stops serving; waits until it has stopped.
    pub fn stop(&mut self) {
        if let Some((handle, thread)) = self.server.take() {
            actix_web::rt::System::new().block_on(handle.stop(false));
            thread.join().unwrap();
        }
    }

    /// Moves time for everybody, sessions included.
    pub fn set_clock(&self, instant: &str) {
        self.clock.store(instant.parse::<Timestamp>().unwrap().micros(), Ordering::SeqCst);
    }

    /// The time it is.
    pub fn now(&self) -> Timestamp {
        Timestamp::new(chrono::DateTime::from_timestamp_micros(self.clock.load(Ordering::SeqCst)).unwrap())
    }

    /// Lets seconds pass.
    pub fn wait_seconds(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    pub fn database_url(&self) -> DatabaseUrl {
        self.config.database_url().unwrap()
    }

    /// What `magnet-scheme verify` says.
    pub fn verify(&self) -> Verified {
        verify(&self.database_url()).unwrap()
    }

    /// Fails the test unless everything agrees.
    pub fn must_verify(&self) {
        let verified = self.verify();
        assert_eq!(verified.fault, None, "after {} entries", verified.entries);
    }

    /// Runs SQL on the database behind the service's back.
    pub fn sql(&self, statement: &str) {
        match self.database_url() {
            DatabaseUrl::Postgres(url) => postgres::execute(&url, statement),
            DatabaseUrl::Sqlite(path) => {
                use diesel::connection::SimpleConnection;
                sqlite(&path).batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
            }
        }
    }

    /// The same, for statements that may be refused.
    pub fn try_sql(&self, statement: &str) -> Result<(), String> {
        use diesel::connection::SimpleConnection;
        use diesel::{Connection, PgConnection};
        match self.database_url() {
            DatabaseUrl::Postgres(url) => PgConnection::establish(&url).unwrap().batch_execute(statement),
            DatabaseUrl::Sqlite(path) => sqlite(&path).batch_execute(statement),
        }
        .map_err(|error| error.to_string())
    }

    /// What a query answers whose one column is text and is called `value`; NULL is `~`.
    pub fn values(&self, query: &str) -> Vec<String> {
        use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
            value: Option<String>,
        }
        let rows: Vec<Row> = match self.database_url() {
            DatabaseUrl::Postgres(url) => sql_query(query).load(&mut PgConnection::establish(&url).unwrap()),
            DatabaseUrl::Sqlite(path) => sql_query(query).load(&mut sqlite(&path)),
        }
        .unwrap_or_else(|error| panic!("{query}: {error}"));
        rows.into_iter().map(|row| row.value.unwrap_or_else(|| "~".to_owned())).collect()
    }

    /// The tables of the schema, without those of the engine and of the migrations.
    pub fn tables(&self) -> Vec<String> {
        let mut tables = self.values(match self.engine {
            Engine::Sqlite => {
                "SELECT name AS value FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            }
            Engine::Postgres => {
                "SELECT table_name::text AS value FROM information_schema.tables WHERE table_schema = 'public'"
            }
        });
        // Beside each table stands its past, which PostgreSQL has in a schema of its own.
        tables.retain(|table| !table.starts_with("__") && !table.ends_with("_past"));
        tables.sort();
        tables
    }

    /// Every row of a table as text, in an order that does not depend on how it is stored.
    pub fn rows(&self, table: &str) -> Vec<String> {
        let whole = match self.engine {
            Engine::Postgres => format!("{table}::text"),
            Engine::Sqlite => {
                let columns = self.values(&format!("SELECT name AS value FROM pragma_table_info('{table}')"));
                columns.iter().map(|column| format!("quote({column})")).collect::<Vec<_>>().join(" || ',' || ")
            }
        };
        let mut rows = self.values(&format!("SELECT {whole} AS value FROM {table}"));
        rows.sort();
        rows
    }

    /// Everything that is stored, but for the audit log: what a refusal must leave as it was.
    pub fn content(&self) -> BTreeMap<String, Vec<String>> {
        let log = |table: &String| table.starts_with("audit_") || table.starts_with("log_");
        let tables = self.tables().into_iter().filter(|table| !log(table));
        tables.map(|table| (table.clone(), self.rows(&table))).collect()
    }

    /// How many entries the audit log has.
    pub fn audit_length(&self) -> i64 {
        self.values("SELECT CAST(sequence AS TEXT) AS value FROM audit_head")[0].parse().unwrap()
    }

    /// `command outcome code` of the audit entries behind a sequence.
    pub fn audit_behind(&self, sequence: i64) -> Vec<String> {
        self.values(&format!(
            "SELECT command || ' ' || outcome || COALESCE(' ' || code, '') AS value FROM audit_log \
             WHERE sequence > {sequence} ORDER BY sequence"
        ))
    }

    /// Every operation the interface describes: method, path, description.
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

    /// Somebody with these roles, made on first use. `who` tells people with the same roles apart.
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

    /// The preparer of a sample manufacturer, who has registered it.
    pub fn preparer_of(&self, maker: &str) -> Arc<Person> {
        let preparer = self.person(&format!("preparer-{maker}"), &["preparer"], None);
        let mut organisations = self.organisations.lock().unwrap();
        if !organisations.contains_key(maker) {
            let number = organisations.len() + 1;
            let registered =
                preparer.posts("/organisations", None, &crate::people::registration(maker, number)).unwrap();
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

    /// Sends a request that nobody signed.
    pub fn anybody(&self, method: &str, path: &str, body: Option<&Value>) -> Response {
        let text = body.map(Value::to_string);
        let headers: &[(&str, &str)] = if body.is_some() { &[("Content-Type", "application/json")] } else { &[] };
        self.client.send(method, path, headers, text.as_ref().map(|text| text.as_bytes())).unwrap()
    }
}

fn sqlite(path: &std::path::Path) -> diesel::SqliteConnection {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    connection.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;").unwrap();
    connection
}

impl Drop for App {
    fn drop(&mut self) {
        self.stop();
    }
}
