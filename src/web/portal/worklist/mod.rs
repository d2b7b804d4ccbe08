//! What waits for whom: in words, and as the inbox of one person.

pub mod control_page;
pub mod inbox;
pub mod places;
pub mod rows;
pub mod waits;
