//! The use cases of the room people: one file for each noun. `domain/people/mod.rs` says what
//! the room is about.

pub mod organisation_file;
pub mod organisations;
pub mod passwords;
pub mod people_file;
pub mod personal_data;
pub mod portal_sessions;
pub mod sessions;
pub mod sign_in_links;
pub mod tokens;
pub mod users;
