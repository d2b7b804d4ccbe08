//! Connection pools for reading: one for the data as it is, one for the data as it was, and one for rehearsals,
//! which run commands without the writer and without writing.

use crate::db::engine::back_off::Readers;
use crate::db::engine::connection::{DatabaseUrl, DbConnection, Purpose};
use crate::db::engine::error::DbError;
use crate::db::engine::history::past;
use crate::db::engine::history::past::Known;
use crate::db::engine::rehearsals::{LONGEST_REHEARSAL, Until};
use crate::db::engine::remote::pulse::Pulse;
use crate::db::engine::remote::sessions::{self, Session};
use crate::db::engine::remote::standbys::Standbys;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use std::time::Duration;

/// The largest number of rehearsals that run at once without the writer.
pub const REHEARSALS_AT_ONCE: u32 = 4;

/// Read connections, handed out one at a time.
pub struct ReadPool {
    pool: r2d2::Pool<Reads>,
    history: r2d2::Pool<Reads>,
    rehearsals: r2d2::Pool<Reads>,
    size: u32,
    readers: Readers,
    pulse: Pulse,
    standbys: Standbys,
}

struct Reads(DatabaseUrl, Purpose, Standbys);

/// A connection of the pool, and whether it was found dead.
struct Pooled {
    conn: DbConnection,
    session: Option<Session>,
    dead: bool,
}

impl r2d2::ManageConnection for Reads {
    type Connection = Pooled;
    type Error = DbError;

    fn connect(&self) -> Result<Pooled, DbError> {
        let mut conn = self.0.connect(self.1)?;
        self.2.greet(&mut conn)?;
        // In PostgreSQL these views are stored in the database.
        if self.1 == Purpose::ReadHistory && matches!(conn, DbConnection::Sqlite(_)) {
            past::views(&mut conn)?;
        }
        let session = sessions::of(&mut conn);
        Ok(Pooled { conn, session, dead: false })
    }

    /// Checks nothing: beginning a transaction shows whether the connection works, without an extra round trip.
    fn is_valid(&self, _: &mut Pooled) -> Result<(), DbError> {
        Ok(())
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        use diesel::r2d2::R2D2Connection;
        pooled.dead || pooled.conn.is_broken()
    }
}

/// While it lives, whoever waits for the work of this thread sees with which session it is busy.
struct BusyWith(Option<Session>);

impl BusyWith {
    fn session(pooled: &Pooled) -> BusyWith {
        sessions::busy_with(pooled.session.clone());
        BusyWith(pooled.session.clone())
    }
}

impl Drop for BusyWith {
    fn drop(&mut self) {
        self.0.iter().for_each(Session::is_free);
        sessions::busy_with(None);
    }
}

impl ReadPool {
    /// For somebody who acknowledges nothing.
    pub fn open(url: &DatabaseUrl, size: u32) -> Result<ReadPool, DbError> {
        Self::open_with(url, size, Standbys::default())
    }

    /// The same; if these standbys are watched, nothing is read that they may not have.
    pub fn open_with(url: &DatabaseUrl, size: u32, standbys: Standbys) -> Result<ReadPool, DbError> {
        // SQLite would create an empty database at a path without a file.
        if let DatabaseUrl::Sqlite(path) = url
            && !path.exists()
        {
            return Err(DbError::NoDatabase(path.clone()));
        }
        // The pool would try again and again, and then only say that it waited too long.
        drop(url.connect(Purpose::Read)?);
        let pool = |purpose, size, idle, longest_wait| {
            r2d2::Pool::builder()
                .max_size(size)
                .min_idle(Some(idle))
                .test_on_check_out(false)
                .connection_timeout(longest_wait)
                .build(Reads(url.clone(), purpose, standbys.clone()))
                .map_err(|error| DbError::Unavailable(error.to_string()))
        };
        // Queries about earlier moments and rehearsals are rarer, so no idle connection is held open for them.
        let longest_wait = Duration::from_millis(4_500);
        Ok(ReadPool {
            pool: pool(Purpose::Read, size, 1, longest_wait)?,
            history: pool(Purpose::ReadHistory, size, 0, longest_wait)?,
            rehearsals: pool(Purpose::Rehearse, REHEARSALS_AT_ONCE, 0, LONGEST_REHEARSAL)?,
            size,
            readers: Readers::default(),
            pulse: Pulse::of(url),
            standbys: standbys.clone(),
        })
    }

    /// The measurement of reading time, by which the writer backs off.
    pub fn readers(&self) -> Readers {
        self.readers.clone()
    }

    /// Whether the database still answers.
    pub fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    /// Runs `work` on one consistent view. Blocks while all connections are busy. Skips connections that died
    /// while idle (for example because the database was restarted).
    pub fn read<T, E: From<DbError>>(&self, work: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.read_from(&self.pool, None, work)
    }

    /// The same on the data as of an earlier moment.
    pub fn read_history<T, E: From<DbError>>(
        &self,
        known: &Known,
        work: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.read_from(&self.history, Some(known), work)
    }

    fn read_from<T, E: From<DbError>>(
        &self,
        pool: &r2d2::Pool<Reads>,
        known: Option<&Known>,
        work: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (mut work, mut outcome) = (Some(work), None);
        self.run_on_view(pool, known, &mut |tx| outcome = work.take().map(|work| work(tx)))?;
        outcome.unwrap_or_else(|| Err(DbError::Other("a read left no outcome".to_owned()).into()))
    }

    /// Runs `work` on one consistent view as if it wrote, and drops what it did. `None` when its outcome does not
    /// count, because it needed tables that it would have had to write first. The time does not count as reading:
    /// the writer does not rest for it.
    pub fn rehearse<T>(&self, until: Until, work: impl FnOnce(&mut WriteTx<'_>) -> T) -> Result<Option<T>, DbError> {
        let (mut work, mut outcome) = (Some(work), Ok(None));
        self.run_on_connection(&self.rehearsals, None, &mut |conn| {
            let mut tx = WriteTx::in_memory(conn);
            tx.set_deadline(Some(until.deadline()));
            if let Some(work) = work.take() {
                outcome = tx.undone(work).map(|outcome| tx.buffer().check_whole().is_ok().then_some(outcome));
            }
        })?;
        outcome
    }

    /// The part of `read_from` that does not depend on the type of `work`.
    fn run_on_view(
        &self,
        pool: &r2d2::Pool<Reads>,
        known: Option<&Known>,
        work: &mut dyn FnMut(&mut ReadTx<'_>),
    ) -> Result<(), DbError> {
        let _reading = self.readers.begin();
        self.run_on_connection(pool, known, &mut |conn| work(&mut ReadTx::of(conn)))
    }

    /// Runs `work` in a transaction for reading of one connection.
    fn run_on_connection(
        &self,
        pool: &r2d2::Pool<Reads>,
        known: Option<&Known>,
        work: &mut dyn FnMut(&mut DbConnection),
    ) -> Result<(), DbError> {
        let mut failure = DbError::Unavailable("no read connection".to_owned());
        for _ in 0..=self.size {
            let mut pooled = pool.get().map_err(|error| DbError::Unavailable(error.to_string()))?;
            let _busy = BusyWith::session(&pooled);
            match begin(&mut pooled.conn, known) {
                Ok(()) => {
                    if let Err(error) = self.standbys.check(&mut pooled.conn) {
                        pooled.dead = pooled.conn.roll_back().is_err();
                        return Err(error);
                    }
                    work(&mut pooled.conn);
                    pooled.dead = pooled.conn.roll_back().is_err();
                    return Ok(());
                }
                Err(error) => {
                    pooled.dead = true;
                    failure = error;
                }
            }
        }
        Err(failure)
    }
}

/// Begins a transaction on the current data, or on the data of an earlier moment.
fn begin(conn: &mut DbConnection, known: Option<&Known>) -> Result<(), DbError> {
    let Some(known) = known else { return conn.begin(Purpose::Read) };
    // In SQLite the moment is in the memory of the connection, and is set outside the transaction.
    if matches!(conn, DbConnection::Sqlite(_)) {
        past::set_moment(conn, known)?;
        return conn.begin(Purpose::ReadHistory);
    }
    conn.begin(Purpose::ReadHistory)?;
    past::set_moment(conn, known)
}
