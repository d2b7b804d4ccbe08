//! Rows of applications, scrutiny, allocations, awards and guarantees.

pub mod allocations;
pub mod applications;
pub mod awards;
pub mod securities;
