//! Pages for everybody, signed in or not.

pub mod about;
pub mod home;
pub mod home_charts;
pub mod home_shelf;
