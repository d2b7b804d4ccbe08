//! Storage: the only layer that uses diesel. It reads and writes rows and returns domain values. There is one
//! file for each noun; no layer above sees a table, a column or a connection.

pub mod award;
pub mod budget;
pub mod check;
pub mod claim;
pub mod correction;
pub mod correspondence;
pub mod desk;
pub mod engine;
pub mod log;
pub mod milestone;
pub mod payment;
pub mod people;
pub mod recovery;
pub mod revision;
pub mod scheme;
pub mod worklist;
