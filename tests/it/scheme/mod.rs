//! Tests of a scheme's file and its rules: figures, eligibility, windows, value chain, mass balance, and
//! staged release.

pub mod scheme_files;
