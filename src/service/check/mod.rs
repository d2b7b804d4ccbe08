//! The use cases of the room check: one file for each noun. `domain/check/mod.rs` says what
//! the room is about.

pub(in crate::service) mod control_rules;
pub mod controls;
pub mod money_stop;
pub(in crate::service) mod records_as_logged;
pub(in crate::service) mod unanswered_delays;
pub mod verify;
pub mod verify_around;
pub(in crate::service) mod verify_award;
pub(in crate::service) mod verify_claim;
pub(in crate::service) mod verify_commits;
pub(in crate::service) mod verify_desk;
pub(in crate::service) mod verify_disclosures;
pub mod verify_log;
pub(in crate::service) mod verify_payment;
pub mod verify_rows;
