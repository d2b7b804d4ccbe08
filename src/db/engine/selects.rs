//! A connection on which only rows can be selected, and the guard that watches it. The methods of `Selects`
//! accept no statement other than SELECT. The guard checks what the compiler cannot: in debug builds, and so in
//! every test, it reads each statement as it is sent. It panics if the statement writes, or if it names a
//! buffered table (`src/db/engine/write_buffer.rs`) where only unbuffered ones may be read, because the stored
//! rows of a buffered table may be stale.

use crate::db::engine::connection::DbConnection;
use crate::db::engine::query::Answers;
use crate::db::engine::remote::sessions;
use crate::db::engine::write_buffer::BUFFERED_TABLES;
use diesel::QueryResult;
use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel::query_builder::SelectQuery;

use std::cell::Cell;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// The statements that may be sent on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::db) enum Allowed {
    Anything,
    /// SELECT from any table.
    Select,
    /// SELECT from tables that are never buffered.
    SelectUnbuffered,
}

/// The statements that are allowed on one connection at present. Clones share the state.
#[derive(Clone, Default)]
pub(in crate::db) struct Guard(Arc<AtomicU8>);

impl Guard {
    /// Watches a connection until other instrumentation is set on it.
    pub fn watch(conn: &mut DbConnection) -> Guard {
        let guard = Guard::default();
        if cfg!(debug_assertions) {
            sessions::also(conn, Watch(guard.clone()));
        }
        guard
    }

    fn set(&self, allowed: Allowed) {
        self.0.store(allowed as u8, Ordering::Relaxed);
    }

    fn allowed(&self) -> Allowed {
        match self.0.load(Ordering::Relaxed) {
            1 => Allowed::Select,
            2 => Allowed::SelectUnbuffered,
            _ => Allowed::Anything,
        }
    }
}

thread_local! {
    static SENT: Cell<u64> = const { Cell::new(0) };
}

/// The number of statements that were sent from this thread, in builds with debug assertions; else 0. What begins
/// and ends a transaction is not counted: it asks for nothing.
pub fn statements_sent() -> u64 {
    SENT.get()
}

struct Watch(Guard);

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = &event
            && !frames(query)
        {
            SENT.set(SENT.get() + 1);
        }
        let allowed = self.0.allowed();
        if allowed != Allowed::Anything
            && let InstrumentationEvent::StartQuery { query, .. } = event
        {
            let text = query.to_string();
            let wrong = violation(&text, allowed);
            assert!(wrong.is_none(), "{}: {text}", wrong.unwrap_or_default());
        }
    }
}

/// Whether a statement only begins or ends a transaction or a savepoint.
fn frames(query: &impl std::fmt::Display) -> bool {
    let mut start = Start(String::new());
    // It fails on purpose, as soon as enough was written.
    let _ = write!(start, "{query}");
    ["BEGIN", "COMMIT", "ROLLBA", "SAVEPO", "RELEAS"].iter().any(|word| start.0.to_ascii_uppercase().starts_with(word))
}

/// The first letters of a statement; the rest is not even written.
struct Start(String);

impl Write for Start {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        const ENOUGH: usize = 6;
        self.0.push_str(text.get(..ENOUGH).unwrap_or(text));
        if self.0.len() < ENOUGH { Ok(()) } else { Err(std::fmt::Error) }
    }
}

/// Returns why a statement is not allowed here, if it is not.
fn violation(text: &str, allowed: Allowed) -> Option<String> {
    let text = text.split(" -- binds:").next().unwrap_or_default();
    let words: Vec<&str> = text
        .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| !word.is_empty())
        .collect();
    if words.first().is_none_or(|first| !first.eq_ignore_ascii_case("SELECT")) {
        return Some("a statement that writes on a connection for reading".to_owned());
    }
    if allowed != Allowed::SelectUnbuffered {
        return None;
    }
    let sources =
        words.windows(2).filter(|pair| ["FROM", "JOIN"].iter().any(|word| pair[0].eq_ignore_ascii_case(word)));
    let buffered = sources.map(|pair| pair[1]).find(|table| BUFFERED_TABLES.contains(table))?;
    Some(format!("{buffered} is buffered, so its stored rows may be stale"))
}

/// A connection that accepts only SELECT statements until this value is dropped.
pub(in crate::db) struct Selects<'t> {
    conn: &'t mut DbConnection,
    guard: Guard,
}

impl<'t> Selects<'t> {
    pub fn on(conn: &'t mut DbConnection, guard: &Guard, allowed: Allowed) -> Selects<'t> {
        guard.set(allowed);
        Selects { conn, guard: guard.clone() }
    }

    pub fn load<U>(&mut self, query: impl SelectQuery + Answers<U>) -> QueryResult<Vec<U>> {
        query.all(self.conn)
    }

    /// The one row of a query, or [`diesel::NotFound`].
    pub fn get_result<U>(&mut self, query: impl SelectQuery + Answers<U>) -> QueryResult<U> {
        query.one(self.conn)
    }

    /// The connection itself, for statements that differ between the engines. Only the guard checks what is
    /// sent on it.
    pub fn engine(&mut self) -> &mut DbConnection {
        self.conn
    }
}

impl Drop for Selects<'_> {
    fn drop(&mut self) {
        self.guard.set(Allowed::Anything);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::engine::query::prelude::*;
    use crate::db::engine::schema::{organisations, payments, tranches};
    use crate::db::engine::transaction::WriteTx;
    use diesel::SqliteConnection;
    use diesel::connection::SimpleConnection;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    const STATEMENTS: [(&str, Allowed, bool); 9] = [
        (
            "SELECT `users`.`id` FROM `users` WHERE `users`.`id` = ? -- binds: [\"FROM payments\"]",
            Allowed::SelectUnbuffered,
            true,
        ),
        ("SELECT \"payments\".\"id\" FROM \"payments\"", Allowed::SelectUnbuffered, false),
        ("SELECT \"payments\".\"id\" FROM \"payments\"", Allowed::Select, true),
        ("SELECT 1 FROM (`users` INNER JOIN `tranche_steps` ON true)", Allowed::SelectUnbuffered, false),
        ("SELECT 1 FROM users WHERE id IN (SELECT actor_id FROM audit_log)", Allowed::SelectUnbuffered, false),
        ("select balance_paise from accounts", Allowed::SelectUnbuffered, false),
        ("SELECT users.payments, tranches FROM users", Allowed::SelectUnbuffered, true),
        ("UPDATE users SET name = ?", Allowed::Select, false),
        ("WITH gone AS (DELETE FROM users RETURNING id) SELECT id FROM gone", Allowed::SelectUnbuffered, false),
    ];

    #[test]
    fn a_statement_that_writes_or_names_a_buffered_table_is_found() {
        for (text, allowed, fine) in STATEMENTS {
            assert_eq!(violation(text, allowed).is_none(), fine, "{text}");
        }
    }

    /// A connection to empty tables of these names.
    fn connection() -> DbConnection {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        conn.batch_execute(
            "CREATE TABLE organisations (id TEXT); CREATE TABLE tranches (id TEXT); \
             CREATE TABLE payments (id TEXT, utr TEXT);",
        )
        .unwrap();
        DbConnection::Sqlite(conn)
    }

    fn panics<T>(work: impl FnOnce() -> T) -> bool {
        catch_unwind(AssertUnwindSafe(work)).is_err()
    }

    #[test]
    fn a_stale_read_and_a_write_past_the_buffer_are_caught() {
        let mut conn = connection();
        let mut tx = WriteTx::begin(&mut conn).unwrap();
        let others = || organisations::table.select(organisations::id).order(organisations::id);
        let payments = || payments::table.select(payments::id).order(payments::id);
        assert!(tx.unbuffered().unwrap().load::<String>(others()).unwrap().is_empty());
        assert!(panics(|| tx.unbuffered().unwrap().load::<String>(payments())));
        assert!(panics(|| tx.cached(|| "all".to_owned(), |select| Ok(select.load::<String>(payments())?))));
        let inner = tranches::table.select(tranches::id);
        assert!(panics(|| tx.unbuffered().unwrap().load::<String>(others().filter(organisations::id.eq_any(inner)))));
        // Rows of a buffered table can be read where they are merged with the buffer, but not written.
        let stored = tx.stored(|select| select.load::<String>(payments())).unwrap();
        assert!(stored.merge(&tx, |ids, savepoints| ids.is_empty() && savepoints.count() == 1));
        let written = |select: &mut Selects<'_>| diesel::delete(payments::table).execute(select.engine());
        assert!(panics(|| tx.stored(written).map(|_| ())));
        // After a refusal by the guard, statements on the tables themselves are allowed again.
        diesel::delete(payments::table).execute(tx.conn().unwrap()).unwrap();
        tx.roll_back().unwrap();
    }
}
