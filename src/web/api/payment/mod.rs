//! The JSON interface to from the tranche through the payment advice and the treasury return to the disbursement and the bank scroll.

pub mod bank_differences;
pub mod bank_scrolls;
pub mod disbursements;
pub mod payment_advices;
pub mod payment_outcomes;
pub mod payments;
pub mod tranches;
pub mod treasury_returns;
