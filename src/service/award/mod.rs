//! The use cases of the room award: one file for each noun. `domain/award/mod.rs` says what
//! the room is about.

pub mod allocation_file;
pub mod allocations;
pub mod allotment_ends;
pub mod application_file;
pub mod application_withdrawal;
pub mod applications;
pub mod award_debts;
pub mod award_desk;
pub mod award_ends;
pub mod awards;
pub mod bid_openings;
pub mod sealed_bids;
pub mod securities;
pub mod security_file;
pub mod security_invocations;
