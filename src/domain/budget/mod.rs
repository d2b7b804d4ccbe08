//! Rules about outlay and appropriation: accounts, journals, postings, instruments, limits.

pub mod account_name;
pub mod budget;
pub mod budget_instrument;
pub mod expenditure_limit;
pub mod ledger;
pub mod posting;
pub mod posting_budget;
pub mod reappropriation;
pub mod scheme_years;
pub mod whole_rupees;
