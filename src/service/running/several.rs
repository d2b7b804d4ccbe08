//! Requests that consist of several commands: an upload that is recorded, checked line by line and then
//! answered, or a bulk request. The last command carries the idempotency key of the request and stores its
//! whole answer; each earlier command is safe to repeat by itself.

use crate::db::engine::idempotency;
use crate::service::Service;
use crate::service::running::any_command::AnyCommand;
use crate::service::running::error::Error;
use crate::service::running::runner::{Answered, Call, Command};
use std::sync::Arc;

impl Service {
    /// Checks whether such a request may begin: `None` when it may. Without permission, or with a known key,
    /// the caller gets the runner's own answer through the last command, with its audit entry.
    pub(in crate::service) fn begin_several<C: Command>(
        self: &Arc<Self>,
        call: &Call,
        last: C,
    ) -> impl Future<Output = Result<Option<Answered>, Error>> {
        self.begin_any(call, AnyCommand::rendered(last, |_| String::new()))
    }

    async fn begin_any(self: &Arc<Self>, call: &Call, last: AnyCommand<String>) -> Result<Option<Answered>, Error> {
        call.must_act()?;
        let key = call.key.clone();
        let asked = self.read(call.caller, last.declaration.permission, move |tx, actor| {
            let Some(key) = key else { return Ok(false) };
            Ok(idempotency::find(tx, actor.user_id, &key.key)?.is_some())
        });
        match asked.await {
            Ok(false) => Ok(None),
            Ok(true) | Err(Error::Refused(_)) => self.execute_any(call.clone(), last).await.map(Some),
            Err(error) => Err(error),
        }
    }
}
