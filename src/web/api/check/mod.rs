//! The JSON interface of the room check: one file for each noun. `domain/check/mod.rs` says what
//! the room is about.

pub mod controls;
