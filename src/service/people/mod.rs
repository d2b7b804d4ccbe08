//! Use cases of users, organisations, sessions and the disclosures of their personal data.

pub mod organisations;
pub mod passwords;
pub mod people_file;
pub mod personal_data;
pub mod portal_sessions;
pub mod sessions;
pub mod tokens;
pub mod users;
