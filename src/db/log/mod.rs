//! Rows of the audit log: entries, Merkle tree, checkpoints, witnesses, receipts.

pub mod audit_log;
pub mod log_checkpoints;
pub mod log_cosignatures;
pub mod log_mailings;
pub mod log_tiles;
