//! Tests of applications, allocation, awards and their guarantees.

pub mod allocation_rules;
pub mod allocation_waits;
pub mod allocations;
pub mod applications;
pub mod awards;
pub mod securities;
pub mod security_invocations;
