//! The use cases of the room budget: one file for each noun. `domain/budget/mod.rs` says what
//! the room is about.

pub mod budget;
pub mod budget_file;
pub mod budget_instruments;
pub mod expenditure_limits;
pub mod instrument_file;
pub mod providers;
