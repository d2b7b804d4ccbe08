//! Rules about from the tranche through the payment advice and the treasury return to the disbursement and the bank scroll.

pub mod bank_difference;
pub mod bank_match;
pub mod bank_scroll;
pub mod disbursement;
pub mod payment;
pub mod payment_advice;
pub mod payment_advice_file;
pub mod payment_outcome;
pub(in crate::domain) mod payment_outcome_story;
pub mod tranche;
pub mod treasury_return;
pub mod treasury_return_file;
