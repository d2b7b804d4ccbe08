//! The JSON interface of the room people: one file for each noun. `domain/people/mod.rs` says what
//! the room is about.

pub mod organisations;
pub mod sessions;
pub mod users;
