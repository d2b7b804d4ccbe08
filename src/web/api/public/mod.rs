//! The JSON interface of the room public: one file for each noun. `domain/public/mod.rs` says what
//! the room is about.

pub mod public_data;
pub mod public_files;
pub(in crate::web) mod public_grants;
pub(in crate::web) mod public_package;
pub(in crate::web) mod public_releases;
