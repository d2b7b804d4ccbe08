//! The queries of the worklist.

pub mod last_change;
pub mod matters;
pub mod names;
pub mod numbers;
