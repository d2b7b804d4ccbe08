//! Receipts: the proof for the acting person that their act is in the log (inclusion proof). A receipt can be
//! checked without the service, because its text contains everything except the log's key.

use crate::db::engine::transaction::ReadTx;
use crate::db::log::{audit_log, log_tiles};
use crate::service::Service;
use crate::service::log::log::place;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use domain::base::digest::hex;
use domain::base::permission::Permission;
use domain::log::audit::AuditEntry;
use domain::log::checkpoint::KeptCheckpoint;
use domain::log::log_proof::LogProof;
use std::sync::Arc;

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::KeepSession;

impl Service {
    /// The receipt of an entry, for the person who acted and for auditors.
    pub async fn log_receipt(self: &Arc<Self>, caller: Caller, sequence: i64) -> Result<LogProof, Error> {
        let entry = self.read(caller, READ_PERMISSION, move |tx, actor| {
            let reads_all = actor.may(Permission::ReadAuditLog).is_ok();
            let visible = |entry: &AuditEntry| reads_all || entry.facts.actor_id == actor.user_id;
            audit_log::find(tx, sequence)?.filter(visible).or_not_found("log entry")
        });
        let entry = entry.await?;
        let checkpoint = self.checkpoint_over(sequence).await?;
        let proved = self.read_openly(move |tx| prove(tx, &checkpoint, vec![entry])).await?;
        proved.into_iter().next().or_not_found("log entry")
    }
}

/// The proofs of these entries under one checkpoint that covers them all.
pub(in crate::service) fn prove(
    tx: &mut ReadTx<'_>,
    checkpoint: &KeptCheckpoint,
    entries: Vec<AuditEntry>,
) -> Result<Vec<LogProof>, Error> {
    let mut tree = log_tiles::tree(tx, checkpoint.size);
    // An invalid proof must not be handed out.
    if hex(&tree.root()?) != checkpoint.root {
        return Err(Error::Internal(format!("the log is not what its checkpoint of {} says", checkpoint.size)));
    }
    let proved = |entry: AuditEntry| -> Result<LogProof, Error> {
        let index = place(entry.facts.sequence - 1)?;
        let path = tree.inclusion(index)?;
        Ok(LogProof { entry, index, path, checkpoint: checkpoint.note.clone() })
    };
    entries.into_iter().map(proved).collect()
}
