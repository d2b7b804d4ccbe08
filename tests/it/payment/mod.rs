//! Tests of tranches, payment advices, treasury returns, disbursements and bank scrolls.
//! disbursement and the bank scroll.

pub mod disbursements;
pub mod holds;
pub mod one_claim;
pub mod paid_again;
pub mod payment_advices;
pub mod payment_failures;
pub mod payment_outcomes;
pub mod payments;
pub mod reconciliation;
pub mod sanction_paid;
pub mod tranche_returns;
pub mod tranches;
pub mod treasury;
pub mod treasury_crash;
pub mod whole_rupees;
