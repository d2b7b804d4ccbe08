//! The evidence bundle of a disbursement: the chain behind it, the proofs that its acts stand in the
//! log, and the files they rest on.

use crate::domain::checkpoint::KeptCheckpoint;
use crate::domain::evidence::Evidence;
use crate::domain::id::DisbursementId;
use crate::domain::log_proof::LogProof;
use crate::service::disbursement_chain::Chain;
use crate::service::error::{Error, OrNotFound};
use crate::service::log_receipts::prove;
use crate::service::runner::Caller;
use crate::service::{Service, off_thread};
use std::fs::File;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// What a bundle is made of, without the content of the files.
pub struct Bundle {
    pub chain: Chain,
    /// Of every act of the chain, in its order.
    pub proofs: Vec<LogProof>,
    /// The first that covers them all: the same until something happens to the chain.
    pub checkpoint: KeptCheckpoint,
    /// What checks its signature.
    pub verifier_key: String,
}

impl Service {
    /// What stands behind a disbursement, proved. Every file of it is there, in its size.
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

    /// The content of a file, to be read part by part and held against its digest.
    pub fn open_evidence(&self, record: &Evidence) -> Result<File, Error> {
        self.evidence.open_file(&record.digest, record.size_bytes)
    }

    /// A place among the few downloads that run at once, until it is dropped.
    pub fn download_slot(&self) -> Result<OwnedSemaphorePermit, Error> {
        let slots = Arc::clone(&self.export_slots);
        slots.try_acquire_owned().map_err(|_| Error::Unavailable("too many downloads are running".to_owned()))
    }
}
