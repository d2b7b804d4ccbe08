//! INSERT and UPDATE of one row, built from the names and values of its columns. The same statement types serve
//! all tables and both engines, where diesel's own would be compiled for each. They are cached by their text.

use crate::db::engine::connection::DbConnection;
use crate::db::engine::query::execute;
use crate::db::engine::sets::{Kind, SetRow, Value};
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType, Nullable, Text};

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

/// Inserts a row.
pub fn insert<R: SetRow>(conn: &mut DbConnection, row: &R) -> QueryResult<()> {
    execute(conn, &Insert::of(row)).map(|_| ())
}

/// Sets all columns of the row with an id, if another column has this value (guarded update). Returns whether
/// it did.
pub fn update<R: SetRow>(
    conn: &mut DbConnection,
    row: &R,
    id: &str,
    held: (&'static str, Value<'_>),
) -> QueryResult<bool> {
    Ok(execute(conn, &Update { row: Insert::of(row), id, held })? == 1)
}
