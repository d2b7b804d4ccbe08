//! The use cases of the room check: one file for each noun. `domain/check/mod.rs` says what
//! the room is about.

pub(in crate::service) mod control_rules;
pub mod controls;
pub mod money_stop;
pub mod verify;
pub(in crate::service) mod verify_allocations;
pub mod verify_around;
pub(in crate::service) mod verify_bank;
pub(in crate::service) mod verify_claims;
pub(in crate::service) mod verify_correspondence;
pub(in crate::service) mod verify_desk;
pub(in crate::service) mod verify_disclosures;
pub(in crate::service) mod verify_grounds;
pub mod verify_log;
pub(in crate::service) mod verify_milestones;
pub(in crate::service) mod verify_queries;
pub(in crate::service) mod verify_records;
pub(in crate::service) mod verify_returns;
pub mod verify_rows;
pub(in crate::service) mod verify_samples;
pub(in crate::service) mod verify_schemes;
