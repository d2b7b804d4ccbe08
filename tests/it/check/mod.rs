//! Tests of standing controls, the stop of money, and `verify`.

pub mod adversary;
pub mod as_logged;
pub mod controls;
pub mod every_row;
pub mod money_stop;
pub mod restored;
pub mod schema_objects;
pub mod signed;
