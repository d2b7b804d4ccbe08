//! Users: created, changed and disabled by an administrator; every person changes their own password.

use crate::db::people::{organisations, sessions, users};
use crate::service::Service;
use crate::service::people::passwords;
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::operation::Operation;
use crate::service::running::runner::{Answered, Call, Caller, Command, Done, Work, check_version};
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::{OrganisationId, UserId};
use domain::base::permission::{Permission, Role, Roles};
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::people::disclosure::DisclosedField;
use domain::people::user::{User, check_account, check_password, parse_email};
use serde_json::json;
use std::sync::Arc;

/// The details of a new account, as an administrator states them.
#[derive(Clone, Debug)]
pub struct NewUser {
    pub email: String,
    pub name: String,
    pub roles: Roles,
    pub organisation_id: Option<OrganisationId>,
    /// If none is given, a random one is made and shown once.
    pub password: Option<String>,
}

impl NewUser {
    /// What is wrong with the details themselves; returns the e-mail address as it is stored.
    fn check_fields(&self) -> Result<String, FieldErrors> {
        let mut errors = FieldErrors::new();
        let email = errors.take("/email", parse_email(&self.email)).unwrap_or_default();
        check_account(&mut errors, &self.name, self.password.as_deref());
        errors.require(!self.roles.0.is_empty(), "/roles", FieldReason::RoleMissing);
        errors.finish()?;
        Ok(email)
    }

    /// Everything that can be found wrong without a database.
    pub fn check(&self) -> Result<(), Error> {
        self.check_fields()?;
        self.roles.check()?;
        Ok(check_company(&self.roles, self.organisation_id)?)
    }
}

/// The answer to creating an account. A random password is returned separately from the answer, because the
/// answer is stored for replays: it is shown once and stored nowhere in clear.
#[derive(Clone, Debug)]
pub struct MadeUser {
    pub answered: Answered,
    pub password: Option<String>,
}

struct CreateUser {
    email: String,
    new: NewUser,
    password_hash: String,
    show: Option<Show>,
}

/// Shows a new password to whoever makes an account at the machine itself, before the account is made for good.
type Show = Box<dyn FnOnce() -> std::io::Result<()> + Send>;

impl Command for CreateUser {
    const NAME: &'static str = "create_user";
    const PERMISSION: Permission = Permission::ManageUsers;
    const REFUSALS: &'static [&'static str] = &["already_exists", "roles_conflict"];
    const CHANGES_NAMES: bool = true;
    type Answer = User;

    fn subject(&self) -> String {
        "user".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<User>, Error> {
        check_roles(work, &self.new.roles, self.new.organisation_id)?;
        check_company(&self.new.roles, self.new.organisation_id)?;
        if users::find_by_email(work.tx, &self.email)?.is_some() {
            return Err(Refusal::AlreadyExists { what: Reason::SameEmail }.into());
        }
        let user = User {
            id: UserId(work.new_id()),
            email: self.email,
            name: self.new.name.trim().to_owned(),
            roles: self.new.roles,
            organisation_id: self.new.organisation_id,
            created_at: work.now,
            disabled_at: None,
            erased_at: None,
            version: 1,
        };
        users::insert(work.tx, &user, &self.password_hash)?;
        withhold_identity(work, &user)?;
        let details = json!({ "roles": user.roles, "organisation_id": user.organisation_id });
        let subject = format!("user:{}", user.id);
        // At the end of the transaction: what nobody has read is not made.
        if let Some(show) = self.show {
            show().map_err(|error| Error::Setup(format!("{NOT_SHOWN}: {error}")))?;
        }
        Ok(Done { answer: user, subject, details })
    }
}

const NOT_SHOWN: &str = "no account was made, because its password could not be written to standard output";

/// Stores name and e-mail address of a person outside the audit entry, which has their digests.
pub(in crate::service) fn withhold_identity(work: &mut Work<'_, '_>, user: &User) -> Result<(), Error> {
    work.withhold(DisclosedField::Name, &user.name)?;
    work.withhold(DisclosedField::Email, &user.email)
}

/// Roles must not conflict; only manufacturers have an organisation, and it must exist.
fn check_roles(work: &mut Work<'_, '_>, roles: &Roles, organisation: Option<OrganisationId>) -> Result<(), Error> {
    roles.check()?;
    if let Some(id) = organisation {
        if !roles.is_manufacturer() {
            return Err(FieldErrors::one("/organisation_id", FieldReason::NoOrganisation).into());
        }
        if organisations::find(work.tx, id)?.is_none() {
            return Err(FieldErrors::one("/organisation_id", FieldReason::OrganisationUnknown).into());
        }
    }
    Ok(())
}

/// A preparer registers the company; whoever only signs can do nothing without one.
fn check_company(roles: &Roles, organisation: Option<OrganisationId>) -> Result<(), FieldErrors> {
    if roles.has(Role::Signatory) && !roles.has(Role::Preparer) && organisation.is_none() {
        return Err(FieldErrors::one("/organisation_id", FieldReason::SignatoryCompany));
    }
    Ok(())
}

/// Changes the roles and details of an account, or disables it. Disabling ends its open sessions.
pub struct ChangeUser {
    pub id: UserId,
    pub seen_version: i64,
    pub name: String,
    pub roles: Roles,
    pub organisation_id: Option<OrganisationId>,
    pub disabled: bool,
}

impl Command for ChangeUser {
    const NAME: &'static str = "change_user";
    const PERMISSION: Permission = Permission::ManageUsers;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "already_erased", "roles_conflict", "last_administrator"];
    const CHANGES_NAMES: bool = true;
    type Answer = User;

    fn subject(&self) -> String {
        format!("user:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<User>, Error> {
        let subject = self.subject();
        let mut errors = FieldErrors::new();
        check_account(&mut errors, &self.name, None);
        errors.require(!self.roles.0.is_empty(), "/roles", FieldReason::RoleMissing);
        errors.finish()?;
        let mut user = users::find(work.tx, self.id)?.or_not_found("user")?;
        check_version(self.seen_version, user.version)?;
        if user.erased_at.is_some() {
            return Err(Refusal::AlreadyErased.into());
        }
        check_roles(work, &self.roles, self.organisation_id)?;
        if !self.disabled {
            check_company(&self.roles, self.organisation_id)?;
        }
        let was_administrator = user.disabled_at.is_none() && user.roles.has(Role::Administrator);
        let name = self.name.trim().to_owned();
        if user.name != name {
            work.withhold(DisclosedField::Name, &name)?;
            user.name = name;
        }
        user.roles = self.roles;
        user.organisation_id = self.organisation_id;
        user.disabled_at = if self.disabled { user.disabled_at.or(Some(work.now)) } else { None };
        users::update(work.tx, &mut user)?;
        if was_administrator && users::count_enabled(work.tx, Role::Administrator)? == 0 {
            return Err(Refusal::LastAdministrator.into());
        }
        if self.disabled {
            sessions::end_all(work.tx, user.id, "account_disabled", work.system_now)?;
        }
        let details =
            json!({ "roles": user.roles, "organisation_id": user.organisation_id, "disabled": self.disabled });
        Ok(Done { answer: user, subject, details })
    }
}

struct SetPassword {
    id: UserId,
    password_hash: String,
}

impl Command for SetPassword {
    const NAME: &'static str = "change_password";
    const PERMISSION: Permission = Permission::KeepSession;
    const REFUSALS: &'static [&'static str] = &["sign_in_failed"];
    type Answer = ();

    fn subject(&self) -> String {
        format!("user:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        users::set_password(work.tx, self.id, &self.password_hash)?;
        sessions::end_all(work.tx, self.id, "password_changed", work.system_now)?;
        Ok(Done { answer: (), subject: self.subject(), details: json!({}) })
    }
}

pub const CREATE_USER: Operation = Operation::of::<CreateUser>();
pub const CHANGE_PASSWORD: Operation = Operation::of::<SetPassword>();

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ManageUsers;

/// The permission to see one's own account.
pub const OWN_ACCOUNT_PERMISSION: Permission = Permission::KeepSession;

impl Service {
    /// Creates an account. The password is hashed before the command is queued. A random password is returned
    /// outside the answer, and only the first time: answers are stored for replays, and a password in one would
    /// be stored in clear.
    pub async fn create_user(
        self: &Arc<Self>,
        call: Call,
        new: NewUser,
        render: impl FnOnce(User) -> String + Send + 'static,
    ) -> Result<MadeUser, Error> {
        self.create_user_shown(call, new, |_| None, render).await
    }

    /// Creates an account at the machine itself. `show` gets the random password before the account is made for good;
    /// if it fails, nothing is made.
    pub async fn create_user_here(
        self: &Arc<Self>,
        new: NewUser,
        show: impl FnOnce(&str) -> std::io::Result<()> + Send + 'static,
    ) -> Result<MadeUser, Error> {
        let showing = |password: String| -> Option<Show> { Some(Box::new(move || show(&password))) };
        self.create_user_shown(Call::unkeyed(Caller::Operator), new, showing, |_| String::new()).await
    }

    async fn create_user_shown(
        self: &Arc<Self>,
        call: Call,
        new: NewUser,
        showing: impl FnOnce(String) -> Option<Show>,
        render: impl FnOnce(User) -> String + Send + 'static,
    ) -> Result<MadeUser, Error> {
        let email = new.check_fields()?;
        // Hashing is made to be slow: nobody may have it done who may not create accounts.
        self.require_permission(call.caller, Operation::of::<CreateUser>(), "user", call.dry_run).await?;
        let made_password = match new.password {
            Some(_) => None,
            None => Some(passwords::random_password()?),
        };
        let password = new.password.clone().or_else(|| made_password.clone()).unwrap_or_default();
        let cost = self.password_cost;
        let password_hash = self.with_password(move || passwords::hash(cost, &password)).await?;
        let show = made_password.clone().and_then(showing);
        let answered = self.execute(call, CreateUser { email, new, password_hash, show }, render).await?;
        // A replay concerns the first password, which is not stored in clear.
        let password = made_password.filter(|_| !answered.replayed);
        Ok(MadeUser { answered, password })
    }

    /// Changes the caller's own password and ends all their sessions.
    pub async fn change_password(
        self: &Arc<Self>,
        call: Call,
        current: String,
        new: String,
    ) -> Result<Answered, Error> {
        let mut errors = FieldErrors::new();
        check_password(&mut errors, "/new_password", &new);
        errors.finish()?;
        let Caller::Person { user_id, .. } = call.caller else { return Err(Error::Unauthenticated) };
        let credentials =
            self.read(call.caller, SetPassword::PERMISSION, move |tx, _| Ok(users::credentials(tx, user_id)?)).await?;
        let kept = credentials.ok_or(Error::Unauthenticated)?;
        let is_same = current == new;
        self.require_password(Some((user_id, kept)), current).await?;
        // Only whoever knows the present password is told that it is the same one.
        if is_same {
            return Err(FieldErrors::one("/new_password", FieldReason::SamePassword).into());
        }
        let cost = self.password_cost;
        let password_hash = self.with_password(move || passwords::hash(cost, &new)).await?;
        self.execute(call, SetPassword { id: user_id, password_hash }, |()| "{}".to_owned()).await
    }

    /// Accounts after the given one, in the order of ids. The caller requests one more than a page shows, to see
    /// whether more follow.
    pub async fn list_users(
        self: &Arc<Self>,
        caller: Caller,
        after: Option<UserId>,
        limit: i64,
    ) -> Result<Vec<User>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            require_known(after, |id| users::find(tx, id))?;
            Ok(users::page(tx, after, limit)?)
        })
        .await
    }

    /// One account.
    pub async fn user(self: &Arc<Self>, caller: Caller, id: UserId) -> Result<User, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| users::find(tx, id)?.or_not_found("user")).await
    }

    /// The caller's own account.
    pub async fn own_account(self: &Arc<Self>, caller: Caller) -> Result<User, Error> {
        self.read(caller, OWN_ACCOUNT_PERMISSION, |tx, actor| users::find(tx, actor.user_id)?.or_not_found("user"))
            .await
    }
}
