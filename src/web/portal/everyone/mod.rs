//! What everybody has: the first page, signing in and out, the own account.

pub mod account;
pub mod demo_link;
pub mod elsewhere;
pub mod explanation;
pub mod file;
pub mod find;
pub mod home;
pub mod lists;
pub mod sign_in;
