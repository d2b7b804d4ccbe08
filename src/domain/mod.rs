//! THE RULES: pure values and functions. Nothing here reads a clock, draws a random number,
//! opens a file or knows a database or HTTP; time and facts always arrive as arguments.
//! `serde` and `utoipa` derives only describe the shape of the vocabulary.

pub mod application;
pub mod audit;
pub mod award;
pub mod budget;
pub mod budget_instrument;
pub mod calendar;
pub mod claim;
pub mod disbursement;
pub mod entitlement;
pub mod evidence;
pub mod expenditure_limit;
pub mod field;
pub mod final_certificate;
pub mod finance;
pub mod id;
pub mod ledger;
pub mod milestone;
pub mod money;
pub mod organisation;
pub mod payment;
pub mod payment_advice;
pub mod payment_advice_file;
pub mod permission;
pub mod posting;
pub mod posting_budget;
pub mod reappropriation;
pub mod refusal;
pub mod scheme;
pub mod scrutiny;
pub mod security;
pub mod security_forms;
pub mod staged_release;
pub mod tranche;
pub mod treasury_return;
pub mod treasury_return_file;
pub mod user;
pub mod window;
