//! Use cases of applications, scrutiny, allocation, awards and their guarantees.

pub mod allocations;
pub mod applications;
pub mod awards;
pub mod securities;
pub mod security_invocations;
