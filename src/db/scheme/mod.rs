//! Storage of the room scheme: the rows and queries of each of its nouns. `domain/scheme/mod.rs` says what
//! the room is about.

pub mod schemes;
pub mod windows;
