//! The use cases of the room desk: one file for each noun. `domain/desk/mod.rs` says what
//! the room is about.

pub mod bundles;
pub mod disbursement_chain;
pub mod finder;
pub mod observations;
pub mod requisitions;
pub mod samples;
pub mod saved_queries;
pub mod selections;
