//! The use cases of the room claim: one file for each noun. `domain/claim/mod.rs` says what
//! the room is about.

pub mod certificate_file;
pub mod certificate_list;
pub mod claim_checks;
pub(in crate::service) mod claim_facts;
pub mod claim_file;
pub mod claim_lines;
mod claim_periods;
pub mod claim_queries;
pub(in crate::service) mod claim_records;
pub mod claim_returns;
pub(in crate::service) mod claim_tranche;
pub mod claim_verification;
pub mod claim_verification_file;
pub(in crate::service) mod claim_waits;
pub(in crate::service) mod claimed_shares;
pub mod claims;
pub mod credit_notes;
pub mod final_certificates;
pub mod in_time;
pub mod like_lines;
pub mod statements;
