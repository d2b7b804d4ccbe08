//! The ground of the rules: money, calendar, ids, fields, refusals, permissions. It imports no other room.

pub mod act;
pub mod argument;
pub mod calendar;
pub mod days;
pub mod desk;
pub mod digest;
pub mod evidence;
pub mod field;
pub mod field_change;
pub mod field_reason;
pub mod id;
pub mod letters;
pub mod line_count;
pub mod moment;
pub mod money;
pub mod noting;
pub mod number;
pub mod permission;
pub mod queries;
pub mod reason;
pub mod record_reference;
pub mod refusal;
pub mod retold;
pub mod step;
pub mod told;
pub mod utr;
