//! The evidence bundle of a disbursement: its provenance, the inclusion proofs of the acts behind it, and the
//! files they rest on.

use crate::service::desk::disbursement_chain::Chain;
use crate::service::log::log_receipts::prove;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use crate::service::{Service, off_thread};
use domain::base::evidence::Evidence;
use domain::base::id::DisbursementId;
use domain::log::checkpoint::KeptCheckpoint;
use domain::log::log_proof::LogProof;
use std::fs::File;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// The contents of a bundle, without the bytes of the files.
pub struct Bundle {
    pub chain: Chain,
    /// The inclusion proof of every act of the chain, in the chain's order.
    pub proofs: Vec<LogProof>,
    /// The first checkpoint that covers all of them; it stays the same until another act on the chain is
    /// recorded.
    pub checkpoint: KeptCheckpoint,
    /// The public key that verifies the checkpoint's signature.
    pub verifier_key: String,
}

impl Service {
    /// The provenance of a disbursement with its proofs. Checks that every file exists with its recorded size.
    pub async fn disbursement_bundle(self: &Arc<Self>, caller: Caller, id: DisbursementId) -> Result<Bundle, Error> {
        let chain = self.disbursement_chain(caller, id).await?;
        let last = chain.acts.last().map(|act| act.entry.facts.sequence).or_not_found("act behind it")?;
        let checkpoint = self.checkpoint_over(last).await?;
        let entries = chain.acts.iter().map(|act| act.entry.clone()).collect();
        let under = checkpoint.clone();
        let proofs = self.read_openly(move |tx| prove(tx, &under, entries)).await?;
        let (service, evidence) = (Arc::clone(self), chain.evidence.clone());
        off_thread(move || evidence.iter().try_for_each(|one| service.open_evidence(one).map(drop))).await?;
        Ok(Bundle { chain, proofs, checkpoint, verifier_key: self.log_verifier_key() })
    }

    /// Opens a file's content, to be read in parts and compared with its digest.
    pub fn open_evidence(&self, record: &Evidence) -> Result<File, Error> {
        self.evidence.open_file(&record.digest, record.size_bytes)
    }

    /// Reserves one of the few slots for simultaneous downloads; dropping the permit frees it.
    pub fn download_slot(&self) -> Result<OwnedSemaphorePermit, Error> {
        let slots = Arc::clone(&self.export_slots);
        slots.try_acquire_owned().map_err(|_| Error::Unavailable("too many downloads are running".to_owned()))
    }
}
