//! The notes that writing leaves in the transaction: the digest of each row as it was written. The command runner
//! takes them when the act is done, and puts the digest over their list into the act's entry.

use crate::db::engine::notes::{proven_tables, searched_texts};
use crate::db::engine::sets::{Kind, SetRow, Value};
use crate::db::engine::transaction::WriteTx;
use domain::log::row_note::{RowHasher, RowNote, key_text};

/// Where in the values of a type of row its key and its proven columns are.
pub(in crate::db) struct Shape {
    key: Vec<usize>,
    /// In the order of their names.
    pub columns: Vec<usize>,
    pub noted: bool,
}

impl Shape {
    pub fn of(table: &str, columns: &[(&'static str, Kind)]) -> Shape {
        let Some((key, besides)) = proven_tables::of_notes(table) else {
            return Shape { key: Vec::new(), columns: Vec::new(), noted: false };
        };
        let place = |name: &&str| columns.iter().position(|(column, _)| column == name);
        let named = key.len();
        let key: Vec<usize> = key.iter().filter_map(place).collect();
        debug_assert_eq!(key.len(), named, "a row of {table} has its whole key");
        let proven = |place: &usize| besides.iter().all(|(name, _)| *name != columns[*place].0);
        let mut proven: Vec<usize> = (0..columns.len()).filter(proven).collect();
        proven.sort_by_key(|place| columns[*place].0);
        Shape { key, columns: proven, noted: true }
    }
}

fn add(hasher: &mut RowHasher, column: &str, value: Value<'_>) {
    match value {
        Value::Text(text) => hasher.text(column, text),
        Value::Number(number) => hasher.number(column, number),
        Value::Null => {}
    }
}

/// A value of a key as text.
fn digits(value: Value<'_>) -> String {
    match value {
        Value::Text(text) => text.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null => String::new(),
    }
}

/// The note on a row as it is written; `None` where its table is not proven by notes.
pub(in crate::db) fn note<R: SetRow>(row: &R) -> Option<RowNote> {
    let shape = R::shape();
    if !shape.noted {
        return None;
    }
    let values = row.values();
    let mut hasher = RowHasher::of(R::TABLE);
    for place in &shape.columns {
        add(&mut hasher, R::COLUMNS[*place].0, values[*place]);
    }
    let parts: Vec<String> = shape.key.iter().map(|place| digits(values[*place])).collect();
    let key = key_text(parts.iter().map(String::as_str));
    Some(RowNote { table: R::TABLE, key, before: None, digest: Some(hasher.finish()) })
}

/// The note on a row that was changed: as it was found, and as it was left.
pub(in crate::db) fn note_change<R: SetRow>(before: Option<&R>, row: &R) -> Option<RowNote> {
    let found = before.and_then(note).and_then(|found| found.digest);
    Some(RowNote { before: found, ..note(row)? })
}

/// Notes a new row.
pub(in crate::db) fn written<R: SetRow>(tx: &mut WriteTx<'_>, row: &R) {
    tx.buffer().newest().texts.extend(searched_texts::of_row(row));
    tx.buffer().newest().notes.extend(note(row));
}

/// Notes a row that was changed.
pub(in crate::db) fn changed<R: SetRow>(tx: &mut WriteTx<'_>, before: &R, row: &R) {
    tx.buffer().newest().texts.extend(searched_texts::of_row(row));
    tx.buffer().newest().notes.extend(note_change(Some(before), row));
}

/// Notes that a row was deleted.
pub(in crate::db) fn deleted(tx: &mut WriteTx<'_>, found: Option<RowNote>) {
    let gone = found.map(|found| RowNote { before: found.digest, digest: None, ..found });
    tx.buffer().newest().notes.extend(gone);
}

/// The note on a new row whose type leaves out some of its columns: these come beside it.
pub(in crate::db) fn note_beside<R: SetRow>(row: &R, beside: &[(&'static str, Value<'_>)]) -> Option<RowNote> {
    let (key, left_out) = proven_tables::of_notes(R::TABLE)?;
    let own = R::COLUMNS.iter().zip(row.values()).map(|((name, _), value)| (*name, value));
    let mut all: Vec<(&'static str, Value<'_>)> = own.chain(beside.iter().copied()).collect();
    all.retain(|(name, _)| left_out.iter().all(|(column, _)| column != name));
    all.sort_by_key(|(name, _)| *name);
    let mut hasher = RowHasher::of(R::TABLE);
    all.iter().for_each(|(name, value)| add(&mut hasher, name, *value));
    let part = |name: &&'static str| all.iter().find(|(column, _)| column == name).map(|(_, value)| digits(*value));
    let parts: Vec<String> = key.iter().filter_map(part).collect();
    let key = key_text(parts.iter().map(String::as_str));
    Some(RowNote { table: R::TABLE, key, before: None, digest: Some(hasher.finish()) })
}

/// Notes such a row.
pub(in crate::db) fn written_beside<R: SetRow>(tx: &mut WriteTx<'_>, row: &R, beside: &[(&'static str, Value<'_>)]) {
    tx.buffer().newest().texts.extend(searched_texts::of_row(row));
    tx.buffer().newest().notes.extend(note_beside(row, beside));
}
