//! The JSON interface to milestones of an award, their reports and excuses.

pub mod excuses;
pub mod milestones;
