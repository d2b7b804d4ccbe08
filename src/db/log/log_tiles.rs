//! The tiles of the Merkle tree over the audit log. Leaves are not stored, because they are derived from the
//! entries. The root of each full group of 256 is stored with the entry that fills the group.

use crate::db::engine::error::DbError;
use crate::db::engine::query::prelude::*;
use crate::db::engine::rows::TileRow;
use crate::db::engine::schema::{audit_head, audit_log, log_tiles};
use crate::db::engine::sets;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use crate::db::engine::transaction::{Savepoints, Stored};
use domain::base::digest::hex;
use domain::log::audit::parse_hash;
use domain::log::merkle::{GROUP, Hash, MissingHash, Tiles, Tree, entry_leaf, root_above};
use std::collections::BTreeMap;

impl From<MissingHash> for DbError {
    fn from(missing: MissingHash) -> Self {
        let table = if missing.level == 0 { "audit_log" } else { "log_tiles" };
        DbError::Corrupt { table, column: "hash", why: missing.to_string() }
    }
}

/// Raw hashes of a level by position: of entries, counted from 0, or of full groups.
type Raw = BTreeMap<i64, String>;

/// The stored hashes of a level, from one position up to (but without) another.
fn stored(tx: &mut ReadTx<'_>, level: i64, from: i64, to: i64) -> Result<Stored<Raw>, DbError> {
    let entries = || {
        let query = audit_log::table.filter(audit_log::sequence.gt(from)).filter(audit_log::sequence.le(to));
        query.select((audit_log::sequence, audit_log::hash))
    };
    let tiles = || {
        let query = log_tiles::table.filter(log_tiles::level.eq(level)).filter(log_tiles::position.ge(from));
        query.filter(log_tiles::position.lt(to)).select((log_tiles::position, log_tiles::hash))
    };
    // Entries are counted from 1, leaves from 0.
    let first = if level == 0 { 1 } else { 0 };
    tx.stored(|select| {
        let rows: Vec<(i64, String)> = if level == 0 { select.load(entries())? } else { select.load(tiles())? };
        Ok(rows.into_iter().map(|(place, hash)| (place - first, hash)).collect())
    })
}

/// Adds the buffered hashes of a level.
fn add_buffered(savepoints: Savepoints<'_>, level: i64, from: i64, to: i64, raw: &mut Raw) {
    for savepoint in savepoints {
        if level == 0 {
            let entries = savepoint.audit_log.iter().map(|row| (row.sequence - 1, &row.hash));
            raw.extend(entries.filter(|(at, _)| (from..to).contains(at)).map(|(at, hash)| (at, hash.clone())));
        } else {
            let rows =
                savepoint.log_tiles.iter().filter(|row| row.level == level && (from..to).contains(&row.position));
            raw.extend(rows.map(|row| (row.position, row.hash.clone())));
        }
    }
}

/// The hashes of a level, from one position up to (but without) another. Fails if one is missing.
fn hashes(tx: &mut ReadTx<'_>, level: i64, from: i64, to: i64) -> Result<Vec<Hash>, DbError> {
    read_as(if level == 0 { entry_leaf } else { parse_hash }, tx, level, from, to)
}

/// The hashes of a level, each converted from its text by `read`.
fn read_as(
    read: fn(&str) -> Option<Hash>,
    tx: &mut ReadTx<'_>,
    level: i64,
    from: i64,
    to: i64,
) -> Result<Vec<Hash>, DbError> {
    let raw = stored(tx, level, from, to)?.merge(tx, |mut raw, savepoints| {
        add_buffered(savepoints, level, from, to, &mut raw);
        raw
    });
    let hash = |place: i64| {
        let missing = || MissingHash { level: u32::try_from(level).unwrap_or(0), position: place.unsigned_abs() };
        raw.get(&place).and_then(|text| read(text)).ok_or_else(|| missing().into())
    };
    (from..to).map(hash).collect()
}

impl Tiles for &mut ReadTx<'_> {
    type Error = DbError;

    fn tile(&mut self, level: u32, number: u64, width: u64) -> Result<Vec<Hash>, DbError> {
        let beyond = || DbError::from(MissingHash { level, position: number.saturating_mul(GROUP) });
        let from = number.checked_mul(GROUP).and_then(|from| i64::try_from(from).ok()).ok_or_else(beyond)?;
        let to = i64::try_from(width).ok().and_then(|width| from.checked_add(width)).ok_or_else(beyond)?;
        hashes(self, i64::from(level), from, to)
    }
}

/// The hashes of the entries themselves, from one position, counted from 0, up to (but without) another.
pub fn entry_hashes(tx: &mut ReadTx<'_>, from: i64, to: i64) -> Result<Vec<Hash>, DbError> {
    read_as(parse_hash, tx, 0, from, to)
}

/// The tree over the first entries of the log.
pub fn tree<'t, 'c>(tx: &'t mut ReadTx<'c>, size: i64) -> Tree<&'t mut ReadTx<'c>> {
    Tree::new(u64::try_from(size).unwrap_or(0), tx)
}

/// The groups that an entry fills, by level and position.
fn filled_by(sequence: i64) -> impl Iterator<Item = (i64, i64)> {
    let sizes = (1..).map_while(|level: u32| Some((i64::from(level), (GROUP as i64).checked_pow(level)?)));
    sizes.take_while(move |(_, size)| sequence % size == 0).map(move |(level, size)| (level, sequence / size - 1))
}

fn row_of(tx: &mut ReadTx<'_>, level: i64, position: i64) -> Result<TileRow, DbError> {
    let first = position * GROUP as i64;
    let below = hashes(tx, level - 1, first, first + GROUP as i64)?;
    Ok(TileRow { level, position, hash: hex(&root_above(&below)) })
}

/// Stores the roots of the groups that the entry just appended fills.
pub(in crate::db) fn close(tx: &mut WriteTx<'_>, sequence: i64) -> Result<(), DbError> {
    for (level, position) in filled_by(sequence) {
        match row_of(tx, level, position) {
            Ok(row) => tx.buffer().newest().log_tiles.push(row),
            // A damaged log must not stop the work; `verify` reports the damage.
            Err(why @ DbError::Corrupt { .. }) => {
                tracing::error!(%why, level, position, "a group of the log is broken; run verify");
                return Ok(());
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Stores the roots of groups that an earlier version of the program filled, at most `limit`. Returns how many
/// it stored.
pub fn fill(tx: &mut WriteTx<'_>, limit: i64) -> Result<usize, DbError> {
    let length: i64 = audit_head::table.find(1).select(audit_head::sequence).get_result(tx.conn()?)?;
    for (level, size) in (1..).map_while(|level: u32| Some((i64::from(level), (GROUP as i64).checked_pow(level)?))) {
        let full = length / size;
        if full == 0 {
            break;
        }
        let last: Option<i64> = log_tiles::table
            .filter(log_tiles::level.eq(level))
            .select(diesel::dsl::max(log_tiles::position))
            .get_result(tx.conn()?)?;
        let next = last.map_or(0, |last| last + 1);
        let rows = (next..full.min(next + limit)).map(|position| row_of(tx, level, position)).collect();
        let rows: Vec<TileRow> = match rows {
            Err(why @ DbError::Corrupt { .. }) => {
                tracing::error!(%why, level, "a group of the log is broken; run verify");
                return Ok(0);
            }
            rows => rows?,
        };
        if !rows.is_empty() {
            sets::insert(tx, &rows)?;
            return Ok(rows.len());
        }
    }
    Ok(0)
}

/// The stored root of a full group.
pub fn find(tx: &mut ReadTx<'_>, level: u32, position: u64) -> Result<Option<String>, DbError> {
    let Ok(position) = i64::try_from(position) else { return Ok(None) };
    let query = log_tiles::table.find((i64::from(level), position)).select(log_tiles::hash);
    Ok(query.get_result(tx.conn()?).optional()?)
}

/// How many roots are stored.
pub fn count(tx: &mut ReadTx<'_>) -> Result<i64, DbError> {
    Ok(log_tiles::table.count().get_result(tx.conn()?)?)
}
