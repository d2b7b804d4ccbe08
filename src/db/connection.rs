//! Connections and transactions. [`ReadTx`] and [`WriteTx`] are the only ways to a connection:
//! every query function takes one of them, so a write outside the writer cannot be written.

use crate::db::error::DbError;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query};
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::time::Duration;

/// Either engine behind one set of queries.
#[derive(diesel::MultiConnection)]
pub enum DbConnection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// Where the data is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(String),
}

/// What a connection will be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Read,
    Write,
}

/// Commands of all processes on one PostgreSQL database are serial behind this lock.
const WRITER_LOCK: i64 = 0x6d61_676e_6574;

impl DatabaseUrl {
    /// Chooses the engine from the text alone: a mistyped scheme must never become a file name.
    pub fn parse(text: &str) -> Result<Self, DbError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(DatabaseUrl::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
        match path {
            // An empty path, `:memory:` and `file:…` are databases that are gone with their connection.
            Some(path) if !path.is_empty() && !path.starts_with(':') && !path.starts_with("file:") => {
                Ok(DatabaseUrl::Sqlite(PathBuf::from(path)))
            }
            _ => Err(DbError::Other("a database URL is postgres://… or sqlite: and the path of a file".to_owned())),
        }
    }

    /// `SQLite` or `PostgreSQL`, for people.
    pub fn engine(&self) -> &'static str {
        match self {
            DatabaseUrl::Sqlite(_) => "SQLite",
            DatabaseUrl::Postgres(_) => "PostgreSQL",
        }
    }

    /// Opens a connection with the settings our promises rest on.
    pub fn connect(&self, purpose: Purpose) -> Result<DbConnection, DbError> {
        match self {
            DatabaseUrl::Sqlite(path) => {
                let mut connection = SqliteConnection::establish(&path.to_string_lossy())?;
                // busy_timeout first: the others may have to wait for a lock.
                connection.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
                if purpose == Purpose::Read {
                    connection.batch_execute("PRAGMA query_only = ON;")?;
                }
                Ok(DbConnection::Sqlite(connection))
            }
            DatabaseUrl::Postgres(url) => {
                let mut connection = PgConnection::establish(url)?;
                connection.batch_execute(
                    "SET lock_timeout = '5s'; SET statement_timeout = '30s'; \
                     SET idle_in_transaction_session_timeout = '60s'; SET synchronous_commit = on;",
                )?;
                if purpose == Purpose::Read {
                    connection
                        .batch_execute("SET default_transaction_read_only = on; SET statement_timeout = '300s';")?;
                }
                Ok(DbConnection::Postgres(connection))
            }
        }
    }
}

impl DbConnection {
    fn begin(&mut self, purpose: Purpose) -> Result<(), DbError> {
        match (self, purpose) {
            (DbConnection::Sqlite(c), Purpose::Write) => {
                AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")?
            }
            (DbConnection::Sqlite(c), Purpose::Read) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN")?,
            (DbConnection::Postgres(c), Purpose::Read) => {
                AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
            }
            (DbConnection::Postgres(c), Purpose::Write) => {
                AnsiTransactionManager::begin_transaction_sql(c, "BEGIN")?;
                let locked = sql_query("SELECT pg_advisory_xact_lock($1)")
                    .bind::<diesel::sql_types::BigInt, _>(WRITER_LOCK)
                    .execute(c);
                if let Err(error) = locked {
                    let _ = AnsiTransactionManager::rollback_transaction(c);
                    return Err(error.into());
                }
            }
        }
        Ok(())
    }

    fn nest(&mut self) -> Result<(), DbError> {
        Ok(<DbConnection as Connection>::TransactionManager::begin_transaction(self)?)
    }

    fn commit(&mut self) -> Result<(), DbError> {
        Ok(<DbConnection as Connection>::TransactionManager::commit_transaction(self)?)
    }

    fn roll_back(&mut self) -> Result<(), DbError> {
        Ok(<DbConnection as Connection>::TransactionManager::rollback_transaction(self)?)
    }
}

/// One consistent view of the data.
pub struct ReadTx<'c> {
    pub(in crate::db) conn: &'c mut DbConnection,
}

/// A transaction of the writer. Everything that can be read can be read here too.
pub struct WriteTx<'c> {
    read: ReadTx<'c>,
}

impl<'c> Deref for WriteTx<'c> {
    type Target = ReadTx<'c>;
    fn deref(&self) -> &ReadTx<'c> {
        &self.read
    }
}

impl<'c> DerefMut for WriteTx<'c> {
    fn deref_mut(&mut self) -> &mut ReadTx<'c> {
        &mut self.read
    }
}

impl<'c> WriteTx<'c> {
    /// Opens the writer's transaction. It is committed or rolled back by the caller.
    pub(in crate::db) fn begin(conn: &'c mut DbConnection) -> Result<WriteTx<'c>, DbError> {
        conn.begin(Purpose::Write)?;
        Ok(WriteTx { read: ReadTx { conn } })
    }

    pub(in crate::db) fn commit(self) -> Result<(), DbError> {
        self.read.conn.commit()
    }

    pub(in crate::db) fn roll_back(self) -> Result<(), DbError> {
        self.read.conn.roll_back()
    }

    /// Runs `work` in a savepoint: on an error everything it did is undone, and nothing else.
    /// A panic in `work` is an error like any other.
    pub fn savepoint<T, E: From<DbError>>(
        &mut self,
        work: impl FnOnce(&mut WriteTx<'c>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.conn.nest().map_err(lost)?;
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&mut *self)));
        match result {
            Ok(Ok(value)) => {
                self.conn.commit().map_err(lost)?;
                Ok(value)
            }
            Ok(Err(error)) => {
                self.conn.roll_back().map_err(lost)?;
                Err(error)
            }
            Err(_) => {
                self.conn.roll_back().map_err(lost)?;
                Err(DbError::Other("a command panicked; it was undone".to_owned()).into())
            }
        }
    }
}

/// A savepoint that cannot be set, kept or undone: the engine has ended the whole transaction by
/// itself (SQLite does when the disk is full), so nothing of the batch may count.
fn lost(error: DbError) -> DbError {
    DbError::Unavailable(format!("the transaction was lost: {error}"))
}

/// Read connections, handed out one at a time.
pub struct ReadPool {
    pool: r2d2::Pool<Reads>,
    size: u32,
}

struct Reads(DatabaseUrl);

/// A connection of the pool, and whether it was found dead.
struct Pooled {
    conn: DbConnection,
    dead: bool,
}

impl r2d2::ManageConnection for Reads {
    type Connection = Pooled;
    type Error = DbError;

    fn connect(&self) -> Result<Pooled, DbError> {
        Ok(Pooled { conn: self.0.connect(Purpose::Read)?, dead: false })
    }

    /// Not asked: beginning a transaction tells, and costs no round trip of its own.
    fn is_valid(&self, _: &mut Pooled) -> Result<(), DbError> {
        Ok(())
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        use diesel::r2d2::R2D2Connection;
        pooled.dead || pooled.conn.is_broken()
    }
}

impl ReadPool {
    pub fn open(url: &DatabaseUrl, size: u32) -> Result<ReadPool, DbError> {
        // SQLite would make an empty database of a name that is not there.
        if let DatabaseUrl::Sqlite(path) = url
            && !path.exists()
        {
            return Err(DbError::Other(format!("there is no database at {}", path.display())));
        }
        let pool = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(Duration::from_secs(5))
            .build(Reads(url.clone()))
            .map_err(|error| DbError::Unavailable(error.to_string()))?;
        Ok(ReadPool { pool, size })
    }

    /// Runs `work` on one consistent view. Blocks while all connections are busy. Connections that
    /// died while nobody used them (the database was restarted) are passed over.
    pub fn read<T, E: From<DbError>>(&self, work: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut failure = DbError::Unavailable("no read connection".to_owned());
        for _ in 0..=self.size {
            let mut pooled = self.pool.get().map_err(|error| DbError::Unavailable(error.to_string()))?;
            match pooled.conn.begin(Purpose::Read) {
                Ok(()) => {
                    let result = work(&mut ReadTx { conn: &mut pooled.conn });
                    pooled.dead = pooled.conn.roll_back().is_err();
                    return result;
                }
                Err(error) => {
                    pooled.dead = true;
                    failure = error;
                }
            }
        }
        Err(failure.into())
    }
}
