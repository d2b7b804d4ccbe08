//! Use cases of a scheme's next version: draft, difference, impact, publication, recomputation.

pub mod impact;
pub mod recompute;
pub mod scheme_drafts;
pub mod scheme_publication;
