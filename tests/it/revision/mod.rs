//! Tests of a scheme's next version: draft, difference, impact, publication, and recomputation.

pub mod scheme_versions;
pub mod upgrade;
