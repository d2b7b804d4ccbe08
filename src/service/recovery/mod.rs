//! Use cases of money that has to come back: demands, instalments, interest, set-offs, relief, bank returns.

pub(in crate::service) mod bank_returns;
pub mod recoveries;
pub mod recovery_credits;
pub mod recovery_receipts;
pub mod set_offs;
