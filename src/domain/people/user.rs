//! Users: persons' accounts with their roles, and the actor of a request.

use crate::base::calendar::Timestamp;
use crate::base::field::{FieldErrors, check_name};
use crate::base::field_reason::FieldReason;
use crate::base::id::{OrganisationId, SessionId, UserId};
use crate::base::permission::{Permission, Role, Roles};
use crate::base::refusal::Refusal;
use chrono::{Months, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

/// The shortest password that is accepted, in characters.
pub const SHORTEST_PASSWORD: usize = 12;
/// The longest password that is accepted, in characters.
pub const LONGEST_PASSWORD: usize = 200;

/// The account of a person. The password hash never leaves the database layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub roles: Roles,
    pub organisation_id: Option<OrganisationId>,
    pub created_at: Timestamp,
    pub disabled_at: Option<Timestamp>,
    /// The time at which name and e-mail address were erased permanently.
    pub erased_at: Option<Timestamp>,
    pub version: i64,
}

impl User {
    /// The name of an erased account.
    pub const ERASED_NAME: &str = "erased";

    /// The first day on which name and address may be erased: `None` (at once) for an account that
    /// was never used, else `kept_years` years after it was disabled. Refuses an account that is
    /// erased already or still enabled.
    pub fn erasable_from(&self, was_used: bool, kept_years: u32) -> Result<Option<NaiveDate>, Refusal> {
        if self.erased_at.is_some() {
            return Err(Refusal::AlreadyErased);
        }
        let disabled_at = self.disabled_at.ok_or(Refusal::AccountEnabled)?;
        let months = Months::new(kept_years.saturating_mul(12));
        Ok(was_used.then(|| disabled_at.date_in_india().checked_add_months(months).unwrap_or(NaiveDate::MAX)))
    }

    /// Erases name and address permanently.
    pub fn erase(&mut self, at: Timestamp) {
        Self::ERASED_NAME.clone_into(&mut self.name);
        self.email = format!("{}@erased.invalid", self.id);
        self.erased_at = Some(at);
    }
}

/// The actor of a request, with roles as of now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub user_id: UserId,
    /// `None` for the operator at the command line.
    pub session_id: Option<SessionId>,
    pub roles: Roles,
    pub organisation_id: Option<OrganisationId>,
    pub operator: bool,
}

impl Actor {
    /// The operator at the machine itself, who loads schemes and creates the first administrator.
    pub fn operator(user_id: UserId) -> Self {
        Self { user_id, session_id: None, roles: Roles::default(), organisation_id: None, operator: true }
    }

    /// `Ok` when the permission table allows it. The operator may only load schemes, expire holds,
    /// guard money, manage users and run the controls.
    pub fn may(&self, permission: Permission) -> Result<(), Refusal> {
        use Permission::{ExpireHold, GuardMoney, LoadScheme, ManageUsers, RunControls};
        let operators = matches!(permission, LoadScheme | ExpireHold | GuardMoney | ManageUsers | RunControls);
        if self.operator && operators { Ok(()) } else { permission.check(&self.roles) }
    }

    /// The organisation for which this person acts, or the refusal that asks them to register it.
    pub fn own_organisation(&self) -> Result<OrganisationId, Refusal> {
        self.organisation_id.ok_or(Refusal::OrganisationRequired)
    }

    /// Whether this person may see files of this organisation.
    pub fn sees(&self, organisation: OrganisationId) -> bool {
        !self.roles.is_manufacturer() || self.organisation_id == Some(organisation)
    }

    /// The organisation to which lists are restricted; `None` sees all. A manufacturer's person
    /// without an organisation sees the rows of no organisation.
    pub fn narrowed_to(&self) -> Option<OrganisationId> {
        if self.roles.is_manufacturer() {
            Some(self.organisation_id.unwrap_or(OrganisationId(uuid::Uuid::nil())))
        } else {
            None
        }
    }

    pub fn has(&self, role: Role) -> bool {
        self.roles.has(role)
    }
}

/// The e-mail address in normal form (trimmed, lower case), or the reason why it is not valid.
pub fn parse_email(text: &str) -> Result<String, FieldReason> {
    let email = text.trim().to_lowercase();
    let (local, host) = email.split_once('@').ok_or(FieldReason::EmailAt)?;
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && b != b'@' && !b"\"(),:;<>[\\]".contains(&b))
    };
    if !plain(local)
        || !plain(host)
        || !host.contains('.')
        || host.starts_with('.')
        || host.ends_with('.')
        || email.len() > 254
    {
        return Err(FieldReason::Email);
    }
    Ok(email)
}

/// Reports an invalid name or password of an account.
pub fn check_account(errors: &mut FieldErrors, name: &str, password: Option<&str>) {
    check_name(errors, "/name", name, 120);
    if let Some(password) = password {
        check_password(errors, "/password", password);
    }
}

/// Reports an invalid password: too short, too long, or with fewer than five different characters.
pub fn check_password(errors: &mut FieldErrors, pointer: &str, password: &str) {
    let length = password.chars().count();
    let varied = password.chars().collect::<std::collections::BTreeSet<_>>().len() >= 5;
    errors.require(
        (SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&length) && varied,
        pointer,
        FieldReason::Password { least: SHORTEST_PASSWORD, most: LONGEST_PASSWORD },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_form() {
        assert_eq!(parse_email(" Asha@Sample.EXAMPLE ").unwrap(), "asha@sample.example");
        for wrong in ["", "asha", "@x.y", "a@b", "a@@b.c", "a b@c.d", "a@.c", "a@c."] {
            assert!(parse_email(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_manufacturers_person_without_organisation_sees_nobody() {
        let mut actor = Actor::operator(UserId(uuid::Uuid::nil()));
        actor.operator = false;
        actor.roles = "preparer".parse().unwrap();
        assert!(actor.narrowed_to().is_some());
        assert!(!actor.sees(OrganisationId(uuid::Uuid::max())));
    }
}
