//! Rules as data: the small expression language of scheme files. `parse` reads text, `check` checks
//! types and units, `expression` evaluates, and `exact`, `unit` and `table` are its values.

pub mod book;
pub mod check;
pub mod claim_rules;
pub mod exact;
pub mod expression;
pub mod figure;
pub mod largest;
pub mod names;
pub mod parse;
pub mod rule;
pub mod table;
pub mod unit;
pub mod word;
