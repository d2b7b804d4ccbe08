//! The JSON interface of the room milestone: one file for each noun. `domain/milestone/mod.rs` says what
//! the room is about.

pub mod excuses;
pub mod milestones;
