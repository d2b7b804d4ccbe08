//! The JSON interface of the room budget: one file for each noun. `domain/budget/mod.rs` says what
//! the room is about.

pub mod budget;
pub mod budget_instruments;
