//! Storage of the room budget: the rows and queries of each of its nouns. `domain/budget/mod.rs` says what
//! the room is about.

pub mod accounts;
pub mod budget_instruments;
pub mod journals;
pub mod last_quarter_spending;
