//! The note sheets and letters of records, for people. `domain/correspondence/mod.rs` says what the room is about.

pub mod letter_page;
pub mod letters_page;
pub mod notes_page;
pub mod record;
