//! Tests of what every request meets: bad input, the description, the document of the interface, evidence files.

pub mod api_document;
pub mod bad_input;
pub mod evidence;
pub mod openapi;
pub mod operations;
pub mod stale_versions;
