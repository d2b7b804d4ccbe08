//! The base of storage: connections, transactions, the writer, the write-behind buffer, the schema and the
//! history. It imports no other folder of this layer.

pub mod back_off;
pub(crate) mod column;
pub(in crate::db) mod columns;
pub mod connection;
pub mod counters;
pub mod deadline;
pub(in crate::db) mod dialect;
pub mod durability;
pub mod error;
pub mod evidence;
pub(in crate::db) mod fault_points;
pub mod history;
pub mod idempotency;
pub mod instance;
pub mod migrations;
pub(in crate::db) mod month_totals;
pub mod notes;
pub mod prefetch;
pub(in crate::db) mod query;
pub mod read_pool;
pub mod rehearsals;
pub mod remote;
pub(in crate::db) mod row_statement;
pub(in crate::db) mod rows;
pub(in crate::db) mod schema;
pub mod selects;
pub(in crate::db) mod set_writer;
pub(in crate::db) mod sets;
pub(in crate::db) mod statement_forms;
pub mod transaction;
pub(in crate::db) mod write_buffer;
pub mod writer;
