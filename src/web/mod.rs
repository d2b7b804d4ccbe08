//! THE ONLY ACTIX: requests in, answers out. `api/` is the JSON interface; only `problem.rs` knows the status
//! of an error; `openapi.rs` describes every route from the code.

pub mod api;
mod bundle;
mod bundle_page;
mod docs;
mod download;
mod export_formats;
mod export_journal;
mod export_parquet;
mod export_xlsx;
mod extract;
mod health;
mod journal_records;
mod listing;
mod log_files;
mod middleware;
mod moment;
pub mod openapi;
mod openapi_selections;
pub mod problem;
mod public_files;
mod public_grants;
mod public_package;
mod public_releases;
mod reply;
pub mod route_table;
mod selection_rows;
pub mod server;
mod statement_page;

use crate::service::Service;
use std::sync::{Arc, LazyLock};

/// The state that all handlers share.
pub struct Web {
    pub service: Arc<Service>,
    pub(in crate::web) json_bytes_most: usize,
    pub(in crate::web) body_seconds_most: u64,
    /// Made at the first request for it: the schemas of all operations take much memory for an idle process.
    pub(in crate::web) openapi: LazyLock<openapi::Description>,
    /// The files of the public data as they were last made (a cache).
    pub(in crate::web) public_files: public_files::PublicShelf,
}
