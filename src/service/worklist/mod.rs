//! What waits for whom.

pub mod last_change;
pub mod matters;
pub mod name_cache;
pub mod names;
pub mod numbers;
pub mod visitor;
pub mod who_can;
pub mod worklist;
