//! The use cases of the room recovery: one file for each noun. `domain/recovery/mod.rs` says what
//! the room is about.

pub(in crate::service) mod bank_returns;
mod claim_standing;
pub mod less_asked;
pub mod notice_withdrawal;
pub mod recoveries;
pub mod recovery_credits;
pub mod recovery_file;
pub mod recovery_grounds;
pub mod recovery_receipts;
pub mod set_offs;
pub mod used_utrs;
