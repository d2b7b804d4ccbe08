//! Rules about milestones of an award, their reports and excuses.

pub mod claimable_share;
pub mod excuse;
pub mod milestone;
pub mod reopening;
pub mod report_return;
