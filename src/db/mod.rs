//! THE ONLY DIESEL: rows in, domain values out. One file a noun; nothing above this folder sees a
//! table, a column or a connection.

pub mod award;
pub mod budget;
pub mod check;
pub mod claim;
pub mod desk;
pub mod engine;
pub mod log;
pub mod milestone;
pub mod payment;
pub mod people;
pub mod recovery;
pub mod revision;
pub mod scheme;
