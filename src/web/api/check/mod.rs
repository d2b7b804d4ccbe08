//! The JSON interface to standing controls, the stop of money, and `verify`.

pub mod controls;
