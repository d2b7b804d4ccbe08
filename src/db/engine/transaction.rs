//! Transactions. A connection is only accessible through [`ReadTx`] and [`WriteTx`]: every query function takes
//! one of them, so code that writes outside the writer does not compile.
//!
//! Inside the writer's transaction the hot tables are behind a write-behind buffer
//! (`src/db/engine/write_buffer.rs`), so there are four ways to read, and the wrong one fails to compile or is
//! caught by the guard (`src/db/engine/selects.rs`): `conn` flushes the buffer and returns the tables
//! themselves, for reading and writing; `unbuffered` selects from tables that are never buffered; `cached` does
//! so once in a batch; `stored` and `read_through` select rows of buffered tables, and return them only merged
//! with the rows in the buffer.

use crate::db::engine::connection::{DbConnection, Purpose};
use crate::db::engine::deadline::Deadline;
use crate::db::engine::error::DbError;
use crate::db::engine::fault_points::{FaultPoint, reach};
use crate::db::engine::notes::newest_digests::{KnownDigests, Place};
use crate::db::engine::remote::standbys::{NoteCommit, Noted, Standbys};
use crate::db::engine::schema::audit_head;
use crate::db::engine::selects::{Allowed, Guard, Selects};
use crate::db::engine::set_writer::Fixed;
use crate::db::engine::sets::{HEAD_ID, Head, SetRow};
use crate::db::engine::write_buffer::{ReadCache, Savepoint, WriteBuffer};
use diesel::{QueryDsl, QueryResult, RunQueryDsl};
use domain::log::row_note::RowDigest;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::iter::Rev;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice::Iter;

/// The savepoints of a transaction, the newest first.
pub(in crate::db) type Savepoints<'t> = Rev<Iter<'t, Savepoint>>;

/// Stored rows of buffered tables, which may be older than the rows in the buffer. They are only accessible
/// merged with the buffer, or for the read-through cache, which is read like the tables.
#[must_use]
pub(in crate::db) struct Stored<T>(T);

impl<T> Stored<T> {
    /// Passes the stored rows to `merge`, with the savepoints that hold later changes.
    pub fn merge<U>(self, tx: &ReadTx<'_>, merge: impl FnOnce(T, Savepoints<'_>) -> U) -> U {
        merge(self.0, tx.savepoints())
    }

    /// Passes the stored rows to `put`, which puts them into the read-through cache.
    pub fn cache<U>(self, tx: &mut WriteTx<'_>, put: impl FnOnce(T, &mut ReadCache) -> U) -> U {
        put(self.0, tx.buffer().cache())
    }
}

/// One consistent view of the data.
pub struct ReadTx<'c> {
    conn: &'c mut DbConnection,
    /// The changes of the writer's commands that are not yet written to the tables.
    buffer: Option<Box<WriteBuffer>>,
    guard: Guard,
}

impl<'c> ReadTx<'c> {
    /// Reads in the transaction of a connection.
    pub(in crate::db) fn of(conn: &'c mut DbConnection) -> ReadTx<'c> {
        let guard = Guard::watch(conn);
        ReadTx { conn, buffer: None, guard }
    }

    /// Flushes the buffer and returns the tables themselves.
    pub(in crate::db) fn conn(&mut self) -> Result<&mut DbConnection, DbError> {
        if let Some(buffer) = &mut self.buffer {
            in_time(buffer)?;
            buffer.flush(self.conn)?;
        }
        Ok(self.conn)
    }

    fn select(&mut self, allowed: Allowed) -> Result<Selects<'_>, DbError> {
        if let Some(buffer) = &self.buffer {
            in_time(buffer)?;
            buffer.check_whole()?;
        }
        Ok(Selects::on(self.conn, &self.guard, allowed))
    }

    /// Selects from tables that are never buffered.
    pub(in crate::db) fn unbuffered(&mut self) -> Result<Selects<'_>, DbError> {
        self.select(Allowed::SelectUnbuffered)
    }

    /// Selects rows of buffered tables, to be merged with the buffer.
    pub(in crate::db) fn stored<T>(
        &mut self,
        read: impl FnOnce(&mut Selects<'_>) -> QueryResult<T>,
    ) -> Result<Stored<T>, DbError> {
        Ok(Stored(read(&mut self.select(Allowed::Select)?)?))
    }

    /// The same through the read-through cache, which is emptied whenever the buffer is flushed.
    pub(in crate::db) fn stored_once<K: Eq + Hash, V: Clone>(
        &mut self,
        key: K,
        cache: fn(&mut ReadCache) -> &mut HashMap<K, V>,
        read: impl FnOnce(&mut Selects<'_>, &K) -> QueryResult<V>,
    ) -> Result<Stored<V>, DbError> {
        if let Some(buffer) = &mut self.buffer
            && let Some(cached) = cache(buffer.cache()).get(&key)
        {
            return Ok(Stored(cached.clone()));
        }
        let read = self.stored(|select| read(select, &key))?;
        if let Some(buffer) = &mut self.buffer {
            cache(buffer.cache()).insert(key, read.0.clone());
        }
        Ok(read)
    }

    /// Returns the value under a key from the buffer, or else from the read-through cache or the table.
    pub(in crate::db) fn read_through<K: Eq + Hash, V: Clone>(
        &mut self,
        key: K,
        buffered: impl Fn(&Savepoint, &K) -> Option<V>,
        cache: fn(&mut ReadCache) -> &mut HashMap<K, V>,
        read: impl FnOnce(&mut Selects<'_>, &K) -> QueryResult<V>,
    ) -> Result<V, DbError> {
        match self.savepoints().find_map(|savepoint| buffered(savepoint, &key)) {
            Some(newest) => Ok(newest),
            None => Ok(self.stored_once(key, cache, read)?.0),
        }
    }

    /// Returns the answer to a query on tables that are never buffered. The query runs once in a batch; the
    /// cache is emptied whenever a command works on the tables themselves.
    pub(in crate::db) fn cached<T: Clone + Send + 'static>(
        &mut self,
        question: impl FnOnce() -> String,
        ask: impl FnOnce(&mut Selects<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        if self.buffer.is_none() {
            return ask(&mut self.unbuffered()?);
        }
        let question = question();
        let known = self.buffer.as_mut().and_then(|buffer| buffer.cache().answers.get(&question)?.downcast_ref::<T>());
        if let Some(answer) = known {
            return Ok(answer.clone());
        }
        let answer = ask(&mut self.unbuffered()?)?;
        if let Some(buffer) = &mut self.buffer {
            buffer.cache().answers.insert(question, Box::new(answer.clone()));
        }
        Ok(answer)
    }

    /// Remembers a row that the running command read, so that it is held against the log if a step of money stands on
    /// it.
    pub(in crate::db) fn saw<R: SetRow>(&mut self, row: &R) {
        if let Some(buffer) = &mut self.buffer {
            buffer.saw(row);
        }
    }

    fn savepoints(&self) -> Savepoints<'_> {
        self.buffer.as_ref().map_or(&[][..], |buffer| buffer.savepoints()).iter().rev()
    }

    /// Whether the engine is a round trip away, so that it pays to read many rows at once.
    pub(in crate::db) fn is_remote(&self) -> bool {
        matches!(self.conn, DbConnection::Postgres(_))
    }

    /// Runs `work` in a savepoint, so that a query that fails does not abort the transaction around it.
    pub fn in_savepoint<T, E: From<DbError>>(
        &mut self,
        work: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.conn()?.nest()?;
        let result = work(self);
        match result {
            Ok(_) => self.conn()?.commit()?,
            Err(_) => self.conn()?.roll_back()?,
        }
        result
    }
}

/// Fails if the running command has exceeded its deadline; only this command is undone.
fn in_time(buffer: &WriteBuffer) -> Result<(), DbError> {
    match buffer.deadline {
        Some(deadline) if deadline.has_passed() => Err(DbError::TooSlow),
        _ => Ok(()),
    }
}

/// A transaction of the writer. It can read everything that a [`ReadTx`] can.
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
    /// Begins the writer's transaction. The caller commits it or rolls it back.
    pub(in crate::db) fn begin(conn: &'c mut DbConnection) -> Result<WriteTx<'c>, DbError> {
        conn.begin(Purpose::Write)?;
        let mut read = ReadTx::of(conn);
        read.buffer = Some(Box::new(WriteBuffer::new()));
        Ok(WriteTx { read })
    }

    /// A transaction whose changes stay in its buffer, on a connection that is in a transaction for reading and
    /// refuses to write.
    pub(in crate::db) fn in_memory(conn: &'c mut DbConnection) -> WriteTx<'c> {
        let mut read = ReadTx::of(conn);
        read.buffer = Some(Box::new(WriteBuffer::in_memory()));
        WriteTx { read }
    }

    /// The write-behind buffer. A write transaction always has one.
    pub(in crate::db) fn buffer(&mut self) -> &mut WriteBuffer {
        self.read.buffer.get_or_insert_with(|| Box::new(WriteBuffer::new()))
    }

    /// Takes over what is known of the digests of rows, as far as it holds for the log as it ends now.
    pub(in crate::db) fn know(&mut self, mut known: KnownDigests) -> Result<(), DbError> {
        known.begin(stored_head(self)?);
        self.buffer().known = known;
        Ok(())
    }

    /// From now on, the indexed rows that the command reads are remembered as it finds them, or none.
    pub fn watch(&mut self, watched: bool) {
        self.buffer().watch(watched);
    }

    /// The rows that the command read since then, as it found them.
    pub fn seen(&mut self) -> BTreeMap<Place, RowDigest> {
        self.buffer().seen()
    }

    /// Puts an answer into the cache of [`ReadTx::cached`].
    pub(in crate::db) fn cache_answer<T: Clone + Send + 'static>(&mut self, question: String, answer: T) {
        self.buffer().cache().answers.insert(question, Box::new(answer));
    }

    /// Sets the deadline of the running command; `None` means that it has no limit.
    pub(in crate::db) fn set_deadline(&mut self, deadline: Option<Deadline>) {
        self.buffer().deadline = deadline;
    }

    /// Flushes the buffer and commits. After an error nothing is stored, or it is not known whether: a commit that the
    /// standbys of a server do not confirm is in force.
    /// Returns what the next transaction of this writer knows of the digests of rows.
    pub(in crate::db) fn commit(mut self, standbys: &Standbys) -> Result<KnownDigests, DbError> {
        self.set_deadline(None);
        let written = self.conn().and_then(|conn| {
            // A broken transaction of PostgreSQL accepts no write, so only SQLite needs this check.
            if matches!(conn, DbConnection::Sqlite(_)) {
                conn.check_whole()?;
            }
            note_commit(conn)
        });
        let outside = self.buffer().written_outside_an_act();
        let written = written.and_then(|noted| match outside {
            Some(table) => Err(DbError::Other(format!("a row of {table} was written outside an act of the log"))),
            None => Ok(noted),
        });
        let noted = match written {
            Ok(noted) => noted,
            Err(error) => {
                let _ = self.read.conn.roll_back();
                return Err(error);
            }
        };
        standbys.wait_for(noted);
        reach(FaultPoint::BeforeCommit);
        self.read.conn.commit()?;
        standbys.confirm(self.read.conn, noted)?;
        Ok(self.buffer().left())
    }

    pub(in crate::db) fn roll_back(self) -> Result<(), DbError> {
        self.read.conn.roll_back()
    }

    /// Runs `work` in a savepoint: an error undoes everything that `work` did, and nothing else. A panic in
    /// `work` is treated as an error.
    pub fn savepoint<T, E: From<DbError>>(
        &mut self,
        work: impl FnOnce(&mut WriteTx<'c>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (mut work, mut outcome) = (Some(work), None);
        self.run_in_savepoint(&mut |tx| {
            outcome = work.take().map(|work| work(tx));
            matches!(outcome, Some(Ok(_)))
        })?;
        outcome.unwrap_or_else(|| Err(DbError::Other("a savepoint left no outcome".to_owned()).into()))
    }

    /// Runs `work` in a savepoint, and undoes everything that it did, whatever it answers.
    pub(in crate::db) fn undone<T>(&mut self, work: impl FnOnce(&mut WriteTx<'c>) -> T) -> Result<T, DbError> {
        let (mut work, mut answer) = (Some(work), None);
        self.run_in_savepoint(&mut |tx| {
            answer = work.take().map(|work| work(tx));
            false
        })?;
        answer.ok_or(DbError::Other("a savepoint left no answer".to_owned()))
    }

    /// The part of [`Self::savepoint`] that does not depend on the type of `work`. `work` returns whether it
    /// succeeded.
    fn run_in_savepoint(&mut self, work: &mut dyn FnMut(&mut WriteTx<'c>) -> bool) -> Result<(), DbError> {
        self.buffer().begin();
        let succeeded = catch_unwind(AssertUnwindSafe(|| work(&mut *self)));
        let ReadTx { conn, buffer, .. } = &mut self.read;
        let buffer = buffer.get_or_insert_with(|| Box::new(WriteBuffer::new()));
        match succeeded {
            Ok(true) => buffer.release(conn),
            Ok(false) => buffer.roll_back(conn),
            Err(_) => {
                buffer.roll_back(conn)?;
                Err(DbError::Other("a command panicked; it was undone".to_owned()))
            }
        }
    }
}

/// The end of the log as it is stored.
fn stored_head(tx: &mut WriteTx<'_>) -> Result<Head, DbError> {
    let head = |select: &mut Selects<'_>, id: &i64| {
        select.get_result(audit_head::table.find(*id).select((audit_head::sequence, audit_head::hash)))
    };
    Ok(tx.stored_once(HEAD_ID, |cache| &mut cache.heads, head)?.merge(tx, |head, _| head))
}

/// Records that the writer's transaction ends with the last entry of the log, so that a query about an earlier
/// moment sees either the whole transaction or nothing of it.
fn note_commit(conn: &mut DbConnection) -> Result<Noted, DbError> {
    let conn = match conn {
        DbConnection::Postgres(conn) => return Ok(NoteCommit.get_result(conn)?),
        DbConnection::Sqlite(conn) => conn,
    };
    let note = Fixed(
        "INSERT INTO log_commits (recorded_at, sequence) SELECT l.recorded_at, l.sequence FROM audit_log AS l \
         WHERE l.sequence = (SELECT h.sequence FROM audit_head AS h) ON CONFLICT DO NOTHING",
    );
    note.execute(conn)?;
    Ok((false, None))
}
