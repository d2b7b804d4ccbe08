//! THE ONLY DIESEL: rows in, domain values out. One file a noun; nothing above this folder sees a
//! table, a column or a connection.

pub mod accounts;
pub mod applications;
pub mod audit_log;
pub mod awards;
mod batch;
pub mod budget_instruments;
pub mod claims;
pub(crate) mod column;
pub mod connection;
pub mod counters;
mod deadline;
pub mod disbursements;
pub mod durability;
pub mod error;
pub mod evidence;
mod fault_points;
pub mod idempotency;
pub mod instance;
pub mod journals;
pub mod last_quarter_spending;
pub mod migrations;
pub mod milestones;
pub mod money_stop;
pub mod organisations;
pub mod payment_advices;
pub mod payments;
mod schema;
pub mod schemes;
pub mod securities;
pub mod sessions;
mod sets;
pub mod tranches;
pub mod treasury_returns;
pub mod users;
pub mod windows;
pub mod writer;
