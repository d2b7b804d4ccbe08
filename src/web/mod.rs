//! THE ONLY ACTIX: requests in, answers out. `api/` is the JSON interface; `problem.rs` alone knows
//! which status an error has; `openapi.rs` describes every route from the code.

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
mod route_table;
mod selection_rows;
pub mod server;
mod statement_page;

use crate::service::Service;
use std::sync::{Arc, LazyLock};

/// What handlers share.
pub struct Web {
    pub service: Arc<Service>,
    pub(in crate::web) json_bytes_most: usize,
    pub(in crate::web) body_seconds_most: u64,
    /// Made when it is first asked for: the schemas of all operations are much for a process at rest.
    pub(in crate::web) openapi: LazyLock<openapi::Description>,
    /// The files of the public data as they were last made.
    pub(in crate::web) public_files: public_files::PublicShelf,
}
