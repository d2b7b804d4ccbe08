//! Every row of every table against the log (`src/db/engine/notes/proven_tables.rs` names the tables): the notes beside
//! each entry add up to the digest in it; each row is as the act before left it when an act changes it; and at the
//! end, each stored row has the digest of its newest note, and none is missing or has no note.
//!
//! Only the newest digest of each row, and the entry that wrote it, is in memory: about 90 bytes a row.

use crate::db::engine::error::DbError;
use crate::db::engine::notes::proven_rows::{ProvenRow, TableReader};
use crate::db::engine::notes::proven_tables;
use crate::db::engine::notes::proven_tables::{INDEXED, LOOKED_UP};
use crate::db::engine::transaction::ReadTx;
use crate::db::log::row_notes;
use crate::db::log::row_notes::{ADOPT_ROWS, Proven};
use crate::terminal;
use domain::log::audit::WrittenEntry;
use domain::log::row_note::{NoteLine, RowDigest, RowNotes, named_digest};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// How many rows are read at once.
const ROWS_AT_ONCE: i64 = 5_000;

/// The state of the check while it reads the log.
pub(in crate::service) struct RowCheck {
    proven: Proven,
    /// The newest digest of each row and the entry that wrote it, by two hashes of its table and key with secret keys.
    newest: HashMap<(u64, u64), (RowDigest, i64)>,
    hashers: (RandomState, RandomState),
    /// How many rows of each indexed table the log names.
    indexed: HashMap<&'static str, i64>,
    lists: i64,
}

impl RowCheck {
    pub fn begin(tx: &mut ReadTx<'_>) -> Result<RowCheck, DbError> {
        Ok(RowCheck {
            proven: row_notes::proven_from(tx)?,
            newest: HashMap::new(),
            hashers: (RandomState::new(), RandomState::new()),
            indexed: HashMap::new(),
            lists: 0,
        })
    }

    /// From which entry on rows are proven; `None` if they are not.
    pub fn proven_from(&self) -> Option<i64> {
        match self.proven {
            Proven::From(sequence) => Some(sequence),
            Proven::NotYet => None,
        }
    }

    fn place(&self, table: &str, key: &str) -> (u64, u64) {
        (self.hashers.0.hash_one((table, key)), self.hashers.1.hash_one((table, key)))
    }

    /// Takes the next entry with the list beside it, if any.
    pub fn entry(&mut self, entry: &WrittenEntry, notes: Option<&RowNotes>) -> Option<String> {
        let (named, notes) = match (named_digest(&entry.details), notes) {
            (None, None) => return None,
            (None, Some(_)) => return Some("it names no rows, but a list of rows stands beside it".to_owned()),
            (Some(_), None) => return Some("the list of the rows that it wrote is gone".to_owned()),
            (Some(named), Some(notes)) => (named, notes),
        };
        if notes.digest() != named {
            return Some("the list of the rows that it wrote was changed".to_owned());
        }
        self.lists += 1;
        notes.lines().find_map(|line| match line {
            Some(line) => self.note(&line, entry),
            None => Some("the list of the rows that it wrote cannot be read".to_owned()),
        })
    }

    fn note(&mut self, line: &NoteLine<'_>, entry: &WrittenEntry) -> Option<String> {
        let (place, adopted) = (self.place(line.table, line.key), entry.command == ADOPT_ROWS);
        let known = match line.digest {
            Some(digest) => self.newest.insert(place, (digest, entry.sequence)),
            None => self.newest.remove(&place),
        };
        let known = known.map(|(digest, _)| digest);
        if known.is_none()
            && let Some(table) = INDEXED.iter().find(|table| **table == line.table)
        {
            *self.indexed.entry(table).or_default() += 1;
        }
        // An adoption that was interrupted begins again, and a start before it may have noted rows already.
        let unchanged = known == line.before || (adopted && line.before.is_none());
        (!unchanged).then(|| {
            format!(
                "{} {} was not as the act before had left it when this act changed it: it was changed in between",
                line.table, line.key
            )
        })
    }

    /// Compares the stored rows with their newest notes. Returns how many there are, and the first fault.
    pub fn end(mut self, tx: &mut ReadTx<'_>) -> Result<(i64, Option<String>), DbError> {
        let stored = row_notes::count(tx)?;
        if stored != self.lists {
            let fault = format!("{stored} lists of written rows are stored, the log names {}", self.lists);
            return Ok((0, Some(fault)));
        }
        if self.proven == Proven::NotYet {
            return Ok((0, None));
        }
        if let Some(fault) = self.first_wrong_index(tx)? {
            return Ok((0, Some(fault)));
        }
        let mut rows = 0;
        for reader in TableReader::all(tx)? {
            let mut behind = Vec::new();
            loop {
                let chunk = reader.after(tx, &behind, ROWS_AT_ONCE)?;
                for row in &chunk {
                    let place = self.place(reader.table, &row.key);
                    let noted = self.newest.remove(&place).map(|(digest, _)| digest);
                    if noted != Some(row.digest) {
                        return Ok((rows, Some(named(tx, &reader, row, noted)?)));
                    }
                    rows += 1;
                }
                terminal::progress(format_args!("{rows} rows compared with the log …"));
                let whole = (chunk.len() as i64) < ROWS_AT_ONCE;
                match chunk.into_iter().next_back() {
                    Some(last) if !whole => behind = last.place,
                    _ => break,
                }
            }
        }
        let fault = if self.newest.is_empty() { None } else { self.first_missing(tx)? };
        Ok((rows, fault))
    }

    /// The index of digests against which acts hold the rows that they change. The index of an earlier program has
    /// people and companies only, until the next start.
    fn first_wrong_index(&self, tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
        let counts = row_notes::indexed_rows(tx)?;
        let of_earlier = counts.keys().all(|table| LOOKED_UP.contains(&table.as_str()));
        let tables = if of_earlier { &LOOKED_UP[..] } else { &INDEXED[..] };
        if let Some(unknown) = counts.keys().find(|table| !tables.contains(&table.as_str())) {
            return Ok(Some(format!("{unknown}: the index of digests has a table that is not indexed")));
        }
        for table in tables {
            let named = self.indexed.get(table).copied().unwrap_or_default();
            let rows = counts.get(*table).copied().unwrap_or_default();
            if rows != named {
                return Ok(Some(format!("{table}: the index of digests has {rows} rows, the log names {named}")));
            }
            let mut behind = String::new();
            loop {
                let some = row_notes::indexed_after(tx, table, &behind, ROWS_AT_ONCE)?;
                let Some((_, last, ..)) = some.last() else { break };
                behind.clone_from(last);
                let wrong = some.iter().find(|(_, key, digest, sequence)| {
                    let left = self.newest.get(&self.place(table, key));
                    left.is_none_or(|(newest, entry)| newest.text() != *digest || entry != sequence)
                });
                if let Some((_, key, ..)) = wrong {
                    return Ok(Some(format!("{table} {key}: the index of digests differs from the log")));
                }
            }
        }
        Ok(None)
    }

    /// A row that the log says is there. Its name is in the lists only.
    fn first_missing(&self, tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
        const LISTS_AT_ONCE: i64 = 1_000;
        let mut behind = 0;
        loop {
            let lists = row_notes::after(tx, behind, LISTS_AT_ONCE)?;
            let Some((last, _)) = lists.last() else { break };
            behind = *last;
            for (_, notes) in &lists {
                for line in notes.lines().flatten() {
                    if self.newest.contains_key(&self.place(line.table, line.key)) {
                        let (table, key) = (line.table, line.key);
                        let gone = proven_tables::name(table).map_or("is of no known table", |_| "was deleted");
                        let sequence = row_notes::newest_of(tx, table, key)?.unwrap_or_default();
                        return Ok(Some(format!("{table} {key}: the row that entry {sequence} left {gone}")));
                    }
                }
            }
        }
        Ok(Some("a row that the log names is gone".to_owned()))
    }
}

/// The fault of a row that is not as its newest note says, if it has one: with its number, the entry that wrote it, and
/// the columns that were changed.
fn named(
    tx: &mut ReadTx<'_>,
    reader: &TableReader,
    row: &ProvenRow,
    noted: Option<RowDigest>,
) -> Result<String, DbError> {
    let number = row.number.as_ref().map(|number| format!(" ({number})")).unwrap_or_default();
    let name = format!("{} {}{number}", reader.table, row.key);
    let by = row_notes::newest_of(tx, reader.table, &row.key)?;
    let by = by.map(|sequence| format!(", audit entry {sequence}")).unwrap_or_default();
    let Some(noted) = noted else { return Ok(format!("{name}: no act wrote this row{by}")) };
    let changed = reader.changed(tx, row, noted)?;
    let changed = if changed.is_empty() { String::new() } else { format!("; changed: {}", changed.join(", ")) };
    Ok(format!("{name}: this row is not as the last act left it{by}{changed}"))
}
