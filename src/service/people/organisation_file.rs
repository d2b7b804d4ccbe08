//! A company as its page shows it: its identity, its group, and the other companies of that group.

use crate::db::people::organisations;
use crate::service::Service;
use crate::service::people::organisations::READ_PERMISSION;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use domain::base::id::OrganisationId;
use domain::base::permission::Permission;
use domain::people::organisation::Organisation;
use std::sync::Arc;

/// A company with what its page shows.
pub struct OrganisationFile {
    pub organisation: Organisation,
    /// The other companies of its group, for offices and auditors.
    pub same_group: Vec<Organisation>,
    /// Whether the reader may record its group.
    pub may_group: bool,
}

impl Service {
    /// One company with what its page shows.
    pub async fn organisation_file(
        self: &Arc<Self>,
        caller: Caller,
        id: OrganisationId,
    ) -> Result<OrganisationFile, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let found = organisations::find(tx, id)?.filter(|found| actor.sees(found.id));
            let organisation = found.or_not_found("organisation")?;
            let mut same_group = Vec::new();
            if organisation.company_group.is_some() {
                same_group = organisations::list(tx, actor.narrowed_to())?;
                same_group.retain(|other| other.id != id && other.company_group == organisation.company_group);
            }
            let may_group = actor.may(Permission::RecordCompanyGroup).is_ok();
            Ok(OrganisationFile { organisation, same_group, may_group })
        })
        .await
    }
}
