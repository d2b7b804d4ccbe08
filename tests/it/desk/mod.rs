//! Tests of the auditor's desk: selections, observations, samples, provenance, and exports.

pub mod bundles;
pub mod export_journals;
pub mod exports;
pub mod figures;
pub mod observations;
pub mod past;
pub mod questions;
pub mod samples;
pub mod saved_queries;
pub mod searched_names;
pub mod selections;
