//! Tests of recoveries: demands, instalments, interest, set-offs, relief, bank returns.

pub mod bank_credits;
pub mod noting;
pub mod receipts;
pub mod recovered_money;
pub mod recoveries;
pub mod set_offs;
pub mod taken_back;
