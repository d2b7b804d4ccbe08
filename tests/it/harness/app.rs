//! A service for one test: its own database and folder, a clock that moves by a second with each act and when it is
//! set, a real HTTP server, and people who are created on first use.
//!
//! The usual service starts at its first use (lazily). A test that starts another one instead therefore does not pay
//! for it, and a test that begins with a story with which many begin gets a copy of what the story left.

use crate::harness::started::{Beginning, Started};
use crate::harness::template::{Stage, Template};
use crate::harness::{postgres, template};
use magnet_scheme::config::Config;
use magnet_scheme::service::people::passwords::PasswordCost;
use serde_json::Value;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, OnceLock};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// The day on which every test begins, unless it sets another: noon in India on 1 May 2026.
pub const FIRST_INSTANT: &str = "2026-05-01T06:30:00Z";

/// The minimum that argon2 allows: the passwords of tests protect nothing.
pub const CHEAP_PASSWORDS: PasswordCost = PasswordCost { memory_kib: 8, passes: 1 };

pub struct App {
    pub engine: Engine,
    /// The text of its only scheme; without it, it has the usual ones.
    pub scheme: Option<Arc<str>>,
    /// The last story that was told before the start.
    after: Mutex<Option<Arc<Template>>>,
    started: OnceLock<Started>,
}

/// Settings for a fresh database of this engine in this folder.
pub fn config(engine: Engine, folder: &std::path::Path) -> Config {
    let mut config = settings(engine, folder);
    if engine == Engine::Postgres {
        config.database.url = postgres::new_database();
    }
    config
}

/// The same without a database on PostgreSQL.
pub fn settings(engine: Engine, folder: &std::path::Path) -> Config {
    let mut config = Config::load(None).unwrap();
    config.data.folder = folder.join("data");
    config.server.bind = "127.0.0.1:0".to_owned();
    // Each worker makes all routes anew. The tests with processes of their own have the usual number.
    config.server.workers = 1;
    // Each connection of PostgreSQL is a process that prepares its statements anew.
    config.database.readers = 2;
    config.database.url = String::new();
    // The clocks of tests are moved by years.
    config.clock.ahead_days_most = 36_525;
    // The server that all tests share gives up durability for speed.
    config.database.allow_unsafe_settings = engine == Engine::Postgres;
    config
}

/// Makes this scheme the only one.
pub fn has_only(config: &mut Config, scheme: &str) {
    let folder = config.data.folder.with_file_name("schemes");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("only.toml"), scheme).unwrap();
    config.schemes.folder = folder;
}

impl App {
    /// A live service on a fresh database, which starts when it is first used.
    pub fn start(engine: Engine) -> App {
        App { engine, scheme: None, after: Mutex::default(), started: OnceLock::new() }
    }

    /// The same with this scheme as the only one.
    pub fn with_only(engine: Engine, scheme: String) -> App {
        App { scheme: Some(scheme.into()), ..App::start(engine) }
    }

    /// Another such service, which starts on a copy of what a story left.
    pub fn another(&self, after: Option<Arc<Template>>) -> App {
        App { scheme: self.scheme.clone(), after: Mutex::new(after), ..App::start(self.engine) }
    }

    /// The same with other settings, started at once like all that follow.
    pub fn start_with(engine: Engine, change: impl FnOnce(&mut Config)) -> App {
        Self::begin(engine, Beginning::LIVE, change)
    }

    /// A service with sandbox data, whose clock can be moved.
    pub fn sandbox(engine: Engine) -> App {
        Self::sandbox_with(engine, |_| {})
    }

    /// The same with other settings.
    pub fn sandbox_with(engine: Engine, change: impl FnOnce(&mut Config)) -> App {
        Self::begin(engine, Beginning::SANDBOX, change)
    }

    /// The same with commits that wait for a disk, for tests of durability.
    pub fn sandbox_on_disk(engine: Engine) -> App {
        Self::begin(engine, Beginning { on_disk: true, ..Beginning::SANDBOX }, |_| {})
    }

    /// A live service that found nothing when it started, and shares no key, log or password with any other.
    pub fn from_nothing(engine: Engine) -> App {
        Self::begin(engine, Beginning { from: None, ..Beginning::LIVE }, |_| {})
    }

    /// A live service that hashes passwords at the cost of production.
    pub fn with_real_passwords(engine: Engine) -> App {
        let cost = PasswordCost::RECOMMENDED;
        Self::begin(engine, Beginning { from: None, password_cost: cost, ..Beginning::LIVE }, |_| {})
    }

    /// A service that starts for the first time, on tables that already exist.
    pub fn migrated(engine: Engine, sandbox: bool) -> App {
        Self::begin(engine, Beginning { sandbox, from: Some(Stage::Migrated), ..Beginning::LIVE }, |_| {})
    }

    fn begin(engine: Engine, how: Beginning, change: impl FnOnce(&mut Config)) -> App {
        App { started: OnceLock::from(Started::begin(engine, how, change)), ..App::start(engine) }
    }

    fn settles(&self, config: &mut Config) {
        if let Some(scheme) = &self.scheme {
            has_only(config, scheme);
        }
    }

    /// What it is once it has started: starts it, unless it has.
    fn started(&self) -> &Started {
        self.started.get_or_init(|| match self.after.lock().unwrap().take() {
            Some(story) => Started::after(self.engine, &story, |config| self.settles(config)),
            None => Started::begin(self.engine, Beginning::LIVE, |config| self.settles(config)),
        })
    }

    /// Tells a story with which many tests begin, and returns what it returns. It is told once in a run: a service that
    /// was used for nothing but such stories starts on a copy of what the last one left, with the same people and their
    /// sessions. The name says everything on which the story depends.
    pub fn told(&self, name: &str, story: impl Fn(&App) -> Value) -> Value {
        if self.started.get().is_some() {
            return story(self);
        }
        let mut after = self.after.lock().unwrap();
        let template = template::of_story(self, after.take(), name, story);
        after.insert(template).told.as_ref().unwrap().outcome.clone()
    }
}

impl Deref for App {
    type Target = Started;

    fn deref(&self) -> &Started {
        self.started()
    }
}

impl DerefMut for App {
    fn deref_mut(&mut self) -> &mut Started {
        self.started();
        self.started.get_mut().unwrap()
    }
}
