//! Embedded migrations, with the same names on both engines. They run at start under a lock. A schema newer
//! than this program is refused before anything is changed.

use crate::db::engine::connection::{DatabaseUrl, DbConnection, Purpose};
use crate::db::engine::durability;
use crate::db::engine::error::DbError;
use crate::db::engine::history::history;
use crate::private_files;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::collections::BTreeSet;
use std::path::Path;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const START_LOCK: i64 = 0x6d69_6772_6174;

/// SQLite versions before this one have a fault in WAL resets that can lose writes.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// The lock that a process holds while it starts, so that migrations and loading run in one process at a time,
/// on both engines. It ends with the process, however that ends.
pub enum StartLock {
    Session(Box<DbConnection>),
    File(std::fs::File),
}

impl StartLock {
    /// Waits until no other process is starting.
    pub fn take(url: &DatabaseUrl) -> Result<StartLock, DbError> {
        match url {
            DatabaseUrl::Sqlite(path) => {
                let file = private_files::open_or_make_file(&path.with_extension("start-lock"))
                    .map_err(|error| cannot_lock(path, &error))?;
                file.lock().map_err(|error| cannot_lock(path, &error))?;
                Ok(StartLock::File(file))
            }
            DatabaseUrl::Postgres(_) => {
                durability::check_sessions(url)?;
                let mut connection = url.connect(Purpose::Write)?;
                connection.batch_execute("SET lock_timeout = '60s'; SET statement_timeout = '60s';")?;
                sql_query("SELECT pg_advisory_lock($1)").bind::<BigInt, _>(START_LOCK).execute(&mut connection)?;
                Ok(StartLock::Session(Box::new(connection)))
            }
        }
    }
}

fn cannot_lock(path: &Path, error: &std::io::Error) -> DbError {
    let path = path.display();
    DbError::Setup(format!("the folder of the database {path} cannot be used (database.url, or data.folder): {error}"))
}

/// Migrates the schema to the version of this program. Returns how many migrations ran. PostgreSQL is migrated
/// on the connection that holds the lock.
pub fn migrate(url: &DatabaseUrl, lock: &mut StartLock) -> Result<usize, DbError> {
    match lock {
        StartLock::Session(connection) => migrate_on(connection),
        StartLock::File(_) => {
            let mut connection = url.connect(Purpose::Write)?;
            url.check_writable(&mut connection)?;
            migrate_on(&mut connection)
        }
    }
}

#[derive(QueryableByName)]
struct Tables {
    #[diesel(sql_type = BigInt)]
    found: i64,
}

/// Whether there is no database yet, or one without tables. It makes none.
pub fn is_new(url: &DatabaseUrl) -> Result<bool, DbError> {
    match url {
        DatabaseUrl::Sqlite(path) => Ok(match std::fs::metadata(path) {
            Ok(found) => found.len() == 0,
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        }),
        DatabaseUrl::Postgres(_) => {
            let look =
                "SELECT COUNT(*) AS found FROM (SELECT to_regclass('audit_head') AS name) AS t WHERE name IS NOT NULL";
            let Tables { found } = sql_query(look).get_result(&mut url.connect(Purpose::Read)?)?;
            Ok(found == 0)
        }
    }
}

pub(in crate::db) fn migrate_on(connection: &mut DbConnection) -> Result<usize, DbError> {
    let ran = match connection {
        DbConnection::Sqlite(conn) => {
            check_sqlite_version(conn)?;
            let known = names::<diesel::sqlite::Sqlite>(&SQLITE)?;
            run(conn, SQLITE, &known)
        }
        DbConnection::Postgres(conn) => {
            let known = names::<diesel::pg::Pg>(&POSTGRES)?;
            run(conn, POSTGRES, &known)
        }
    }?;
    // What an earlier program made is made anew in the words of this one.
    history::install(connection, ran > 0)?;
    Ok(ran)
}

/// Whether the schema has every migration of this program, and no other one.
pub(in crate::db) fn is_current(connection: &mut DbConnection) -> Result<bool, DbError> {
    let (applied, known) = match connection {
        DbConnection::Sqlite(conn) => (conn.applied_migrations(), names::<diesel::sqlite::Sqlite>(&SQLITE)?),
        DbConnection::Postgres(conn) => (conn.applied_migrations(), names::<diesel::pg::Pg>(&POSTGRES)?),
    };
    let applied: BTreeSet<String> =
        applied.map_err(DbError::other)?.iter().map(|version| version.to_string()).collect();
    Ok(applied == known)
}

fn run<C, DB>(conn: &mut C, source: EmbeddedMigrations, known: &BTreeSet<String>) -> Result<usize, DbError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let applied = conn.applied_migrations().map_err(DbError::other)?;
    let newer: Vec<&MigrationVersion<'_>> =
        applied.iter().filter(|version| !known.contains(&version.to_string())).collect();
    if let Some(version) = newer.first() {
        return Err(DbError::Setup(format!(
            "the database was written by a newer program (migration {version} is unknown here); start that program instead"
        )));
    }
    Ok(conn.run_pending_migrations(source).map_err(DbError::other)?.len())
}

fn names<DB: diesel::backend::Backend>(source: &EmbeddedMigrations) -> Result<BTreeSet<String>, DbError>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let migrations: Vec<Box<dyn Migration<DB>>> = source.migrations().map_err(DbError::other)?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

fn check_sqlite_version(conn: &mut SqliteConnection) -> Result<(), DbError> {
    let row: Version = sql_query("SELECT sqlite_version() AS version").get_result(conn)?;
    let mut parts = row.version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < OLDEST_SQLITE {
        return Err(DbError::Other(format!("SQLite {} is too old; 3.51.3 is needed", row.version)));
    }
    Ok(())
}
