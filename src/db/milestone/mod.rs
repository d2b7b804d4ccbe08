//! Rows of milestones of an award, their reports and excuses.

pub mod excuses;
pub mod milestone_files;
pub mod milestones;
