//! Rows of a selection as JSON: each an object with a member for every requested field.

use crate::service::running::error::Error;
use domain::desk::selected_row::{Cell, SelectedRow};
use domain::desk::selection::{Field, Holds, Subject, Value};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use sha2::{Digest, Sha256};
use std::io;

/// A row and the names of its cells.
pub struct NamedRow<'r, N> {
    pub names: N,
    pub row: &'r SelectedRow,
}

impl<'n, N: Iterator<Item = &'n str> + Clone> Serialize for NamedRow<'_, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, cell) in self.names.clone().zip(self.row.cells()) {
            match cell {
                Cell::Missing => map.serialize_entry(name, &())?,
                Cell::Number(number) => map.serialize_entry(name, &number)?,
                Cell::Text(text) => map.serialize_entry(name, text)?,
            }
        }
        map.end()
    }
}

/// Rows with the same names.
struct NamedRows<'r, N> {
    names: N,
    rows: &'r [SelectedRow],
}

impl<'n, N: Iterator<Item = &'n str> + Clone> Serialize for NamedRows<'_, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows.iter().map(|row| NamedRow { names: self.names.clone(), row }))
    }
}

/// Rows as JSON text, written at once: a tree of each row first would cost more than finding it.
pub fn rows_json<'n>(
    names: impl Iterator<Item = &'n str> + Clone,
    rows: &[SelectedRow],
) -> Result<Box<RawValue>, Error> {
    to_raw_value(&NamedRows { names, rows }).map_err(|error| Error::Internal(error.to_string()))
}

/// `count` and the sum of each field of money.
pub fn totals_names(subject: Subject) -> impl Iterator<Item = &'static str> + Clone {
    std::iter::once("count").chain(subject.money().map(|field| field.name))
}

/// A row as JSON.
pub fn row_json<'n>(names: impl Iterator<Item = &'n str> + Clone, row: &SelectedRow) -> serde_json::Value {
    serde_json::to_value(NamedRow { names, row }).unwrap_or_else(|_| json!({}))
}

/// The name of a field where money is written in rupees.
pub fn shown_name(field: &Field) -> String {
    match field.name.strip_suffix("_paise") {
        Some(name) if field.holds == Holds::Paise => format!("{name}_rupees"),
        _ => field.name.to_owned(),
    }
}

/// A sum of paise, written in rupees; the sum of many amounts may exceed the range of one amount.
pub fn rupees(paise: i128) -> String {
    let sign = if paise < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", paise.unsigned_abs() / 100, paise.unsigned_abs() % 100)
}

/// The digest of the rows of a selection as NDJSON, computed row by row.
pub struct RowsDigest {
    subject: Subject,
    line: Vec<u8>,
    hasher: Sha256,
    count: u64,
}

impl RowsDigest {
    pub fn new(subject: Subject) -> RowsDigest {
        RowsDigest { subject, line: Vec::new(), hasher: Sha256::new(), count: 0 }
    }

    /// The number of rows added.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Adds the next row and returns its line.
    pub fn add(&mut self, row: &SelectedRow) -> io::Result<&[u8]> {
        let names = self.subject.fields().iter().map(|field| field.name);
        self.line.clear();
        serde_json::to_writer(&mut self.line, &NamedRow { names, row })?;
        self.line.push(b'\n');
        self.hasher.update(&self.line);
        self.count += 1;
        Ok(&self.line)
    }

    /// The digest of the rows added so far.
    pub fn so_far(&self) -> [u8; 32] {
        self.hasher.clone().finalize().into()
    }
}

/// Converts a value of a cursor from JSON; `None` for kinds of values that a cursor cannot have.
pub fn value(json: &serde_json::Value) -> Option<Value> {
    match json {
        serde_json::Value::Number(number) => number.as_i64().map(Value::Number),
        serde_json::Value::String(text) => Some(Value::Text(text.clone())),
        _ => None,
    }
}
