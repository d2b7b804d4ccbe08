//! Rules about tranches, payment advices, treasury returns, disbursements and bank scrolls.

pub mod bank_credit;
pub mod bank_difference;
pub mod bank_match;
pub mod bank_scroll;
pub mod disbursement;
pub mod payment;
pub mod payment_advice;
pub mod payment_advice_file;
pub mod payment_failure;
pub mod payment_outcome;
pub(crate) mod payment_outcome_story;
pub mod sanction_paid;
pub mod scroll_detail;
pub mod tranche;
pub mod tranche_return;
pub mod treasury_line_closing;
pub mod treasury_return;
pub mod treasury_return_csv;
pub mod treasury_return_file;
pub mod treasury_return_sample;
