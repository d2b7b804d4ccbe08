//! Storage of the room revision: the rows and queries of each of its nouns. `domain/revision/mod.rs` says what
//! the room is about.

pub mod scheme_drafts;
