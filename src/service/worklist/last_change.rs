//! Who changed a record since somebody saw it, and when: for a person whose form was made for an older version of it.

use crate::db::worklist::last_change;
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::running::past::Moment;
use crate::service::running::runner::Caller;
use crate::service::worklist::names::Names;
use domain::base::calendar::Timestamp;
use domain::base::permission::Permission;
use domain::people::office::PersonThere;
use std::sync::Arc;

/// A change of a record, as its reader may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastChange {
    pub at: Timestamp,
    /// The person and the office; a company is told the office only. `None` where the service itself did it.
    pub who: Option<PersonThere>,
}

/// What became of a record since a person saw it.
#[derive(Clone, Debug, Default)]
pub struct ChangedSince {
    /// The changes, the newest first.
    pub changes: Vec<LastChange>,
    /// The moment at which the record still was as the person saw it; `None` where the history begins later.
    pub seen: Option<Moment>,
}

impl Service {
    /// What became of the record of a subject since it had this version. The caller has just been told that the version
    /// they saw is not the newest, and so that they may see the record.
    pub async fn changed_since(
        self: &Arc<Self>,
        caller: Caller,
        subject: String,
        seen_version: i64,
    ) -> Result<ChangedSince, Error> {
        let now = self.clock.now();
        self.read(caller, Permission::KeepSession, move |tx, actor| {
            let found = last_change::since(tx, &subject, seen_version)?;
            let people: Vec<_> = found.iter().map(|change| change.by).collect();
            let names = Names::of_people(tx, actor, &people)?;
            let change =
                |one: &last_change::Change| LastChange { who: names.person(one.by, Some(one.at), None), at: one.at };
            let seen = found.last().and_then(|first| first.before.clone()).map(|last| Moment::after(last, now));
            Ok(ChangedSince { changes: found.iter().map(change).collect(), seen })
        })
        .await
    }
}
