//! Storage of the room check: the rows and queries of each of its nouns. `domain/check/mod.rs` says what
//! the room is about.

pub mod controls;
pub mod differences;
pub mod money_stop;
pub mod schema_objects;
pub mod soundness;
