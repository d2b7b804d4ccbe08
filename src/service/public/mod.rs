//! Use cases of the open data that everybody may take away.

pub mod public_data;
pub mod public_overview;
