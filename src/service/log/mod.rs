//! The use cases of the room log: one file for each noun. `domain/log/mod.rs` says what
//! the room is about.

pub(in crate::service) mod accept_loss;
pub mod adopt_rows;
pub mod audit;
pub mod high_water;
pub mod log;
pub mod log_key;
pub(in crate::service) mod log_key_change;
pub mod log_receipts;
pub(in crate::service) mod log_seal;
pub mod log_witnesses;
pub mod own_acts;
pub(in crate::service) mod witness_client;
pub mod witness_mail;
