//! Who reads a page, and how much waits for them: every page says both.

use crate::db::people::users;
use crate::service::Service;
use crate::service::people::users::OWN_ACCOUNT_PERMISSION;
use crate::service::running::error::Error;
use crate::service::running::runner::Caller;
use crate::service::worklist::worklist::{KindTotal, READ_PERMISSION};
use domain::people::user::{Actor, User};
use domain::worklist::matter::MatterKind;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a person can act on: how many matters of each kind.
#[derive(Clone, Debug, Default)]
pub struct ToDo(pub BTreeMap<MatterKind, KindTotal>);

impl ToDo {
    /// How many matters there are in all; a lower bound if there are `more`.
    pub fn count(&self) -> i64 {
        self.0.values().map(|total| total.count).sum()
    }

    /// Whether there are more than were looked at.
    pub fn more(&self) -> bool {
        self.0.values().any(|total| total.more)
    }
}

impl Service {
    /// The account of the caller and what waits for them; `None` for roles that have no worklist.
    pub async fn visitor(self: &Arc<Self>, caller: Caller) -> Result<(User, Option<ToDo>), Error> {
        let Caller::Person { user_id, session_id } = caller else { return Err(Error::Unauthenticated) };
        let service = Arc::clone(self);
        // Every page asks this, so the session and its account are one statement.
        self.read_openly(move |tx| {
            let found = users::of_session(tx, session_id, user_id, service.clock.system_now())?;
            let user = found.ok_or(Error::Unauthenticated)?;
            let (roles, organisation_id) = (user.roles.clone(), user.organisation_id);
            let actor = Actor { user_id, session_id: Some(session_id), roles, organisation_id, operator: false };
            actor.may(OWN_ACCOUNT_PERMISSION)?;
            let to_do = match actor.may(READ_PERMISSION) {
                Ok(()) => Some(ToDo(service.to_do(tx, &actor)?)),
                Err(_) => None,
            };
            Ok((user, to_do))
        })
        .await
    }
}
