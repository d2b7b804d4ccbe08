//! Requests that consist of several commands: an upload that is recorded, checked line by line and then
//! answered, or a bulk request. The last command carries the idempotency key of the request and stores its
//! whole answer; each earlier command is safe to repeat by itself.

use crate::db::idempotency;
use crate::service::Service;
use crate::service::error::Error;
use crate::service::runner::{Answered, Call, Command};
use std::sync::Arc;

impl Service {
    /// Checks whether such a request may begin: `None` when it may. Without permission, or with a known key,
    /// the caller gets the runner's own answer through the last command, with its audit entry.
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
}
