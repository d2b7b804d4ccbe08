//! The templates from which a test's service begins: a migrated database, one in which a service has also started
//! once, with its keys, its schemes and its first administrator, and one for each story with which many tests begin.
//! Each is made once a run and copied for every test.

use crate::harness::app::{App, Engine};
use crate::harness::{postgres, scratch};
use magnet_scheme::client::Person;
use magnet_scheme::config::Config;
use magnet_scheme::db::engine::connection::DatabaseUrl;
use magnet_scheme::db::engine::migrations::{StartLock, migrate};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

/// The stages of a template.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Migrated,
    Live,
    Sandbox,
}

/// A data folder and, on PostgreSQL, the name of a database. Nobody is connected to it.
pub struct Template {
    folder: PathBuf,
    database: Option<String>,
    pub administrator_password: String,
    /// Where the clock stood when it was left; nothing was recorded in one that is only migrated.
    pub clock_micros: Option<i64>,
    /// What a story left beside its data.
    pub told: Option<Told>,
}

/// What a story left of people and time, with what it returned.
pub struct Told {
    /// The names of the stories that led there.
    pub path: String,
    pub outcome: Value,
    pub people: BTreeMap<String, Person>,
    pub organisations: BTreeMap<String, Value>,
}

type OfStory = Arc<OnceLock<Arc<Template>>>;

/// Engine, only scheme and path of a story.
type Key = (Engine, Option<Arc<str>>, String);

static STORIES: Mutex<BTreeMap<Key, OfStory>> = Mutex::new(BTreeMap::new());

static TEMPLATES: [[OnceLock<Template>; 3]; 2] = [const { [const { OnceLock::new() }; 3] }; 2];

/// The template of this engine and stage.
pub fn of(engine: Engine, stage: Stage) -> &'static Template {
    TEMPLATES[engine as usize][stage as usize].get_or_init(|| match stage {
        Stage::Migrated => migrated(engine),
        Stage::Live => started(App::migrated(engine, false)),
        Stage::Sandbox => started(App::migrated(engine, true)),
    })
}

/// The template with what this story left of such a service, told after another story or at the beginning.
pub fn of_story(
    app: &App,
    after: Option<Arc<Template>>,
    name: &str,
    story: impl FnOnce(&App) -> Value,
) -> Arc<Template> {
    let before = after.as_ref().and_then(|template| template.told.as_ref()).map_or("", |told| &told.path);
    let path = format!("{before}/{name}");
    let of_story =
        Arc::clone(STORIES.lock().unwrap().entry((app.engine, app.scheme.clone(), path.clone())).or_default());
    let template = of_story.get_or_init(|| {
        let app = app.another(after.clone());
        let outcome = story(&app);
        let told = app.left(path, outcome);
        Arc::new(Template { told: Some(told), ..started(app) })
    });
    Arc::clone(template)
}

impl Template {
    /// Copies it to the data folder and database of these settings; returns the name of the new database.
    pub fn copy_to(&self, config: &mut Config) -> Option<String> {
        copy_folder(&self.folder, &config.data.folder);
        let template = self.database.as_ref()?;
        let name = postgres::shared().copy(template);
        config.database.url = postgres::shared().url_of(&name);
        Some(name)
    }
}

fn migrated(engine: Engine) -> Template {
    let folder = scratch::folder().keep();
    let data = folder.join("data");
    std::fs::create_dir(&data).unwrap();
    private(&data);
    let (url, database) = match engine {
        Engine::Sqlite => (DatabaseUrl::Sqlite(data.join("magnet-scheme.sqlite3")), None),
        Engine::Postgres => {
            let name = postgres::shared().create();
            (DatabaseUrl::Postgres(postgres::shared().url_of(&name)), Some(name))
        }
    };
    let mut lock = StartLock::take(&url).unwrap();
    migrate(&url, &mut lock).unwrap();
    drop(lock);
    settle(&url);
    Template { folder: data, database, administrator_password: String::new(), clock_micros: None, told: None }
}

/// The data that a service left after it started and stopped.
fn started(mut app: App) -> Template {
    app.stop();
    settle(&app.database_url());
    let (folder, database) = app.leave();
    let (administrator_password, clock_micros) = (app.administrator_password.clone(), Some(app.now().micros()));
    Template { folder, database, administrator_password, clock_micros, told: None }
}

/// Checkpoints SQLite's write-ahead log into its file, so that the file is the whole database.
/// PostgreSQL itself refuses to copy a database that is in use, and the copy is then tried again.
fn settle(url: &DatabaseUrl) {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};
    if let DatabaseUrl::Sqlite(path) = url {
        let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
        connection.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
    }
}

/// Only its owner may read a data folder.
fn private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    std::fs::set_permissions(to, std::fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&from, &to);
        } else if !from.to_string_lossy().ends_with("-wal") && !from.to_string_lossy().ends_with("-shm") {
            std::fs::copy(&from, &to).unwrap();
        }
    }
}
