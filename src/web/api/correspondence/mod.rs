//! The JSON interface of the room correspondence: one file for each noun. `domain/correspondence/mod.rs` says what
//! the room is about.

pub mod letters;
pub mod notes;
