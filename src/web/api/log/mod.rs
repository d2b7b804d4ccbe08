//! The JSON interface to the audit log: entries, Merkle tree, checkpoints, witnesses, receipts.

pub mod audit_log;
pub mod log;
pub(in crate::web) mod log_files;
