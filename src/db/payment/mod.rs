//! Rows of tranches, payment advices, payments, treasury returns, disbursements and bank scrolls.

pub mod bank_differences;
pub mod bank_scrolls;
pub mod disbursements;
pub mod payment_advices;
pub mod payment_prefetch;
pub mod payments;
pub mod tranche_names;
pub(in crate::db) mod tranche_returns;
pub mod tranches;
pub mod treasury_returns;
