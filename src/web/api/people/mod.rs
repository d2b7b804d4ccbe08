//! The JSON interface to users, organisations, sessions and the disclosures of their personal data.

pub mod organisations;
pub mod sessions;
pub mod users;
