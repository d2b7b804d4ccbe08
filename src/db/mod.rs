//! THE ONLY DIESEL: rows in, domain values out. One file a noun; nothing above this folder sees a
//! table, a column or a connection.

pub mod accounts;
pub mod applications;
pub mod audit_log;
pub mod awards;
pub mod claims;
pub(crate) mod column;
pub mod connection;
pub mod counters;
pub mod disbursements;
pub mod error;
pub mod evidence;
pub mod idempotency;
pub mod instance;
pub mod journals;
pub mod migrations;
pub mod milestones;
pub mod organisations;
pub mod payments;
pub mod provisions;
pub mod recoveries;
pub mod recovery_credits;
mod schema;
pub mod schemes;
pub mod securities;
pub mod sessions;
pub mod tranches;
pub mod users;
pub mod windows;
pub mod writer;
