//! Relief: a write-off or a waiver of an amount that is due, proposed by one office and decided by
//! another.

use crate::base::calendar::Timestamp;
use crate::base::field::{FieldErrors, check_name, check_text};
use crate::base::field_reason::FieldReason;
use crate::base::id::UserId;
use crate::base::money::Paise;
use crate::recovery::interest::Parts;
use crate::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The kind of relief.
    pub enum ReliefKind {
        /// A write-off: the amount cannot be collected.
        WriteOff = "write_off",
        /// A waiver: damages or interest that will not be claimed.
        Waiver = "waiver",
    }
}

/// A proposal for relief, to be decided by the competent authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReliefProposal {
    pub kind: ReliefKind,
    /// None means all that is due (for a waiver: all interest and damages) on the day of the
    /// decision.
    pub parts: Option<Parts>,
    pub reason: String,
    pub reference: String,
    pub proposed_by: UserId,
    pub proposed_at: Timestamp,
}

impl ReliefProposal {
    /// The proposal as recorded in the audit log: without the reason, which is stored outside the
    /// log.
    pub fn for_the_log(&self) -> serde_json::Value {
        serde_json::json!({
            "kind": self.kind, "parts": self.parts, "reference": self.reference, "proposed_by": self.proposed_by,
            "proposed_at": self.proposed_at,
        })
    }

    /// The part of the due amounts that it writes off or waives.
    pub fn parts_of(&self, due: &Parts) -> Parts {
        match (self.parts, self.kind) {
            (Some(parts), _) => parts,
            (None, ReliefKind::WriteOff) => *due,
            (None, ReliefKind::Waiver) => Parts { principal_paise: Paise::ZERO, ..*due },
        }
    }
}

words! {
    /// The decision of the competent authority on a proposal.
    pub enum ReliefOutcome {
        Granted = "granted",
        Refused = "refused",
    }
}

/// The form of a proposal for relief.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReliefForm {
    pub kind: ReliefKind,
    /// Left out: all that is due (for a waiver: all interest and damages) on the day of the
    /// decision.
    pub parts: Option<Parts>,
    pub reason: String,
    /// The file or order on which it is based.
    pub reference: String,
}

impl ReliefForm {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        if let Some(parts) = &self.parts {
            let named = [
                ("principal_paise", parts.principal_paise),
                ("interest_paise", parts.interest_paise),
                ("damages_paise", parts.damages_paise),
            ];
            for (name, amount) in named {
                errors.require_amount(amount, 0, format!("/parts/{name}"), FieldReason::AmountOrZero);
            }
            errors.require(!parts.is_zero(), "/parts", FieldReason::GivesUpNothing);
            let waived = self.kind == ReliefKind::Waiver && parts.principal_paise != Paise::ZERO;
            errors.require(!waived, "/parts/principal_paise", FieldReason::WaivedParts);
        }
        check_text(&mut errors, "/reason", &self.reason, 4_000);
        check_name(&mut errors, "/reference", &self.reference, 200);
        errors.finish()
    }
}
