//! The use cases of the room correction. `domain/correction/mod.rs` says what the room is about.

pub mod corrections;
pub mod effects;
