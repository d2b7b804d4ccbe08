//! Checking the Merkle tree over the audit log while its entries are read: the stored roots of full groups,
//! every stored checkpoint, and a checkpoint that was stored elsewhere.

use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::{log_checkpoints, log_tiles};
use crate::db::people::disclosures;
use crate::service::log::accept_loss::ACCEPT_LOSS;
use crate::service::log::log_key::{is_signature, is_signed_by, is_signed_with};
use crate::service::log::log_key_change;
use domain::base::calendar::Timestamp;
use domain::base::digest::hex;
use domain::log::audit::{AuditOutcome, WrittenEntry};
use domain::log::checkpoint::{KeptCheckpoint, SignedCheckpoint, VerifierKey};
use domain::log::log_facts::{LogBegins, LogSigned, NAME_LOG_KEY, in_same_commit};
use domain::log::log_key_change::{ACCEPT_NEW_KEY, LogKeyChange, signed_text};
use domain::log::merkle::{Frontier, Hash, entry_leaf};
use domain::people::disclosure::names_digests;
use std::collections::BTreeMap;

/// Inputs of a check from outside the database.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// The log's key: stored checkpoints must be signed with it. Where the key was changed, it may be the first one.
    pub key: Option<VerifierKey>,
    /// A checkpoint that was stored elsewhere: the log must be an extension of it.
    pub checkpoint: Option<SignedCheckpoint>,
    /// The key in the data folder: it must be the one that signs the log now.
    pub folder_key: Option<VerifierKey>,
    /// The high-water mark in the data folder: the log must be an extension of it too.
    pub mark: Option<SignedCheckpoint>,
}

impl Outside {
    /// The checkpoints that the log must be an extension of, and what they are.
    fn notes(&self) -> impl Iterator<Item = (&'static str, &SignedCheckpoint)> {
        let named = [("outside checkpoint", &self.checkpoint), ("high-water mark of the data folder", &self.mark)];
        named.into_iter().filter_map(|(what, note)| Some((what, note.as_ref()?)))
    }
}

/// The entries of commits that no checkpoint covers yet may lie so many seconds apart: one is signed with the first
/// batch that finds the newest one a minute old.
const UNSIGNED_SECONDS_MOST: i64 = 300;

/// The entries of a start that come before it signs anything.
const OF_A_START: [&str; 4] = ["accept_clock", ACCEPT_NEW_KEY, ACCEPT_LOSS, NAME_LOG_KEY];

/// What the entries say about how the log is signed, held against the stored checkpoints.
#[derive(Default)]
struct SignedCheck {
    /// What the log says about its key, and in which entry.
    begins: Option<(i64, LogBegins)>,
    /// The number of each stored checkpoint by the entries that it covers.
    numbers: BTreeMap<i64, i64>,
    /// The first entry whose count of checkpoints differs, since the last loss that a person accepted.
    missing: Option<String>,
    /// The latest time of an entry, and of the first one behind the newest checkpoint.
    latest: Option<Timestamp>,
    unsigned_since: Option<(i64, Timestamp)>,
    /// Whether the entry before is one of a start.
    of_start: bool,
}

impl SignedCheck {
    fn entry(&mut self, entry: &WrittenEntry) {
        if !in_same_commit(&entry.details) && self.missing.is_none() {
            self.missing = self.unsigned_too_long();
        }
        self.of_start = OF_A_START.contains(&&*entry.command);
        let at = entry.recorded_at.parse::<Timestamp>().ok();
        self.latest = self.latest.max(at);
        if self.unsigned_since.is_none() {
            self.unsigned_since = self.latest.map(|at| (entry.sequence, at));
        }
        if entry.command == ACCEPT_LOSS && entry.outcome == AuditOutcome::Done.as_str() {
            (self.missing, self.unsigned_since) = (None, self.latest.map(|at| (entry.sequence, at)));
        }
        let Some(said) = LogSigned::of(&entry.details) else { return };
        if self.numbers.get(&said.entries) != Some(&said.checkpoints) && self.missing.is_none() {
            let (signed, size) = (said.checkpoints, said.entries);
            let there = self.numbers.range(..=size).count();
            self.missing = Some(format!(
                "audit entry {} says that {signed} checkpoints cover up to {size} entries, {there} are there: checkpoints \
                 were removed or added",
                entry.sequence
            ));
        }
    }

    /// At the end of a commit: whether a checkpoint must have been signed since the first entry that none covers.
    fn unsigned_too_long(&self) -> Option<String> {
        let ((first, since), latest) = (self.unsigned_since?, self.latest?);
        let said = self.begins.as_ref().is_some_and(|(from, _)| *from <= first);
        let apart = latest.micros() - since.micros() > UNSIGNED_SECONDS_MOST * 1_000_000;
        (said && apart && !self.of_start).then(|| {
            format!(
                "no checkpoint covers entry {first}, although the log went on for minutes: checkpoints were removed"
            )
        })
    }

    fn checkpoint(&mut self, size: i64, number: i64) {
        self.numbers.insert(size, number);
        self.unsigned_since = None;
    }

    /// The key that the log names for checkpoints before any change of it.
    fn key(&self) -> Option<&VerifierKey> {
        self.begins.as_ref().map(|(_, begins)| &begins.key)
    }

    fn end(&self, entries: i64) -> Option<String> {
        if entries == 0 {
            return None;
        }
        if self.begins.is_none() {
            return Some(
                "no entry of the log names the key that signs it: the next start of the service adds one".to_owned(),
            );
        }
        if self.numbers.is_empty() {
            return Some(format!("the log has {entries} entries and no checkpoint: its checkpoints were removed"));
        }
        self.missing.clone().or_else(|| self.unsigned_too_long())
    }
}

/// The state of the check while it reads the log.
pub(in crate::service) struct LogCheck<'o> {
    outside: &'o Outside,
    frontier: Frontier,
    entries: i64,
    groups: i64,
    next: Option<KeptCheckpoint>,
    /// The newest of the checkpoints that were read.
    newest: Option<SignedCheckpoint>,
    signed: SignedCheck,
    pub checkpoints: i64,
    /// How many of them are signed with a key that nobody named.
    pub unchecked: i64,
    /// The changes of the log's key, the first one first.
    pub key_changes: Vec<LogKeyChange>,
}

impl<'o> LogCheck<'o> {
    pub fn begin(tx: &mut ReadTx<'_>, outside: &'o Outside) -> Result<LogCheck<'o>, DbError> {
        let next = log_checkpoints::after(tx, 0)?;
        Ok(LogCheck {
            outside,
            frontier: Frontier::default(),
            entries: 0,
            groups: 0,
            next,
            newest: None,
            signed: SignedCheck { begins: log_key_change::begins(tx)?, ..SignedCheck::default() },
            checkpoints: 0,
            unchecked: 0,
            key_changes: log_key_change::changes(tx)?,
        })
    }

    /// A fault of the outside checkpoint by itself.
    pub fn bad_outside(&self) -> Option<String> {
        let (note, key) = (self.outside.checkpoint.as_ref()?, self.outside.key.as_ref()?);
        let good = note.checkpoint.origin == key.name && is_signed_by(note, key);
        let then = || !self.key_changes.is_empty() && self.key_of(note).is_some_and(|key| is_signed_with(note, key));
        (!good && !then()).then(|| format!("the outside checkpoint is not signed with the log's key {key}"))
    }

    /// The key with which a checkpoint must be signed, as far as it is known.
    fn key_of(&self, note: &SignedCheckpoint) -> Option<&VerifierKey> {
        let (size, changes) = (note.checkpoint.size, &self.key_changes);
        if let Some(change) = changes.iter().rfind(|change| change.sequence.unsigned_abs() <= size) {
            return Some(&change.new.key);
        }
        let Some(first) = changes.first() else { return self.outside.key.as_ref() };
        let named =
            || self.outside.key.as_ref().filter(|key| changes.iter().all(|one| one.new.key.public != key.public));
        first.before.as_ref().map(|before| &before.key).or_else(named)
    }

    /// The key that the log itself names for a checkpoint.
    fn named_key_of(&self, note: &SignedCheckpoint) -> Option<&VerifierKey> {
        let changed =
            self.key_changes.first().is_some_and(|first| first.sequence.unsigned_abs() <= note.checkpoint.size);
        let (begun, _) = self.signed.begins.as_ref()?;
        // An earlier program may have changed the key before the log named one.
        let later = self.key_changes.first().is_some_and(|first| first.sequence < *begun);
        if changed || later { None } else { self.signed.key() }
    }

    /// What is wrong with an entry that changes the key.
    fn bad_change(&self, entry: &WrittenEntry) -> Option<String> {
        let Some(change) = LogKeyChange::of(entry.sequence, &entry.details) else {
            return Some("it names no new key of the log".to_owned());
        };
        let text = signed_text(entry.sequence, &entry.previous_hash, &change.new.key);
        let signed = std::iter::once(&change.new).chain(&change.before);
        let bad = signed.into_iter().find(|one| !is_signature(&text, &one.signature, &one.key));
        bad.map(|one| format!("the change of the log's key is not signed with {}", one.key))
    }

    /// Takes the next entry and checks what is stored about the log up to it.
    pub fn entry(&mut self, tx: &mut ReadTx<'_>, entry: &WrittenEntry) -> Result<Option<String>, DbError> {
        let Some(leaf) = entry_leaf(&entry.hash) else { return Ok(Some("its hash is not 64 digits".to_owned())) };
        self.entries += 1;
        for group in self.frontier.push(leaf) {
            let kept = log_tiles::find(tx, group.level, group.position)?;
            if kept.as_deref() != Some(&*hex(&group.hash)) {
                let what = if kept.is_some() { "differs" } else { "is missing" };
                let (level, position) = (group.level, group.position);
                return Ok(Some(format!("the root of group {position} of level {level}, which it fills, {what}")));
            }
            self.groups += 1;
        }
        self.signed.entry(entry);
        if self.next.as_ref().is_some_and(|next| next.size == self.entries) {
            let next = log_checkpoints::after(tx, self.entries)?;
            if let Some(kept) = std::mem::replace(&mut self.next, next) {
                self.checkpoints += 1;
                self.signed.checkpoint(kept.size, self.checkpoints);
                if let Some(fault) = self.fault_of(&kept) {
                    return Ok(Some(format!("the checkpoint of {} entries {fault}", kept.size)));
                }
            }
        }
        if entry.command == ACCEPT_NEW_KEY
            && entry.outcome == AuditOutcome::Done.as_str()
            && let Some(fault) = self.bad_change(entry)
        {
            return Ok(Some(fault));
        }
        Ok(self.outside.notes().find_map(|(what, note)| self.differing(what, note)))
    }

    /// The first of these entries that names digests but has no stored values.
    pub fn first_bare(tx: &mut ReadTx<'_>, entries: &[WrittenEntry]) -> Result<Option<i64>, DbError> {
        let named = entries.iter().filter(|entry| names_digests(&entry.details));
        let named: Vec<i64> = named.map(|entry| entry.sequence).collect();
        let (Some(first), Some(last)) = (named.first(), named.last()) else { return Ok(None) };
        let beside = disclosures::entries_between(tx, *first, *last)?;
        Ok(named.into_iter().find(|entry| beside.binary_search(entry).is_err()))
    }

    /// A fault of a stored checkpoint that covers the entries read so far.
    fn fault_of(&mut self, kept: &KeptCheckpoint) -> Option<String> {
        let root = self.frontier.root();
        let Ok(note) = kept.note.parse::<SignedCheckpoint>() else { return Some("is no signed note".to_owned()) };
        if note.checkpoint.size != kept.size.unsigned_abs() || hex(&note.checkpoint.root) != kept.root {
            return Some("says something else in its note".to_owned());
        }
        if note.checkpoint.root != root {
            return Some(another_root(&note.checkpoint.root, &root));
        }
        let key = self.key_of(&note);
        let fault = key.filter(|key| !is_signed_with(&note, key));
        let fault = fault.map(|key| format!("is not signed with the log's key {key}"));
        let named = self.named_key_of(&note);
        let fault = fault.or_else(|| {
            let other = named.filter(|key| !is_signed_with(&note, key))?;
            Some(format!("is not signed with the key that the log names: {other}"))
        });
        let unknown = key.is_none() && named.is_none();
        self.unchecked += i64::from(unknown);
        self.newest = Some(note);
        fault
    }

    fn differing(&self, what: &str, note: &SignedCheckpoint) -> Option<String> {
        let root = self.frontier.root_at(note.checkpoint.size)?;
        let differs = root != note.checkpoint.root;
        differs.then(|| format!("the {what} of so many entries {}", another_root(&note.checkpoint.root, &root)))
    }

    /// The fault of the key in the data folder.
    fn bad_folder_key(&self) -> Option<String> {
        let key = self.outside.folder_key.as_ref()?;
        let now = self.key_changes.last().map(|change| &change.new.key).or(self.signed.key());
        let changed = now.is_some_and(|now| now.public != key.public);
        let covers_change = |note: &&SignedCheckpoint| {
            self.key_changes.last().is_none_or(|change| change.sequence.unsigned_abs() <= note.checkpoint.size)
        };
        let signed = self.newest.iter().chain(&self.outside.mark);
        let other = signed.filter(covers_change).any(|note| !is_signed_with(note, key));
        (changed || other).then(|| format!("the key in the data folder is not the one that signs the log: {key}"))
    }

    /// The faults that show only at the end of the log.
    pub fn end(&self, tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
        if let Some(beyond) = &self.next {
            return Ok(Some(format!(
                "the log ends at entry {} but a checkpoint of {} entries was signed: entries were cut off",
                self.entries, beyond.size
            )));
        }
        let kept = log_tiles::count(tx)?;
        if kept != self.groups {
            return Ok(Some(format!("{kept} roots of groups are kept, the log fills {}", self.groups)));
        }
        let cut = self.outside.notes().find(|(_, note)| note.checkpoint.size > self.entries.unsigned_abs());
        let fault = cut.map(|(what, note)| self.cut_before(what, note)).or_else(|| self.bad_folder_key());
        Ok(fault.or_else(|| self.signed.end(self.entries)))
    }

    fn cut_before(&self, what: &str, note: &SignedCheckpoint) -> String {
        format!(
            "the log ends at entry {} but the {what} covers {}: entries were cut off, or an older backup was put back",
            self.entries, note.checkpoint.size
        )
    }
}

fn another_root(said: &Hash, found: &Hash) -> String {
    format!("has the root {}, the entries have {}: the log was written anew", hex(said), hex(found))
}
