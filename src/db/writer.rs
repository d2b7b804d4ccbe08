//! The one writer of a process: a thread that runs many commands in one transaction, each in its
//! own savepoint, commits once, and only then answers (group commit). Nothing waits for a batch to
//! fill: a batch is what had queued up while the last one was being committed.

use crate::db::connection::{DatabaseUrl, DbConnection, Purpose, WriteTx};
use crate::db::error::DbError;
use crate::db::fault_points::{FaultPoint, reach};
use tokio::sync::{mpsc, oneshot};

/// The most commands one commit carries.
const MOST_IN_BATCH: usize = 64;

/// A handle to the writer; clones share it. The thread ends when the last handle is gone.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
}

/// A command on its way: run inside the transaction, answered after the commit.
trait Job: Send {
    fn run(&mut self, tx: &mut WriteTx<'_>) -> Result<(), DbError>;
    fn answer(self: Box<Self>, committed: Result<(), DbError>);
}

struct Command<T, F> {
    work: Option<F>,
    result: Option<T>,
    reply: oneshot::Sender<Result<T, DbError>>,
}

impl<T, F> Job for Command<T, F>
where
    T: Send,
    F: FnOnce(&mut WriteTx<'_>) -> Result<T, DbError> + Send,
{
    fn run(&mut self, tx: &mut WriteTx<'_>) -> Result<(), DbError> {
        if let Some(work) = self.work.take() {
            self.result = Some(tx.savepoint(work)?);
        }
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), DbError>) {
        let Command { result, reply, .. } = *self;
        let answer = committed.and_then(|()| result.ok_or(DbError::Other("a command left no result".to_owned())));
        // The caller may have gone; what was committed stays committed.
        let _ = reply.send(answer);
    }
}

impl Writer {
    /// Starts the thread. `queue_length` commands may wait; more are turned away.
    pub fn start(url: DatabaseUrl, queue_length: usize) -> Result<Writer, DbError> {
        let connection = url.connect(Purpose::Write)?;
        let (queue, jobs) = mpsc::channel(queue_length);
        std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || Loop { url, connection: Some(connection), jobs }.run())
            .map_err(DbError::other)?;
        Ok(Writer { queue })
    }

    /// Queues a command. `work` gets a transaction of its own (a savepoint); its value arrives
    /// after the commit. An error undoes this command alone.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut WriteTx<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, DbError> {
        let (reply, answer) = oneshot::channel();
        self.queue.try_send(Box::new(Command { work: Some(work), result: None, reply })).map_err(
            |error| match error {
                mpsc::error::TrySendError::Full(_) => DbError::Busy,
                mpsc::error::TrySendError::Closed(_) => DbError::Unavailable("the writer has stopped".to_owned()),
            },
        )?;
        answer.await.map_err(|_| DbError::Unavailable("the writer has stopped".to_owned()))?
    }
}

struct Loop {
    url: DatabaseUrl,
    connection: Option<DbConnection>,
    jobs: mpsc::Receiver<Box<dyn Job>>,
}

impl Loop {
    fn run(mut self) {
        while let Some(first) = self.jobs.blocking_recv() {
            self.batch(first);
        }
    }

    fn batch(&mut self, first: Box<dyn Job>) {
        let connection = match self.connection.take().map_or_else(|| self.url.connect(Purpose::Write), Ok) {
            Ok(connection) => self.connection.insert(connection),
            Err(error) => return first.answer(Err(error)),
        };
        let mut tx = match WriteTx::begin(connection) {
            Ok(tx) => tx,
            Err(error) => {
                self.connection = None;
                return first.answer(Err(error));
            }
        };
        let mut done: Vec<Box<dyn Job>> = Vec::new();
        let mut next = Some(first);
        let mut broken = None;
        while let Some(mut job) = next.take() {
            match job.run(&mut tx) {
                Ok(()) => done.push(job),
                Err(error @ DbError::Unavailable(_)) => {
                    job.answer(Err(error));
                    broken = Some(());
                    break;
                }
                Err(error) => job.answer(Err(error)),
            }
            reach(FaultPoint::InBatch);
            if done.len() < MOST_IN_BATCH {
                next = self.jobs.try_recv().ok();
            }
        }
        let end = if broken.is_some() {
            // The engine itself failed: nothing of this batch may count.
            let _ = tx.roll_back();
            Err("the batch was undone because the database failed".to_owned())
        } else {
            reach(FaultPoint::BeforeCommit);
            tx.commit().map_err(|error| error.to_string())
        };
        if let Err(why) = &end {
            tracing::error!(why, "a batch of writes was not committed");
            self.connection = None;
        }
        reach(FaultPoint::AfterCommit);
        for job in done {
            job.answer(end.clone().map_err(DbError::Unavailable));
        }
    }
}
