//! The JSON interface of the room log: one file for each noun. `domain/log/mod.rs` says what
//! the room is about.

pub mod audit_log;
pub mod log;
pub(in crate::web) mod log_files;
