//! The commits of the log, by which a question about an earlier moment is answered, and whether the data are live: both
//! are held against what the entries say of them (`src/domain/log/log_facts.rs`).

use crate::db::engine::error::DbError;
use crate::db::engine::history::past::Commit;
use crate::db::engine::instance;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::log_commits;
use crate::service::log::log_key_change;
use domain::log::audit::WrittenEntry;
use domain::log::log_facts::{LogBegins, in_same_commit};
use std::iter::Peekable;
use std::vec::IntoIter;

/// The state of the check while it reads the log.
pub(in crate::service) struct CommitCheck {
    stored: Peekable<IntoIter<Commit>>,
    /// The entry before, which the next one says to be the end of its commit or not.
    before: Option<Commit>,
    /// From which entry on entries say this; `None` if they never do.
    said_from: Option<i64>,
    /// Whether the row from which on the past is kept is gone: a log that begins with its key has one of no entry.
    begins_late: bool,
}

impl CommitCheck {
    pub fn begin(tx: &mut ReadTx<'_>) -> Result<CommitCheck, DbError> {
        let said_from = log_key_change::begins(tx)?.map(|(sequence, _)| sequence);
        let mut stored = log_commits::all(tx)?.into_iter().peekable();
        // The row from which on the past is kept where the log was empty.
        let first = stored.next_if(|commit| commit.sequence == 0 && commit.recorded_at.is_empty());
        let begins_late = said_from == Some(1) && first.is_none();
        Ok(CommitCheck { stored, before: None, said_from, begins_late })
    }

    /// Takes the next entry.
    pub fn entry(&mut self, entry: &WrittenEntry) -> Option<String> {
        if std::mem::take(&mut self.begins_late) {
            return Some("log_commits: the row of the beginning is gone".to_owned());
        }
        let here = Commit { sequence: entry.sequence, recorded_at: entry.recorded_at.clone() };
        let before = self.before.replace(here)?;
        self.ended(before, !in_same_commit(&entry.details))
    }

    /// An entry with which a commit ended or not.
    fn ended(&mut self, entry: Commit, ended: bool) -> Option<String> {
        let sequence = entry.sequence;
        let there = self.stored.next_if(|commit| commit.sequence <= sequence);
        let said = self.said_from.is_some_and(|from| from <= sequence);
        let right = match &there {
            // An earlier program did not say in its entries where a commit ended.
            Some(commit) => (ended || !said) && (*commit == entry || self.is_first_of_upgrade(commit, sequence)),
            None => !(ended && said),
        };
        let what = if there.is_some() { "is not as the log says" } else { "is gone" };
        (!right).then(|| format!("log_commits: the row of the commit that ended with entry {sequence} {what}"))
    }

    /// The row from which on an earlier program kept the past may have no time.
    fn is_first_of_upgrade(&self, commit: &Commit, sequence: i64) -> bool {
        commit.sequence == sequence
            && commit.recorded_at.is_empty()
            && self.said_from.is_none_or(|from| sequence < from)
    }

    /// At the end of the log.
    pub fn end(&mut self) -> Option<String> {
        let last = self.before.take().and_then(|last| self.ended(last, true));
        last.or_else(|| {
            let beyond = self.stored.next()?;
            Some(format!("log_commits: the log has no entry {}, with which a commit ended", beyond.sequence))
        })
    }
}

/// Whether the data are live, as the log says.
pub(in crate::service) fn first_fault(tx: &mut ReadTx<'_>, entries: i64) -> Result<Option<String>, DbError> {
    let begins = log_key_change::begins(tx)?;
    let Some((mode, offset)) = instance::stored(tx)? else {
        return Ok((entries > 0).then(|| "instance: the row that says whether the data are live is gone".to_owned()));
    };
    let Some((sequence, LogBegins { sandbox, .. })) = begins else { return Ok(None) };
    let said = if sandbox { "sandbox" } else { "live" };
    if mode != said {
        return Ok(Some(format!("instance: its mode is {mode}, by audit entry {sequence} {said}")));
    }
    let moved = !sandbox && offset != 0;
    Ok(moved.then(|| format!("instance: the clock of live data is moved by {offset} microseconds")))
}
