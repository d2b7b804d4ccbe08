//! Registering a manufacturer, and recording the group of companies it belongs to.

use crate::db::people::{organisations, users};
use crate::service::Service;
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use domain::base::field::{FieldErrors, check_name, check_text};
use domain::base::folding::folded_firm;
use domain::base::id::OrganisationId;
use domain::base::permission::Permission;
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::people::disclosure::DisclosedField;
use domain::people::organisation::{Organisation, Registration};
use serde_json::json;
use std::sync::Arc;

/// A preparer registers their organisation and from then on belongs to it.
pub struct RegisterOrganisation {
    pub registration: Registration,
}

impl Command for RegisterOrganisation {
    const NAME: &'static str = "register_organisation";
    const PERMISSION: Permission = Permission::RegisterOrganisation;
    const REFUSALS: &'static [&'static str] = &["organisation_already_joined", "already_exists"];
    const CHANGES_NAMES: bool = true;
    type Answer = Organisation;

    fn subject(&self) -> String {
        "organisation".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Organisation>, Error> {
        let registration = self.registration.checked(work.today())?;
        if work.actor.organisation_id.is_some() {
            return Err(Refusal::OrganisationAlreadyJoined.into());
        }
        if let Some(what) = organisations::taken(work.tx, &registration)? {
            return Err(Refusal::AlreadyExists { what: Reason::RegisteredAlready { what } }.into());
        }
        let organisation = Organisation {
            id: OrganisationId(work.new_id()),
            name: registration.name,
            cin: registration.cin,
            pan: registration.pan,
            gstin: registration.gstin,
            bank_account: registration.bank_account,
            ifsc: registration.ifsc,
            registered_at: work.now,
            company_group: None,
            version: 1,
        };
        organisations::insert(work.tx, &organisation)?;
        let mut user = users::find(work.tx, work.actor.user_id)?.ok_or(Error::Unauthenticated)?;
        user.organisation_id = Some(organisation.id);
        users::update(work.tx, &mut user)?;
        withhold_identifiers(work, &organisation)?;
        let details =
            json!({ "cin": organisation.cin, "account": organisation.masked_account(), "ifsc": organisation.ifsc });
        let subject = format!("organisation:{}", organisation.id);
        Ok(Done { answer: organisation, subject, details })
    }
}

/// Stores the confidential values of an organisation outside the audit entry, which has their digests.
pub(in crate::service) fn withhold_identifiers(work: &mut Work<'_, '_>, of: &Organisation) -> Result<(), Error> {
    work.withhold(DisclosedField::Pan, &of.pan)?;
    work.withhold(DisclosedField::Gstin, &of.gstin)?;
    work.withhold(DisclosedField::BankAccount, &of.bank_account)
}

/// An officer records the group of companies that an organisation belongs to, so that two of them cannot claim
/// one invoice; without a group, it is recorded that it belongs to none.
pub struct RecordCompanyGroup {
    pub id: OrganisationId,
    pub seen_version: i64,
    pub company_group: Option<String>,
    pub reason: String,
}

impl Command for RecordCompanyGroup {
    const NAME: &'static str = "record_company_group";
    const PERMISSION: Permission = Permission::RecordCompanyGroup;
    const REFUSALS: &'static [&'static str] = &["stale_version"];
    type Answer = Organisation;

    fn subject(&self) -> String {
        format!("organisation:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Organisation>, Error> {
        let subject = self.subject();
        let mut errors = FieldErrors::new();
        check_text(&mut errors, "/reason", &self.reason, 1_000);
        if let Some(name) = &self.company_group {
            check_name(&mut errors, "/company_group", name, 200);
        }
        errors.finish()?;
        let all = organisations::list(work.tx, None)?;
        let mut organisation = organisations::find(work.tx, self.id)?.or_not_found("organisation")?;
        check_version(self.seen_version, organisation.version)?;
        // A group has one spelling: the one recorded first.
        organisation.company_group = self.company_group.map(|name| {
            let known = all.into_iter().filter_map(|other| other.company_group);
            let mut same = known.filter(|known| folded_firm(known) == folded_firm(&name));
            same.next().unwrap_or_else(|| name.trim().to_owned())
        });
        organisations::update(work.tx, &mut organisation)?;
        work.withhold(DisclosedField::Reason, &self.reason)?;
        let details = json!({ "company_group": organisation.company_group });
        Ok(Done { answer: organisation, subject, details })
    }
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

impl Service {
    /// Organisations after the given one, in the order of ids. The caller requests one more than a page shows, to see
    /// whether more follow.
    pub async fn list_organisations(
        self: &Arc<Self>,
        caller: Caller,
        after: Option<OrganisationId>,
        limit: i64,
    ) -> Result<Vec<Organisation>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            require_known(after, |id| Ok(organisations::find(tx, id)?.filter(|found| actor.sees(found.id))))?;
            Ok(organisations::page(tx, actor.narrowed_to(), after, limit)?)
        })
        .await
    }

    pub async fn organisation(self: &Arc<Self>, caller: Caller, id: OrganisationId) -> Result<Organisation, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            organisations::find(tx, id)?.filter(|found| actor.sees(found.id)).or_not_found("organisation")
        })
        .await
    }
}
