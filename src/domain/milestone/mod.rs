//! Rules about milestones of an award, their reports and excuses.

pub mod excuse;
pub mod milestone;
pub mod report_return;
