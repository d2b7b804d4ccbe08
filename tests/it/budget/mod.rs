//! Tests of outlay and appropriation: accounts, journals, postings, instruments, limits.

pub mod budget;
pub mod budget_instruments;
pub mod expenditure_limits;
pub mod year_end;
