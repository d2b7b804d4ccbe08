//! Synchronous standbys of PostgreSQL. A COMMIT that waits for them is answered as done also when its wait was
//! cancelled, with a warning that the client library does not show, and a connection that ends during the wait leaves
//! the commit in force. So the service looks itself whether the standbys have what it is about to acknowledge
//! (`docs/adr/0025-a-commit-is-confirmed-by-the-standbys.md`).

use crate::db::engine::connection::DbConnection;
use crate::db::engine::deadline::Deadline;
use crate::db::engine::error::DbError;
use crate::db::engine::schema::audit_head;
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel::{PgConnection, QueryDsl, QueryResult, QueryableByName, RunQueryDsl, sql_query};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

/// How long standbys that are there may take to receive what the server has written.
const PATIENCE: Duration = Duration::from_secs(1);
/// The pause between two looks, which the server makes.
const PAUSE: &str = "SELECT pg_sleep(0.005)";

/// What a process knows of the standbys. Clones share it.
#[derive(Clone, Default)]
pub struct Standbys(Arc<Known>);

#[derive(Default)]
struct Known {
    /// Whether this process acknowledges anything to anybody.
    watched: AtomicBool,
    /// Whether the server waits for standbys, as was last seen.
    awaited: AtomicBool,
    /// The newest entry of the log that the standbys are known to have, and with it everything before.
    confirmed: AtomicI64,
}

/// What a transaction finds before its COMMIT: whether the server waits for standbys, and the newest entry of the log.
pub(in crate::db) type Noted = (bool, Option<i64>);

/// Records the end of a transaction (see `note_commit` in `src/db/engine/transaction.rs`) and returns what it finds, in
/// one statement.
pub(in crate::db) struct NoteCommit;

impl QueryId for NoteCommit {
    type QueryId = ();
    // The plan is cached under the text of the statement.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for NoteCommit {
    type SqlType = (Bool, Nullable<BigInt>);
}

impl RunQueryDsl<PgConnection> for NoteCommit {}

impl QueryFragment<Pg> for NoteCommit {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "WITH noted AS (INSERT INTO log_commits (recorded_at, sequence) \
             SELECT l.recorded_at, l.sequence FROM audit_log AS l \
             WHERE l.sequence = (SELECT h.sequence FROM audit_head AS h) ON CONFLICT DO NOTHING) \
             SELECT current_setting('synchronous_standby_names') <> '', (SELECT h.sequence FROM audit_head AS h)",
        );
        Ok(())
    }
}

/// What the server says of its standbys.
#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Text)]
    names: String,
    /// How far the server itself has written its log.
    #[diesel(sql_type = Text)]
    written: String,
    /// The standbys that count.
    #[diesel(sql_type = BigInt)]
    present: i64,
    /// Those of them that have written as much.
    #[diesel(sql_type = BigInt)]
    holding: i64,
}

const LOOK: &str = "SELECT current_setting('synchronous_standby_names') AS names, w.at::text AS written, \
     (SELECT COUNT(*) FROM pg_stat_replication AS s WHERE s.sync_state IN ('sync', 'quorum')) AS present, \
     (SELECT COUNT(*) FROM pg_stat_replication AS s WHERE s.sync_state IN ('sync', 'quorum') \
     AND s.flush_lsn >= w.at) AS holding \
     FROM (SELECT COALESCE($1::pg_lsn, pg_current_wal_flush_lsn()) AS at OFFSET 0) AS w";

impl Standbys {
    /// From now on, nothing is acknowledged that awaited standbys do not have.
    pub fn watch(&self) {
        self.0.watched.store(true, Ordering::SeqCst);
    }

    fn is_awaited(&self) -> bool {
        self.0.watched.load(Ordering::SeqCst) && self.0.awaited.load(Ordering::SeqCst)
    }

    /// Looks on a new connection whether the server waits for standbys.
    pub(in crate::db) fn greet(&self, conn: &mut DbConnection) -> Result<(), DbError> {
        if let DbConnection::Postgres(conn) = conn
            && self.0.watched.load(Ordering::SeqCst)
        {
            let awaited = diesel::select(sql::<Bool>("current_setting('synchronous_standby_names') <> ''"));
            self.0.awaited.store(awaited.get_result(conn)?, Ordering::SeqCst);
        }
        Ok(())
    }

    /// Before a COMMIT, after which anybody sees what it did.
    pub(in crate::db) fn wait_for(&self, (awaited, _): Noted) {
        self.0.awaited.store(awaited, Ordering::SeqCst);
    }

    /// After a COMMIT: fails unless the standbys have it. It is in force all the same.
    pub(in crate::db) fn confirm(&self, conn: &mut DbConnection, (_, newest): Noted) -> Result<(), DbError> {
        match conn {
            DbConnection::Postgres(conn) if self.is_awaited() => self.confirm_on(conn, newest),
            _ => Ok(()),
        }
    }

    /// At the beginning of a transaction that reads: fails if it sees an entry of the log that the standbys may not
    /// have, because what is read back is an acknowledgement too.
    pub(in crate::db) fn check(&self, conn: &mut DbConnection) -> Result<(), DbError> {
        let DbConnection::Postgres(conn) = conn else { return Ok(()) };
        if !self.is_awaited() {
            return Ok(());
        }
        let newest: i64 = audit_head::table.select(audit_head::sequence).first(conn)?;
        if newest <= self.0.confirmed.load(Ordering::SeqCst) {
            return Ok(());
        }
        self.confirm_on(conn, Some(newest))
    }

    fn confirm_on(&self, conn: &mut PgConnection, newest: Option<i64>) -> Result<(), DbError> {
        let in_time = Deadline::within(PATIENCE);
        let mut written = None;
        loop {
            let said: Said =
                sql_query(LOOK).bind::<Nullable<Text>, _>(written.take()).get_result(conn).map_err(unknown)?;
            if said.names.is_empty() {
                self.0.awaited.store(false, Ordering::SeqCst);
                return Ok(());
            }
            let needed = needed(&said.names);
            if said.holding >= needed {
                self.0.confirmed.fetch_max(newest.unwrap_or_default(), Ordering::SeqCst);
                return Ok(());
            }
            if said.present < needed || in_time.has_passed() {
                return Err(DbError::Unavailable(format!(
                    "{needed} synchronous standbys have to confirm what was committed, and {} of {} do",
                    said.holding, said.present
                )));
            }
            sql_query(PAUSE).execute(conn).map_err(unknown)?;
            written = Some(said.written);
        }
    }
}

/// Whatever keeps the service from looking keeps it from acknowledging.
fn unknown(error: diesel::result::Error) -> DbError {
    DbError::Unavailable(format!("whether the standbys have what was committed is not known: {error}"))
}

/// How many standbys have to confirm a commit: `FIRST 2 (a, b)`, `ANY 2 (a, b)`, `2 (a, b)`, or names alone for one.
fn needed(names: &str) -> i64 {
    let names = names.trim();
    let word = |word: &str| {
        let rest = names.get(word.len()..).filter(|rest| rest.starts_with(char::is_whitespace));
        rest.filter(|_| names[..word.len()].eq_ignore_ascii_case(word))
    };
    let method = word("FIRST").or_else(|| word("ANY")).unwrap_or(names).trim_start();
    let digits = method.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(method.len());
    let (number, rest) = method.split_at(digits);
    match number.parse() {
        Ok(number) if rest.trim_start().starts_with('(') => number,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_standbys_confirm_as_the_server_asks_for() {
        for (names, expected) in [
            ("*", 1),
            ("one, two", 1),
            ("first, any", 1),
            ("FIRST 2 (one, two)", 2),
            ("first 1 (*)", 1),
            ("ANY 3 (a, b, c)", 3),
            (" any  2(a,b)", 2),
            ("2 (one, two)", 2),
            ("\"2 \", x", 1),
            ("anyone", 1),
            ("", 1),
        ] {
            assert_eq!(needed(names), expected, "{names}");
        }
    }
}
