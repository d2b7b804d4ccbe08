//! Who changed a record last, and when, for somebody whose form was made for an older version of it.

use crate::db::worklist::last_change;
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::running::runner::Caller;
use crate::service::worklist::names::Names;
use domain::base::calendar::Timestamp;
use domain::base::permission::Permission;
use domain::people::office::PersonThere;
use std::sync::Arc;

/// The last change of a record, as its reader may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastChange {
    pub at: Timestamp,
    /// The person and the office; a company is told the office only. `None` where the service itself did it.
    pub who: Option<PersonThere>,
}

impl Service {
    /// The last change of the record of a subject. The caller has just been told that the version they saw is not the
    /// newest, and so that they may see the record.
    pub async fn last_change(self: &Arc<Self>, caller: Caller, subject: String) -> Result<Option<LastChange>, Error> {
        self.read(caller, Permission::KeepSession, move |tx, actor| {
            let Some(change) = last_change::find(tx, &subject)? else { return Ok(None) };
            let names = Names::of_people(tx, actor, &[change.by])?;
            Ok(Some(LastChange { who: names.person(change.by, Some(change.at), None), at: change.at }))
        })
        .await
    }
}
