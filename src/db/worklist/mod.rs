//! The queries of the worklist.

pub mod matters;
pub mod names;
pub mod numbers;
