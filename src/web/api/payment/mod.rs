//! The JSON interface of the room payment: one file for each noun. `domain/payment/mod.rs` says what
//! the room is about.

pub mod bank_credits;
pub mod bank_differences;
pub mod bank_scrolls;
pub mod disbursements;
pub mod payment_advices;
pub mod payment_outcomes;
pub mod payments;
pub mod tranches;
pub mod treasury_returns;
