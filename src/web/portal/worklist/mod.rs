//! What waits for whom: in words, and as the inbox of one person.

pub mod waits;
