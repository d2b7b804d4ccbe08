//! Reads and changes the stored data directly, without the service.

use crate::harness::app::App;
use crate::harness::postgres;
use diesel::connection::SimpleConnection;
use magnet_scheme::db::engine::connection::DatabaseUrl;
use std::collections::BTreeMap;

impl App {
    /// Runs SQL on the database directly, without the service.
    pub fn sql(&self, statement: &str) {
        match self.database_url() {
            DatabaseUrl::Postgres(url) => postgres::execute(&url, statement),
            DatabaseUrl::Sqlite(path) => {
                sqlite(&path).batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
            }
        }
    }

    /// The same, for statements that may be refused.
    pub fn try_sql(&self, statement: &str) -> Result<(), String> {
        use diesel::{Connection, PgConnection};
        match self.database_url() {
            DatabaseUrl::Postgres(url) => PgConnection::establish(&url).unwrap().batch_execute(statement),
            DatabaseUrl::Sqlite(path) => sqlite(&path).batch_execute(statement),
        }
        .map_err(|error| error.to_string())
    }

    /// The result of a query with one text column that is called `value`; NULL is `~`.
    pub fn values(&self, query: &str) -> Vec<String> {
        self.looks(|stored| stored.values(query))
    }

    /// Looks at what is stored. On PostgreSQL, where each connection is a process, the next look has the same one.
    fn looks<T>(&self, look: impl FnOnce(&mut Stored) -> T) -> T {
        let url = self.database_url();
        let kept = self.look.lock().unwrap().take().filter(|(of, _)| *of == url);
        // A test may have ended the server, or this connection alone.
        let alive = kept.and_then(|(_, mut kept)| kept.batch_execute("SELECT 1").is_ok().then_some(kept));
        let mut stored = alive.map_or_else(|| self.stored(), Stored::Postgres);
        let found = look(&mut stored);
        if let Stored::Postgres(connection) = stored {
            *self.look.lock().unwrap() = Some((url, connection));
        }
        found
    }

    /// A connection of the test's own to what is stored.
    fn stored(&self) -> Stored {
        Stored::at(&self.database_url())
    }

    /// The tables of the schema, without those of the engine and of the migrations.
    pub fn tables(&self) -> Vec<String> {
        self.looks(Stored::tables)
    }

    /// Every row of a table as text, in an order that does not depend on how it is stored.
    pub fn rows(&self, table: &str) -> Vec<String> {
        self.looks(|stored| stored.rows(table))
    }

    /// Everything that is stored, except the audit log: a refusal must leave it as it was.
    pub fn content(&self) -> BTreeMap<String, Vec<String>> {
        let log = |table: &String| table.starts_with("audit_") || table.starts_with("log_");
        self.looks(|stored| {
            let tables: Vec<String> = stored.tables().into_iter().filter(|table| !log(table)).collect();
            tables.into_iter().map(|table| (table.clone(), stored.rows(&table))).collect()
        })
    }

    /// Everything stored, to be looked at again and again.
    pub fn dump(&self) -> Dump {
        Dump(self.database_url())
    }

    /// How many entries the audit log has.
    pub fn audit_length(&self) -> i64 {
        self.looks(length)
    }

    /// `command outcome code` of the audit entries after a sequence.
    pub fn audit_behind(&self, sequence: i64) -> Vec<String> {
        self.looks(|stored| behind(stored, sequence))
    }

    /// The audit log, to be looked at again and again.
    pub fn audit(&self) -> Audit {
        Audit(self.stored())
    }
}

/// A look at the stored audit log.
pub struct Audit(Stored);

impl Audit {
    pub fn length(&mut self) -> i64 {
        length(&mut self.0)
    }

    pub fn behind(&mut self, sequence: i64) -> Vec<String> {
        behind(&mut self.0, sequence)
    }
}

fn length(stored: &mut Stored) -> i64 {
    stored.values("SELECT CAST(sequence AS TEXT) AS value FROM audit_head")[0].parse().unwrap()
}

fn behind(stored: &mut Stored, sequence: i64) -> Vec<String> {
    stored.values(&format!(
        "SELECT command || ' ' || outcome || COALESCE(' ' || code, '') AS value FROM audit_log \
         WHERE sequence > {sequence} ORDER BY sequence"
    ))
}

/// A look at everything that is stored: all tables with their history and the log, except those that the service
/// keeps by the minute and not by commands.
#[derive(Clone)]
pub struct Dump(DatabaseUrl);

impl Dump {
    pub fn everything(&self) -> BTreeMap<String, Vec<String>> {
        let mut stored = Stored::at(&self.0);
        let by_the_minute = ["log_checkpoints", "log_mailings", "log_cosignatures"];
        let tables: Vec<String> = stored.values(match stored {
            Stored::Sqlite(_) => {
                "SELECT name AS value FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
            }
            Stored::Postgres(_) => {
                "SELECT table_schema || '.' || table_name AS value FROM information_schema.tables \
                 WHERE table_schema NOT IN ('information_schema', 'pg_catalog') AND table_type = 'BASE TABLE' ORDER BY 1"
            }
        });
        let kept = |table: &String| !by_the_minute.iter().any(|other| table.contains(other));
        tables.into_iter().filter(kept).map(|table| (table.clone(), stored.rows(&table))).collect()
    }
}

fn sqlite(path: &std::path::Path) -> diesel::SqliteConnection {
    use diesel::{Connection, SqliteConnection};
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    connection.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;").unwrap();
    connection
}

/// A connection to what is stored. A look at many tables costs one connection, not one for each table.
enum Stored {
    Postgres(diesel::PgConnection),
    Sqlite(diesel::SqliteConnection),
}

impl Stored {
    fn at(url: &DatabaseUrl) -> Stored {
        match url {
            DatabaseUrl::Postgres(url) => Stored::Postgres(diesel::Connection::establish(url).unwrap()),
            DatabaseUrl::Sqlite(path) => Stored::Sqlite(sqlite(path)),
        }
    }

    fn values(&mut self, query: &str) -> Vec<String> {
        use diesel::{RunQueryDsl, sql_query};
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
            value: Option<String>,
        }
        let rows: Vec<Row> = match self {
            Stored::Postgres(connection) => sql_query(query).load(connection),
            Stored::Sqlite(connection) => sql_query(query).load(connection),
        }
        .unwrap_or_else(|error| panic!("{query}: {error}"));
        rows.into_iter().map(|row| row.value.unwrap_or_else(|| "~".to_owned())).collect()
    }

    fn tables(&mut self) -> Vec<String> {
        let mut tables = self.values(match self {
            Stored::Sqlite(_) => {
                "SELECT name AS value FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            }
            Stored::Postgres(_) => {
                "SELECT table_name::text AS value FROM information_schema.tables WHERE table_schema = 'public'"
            }
        });
        // Each table has a history table, which PostgreSQL has in a schema of its own.
        tables.retain(|table| !table.starts_with("__") && !table.ends_with("_past"));
        tables.sort();
        tables
    }

    fn rows(&mut self, table: &str) -> Vec<String> {
        let whole = match self {
            Stored::Postgres(_) => "one::text".to_owned(),
            Stored::Sqlite(_) => {
                let columns = self.values(&format!("SELECT name AS value FROM pragma_table_info('{table}')"));
                columns.iter().map(|column| format!("quote({column})")).collect::<Vec<_>>().join(" || ',' || ")
            }
        };
        let mut rows = self.values(&format!("SELECT {whole} AS value FROM {table} AS one"));
        rows.sort();
        rows
    }
}
