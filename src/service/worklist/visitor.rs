//! Who reads a page, and how much waits for them: every page says both.

use crate::db::people::users;
use crate::service::Service;
use crate::service::people::users::OWN_ACCOUNT_PERMISSION;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use crate::service::worklist::worklist::{KindTotal, READ_PERMISSION};
use domain::people::user::User;
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
        let service = Arc::clone(self);
        self.read(caller, OWN_ACCOUNT_PERMISSION, move |tx, actor| {
            let user = users::find(tx, actor.user_id)?.or_not_found("user")?;
            let to_do = match actor.may(READ_PERMISSION) {
                Ok(()) => Some(ToDo(service.to_do(tx, actor)?)),
                Err(_) => None,
            };
            Ok((user, to_do))
        })
        .await
    }
}
