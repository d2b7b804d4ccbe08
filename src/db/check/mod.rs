//! Rows of standing controls, the stop of money, and `verify`.

pub mod controls;
pub mod differences;
pub mod money_stop;
