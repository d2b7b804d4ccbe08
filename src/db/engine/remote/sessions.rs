//! The sessions of PostgreSQL that this process holds, and the call of the client library that is under way on each.
//! One session may stand still while all others answer: its process was stopped, or a pooler lost it. The pulse is felt
//! on another session and does not show that; so the server is asked whether it has heard a call at all
//! (`src/db/engine/remote/pulse.rs`).

use crate::db::engine::connection::DbConnection;
use crate::db::engine::deadline::Stopwatch;
use crate::db::engine::error::DbError;
use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel::sql_types::{Array, Integer};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};
use std::cell::RefCell;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A call that the server has not heard is suspected after so long, and believed to be lost when a second look finds
/// the same.
pub(in crate::db) const SUSPECT_AFTER: Duration = Duration::from_millis(900);
/// How long the server gives a statement, and a little more: a call that takes longer is lost whatever the server says.
const LONGEST_STATEMENT: u64 = 310;
/// The same for a selection that is written to a file.
pub(in crate::db) const LONGEST_SELECTION: u64 = 3_610;
/// The least time between two looks.
const BETWEEN_LOOKS: Duration = Duration::from_millis(400);

/// What this process knows of one session. Clones share it.
#[derive(Clone, Default)]
pub struct Session(Arc<Known>);

#[derive(Default)]
struct Known {
    /// The number of its process, as the server says; 0 until that was asked.
    id: AtomicI32,
    call: Mutex<Option<Call>>,
    /// How many seconds a call may take; 0: as long as most.
    seconds_most: AtomicU64,
}

struct Call {
    since: Stopwatch,
    suspected: Option<Stopwatch>,
}

/// What the server says of a call that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hearing {
    /// It was heard, or that cannot be known.
    Heard,
    /// It was not heard, as one look says.
    Suspect,
    /// It was not heard, as two looks say: the session stands still.
    Lost,
}

impl Session {
    fn call(&self) -> MutexGuard<'_, Option<Call>> {
        self.0.call.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call begins.
    pub(in crate::db) fn calls(&self) {
        *self.call() = Some(Call { since: Stopwatch::start(), suspected: None });
    }

    /// The work at hand may take so many seconds.
    pub(in crate::db) fn may_take(&self, seconds: u64) {
        self.0.seconds_most.store(seconds, Ordering::Relaxed);
    }

    /// Nobody works with it.
    pub(in crate::db) fn is_free(&self) {
        self.rests();
        self.may_take(0);
    }

    fn is_over(&self) -> bool {
        let most = match self.0.seconds_most.load(Ordering::Relaxed) {
            0 => LONGEST_STATEMENT,
            seconds => seconds,
        };
        self.called_for().is_some_and(|time| time.as_secs() >= most)
    }

    /// No call is under way.
    pub(in crate::db) fn rests(&self) {
        *self.call() = None;
    }

    /// How long the call has taken that is under way.
    pub fn called_for(&self) -> Option<Duration> {
        self.call().as_ref().map(|call| call.since.elapsed())
    }

    fn is_late(&self) -> bool {
        self.called_for().is_some_and(|time| time >= SUSPECT_AFTER)
    }

    fn hears(&self, heard: bool) -> Hearing {
        let mut call = self.call();
        let Some(call) = call.as_mut() else { return Hearing::Heard };
        match &call.suspected {
            _ if heard => {
                call.suspected = None;
                Hearing::Heard
            }
            Some(first) if first.elapsed() >= BETWEEN_LOOKS => Hearing::Lost,
            Some(_) => Hearing::Suspect,
            None => {
                call.suspected = Some(Stopwatch::start());
                Hearing::Suspect
            }
        }
    }

    /// Passes on rows that arrive one by one: while one is worked on, the server is not waited for.
    pub(in crate::db) fn rows<T>(self, mut rows: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        std::iter::from_fn(move || {
            self.calls();
            let row = rows.next();
            self.rests();
            row
        })
    }
}

#[derive(QueryableByName)]
struct Process {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

/// Listens to the calls of a new connection.
pub(in crate::db) fn listen_to(conn: &mut PgConnection) -> Result<(), DbError> {
    let session = Session::default();
    conn.set_instrumentation(Listening { session: session.clone(), besides: None });
    let Process { pid } = sql_query("SELECT pg_backend_pid() AS pid").get_result(conn)?;
    session.0.id.store(pid, Ordering::Relaxed);
    Ok(())
}

/// The session of a connection; SQLite has none.
pub(in crate::db) fn of(conn: &mut DbConnection) -> Option<Session> {
    let DbConnection::Postgres(conn) = conn else { return None };
    conn.instrumentation().downcast_ref::<Listening>().map(|listening| listening.session.clone())
}

/// Adds what else wants to hear of the statements of a connection.
pub(in crate::db) fn also(conn: &mut DbConnection, besides: impl Instrumentation) {
    if let DbConnection::Postgres(conn) = &mut *conn
        && let Some(listening) = conn.instrumentation().downcast_mut::<Listening>()
    {
        listening.besides = Some(Box::new(besides));
        return;
    }
    conn.set_instrumentation(besides);
}

struct Listening {
    session: Session,
    besides: Option<Box<dyn Instrumentation>>,
}

impl Instrumentation for Listening {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match &event {
            InstrumentationEvent::StartQuery { .. } => self.session.calls(),
            InstrumentationEvent::FinishQuery { .. } => self.session.rests(),
            _ => {}
        }
        if let Some(besides) = &mut self.besides {
            besides.on_connection_event(event);
        }
    }
}

/// The session with which some work is busy at the moment. Clones share it.
#[derive(Clone, Default)]
pub struct Busy(Arc<Mutex<Option<Session>>>);

thread_local! {
    static OF_THREAD: RefCell<Option<Busy>> = const { RefCell::new(None) };
}

impl Busy {
    /// Does work that may take connections; whoever waits for it sees with which session it is busy.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        OF_THREAD.set(Some(self.clone()));
        let done = work();
        OF_THREAD.set(None);
        done
    }

    pub(in crate::db) fn with(&self, session: Option<Session>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = session;
    }

    pub(in crate::db) fn session(&self) -> Option<Session> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How long the call has taken that is under way.
    pub(in crate::db) fn called_for(&self) -> Option<Duration> {
        self.session()?.called_for()
    }
}

/// The work of this thread is busy with this session from now on.
pub(in crate::db) fn busy_with(session: Option<Session>) {
    OF_THREAD.with_borrow(|busy| busy.iter().for_each(|busy| busy.with(session.clone())));
}

/// Sessions that wait for the next thing to do, although a call is under way to them.
const UNHEARD: &str = "SELECT p.pid FROM unnest($1) AS p (pid) LEFT JOIN pg_stat_activity AS a ON a.pid = p.pid \
     WHERE a.pid IS NULL OR (a.state IN ('idle', 'idle in transaction', 'idle in transaction (aborted)') \
     AND clock_timestamp() - a.state_change > interval '800 milliseconds')";

/// Asks the server, on a session that answers, which of these calls it has heard.
pub(in crate::db) fn hear(conn: &mut DbConnection, sessions: &[Option<Session>]) -> Result<Vec<Hearing>, DbError> {
    let late = |session: &&Session| session.is_late();
    let id = |session: &Session| session.0.id.load(Ordering::Relaxed);
    let ids: Vec<i32> = sessions.iter().flatten().filter(late).map(id).filter(|id| *id != 0).collect();
    let unheard: Vec<i32> = match conn {
        DbConnection::Postgres(conn) if !ids.is_empty() => {
            let found: Vec<Process> = sql_query(UNHEARD).bind::<Array<Integer>, _>(&ids).load(conn)?;
            found.into_iter().map(|process| process.pid).collect()
        }
        _ => Vec::new(),
    };
    let hearing = |session: &Session| {
        let id = id(session);
        // Without a number it could not even say which process it is.
        session.hears(!(id == 0 || session.is_over() || unheard.contains(&id) || is_stopped_here(id)))
    };
    Ok(sessions.iter().map(|one| one.as_ref().filter(late).map_or(Hearing::Heard, hearing)).collect())
}

/// Whether the process of a session is on this machine and was stopped: then it hears nothing either, though it may be
/// in the middle of a statement.
fn is_stopped_here(id: i32) -> bool {
    let Ok(found) = std::fs::read_to_string(format!("/proc/{id}/stat")) else { return false };
    let Some((name, rest)) = found.rsplit_once(") ") else { return false };
    name.contains("(postgres") && rest.starts_with(['T', 't'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_lost_when_two_looks_say_so_and_not_sooner() {
        let session = Session::default();
        assert_eq!(session.hears(false), Hearing::Heard, "no call is under way");
        session.calls();
        assert_eq!(session.hears(false), Hearing::Suspect);
        assert_eq!(session.hears(false), Hearing::Suspect, "at once is no second look");
        std::thread::sleep(BETWEEN_LOOKS);
        assert_eq!(session.hears(false), Hearing::Lost);
        assert_eq!(session.hears(true), Hearing::Heard);
        assert_eq!(session.hears(false), Hearing::Suspect, "it was heard meanwhile");
        session.calls();
        assert_eq!(session.hears(false), Hearing::Suspect, "another call");
        session.rests();
        assert_eq!((session.hears(false), session.called_for()), (Hearing::Heard, None));
    }

    #[test]
    fn whoever_waits_sees_the_session_of_the_work() {
        let (busy, session) = (Busy::default(), Session::default());
        session.calls();
        busy.during(|| busy_with(Some(session.clone())));
        assert!(busy.called_for().is_some());
        busy_with(None);
        assert!(busy.session().is_some(), "the work is done: others are not noted there");
        let rows: Vec<i32> = session.clone().rows([1, 2].into_iter()).collect();
        assert_eq!((rows, session.called_for()), (vec![1, 2], None));
    }
}
