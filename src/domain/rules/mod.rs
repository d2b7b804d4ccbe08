//! Rules as data: the small language in which scheme files say what is due, and its parts.
//! `parse` reads text, `expression` checks and computes it, `exact`, `unit` and `table` are its values.

pub mod book;
pub mod check;
pub mod exact;
pub mod expression;
pub mod figure;
pub mod names;
pub mod parse;
pub mod rule;
pub mod table;
pub mod unit;
