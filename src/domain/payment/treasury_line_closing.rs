//! The closing of a line of the treasury: it contradicted the records, or a rule refused it, and an officer says why
//! nothing more comes of it.

use crate::base::calendar::Timestamp;
use crate::base::id::{TreasuryReturnId, UserId};
use serde::Serialize;
use utoipa::ToSchema;

/// An officer says why a line of the treasury needs no more doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TreasuryLineClosing {
    pub return_id: TreasuryReturnId,
    /// 1 for the first line of the file.
    pub line: i64,
    pub reason: String,
    pub closed_by: UserId,
    pub closed_at: Timestamp,
}

impl TreasuryLineClosing {
    /// This closing without its reason, which stands beside the log: the log has the digest of the rest.
    pub fn without_reason(&self) -> TreasuryLineClosing {
        TreasuryLineClosing { reason: String::new(), ..self.clone() }
    }

    /// What it is called in the log.
    pub fn subject(&self) -> String {
        subject_of(self.return_id, self.line)
    }
}

/// What the closing of a line is called in the log.
pub fn subject_of(return_id: TreasuryReturnId, line: i64) -> String {
    format!("treasury_line_closing:{return_id}/{line}")
}
