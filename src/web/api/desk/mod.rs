//! The JSON interface of the room desk: one file for each noun. `domain/desk/mod.rs` says what
//! the room is about.

pub(in crate::web) mod bundle;
pub(in crate::web) mod bundle_page;
pub mod disbursement_chain;
pub(in crate::web) mod export_formats;
pub(in crate::web) mod export_journal;
pub(in crate::web) mod export_parquet;
pub(in crate::web) mod export_xlsx;
pub(in crate::web) mod journal_records;
pub mod observations;
pub(in crate::web) mod openapi_selections;
pub mod requisitions;
pub mod samples;
pub mod saved_queries;
pub mod selections;
