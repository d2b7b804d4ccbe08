//! The records that acts change, each against its newest digest in the index, both ways. Whatever an act would stand on
//! is compared here too, before an act needs it.

use crate::db::engine::notes::proven_rows::TableReader;
use crate::db::engine::notes::proven_tables::{INDEXED, LOOKED_UP};
use crate::db::engine::transaction::ReadTx;
use crate::db::log::row_notes;
use crate::service::running::as_logged::noun;
use crate::service::running::error::Error;
use domain::check::control::{COUNTEREXAMPLES_MOST, Counterexample};
use std::collections::HashMap;

/// How many rows are read at once.
const ROWS_AT_ONCE: i64 = 5_000;

/// What a record is whose row is not as its newest digest says.
pub(super) const CHANGED: &str = "it is not as the last act in the log left it";
/// What a record is whose row is gone.
pub(super) const GONE: &str = "the log says that it is there, and it is not";

/// The records that are not as the log says, of every indexed table but those of people and companies.
pub(super) fn records_as_logged(tx: &mut ReadTx<'_>) -> Result<Vec<Counterexample>, Error> {
    let mut found = Vec::new();
    for reader in TableReader::all(tx)? {
        if INDEXED.contains(&reader.table) && !LOOKED_UP.contains(&reader.table) {
            of_table(tx, &reader, &mut found)?;
        }
        if found.len() > COUNTEREXAMPLES_MOST {
            break;
        }
    }
    Ok(found)
}

fn of_table(tx: &mut ReadTx<'_>, reader: &TableReader, found: &mut Vec<Counterexample>) -> Result<(), Error> {
    let noun = noun(reader.table);
    let (mut place, mut behind) = (Vec::new(), String::new());
    while found.len() <= COUNTEREXAMPLES_MOST {
        let rows = reader.after(tx, &place, ROWS_AT_ONCE)?;
        let whole = (rows.len() as i64) < ROWS_AT_ONCE;
        let until = rows.last().map(|row| row.key.clone()).filter(|_| !whole);
        let indexed = row_notes::indexed_between(tx, reader.table, &behind, until.as_deref())?;
        let mut indexed: HashMap<String, String> = indexed.into_iter().collect();
        let mut told = |key: &str, what: &str| {
            found.push(Counterexample { subject: format!("{noun}:{key}"), found: what.to_owned() });
        };
        for row in &rows {
            if indexed.remove(&row.key).as_ref() != Some(&row.digest.text()) {
                told(&row.key, CHANGED);
            }
        }
        indexed.keys().for_each(|key| told(key, GONE));
        match rows.into_iter().next_back() {
            Some(last) if !whole => (place, behind) = (last.place, last.key),
            _ => break,
        }
    }
    Ok(())
}
