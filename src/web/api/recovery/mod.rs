//! The JSON interface of the room recovery: one file for each noun. `domain/recovery/mod.rs` says what
//! the room is about.

pub mod recoveries;
