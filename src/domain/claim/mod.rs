//! Rules about claims, their lines, the computed entitlement and its statement, final certificates.

pub mod claim;
pub mod claim_lines_file;
pub mod claim_return;
pub mod counted_lines;
pub mod credit_notes;
pub mod document_number;
pub mod entitlement;
pub mod entitlement_ladder;
pub mod final_certificate;
pub mod in_time;
pub mod invoice_identity;
pub mod joined_number;
pub mod likeness;
pub mod line_decisions;
pub mod lines_digest;
pub mod material_chain;
pub mod named_results;
pub mod statement;
pub mod statement_inputs;
