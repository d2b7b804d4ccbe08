//! Rules about claims, their lines, the computed entitlement and its statement, final certificates.

pub mod claim;
pub mod claim_lines_file;
pub mod claim_return;
pub mod counted_lines;
pub mod entitlement;
pub mod entitlement_ladder;
pub mod final_certificate;
pub mod invoice_identity;
pub mod named_results;
pub mod statement;
pub mod statement_inputs;
