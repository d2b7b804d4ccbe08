//! The roles of one person, and the combinations that no account may have.

use crate::base::permission::Role;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// The roles of one person, in a fixed order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Vec<Role>)]
pub struct Roles(pub BTreeSet<Role>);

impl Roles {
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// Whether one of the roles belongs to a manufacturer.
    pub fn is_manufacturer(&self) -> bool {
        self.0.iter().any(|role| role.is_manufacturer())
    }

    /// Refuses combinations of roles that would give one account too much power: administrator with
    /// any other role, auditor with any other role, and a manufacturer's role with an office.
    pub fn check(&self) -> Result<(), Refusal> {
        let alone = |role: Role, reason: Reason| {
            if self.has(role) && self.0.len() > 1 { Err(Refusal::RolesConflict { reason }) } else { Ok(()) }
        };
        alone(Role::Administrator, Reason::AdministratorAlone)?;
        alone(Role::Auditor, Reason::AuditorAlone)?;
        let offices = self.0.iter().any(|role| !role.is_manufacturer());
        if self.is_manufacturer() && offices {
            return Err(Refusal::RolesConflict { reason: Reason::NoOffice });
        }
        Ok(())
    }
}

/// The text form in tables: `auditor verifier`.
impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|role| role.as_str()).collect();
        f.write_str(&names.join(" "))
    }
}

impl FromStr for Roles {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_whitespace().map(str::parse).collect::<Result<BTreeSet<Role>, _>>().map(Roles)
    }
}
