//! The key with which the log is signed, at a start. Nothing makes a key for a log that has entries: a start whose
//! folder has another key than that of the log, or none, is refused, because what was signed before could not be told
//! from a forgery afterwards. The log itself names its key in its first entry, so that this holds without its
//! checkpoints too. When the key is lost, a person accepts a new one, and the log has an entry of it that the new key
//! signs, and the key before where it is at hand.

use crate::db::engine::read_pool::ReadPool;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::{audit_log, log_checkpoints};
use crate::service::Service;
use crate::service::log::log_key::{KEY_BEFORE_FILE, KEY_FILE, LogKey, is_signed_with};
use crate::service::running::error::Error;
use crate::service::running::runner::{Call, Caller, Command, Done, Work};
use domain::base::permission::Permission;
use domain::log::checkpoint::SignedCheckpoint;
use domain::log::log_facts::{LOG_BEGINS, LogBegins, NAME_LOG_KEY};
use domain::log::log_key_change::{ACCEPT_NEW_KEY, KeySignature, LOG_KEY, LogKeyChange, signed_text};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

/// What the database says about the key of its log.
struct Known {
    entries: i64,
    /// The newest checkpoint.
    newest: Option<SignedCheckpoint>,
    /// The newest change of the key.
    change: Option<LogKeyChange>,
    /// What the log says about its key and its data, and in which entry.
    begins: Option<(i64, LogBegins)>,
}

/// The key of the log, and what is to be recorded when a person accepted that it is a new one.
pub(in crate::service) struct KeyOfLog {
    pub key: Arc<LogKey>,
    /// Whether an earlier program began the log, so that no entry names its key.
    pub unnamed: bool,
    pub accepted: Option<AcceptNewKey>,
}

/// A key that a start was told to accept although the log was signed with another one.
pub(in crate::service) struct AcceptNewKey {
    key: Arc<LogKey>,
    before: Option<LogKey>,
    newest_checkpoint: i64,
}

/// The changes of the key of the log, the first one first.
pub(in crate::service) fn changes(tx: &mut ReadTx<'_>) -> Result<Vec<LogKeyChange>, crate::db::engine::error::DbError> {
    let entries = audit_log::done_about(tx, &[LOG_KEY.to_owned()], &[ACCEPT_NEW_KEY])?;
    let of = |entry: domain::log::audit::AuditEntry| LogKeyChange::of(entry.facts.sequence, &entry.facts.details);
    Ok(entries.into_iter().filter_map(of).collect())
}

/// What the log says about its key and its data, with the number of the entry.
pub(in crate::service) fn begins(
    tx: &mut ReadTx<'_>,
) -> Result<Option<(i64, LogBegins)>, crate::db::engine::error::DbError> {
    let said = audit_log::details_of_begin(tx, LOG_KEY, NAME_LOG_KEY)?;
    Ok(said.into_iter().find_map(|(sequence, details)| Some((sequence, LogBegins::of(&details)?))))
}

impl Known {
    fn read(tx: &mut ReadTx<'_>) -> Result<Known, Error> {
        let (entries, _) = audit_log::head(tx)?;
        let newest = log_checkpoints::newest(tx)?.and_then(|newest| newest.note.parse().ok());
        Ok(Known { entries, newest, change: changes(tx)?.pop(), begins: begins(tx)? })
    }

    /// Whether the log is signed with this key, as far as the database says.
    fn is_of(&self, key: &LogKey) -> bool {
        let signed = |note: &SignedCheckpoint| is_signed_with(note, key.verifier());
        match (&self.change, &self.newest) {
            (Some(change), newest) => {
                // Before the first checkpoint that covers the change, the newest one is signed with the key before.
                let later = newest.as_ref().filter(|note| note.checkpoint.size >= change.sequence.unsigned_abs());
                change.new.key.public == key.verifier().public && later.is_none_or(signed)
            }
            (None, newest) => {
                let named = self.begins.as_ref().map(|(_, begins)| begins.key.public == key.verifier().public);
                // A log with entries whose key nothing names, and that nothing signed, is not anybody's.
                let whose = self.entries == 0 || named.is_some() || newest.is_some();
                whose && named.unwrap_or(true) && newest.as_ref().is_none_or(signed)
            }
        }
    }
}

/// Opens the key of the log; makes one for a log without entries, or if a person accepted a new one.
pub(in crate::service) fn open(
    reads: &ReadPool,
    folder: &Path,
    origin: &str,
    accepts_new: bool,
) -> Result<KeyOfLog, Error> {
    let known = reads.read(Known::read)?;
    let unnamed = known.entries > 0 && known.begins.is_none();
    let key = match LogKey::find(folder, origin)? {
        Some(key) if known.is_of(&key) => return Ok(KeyOfLog { key: Arc::new(key), unnamed, accepted: None }),
        None if known.entries == 0 => {
            return Ok(KeyOfLog { key: Arc::new(LogKey::open(folder, origin)?), unnamed, accepted: None });
        }
        found if !accepts_new => return Err(Error::Setup(problem(folder, found.as_ref()))),
        Some(key) => key,
        None => LogKey::open(folder, origin)?,
    };
    let before = LogKey::find_in(&folder.join(KEY_BEFORE_FILE), origin)?.filter(|before| known.is_of(before));
    let key = Arc::new(key);
    let newest_checkpoint = known.newest.and_then(|note| i64::try_from(note.checkpoint.size).ok()).unwrap_or(0);
    let accepted = Some(AcceptNewKey { key: Arc::clone(&key), before, newest_checkpoint });
    Ok(KeyOfLog { key, unnamed, accepted })
}

fn problem(folder: &Path, found: Option<&LogKey>) -> String {
    let file = folder.join(KEY_FILE);
    let why = match found {
        Some(key) => {
            format!("{} is not the key with which the log was signed: it is {}", file.display(), key.verifier())
        }
        None => format!("the database has a log, but its key is missing: {}", file.display()),
    };
    format!(
        "{why}. Put the log's key back from the backup. If it is lost, start once with --accept-new-key: the log then \
         says from which entry on another key signs it"
    )
}

impl Command for AcceptNewKey {
    const NAME: &'static str = ACCEPT_NEW_KEY;
    /// That of the operator at the machine, who started the service so.
    const PERMISSION: Permission = Permission::GuardMoney;
    const REFUSALS: &'static [&'static str] = &[];
    type Answer = ();

    fn subject(&self) -> String {
        LOG_KEY.to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        let (sequence, (_, previous_hash)) = (work.audit_sequence, audit_log::head(work.tx)?);
        let text = signed_text(sequence, &previous_hash, self.key.verifier());
        let signed = |key: &LogKey| KeySignature { key: key.verifier().clone(), signature: key.sign_text(&text) };
        let change = LogKeyChange { sequence, new: signed(&self.key), before: self.before.as_ref().map(signed) };
        let details: Value = change.details(self.newest_checkpoint);
        Ok(Done { answer: (), subject: LOG_KEY.to_owned(), details })
    }
}

/// Names the key of a log that an earlier program began.
struct NameLogKey(LogBegins);

impl Command for NameLogKey {
    const NAME: &'static str = NAME_LOG_KEY;
    const PERMISSION: Permission = Permission::LoadScheme;
    const REFUSALS: &'static [&'static str] = &[];
    type Answer = ();

    fn subject(&self) -> String {
        LOG_KEY.to_owned()
    }

    fn run(self, _: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        Ok(Done { answer: (), subject: LOG_KEY.to_owned(), details: json!({ LOG_BEGINS: self.0.json() }) })
    }
}

impl Service {
    /// Names the key of the log in it, if an earlier program began it.
    pub(in crate::service) async fn name_log_key(self: &Arc<Self>, unnamed: bool) -> Result<(), Error> {
        if unnamed {
            let command = NameLogKey(self.log_seal.begins().clone());
            self.execute(Call::unkeyed(Caller::Operator), command, |()| String::new()).await?;
        }
        Ok(())
    }

    /// Records that a person accepted a new key of the log.
    pub(in crate::service) async fn note_key(self: &Arc<Self>, accepted: Option<AcceptNewKey>) -> Result<(), Error> {
        if let Some(accepted) = accepted {
            let key = accepted.key.verifier().to_string();
            tracing::warn!(key, "a new key of the log was accepted");
            self.execute(Call::unkeyed(Caller::Operator), accepted, |()| String::new()).await?;
        }
        Ok(())
    }
}
