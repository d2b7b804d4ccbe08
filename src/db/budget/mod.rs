//! Rows of outlay and appropriation: accounts, journals, postings, instruments, limits.

pub mod accounts;
pub mod budget_instruments;
pub mod journals;
pub mod last_quarter_spending;
