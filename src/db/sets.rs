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
use diesel::{PgConnection, SqliteConnection};
use std::collections::BTreeMap;

/// The values of one column.
pub enum Cells<'a> {
    Texts(Vec<&'a str>),
    TextsOrNull(Vec<Option<&'a str>>),
    Numbers(Vec<i64>),
    NumbersOrNull(Vec<Option<i64>>),
}

/// A raw value that a column is made of.
pub trait Cell: Sized {
    fn gather<'a>(cells: impl Iterator<Item = &'a Self>) -> Cells<'a>
    where
        Self: 'a;
}

impl Cell for String {
    fn gather<'a>(cells: impl Iterator<Item = &'a String>) -> Cells<'a> {
        Cells::Texts(cells.map(String::as_str).collect())
    }
}

impl Cell for Option<String> {
    fn gather<'a>(cells: impl Iterator<Item = &'a Option<String>>) -> Cells<'a> {
        Cells::TextsOrNull(cells.map(Option::as_deref).collect())
    }
}

impl Cell for i64 {
    fn gather<'a>(cells: impl Iterator<Item = &'a i64>) -> Cells<'a> {
        Cells::Numbers(cells.copied().collect())
    }
}

impl Cell for Option<i64> {
    fn gather<'a>(cells: impl Iterator<Item = &'a Option<i64>>) -> Cells<'a> {
        Cells::NumbersOrNull(cells.copied().collect())
    }
}

/// A row that can be written with others of its kind.
pub trait SetRow {
    const TABLE: &'static str;
    const COLUMNS: &'static [&'static str];
    fn columns<'a>(rows: &[&'a Self]) -> Vec<Cells<'a>>;
    fn insert_alone(&self, conn: &mut SqliteConnection) -> QueryResult<usize>;
}

/// A row with an id and a version that can be changed with others of its kind.
pub trait HeldRow: SetRow {
    fn update_alone(&self, stored_version: i64, conn: &mut SqliteConnection) -> QueryResult<usize>;
}

/// Makes a row of a table one that can be written in sets.
macro_rules! set_row {
    ($row:ident in $table:ident { $($field:ident),* $(,)? }) => {
        impl $crate::db::sets::SetRow for $row {
            const TABLE: &'static str = stringify!($table);
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),*];

            fn columns<'a>(rows: &[&'a Self]) -> Vec<$crate::db::sets::Cells<'a>> {
                vec![$($crate::db::sets::Cell::gather(rows.iter().map(|row| &row.$field))),*]
            }

            fn insert_alone(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
                diesel::insert_into($table::table).values(self).execute(conn)
            }
        }
    };
}
pub(in crate::db) use set_row;

impl Cells<'_> {
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match self {
            Cells::Texts(values) => out.push_bind_param::<Array<Text>, _>(values)?,
            Cells::TextsOrNull(values) => out.push_bind_param::<Array<Nullable<Text>>, _>(values)?,
            Cells::Numbers(values) => out.push_bind_param::<Array<BigInt>, _>(values)?,
            Cells::NumbersOrNull(values) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(values)?,
        }
        out.push_sql(match self {
            Cells::Texts(_) | Cells::TextsOrNull(_) => "::text[]",
            Cells::Numbers(_) | Cells::NumbersOrNull(_) => "::bigint[]",
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
            let before = format!("INSERT INTO {} ({}) SELECT * FROM unnest(", R::TABLE, R::COLUMNS.join(", "));
            Statement { before, columns: R::columns(rows), after: ")".to_owned() }.execute(conn)?;
        }
        DbConnection::Sqlite(conn) => {
            for row in rows {
                row.insert_alone(conn)?;
            }
        }
    }
    Ok(())
}

/// Changes all rows, each only if the table still holds the version that was read.
pub fn update<R: HeldRow>(conn: &mut DbConnection, rows: &[(&R, i64)]) -> Result<(), DbError> {
    if rows.is_empty() {
        return Ok(());
    }
    let changed = match conn {
        DbConnection::Postgres(conn) => {
            let set: Vec<String> = R::COLUMNS.iter().map(|column| format!("{column} = u.{column}")).collect();
            let before = format!("UPDATE {} AS t SET {} FROM unnest(", R::TABLE, set.join(", "));
            let after = format!(
                ") AS u({}, stored_version) WHERE t.id = u.id AND t.version = u.stored_version",
                R::COLUMNS.join(", ")
            );
            let mut columns = R::columns(&rows.iter().map(|(row, _)| *row).collect::<Vec<_>>());
            columns.push(Cells::Numbers(rows.iter().map(|(_, version)| *version).collect()));
            Statement { before, columns, after }.execute(conn)?
        }
        DbConnection::Sqlite(conn) => {
            let mut changed = 0;
            for (row, version) in rows {
                changed += row.update_alone(*version, conn)?;
            }
            changed
        }
    };
    if changed == rows.len() { Ok(()) } else { Err(DbError::Conflict(R::TABLE.to_owned())) }
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
                Cells::Numbers(changes.iter().map(|(id, _)| *id).collect()),
                Cells::Numbers(changes.iter().map(|(_, change)| *change).collect()),
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
