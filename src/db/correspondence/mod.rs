//! Storage of the room correspondence: the rows and queries of each of its nouns. `domain/correspondence/mod.rs` says
//! what the room is about.

pub mod counts;
pub mod letter_closings;
pub mod letters;
pub mod notes;
