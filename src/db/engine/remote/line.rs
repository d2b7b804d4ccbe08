//! The writer's connection, and how long anybody waits for what the writer does on it.

use crate::db::engine::connection::{DatabaseUrl, DbConnection, Purpose};
use crate::db::engine::error::DbError;
use crate::db::engine::remote::pulse::{Commits, LONGEST_COMMIT, Pulse};
use crate::db::engine::remote::sessions::{self, Busy};
use diesel::connection::SimpleConnection;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How long an idle writer may take to answer a greeting, and then the server to say whether it heard it.
const GREETED_WITHIN: Duration = Duration::from_millis(950);
const JUDGED_WITHIN: Duration = Duration::from_millis(450);

/// The connection, which is made anew when it was given up.
pub(in crate::db) struct Line {
    url: DatabaseUrl,
    connection: Option<DbConnection>,
    commits: Commits,
    busy: Busy,
}

impl Line {
    pub fn open(url: DatabaseUrl) -> Result<Line, DbError> {
        let mut line = Line { url, connection: None, commits: Commits::default(), busy: Busy::default() };
        line.connection()?;
        Ok(line)
    }

    /// Whoever waits for what is done on it.
    pub fn patience(&self, pulse: Pulse, longest: Duration) -> Patience {
        Patience { pulse, longest, commits: self.commits.clone(), busy: self.busy.clone() }
    }

    pub fn commits(&self) -> Commits {
        self.commits.clone()
    }

    pub fn connection(&mut self) -> Result<&mut DbConnection, DbError> {
        let connection = self.take()?;
        Ok(self.connection.insert(connection))
    }

    /// Takes the connection away. Unless it is put back, whatever its transaction did is dropped with it.
    pub fn take(&mut self) -> Result<DbConnection, DbError> {
        if let Some(connection) = self.connection.take() {
            return Ok(connection);
        }
        self.busy.with(None);
        let mut new = self.commits.time(|| self.url.connect(Purpose::Write))?;
        self.busy.with(sessions::of(&mut new));
        Ok(new)
    }

    pub fn put_back(&mut self, connection: DbConnection) {
        self.connection = Some(connection);
    }

    pub fn give_up(&mut self) {
        self.connection = None;
    }

    /// Between two calls nothing is waited for, whatever became of the last one.
    pub fn rests(&self) {
        self.busy.session().iter().for_each(sessions::Session::rests);
    }

    /// Asks the server for a sign of life, on a new connection if the last one broke.
    pub fn greet(&mut self) -> Result<(), DbError> {
        if self.connection()?.batch_execute("SELECT 1").is_err() {
            self.give_up();
            self.connection()?;
        }
        Ok(())
    }
}

/// How long somebody waits for the writer.
#[derive(Clone)]
pub(in crate::db) struct Patience {
    pulse: Pulse,
    longest: Duration,
    commits: Commits,
    busy: Busy,
}

impl Patience {
    /// Waits for the answer to a command.
    pub async fn wait<T>(&self, answer: impl Future<Output = T>) -> Result<T, DbError> {
        self.pulse.wait_within(Some(self.longest), || self.is_stuck(), &self.busy, answer).await
    }

    /// Whether one call to the database, such as the commit, has taken so long that it may never come back.
    fn is_stuck(&self) -> bool {
        self.commits.is_stuck() || self.busy.called_for().is_some_and(|time| time > LONGEST_COMMIT)
    }

    /// Fails if the session of the writer stands still. `greet` asks an idle writer to greet the server; one that is
    /// busy is not waited for.
    pub async fn is_heard(
        &self,
        greet: impl FnOnce(oneshot::Sender<Result<(), DbError>>) -> bool,
    ) -> Result<(), DbError> {
        if !self.pulse.is_remote() {
            return Ok(());
        }
        let (reply, answer) = oneshot::channel();
        if greet(reply)
            && let Ok(Ok(greeted)) = timeout(GREETED_WITHIN, answer).await
        {
            return greeted;
        }
        let Some(session) = self.busy.session() else { return Ok(()) };
        let is_over = session.called_for().is_some_and(|time| time > self.longest);
        if is_over || !self.pulse.hears(session, JUDGED_WITHIN).await {
            return Err(DbError::Unavailable("the writer's session of the database server stands still".to_owned()));
        }
        Ok(())
    }
}
