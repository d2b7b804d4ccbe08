//! Storage of the room people: the rows and queries of each of its nouns. `domain/people/mod.rs` says what
//! the room is about.

pub mod disclosures;
pub mod organisations;
pub mod sessions;
pub mod users;
