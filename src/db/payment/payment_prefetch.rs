//! Prefetches what the commands of a batch will look for, a statement for each table. Confirmed
//! payments are what comes in large batches, so it is their rows that are read beforehand.

use crate::db::engine::error::DbError;
use crate::db::engine::idempotency;
use crate::db::engine::prefetch::Prefetch;
use crate::db::engine::transaction::WriteTx;
use crate::db::payment::{payments, tranches};
use crate::db::people::sessions;
use crate::domain::base::id::PaymentId;

/// Only for an engine that is a round trip away; and a single row is as well read by its command.
pub fn prefetch(tx: &mut WriteTx<'_>, mut wanted: Prefetch) -> Result<(), DbError> {
    if !tx.is_remote() {
        return Ok(());
    }
    wanted.sessions.sort();
    wanted.sessions.dedup();
    if wanted.sessions.len() > 1 {
        sessions::prefetch(tx, &wanted.sessions)?;
    }
    if wanted.keys.len() > 1 {
        idempotency::prefetch(tx, wanted.keys)?;
    }
    if wanted.payments.len() > 1 {
        let ids: Vec<String> = wanted.payments.iter().map(PaymentId::to_string).collect();
        let tranches = payments::prefetch(tx, &ids, &wanted.utrs)?;
        tranches::prefetch(tx, &tranches)?;
    }
    Ok(())
}
