//! Pages of schemes and of drafts of their versions.

pub mod draft_acts;
pub mod draft_page;
pub mod leaf_words;
pub mod opening_acts;
pub mod scheme_list;
pub mod scheme_page;
