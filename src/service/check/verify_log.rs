//! Checking the Merkle tree over the audit log while its entries are read: the stored roots of full groups,
//! every stored checkpoint, and a checkpoint that was stored elsewhere.

use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::{log_checkpoints, log_tiles};
use crate::db::people::disclosures;
use crate::service::log::log_key::{is_signature, is_signed_by, is_signed_with};
use crate::service::log::log_key_change;
use domain::base::digest::hex;
use domain::log::audit::{AuditOutcome, WrittenEntry};
use domain::log::checkpoint::{KeptCheckpoint, SignedCheckpoint, VerifierKey};
use domain::log::log_key_change::{ACCEPT_NEW_KEY, LogKeyChange, signed_text};
use domain::log::merkle::{Frontier, Hash, entry_leaf};
use domain::people::disclosure::names_digests;

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

/// The state of the check while it reads the log.
pub(in crate::service) struct LogCheck<'o> {
    outside: &'o Outside,
    frontier: Frontier,
    entries: i64,
    groups: i64,
    next: Option<KeptCheckpoint>,
    /// The newest of the checkpoints that were read.
    newest: Option<SignedCheckpoint>,
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
        if self.next.as_ref().is_some_and(|next| next.size == self.entries) {
            let next = log_checkpoints::after(tx, self.entries)?;
            if let Some(kept) = std::mem::replace(&mut self.next, next) {
                self.checkpoints += 1;
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
        let unknown = key.is_none();
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
        let changed = self.key_changes.last().is_some_and(|change| change.new.key.public != key.public);
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
        Ok(cut.map(|(what, note)| self.cut_before(what, note)).or_else(|| self.bad_folder_key()))
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
