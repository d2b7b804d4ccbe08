//! Rules about the open data that everybody may take away.

pub mod public_data;
pub mod public_figures;
