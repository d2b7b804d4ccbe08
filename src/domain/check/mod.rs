//! Rules about standing controls, the stop of money, and `verify`.

pub mod control;
