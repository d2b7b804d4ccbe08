//! Tests of the storage engine and the runner: races, rehearsals, crashes, disturbances, start, idempotency, the ledger
//! model.

pub mod batch;
pub mod clock;
pub mod crash;
pub mod idempotency;
pub mod ledger_model;
pub mod race;
pub mod rehearsals;
pub mod schema;
pub mod silence;
pub mod standbys;
pub mod standstill;
pub mod start;
pub mod trouble;
