//! Storage of the room award: the rows and queries of each of its nouns. `domain/award/mod.rs` says what
//! the room is about.

pub mod allocations;
pub mod applications;
pub mod awards;
pub mod bid_openings;
pub mod sealed_bids;
pub mod securities;
