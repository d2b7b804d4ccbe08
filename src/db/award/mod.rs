//! Rows of from application through scrutiny and allocation to the award and its guarantee.

pub mod allocations;
pub mod applications;
pub mod awards;
pub mod securities;
