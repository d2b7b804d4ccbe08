//! Pages for everybody, signed in or not.

pub mod home;
pub mod home_charts;
pub mod home_shelf;
