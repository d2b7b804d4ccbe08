//! Texts that offices write, by their readers. *Reasons* are addressed to whoever must act on them and are
//! shown to them. *Noting* is internal, on the file (Central Secretariat Manual of Office Procedure):
//! offices and auditors read it, a manufacturer never does. The types keep the two apart.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Internal noting of the offices. It is left out of every answer to a manufacturer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String)]
pub struct Noting(Option<String>);

impl Noting {
    pub fn of(text: impl Into<String>) -> Noting {
        Noting(Some(text.into()))
    }

    /// The text; empty when it is left out.
    pub fn text(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    /// Whether the reader of this copy may not read it, or nothing was noted.
    pub fn is_hidden(&self) -> bool {
        self.0.is_none()
    }

    /// Leaves it out of this copy.
    pub fn hide(&mut self) {
        self.0 = None;
    }
}

/// Reasons, addressed to whoever must act on them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String)]
pub struct Reasons(pub String);
