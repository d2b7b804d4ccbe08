//! Rows that are written in sets (`src/db/engine/set_writer.rs`), as the names and values of their columns.

use crate::db::engine::error::DbError;
use crate::db::engine::notes::written;
use crate::db::engine::notes::written::Shape;
use crate::db::engine::set_writer::SetWriter;
use crate::db::engine::transaction::WriteTx;

/// Sequence and hash of the last entry of the audit log.
pub type Head = (i64, String);

/// The id of the only row of the head.
pub const HEAD_ID: i64 = 1;

/// The type of a column.
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

/// A raw value that a column can hold.
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

/// The column type of a field, given a function that returns the field.
pub const fn kind_of<R, C: Cell>(_: fn(&R) -> &C) -> Kind {
    C::KIND
}

/// A row that can be written in a set with other rows of its table.
pub trait SetRow {
    const TABLE: &'static str;
    const COLUMNS: &'static [(&'static str, Kind)];
    /// Where its key and its proven columns are.
    fn shape() -> &'static Shape;
    fn values(&self) -> Vec<Value<'_>>;
}

/// A row with an id and a version that can be updated in a set with other rows of its table.
pub trait VersionedRow: SetRow {
    fn id(&self) -> &str;
    fn version(&self) -> i64;
}

/// Implements `SetRow` for the row of a table.
macro_rules! set_row {
    ($row:ident in $table:ident { $($field:ident),* $(,)? }) => {
        impl $crate::db::engine::sets::SetRow for $row {
            const TABLE: &'static str = stringify!($table);
            const COLUMNS: &'static [(&'static str, $crate::db::engine::sets::Kind)] =
                &[$((stringify!($field), $crate::db::engine::sets::kind_of(|row: &$row| &row.$field))),*];

            fn shape() -> &'static $crate::db::engine::notes::written::Shape {
                use $crate::db::engine::notes::written::Shape;
                static SHAPE: std::sync::LazyLock<Shape> = std::sync::LazyLock::new(|| {
                    Shape::of(stringify!($table), <$row as $crate::db::engine::sets::SetRow>::COLUMNS)
                });
                &SHAPE
            }

            fn values(&self) -> Vec<$crate::db::engine::sets::Value<'_>> {
                vec![$($crate::db::engine::sets::Cell::value(&self.$field)),*]
            }
        }
    };
}
pub(in crate::db) use set_row;

/// Inserts all rows, and notes them.
pub fn insert<R: SetRow>(tx: &mut WriteTx<'_>, rows: &[R]) -> Result<(), DbError> {
    let mut set = SetWriter::on(tx.conn()?);
    set.insert(rows)?;
    set.send()?;
    rows.iter().for_each(|row| written::written(tx, row));
    Ok(())
}
