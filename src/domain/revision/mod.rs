//! Rules about a scheme's next version: draft, difference, impact, publication, recomputation.

pub mod example_claim;
pub mod impact;
pub mod impact_models;
pub mod impact_totals;
pub mod rule_changes;
pub mod scheme_difference;
pub mod scheme_draft;
pub mod scheme_text;
