//! Notes and letters, compared with the log: each is the one that its act put on record, its text is the one beside the
//! log, and the notes of a record are numbered without a gap.

use crate::db::correspondence::{counts, letter_closings, letters, notes};
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::db::people::disclosures;
use crate::service::check::verify_desk::{Told, count_fault, fault_among};
use crate::service::check::verify_records::CHUNK_ROWS;
use domain::correspondence::letter::LetterClosing;
use domain::log::audit::digest_of;
use domain::people::disclosure::DisclosedField;
use std::collections::BTreeMap;

/// A text, with its subject in the log.
type Written = (String, String);

/// The first note that differs from the log.
pub fn first_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let (mut after, mut rows) = (None, 0);
    loop {
        let chunk = notes::page(tx, None, after, CHUNK_ROWS)?;
        let Some(last) = chunk.last() else { break };
        after = Some(last.id);
        rows += chunk.len() as i64;
        let told = chunk.iter().map(|note| {
            let name = format!("note {} on {}", note.number, note.about());
            (name, format!("note:{}", note.id), digest_of(&note.without_text()))
        });
        let written = chunk.iter().map(|note| (format!("note:{}", note.id), note.text.clone()));
        if let Some(fault) = fault_of(tx, &told.collect::<Vec<_>>(), &written.collect::<Vec<_>>())? {
            return Ok(Some(fault));
        }
    }
    if let Some(fault) = count_fault(tx, "note", rows)? {
        return Ok(Some(fault));
    }
    match counts::gaps(tx)?.first() {
        Some(about) => Ok(Some(format!("the notes on {about} are not numbered without a gap"))),
        None => letters_fault(tx),
    }
}

fn letters_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let (mut selection, mut rows) = (letters::Selection::default(), 0);
    loop {
        let chunk = letters::page(tx, selection, CHUNK_ROWS)?;
        let Some(last) = chunk.last() else { break };
        selection.after = Some(last.id);
        rows += chunk.len() as i64;
        let told = chunk
            .iter()
            .map(|letter| (letter.number.clone(), format!("letter:{}", letter.id), digest_of(&letter.without_text())));
        let written = chunk.iter().map(|letter| (format!("letter:{}", letter.id), letter.text.clone()));
        if let Some(fault) = fault_of(tx, &told.collect::<Vec<_>>(), &written.collect::<Vec<_>>())? {
            return Ok(Some(fault));
        }
    }
    match count_fault(tx, "letter", rows)? {
        Some(fault) => Ok(Some(fault)),
        None => closings_fault(tx),
    }
}

fn closings_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let (mut after, mut rows) = (None, 0);
    loop {
        let chunk = letter_closings::page(tx, after, CHUNK_ROWS)?;
        let Some(last) = chunk.last() else { return count_fault(tx, "letter_closing", rows) };
        after = Some(last.letter_id);
        rows += chunk.len() as i64;
        let subject = |closing: &LetterClosing| format!("letter_closing:{}", closing.letter_id);
        let told = chunk.iter().map(|closing| {
            (
                format!("the closing of letter {}", closing.letter_id),
                subject(closing),
                digest_of(&closing.without_reason()),
            )
        });
        if let Some(fault) = fault_among(tx, &told.collect::<Vec<_>>())? {
            return Ok(Some(fault));
        }
        let written: Vec<Written> = chunk.iter().map(|one| (subject(one), one.reason.clone())).collect();
        if let Some(fault) = text_fault(tx, DisclosedField::Reason, &written)? {
            return Ok(Some(fault));
        }
    }
}

/// The first of these records that differs from its act, or whose text is not the one beside the log.
fn fault_of(tx: &mut ReadTx<'_>, told: &[Told], written: &[Written]) -> Result<Option<String>, DbError> {
    if let Some(fault) = fault_among(tx, told)? {
        return Ok(Some(fault));
    }
    text_fault(tx, DisclosedField::Text, written)
}

/// The first of these texts that is not the one beside the log.
pub(super) fn text_fault(
    tx: &mut ReadTx<'_>,
    field: DisclosedField,
    written: &[Written],
) -> Result<Option<String>, DbError> {
    let subjects: Vec<String> = written.iter().map(|(subject, _)| subject.clone()).collect();
    let beside = disclosures::of_subjects(tx, &subjects)?;
    let beside = beside.into_iter().filter(|one| one.field == field);
    let known: BTreeMap<String, Option<String>> =
        beside.map(|one| (one.subject.clone(), one.value().ok().flatten())).collect();
    let other = written.iter().find(|(subject, text)| known.get(subject) != Some(&Some(text.clone())));
    Ok(other.map(|(subject, _)| format!("{subject}: its text is not the one of the log")))
}
