//! The pulse of PostgreSQL: whether it still answers. The client library waits for an answer for ever, and a network
//! that goes silent without closing a connection gives none; so nobody waits for a call of the library, but for its
//! answer or for the end of the pulse, on a connection of its own (failure detector;
//! `docs/adr/0026-nobody-waits-for-the-client-library.md`).

use crate::db::engine::connection::{DatabaseUrl, DbConnection, Purpose};
use crate::db::engine::deadline::Stopwatch;
use crate::db::engine::error::DbError;
use diesel::connection::SimpleConnection;
use futures_util::future::{Either, select};
use std::pin::pin;
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

/// What the pulse says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beat {
    /// The server answered: it works, or it is gone and the call that waits will fail by itself.
    Heard,
    Silent,
}

/// A handle; clones share one connection, which is made when the pulse is first felt.
#[derive(Clone)]
pub struct Pulse(Option<Arc<Shared>>);

struct Shared {
    url: DatabaseUrl,
    asks: Mutex<Option<mpsc::Sender<Asked>>>,
}

/// Somebody who waits to hear that the server answered.
type Asked = oneshot::Sender<()>;

impl Pulse {
    /// The pulse of this database. SQLite is in this process: it always answers.
    pub fn of(url: &DatabaseUrl) -> Pulse {
        let remote = matches!(url, DatabaseUrl::Postgres(_));
        Pulse(remote.then(|| Arc::new(Shared { url: url.clone(), asks: Mutex::default() })))
    }

    /// Waits for an answer of the database as long as it shows a pulse.
    pub async fn wait<T>(&self, answer: impl Future<Output = T>) -> Result<T, DbError> {
        self.wait_within(None, || false, answer).await
    }

    /// The same for the answer to a command: after `longest`, no longer than until its commit is stuck. Behind others
    /// that are slow it may take twice as long.
    pub async fn wait_within<T>(
        &self,
        longest: Option<Duration>,
        is_stuck: impl Fn() -> bool,
        answer: impl Future<Output = T>,
    ) -> Result<T, DbError> {
        let watch = Stopwatch::start();
        let part = |part: Duration| match longest {
            Some(longest) => longest.saturating_sub(watch.elapsed()).max(LATE).min(part),
            None => part,
        };
        let mut answer = pin!(answer);
        loop {
            if let Ok(answer) = timeout(part(PATIENCE), &mut answer).await {
                return Ok(answer);
            }
            let is_over = |longest| {
                let waited = watch.elapsed();
                waited >= longest && (is_stuck() || waited >= longest * 2 + PATIENCE)
            };
            if longest.is_some_and(is_over) {
                return Err(DbError::Unavailable(format!("no answer within {} ms", watch.elapsed().as_millis())));
            }
            match select(&mut answer, pin!(self.feel(part(SILENCE)))).await {
                Either::Left((answer, _)) => return Ok(answer),
                Either::Right((Beat::Heard, _)) => {}
                Either::Right((Beat::Silent, _)) => {
                    return Err(DbError::Unavailable("the database server is silent".to_owned()));
                }
            }
        }
    }

    async fn feel(&self, within: Duration) -> Beat {
        let Some(shared) = &self.0 else { return Beat::Heard };
        let (reply, answer) = oneshot::channel();
        if let Err(error) = shared.ask(reply) {
            tracing::error!(cause = %error, "the pulse of the database cannot be felt");
            return Beat::Heard;
        }
        match timeout(within, answer).await {
            Ok(Ok(())) => Beat::Heard,
            _ => Beat::Silent,
        }
    }
}

impl Shared {
    /// Asks the thread that feels the pulse, which is started the first time. It ends with the last handle.
    fn ask(&self, asked: Asked) -> Result<(), DbError> {
        let mut asks = self.asks.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = match asks.take() {
            Some(sender) => sender,
            None => {
                let (sender, receiver) = mpsc::channel();
                let url = self.url.clone();
                let thread = std::thread::Builder::new().name("pulse".to_owned());
                thread.spawn(move || listen(&url, &receiver)).map_err(DbError::other)?;
                sender
            }
        };
        let sent = sender.send(asked).map_err(|_| DbError::Other("its thread has ended".to_owned()));
        if sent.is_ok() {
            *asks = Some(sender);
        }
        sent
    }
}

/// A commit that takes longer is stuck: the server waits for something that may never come.
const LONGEST_COMMIT: Duration = Duration::from_secs(1);

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
        let beats = beat(url, &mut connection);
        if let Err(error) = &beats {
            tracing::warn!(cause = %error, "the database does not answer");
        }
        // Whoever asked meanwhile has the same answer. A failure that took long is silence as well.
        let heard = beats.is_ok() || watch.elapsed() < PATIENCE;
        for asked in std::iter::once(first).chain(asks.try_iter()).filter(|_| heard) {
            // They may no longer wait.
            let _ = asked.send(());
        }
    }
}

/// Puts the shortest question, on a new connection if the last one broke.
fn beat(url: &DatabaseUrl, connection: &mut Option<DbConnection>) -> Result<(), DbError> {
    if let Some(mut known) = connection.take()
        && known.batch_execute("SELECT 1").is_ok()
    {
        *connection = Some(known);
        return Ok(());
    }
    let mut new = url.connect(Purpose::Read)?;
    new.batch_execute("SELECT 1")?;
    *connection = Some(new);
    Ok(())
}
