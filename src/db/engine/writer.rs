//! The only writer of a process (group commit): a thread that runs many commands in one transaction, each in a
//! savepoint, commits once, and only then answers. It does not wait for a batch to fill: a batch consists of
//! the commands that queued up while the previous batch was committed and while the writer backed off for
//! readers (`src/db/engine/back_off.rs`).

use crate::db::engine::back_off::Readers;
use crate::db::engine::connection::{DatabaseUrl, DbConnection, Purpose};
use crate::db::engine::deadline::Deadline;
use crate::db::engine::error::DbError;
use crate::db::engine::fault_points::{FaultPoint, reach};
use crate::db::engine::prefetch;
use crate::db::engine::prefetch::{Prefetch, Prefetcher};
use crate::db::engine::transaction::WriteTx;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// The largest number of commands in one commit.
const MOST_IN_BATCH: usize = 64;
/// After a batch that could not be committed, this many commands are committed one by one, so that a failing
/// command harms no other.
const CAREFUL: usize = 64;
/// A batch takes no further command after this long, so that another process that waits for the database-wide
/// lock, and every caller that waits for the commit, gets a turn.
const LONGEST_BATCH: Duration = Duration::from_millis(250);

/// Work at the end of every batch, in its transaction. A failure undoes only this work, unless the database is
/// unavailable.
pub type BeforeCommit = Arc<dyn Fn(&mut WriteTx<'_>) -> Result<(), DbError> + Send + Sync>;

/// A handle to the writer; clones share it. The thread ends when the last handle is gone.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
}

/// A queued command, which runs inside the transaction and is answered after the commit.
trait Job: Send {
    fn wanted(&self) -> Prefetch;
    fn run(&mut self, tx: &mut WriteTx<'_>) -> Result<(), DbError>;
    fn answer(self: Box<Self>, committed: Result<(), DbError>);
}

struct Command<T, F> {
    wanted: Prefetch,
    work: Option<F>,
    result: Option<T>,
    reply: oneshot::Sender<Result<T, DbError>>,
}

impl<T, F> Job for Command<T, F>
where
    T: Send,
    F: FnOnce(&mut WriteTx<'_>) -> Result<T, DbError> + Send,
{
    fn wanted(&self) -> Prefetch {
        self.wanted.clone()
    }

    fn run(&mut self, tx: &mut WriteTx<'_>) -> Result<(), DbError> {
        if let Some(work) = self.work.take() {
            self.result = Some(tx.savepoint(work)?);
        }
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), DbError>) {
        let Command { result, reply, .. } = *self;
        let answer = committed.and_then(|()| result.ok_or(DbError::Other("a command left no result".to_owned())));
        // The caller may no longer wait; a committed command stays committed.
        let _ = reply.send(answer);
    }
}

impl Writer {
    /// Starts the writer's thread. At most `queue_length` commands may wait; further ones are refused. A
    /// command that runs longer than `longest` is undone.
    pub fn start(url: DatabaseUrl, queue_length: usize, longest: Duration) -> Result<Writer, DbError> {
        Self::start_with(url, queue_length, longest, Readers::default(), prefetch::nothing, Arc::new(|_| Ok(())))
    }

    /// The same, with the readers for whom the writer backs off, a prefetch at the beginning of every batch,
    /// and work at its end.
    pub fn start_with(
        url: DatabaseUrl,
        queue_length: usize,
        longest: Duration,
        readers: Readers,
        prefetcher: Prefetcher,
        before_commit: BeforeCommit,
    ) -> Result<Writer, DbError> {
        let connection = url.connect(Purpose::Write)?;
        let (queue, jobs) = mpsc::channel(queue_length);
        std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                let waiting = VecDeque::new();
                let connection = Some(connection);
                Loop { url, connection, jobs, longest, readers, prefetcher, before_commit, careful: 0, waiting }.run()
            })
            .map_err(DbError::other)?;
        Ok(Writer { queue })
    }

    /// Queues a command. `work` runs in a savepoint of its own; its value is returned after the commit. An
    /// error undoes only this command.
    pub async fn write<T: Send + 'static>(
        &self,
        wanted: Prefetch,
        work: impl FnOnce(&mut WriteTx<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, DbError> {
        let (reply, answer) = oneshot::channel();
        self.queue.try_send(Box::new(Command { wanted, work: Some(work), result: None, reply })).map_err(|error| {
            match error {
                mpsc::error::TrySendError::Full(_) => DbError::Busy,
                mpsc::error::TrySendError::Closed(_) => DbError::Unavailable("the writer has stopped".to_owned()),
            }
        })?;
        answer.await.map_err(|_| DbError::Unavailable("the writer has stopped".to_owned()))?
    }
}

struct Loop {
    url: DatabaseUrl,
    connection: Option<DbConnection>,
    jobs: mpsc::Receiver<Box<dyn Job>>,
    longest: Duration,
    readers: Readers,
    prefetcher: Prefetcher,
    before_commit: BeforeCommit,
    /// The number of commands that are still to be committed one by one.
    careful: usize,
    /// Commands for which the last batch had no time.
    waiting: VecDeque<Box<dyn Job>>,
}

impl Loop {
    fn run(mut self) {
        while let Some(first) = self.waiting.pop_front().or_else(|| self.jobs.blocking_recv()) {
            let mut jobs = vec![first];
            let most = if self.careful > 0 { 1 } else { MOST_IN_BATCH };
            while jobs.len() < most
                && let Some(next) = self.waiting.pop_front().or_else(|| self.jobs.try_recv().ok())
            {
                jobs.push(next);
            }
            self.careful = self.careful.saturating_sub(1);
            let back_off = self.readers.back_off();
            self.batch(jobs);
            std::thread::sleep(back_off.duration());
        }
    }

    fn batch(&mut self, jobs: Vec<Box<dyn Job>>) {
        let mut wanted = Prefetch::default();
        jobs.iter().for_each(|job| wanted.add(job.wanted()));
        let several = jobs.len() > 1;
        let mut done = Vec::with_capacity(jobs.len());
        let mut end = self.transact(wanted, jobs, &mut done);
        if let Err(error) = &end {
            tracing::error!(why = %error, commands = done.len(), "a batch of writes was not committed");
            self.connection = None;
            let theirs = !matches!(error, DbError::Unavailable(_));
            self.careful = if several && theirs { CAREFUL } else { self.careful };
        }
        if !several {
            return done.into_iter().for_each(|job| job.answer(std::mem::replace(&mut end, Ok(()))));
        }
        let why = end.map_err(|error| error.to_string());
        for job in done {
            job.answer(why.clone().map_err(DbError::Unavailable));
        }
    }

    /// Runs the jobs in one transaction. Jobs whose answer depends on the commit are moved to `done`; the
    /// others are answered here.
    fn transact(
        &mut self,
        wanted: Prefetch,
        jobs: Vec<Box<dyn Job>>,
        done: &mut Vec<Box<dyn Job>>,
    ) -> Result<(), DbError> {
        let mut jobs = jobs.into_iter();
        let begun = match self.connection.take().map_or_else(|| self.url.connect(Purpose::Write), Ok) {
            Ok(connection) => WriteTx::begin(self.connection.insert(connection)),
            Err(error) => Err(error),
        };
        let mut tx = match begun {
            Ok(tx) => tx,
            Err(error) => {
                done.extend(jobs);
                return Err(error);
            }
        };
        let mut end = (self.prefetcher)(&mut tx, wanted);
        let time_is_up = Deadline::within(LONGEST_BATCH);
        while end.is_ok()
            && (done.is_empty() || !time_is_up.has_passed())
            && let Some(mut job) = jobs.next()
        {
            tx.set_deadline(Some(Deadline::within(self.longest)));
            let ran = job.run(&mut tx);
            end = tx.buffer().check_whole();
            match ran {
                Err(error @ DbError::Unavailable(_)) => {
                    done.push(job);
                    end = end.and(Err(error));
                }
                Err(error) if end.is_ok() => job.answer(Err(error)),
                _ => done.push(job),
            }
            reach(FaultPoint::InBatch);
        }
        match end {
            // The engine itself failed, so nothing of this batch is committed.
            Err(error) => {
                done.extend(jobs);
                let _ = tx.roll_back();
                Err(error)
            }
            Ok(()) => {
                self.waiting.extend(jobs);
                tx.set_deadline(None);
                let before_commit = &self.before_commit;
                let end = match tx.savepoint(|tx| before_commit(tx)) {
                    Err(error @ DbError::Unavailable(_)) => {
                        let _ = tx.roll_back();
                        Err(error)
                    }
                    _ => tx.commit(),
                };
                reach(FaultPoint::AfterCommit);
                end
            }
        }
    }
}
