//! Storage of the room desk: the rows and queries of each of its nouns. `domain/desk/mod.rs` says what
//! the room is about.

pub mod found;
pub mod observations;
pub mod requisitions;
pub mod samples;
pub mod saved_queries;
pub mod selection_sources;
pub mod selections;
