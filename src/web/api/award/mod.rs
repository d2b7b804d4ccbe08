//! The JSON interface of the room award: one file for each noun. `domain/award/mod.rs` says what
//! the room is about.

pub mod allocations;
pub mod applications;
pub mod awards;
pub mod bid_openings;
pub mod securities;
