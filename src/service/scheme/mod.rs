//! The use cases of the room scheme: one file for each noun. `domain/scheme/mod.rs` says what
//! the room is about.

pub mod scheme_versions;
pub mod schemes;
pub mod windows;
