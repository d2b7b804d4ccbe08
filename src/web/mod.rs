//! The only layer that uses actix: it reads requests and writes answers. `api/` is the JSON interface, `portal/` the
//! pages; only `edge/problem.rs` knows the status of an error; `openapi.rs` describes every route from the code.

pub mod api;
pub mod edge;
pub mod edge_reason;
mod loose_days;
pub mod openapi;
pub mod portal;
pub mod refused_requests;
pub mod routes;
mod sent_body;
pub mod server;
mod unparsed;

use crate::service::Service;
use std::sync::Arc;

/// The state that all handlers share.
pub struct Web {
    pub service: Arc<Service>,
    pub(in crate::web) json_bytes_most: usize,
    pub(in crate::web) body_seconds_most: u64,
    /// The files of the public data as they were last made (a cache).
    pub(in crate::web) public_files: crate::web::api::public::public_files::PublicShelf,
    /// The first page for everybody, as it was last made (a cache).
    pub(in crate::web) home: crate::web::portal::public::home_shelf::HomeShelf,
}
