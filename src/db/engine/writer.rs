//! The only writer of a process (group commit): a thread that runs many commands in one transaction, each in a
//! savepoint, commits once, and only then answers. It does not wait for a batch to fill: a batch consists of
//! the commands that queued up while the previous batch was committed and while the writer backed off for
//! readers (`src/db/engine/back_off.rs`). Between batches it runs rehearsals, each in a transaction that is never
//! committed (`src/db/engine/rehearsals.rs`).

use crate::db::engine::back_off::Readers;
use crate::db::engine::connection::DatabaseUrl;
use crate::db::engine::deadline::{Deadline, Stopwatch};
use crate::db::engine::error::DbError;
use crate::db::engine::fault_points::{FaultPoint, reach};
use crate::db::engine::notes::newest_digests::KnownDigests;
use crate::db::engine::prefetch;
use crate::db::engine::prefetch::{Prefetch, Prefetcher};
use crate::db::engine::rehearsals::{Allowance, Queue, Until, Waiting};
use crate::db::engine::remote::Remote;
use crate::db::engine::remote::line::{Line, Patience};
use crate::db::engine::remote::pulse::{Commits, Pulse};
use crate::db::engine::remote::standbys::Standbys;
use crate::db::engine::transaction::WriteTx;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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

/// How often a writer whose allowance for rehearsals is spent looks whether it may run the one that waits.
const LOOK_AGAIN: Duration = Duration::from_micros(500);

type Work = Arc<dyn Fn(&mut WriteTx<'_>) -> Result<(), DbError> + Send + Sync>;

/// What is done in the transaction of every batch besides its commands.
#[derive(Clone)]
pub struct BesideCommands {
    pub prefetcher: Prefetcher,
    /// Work at the beginning. Without it nothing of the batch is done.
    pub at_begin: Work,
    /// Work at the end. A failure undoes only this work, unless the database is unavailable.
    pub before_commit: Work,
}

impl BesideCommands {
    fn nothing() -> BesideCommands {
        let work: Work = Arc::new(|_| Ok(()));
        BesideCommands { prefetcher: prefetch::nothing, at_begin: Arc::clone(&work), before_commit: work }
    }
}

/// A handle to the writer; clones share it. The thread ends when the last handle is gone.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Queued>,
    rehearsals: Queue,
    /// The number of batches so far, whether or not they were committed.
    batches: Arc<AtomicU64>,
    /// How long a caller waits for the answer to a command.
    patience: Patience,
}

/// What the writer finds in its queue.
enum Queued {
    Command(Box<dyn Job>),
    /// Somebody wants to know whether its session of the server answers.
    Greeting(oneshot::Sender<Result<(), DbError>>),
    /// A rehearsal waits. It stands in a queue of its own, so that it takes no command's place.
    Rehearsal,
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
        // Nobody waits for it any more: whoever wants it done sends it again.
        if let Some(work) = self.work.take().filter(|_| !self.reply.is_closed()) {
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
        let remote = Remote { pulse: Pulse::of(&url), standbys: Standbys::default() };
        Self::start_with(url, queue_length, longest, Readers::default(), remote, BesideCommands::nothing())
    }

    /// The same, with the readers for whom the writer backs off, and what every batch does besides its commands.
    pub fn start_with(
        url: DatabaseUrl,
        queue_length: usize,
        longest: Duration,
        readers: Readers,
        Remote { pulse, standbys }: Remote,
        beside: BesideCommands,
    ) -> Result<Writer, DbError> {
        let line = Line::open(url)?;
        // One place more, for a call to rehearsals.
        let (queue, jobs) = mpsc::channel(queue_length + 1);
        let rehearsals = Queue::default();
        let (waiting, allowance) = (VecDeque::new(), Allowance::new());
        let of_writer = Rehearsals { queue: rehearsals.clone(), allowance };
        let batches = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&batches);
        let (patience, commits) = (line.patience(pulse, longest), line.commits());
        std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                let rehearsals = of_writer;
                Loop {
                    line,
                    jobs,
                    longest,
                    readers,
                    beside,
                    standbys,
                    commits,
                    careful: 0,
                    waiting,
                    rehearsals,
                    batches: counted,
                    known: KnownDigests::default(),
                }
                .run()
            })
            .map_err(DbError::other)?;
        Ok(Writer { queue, rehearsals, batches, patience })
    }

    /// The number of batches that this writer has run: while it is the same, this process has written nothing.
    pub fn batches(&self) -> u64 {
        self.batches.load(Ordering::Acquire)
    }

    /// Queues a command. `work` runs in a savepoint of its own; its value is returned after the commit. An
    /// error undoes only this command.
    pub async fn write<T: Send + 'static>(
        &self,
        wanted: Prefetch,
        work: impl FnOnce(&mut WriteTx<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, DbError> {
        let (reply, answer) = oneshot::channel();
        let command = Box::new(Command { wanted, work: Some(work), result: None, reply });
        self.queue.try_send(Queued::Command(command)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => DbError::Busy,
            mpsc::error::TrySendError::Closed(_) => stopped(),
        })?;
        // Without an answer it is not known whether it will be done: the same command may be sent again with its key.
        self.patience.wait(answer).await?.map_err(|_| stopped())?
    }

    /// Fails if commands cannot be done now, because the writer's session of the server stands still.
    pub async fn is_heard(&self) -> Result<(), DbError> {
        self.patience.is_heard(|reply| self.queue.try_send(Queued::Greeting(reply)).is_ok()).await
    }

    /// Runs `work` in a transaction of the writer that is never committed, when the writer has a moment for it.
    pub async fn rehearse<T: Send + 'static>(
        &self,
        until: Until,
        work: impl FnOnce(&mut WriteTx<'_>) -> T + Send + 'static,
    ) -> Result<T, DbError> {
        let outcome = self.rehearsals.add(until, work)?;
        if self.rehearsals.call() {
            match self.queue.try_send(Queued::Rehearsal) {
                Ok(()) => {}
                // A writer with a full queue is awake, and looks at the rehearsals after its batch.
                Err(mpsc::error::TrySendError::Full(_)) => self.rehearsals.heard(),
                Err(mpsc::error::TrySendError::Closed(_)) => return Err(stopped()),
            }
        }
        outcome.await.map_err(|_| stopped())?
    }
}

fn stopped() -> DbError {
    DbError::Unavailable("the writer has stopped".to_owned())
}

/// The rehearsals that wait for the writer, and the time that it may give them.
struct Rehearsals {
    queue: Queue,
    allowance: Allowance,
}

struct Loop {
    line: Line,
    jobs: mpsc::Receiver<Queued>,
    longest: Duration,
    readers: Readers,
    beside: BesideCommands,
    standbys: Standbys,
    commits: Commits,
    /// The number of commands that are still to be committed one by one.
    careful: usize,
    /// Commands for which the last batch had no time.
    waiting: VecDeque<Box<dyn Job>>,
    rehearsals: Rehearsals,
    batches: Arc<AtomicU64>,
    /// What is known of the digests of rows from the batches before.
    known: KnownDigests,
}

impl Loop {
    fn run(mut self) {
        while let Some(first) = self.first() {
            let mut jobs = Vec::from_iter(first);
            let most = if self.careful > 0 { 1 } else { MOST_IN_BATCH };
            while jobs.len() < most
                && let Some(next) = self.waiting.pop_front().or_else(|| self.queued())
            {
                jobs.push(next);
            }
            if !jobs.is_empty() {
                self.careful = self.careful.saturating_sub(1);
                let (watch, back_off) = (Stopwatch::start(), self.readers.back_off());
                self.batch(jobs);
                self.rehearsals.allowance.worked(watch.elapsed());
                let pause = back_off.duration();
                self.rehearse();
                std::thread::sleep(pause);
            } else {
                self.rehearse();
            }
        }
    }

    /// Waits for something to do: a command, or `Some(None)` for a look at the rehearsals. `None` when no handle
    /// of the writer is left.
    fn first(&mut self) -> Option<Option<Box<dyn Job>>> {
        if let Some(waiting) = self.waiting.pop_front() {
            return Some(Some(waiting));
        }
        let idle = Stopwatch::start();
        let found = if self.rehearsals.queue.is_empty() {
            self.jobs.blocking_recv()?
        } else {
            match self.jobs.try_recv() {
                Ok(queued) => queued,
                Err(mpsc::error::TryRecvError::Disconnected) => return None,
                Err(mpsc::error::TryRecvError::Empty) => {
                    std::thread::sleep(LOOK_AGAIN);
                    self.rehearsals.allowance.idled(idle.elapsed());
                    return Some(None);
                }
            }
        };
        self.rehearsals.allowance.idled(idle.elapsed());
        Some(match found {
            Queued::Command(job) => Some(job),
            Queued::Rehearsal => {
                self.rehearsals.queue.heard();
                None
            }
            Queued::Greeting(reply) => {
                let greeted = self.line.greet();
                // They may no longer wait.
                let _ = reply.send(greeted);
                None
            }
        })
    }

    /// The next command that is queued already.
    fn queued(&mut self) -> Option<Box<dyn Job>> {
        loop {
            match self.jobs.try_recv().ok()? {
                Queued::Command(job) => return Some(job),
                Queued::Rehearsal => self.rehearsals.queue.heard(),
                // The batch that begins now is the sign.
                Queued::Greeting(reply) => drop(reply.send(Ok(()))),
            }
        }
    }

    /// Runs rehearsals, as many as the allowance permits.
    fn rehearse(&mut self) {
        while !self.rehearsals.allowance.is_spent()
            && let Some(mut rehearsal) = self.rehearsals.queue.next()
        {
            let watch = Stopwatch::start();
            let undone = self.run_undone(&mut *rehearsal);
            self.rehearsals.allowance.spent(watch.elapsed());
            rehearsal.answer(undone);
        }
    }

    /// Runs a rehearsal in a transaction of its own and rolls it back.
    fn run_undone(&mut self, rehearsal: &mut dyn Waiting) -> Result<(), DbError> {
        let mut connection = self.line.take()?;
        // After an error the connection is dropped, and with it whatever its transaction did.
        let mut tx = WriteTx::begin(&mut connection)?;
        tx.set_deadline(Some(rehearsal.until().deadline()));
        rehearsal.run(&mut tx);
        tx.roll_back()?;
        self.line.put_back(connection);
        Ok(())
    }

    fn batch(&mut self, jobs: Vec<Box<dyn Job>>) {
        let mut wanted = Prefetch::default();
        jobs.iter().for_each(|job| wanted.add(job.wanted()));
        let several = jobs.len() > 1;
        let mut done = Vec::with_capacity(jobs.len());
        let mut end = self.transact(wanted, jobs, &mut done);
        self.line.rests();
        // Before anybody is answered: whoever has an answer reads what it says.
        self.batches.fetch_add(1, Ordering::Release);
        if let Err(error) = &end {
            tracing::error!(why = %error, commands = done.len(), "a batch of writes was not committed, or nobody knows whether it is safe");
            self.line.give_up();
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
        let mut tx = match self.line.connection().and_then(WriteTx::begin) {
            Ok(tx) => tx,
            Err(error) => {
                done.extend(jobs);
                return Err(error);
            }
        };
        let mut end = tx
            .know(std::mem::take(&mut self.known))
            .and_then(|()| (self.beside.at_begin)(&mut tx))
            .and_then(|()| (self.beside.prefetcher)(&mut tx, wanted));
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
        // The engine itself failed, so nothing of this batch is committed.
        if let Err(error) = end {
            done.extend(jobs);
            let _ = tx.roll_back();
            return Err(error);
        }
        self.waiting.extend(jobs);
        tx.set_deadline(None);
        let before_commit = &self.beside.before_commit;
        if let Err(error @ DbError::Unavailable(_)) = tx.savepoint(|tx| before_commit(tx)) {
            let _ = tx.roll_back();
            return Err(error);
        }
        let committed = self.commits.time(|| tx.commit(&self.standbys));
        reach(FaultPoint::AfterCommit);
        self.known = committed?;
        Ok(())
    }
}
