//! Rules about the audit log: entries, Merkle tree, checkpoints, witnesses, receipts.

pub mod audit;
pub mod checkpoint;
pub mod cosignature;
pub mod high_water_mark;
pub mod log_facts;
pub mod log_key_change;
pub mod log_proof;
pub mod mailed_note;
pub mod merkle;
#[cfg(test)]
pub(crate) mod merkle_plain;
pub mod merkle_proof;
pub mod row_note;
pub mod tile_path;
