//! Tests of milestones of an award, their reports and excuses.

pub mod damages;
pub mod excuses;
pub mod milestones;
pub mod partial_achievement;
