//! Rules about applications, scrutiny, allocation, awards and their guarantees.

pub mod allocation;
pub mod allocation_bid;
pub mod allocation_run;
pub mod allocation_statement;
pub mod application;
pub mod award;
mod criterion_checks;
pub mod guarantee_identity;
pub mod scrutiny;
pub mod sealed_bid;
pub mod security;
pub mod security_forms;
