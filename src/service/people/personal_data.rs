//! Personal and confidential values, stored outside the audit log, whose entries have only their salted
//! digests. They are shown to auditors, given a digest where an earlier program left none, and erased without
//! changing the log (Digital Personal Data Protection Act, 2023, sections 8(7) and 12(3)).

use crate::db::engine::idempotency;
use crate::db::log::audit_log;
use crate::db::people::{disclosures, organisations, sessions, users};
use crate::service::Service;
use crate::service::people::organisations::withhold_identifiers;
use crate::service::people::users::withhold_identity;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::operation::Operation;
use crate::service::running::runner::{Answered, Call, Caller, Command, Done, Work, check_version};
use chrono::NaiveDate;
use domain::base::field::{FieldErrors, check_text};
use domain::base::id::{OrganisationId, UserId};
use domain::base::permission::Permission;
use domain::base::refusal::Refusal;
use domain::people::disclosure::Disclosure;
use domain::people::user::User;
use serde_json::json;
use std::sync::Arc;

/// Number of accounts or organisations of an earlier program that are processed at once.
const AT_ONCE: i64 = 100;

/// Erases a person's name and e-mail address for good, wherever they are stored.
struct ErasePersonalData {
    id: UserId,
    seen_version: i64,
    reference: String,
    kept_years: u32,
}

impl Command for ErasePersonalData {
    const NAME: &'static str = "erase_personal_data";
    const PERMISSION: Permission = Permission::ErasePersonalData;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "account_enabled", "personal_data_needed", "already_erased"];
    const CHANGES_NAMES: bool = true;
    type Answer = User;

    fn subject(&self) -> String {
        format!("user:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<User>, Error> {
        let subject = self.subject();
        let mut errors = FieldErrors::new();
        check_text(&mut errors, "/reference", &self.reference, 200);
        errors.finish()?;
        let mut user = users::find(work.tx, self.id)?.or_not_found("user")?;
        check_version(self.seen_version, user.version)?;
        let was_used = sessions::any_of(work.tx, user.id)?;
        require_erasable(&user, was_used, self.kept_years, work.today())?;
        user.erase(work.now);
        users::erase(work.tx, &mut user)?;
        // Answers stored for replays contain the values too.
        let told = audit_log::of_subjects(work.tx, std::slice::from_ref(&subject))?;
        let told: Vec<_> = told.iter().map(|entry| (entry.facts.actor_id, entry.facts.sequence)).collect();
        let body = serde_json::to_string(&user).map_err(|error| Error::Internal(error.to_string()))?;
        idempotency::replace_bodies(work.tx, &told, &body)?;
        disclosures::erase(work.tx, &subject, work.audit_sequence)?;
        Ok(Done { answer: user, subject, details: json!({ "reference": self.reference }) })
    }
}

/// Refuses to erase an account that is enabled, is erased, or has acted too lately.
pub(super) fn require_erasable(user: &User, was_used: bool, kept_years: u32, today: NaiveDate) -> Result<(), Refusal> {
    match user.erasable_from(was_used, kept_years)?.filter(|until| *until > today) {
        Some(until) => Err(Refusal::PersonalDataNeeded { until }),
        None => Ok(()),
    }
}

/// The person or organisation whose values get digests in the log.
#[derive(Clone, Copy)]
enum Whose {
    Person(UserId),
    Organisation(OrganisationId),
}

/// Puts the digests of a person's or organisation's values into the log.
struct CommitIdentity(Whose);

impl Command for CommitIdentity {
    const NAME: &'static str = "commit_identity";
    const PERMISSION: Permission = Permission::ManageUsers;
    const REFUSALS: &'static [&'static str] = &[];
    type Answer = ();

    fn subject(&self) -> String {
        match self.0 {
            Whose::Person(id) => format!("user:{id}"),
            Whose::Organisation(id) => format!("organisation:{id}"),
        }
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        let subject = self.subject();
        match self.0 {
            Whose::Person(id) => {
                let user = users::find(work.tx, id)?.or_not_found("user")?;
                withhold_identity(work, &user)?;
            }
            Whose::Organisation(id) => {
                let organisation = organisations::find(work.tx, id)?.or_not_found("organisation")?;
                withhold_identifiers(work, &organisation)?;
            }
        }
        Ok(Done { answer: (), subject, details: json!({}) })
    }
}

pub const ERASE_PERSONAL_DATA: Operation = Operation::of::<ErasePersonalData>();

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadAuditLog;

impl Service {
    /// Erases a person's name and e-mail address. The account must be disabled and, if it was ever used, the
    /// years of the settings must have passed.
    pub async fn erase_personal_data(
        self: &Arc<Self>,
        call: Call,
        id: UserId,
        seen_version: i64,
        reference: String,
        render: impl FnOnce(User) -> String + Send + 'static,
    ) -> Result<Answered, Error> {
        let command = ErasePersonalData { id, seen_version, reference, kept_years: self.personal_data_kept_years };
        self.execute(call, command, render).await
    }

    /// The values withheld from an entry of the log, for a person who must prove the entry.
    pub async fn disclosures(self: &Arc<Self>, caller: Caller, entry: i64) -> Result<Vec<Disclosure>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            audit_log::find(tx, entry)?.or_not_found("entry")?;
            Ok(disclosures::of_entry(tx, entry)?)
        })
        .await
    }

    /// Adds digests to the log for people and organisations that an earlier program registered.
    pub(in crate::service) async fn commit_identities(self: &Arc<Self>) -> Result<(), Error> {
        loop {
            let lacking = self.read_openly(|tx| {
                let people = disclosures::people_without(tx, AT_ONCE)?.into_iter().map(Whose::Person);
                let others = disclosures::organisations_without(tx, AT_ONCE)?.into_iter().map(Whose::Organisation);
                Ok(people.chain(others).collect::<Vec<_>>())
            });
            let lacking = lacking.await?;
            if lacking.is_empty() {
                return Ok(());
            }
            for whose in lacking {
                let call = Call::unkeyed(Caller::Operator);
                self.execute(call, CommitIdentity(whose), |()| String::new()).await?;
            }
        }
    }
}
