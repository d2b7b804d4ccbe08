//! Connections to either engine, opened with the settings that durability and consistency depend on.

use crate::db::engine::error::DbError;
use crate::db::engine::remote::{address, sessions};
use crate::private_files;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A connection to either engine, so that a query is written once.
#[derive(diesel::MultiConnection)]
pub enum DbConnection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// Runs a query on the engine's own connection type; the query is compiled once for each engine. On a
/// [`DbConnection`] the text of a statement is built anew on each run, while the engines' own connections cache
/// the statement by the type of its query. Use it for the hottest queries only.
macro_rules! per_engine {
    ($connection:expr, |$conn:ident| $run:expr) => {
        match $connection {
            $crate::db::engine::connection::DbConnection::Postgres($conn) => $run,
            $crate::db::engine::connection::DbConnection::Sqlite($conn) => $run,
        }
    };
}
pub(in crate::db) use per_engine;

/// The location of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(String),
}

/// The purpose of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Read,
    /// Reads the data as of an earlier moment.
    ReadHistory,
    /// Reads what a command needs, as the writer would, and can write nothing.
    Rehearse,
    Write,
}

/// Advisory lock that serialises the commands of all processes on one PostgreSQL database.
const WRITER_LOCK: i64 = 0x6d61_676e_6574;

impl DatabaseUrl {
    /// Chooses the engine from the text alone, so that a mistyped scheme never becomes a file name.
    pub fn parse(text: &str) -> Result<Self, DbError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(DatabaseUrl::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
        match path {
            // An empty path, `:memory:` and `file:…` name databases that disappear with their connection.
            Some(path) if !path.is_empty() && !path.starts_with(':') && !path.starts_with("file:") => {
                Ok(DatabaseUrl::Sqlite(PathBuf::from(path)))
            }
            _ => Err(DbError::Setup("a database URL is postgres://… or sqlite: and the path of a file".to_owned())),
        }
    }

    /// `SQLite` or `PostgreSQL`, for people.
    pub fn engine(&self) -> &'static str {
        match self {
            DatabaseUrl::Sqlite(_) => "SQLite",
            DatabaseUrl::Postgres(_) => "PostgreSQL",
        }
    }

    /// Opens a connection with the settings that durability and consistency depend on.
    pub fn connect(&self, purpose: Purpose) -> Result<DbConnection, DbError> {
        match self {
            DatabaseUrl::Sqlite(path) => {
                make_private(path)?;
                let mut connection = SqliteConnection::establish(&path.to_string_lossy())
                    .map_err(|error| named(DbError::from(error), path))?;
                // busy_timeout comes first, because the other settings may have to wait for a lock.
                connection
                    .batch_execute(
                        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                         PRAGMA foreign_keys = ON;",
                    )
                    .map_err(|error| named(error.into(), path))?;
                connection.batch_execute(match purpose {
                    Purpose::Read | Purpose::Rehearse => "PRAGMA query_only = ON;",
                    Purpose::ReadHistory => "",
                    // Hot pages stay in memory, and are copied from the write-ahead log into the file once for
                    // many commits. This leaves disk and processor time to readers.
                    Purpose::Write => "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000;",
                })?;
                Ok(DbConnection::Sqlite(connection))
            }
            DatabaseUrl::Postgres(url) => {
                let mut connection = address::establish(url)?;
                sessions::listen_to(&mut connection)?;
                // A server that waits for its standbys to apply a commit (`remote_apply`) keeps this stronger
                // setting.
                connection.batch_execute(
                    "SET lock_timeout = '5s'; SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s'; \
                     SELECT set_config('synchronous_commit', 'on', false) \
                     WHERE current_setting('synchronous_commit') <> 'remote_apply';",
                )?;
                connection.batch_execute(match purpose {
                    Purpose::Read | Purpose::ReadHistory => {
                        "SET default_transaction_read_only = on; SET statement_timeout = '300s';"
                    }
                    // It is planned as by the writer (see below), and gives up before anybody stops waiting for it.
                    Purpose::Rehearse => {
                        "SET default_transaction_read_only = on; SET statement_timeout = '250ms'; \
                         SET enable_seqscan = off; SET jit = off;"
                    }
                    // The writer finds rows by their keys. Otherwise a plan made while a table was small would
                    // keep scanning the whole table. Where a scan is the only plan, the high cost that stands
                    // for "off" must not trigger JIT compilation.
                    // It holds locks: the server ends a session whose network went silent as soon as the service
                    // gives it up, and not after two hours.
                    Purpose::Write => {
                        "SET enable_seqscan = off; SET jit = off; SET tcp_keepalives_idle = 5; \
                         SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 10000;"
                    }
                })?;
                Ok(DbConnection::Postgres(connection))
            }
        }
    }
}

/// Makes the file of a new database: SQLite would make it with the usual mode, in which everybody may read it. A file
/// that is there is not opened, because closing it would end the locks that SQLite has on it in this process.
fn make_private(path: &Path) -> Result<(), DbError> {
    if path.exists() {
        return Ok(());
    }
    match private_files::make_file(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(DbError::Setup(format!("the database cannot be made (database.url, or data.folder): {error}")))
        }
        _ => Ok(()),
    }
}

/// SQLite says what is wrong with a file, but not with which.
fn named(error: DbError, path: &Path) -> DbError {
    match error {
        DbError::Other(why) if why.contains("not a database") => {
            DbError::Setup(format!("{} is not a SQLite database", path.display()))
        }
        DbError::Unavailable(why) => {
            DbError::Unavailable(format!("{} (database.url, or data.folder): {why}", path.display()))
        }
        other => other,
    }
}

impl DatabaseUrl {
    /// Refuses a SQLite database that may only be read: SQLite would say so when the first row is written.
    pub(in crate::db) fn check_writable(&self, connection: &mut DbConnection) -> Result<(), DbError> {
        match (self, connection) {
            (DatabaseUrl::Sqlite(path), DbConnection::Sqlite(connection)) => {
                connection.batch_execute("BEGIN IMMEDIATE; ROLLBACK;").map_err(|error| named(error.into(), path))
            }
            _ => Ok(()),
        }
    }
}

impl DbConnection {
    pub(in crate::db) fn begin(&mut self, purpose: Purpose) -> Result<(), DbError> {
        match (self, purpose) {
            (DbConnection::Sqlite(c), Purpose::Write) => {
                AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")?
            }
            (DbConnection::Sqlite(c), Purpose::Read | Purpose::ReadHistory | Purpose::Rehearse) => {
                AnsiTransactionManager::begin_transaction_sql(c, "BEGIN")?
            }
            (DbConnection::Postgres(c), Purpose::Read | Purpose::ReadHistory | Purpose::Rehearse) => {
                AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
            }
            (DbConnection::Postgres(c), Purpose::Write) => {
                let both = format!("BEGIN; SELECT pg_advisory_xact_lock({WRITER_LOCK})");
                if let Err(error) = AnsiTransactionManager::begin_transaction_sql(c, &both) {
                    let _ = c.batch_execute("ROLLBACK");
                    return Err(error.into());
                }
            }
        }
        Ok(())
    }

    /// Fails when the transaction is broken. PostgreSQL answers the COMMIT of a failed transaction as if it had
    /// succeeded. SQLite ends a transaction by itself when the disk is full, and later statements would then
    /// commit one by one.
    pub(in crate::db) fn check_whole(&mut self) -> Result<(), DbError> {
        match self {
            DbConnection::Postgres(conn) => {
                sql_query("SELECT 1").execute(conn)?;
            }
            DbConnection::Sqlite(conn) => {
                // SQLite refuses BEGIN inside a transaction, and only there.
                if conn.batch_execute("BEGIN").is_ok() {
                    conn.batch_execute("ROLLBACK")?;
                    return Err(lost("the engine had ended it"));
                }
            }
        }
        Ok(())
    }

    pub(in crate::db) fn nest(&mut self) -> Result<(), DbError> {
        Ok(<DbConnection as Connection>::TransactionManager::begin_transaction(self)?)
    }

    pub(in crate::db) fn commit(&mut self) -> Result<(), DbError> {
        Ok(<DbConnection as Connection>::TransactionManager::commit_transaction(self)?)
    }

    pub(in crate::db) fn roll_back(&mut self) -> Result<(), DbError> {
        Ok(<DbConnection as Connection>::TransactionManager::rollback_transaction(self)?)
    }
}

/// The error of a savepoint that cannot be set, released or rolled back. The engine has then ended the whole
/// transaction by itself (SQLite does so when the disk is full), so nothing of the batch is valid.
pub(in crate::db) fn lost(error: impl std::fmt::Display) -> DbError {
    DbError::Unavailable(format!("the transaction was lost: {error}"))
}
