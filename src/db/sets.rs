//! Many rows in one statement. PostgreSQL takes whole columns (`unnest`), so that a set costs one
//! round trip and one cached plan; SQLite has no round trips and takes the rows one by one through
//! its cached statement.

use crate::db::connection::DbConnection;
use crate::db::error::DbError;
use crate::db::schema::{accounts, counters};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, SqliteConnection};
use std::collections::BTreeMap;

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
    fn text(self) -> Option<&'a str> {
        match self {
            Value::Text(text) => Some(text),
            Value::Number(_) | Value::Null => None,
        }
    }

    fn number(self) -> Option<i64> {
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
    fn insert_alone(&self, conn: &mut SqliteConnection) -> QueryResult<usize>;
}

/// A row with an id and a version that can be changed with others of its kind.
pub trait HeldRow: SetRow {
    fn id(&self) -> &str;
    fn version(&self) -> i64;
}

/// Makes a row of a table one that can be written in sets.
macro_rules! set_row {
    ($row:ident in $table:ident { $($field:ident),* $(,)? }) => {
        impl $crate::db::sets::SetRow for $row {
            const TABLE: &'static str = stringify!($table);
            const COLUMNS: &'static [(&'static str, $crate::db::sets::Kind)] =
                &[$((stringify!($field), $crate::db::sets::kind_of(|row: &$row| &row.$field))),*];

            fn values(&self) -> Vec<$crate::db::sets::Value<'_>> {
                vec![$($crate::db::sets::Cell::value(&self.$field)),*]
            }

            fn insert_alone(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
                diesel::insert_into($table::table).values(self).execute(conn)
            }
        }
    };
}
pub(in crate::db) use set_row;

/// The values of one column, for `unnest`.
enum Cells<'a> {
    Texts(Vec<Option<&'a str>>),
    Numbers(Vec<Option<i64>>),
}

impl<'a> Cells<'a> {
    fn gather(kind: Kind, values: impl Iterator<Item = Value<'a>>) -> Self {
        match kind {
            Kind::Text => Cells::Texts(values.map(Value::text).collect()),
            Kind::Number => Cells::Numbers(values.map(Value::number).collect()),
        }
    }

    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match self {
            Cells::Texts(values) => out.push_bind_param::<Array<Nullable<Text>>, _>(values)?,
            Cells::Numbers(values) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(values)?,
        }
        out.push_sql(match self {
            Cells::Texts(_) => "::text[]",
            Cells::Numbers(_) => "::bigint[]",
        });
        Ok(())
    }
}

/// A statement whose text is fixed but for whole columns put in.
struct Statement<'a> {
    before: String,
    columns: Vec<Cells<'a>>,
    after: String,
}

impl QueryId for Statement<'_> {
    type QueryId = ();
    // The plan is cached under the text of the statement.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Pg> for Statement<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(&self.before);
        for (place, cells) in self.columns.iter().enumerate() {
            if place > 0 {
                out.push_sql(", ");
            }
            cells.push(&mut out)?;
        }
        out.push_sql(&self.after);
        Ok(())
    }
}

impl RunQueryDsl<PgConnection> for Statement<'_> {}

/// A change of one row. Diesel's own UPDATE is prepared anew each time; this one is cached under
/// its text.
struct ChangeOne<'a> {
    table: &'static str,
    columns: Vec<(&'static str, Value<'a>)>,
    id: &'a str,
    stored_version: i64,
}

impl QueryId for ChangeOne<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Sqlite> for ChangeOne<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        out.push_sql(self.table);
        for (place, (column, value)) in self.columns.iter().enumerate() {
            out.push_sql(if place > 0 { ", " } else { " SET " });
            out.push_sql(column);
            out.push_sql(" = ");
            match value {
                Value::Text(text) => out.push_bind_param::<Text, _>(text)?,
                Value::Number(number) => out.push_bind_param::<BigInt, _>(number)?,
                Value::Null => out.push_sql("NULL"),
            }
        }
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<Text, _>(&self.id)?;
        out.push_sql(" AND version = ");
        out.push_bind_param::<BigInt, _>(&self.stored_version)
    }
}

impl RunQueryDsl<SqliteConnection> for ChangeOne<'_> {}

/// Inserts all rows.
pub fn insert<R: SetRow>(conn: &mut DbConnection, rows: &[R]) -> Result<(), DbError> {
    insert_refs(conn, &rows.iter().collect::<Vec<_>>())
}

/// Inserts all rows.
pub fn insert_refs<R: SetRow>(conn: &mut DbConnection, rows: &[&R]) -> Result<(), DbError> {
    if rows.is_empty() {
        return Ok(());
    }
    match conn {
        DbConnection::Postgres(conn) => {
            let names: Vec<&str> = R::COLUMNS.iter().map(|(name, _)| *name).collect();
            let before = format!("INSERT INTO {} ({}) SELECT * FROM unnest(", R::TABLE, names.join(", "));
            let values: Vec<Vec<Value<'_>>> = rows.iter().map(|row| row.values()).collect();
            let cells = |(place, (_, kind)): (usize, &(_, Kind))| {
                Cells::gather(*kind, values.iter().map(|values| values[place]))
            };
            let columns = R::COLUMNS.iter().enumerate().map(cells).collect();
            Statement { before, columns, after: ")".to_owned() }.execute(conn)?;
        }
        DbConnection::Sqlite(conn) => {
            for row in rows {
                row.insert_alone(conn)?;
            }
        }
    }
    Ok(())
}

/// Changes all rows from how they are stored, each only if the table still holds that version.
/// Only columns that differ are written, so that no other index is touched.
pub fn update<R: HeldRow>(conn: &mut DbConnection, changes: &[(&R, &R)]) -> Result<(), DbError> {
    if changes.is_empty() {
        return Ok(());
    }
    let values: Vec<(Vec<Value<'_>>, Vec<Value<'_>>)> =
        changes.iter().map(|(stored, row)| (stored.values(), row.values())).collect();
    let changed = match conn {
        DbConnection::Postgres(conn) => {
            let differs = |place: &usize| values.iter().any(|(stored, row)| stored[*place] != row[*place]);
            let places: Vec<usize> = (0..R::COLUMNS.len()).filter(differs).collect();
            let names: Vec<&str> = places.iter().map(|place| R::COLUMNS[*place].0).collect();
            let set: Vec<String> = names.iter().map(|name| format!("{name} = u.{name}")).collect();
            let before = format!("UPDATE {} AS t SET {} FROM unnest(", R::TABLE, set.join(", "));
            let after = format!(
                ") AS u(stored_id, stored_version, {}) WHERE t.id = u.stored_id AND t.version = u.stored_version",
                names.join(", ")
            );
            let mut columns = vec![
                Cells::Texts(changes.iter().map(|(stored, _)| Some(stored.id())).collect()),
                Cells::Numbers(changes.iter().map(|(stored, _)| Some(stored.version())).collect()),
            ];
            let cells = |place: &usize| Cells::gather(R::COLUMNS[*place].1, values.iter().map(|(_, row)| row[*place]));
            columns.extend(places.iter().map(cells));
            Statement { before, columns, after }.execute(conn)?
        }
        DbConnection::Sqlite(conn) => {
            let mut changed = 0;
            for ((stored, _), (before, after)) in changes.iter().zip(&values) {
                let differing = R::COLUMNS.iter().zip(before.iter().zip(after)).filter(|(_, (old, new))| old != new);
                let columns = differing.map(|((name, _), (_, new))| (*name, *new)).collect();
                let one = ChangeOne { table: R::TABLE, columns, id: stored.id(), stored_version: stored.version() };
                changed += one.execute(conn)?;
            }
            changed
        }
    };
    if changed == changes.len() { Ok(()) } else { Err(DbError::Conflict(R::TABLE.to_owned())) }
}

/// Adds to each account what it gained or lost; the table itself refuses to go below zero.
pub fn update_balances(conn: &mut DbConnection, changes: &BTreeMap<i64, i64>) -> Result<(), DbError> {
    let changes: Vec<(i64, i64)> =
        changes.iter().filter(|(_, change)| **change != 0).map(|(id, change)| (*id, *change)).collect();
    if changes.is_empty() {
        return Ok(());
    }
    let changed = match conn {
        DbConnection::Postgres(conn) => {
            let columns = vec![
                Cells::Numbers(changes.iter().map(|(id, _)| Some(*id)).collect()),
                Cells::Numbers(changes.iter().map(|(_, change)| Some(*change)).collect()),
            ];
            let before = "UPDATE accounts SET balance_paise = balance_paise + u.change FROM unnest(".to_owned();
            let after =
                ") AS u(id, change) WHERE accounts.id = u.id AND accounts.balance_paise + u.change >= 0".to_owned();
            Statement { before, columns, after }.execute(conn)?
        }
        DbConnection::Sqlite(conn) => {
            let mut changed = 0;
            for (id, change) in &changes {
                let guarded = accounts::table.find(*id).filter((accounts::balance_paise + *change).ge(0));
                changed += diesel::update(guarded)
                    .set(accounts::balance_paise.eq(accounts::balance_paise + *change))
                    .execute(conn)?;
            }
            changed
        }
    };
    if changed == changes.len() { Ok(()) } else { Err(DbError::CheckFailed("accounts: below zero".to_owned())) }
}

/// Sets number series to where they are.
pub fn set_counters(conn: &mut DbConnection, values: &BTreeMap<String, i64>) -> Result<(), DbError> {
    for (name, value) in values {
        let row = (counters::name.eq(name), counters::value.eq(value));
        match conn {
            DbConnection::Postgres(conn) => diesel::insert_into(counters::table)
                .values(row)
                .on_conflict(counters::name)
                .do_update()
                .set(counters::value.eq(value))
                .execute(conn)?,
            DbConnection::Sqlite(conn) => diesel::insert_into(counters::table)
                .values(row)
                .on_conflict(counters::name)
                .do_update()
                .set(counters::value.eq(value))
                .execute(conn)?,
        };
    }
    Ok(())
}
