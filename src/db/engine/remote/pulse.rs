//! The pulse of PostgreSQL: whether it still answers. The client library waits for an answer for ever, and a network
//! that goes silent without closing a connection gives none; so nobody waits for a call of the library, but for its
//! answer or for the end of the pulse, on a connection of its own (failure detector;
//! `docs/adr/0026-nobody-waits-for-the-client-library.md`). Where the server answers there, it is asked too whether it
//! heard the call that is waited for (`src/db/engine/remote/sessions.rs`).

use crate::db::engine::connection::{DatabaseUrl, DbConnection, Purpose};
use crate::db::engine::deadline::Stopwatch;
use crate::db::engine::error::DbError;
use crate::db::engine::remote::sessions::{self, Busy, Hearing, Session};
use diesel::connection::SimpleConnection;
use futures_util::future::{Either, select};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// After so long without an answer, the pulse is felt.
const PATIENCE: Duration = Duration::from_secs(2);
/// A server that does not answer the shortest question in this time is silent.
const SILENCE: Duration = Duration::from_secs(3);
/// How often somebody whose time is over looks again.
const LATE: Duration = Duration::from_millis(500);
/// How soon a second look follows when one look says that the server has not heard a call.
const SOON: Duration = Duration::from_millis(500);
/// The most threads that feel the pulse: each but one stands still on a connection that was given up.
const THREADS_MOST: usize = 8;

/// What the pulse says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beat {
    /// The server answered: it works, or it is gone and the call that waits will fail by itself.
    Heard(Hearing),
    Silent,
}

/// A handle; clones share one connection, which is made when the pulse is first felt.
#[derive(Clone)]
pub struct Pulse(Option<Arc<Shared>>);

struct Shared {
    url: DatabaseUrl,
    asks: Mutex<Option<Asks>>,
    threads: Arc<AtomicUsize>,
}

/// The way to the thread that feels the pulse at present, and which one it is.
struct Asks {
    sender: mpsc::Sender<Asked>,
    thread: Arc<()>,
}

/// Somebody who waits to hear that the server answered, and whether it heard the call of a session.
struct Asked {
    reply: oneshot::Sender<Hearing>,
    session: Option<Session>,
}

impl Pulse {
    /// The pulse of this database. SQLite is in this process: it always answers.
    pub fn of(url: &DatabaseUrl) -> Pulse {
        let remote = matches!(url, DatabaseUrl::Postgres(_));
        let shared = || Shared { url: url.clone(), asks: Mutex::default(), threads: Arc::default() };
        Pulse(remote.then(|| Arc::new(shared())))
    }

    /// Waits for an answer of the database as long as it shows a pulse, and has heard what it is asked. `ask` notes
    /// with which session it is busy.
    pub async fn wait<T, A: Future<Output = T>>(&self, ask: impl FnOnce(Busy) -> A) -> Result<T, DbError> {
        let busy = Busy::default();
        self.wait_within(None, || false, &busy, ask(busy.clone())).await
    }

    /// Whether the database is another program, which may stand still.
    pub(in crate::db) fn is_remote(&self) -> bool {
        self.0.is_some()
    }

    /// Whether the server has heard the call that is under way on a session, as far as one look shows.
    pub(in crate::db) async fn hears(&self, session: Session, within: Duration) -> bool {
        self.feel(within, Some(session)).await == Beat::Heard(Hearing::Heard)
    }

    /// The same for the answer to a command: after `longest`, no longer than until its commit is stuck. Behind others
    /// that are slow it may take twice as long.
    pub async fn wait_within<T>(
        &self,
        longest: Option<Duration>,
        is_stuck: impl Fn() -> bool,
        busy: &Busy,
        answer: impl Future<Output = T>,
    ) -> Result<T, DbError> {
        let watch = Stopwatch::start();
        let part = |part: Duration| match longest {
            Some(longest) => longest.saturating_sub(watch.elapsed()).max(LATE).min(part),
            None => part,
        };
        let mut answer = pin!(answer);
        let mut patience = PATIENCE;
        loop {
            if let Ok(answer) = timeout(part(patience), &mut answer).await {
                return Ok(answer);
            }
            let is_over = |longest| {
                let waited = watch.elapsed();
                waited >= longest && (is_stuck() || waited >= longest * 2 + PATIENCE)
            };
            if longest.is_some_and(is_over) {
                return Err(DbError::Unavailable(format!("no answer within {} ms", watch.elapsed().as_millis())));
            }
            match select(&mut answer, pin!(self.feel(part(SILENCE), busy.session()))).await {
                Either::Left((answer, _)) => return Ok(answer),
                Either::Right((Beat::Heard(Hearing::Heard), _)) => patience = PATIENCE,
                Either::Right((Beat::Heard(Hearing::Suspect), _)) => patience = SOON,
                Either::Right((Beat::Heard(Hearing::Lost), _)) => {
                    let why = "a session of the database server stands still: it has not heard what it was asked";
                    return Err(DbError::Unavailable(why.to_owned()));
                }
                Either::Right((Beat::Silent, _)) => {
                    return Err(DbError::Unavailable("the database server is silent".to_owned()));
                }
            }
        }
    }

    /// Half of the time is for a second try: the connection of the pulse may stand still as well as any other.
    async fn feel(&self, within: Duration, session: Option<Session>) -> Beat {
        let Some(shared) = &self.0 else { return Beat::Heard(Hearing::Heard) };
        for _ in 0..2 {
            let (reply, answer) = oneshot::channel();
            let thread = match shared.ask(Asked { reply, session: session.clone() }) {
                Ok(thread) => thread,
                Err(error) => {
                    tracing::error!(cause = %error, "the pulse of the database cannot be felt");
                    return Beat::Heard(Hearing::Heard);
                }
            };
            if let Ok(Ok(hearing)) = timeout(within / 2, answer).await {
                return Beat::Heard(hearing);
            }
            shared.give_up(&thread);
        }
        Beat::Silent
    }
}

impl Shared {
    fn asks(&self) -> MutexGuard<'_, Option<Asks>> {
        self.asks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the thread that feels the pulse, which is started the first time. It ends with the last handle. Returns
    /// which thread was asked.
    fn ask(&self, asked: Asked) -> Result<Arc<()>, DbError> {
        let mut asks = self.asks();
        let present = match asks.take() {
            Some(present) => present,
            None => self.begin()?,
        };
        let thread = Arc::clone(&present.thread);
        present.sender.send(asked).map_err(|_| DbError::Other("its thread has ended".to_owned()))?;
        *asks = Some(present);
        Ok(thread)
    }

    fn begin(&self) -> Result<Asks, DbError> {
        let (sender, receiver) = mpsc::channel();
        let (url, threads) = (self.url.clone(), Arc::clone(&self.threads));
        let thread = std::thread::Builder::new().name("pulse".to_owned());
        threads.fetch_add(1, Ordering::SeqCst);
        let begun = thread.spawn(move || {
            listen(&url, &receiver);
            threads.fetch_sub(1, Ordering::SeqCst);
        });
        begun.map_err(|error| {
            self.threads.fetch_sub(1, Ordering::SeqCst);
            DbError::other(error)
        })?;
        Ok(Asks { sender, thread: Arc::default() })
    }

    /// A thread that did not answer is left behind with its connection; the next question goes to a new one.
    fn give_up(&self, thread: &Arc<()>) {
        let mut asks = self.asks();
        let is_present = asks.as_ref().is_some_and(|present| Arc::ptr_eq(&present.thread, thread));
        if is_present && self.threads.load(Ordering::SeqCst) < THREADS_MOST {
            *asks = None;
        }
    }
}

/// A commit that takes longer is stuck: the server waits for something that may never come.
pub(in crate::db) const LONGEST_COMMIT: Duration = Duration::from_secs(1);

/// The commit that is under way, if any. Clones share it.
#[derive(Clone, Default)]
pub(in crate::db) struct Commits(Arc<Mutex<Option<Stopwatch>>>);

impl Commits {
    fn since(&self) -> MutexGuard<'_, Option<Stopwatch>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Times a commit.
    pub fn time<T>(&self, commit: impl FnOnce() -> T) -> T {
        *self.since() = Some(Stopwatch::start());
        let end = commit();
        *self.since() = None;
        end
    }

    pub fn is_stuck(&self) -> bool {
        self.since().is_some_and(|since| since.elapsed() > LONGEST_COMMIT)
    }
}

fn listen(url: &DatabaseUrl, asks: &mpsc::Receiver<Asked>) {
    let mut connection = None;
    while let Ok(first) = asks.recv() {
        let watch = Stopwatch::start();
        let all: Vec<Asked> = std::iter::once(first).chain(asks.try_iter()).collect();
        let sessions: Vec<Option<Session>> = all.iter().map(|asked| asked.session.clone()).collect();
        let beats = beat(url, &mut connection, &sessions);
        if let Err(error) = &beats {
            tracing::warn!(cause = %error, "the database does not answer");
        }
        // A failure that took long is silence as well.
        let heard = beats.is_ok() || watch.elapsed() < PATIENCE;
        let heard = beats.unwrap_or_else(|_| vec![Hearing::Heard; if heard { all.len() } else { 0 }]);
        for (asked, hearing) in all.into_iter().zip(heard) {
            // They may no longer wait.
            let _ = asked.reply.send(hearing);
        }
    }
}

/// Puts the shortest question, on a new connection if the last one broke, and then whether these calls were heard.
fn beat(
    url: &DatabaseUrl,
    connection: &mut Option<DbConnection>,
    sessions: &[Option<Session>],
) -> Result<Vec<Hearing>, DbError> {
    if let Some(mut known) = connection.take()
        && known.batch_execute("SELECT 1").is_ok()
    {
        let heard = sessions::hear(&mut known, sessions)?;
        *connection = Some(known);
        return Ok(heard);
    }
    let mut new = url.connect(Purpose::Read)?;
    new.batch_execute("SELECT 1")?;
    let heard = sessions::hear(&mut new, sessions)?;
    *connection = Some(new);
    Ok(heard)
}
