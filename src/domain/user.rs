//! People: who they are, what they may do, and who is acting now.

use crate::domain::calendar::Timestamp;
use crate::domain::field::{FieldErrors, check_name};
use crate::domain::id::{OrganisationId, SessionId, UserId};
use crate::domain::permission::{Permission, Role, Roles};
use crate::domain::refusal::Refusal;
use chrono::{Months, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

pub const SHORTEST_PASSWORD: usize = 12;
pub const LONGEST_PASSWORD: usize = 200;

/// A person who can sign in. The password hash stays in the database layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub roles: Roles,
    pub organisation_id: Option<OrganisationId>,
    pub created_at: Timestamp,
    pub disabled_at: Option<Timestamp>,
    /// When name and e-mail address were erased for good.
    pub erased_at: Option<Timestamp>,
    pub version: i64,
}

impl User {
    /// The name that an erased account has.
    pub const ERASED_NAME: &str = "erased";

    /// The first day on which name and address may be erased: at once for an account that nobody ever
    /// used, else so many years after it was disabled.
    pub fn erasable_from(&self, was_used: bool, kept_years: u32) -> Result<Option<NaiveDate>, Refusal> {
        if self.erased_at.is_some() {
            return Err(Refusal::AlreadyErased);
        }
        let disabled_at = self.disabled_at.ok_or(Refusal::AccountEnabled)?;
        let months = Months::new(kept_years.saturating_mul(12));
        Ok(was_used.then(|| disabled_at.date_in_india().checked_add_months(months).unwrap_or(NaiveDate::MAX)))
    }

    /// Takes name and address away for good.
    pub fn erase(&mut self, at: Timestamp) {
        Self::ERASED_NAME.clone_into(&mut self.name);
        self.email = format!("{}@erased.invalid", self.id);
        self.erased_at = Some(at);
    }
}

/// Who is acting, as looked up at this moment.
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
    /// The operator at the machine itself: loads schemes, makes the first administrator.
    pub fn operator(user_id: UserId) -> Self {
        Self { user_id, session_id: None, roles: Roles::default(), organisation_id: None, operator: true }
    }

    /// `Ok` when the table allows it. The operator may load schemes, manage people and ask the
    /// controls, no more.
    pub fn may(&self, permission: Permission) -> Result<(), Refusal> {
        use Permission::{ExpireHold, GuardMoney, LoadScheme, ManageUsers, RunControls};
        let operators = matches!(permission, LoadScheme | ExpireHold | GuardMoney | ManageUsers | RunControls);
        if self.operator && operators { Ok(()) } else { permission.check(&self.roles) }
    }

    /// The organisation this person acts for, or the refusal that sends them to register it.
    pub fn own_organisation(&self) -> Result<OrganisationId, Refusal> {
        self.organisation_id.ok_or(Refusal::OrganisationRequired)
    }

    /// Whether files of this organisation exist for this person at all.
    pub fn sees(&self, organisation: OrganisationId) -> bool {
        !self.roles.is_manufacturer() || self.organisation_id == Some(organisation)
    }

    /// The organisation to which lists are narrowed; `None` sees all. A manufacturer's person
    /// without an organisation is narrowed to nobody's.
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

/// The e-mail address in its one comparable form (trimmed, lower case), or what is wrong with it.
pub fn parse_email(text: &str) -> Result<String, String> {
    let email = text.trim().to_lowercase();
    let (local, host) = email.split_once('@').ok_or("an e-mail address has an @")?;
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
        return Err("not an e-mail address".to_owned());
    }
    Ok(email)
}

/// Notes what is wrong with a name and a password chosen for an account.
pub fn check_account(errors: &mut FieldErrors, name: &str, password: Option<&str>) {
    check_name(errors, "/name", name, 120);
    if let Some(password) = password {
        check_password(errors, "/password", password);
    }
}

/// Notes what is wrong with a chosen password: too short, too long, or one character repeated.
pub fn check_password(errors: &mut FieldErrors, pointer: &str, password: &str) {
    let length = password.chars().count();
    let varied = password.chars().collect::<std::collections::BTreeSet<_>>().len() >= 5;
    errors.require(
        (SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&length) && varied,
        pointer,
        format!("{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters, at least five different ones"),
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
