//! Read connections, handed out one at a time, of the data as it is and as it was.

use crate::db::connection::{DatabaseUrl, DbConnection, Purpose, ReadTx};
use crate::db::error::DbError;
use crate::db::past::Known;
use crate::db::readers::Readers;
use std::time::Duration;

/// Read connections, handed out one at a time.
pub struct ReadPool {
    pool: r2d2::Pool<Reads>,
    past: r2d2::Pool<Reads>,
    size: u32,
    readers: Readers,
}

struct Reads(DatabaseUrl, Purpose);

/// A connection of the pool, and whether it was found dead.
struct Pooled {
    conn: DbConnection,
    dead: bool,
}

impl r2d2::ManageConnection for Reads {
    type Connection = Pooled;
    type Error = DbError;

    fn connect(&self) -> Result<Pooled, DbError> {
        Ok(Pooled { conn: self.0.connect(self.1)?, dead: false })
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
        let pool = |purpose, idle| {
            r2d2::Pool::builder()
                .max_size(size)
                .min_idle(Some(idle))
                .test_on_check_out(false)
                .connection_timeout(Duration::from_secs(5))
                .build(Reads(url.clone(), purpose))
                .map_err(|error| DbError::Unavailable(error.to_string()))
        };
        // The past is asked less often: no connection waits for it.
        Ok(ReadPool {
            pool: pool(Purpose::Read, 1)?,
            past: pool(Purpose::ReadPast, 0)?,
            size,
            readers: Readers::default(),
        })
    }

    /// What tells the writer how much is read here.
    pub fn readers(&self) -> Readers {
        self.readers.clone()
    }

    /// Runs `work` on one consistent view. Blocks while all connections are busy. Connections that
    /// died while nobody used them (the database was restarted) are passed over.
    pub fn read<T, E: From<DbError>>(&self, work: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.read_from(&self.pool, None, work)
    }

    /// As above, of the data as it was.
    pub fn read_past<T, E: From<DbError>>(
        &self,
        known: &Known,
        work: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.read_from(&self.past, Some(known), work)
    }

    fn read_from<T, E: From<DbError>>(
        &self,
        pool: &r2d2::Pool<Reads>,
        known: Option<&Known>,
        work: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let _reading = self.readers.begin();
        let mut failure = DbError::Unavailable("no read connection".to_owned());
        for _ in 0..=self.size {
            let mut pooled = pool.get().map_err(|error| DbError::Unavailable(error.to_string()))?;
            match pooled.conn.begin_read(known) {
                Ok(()) => {
                    let result = work(&mut ReadTx::of(&mut pooled.conn));
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
