//! Storage of the room payment: the rows and queries of each of its nouns. `domain/payment/mod.rs` says what
//! the room is about.

pub mod bank_credits;
pub mod bank_differences;
pub mod bank_scrolls;
pub mod disbursement_files;
pub mod disbursements;
pub mod payment_advices;
pub mod payment_failures;
pub mod payment_prefetch;
pub mod payments;
pub mod tranche_names;
pub(in crate::db) mod tranche_returns;
pub mod tranches;
pub mod treasury_line_closings;
pub mod treasury_returns;
pub mod utr_uses;
