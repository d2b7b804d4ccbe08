//! Rows of money that has to come back: demands, instalments, interest, set-offs, relief, bank returns.

pub mod recoveries;
pub mod recovery_credits;
