//! Giving up what is due: a write-off or a waiver, proposed by one office and decided by another.

use crate::domain::calendar::Timestamp;
use crate::domain::field::{FieldErrors, check_name, check_text};
use crate::domain::id::UserId;
use crate::domain::interest::Parts;
use crate::domain::money::{LARGEST_AMOUNT, Paise};
use crate::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// How the Government gives up money.
    pub enum ReliefKind {
        /// It cannot be got.
        WriteOff = "write_off",
        /// Damages or interest that shall not be asked for.
        Waiver = "waiver",
    }
}

/// What is proposed to be given up, for the competent authority to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReliefProposal {
    pub kind: ReliefKind,
    /// None: all that is due (of a waiver: all interest and damages) on the day of the decision.
    pub parts: Option<Parts>,
    pub reason: String,
    pub reference: String,
    pub proposed_by: UserId,
    pub proposed_at: Timestamp,
}

impl ReliefProposal {
    /// All of it but the reason, which is withheld from the log.
    pub fn for_the_log(&self) -> serde_json::Value {
        serde_json::json!({
            "kind": self.kind, "parts": self.parts, "reference": self.reference, "proposed_by": self.proposed_by,
            "proposed_at": self.proposed_at,
        })
    }

    /// What it gives up of what is due.
    pub fn parts_of(&self, due: &Parts) -> Parts {
        match (self.parts, self.kind) {
            (Some(parts), _) => parts,
            (None, ReliefKind::WriteOff) => *due,
            (None, ReliefKind::Waiver) => Parts { principal_paise: Paise::ZERO, ..*due },
        }
    }
}

words! {
    /// What the competent authority decides on a proposal.
    pub enum ReliefOutcome {
        Granted = "granted",
        Refused = "refused",
    }
}

/// What is to be given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReliefForm {
    pub kind: ReliefKind,
    /// Left out: all that is due (of a waiver: all interest and damages) on the day of the decision.
    pub parts: Option<Parts>,
    pub reason: String,
    /// The file or order it rests on.
    pub reference: String,
}

impl ReliefForm {
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        let most = LARGEST_AMOUNT.0;
        if let Some(parts) = &self.parts {
            let named = [
                ("principal_paise", parts.principal_paise),
                ("interest_paise", parts.interest_paise),
                ("damages_paise", parts.damages_paise),
            ];
            for (name, amount) in named {
                errors.require((0..=most).contains(&amount.0), format!("/parts/{name}"), "an amount in paise");
            }
            errors.require(!parts.is_zero(), "/parts", "must give up something");
            let waived = self.kind == ReliefKind::Waiver && parts.principal_paise != Paise::ZERO;
            errors.require(!waived, "/parts/principal_paise", "only interest and damages are waived");
        }
        check_text(&mut errors, "/reason", &self.reason, 4_000);
        check_name(&mut errors, "/reference", &self.reference, 200);
        errors.finish()
    }
}
