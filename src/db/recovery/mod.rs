//! Storage of the room recovery: the rows and queries of each of its nouns. `domain/recovery/mod.rs` says what
//! the room is about.

pub mod recoveries;
pub mod recovery_credits;
pub mod recovery_files;
