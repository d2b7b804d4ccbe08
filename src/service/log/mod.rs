//! Use cases of the audit log: entries, Merkle tree, checkpoints, witnesses, receipts.

pub mod audit;
pub mod log;
pub mod log_key;
pub mod log_receipts;
pub(in crate::service) mod log_seal;
pub mod log_witnesses;
pub mod own_acts;
pub(in crate::service) mod witness_client;
pub mod witness_mail;
