//! Tests of the way from the application through scrutiny and allocation to the award and its guarantee.

pub mod allocation_rules;
pub mod allocations;
pub mod applications;
pub mod awards;
pub mod securities;
pub mod security_invocations;
