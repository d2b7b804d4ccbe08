//! The kept history of the tables (bitemporal: transaction time): its triggers, its tables, and the views through which a moment of the past is read.

pub mod history;
pub(in crate::db) mod history_tables;
pub mod past;
