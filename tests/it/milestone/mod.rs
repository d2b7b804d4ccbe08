//! Tests of the milestones of an award, their reports and their excuses.

pub mod damages;
pub mod excuses;
pub mod milestone_returns;
pub mod milestones;
pub mod partial_achievement;
