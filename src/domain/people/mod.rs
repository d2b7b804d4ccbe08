//! Rules about users, organisations, sessions and the disclosures of their personal data.

pub mod disclosure;
pub mod office;
pub mod organisation;
pub mod user;
