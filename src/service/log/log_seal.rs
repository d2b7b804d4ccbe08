//! Signing checkpoints of the audit log: at the end of a batch of commands, in the same transaction, when the
//! newest checkpoint is a minute old. The log is ahead of its newest checkpoint by a minute at most, because
//! the service also checks every minute when nobody does anything. Entries say how many checkpoints were signed before
//! them, and the first entry of a log says with which key, so that neither can be taken away unseen.

use crate::db::engine::error::DbError;
use crate::db::engine::transaction::WriteTx;
use crate::db::log::{audit_log, log_checkpoints, log_tiles};
use crate::service::Service;
use crate::service::log::log_key::LogKey;
use crate::service::running::clock::Clock;
use crate::service::running::error::Error;
use domain::base::calendar::Timestamp;
use domain::base::digest::hex;
use domain::log::checkpoint::{Checkpoint, KeptCheckpoint};
use domain::log::log_facts::{LOG_BEGINS, LOG_SIGNED, LogBegins, LogSigned};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The age at which the newest checkpoint is followed by the next one, in microseconds.
const CHECKPOINT_MICROS: u64 = 60_000_000;
/// Marks that nothing is signed yet, because the roots of groups written by an earlier program are still
/// missing.
const NOT_YET: i64 = i64::MIN;
/// Number of groups that one transaction fills in during a start.
const GROUPS_AT_ONCE: i64 = 64;

/// Signs the checkpoints that are due.
pub(in crate::service) struct LogSeal {
    clock: Clock,
    pub key: Arc<LogKey>,
    /// When the newest checkpoint known to this process was signed, in microseconds.
    signed_at: AtomicI64,
    /// What the first entry of the log says about it.
    begins: LogBegins,
    counted: Mutex<Counted>,
}

/// What this process knows of the checkpoints that are committed.
#[derive(Default)]
struct Counted {
    /// How many there are up to the newest one that was counted.
    signed: Option<LogSigned>,
    /// Whether no entry says so yet.
    unsaid: bool,
}

impl LogSeal {
    pub fn new(clock: Clock, key: Arc<LogKey>, sandbox: bool) -> LogSeal {
        let begins = LogBegins { key: key.verifier().clone(), sandbox };
        LogSeal { clock, key, signed_at: AtomicI64::new(NOT_YET), begins, counted: Mutex::default() }
    }

    /// What the entry says that names the key of a log.
    pub fn begins(&self) -> &LogBegins {
        &self.begins
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// At the begin of a batch: what its first entry says about the log.
    pub fn begin(&self, tx: &mut WriteTx<'_>) -> Result<(), DbError> {
        if audit_log::head(tx)?.0 == 0 {
            audit_log::say_first(tx, LOG_BEGINS, self.begins.json().to_string());
        }
        let counted = self.counted();
        if let Some(signed) = counted.signed.filter(|_| counted.unsaid) {
            audit_log::say_first(tx, LOG_SIGNED, signed.json().to_string());
        }
        Ok(())
    }

    /// Counts the committed checkpoints up to the newest one; the next batch with an entry says how many there are.
    fn count(&self, tx: &mut WriteTx<'_>, newest: i64) -> Result<(), DbError> {
        let Some(before) = self.counted().signed else { return Ok(()) };
        if newest > before.entries {
            let more = log_checkpoints::count_between(tx, before.entries, newest)?;
            let signed = LogSigned { checkpoints: before.checkpoints + more, entries: newest };
            *self.counted() = Counted { signed: Some(signed), unsaid: true };
        }
        Ok(())
    }

    fn is_due(&self, now: Timestamp) -> bool {
        let signed_at = self.signed_at.load(Ordering::Relaxed);
        // If the clock moved backwards, the checkpoint counts as due: otherwise nothing might be signed for
        // years.
        signed_at != NOT_YET && signed_at.abs_diff(now.micros()) >= CHECKPOINT_MICROS
    }

    /// Signs a checkpoint of everything in the transaction, if one is due; otherwise costs nothing.
    pub fn seal(&self, tx: &mut WriteTx<'_>) -> Result<(), DbError> {
        if self.counted().unsaid && audit_log::has_grown(tx)? {
            // If this batch fails, the next checkpoint is said with all before it.
            self.counted().unsaid = false;
        }
        let now = self.clock.now();
        if !self.is_due(now) {
            return Ok(());
        }
        let sealed = self.seal_now(tx, now);
        if let Err(why) = &sealed {
            tracing::error!(%why, "the log could not be signed; trying again in a minute");
            self.signed_at.store(now.micros(), Ordering::Relaxed);
        }
        sealed
    }

    fn seal_now(&self, tx: &mut WriteTx<'_>, now: Timestamp) -> Result<(), DbError> {
        let newest = log_checkpoints::newest(tx)?;
        let (covered, signed_at) = newest.map_or((0, i64::MIN), |newest| (newest.size, newest.signed_at.micros()));
        if signed_at.abs_diff(now.micros()) < CHECKPOINT_MICROS {
            // Taken from committed data: a checkpoint written in this transaction may still be rolled back.
            self.signed_at.store(signed_at, Ordering::Relaxed);
            return self.count(tx, covered);
        }
        let (size, _) = audit_log::head(tx)?;
        if size > covered {
            self.sign(tx, size, now)?;
        }
        Ok(())
    }

    fn sign(&self, tx: &mut WriteTx<'_>, size: i64, now: Timestamp) -> Result<KeptCheckpoint, DbError> {
        let root = log_tiles::tree(tx, size).root()?;
        let origin = self.key.verifier().name.clone();
        let signed = self.key.sign(Checkpoint { origin, size: size.unsigned_abs(), root });
        let kept = KeptCheckpoint { size, root: hex(&root), note: signed.to_string(), signed_at: now };
        log_checkpoints::insert(tx, &kept)?;
        Ok(kept)
    }

    /// Signs a checkpoint now, whatever the age of the newest one, unless that one covers every entry.
    fn seal_at_once(&self, tx: &mut WriteTx<'_>) -> Result<KeptCheckpoint, DbError> {
        let newest = log_checkpoints::newest(tx)?;
        let (size, _) = audit_log::head(tx)?;
        match newest.filter(|newest| newest.size >= size) {
            Some(newest) => Ok(newest),
            None => self.sign(tx, size, self.clock.now()),
        }
    }
}

impl Service {
    /// Fills in the roots of groups that an earlier program wrote; after that, checkpoints are signed.
    pub(in crate::service) async fn begin_checkpoints(&self) -> Result<(), Error> {
        let nothing = crate::db::engine::prefetch::Prefetch::default;
        while self.writer.write(nothing(), |tx| log_tiles::fill(tx, GROUPS_AT_ONCE)).await? > 0 {}
        let read = self.reads.read(|tx| {
            let newest = log_checkpoints::newest(tx)?.map_or(0, |newest| newest.size);
            let checkpoints = log_checkpoints::count_between(tx, 0, newest)?;
            Ok::<_, DbError>(LogSigned { checkpoints, entries: newest })
        })?;
        self.log_seal.counted().signed = Some(read);
        self.log_seal.signed_at.store(0, Ordering::Relaxed);
        Ok(())
    }

    /// The first checkpoint that covers an entry. If there is none it is signed on demand, so that a request
    /// for a proof need not wait; that is at most one extra checkpoint per entry.
    pub(in crate::service) async fn checkpoint_over(self: &Arc<Self>, entry: i64) -> Result<KeptCheckpoint, Error> {
        let known = self.read_openly(move |tx| Ok(log_checkpoints::after(tx, entry - 1)?)).await?;
        if let Some(known) = known {
            return Ok(known);
        }
        let seal = Arc::clone(&self.log_seal);
        if seal.signed_at.load(Ordering::Relaxed) == NOT_YET {
            return Err(Error::Unavailable("the tree over the log is being filled in".to_owned()));
        }
        Ok(self.writer.write(crate::db::engine::prefetch::Prefetch::default(), move |tx| seal.seal_at_once(tx)).await?)
    }

    /// Signs the entries that the newest checkpoint does not cover, when it is a minute old.
    pub async fn keep_checkpoint(self: &Arc<Self>) -> Result<(), Error> {
        if !self.log_seal.is_due(self.clock.now()) {
            return Ok(());
        }
        let uncovered = self
            .read_openly(|tx| {
                let covered = log_checkpoints::newest(tx)?.map_or(0, |newest| newest.size);
                Ok(audit_log::head(tx)?.0 > covered)
            })
            .await?;
        if uncovered {
            // The writer signs at the end of every batch, also of an empty one.
            self.writer.write(crate::db::engine::prefetch::Prefetch::default(), |_| Ok(())).await?;
        }
        Ok(())
    }
}
