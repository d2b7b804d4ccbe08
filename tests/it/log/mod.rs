//! Tests of the audit log: entries, Merkle tree, checkpoints, witnesses, receipts.

pub mod audit;
pub mod log;
pub mod log_mirror;
pub mod log_receipts;
pub mod log_tampering;
pub mod log_witness_mail;
pub mod log_witnesses;
