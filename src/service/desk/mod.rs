//! Use cases of the auditor's desk: selections, observations, samples, provenance, exports.

pub mod bundles;
pub mod disbursement_chain;
pub mod finder;
pub mod observations;
pub mod requisitions;
pub mod samples;
pub mod saved_queries;
pub mod selections;
