//! Rows of claims, their lines, the computed entitlement and its statement, final certificates.

pub(in crate::db) mod claim_dialogues;
pub mod claim_files;
pub mod claim_returns;
pub mod claimed_shares;
pub mod claims;
pub mod final_certificates;
pub mod invoices;
