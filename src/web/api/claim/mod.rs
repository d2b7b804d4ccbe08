//! The JSON interface to claims, their lines, the computed entitlement and its statement, final certificates.

pub mod claim_returns;
pub mod claims;
pub mod final_certificates;
pub(in crate::web) mod statement_page;
pub mod statements;
