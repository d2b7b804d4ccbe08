//! Pages of milestones.

pub mod milestone_acts;
pub mod milestone_list;
pub mod milestone_page;
