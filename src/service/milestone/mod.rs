//! Use cases of milestones of an award, their reports and excuses.

pub mod excuses;
pub mod milestone_desk;
pub(in crate::service) mod milestone_files;
pub mod milestone_queries;
pub mod milestones;
