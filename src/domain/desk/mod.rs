//! Rules about the auditor's desk: selections, observations, samples, provenance, exports.

pub mod audit_desk;
pub mod found;
pub mod observation;
pub mod question_fields;
pub mod requisition;
pub mod sample;
pub mod sampling;
pub mod saved_query;
pub mod selected_row;
pub mod selection;
pub mod selection_fields;
pub mod subject;
