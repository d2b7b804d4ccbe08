//! What a person did, read back from the audit log by that person: pages show it after an act.

use crate::db::engine::idempotency;
use crate::db::log::audit_log;
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::running::runner::Caller;
use domain::base::permission::Permission;
use domain::log::audit::{AuditEntry, AuditOutcome};
use std::sync::Arc;

/// The permission that the reads of this file take: everybody may see their own acts.
pub const READ_PERMISSION: Permission = Permission::KeepSession;

impl Service {
    /// The entry with this number, if it is an act of the caller that was done on one of these subjects.
    pub async fn own_act(
        self: &Arc<Self>,
        caller: Caller,
        entry: i64,
        subjects: Vec<String>,
    ) -> Result<Option<AuditEntry>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let own = |entry: &AuditEntry| {
                entry.facts.actor_id == actor.user_id
                    && entry.facts.outcome == AuditOutcome::Done
                    && subjects.contains(&entry.facts.subject)
            };
            Ok(audit_log::find(tx, entry)?.filter(own))
        })
        .await
    }

    /// The entry of what the caller did under an idempotency key, if anything.
    pub async fn own_act_under_key(self: &Arc<Self>, caller: Caller, key: String) -> Result<Option<AuditEntry>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let given = idempotency::find(tx, actor.user_id, &key)?;
            match given.and_then(|given| given.log_entry) {
                Some(entry) => Ok(audit_log::find(tx, entry)?),
                None => Ok(None),
            }
        })
        .await
    }
}
