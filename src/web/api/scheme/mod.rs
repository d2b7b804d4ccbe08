//! The JSON interface to a scheme's file and its rules: figures, eligibility, windows, value chain, mass balance, staged release.

pub mod schemes;
