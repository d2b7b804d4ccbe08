//! The use cases of the room correspondence: one file for each noun. `domain/correspondence/mod.rs` says what the room
//! is about.

pub mod about;
mod entries;
pub mod letter_file;
pub mod letters;
pub mod note_sheet;
pub mod notes;
pub mod one_letter;
