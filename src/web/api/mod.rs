//! The JSON interface under `/api/v1`: one file a noun, one function an operation, whose name is its
//! operation id. `web/routes.rs` is its only route table.

pub mod award;
pub mod budget;
pub mod check;
pub mod claim;
pub mod correction;
pub mod correspondence;
pub mod desk;
pub mod log;
pub mod milestone;
pub mod payment;
pub mod people;
pub mod public;
pub mod recovery;
pub mod revision;
pub mod scheme;
pub mod worklist;
