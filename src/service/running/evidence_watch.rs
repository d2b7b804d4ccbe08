//! Whether the files of evidence are where the records say: a few are looked up every minute, the newest ones and the
//! next ones in turn, so that a folder that was not restored is reported at once and a single lost file in time.
//! Nothing is read; `verify` reads every file.

use crate::db::engine::evidence;
use crate::service::running::error::Error;
use crate::service::{Service, off_thread};
use domain::base::evidence::Evidence;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many of the newest files are looked up each time.
const NEWEST: i64 = 50;
/// How many of the others.
const IN_TURN: i64 = 200;

/// What is known about the files.
#[derive(Default)]
pub(in crate::service) struct EvidenceWatch(Mutex<Looked>);

#[derive(Clone, Default)]
struct Looked {
    /// A file that is missing, until it is there.
    missing: Option<Evidence>,
    /// The last of the files that were looked up in turn.
    behind: String,
}

impl EvidenceWatch {
    fn looked(&self) -> MutexGuard<'_, Looked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service {
    /// Whether a file of evidence was missing when it was last looked up.
    pub fn misses_evidence(&self) -> bool {
        self.evidence_watch.looked().missing.is_some()
    }

    /// Looks up a few files.
    pub async fn look_at_evidence(self: &Arc<Self>) -> Result<(), Error> {
        let Looked { missing, behind } = self.evidence_watch.looked().clone();
        let read =
            self.read_openly(move |tx| Ok((evidence::newest(tx, NEWEST)?, evidence::after(tx, &behind, IN_TURN)?)));
        let (newest, in_turn) = read.await?;
        let last = in_turn.last().filter(|_| in_turn.len() as i64 == IN_TURN).map(|one| one.id.to_string());
        let (service, known) = (Arc::clone(self), missing.clone());
        let found = off_thread(move || {
            let files = known.into_iter().chain(newest).chain(in_turn);
            let mut gone = None;
            for file in files {
                if gone.is_none() && !service.evidence.is_there(&file.digest, file.size_bytes)? {
                    gone = Some(file);
                }
            }
            Ok(gone)
        });
        let found = found.await?;
        match (&missing, &found) {
            (None, Some(file)) => {
                let (id, digest) = (file.id.to_string(), &file.digest);
                tracing::error!(
                    id,
                    digest,
                    "a file of evidence is missing or cut; put the folder back, and run verify"
                );
            }
            (Some(file), None) => {
                tracing::warn!(id = file.id.to_string(), "the missing file of evidence is there again")
            }
            _ => {}
        }
        *self.evidence_watch.looked() = Looked { missing: found, behind: last.unwrap_or_default() };
        Ok(())
    }
}
