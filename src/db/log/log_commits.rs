//! The commits of the log by time: each has the last entry that it wrote. A question about an earlier moment is
//! answered as of the last commit before it (`src/db/engine/history/past.rs`).

use crate::db::engine::error::DbError;
use crate::db::engine::history::past::Commit;
use crate::db::engine::query::prelude::*;
use crate::db::engine::schema::log_commits;
use crate::db::engine::transaction::ReadTx;

/// All commits in the order of their entries.
pub fn all(tx: &mut ReadTx<'_>) -> Result<Vec<Commit>, DbError> {
    let rows: Vec<(String, i64)> =
        log_commits::table.order((log_commits::sequence, log_commits::recorded_at)).load(tx.conn()?)?;
    Ok(rows.into_iter().map(|(recorded_at, sequence)| Commit { sequence, recorded_at }).collect())
}
