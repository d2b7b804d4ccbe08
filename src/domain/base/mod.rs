//! The ground of the rules: money, calendar, ids, fields, refusals, permissions. It imports no other room.

pub mod calendar;
pub mod days;
pub mod digest;
pub mod evidence;
pub mod field;
pub mod id;
pub mod moment;
pub mod money;
pub mod number;
pub mod permission;
pub mod refusal;
pub mod step;
pub mod utr;
