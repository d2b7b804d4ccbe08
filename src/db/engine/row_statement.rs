//! INSERT and UPDATE of one row, built from the names and values of its columns. The same statement types serve
//! all tables and both engines, where diesel's own would be compiled for each. They are cached by their text.

use crate::db::engine::connection::DbConnection;
use crate::db::engine::error::DbError;
use crate::db::engine::notes::proven_rows::Cells;
use crate::db::engine::notes::{searched_texts, written};
use crate::db::engine::query;
use crate::db::engine::query::{Answers, execute};
use crate::db::engine::sets::{Kind, SetRow, Value};
use crate::db::engine::transaction::WriteTx;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType, Nullable, Text, Untyped};
use diesel::{OptionalExtension, QueryResult};
use domain::log::row_note::{RowDigest, RowHasher, RowNote};

static NO_TEXT: Option<String> = None;
static NO_NUMBER: Option<i64> = None;

/// An engine that can bind the values of our columns.
pub(in crate::db) trait TakesValues: Backend {
    fn push<'b>(out: &mut AstPass<'_, 'b, Self>, kind: Kind, value: &'b Value<'_>) -> QueryResult<()>;
}

impl<DB> TakesValues for DB
where
    DB: Backend + HasSqlType<Text> + HasSqlType<BigInt>,
    str: ToSql<Text, DB>,
    i64: ToSql<BigInt, DB>,
    Option<String>: ToSql<Nullable<Text>, DB>,
    Option<i64>: ToSql<Nullable<BigInt>, DB>,
{
    fn push<'b>(out: &mut AstPass<'_, 'b, DB>, kind: Kind, value: &'b Value<'_>) -> QueryResult<()> {
        match (value, kind) {
            (Value::Text(text), _) => out.push_bind_param::<Text, str>(text),
            (Value::Number(number), _) => out.push_bind_param::<BigInt, i64>(number),
            (Value::Null, Kind::Text) => out.push_bind_param::<Nullable<Text>, Option<String>>(&NO_TEXT),
            (Value::Null, Kind::Number) => out.push_bind_param::<Nullable<BigInt>, Option<i64>>(&NO_NUMBER),
        }
    }
}

/// An INSERT of one row.
pub(in crate::db) struct Insert<'a> {
    table: &'static str,
    columns: &'static [(&'static str, Kind)],
    values: Vec<Value<'a>>,
}

impl<'a> Insert<'a> {
    pub fn of<R: SetRow>(row: &'a R) -> Insert<'a> {
        Insert { table: R::TABLE, columns: R::COLUMNS, values: row.values() }
    }
}

impl QueryId for Insert<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: TakesValues> QueryFragment<DB> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("INSERT INTO ");
        out.push_identifier(self.table)?;
        for (place, (column, _)) in self.columns.iter().enumerate() {
            out.push_sql(if place > 0 { ", " } else { " (" });
            out.push_identifier(column)?;
        }
        for (place, ((_, kind), value)) in self.columns.iter().zip(&self.values).enumerate() {
            out.push_sql(if place > 0 { ", " } else { ") VALUES (" });
            DB::push(&mut out, *kind, value)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

impl diesel::RunQueryDsl<diesel::SqliteConnection> for Insert<'_> {}

/// An UPDATE of all columns of the row with an id, if another column still has its expected value.
struct Update<'a> {
    row: Insert<'a>,
    id: &'a str,
    held: (&'static str, Value<'a>),
}

impl QueryFragment<crate::db::engine::query::Backend> for Update<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, crate::db::engine::query::Backend>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        out.push_identifier(self.row.table)?;
        let columns = self.row.columns.iter().zip(&self.row.values).filter(|((name, _), _)| *name != "id");
        for (place, ((column, kind), value)) in columns.enumerate() {
            out.push_sql(if place > 0 { ", " } else { " SET " });
            out.push_identifier(column)?;
            out.push_sql(" = ");
            TakesValues::push(&mut out, *kind, value)?;
        }
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<Text, str>(self.id)?;
        out.push_sql(" AND ");
        out.push_identifier(self.held.0)?;
        out.push_sql(" = ");
        TakesValues::push(&mut out, Kind::Text, &self.held.1)
    }
}

/// Inserts a row, and notes it.
pub fn insert<R: SetRow>(tx: &mut WriteTx<'_>, row: &R) -> Result<(), DbError> {
    execute(tx.conn()?, &Insert::of(row))?;
    written::written(tx, row);
    Ok(())
}

/// Reads the proven columns of a row as texts, in the order of their names.
struct Found<'a> {
    table: &'static str,
    columns: &'static [(&'static str, Kind)],
    places: &'static [usize],
    id: &'a str,
}

impl QueryId for Found<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Found<'_> {
    type SqlType = Untyped;
}

impl QueryFragment<query::Backend> for Found<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, query::Backend>) -> QueryResult<()> {
        for (count, place) in self.places.iter().enumerate() {
            out.push_sql(if count > 0 { ", CAST(" } else { "SELECT CAST(" });
            out.push_identifier(self.columns[*place].0)?;
            out.push_sql(" AS TEXT)");
        }
        out.push_sql(" FROM ");
        out.push_identifier(self.table)?;
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<Text, str>(self.id)
    }
}

/// The digest of the row with an id as it is stored.
fn found<R: SetRow>(conn: &mut DbConnection, id: &str) -> Result<Option<RowDigest>, DbError> {
    let (shape, columns) = (R::shape(), R::COLUMNS);
    if !shape.noted {
        return Ok(None);
    }
    let cells: Option<Cells> = Found { table: R::TABLE, columns, places: &shape.columns, id }.one(conn).optional()?;
    Ok(cells.map(|Cells(cells)| {
        let mut hasher = RowHasher::of(R::TABLE);
        for (place, cell) in shape.columns.iter().zip(&cells) {
            cell.iter().for_each(|value| hasher.text(columns[*place].0, value));
        }
        hasher.finish()
    }))
}

/// Sets all columns of the row with an id, if another column has this value (guarded update), and notes the row.
/// Returns whether it did.
pub fn update<R: SetRow>(
    tx: &mut WriteTx<'_>,
    row: &R,
    id: &str,
    held: (&'static str, Value<'_>),
) -> Result<bool, DbError> {
    let conn = tx.conn()?;
    let before = found::<R>(conn, id)?;
    let changed = execute(conn, &Update { row: Insert::of(row), id, held })? == 1;
    if changed {
        tx.buffer().newest().texts.extend(searched_texts::of_row(row));
        tx.buffer().newest().notes.extend(written::note(row).map(|note| RowNote { before, ..note }));
    }
    Ok(changed)
}
