//! The JSON interface to applications, allocation, awards and their guarantees.

pub mod allocations;
pub mod applications;
pub mod awards;
pub mod securities;
