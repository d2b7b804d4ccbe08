//! Pages of milestones.

pub mod excuse_acts;
pub mod excuse_list;
pub mod excuse_page;
pub mod milestone_acts;
pub mod milestone_excuses;
pub mod milestone_list;
pub mod milestone_page;
