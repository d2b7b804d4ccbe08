//! The stored history of the tables (bitemporal: transaction time): its triggers, its tables, and the views
//! through which an earlier moment is read.

pub mod history;
pub(in crate::db) mod history_tables;
pub mod past;
