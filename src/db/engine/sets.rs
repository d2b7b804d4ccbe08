//! Rows that are written in sets (`src/db/engine/set_writer.rs`), as names and values of their columns.

use crate::db::engine::connection::DbConnection;
use crate::db::engine::error::DbError;
use crate::db::engine::set_writer::SetWriter;

/// Sequence and hash of the end of the audit log.
pub type Head = (i64, String);

/// What a column holds.
#[derive(Clone, Copy)]
pub enum Kind {
    Text,
    Number,
}

/// The value of one column of one row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    Text(&'a str),
    Number(i64),
    Null,
}

impl<'a> Value<'a> {
    pub fn text(self) -> Option<&'a str> {
        match self {
            Value::Text(text) => Some(text),
            Value::Number(_) | Value::Null => None,
        }
    }

    pub fn number(self) -> Option<i64> {
        match self {
            Value::Number(number) => Some(number),
            Value::Text(_) | Value::Null => None,
        }
    }
}

/// A raw value that a column is made of.
pub trait Cell {
    const KIND: Kind;
    fn value(&self) -> Value<'_>;
}

impl Cell for String {
    const KIND: Kind = Kind::Text;
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl Cell for i64 {
    const KIND: Kind = Kind::Number;
    fn value(&self) -> Value<'_> {
        Value::Number(*self)
    }
}

impl<C: Cell> Cell for Option<C> {
    const KIND: Kind = C::KIND;
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, C::value)
    }
}

/// The kind of a field, from a way to it.
pub const fn kind_of<R, C: Cell>(_: fn(&R) -> &C) -> Kind {
    C::KIND
}

/// A row that can be written with others of its kind.
pub trait SetRow {
    const TABLE: &'static str;
    const COLUMNS: &'static [(&'static str, Kind)];
    fn values(&self) -> Vec<Value<'_>>;
}

/// A row with an id and a version that can be changed with others of its kind.
pub trait VersionedRow: SetRow {
    fn id(&self) -> &str;
    fn version(&self) -> i64;
}

/// Makes a row of a table one that can be written in sets.
macro_rules! set_row {
    ($row:ident in $table:ident { $($field:ident),* $(,)? }) => {
        impl $crate::db::engine::sets::SetRow for $row {
            const TABLE: &'static str = stringify!($table);
            const COLUMNS: &'static [(&'static str, $crate::db::engine::sets::Kind)] =
                &[$((stringify!($field), $crate::db::engine::sets::kind_of(|row: &$row| &row.$field))),*];

            fn values(&self) -> Vec<$crate::db::engine::sets::Value<'_>> {
                vec![$($crate::db::engine::sets::Cell::value(&self.$field)),*]
            }
        }
    };
}
pub(in crate::db) use set_row;

/// Inserts all rows.
pub fn insert<R: SetRow>(conn: &mut DbConnection, rows: &[R]) -> Result<(), DbError> {
    let mut set = SetWriter::on(conn);
    set.insert(rows)?;
    set.send()
}
