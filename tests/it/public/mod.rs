//! Tests of the open data that everybody may download.

pub mod public_data;
