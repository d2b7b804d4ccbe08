//! Use cases of a scheme's file and its rules: figures, eligibility, windows, value chain, mass balance, staged release.

pub mod scheme_versions;
pub mod schemes;
pub mod windows;
