//! Accounts as pages show them to an administrator: the record with the name of its company, and what there is to
//! choose from.

use crate::db::engine::transaction::ReadTx;
use crate::db::people::{organisations, sessions, users};
use crate::service::Service;
use crate::service::people::personal_data::require_erasable;
use crate::service::people::users::READ_PERMISSION;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::newest_first::newest_first;
use crate::service::running::runner::Caller;
use domain::base::id::UserId;
use domain::base::permission::{Permission, Role};
use domain::base::refusal::Refusal;
use domain::people::user::User;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One row of the list of accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRow {
    pub user: User,
    pub company: Option<String>,
}

/// One page of the list of accounts, and how many there are in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeopleList {
    pub rows: Vec<PersonRow>,
    pub all: i64,
}

/// One account with everything that its page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonFile {
    pub user: User,
    /// Whether it is the only enabled account of an administrator.
    pub last_administrator: bool,
    pub companies: Vec<(String, String)>,
    /// Why its name and address cannot be erased now.
    pub erasure_refused: Option<Refusal>,
}

/// Ids and names of all companies.
fn companies(tx: &mut ReadTx<'_>) -> Result<Vec<(String, String)>, Error> {
    Ok(organisations::list(tx, None)?.into_iter().map(|one| (one.id.to_string(), one.name)).collect())
}

impl Service {
    /// One page of the accounts, the newest first; pages are numbered from 1.
    pub async fn people_list(self: &Arc<Self>, caller: Caller, page: i64, rows: i64) -> Result<PeopleList, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let names: BTreeMap<String, String> = companies(tx)?.into_iter().collect();
            let (shown, all) = newest_first(users::list(tx)?, page, rows);
            let row = |user: User| PersonRow {
                company: user.organisation_id.and_then(|id| names.get(&id.to_string()).cloned()),
                user,
            };
            Ok(PeopleList { rows: shown.into_iter().map(row).collect(), all })
        })
        .await
    }

    /// One account with what its page shows.
    pub async fn person_file(self: &Arc<Self>, caller: Caller, id: UserId) -> Result<PersonFile, Error> {
        let (kept_years, today) = (self.personal_data_kept_years, self.clock.now().date_in_india());
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let user = users::find(tx, id)?.or_not_found("user")?;
            let administers = user.disabled_at.is_none() && user.roles.has(Role::Administrator);
            let last_administrator = administers && users::count_enabled(tx, Role::Administrator)? == 1;
            let was_used = sessions::any_of(tx, user.id)?;
            let erasure_refused = require_erasable(&user, was_used, kept_years, today).err();
            Ok(PersonFile { user, last_administrator, companies: companies(tx)?, erasure_refused })
        })
        .await
    }

    /// The companies that a new account may be for.
    pub async fn companies_for_people(self: &Arc<Self>, caller: Caller) -> Result<Vec<(String, String)>, Error> {
        self.read(caller, Permission::ManageUsers, |tx, _| companies(tx)).await
    }
}
