//! Pages of tranches and payments, of the files for the treasury and its answers, and of the bank's scrolls.

pub mod advice_list;
pub mod advice_page;
pub mod bank_files;
pub mod bank_ways;
pub mod bank_words;
pub mod credit_list;
pub mod difference_list;
pub mod difference_page;
pub mod disbursement_list;
pub mod disbursement_page;
pub mod payment_list;
pub mod payment_page;
pub mod return_page;
pub mod scroll_page;
pub mod tranche_acts;
pub mod tranche_checks;
pub mod tranche_list;
pub mod tranche_page;
pub mod tranche_past;
