//! Prefetches the rows that the commands of a batch will look up, with one statement for each table.
//! Confirmations of payments come in large batches, so their rows are read in advance.

use crate::db::engine::error::DbError;
use crate::db::engine::idempotency;
use crate::db::engine::prefetch::Prefetch;
use crate::db::engine::transaction::WriteTx;
use crate::db::payment::{payments, tranches};
use crate::db::people::sessions;
use domain::base::id::PaymentId;

/// Prefetches only from an engine that is a round trip away; a single row is read just as well by its command.
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
