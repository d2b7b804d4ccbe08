//! Rows of a selection as JSON: each an object with a member for every field that was asked.

use crate::domain::selected_row::{Cell, SelectedRow};
use crate::domain::selection::Value;
use serde::ser::{Serialize, SerializeMap, Serializer};

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

/// A value of a cursor from JSON; no other kind of value can be one.
pub fn value(json: &serde_json::Value) -> Option<Value> {
    match json {
        serde_json::Value::Number(number) => number.as_i64().map(Value::Number),
        serde_json::Value::String(text) => Some(Value::Text(text.clone())),
        _ => None,
    }
}
