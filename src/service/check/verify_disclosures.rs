//! The values withheld from the log, compared with the digests in it (`verify_log.rs` notices entries whose
//! values are missing): no value was changed, added, removed or erased behind the service's back, and people
//! still have the names and addresses that the log proves. (They are in no note of a row, so that they can be erased.)

use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::audit_log;
use crate::db::people::{disclosures, users};
use crate::service::check::verify::CHUNK_ROWS;
use domain::log::audit::{AuditFacts, AuditOutcome};
use domain::people::disclosure::{DIGESTS, DisclosedField, Disclosure};
use std::collections::BTreeMap;

/// The first value that differs from the log.
pub fn first_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let mut behind = 0;
    loop {
        let mut chunk = disclosures::after(tx, behind, CHUNK_ROWS)?;
        let whole = chunk.len() < CHUNK_ROWS as usize;
        if let (false, Some(last)) = (whole, chunk.last().map(|last| last.sequence)) {
            // The last entry of the chunk may have more values.
            chunk.retain(|one| one.sequence < last);
        }
        for of_entry in chunk.chunk_by(|one, other| one.sequence == other.sequence) {
            if let Err(fault) = check_entry(tx, of_entry)? {
                return Ok(Some(fault));
            }
            behind = of_entry.first().map_or(behind, |one| one.sequence);
        }
        if whole {
            break;
        }
    }
    check_people(tx)
}

/// Checks all values withheld from one entry.
fn check_entry(tx: &mut ReadTx<'_>, all: &[Disclosure]) -> Result<Result<(), String>, DbError> {
    let Some(sequence) = all.first().map(|one| one.sequence) else { return Ok(Ok(())) };
    let wrong = |why: String| Ok(Err(format!("audit entry {sequence}: {why}")));
    let Some(entry) = audit_log::find(tx, sequence)? else { return wrong("values stand beside no entry".to_owned()) };
    let details: serde_json::Value = serde_json::from_str(&entry.facts.details).unwrap_or_default();
    let mut named: Vec<&str> =
        details[DIGESTS].as_array().into_iter().flatten().filter_map(|digest| digest.as_str()).collect();
    let mut beside: Vec<&str> = all.iter().map(|one| one.digest.as_str()).collect();
    named.sort_unstable();
    beside.sort_unstable();
    if named != beside {
        return wrong("what it withholds is not what stands beside it".to_owned());
    }
    for one in all {
        if one.subject != entry.facts.subject {
            return wrong(format!("its {} is of {}", one.field, one.subject));
        }
        if let Err(why) = one.value() {
            return wrong(why);
        }
        if let Some(by) = one.erased_by {
            let erasing = audit_log::find(tx, by)?;
            if !erasing.is_some_and(|erasing| erases(&erasing.facts, one)) {
                return wrong(format!("its {} was not erased by entry {by}", one.field));
            }
        }
    }
    Ok(Ok(()))
}

fn erases(facts: &AuditFacts, erased: &Disclosure) -> bool {
    facts.command == "erase_personal_data"
        && facts.outcome == AuditOutcome::Done
        && facts.subject == erased.subject
        && facts.sequence > erased.sequence
}

/// The newest value of each field; `None` for an erased one.
fn newest(tx: &mut ReadTx<'_>, subject: &str) -> Result<BTreeMap<DisclosedField, Option<String>>, DbError> {
    let all = disclosures::of_subject(tx, subject)?;
    Ok(all.into_iter().map(|one| (one.field, one.value().ok().flatten())).collect())
}

fn check_people(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    for user in users::list(tx)? {
        let subject = format!("user:{}", user.id);
        let known = newest(tx, &subject)?;
        let kept = user.erased_at.is_none();
        for (field, value) in [(DisclosedField::Name, &user.name), (DisclosedField::Email, &user.email)] {
            // For an erased person, the log must have no value any more either.
            let expected = kept.then(|| value.clone());
            if known.get(&field) != Some(&expected) {
                return Ok(Some(format!("{subject}: its {field} is not the one of the log")));
            }
        }
    }
    Ok(None)
}
