//! Rows of users, organisations, sessions and the disclosures of their personal data.

pub mod disclosures;
pub mod organisations;
pub mod sessions;
pub mod users;
