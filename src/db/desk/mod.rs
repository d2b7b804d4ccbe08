//! Rows of the auditor's desk: selections, observations, samples, provenance, exports.

pub mod observations;
pub mod requisitions;
pub mod samples;
pub mod saved_queries;
pub mod selection_sources;
pub mod selections;
