//! Storage of the room claim: the rows and queries of each of its nouns. `domain/claim/mod.rs` says what
//! the room is about.

pub(in crate::db) mod claim_dialogues;
pub mod claim_files;
pub mod claim_returns;
pub mod claimed_shares;
pub mod claims;
pub mod final_certificates;
pub mod invoices;
pub mod like_lines;
