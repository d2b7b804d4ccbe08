//! Storage of the room milestone: the rows and queries of each of its nouns. `domain/milestone/mod.rs` says what
//! the room is about.

pub mod excuses;
pub mod milestone_files;
pub mod milestones;
