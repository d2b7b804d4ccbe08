//! Storage of the room log: the rows and queries of each of its nouns. `domain/log/mod.rs` says what
//! the room is about.

pub mod audit_log;
pub mod burned_numbers;
pub mod log_checkpoints;
pub mod log_commits;
pub mod log_cosignatures;
pub mod log_mailings;
pub mod log_tiles;
pub mod row_notes;
