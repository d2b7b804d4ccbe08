//! Connections and transactions. [`ReadTx`] and [`WriteTx`] are the only ways to a connection:
//! every query function takes one of them, so a write outside the writer cannot be written.

use crate::db::batch::Batch;
use crate::db::deadline::Deadline;
use crate::db::error::DbError;
use crate::db::fault_points::{FaultPoint, reach};
use crate::db::past::{self, Known};
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query};
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;

/// Either engine behind one set of queries.
#[derive(diesel::MultiConnection)]
pub enum DbConnection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// Runs a query on the engine itself. Behind [`DbConnection`] the text of a statement is built
/// anew each time; the engines' own connections know it by its type. For the hottest queries only.
macro_rules! directly {
    ($connection:expr, |$conn:ident| $run:expr) => {
        match $connection {
            $crate::db::connection::DbConnection::Postgres($conn) => $run,
            $crate::db::connection::DbConnection::Sqlite($conn) => $run,
        }
    };
}
pub(in crate::db) use directly;

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
    /// Reading the data as it was at some moment.
    ReadPast,
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
                connection.batch_execute(match purpose {
                    Purpose::Read => "PRAGMA query_only = ON;",
                    Purpose::ReadPast => "",
                    // Hot pages stay in memory, and are copied from the log into the file once for
                    // many commits: what the writer leaves of the disk and processors is for readers.
                    Purpose::Write => "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000;",
                })?;
                let mut connection = DbConnection::Sqlite(connection);
                if purpose == Purpose::ReadPast {
                    past::views(&mut connection)?;
                }
                Ok(connection)
            }
            DatabaseUrl::Postgres(url) => {
                let mut connection = PgConnection::establish(url)?;
                // A server that waits for its standbys to apply goes on doing so.
                connection.batch_execute(
                    "SET lock_timeout = '5s'; SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s'; \
                     SELECT set_config('synchronous_commit', 'on', false) \
                     WHERE current_setting('synchronous_commit') <> 'remote_apply';",
                )?;
                connection.batch_execute(match purpose {
                    Purpose::Read | Purpose::ReadPast => {
                        "SET default_transaction_read_only = on; SET statement_timeout = '300s';"
                    }
                    // The writer looks rows up by their keys. A plan that was made while a table was small
                    // would go on reading the whole of it; and where there is no other way the price that
                    // stands for "off" must not set a compiler to work.
                    Purpose::Write => "SET enable_seqscan = off; SET jit = off;",
                })?;
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
            (DbConnection::Sqlite(c), Purpose::Read | Purpose::ReadPast) => {
                AnsiTransactionManager::begin_transaction_sql(c, "BEGIN")?
            }
            (DbConnection::Postgres(c), Purpose::Read | Purpose::ReadPast) => {
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

    /// Begins a view of now, or of then.
    pub(in crate::db) fn begin_read(&mut self, known: Option<&Known>) -> Result<(), DbError> {
        let Some(known) = known else { return self.begin(Purpose::Read) };
        // The moment of SQLite is written to its own connection's memory, outside the transaction.
        if matches!(self, DbConnection::Sqlite(_)) {
            past::set_moment(self, known)?;
            return self.begin(Purpose::ReadPast);
        }
        self.begin(Purpose::ReadPast)?;
        past::set_moment(self, known)
    }

    /// Fails when the transaction is no longer whole. PostgreSQL would answer a COMMIT of a failed
    /// one as if all were well; SQLite ends one by itself when the disk is full, and what is written
    /// after that would count piece by piece.
    pub(in crate::db) fn check_whole(&mut self) -> Result<(), DbError> {
        match self {
            DbConnection::Postgres(conn) => {
                sql_query("SELECT 1").execute(conn)?;
            }
            DbConnection::Sqlite(conn) => {
                // Refused inside a transaction, and only there.
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

/// One consistent view of the data.
pub struct ReadTx<'c> {
    conn: &'c mut DbConnection,
    /// What the writer's commands changed and have not yet written.
    pub(in crate::db) batch: Option<Box<Batch>>,
}

impl<'c> ReadTx<'c> {
    /// What is read in the transaction of a connection.
    pub(in crate::db) fn of(conn: &'c mut DbConnection) -> ReadTx<'c> {
        ReadTx { conn, batch: None }
    }

    /// The tables themselves, with everything that was changed so far written out.
    pub(in crate::db) fn conn(&mut self) -> Result<&mut DbConnection, DbError> {
        if let Some(batch) = &mut self.batch {
            in_time(batch)?;
            batch.write_out(self.conn)?;
        }
        Ok(self.conn)
    }

    /// The tables as they are, for reading alone: what is held back in the batch is not in them.
    pub(in crate::db) fn stored(&mut self) -> Result<&mut DbConnection, DbError> {
        if let Some(batch) = &self.batch {
            in_time(batch)?;
            batch.check_whole()?;
        }
        Ok(self.conn)
    }

    /// Runs `work` so that a question which cannot be answered leaves the view whole for the next.
    pub fn apart<T, E: From<DbError>>(&mut self, work: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.conn()?.nest()?;
        let result = work(self);
        match result {
            Ok(_) => self.conn()?.commit()?,
            Err(_) => self.conn()?.roll_back()?,
        }
        result
    }

    /// The answer to a question about tables that the batch never holds back; asked once in a
    /// batch until a command writes to the tables itself.
    pub(in crate::db) fn remembered<T: Clone + Send + 'static>(
        &mut self,
        question: impl FnOnce() -> String,
        ask: impl FnOnce(&mut DbConnection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        if self.batch.is_none() {
            return ask(self.conn);
        }
        let question = question();
        let known = self.batch.as_ref().and_then(|batch| batch.known.answers.get(&question)?.downcast_ref::<T>());
        if let Some(answer) = known {
            return Ok(answer.clone());
        }
        let answer = ask(self.stored()?)?;
        if let Some(batch) = &mut self.batch {
            batch.known.answers.insert(question, Box::new(answer.clone()));
        }
        Ok(answer)
    }
}

/// Ends a command that takes too long at its next step; it alone is undone.
fn in_time(batch: &Batch) -> Result<(), DbError> {
    match batch.deadline {
        Some(deadline) if deadline.has_passed() => Err(DbError::TooSlow),
        _ => Ok(()),
    }
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
        Ok(WriteTx { read: ReadTx { conn, batch: Some(Box::new(Batch::new())) } })
    }

    /// What the batch holds. A write transaction always has one.
    pub(in crate::db) fn held(&mut self) -> &mut Batch {
        self.read.batch.get_or_insert_with(|| Box::new(Batch::new()))
    }

    /// Gives the running command this long; without an end when `None`.
    pub(in crate::db) fn set_deadline(&mut self, deadline: Option<Deadline>) {
        self.held().deadline = deadline;
    }

    /// Writes out what is held and commits. On an error nothing counts.
    pub(in crate::db) fn commit(mut self) -> Result<(), DbError> {
        self.set_deadline(None);
        let written = self.conn().and_then(|conn| {
            // On PostgreSQL nothing can be written in a transaction that is no longer whole.
            if matches!(conn, DbConnection::Sqlite(_)) {
                conn.check_whole()?;
            }
            past::note_commit(conn)
        });
        if let Err(error) = written {
            let _ = self.read.conn.roll_back();
            return Err(error);
        }
        reach(FaultPoint::BeforeCommit);
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
        self.held().push();
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&mut *self)));
        let ReadTx { conn, batch } = &mut self.read;
        let batch = batch.get_or_insert_with(|| Box::new(Batch::new()));
        match result {
            Ok(Ok(value)) => {
                batch.keep(conn)?;
                Ok(value)
            }
            Ok(Err(error)) => {
                batch.undo(conn)?;
                Err(error)
            }
            Err(_) => {
                batch.undo(conn)?;
                Err(DbError::Other("a command panicked; it was undone".to_owned()).into())
            }
        }
    }
}

/// A savepoint that cannot be set, kept or undone: the engine has ended the whole transaction by
/// itself (SQLite does when the disk is full), so nothing of the batch may count.
pub(in crate::db) fn lost(error: impl std::fmt::Display) -> DbError {
    DbError::Unavailable(format!("the transaction was lost: {error}"))
}
