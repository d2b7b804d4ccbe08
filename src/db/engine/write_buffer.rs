//! The write-behind buffer of a write transaction. Rows of the hot tables (payments, tranches, ledger, audit
//! log, keys) are changed in memory and written in sets, once, when the batch of commands ends; every rule and
//! floor is checked command by command against the buffered rows. The buffer also has a read-through cache of
//! rows that were read in the same transaction.
//!
//! Nested transactions are savepoints of the buffer. One becomes a savepoint of the engine only when
//! its command works on the tables themselves: then the buffer is flushed first, in order.

use crate::db::engine::connection::{DbConnection, lost};
use crate::db::engine::deadline::Deadline;
use crate::db::engine::error::DbError;
use crate::db::engine::month_totals;
use crate::db::engine::notes::newest_digests::{KnownDigests, Left, Place};
use crate::db::engine::notes::proven_tables::INDEXED;
use crate::db::engine::notes::{searched_texts, written};
use crate::db::engine::rows::{
    AuditRow, DisbursementRow, EntryRow, JournalRow, KeyRow, NotesRow, PaymentRow, StepRow, TileRow, TrancheRow,
};
use crate::db::engine::set_writer::SetWriter;
use crate::db::engine::sets::{Head, SetRow, VersionedRow};
use domain::log::row_note::{RowDigest, RowNote};
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The buffered tables. Their stored rows may be older than the rows in the buffer.
pub const BUFFERED_TABLES: [&str; 14] = [
    TrancheRow::TABLE,
    PaymentRow::TABLE,
    StepRow::TABLE,
    DisbursementRow::TABLE,
    JournalRow::TABLE,
    EntryRow::TABLE,
    AuditRow::TABLE,
    NotesRow::TABLE,
    TileRow::TABLE,
    KeyRow::TABLE,
    "accounts",
    "counters",
    "last_quarter_spending",
    "audit_head",
];

/// An inserted or changed row: its new form and its stored form.
pub struct Change<R> {
    pub row: R,
    /// The row in the table; `None` for a new row.
    pub stored: Option<R>,
}

/// Changed rows of one table by id.
pub type Changes<R> = BTreeMap<String, Change<R>>;

/// Adds a change to a savepoint, which may have an earlier change of the row.
fn put<R>(changes: &mut Changes<R>, id: String, change: Change<R>) {
    let stored = match changes.remove(&id) {
        Some(earlier) => earlier.stored,
        None => change.stored,
    };
    changes.insert(id, Change { row: change.row, stored });
}

/// The changes since a savepoint was set (or since the transaction began).
#[derive(Default)]
pub struct Savepoint {
    pub tranches: Changes<TrancheRow>,
    pub payments: Changes<PaymentRow>,
    pub tranche_steps: Vec<StepRow>,
    pub disbursements: Vec<DisbursementRow>,
    pub journals: Vec<JournalRow>,
    pub entries: Vec<EntryRow>,
    pub audit_log: Vec<AuditRow>,
    pub row_notes: Vec<NotesRow>,
    /// The roots of the groups of the log that its entries filled.
    pub log_tiles: Vec<TileRow>,
    pub keys: HashMap<(String, String), KeyRow>,
    /// Payment ids by the UTR that each payment received here.
    pub utrs: HashMap<String, String>,
    /// The change of each account's balance.
    pub balances: BTreeMap<i64, i64>,
    pub counters: BTreeMap<String, i64>,
    /// The changes of the totals that each scheme paid and advised in limited months, by scheme and month.
    pub spending: BTreeMap<(String, String), (i64, i64)>,
    /// The stored head of the log, and its new value.
    pub head: Option<(Head, Head)>,
    /// The end of the log in the tables, if this savepoint moved it.
    flushed_head: Option<Head>,
    /// The digests that acts left of indexed rows. They outlast a flush.
    pub digests: BTreeMap<Place, Left>,
    /// The rows that the running act wrote; it takes them when it is done. They outlast a flush.
    pub notes: Vec<RowNote>,
    /// The texts of these rows that are stored folded too, so that they are found.
    pub texts: BTreeSet<String>,
    /// Whether this savepoint is set in the engine too.
    in_engine: bool,
}

impl Savepoint {
    /// Whether nothing was changed since this savepoint was set.
    fn is_empty(&self) -> bool {
        let rows = self.tranches.len()
            + self.payments.len()
            + self.tranche_steps.len()
            + self.disbursements.len()
            + self.journals.len()
            + self.entries.len()
            + self.audit_log.len()
            + self.row_notes.len()
            + self.log_tiles.len()
            + self.keys.len();
        let sums = self.balances.len() + self.counters.len() + self.spending.len();
        let indexed = self.digests.values().all(|left| left.stored);
        rows == 0 && sums == 0 && indexed && self.utrs.is_empty() && self.head.is_none()
    }

    /// Takes over what outlasts the flush of a savepoint above, which succeeded.
    fn keep_of(&mut self, above: &mut Savepoint) {
        self.notes.append(&mut above.notes);
        self.digests.append(&mut above.digests);
        self.flushed_head = above.flushed_head.take().or(self.flushed_head.take());
    }

    /// Merges the savepoint above, which succeeded, into this one.
    fn merge(&mut self, mut above: Savepoint) {
        self.keep_of(&mut above);
        for (id, change) in above.tranches {
            put(&mut self.tranches, id, change);
        }
        for (id, change) in above.payments {
            put(&mut self.payments, id, change);
        }
        self.tranche_steps.extend(above.tranche_steps);
        self.disbursements.extend(above.disbursements);
        self.journals.extend(above.journals);
        self.entries.extend(above.entries);
        self.audit_log.extend(above.audit_log);
        self.row_notes.extend(above.row_notes);
        self.texts.extend(above.texts);
        self.log_tiles.extend(above.log_tiles);
        self.keys.extend(above.keys);
        self.utrs.extend(above.utrs);
        for (account, change) in above.balances {
            *self.balances.entry(account).or_default() += change;
        }
        self.counters.extend(above.counters);
        for (month, (paid, advised)) in above.spending {
            let sums = self.spending.entry(month).or_default();
            *sums = (sums.0 + paid, sums.1 + advised);
        }
        self.head = match (self.head.take(), above.head) {
            (Some((stored, _)), Some((_, head))) => Some((stored, head)),
            (mine, theirs) => theirs.or(mine),
        };
    }

    /// Writes all changes. Changed rows go before new ones, so that a unique slot freed by an update (one live
    /// payment for each tranche) can be taken by an insert.
    fn write(&mut self, conn: &mut DbConnection) -> Result<(), DbError> {
        let mut changed = std::mem::take(self);
        self.in_engine = changed.in_engine;
        self.notes = std::mem::take(&mut changed.notes);
        self.digests = changed.digests.iter().map(|(place, left)| (place.clone(), left.in_table())).collect();
        self.flushed_head = changed.head.as_ref().map(|(_, head)| head.clone()).or(changed.flushed_head.take());
        let mut set = SetWriter::on(conn);
        set.update_balances(&changed.balances)?;
        write_changes(&mut set, &changed.tranches)?;
        write_changes(&mut set, &changed.payments)?;
        set.insert(&changed.tranche_steps)?;
        set.insert(&changed.disbursements)?;
        set.insert(&changed.journals)?;
        set.insert(&changed.entries)?;
        set.set_counters(&changed.counters)?;
        set.insert(&changed.audit_log)?;
        set.insert(&changed.row_notes)?;
        set.insert(&changed.log_tiles)?;
        set.insert(changed.keys.values())?;
        set.set_digests(&changed.digests)?;
        set.send()?;
        month_totals::write(conn, &changed.spending)?;
        searched_texts::write(conn, &changed.texts)?;
        // Last: the history triggers read audit_head to stamp the old rows, so the head moves after
        // all rows are written.
        let Some((stored, head)) = &changed.head else { return Ok(()) };
        let mut set = SetWriter::on(conn);
        set.move_head(stored, head)?;
        set.send()
    }
}

fn write_changes<'a, R: VersionedRow>(set: &mut SetWriter<'_, 'a>, changes: &'a Changes<R>) -> Result<(), DbError> {
    let changed: Vec<(&R, &R)> =
        changes.values().filter_map(|change| Some((change.stored.as_ref()?, &change.row))).collect();
    set.update(&changed)?;
    set.insert(changes.values().filter(|change| change.stored.is_none()).map(|change| &change.row))
}

/// The read-through cache: stored rows that were read once in this transaction. It is emptied whenever the
/// tables may change, which is when the buffer is flushed.
#[derive(Default)]
pub struct ReadCache {
    pub tranches: HashMap<String, Option<TrancheRow>>,
    pub payments: HashMap<String, Option<PaymentRow>>,
    pub tranche_steps: HashMap<String, Vec<StepRow>>,
    /// Payment ids by UTR.
    pub utrs: HashMap<String, Option<String>>,
    pub keys: HashMap<(String, String), Option<KeyRow>>,
    /// Id and balance by account code.
    pub accounts: HashMap<String, Option<(i64, i64)>>,
    /// The last number of each series.
    pub counters: HashMap<String, i64>,
    /// The stored head of the log, by its id in the table.
    pub heads: HashMap<i64, Head>,
    /// The answers to queries on tables that are never buffered, by the name of the query.
    pub answers: HashMap<String, Box<dyn Any + Send>>,
}

/// The savepoints of one transaction, the oldest first, and its read-through cache.
pub struct WriteBuffer {
    savepoints: Vec<Savepoint>,
    cache: ReadCache,
    /// The deadline of the running command.
    pub deadline: Option<Deadline>,
    /// What is known of the digests of earlier batches.
    pub known: KnownDigests,
    /// The rows that the running command read, as it found them, where it is held against the log.
    seen: Option<BTreeMap<Place, RowDigest>>,
    /// The last entry of the log before this transaction; `None` until it is needed.
    pub log_before: Option<i64>,
    /// What the first entry of this transaction says about the log itself: members of its details.
    pub first_entry_says: Vec<(&'static str, String)>,
    /// The last number that was given out in each series, also where the command was undone.
    pub numbers_given: BTreeMap<String, i64>,
    /// Why the buffer could not be flushed. Part of it may be in the tables, so this transaction must not be
    /// committed.
    failed: Option<DbError>,
    /// Whether nothing is ever flushed: the changes stay here and are dropped with the transaction.
    in_memory: bool,
}

impl WriteBuffer {
    pub fn new() -> WriteBuffer {
        WriteBuffer {
            savepoints: vec![Savepoint::default()],
            cache: ReadCache::default(),
            deadline: None,
            known: KnownDigests::default(),
            seen: None,
            log_before: None,
            first_entry_says: Vec::new(),
            numbers_given: BTreeMap::new(),
            failed: None,
            in_memory: false,
        }
    }

    /// A buffer whose changes are never written.
    pub fn in_memory() -> WriteBuffer {
        WriteBuffer { in_memory: true, ..WriteBuffer::new() }
    }

    /// The savepoints, the oldest first.
    pub fn savepoints(&self) -> &[Savepoint] {
        &self.savepoints
    }

    pub fn cache(&mut self) -> &mut ReadCache {
        &mut self.cache
    }

    /// Returns the newest savepoint, in which changes are recorded.
    pub fn newest(&mut self) -> &mut Savepoint {
        if self.savepoints.is_empty() {
            self.savepoints.push(Savepoint::default());
        }
        let newest = self.savepoints.len() - 1;
        &mut self.savepoints[newest]
    }

    pub fn put_payment(&mut self, id: String, change: Change<PaymentRow>) {
        self.newest().texts.extend(searched_texts::of_row(&change.row));
        self.newest().notes.extend(written::note_change(change.stored.as_ref(), &change.row));
        if let Some(utr) = &change.row.utr {
            let utr = utr.clone();
            self.newest().utrs.insert(utr, id.clone());
        }
        put(&mut self.newest().payments, id, change);
    }

    pub fn put_tranche(&mut self, id: String, change: Change<TrancheRow>) {
        self.newest().notes.extend(written::note_change(change.stored.as_ref(), &change.row));
        put(&mut self.newest().tranches, id, change);
    }

    /// From now on, the indexed rows that a command reads are remembered as it found them, or none.
    pub fn watch(&mut self, watched: bool) {
        self.seen = watched.then(BTreeMap::new);
    }

    /// The rows that were read since [`Self::watch`], as they were found.
    pub fn seen(&mut self) -> BTreeMap<Place, RowDigest> {
        self.seen.take().unwrap_or_default()
    }

    /// Remembers a row that was read, unless the running act wrote it itself.
    pub fn saw<R: SetRow>(&mut self, row: &R) {
        let Some(seen) = &mut self.seen else { return };
        if !INDEXED.contains(&R::TABLE) {
            return;
        }
        let Some(RowNote { table, key, digest: Some(digest), .. }) = written::note(row) else { return };
        let own = |note: &RowNote| note.table == table && note.key == key;
        if !self.savepoints.iter().flat_map(|savepoint| &savepoint.notes).any(own) {
            seen.entry((table, key)).or_insert(digest);
        }
    }

    /// The newest digest of a row, if this process wrote it or looked it up.
    pub fn newest_digest(&self, place: &Place) -> Option<RowDigest> {
        let written = self.savepoints.iter().rev().find_map(|savepoint| savepoint.digests.get(place));
        written.map(|left| left.digest).or_else(|| self.known.get(place))
    }

    /// What is known when the batch is committed.
    pub fn left(&mut self) -> KnownDigests {
        let mut known = std::mem::take(&mut self.known);
        for savepoint in &mut self.savepoints {
            known.end(savepoint.flushed_head.take(), std::mem::take(&mut savepoint.digests));
        }
        known
    }

    /// Sets a savepoint.
    pub fn begin(&mut self) {
        self.savepoints.push(Savepoint::default());
    }

    /// Releases the newest savepoint, whose work succeeded.
    pub fn release(&mut self, conn: &mut DbConnection) -> Result<(), DbError> {
        let Some(mut savepoint) = self.savepoints.pop() else { return Ok(()) };
        if !savepoint.in_engine {
            self.newest().merge(savepoint);
            return Ok(());
        }
        // The cached rows may differ from the tables after this write.
        self.cache = ReadCache::default();
        if let Err(error) = savepoint.write(conn) {
            conn.roll_back().map_err(lost)?;
            return Err(error);
        }
        conn.commit().map_err(lost)?;
        self.newest().keep_of(&mut savepoint);
        Ok(())
    }

    /// Rolls back everything since the newest savepoint.
    pub fn roll_back(&mut self, conn: &mut DbConnection) -> Result<(), DbError> {
        match self.savepoints.pop() {
            Some(savepoint) if savepoint.in_engine => {
                self.cache = ReadCache::default();
                conn.roll_back().map_err(lost)
            }
            _ => Ok(()),
        }
    }

    /// The table of a row that was written outside an act, so that no entry of the log proves it.
    pub fn written_outside_an_act(&self) -> Option<&'static str> {
        self.savepoints.iter().flat_map(|savepoint| &savepoint.notes).next().map(|note| note.table)
    }

    /// Fails when this transaction must not be committed.
    pub fn check_whole(&self) -> Result<(), DbError> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    /// Writes all buffered changes, so that a command can work on the tables themselves. Every savepoint is set
    /// in the engine too. A buffer that stays in memory can give way to the tables only while it is empty;
    /// otherwise nothing that follows in this transaction counts.
    pub fn flush(&mut self, conn: &mut DbConnection) -> Result<(), DbError> {
        self.check_whole()?;
        if self.in_memory {
            if !self.savepoints.iter().all(Savepoint::is_empty) {
                self.failed = Some(DbError::NeedsTables);
            }
            return self.check_whole();
        }
        self.cache = ReadCache::default();
        let written = self.write(conn);
        if let Err(error) = &written {
            self.failed = Some(error.clone());
        }
        written
    }

    fn write(&mut self, conn: &mut DbConnection) -> Result<(), DbError> {
        if matches!(conn, DbConnection::Sqlite(_)) {
            conn.check_whole()?;
        }
        for (depth, savepoint) in self.savepoints.iter_mut().enumerate() {
            if depth > 0 && !savepoint.in_engine {
                conn.nest().map_err(lost)?;
                savepoint.in_engine = true;
            }
            savepoint.write(conn)?;
        }
        Ok(())
    }
}
