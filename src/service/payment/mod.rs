//! The use cases of the room payment: one file for each noun. `domain/payment/mod.rs` says what
//! the room is about.

pub mod bank_credits;
pub mod bank_differences;
pub mod bank_scrolls;
pub mod disbursement_file;
pub mod disbursements;
pub mod holds;
pub mod payment_advices;
pub mod payment_failures;
pub mod payment_list;
pub mod payment_outcomes;
pub mod payments;
pub mod reconciliation;
pub mod stops;
pub mod tranche_checks;
pub mod tranche_file;
pub mod tranche_returns;
pub mod tranche_steps;
pub mod tranches;
pub mod treasury_files;
pub mod treasury_lines;
pub mod treasury_returns;
pub mod year_of_payment;
