//! The high-water mark in the data folder: a signed note of how far the log has come, and up to which number each
//! series may have been used. It is written every few seconds and when the service stops; and before a commit when that
//! gives out a number beyond the mark, which is rare, because the mark is always some numbers ahead. A start on a
//! database below it is refused until a person accepts the loss (`accept_loss.rs`).

use crate::db::engine::connection::DatabaseUrl;
use crate::db::engine::counters;
use crate::db::engine::error::DbError;
use crate::db::engine::migrations;
use crate::db::engine::read_pool::ReadPool;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use crate::db::log::{audit_log, log_checkpoints, log_tiles};
use crate::private_files;
use crate::service::log::accept_loss::{ACCEPT_LOSS, AcceptLoss, BurnNumbers, LOG};
use crate::service::log::log_key::{LogKey, is_signed_with};
use crate::service::log::log_key_change;
use crate::service::running::error::Error;
use crate::service::{Service, off_thread};
use domain::log::checkpoint::{Checkpoint, NotANote, SignedCheckpoint};
use domain::log::high_water_mark::HighWaterMark;
use domain::log::log_facts::LogSigned;
use domain::log::merkle::Hash;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The mark in the data folder.
const MARK_FILE: &str = "high-water-mark.note";
/// The next mark, until it is complete.
const NEW_FILE: &str = "high-water-mark.new";
/// Locked by whoever writes the mark.
const LOCK_FILE: &str = "high-water-mark.lock";
/// Locked together by every process that gives out numbers.
const USERS_FILE: &str = "high-water-mark.users";

/// The mark of this process, which is that of the file or below it.
pub(in crate::service) struct HighWater {
    folder: PathBuf,
    key: Arc<LogKey>,
    lock: File,
    _users: File,
    /// Whether no other process gave out numbers when this one started.
    alone: bool,
    state: Mutex<State>,
}

struct State {
    mark: HighWaterMark,
    /// The first number of each series that this process gave out.
    first: BTreeMap<String, i64>,
}

/// So many entries are searched for the newest one that says how many checkpoints were signed.
const SEARCHED_ENTRIES: i64 = 2_000;

/// What the first acts of a start record.
#[derive(Default)]
pub(in crate::service) struct ToRecord {
    /// A loss that a person accepted.
    pub loss: Option<AcceptLoss>,
    /// Numbers that a commit which is not there may have given out.
    pub unsure: Option<BurnNumbers>,
}

/// What the database is compared with the mark by.
struct Present {
    entries: i64,
    /// The root over as many entries as the mark has; `None` if there are not so many, or the tree is damaged.
    root: Option<Hash>,
    /// The entry since which the present key signs.
    key_since: Option<i64>,
    checkpoints: i64,
    /// Why checkpoints are missing, if any are.
    unsigned: Option<String>,
    /// The last number of every series.
    numbers: BTreeMap<String, i64>,
}

/// What a start was told.
pub(in crate::service) struct Told<'t> {
    /// Why a loss is accepted, if it is.
    pub loss: Option<&'t str>,
    /// Whether the key of the log is new with this start.
    pub new_key: bool,
}

/// The stored mark, if the data folder has one.
pub fn stored(folder: &Path) -> Result<Option<SignedCheckpoint>, Error> {
    let file = folder.join(MARK_FILE);
    let bad = |why: &dyn std::fmt::Display| Error::Setup(format!("{}: {why}", file.display()));
    match std::fs::read_to_string(&file) {
        Ok(text) => SignedCheckpoint::stored(&text).map(Some).map_err(|why| bad(&why)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(bad(&error)),
    }
}

fn stored_mark(folder: &Path) -> Result<Option<HighWaterMark>, Error> {
    let read = |note: SignedCheckpoint| HighWaterMark::of(&note);
    let bad = |why: NotANote| Error::Setup(format!("{}: {why}", folder.join(MARK_FILE).display()));
    stored(folder)?.map(read).transpose().map_err(bad)
}

/// Refuses a database that is not there any more, before a new one is made in its place.
pub fn check_not_gone(url: &DatabaseUrl, folder: &Path) -> Result<(), Error> {
    let Some(mark) = stored_mark(folder)?.filter(|mark| mark.checkpoint.size > 0) else { return Ok(()) };
    if !migrations::is_new(url)? {
        return Ok(());
    }
    let nothing =
        Present { entries: 0, root: None, key_since: None, checkpoints: 0, unsigned: None, numbers: BTreeMap::new() };
    nothing.loss(&mark.checkpoint).map_or(Ok(()), |why| Err(Error::Setup(problem(folder, &why))))
}

impl Present {
    fn read(tx: &mut ReadTx<'_>, size: u64) -> Result<Present, Error> {
        let (entries, _) = audit_log::head(tx)?;
        let key_since = log_key_change::changes(tx)?.last().map(|change| change.sequence);
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let root = match size {
            1.. if size <= entries => match log_tiles::tree(tx, size).root() {
                Ok(root) => Some(root),
                // A damaged log is named by `verify`.
                Err(DbError::Corrupt { .. }) => None,
                Err(error) => return Err(error.into()),
            },
            _ => None,
        };
        let checkpoints = log_checkpoints::count_between(tx, 0, i64::MAX)?;
        let unsigned = Self::unsigned(tx, entries, checkpoints)?;
        Ok(Present { entries, root, key_since, checkpoints, unsigned, numbers: counters::all(tx)? })
    }

    /// Why checkpoints are missing: the log says that it is signed and how many checkpoints it has.
    fn unsigned(tx: &mut ReadTx<'_>, entries: i64, checkpoints: i64) -> Result<Option<String>, Error> {
        if checkpoints == 0 && entries > 0 && log_key_change::begins(tx)?.is_some() {
            return Ok(Some(format!("the log has {entries} entries and no checkpoint: its checkpoints were removed")));
        }
        let accepted = audit_log::newest_of(tx, LOG, ACCEPT_LOSS)?.unwrap_or(0);
        let Some((entry, details)) = audit_log::newest_signed_said(tx, accepted.max(entries - SEARCHED_ENTRIES))?
        else {
            return Ok(None);
        };
        let Some(said) = LogSigned::of(&details) else { return Ok(None) };
        let there = log_checkpoints::count_between(tx, 0, said.entries)?;
        Ok((there != said.checkpoints).then(|| {
            let (signed, size) = (said.checkpoints, said.entries);
            format!(
                "entry {entry} of the log says that {signed} checkpoints cover up to {size} entries, {there} are there"
            )
        }))
    }

    /// Why the database is not one that grew from the state of the mark.
    fn loss(&self, mark: &Checkpoint) -> Option<String> {
        if self.entries.unsigned_abs() < mark.size {
            let lost = mark.size - self.entries.unsigned_abs();
            return Some(format!(
                "the database has {} entries of the log, {lost} fewer than were recorded",
                self.entries
            ));
        }
        let other = self.root.is_some_and(|root| root != mark.root);
        other.then(|| format!("the first {} entries of the log are not those that were recorded", mark.size))
    }
}

impl HighWater {
    /// Compares the database with the mark. Returns what is to be recorded when a person accepted a loss.
    pub fn open(
        reads: &ReadPool,
        folder: &Path,
        key: Arc<LogKey>,
        told: &Told<'_>,
    ) -> Result<(HighWater, ToRecord), Error> {
        let users = private_files::open_or_make_file(&folder.join(USERS_FILE)).map_err(Error::of_folder)?;
        let known = stored_mark(folder)?;
        let may_burn = told.loss.is_some() || known.as_ref().is_some_and(|mark| !mark.given.is_empty());
        // No other process begins meanwhile: starts wait for each other.
        let alone = is_alone(&users, may_burn);
        users.lock_shared()?;
        let lock = private_files::open_or_make_file(&folder.join(LOCK_FILE)).map_err(Error::of_folder)?;
        let mark = known.unwrap_or_else(|| HighWaterMark::lowest(&key.verifier().name));
        let present = reads.read(|tx| Present::read(tx, mark.checkpoint.size))?;
        let old_key =
            told.new_key || present.key_since.is_some_and(|since| since.unsigned_abs() > mark.checkpoint.size);
        if let Some(note) = stored(folder)?.filter(|note| !old_key && !is_signed_with(note, key.verifier())) {
            return Err(Error::Setup(strange(folder, &note)));
        }
        let (lost, unsigned) = (present.loss(&mark.checkpoint), present.unsigned.as_deref());
        let (entries, checkpoints, burns) = (present.entries, present.checkpoints, lost.is_some());
        let loss = match (lost, unsigned, told.loss) {
            (None, None, _) => None,
            (Some(why), _, None) => return Err(Error::Setup(problem(folder, &why))),
            (None, Some(why), None) => return Err(Error::Setup(unsigned_problem(why))),
            (_, _, Some(_)) if !alone => {
                return Err(Error::Setup("a loss is accepted while no other service uses the data folder".to_owned()));
            }
            (_, _, Some(reason)) => {
                Some(AcceptLoss { mark: mark.clone(), reason: reason.to_owned(), entries, checkpoints, burns })
            }
        };
        // Of a service that is running, the commit may be on its way.
        let limits = mark.unsure(entries, |series| present.numbers.get(series).copied().unwrap_or(0));
        let unsure = (alone && !burns && !limits.is_empty()).then_some(BurnNumbers { limits, entries });
        let state = Mutex::new(State { mark, first: BTreeMap::new() });
        let high_water = HighWater { folder: folder.to_owned(), key, lock, _users: users, alone, state };
        Ok((high_water, ToRecord { loss, unsure }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Before a commit: whatever numbers it gives out are below the mark then.
    pub fn before_commit(&self, tx: &mut WriteTx<'_>) -> Result<(), DbError> {
        if counters::given(tx).is_empty() {
            return Ok(());
        }
        let (entries, _) = audit_log::head(tx)?;
        let given = counters::given(tx);
        let mut state = self.state();
        if given.iter().all(|(series, number)| state.mark.covers(series, *number)) {
            return Ok(());
        }
        let mut first = std::mem::take(&mut state.first);
        let reserve = |mark: &mut HighWaterMark| {
            for (series, number) in given {
                let first = *first.entry(series.clone()).or_insert(*number);
                if !mark.covers(series, *number) {
                    mark.reserve(series, first, *number, entries);
                }
            }
        };
        let written = self.change(&mut state.mark, reserve);
        state.first = first;
        written.map_err(|why| DbError::Unavailable(format!("the high-water mark cannot be written: {why}")))
    }

    /// Raises the mark to a state of the database.
    fn raise(&self, checkpoint: Checkpoint) -> Result<(), Error> {
        let mark = HighWaterMark { checkpoint, limits: BTreeMap::new(), given: BTreeMap::new() };
        self.change(&mut self.state().mark, |known| known.raise_to(mark))
    }

    /// At the end of a start: the mark is the state of the database, if no other process is giving out numbers.
    fn settle(&self, checkpoint: Checkpoint, limits: BTreeMap<String, i64>) -> Result<(), Error> {
        let mark = HighWaterMark { checkpoint, limits, given: BTreeMap::new() };
        let alone = self.alone;
        let taken = |known: &mut HighWaterMark| if alone { *known = mark } else { known.raise_to(mark) };
        self.change(&mut self.state().mark, taken)
    }

    /// Changes the mark in the file, together with what other processes wrote there, and then that of this process.
    fn change(&self, known: &mut HighWaterMark, change: impl FnOnce(&mut HighWaterMark)) -> Result<(), Error> {
        self.lock.lock()?;
        let changed: Result<HighWaterMark, Error> = (|| {
            let mut mark = known.clone();
            if let Some(stored) = stored_mark(&self.folder)? {
                mark.raise_to(stored);
            }
            let before = mark.clone();
            change(&mut mark);
            mark.checkpoint.origin.clone_from(&self.key.verifier().name);
            if mark != before || !self.folder.join(MARK_FILE).exists() {
                self.put(&mark)?;
            }
            Ok(mark)
        })();
        self.lock.unlock()?;
        *known = changed?;
        Ok(())
    }

    /// Replaces the file by a complete one, which is on the disk afterwards.
    fn put(&self, mark: &HighWaterMark) -> Result<(), Error> {
        let note = self.key.sign_note(mark.checkpoint.clone(), mark.to_string());
        let new = self.folder.join(NEW_FILE);
        let put = || {
            let mut file = private_files::open_or_make_file(&new)?;
            let named = private_files::at(&new);
            file.set_len(0).map_err(&named)?;
            file.write_all(note.to_string().as_bytes()).map_err(&named)?;
            file.sync_all().map_err(&named)?;
            std::fs::rename(&new, self.folder.join(MARK_FILE)).map_err(&named)?;
            File::open(&self.folder)?.sync_all().map_err(&named)
        };
        put().map_err(Error::of_folder)
    }
}

/// Whether no other process uses the folder; waits a moment for one that is ending, if that matters.
fn is_alone(users: &File, waits: bool) -> bool {
    for _ in 0..if waits { 40 } else { 1 } {
        if users.try_lock().is_ok() {
            return true;
        }
        if waits {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    false
}

fn problem(folder: &Path, why: &str) -> String {
    format!(
        "{why} ({}): an older backup was put back, or this is another database. Put the newest backup back. If the entries \
         are lost, start once with --accept-loss and the reason: the log records it, and no number that they may have \
         used is given out again",
        folder.join(MARK_FILE).display()
    )
}

fn unsigned_problem(why: &str) -> String {
    format!(
        "{why}. Put the newest backup back. If they are lost, start once with --accept-loss and the reason: the log records \
         it, and is signed from then on"
    )
}

fn strange(folder: &Path, note: &SignedCheckpoint) -> String {
    format!(
        "{}, of {} entries, is not signed with the key of the log: it was changed, or belongs to another log. Put back the \
         one that belongs here. Without it (move it away) an older backup is not noticed",
        folder.join(MARK_FILE).display(),
        note.checkpoint.size
    )
}

impl Service {
    fn checkpoint_of(&self, size: i64, root: Hash) -> Checkpoint {
        let origin = self.log_seal.key.verifier().name.clone();
        Checkpoint { origin, size: size.unsigned_abs(), root }
    }

    /// Raises the high-water mark to what is committed, if the log has grown.
    pub async fn raise_high_water_mark(self: &Arc<Self>) -> Result<(), Error> {
        let known = self.high_water.state().mark.checkpoint.size;
        let grown = self.read_openly(move |tx| {
            let (size, _) = audit_log::head(tx)?;
            if size.unsigned_abs() <= known {
                return Ok(None);
            }
            Ok(Some((size, log_tiles::tree(tx, size).root()?)))
        });
        let Some((size, root)) = grown.await? else { return Ok(()) };
        let (service, checkpoint) = (Arc::clone(self), self.checkpoint_of(size, root));
        off_thread(move || service.high_water.raise(checkpoint)).await
    }

    /// At the end of a start: the mark is the state of the database.
    pub(in crate::service) async fn settle_high_water_mark(self: &Arc<Self>) -> Result<(), Error> {
        let present = self.read_openly(|tx| {
            let (size, _) = audit_log::head(tx)?;
            let root = match log_tiles::tree(tx, size).root() {
                Err(DbError::Corrupt { .. }) => return Ok(None),
                root => root?,
            };
            Ok(Some((size, root, counters::all(tx)?)))
        });
        let Some((size, root, limits)) = present.await? else { return Ok(()) };
        self.high_water.settle(self.checkpoint_of(size, root), limits)
    }
}
