//! The JSON interface of the room revision: one file for each noun. `domain/revision/mod.rs` says what
//! the room is about.

pub mod scheme_drafts;
