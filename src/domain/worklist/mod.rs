//! What waits for whom: which office each status of each record waits for, which clock runs, and what happens if
//! nothing is done.

pub mod desk_times;
pub mod details;
pub mod matter;
mod matter_table;
pub mod payment_rules;
pub mod reminder_rules;
pub mod rule;
pub mod rules;
pub mod waiting;
