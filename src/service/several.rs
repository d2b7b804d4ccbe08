//! Requests that are made of several commands: an upload that is taken in, looked at line by line
//! and then answered, or a bulk. The last command carries the key of the request and keeps its
//! whole answer; what comes before is safe to repeat by itself.

use crate::db::idempotency;
use crate::service::Service;
use crate::service::error::Error;
use crate::service::runner::{Answered, BulkDone, BulkMode, Call, Command, Outcome};
use std::sync::Arc;

/// How many commands of a long request run before others have their turn.
const TURN: usize = 250;

impl Service {
    /// Whether such a request may begin: `None` when it may. A person who may not, or a key that
    /// is known, gets the runner's own answer through the last command, with its audit entry.
    pub(in crate::service) async fn begin_several<C: Command>(
        self: &Arc<Self>,
        call: &Call,
        last: C,
    ) -> Result<Option<Answered>, Error> {
        let key = call.key.clone();
        let asked = self.read(call.caller, C::PERMISSION, move |tx, actor| {
            let Some(key) = key else { return Ok(false) };
            Ok(idempotency::find(tx, actor.user_id, &key.key)?.is_some())
        });
        match asked.await {
            Ok(false) => Ok(None),
            Ok(true) | Err(Error::Refused(_)) => self.execute(call.clone(), last, |_| String::new()).await.map(Some),
            Err(error) => Err(error),
        }
    }

    /// Runs commands each on its own, giving way to others in between. A failure of the database
    /// is a failure of the whole: the same request with the same key goes on where it stopped.
    pub(in crate::service) async fn execute_each<C: Command>(
        self: &Arc<Self>,
        call: &Call,
        commands: Vec<C>,
        render: impl Fn(C::Answer) -> String + Clone + Send + 'static,
    ) -> Result<Vec<Outcome>, Error> {
        let mut outcomes = Vec::with_capacity(commands.len());
        let mut waiting = commands.into_iter().peekable();
        while waiting.peek().is_some() {
            let turn: Vec<C> = waiting.by_ref().take(TURN).collect();
            let mut part = call.clone();
            if let Some(key) = &mut part.key {
                key.key = format!("{}:{}", key.key, outcomes.len() / TURN + 1);
            }
            match self.execute_bulk(part, turn, BulkMode::Each, render.clone()).await? {
                BulkDone::Each(done) => outcomes.extend(done),
                BulkDone::All(done) => outcomes.extend(done.into_iter().map(Ok)),
                BulkDone::Undone { error, .. } => return Err(error),
            }
            if outcomes.iter().any(|outcome| matches!(outcome, Err(Error::Unavailable(_) | Error::Internal(_)))) {
                return Err(Error::Unavailable("a long request stopped on the way".to_owned()));
            }
        }
        Ok(outcomes)
    }
}
