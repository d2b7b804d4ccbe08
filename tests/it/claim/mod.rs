//! Tests of claims, their lines, the computed entitlement and its statement, and final certificates.

pub mod capital_by_period;
pub mod claim_lines;
pub mod claim_returns;
pub mod claims;
pub mod credit_notes;
pub mod cross_evidence;
pub mod in_time;
pub mod invoice_identity;
pub mod material_chain;
pub mod several_claims;
pub mod staged_release;
pub mod statement_tables;
pub mod statements;
pub mod uncomputable;
