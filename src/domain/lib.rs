//! The rules: pure values and functions. Nothing here reads a clock, draws a random number,
//! opens a file or knows a database or HTTP; time and facts always arrive as arguments.
//! `serde` and `utoipa` derives only describe the shape of the vocabulary.

pub mod award;
pub mod base;
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
