//! The JSON interface to outlay and appropriation: accounts, journals, postings, instruments, limits.

pub mod budget;
pub mod budget_instruments;
