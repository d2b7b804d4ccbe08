//! The use cases of the room revision: one file for each noun. `domain/revision/mod.rs` says what
//! the room is about.

pub mod impact;
pub mod recompute;
pub mod scheme_book;
pub mod scheme_draft_file;
pub mod scheme_drafts;
pub mod scheme_publication;
