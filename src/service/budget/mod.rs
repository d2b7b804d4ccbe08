//! Use cases of outlay and appropriation: accounts, journals, postings, instruments, limits.

pub mod budget;
pub mod budget_file;
pub mod budget_instruments;
pub mod expenditure_limits;
pub mod instrument_file;
pub mod providers;
