//! The use cases of the room public: one file for each noun. `domain/public/mod.rs` says what
//! the room is about.

pub mod public_data;
pub mod public_overview;
