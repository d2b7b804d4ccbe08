//! Use cases of milestones of an award, their reports and excuses.

pub mod excuses;
pub(in crate::service) mod milestone_files;
pub mod milestone_queries;
pub mod milestones;
