//! Verifying the whole database again from the stored rows: the hash chain of the audit log, the journals that
//! it names, its Merkle tree and checkpoints, the balance of every account, what the records behind the money must say
//! together, and every row against the notes of the acts.

use crate::db::budget::{accounts, budget_instruments, journals, last_quarter_spending};
use crate::db::check::{differences, schema_objects};
use crate::db::engine::connection::DatabaseUrl;
use crate::db::engine::error::DbError;
use crate::db::engine::read_pool::ReadPool;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::{audit_log, row_notes};
use crate::db::recovery::{recoveries, recovery_credits};
use crate::service::check::verify_around;
use crate::service::check::verify_around::Around;
use crate::service::check::verify_commits;
use crate::service::check::verify_commits::CommitCheck;
use crate::service::check::verify_log::{LogCheck, Outside};
use crate::service::check::verify_rows::RowCheck;
use crate::service::check::{verify_award, verify_claim, verify_desk, verify_disclosures, verify_payment};
use crate::service::running::error::Error;
use crate::terminal;
use domain::budget::budget_instrument::difference;
use domain::log::audit::{FIRST_PREVIOUS_HASH, StoredJournal, WrittenEntry};
use domain::recovery::recovery_history;
use std::fmt::Display;

const CHUNK_ENTRIES: i64 = 1_000;

/// How many rows are read at once where they are parsed, so that memory does not grow with the database.
pub(in crate::service) const CHUNK_ROWS: i64 = 500;

/// The counts of what was checked, and the first fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    pub entries: i64,
    pub journals: i64,
    /// Number of signed checkpoints of the log that are valid.
    pub checkpoints: i64,
    /// How many of these are signed with a key that is not known here.
    pub unchecked: i64,
    /// From which entry on another key signs the log, and which.
    pub key_changes: Vec<(i64, String)>,
    pub last_hash: String,
    /// Number of rows that were compared with the log.
    pub rows: i64,
    /// The entry from which on rows are proven; `None` if an earlier program wrote them and none is proven yet.
    pub rows_proven_from: Option<i64>,
    /// Number of files of evidence that are what their records say; `None` if they were left out.
    pub files: Option<i64>,
    /// Whether the engine has no check of its own that may be used.
    pub engine_left_out: bool,
    pub fault: Option<String>,
}

/// Verifies a whole database on one consistent view.
pub fn verify(url: &DatabaseUrl) -> Result<Verified, Error> {
    verify_against(url, &Outside::default())
}

/// The same, and also against a checkpoint that was stored outside the database.
pub fn verify_against(url: &DatabaseUrl, outside: &Outside) -> Result<Verified, Error> {
    verify_with(url, outside, &Around::default())
}

/// The same with what is asked around the log and the rows.
pub fn verify_with(url: &DatabaseUrl, outside: &Outside, around: &Around<'_>) -> Result<Verified, Error> {
    ReadPool::open(url, 1)?.read(|tx| {
        let mut result = Verified { last_hash: FIRST_PREVIOUS_HASH.to_owned(), ..Verified::default() };
        // What the schema does not have, or has besides, may hide anything else, or make it fail.
        let schema = if around.finance.is_some() { schema_objects::first_difference(tx)? } else { None };
        let checked =
            or_corrupt(first_fault(tx, outside, &mut result)).map_err(Error::from).and_then(|fault| match fault {
                None => verify_around::first_fault(tx, around, &mut result),
                fault => Ok(fault),
            });
        result.fault = match (checked, schema) {
            (Ok(fault), None) => fault,
            (Ok(Some(fault)), Some(schema)) => Some(format!("{fault}; {schema}")),
            (Ok(None) | Err(_), Some(schema)) => Some(schema),
            (Err(error), None) => return Err(error),
        };
        Ok(result)
    })
}

fn first_fault(tx: &mut ReadTx<'_>, outside: &Outside, result: &mut Verified) -> Result<Option<String>, DbError> {
    let mut log = LogCheck::begin(tx, outside)?;
    if let Some(fault) = log.bad_outside() {
        return Ok(Some(fault));
    }
    let named = log.key_changes.iter().map(|change| (change.sequence, change.new.key.to_string()));
    result.key_changes = named.collect();
    let mut rows = RowCheck::begin(tx)?;
    let mut commits = CommitCheck::begin(tx)?;
    result.rows_proven_from = rows.proven_from();
    loop {
        terminal::progress(format_args!("{} audit entries checked …", result.entries));
        // From the lowest sequence: an entry forged before the first one counts too.
        let from = if result.entries == 0 { i64::MIN } else { result.entries };
        let chunk = audit_log::written_after(tx, from, CHUNK_ENTRIES)?;
        let (Some(first), Some(last)) = (chunk.first(), chunk.last()) else { break };
        let journals = journals::between(tx, first.sequence, last.sequence)?;
        let mut journals = journals.iter().peekable();
        let lists = row_notes::between(tx, first.sequence, last.sequence)?;
        let mut lists = lists.iter().peekable();
        for entry in &chunk {
            let journal = journals.next_if(|journal| journal.audit_sequence == entry.sequence);
            let mut fault = check_entry(entry, journal, result);
            if fault.is_none() {
                fault = log.entry(tx, entry)?;
            }
            let list = lists.next_if(|(sequence, _)| *sequence == entry.sequence);
            fault = fault.or_else(|| rows.entry(entry, list.map(|(_, notes)| notes)));
            fault = fault.or_else(|| commits.entry(entry));
            if let Some(fault) = fault {
                return Ok(Some(format!("audit entry {}: {fault}", entry.sequence)));
            }
        }
        if let Some(entry) = LogCheck::first_bare(tx, &chunk)? {
            return Ok(Some(format!("audit entry {entry}: what it withholds is gone")));
        }
    }
    (result.checkpoints, result.unchecked) = (log.checkpoints, log.unchecked);
    if let Some(fault) = check_head(tx, result)? {
        return Ok(Some(fault));
    }
    if let Some(fault) = log.end(tx)?.or_else(|| commits.end()) {
        return Ok(Some(fault));
    }
    if let Some(fault) = verify_commits::first_fault(tx, result.entries)? {
        return Ok(Some(fault));
    }
    let contradiction = or_corrupt(check_whole(tx, result))?;
    let (compared, changed) = rows.end(tx)?;
    result.rows = compared;
    // A contradiction says what the change of a row means, and the row says where it was made.
    let found: Vec<String> = contradiction.into_iter().chain(changed).collect();
    Ok((!found.is_empty()).then(|| found.join("; ")))
}

/// A value that the service never writes is a fault like any other.
fn or_corrupt(checked: Result<Option<String>, DbError>) -> Result<Option<String>, DbError> {
    match checked {
        Err(error @ DbError::Corrupt { .. }) => Ok(Some(error.to_string())),
        checked => checked,
    }
}

/// Checks one entry after the last valid one; `None` when it has no fault.
fn check_entry(entry: &WrittenEntry, journal: Option<&StoredJournal>, result: &mut Verified) -> Option<String> {
    if entry.sequence < 1 {
        return Some("the log begins with entry 1".to_owned());
    }
    if entry.sequence != result.entries + 1 {
        return Some(format!("entry {} is missing before it", result.entries + 1));
    }
    if entry.previous_hash != result.last_hash {
        return Some("it is not linked to the entry before it".to_owned());
    }
    // An absent field and an empty one have the same hash, and the service never writes an empty one.
    let emptied = [&entry.code, &entry.journal_digest].into_iter().any(|field| field.as_deref() == Some(""));
    if emptied || entry.hash_after(&result.last_hash) != entry.hash {
        return Some("its content does not match its hash".to_owned());
    }
    match (&entry.journal_digest, journal) {
        (None, None) => {}
        (None, Some(journal)) => return Some(format!("journal {} was not posted by it", journal.id)),
        (Some(_), None) => return Some("its journal is gone".to_owned()),
        (Some(digest), Some(journal)) => {
            if *digest != journal.digest() {
                return Some(format!("journal {} ({}) was changed", journal.id, journal.reference));
            }
            result.journals += 1;
        }
    }
    result.entries = entry.sequence;
    result.last_hash.clone_from(&entry.hash);
    None
}

fn check_head(tx: &mut ReadTx<'_>, result: &Verified) -> Result<Option<String>, DbError> {
    let Some((sequence, hash)) = audit_log::stored_head(tx)? else {
        return Ok(Some("the log's head is gone".to_owned()));
    };
    let whole = sequence == result.entries && hash == result.last_hash;
    Ok((!whole).then(|| {
        format!("the log ends at entry {} but its head says {sequence}: entries were cut off", result.entries)
    }))
}

/// Finds the first fault of one kind.
type Check = fn(&mut ReadTx<'_>) -> Result<Option<String>, DbError>;

/// What no digest of a row proves: that rows agree with each other.
const CHECKS: [Check; 6] = [
    verify_payment::first_fault,
    verify_claim::first_fault,
    verify_award::first_fault,
    verify_desk::first_fault,
    verify_disclosures::first_fault,
    check_recoveries,
];

/// `Err` when a stored value is not the one that follows from what is named.
pub(super) fn same<T: PartialEq + Display>(what: &str, stored: T, source: &str, follows: T) -> Result<(), String> {
    if stored == follows { Ok(()) } else { Err(format!("{what} is {stored}, by {source} {follows}")) }
}

/// Reads a table in the order of its ids, a chunk at a time, up to the first fault.
pub(super) fn by_chunks<T>(
    tx: &mut ReadTx<'_>,
    after: impl Fn(&mut ReadTx<'_>, &str, i64) -> Result<Vec<T>, DbError>,
    id: impl Fn(&T) -> String,
    mut check: impl FnMut(&mut ReadTx<'_>, &[T]) -> Result<Option<String>, DbError>,
) -> Result<Option<String>, DbError> {
    let mut behind = String::new();
    loop {
        let chunk = after(tx, &behind, CHUNK_ROWS)?;
        let Some(last) = chunk.last() else { return Ok(None) };
        behind = id(last);
        if let Some(fault) = check(tx, &chunk)? {
            return Ok(Some(fault));
        }
    }
}

fn check_whole(tx: &mut ReadTx<'_>, result: &Verified) -> Result<Option<String>, DbError> {
    if let Some(id) = journals::first_with_a_gap(tx)? {
        return Ok(Some(format!("journal {id}: its lines are not numbered from 1 without a gap")));
    }
    if let Some(id) = journals::unbalanced(tx)?.first() {
        return Ok(Some(format!("journal {id} does not balance")));
    }
    let stored = journals::count(tx)?;
    if stored != result.journals {
        return Ok(Some(format!("{stored} journals are stored, the log names {}", result.journals)));
    }
    if let Some((account, balance, sum)) = journals::differing_totals(tx)?.first() {
        return Ok(Some(format!("account {account} says {balance} paise, its entries say {sum}")));
    }
    if let Some(difference) = differences::differing_records(tx)?.first() {
        return Ok(Some(format!(
            "award {}, {}, {}: its records say {} paise, the ledger says {}",
            difference.award_id, difference.component, difference.stage, difference.records, difference.ledger
        )));
    }
    if let Some(fault) = check_budget(tx)? {
        return Ok(Some(fault));
    }
    for check in CHECKS {
        if let Some(fault) = check(tx)? {
            return Ok(Some(fault));
        }
    }
    Ok(None)
}

/// Checks the budget against the approved instruments and the totals of the last quarters.
fn check_budget(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let instruments = budget_instruments::all_approved(tx)?;
    if let Some((account, said, kept)) = difference(&instruments, &accounts::balances(tx)?) {
        return Ok(Some(format!("account {account} says {kept} paise, the budget instruments say {said}")));
    }
    if let Some((scheme, month, kept, counted)) = last_quarter_spending::first_differing(tx)? {
        return Ok(Some(format!("{scheme}, {month}: {kept} paise are kept as paid, its disbursements say {counted}")));
    }
    if let Some((scheme, month, kept, counted)) = last_quarter_spending::first_advised_differing(tx)? {
        return Ok(Some(format!("{scheme}, {month}: {kept} paise are kept as advised, its payments say {counted}")));
    }
    Ok(None)
}

/// Recomputes every recovery from its first day.
fn check_recoveries(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    if let Some(fault) = recovery_credits::contradictions(tx)?.into_iter().next() {
        return Ok(Some(fault));
    }
    by_chunks(
        tx,
        recoveries::after,
        |recovery| recovery.id.to_string(),
        |tx, chunk| {
            for recovery in chunk {
                let credits = recovery_credits::of_recovery(tx, recovery.id)?;
                if let Some(fault) = recovery_history::fault(recovery, &credits) {
                    return Ok(Some(fault));
                }
            }
            Ok(None)
        },
    )
}
