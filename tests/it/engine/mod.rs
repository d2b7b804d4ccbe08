//! Tests of the ground of storage and of the runner: races, crashes, trouble, start, idempotency, the ledger model.

pub mod batch;
pub mod crash;
pub mod idempotency;
pub mod ledger_model;
pub mod race;
pub mod schema;
pub mod start;
pub mod trouble;
