//! Tests of users, organisations, sessions and the disclosures of their personal data.

pub mod organisations;
pub mod personal_data;
pub mod sealing;
pub mod sessions;
pub mod users;
