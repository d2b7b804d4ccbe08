//! The JSON interface of the room claim: one file for each noun. `domain/claim/mod.rs` says what
//! the room is about.

pub mod claim_returns;
pub mod claims;
pub mod final_certificates;
pub(in crate::web) mod statement_page;
pub mod statements;
