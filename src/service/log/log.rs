//! Reading the Merkle tree over the audit log (RFC 9162): checkpoints, proofs and tiles. All of it is public
//! except the bundles of entries: it shows how long the log is, and nothing of its content.

use crate::db::engine::transaction::ReadTx;
use crate::db::log::{audit_log, log_checkpoints, log_cosignatures, log_tiles};
use crate::service::Service;
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use domain::base::digest::hex;
use domain::base::permission::Permission;
use domain::log::checkpoint::KeptCheckpoint;
use domain::log::merkle::{GROUP, Hash, Tiles, entry_bundle};
use domain::log::tile_path::TilePath;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The proof that an entry is in the log: the path from its leaf to the root (RFC 9162). Hashes are 64
/// hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct InclusionProof {
    /// The sequence of the entry in the audit log.
    pub entry: i64,
    /// The place of its leaf, counted from 0.
    pub leaf_index: i64,
    /// SHA-256 of a zero byte and the 32 bytes of the entry's `hash`.
    pub leaf_hash: String,
    /// The size of the log, in entries, that the proof is for.
    pub size: i64,
    pub root: String,
    pub path: Vec<String>,
}

/// The proof that a log is the beginning of a longer one (RFC 9162). Hashes are 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConsistencyProof {
    pub from: i64,
    pub from_root: String,
    pub to: i64,
    pub to_root: String,
    pub path: Vec<String>,
}

fn hex_all(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| hex(hash)).collect()
}

pub(in crate::service) fn place(number: i64) -> Result<u64, Error> {
    u64::try_from(number).map_err(|_| Error::NotFound("place in the log"))
}

/// The requested size, which the log must have reached; the present size if none is requested.
fn length(tx: &mut ReadTx<'_>, asked: Option<i64>) -> Result<i64, Error> {
    let (head, _) = audit_log::head(tx)?;
    let length = asked.unwrap_or(head);
    if (1..=head).contains(&length) { Ok(length) } else { Err(Error::NotFound("place in the log")) }
}

/// Adds to each checkpoint the lines of the witnesses that cosigned it.
fn with_cosignatures(tx: &mut ReadTx<'_>, mut checkpoints: Vec<KeptCheckpoint>) -> Result<Vec<KeptCheckpoint>, Error> {
    let sizes: Vec<i64> = checkpoints.iter().map(|one| one.size).collect();
    for cosignature in log_cosignatures::of_sizes(tx, &sizes)? {
        if let Some(checkpoint) = checkpoints.iter_mut().find(|one| one.size == cosignature.size) {
            checkpoint.note.push_str(&cosignature.line);
            checkpoint.note.push('\n');
        }
    }
    Ok(checkpoints)
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadAuditLog;

impl Service {
    /// The public key of this log's signatures, as one line of text.
    pub fn log_verifier_key(&self) -> String {
        self.log_seal.key.verifier().to_string()
    }

    /// The newest checkpoint.
    pub async fn newest_checkpoint(self: &Arc<Self>) -> Result<KeptCheckpoint, Error> {
        self.read_openly(|tx| {
            let newest = log_checkpoints::newest(tx)?.or_not_found("checkpoint")?;
            with_cosignatures(tx, vec![newest])?.pop().or_not_found("checkpoint")
        })
        .await
    }

    /// Checkpoints of fewer than `before` entries, the newest first; `cursor` is the size of the last one of the page
    /// before.
    pub async fn checkpoints(
        self: &Arc<Self>,
        before: Option<i64>,
        cursor: Option<i64>,
        limit: i64,
    ) -> Result<Vec<KeptCheckpoint>, Error> {
        self.read_openly(move |tx| {
            require_known(cursor, |size| log_checkpoints::find(tx, size))?;
            let before = before.into_iter().chain(cursor).min().unwrap_or(i64::MAX);
            let checkpoints = log_checkpoints::before(tx, before, limit)?;
            with_cosignatures(tx, checkpoints)
        })
        .await
    }

    /// The proof that an entry is in the log of this size; without a size, in the whole log.
    pub async fn inclusion_proof(self: &Arc<Self>, entry: i64, size: Option<i64>) -> Result<InclusionProof, Error> {
        self.read_openly(move |tx| {
            let size = length(tx, size)?;
            if !(1..=size).contains(&entry) {
                return Err(Error::NotFound("place in the log"));
            }
            let (leaf_index, index) = (entry - 1, place(entry - 1)?);
            let mut tree = log_tiles::tree(tx, size);
            let path = hex_all(&tree.inclusion(index)?);
            let (leaf_hash, root) = (hex(&tree.leaf(index)?), hex(&tree.root()?));
            Ok(InclusionProof { entry, leaf_index, leaf_hash, size, root, path })
        })
        .await
    }

    /// The proof that the log of one size is the beginning of that of another; without `to`, of the whole log.
    pub async fn consistency_proof(self: &Arc<Self>, from: i64, to: Option<i64>) -> Result<ConsistencyProof, Error> {
        self.read_openly(move |tx| {
            let to = length(tx, to)?;
            if !(1..=to).contains(&from) {
                return Err(Error::NotFound("place in the log"));
            }
            let from_root = hex(&log_tiles::tree(tx, from).root()?);
            let mut tree = log_tiles::tree(tx, to);
            let path = hex_all(&tree.consistency(place(from)?)?);
            Ok(ConsistencyProof { from, from_root, to, to_root: hex(&tree.root()?), path })
        })
        .await
    }

    /// The hashes of a tile, one after the other, if the log is that long.
    pub async fn log_tile(self: &Arc<Self>, tile: TilePath) -> Result<Vec<u8>, Error> {
        self.read_openly(move |tx| {
            let (head, _) = audit_log::head(tx)?;
            let whole = 256_u64.checked_pow(tile.level).map_or(0, |group| head.unsigned_abs() / group);
            let wanted = tile.number.saturating_mul(256).saturating_add(tile.width);
            if wanted > whole {
                return Err(Error::NotFound("tile"));
            }
            let mut reader = tx;
            Ok(reader.tile(tile.level, tile.number, tile.width)?.concat())
        })
        .await
    }

    /// The bundle of the entries under a tile of leaves, if the log is that long.
    pub async fn log_entry_bundle(self: &Arc<Self>, caller: Caller, tile: TilePath) -> Result<Vec<u8>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let (head, _) = audit_log::head(tx)?;
            let from = tile.number.saturating_mul(GROUP);
            let to = from.saturating_add(tile.width);
            let (Ok(from), Ok(to)) = (i64::try_from(from), i64::try_from(to)) else {
                return Err(Error::NotFound("bundle"));
            };
            if tile.level != 0 || to > head {
                return Err(Error::NotFound("bundle"));
            }
            Ok(entry_bundle(&log_tiles::entry_hashes(tx, from, to)?))
        })
        .await
    }
}
