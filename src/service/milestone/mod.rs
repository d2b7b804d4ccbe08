//! The use cases of the room milestone: one file for each noun. `domain/milestone/mod.rs` says what
//! the room is about.

pub mod excuse_file;
pub mod excuses;
pub mod milestone_desk;
pub(in crate::service) mod milestone_files;
pub mod milestone_queries;
pub mod milestones;
