//! Tests of the checks on every request: bad input, the OpenAPI description, the API document, and evidence files.

pub mod api_document;
pub mod bad_input;
pub mod conditional;
pub mod described;
pub mod dry_run;
pub mod evidence;
pub mod gate;
pub mod hindi;
pub mod languages;
pub mod lists;
pub mod methods;
pub mod openapi;
pub mod operations;
pub mod stale_versions;
