//! The JSON interface to a scheme's next version: draft, difference, impact, publication, recomputation.

pub mod scheme_drafts;
