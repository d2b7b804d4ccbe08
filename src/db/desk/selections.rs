//! Selections of any kind of record: pages, totals, groups, and the whole selection as a stream. The text of a
//! statement is built from names in the catalogue of fields, never from text that a person sent; every value is
//! bound.

use crate::db::desk::selection_sources::{OnDay, source};
use crate::db::engine::connection::{DbConnection, per_engine};
use crate::db::engine::dialect;
use crate::db::engine::error::DbError;
use crate::db::engine::notes::searched_texts::searched;
use crate::db::engine::remote::sessions;
use crate::db::engine::statement_forms;
use crate::db::engine::transaction::ReadTx;
use diesel::backend::Backend;
use diesel::connection::{DefaultLoadingMode, SimpleConnection};
use diesel::deserialize::{self, QueryableByName};
use diesel::pg::{Pg, PgRowByRowLoadingMode};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::row::{Field as _, NamedRow};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType, Text, Untyped};
use diesel::sqlite::{Sqlite, SqliteType};
use domain::desk::selected_row::{Cell, SelectedRow};
use domain::desk::selection::{Behind, Compared, Condition, Field, Holds, Selection, Value};
use std::hash::{DefaultHasher, Hash, Hasher};

enum Part {
    Sql(String),
    Value(Value),
}

/// A statement and its values.
struct Statement {
    parts: Vec<Part>,
    /// The query that returns its records.
    source: String,
    /// Whether its prepared form is cached.
    kept: bool,
    sqlite: bool,
}

impl Statement {
    fn new(selection: &Selection, on: &OnDay<'_>, sqlite: bool) -> Statement {
        Statement { parts: Vec::new(), source: source(selection.subject, on, sqlite), kept: false, sqlite }
    }

    /// Returns a hash that all statements with this text share.
    fn form(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for part in &self.parts {
            match part {
                Part::Sql(text) => text.hash(&mut hasher),
                Part::Value(value) => std::mem::discriminant(value).hash(&mut hasher),
            }
        }
        hasher.finish()
    }

    fn sql(&mut self, text: impl Into<String>) -> &mut Self {
        self.parts.push(Part::Sql(text.into()));
        self
    }

    /// A field as it is compared and sorted: by its bytes on both engines, also where a column is computed and
    /// has no collation of its own.
    fn field(&self, field: &Field) -> String {
        let number = matches!(field.holds, Holds::Paise | Holds::Number);
        if self.sqlite || number { field.name.to_owned() } else { format!("{} COLLATE \"C\"", field.name) }
    }

    fn value(&mut self, value: &Value) -> &mut Self {
        self.parts.push(Part::Value(value.clone()));
        self
    }

    /// `FROM` the kind of record `WHERE` every condition holds.
    fn selected(&mut self, selection: &Selection) {
        let from = format!(" FROM ({}) AS selected", self.source);
        self.sql(from);
        for (place, condition) in selection.conditions.iter().chain(&selection.implied()).enumerate() {
            self.sql(if place == 0 { " WHERE " } else { " AND " });
            self.condition(condition);
        }
    }

    fn condition(&mut self, condition: &Condition) {
        let name = self.field(condition.field);
        match &condition.compared {
            Compared::OneOf(values) => {
                self.sql(format!("{name} IN ("));
                for (place, value) in values.iter().enumerate() {
                    self.sql(if place == 0 { "" } else { ", " }).value(value);
                }
                self.sql(")");
            }
            Compared::From(value) => {
                self.sql(format!("{name} >= ")).value(value);
            }
            Compared::To(value) => {
                self.sql(format!("{name} <= ")).value(value);
            }
            Compared::Contains(part) => {
                let text = searched(&format!("selected.{name}"));
                self.sql(dialect::of_engine(&format!("position_of({text}, "), self.sqlite))
                    .value(&Value::Text(part.clone()))
                    .sql(") > 0");
            }
            Compared::Given(given) => {
                self.sql(format!("{name} IS {}NULL", if *given { "NOT " } else { "" }));
            }
        }
    }

    /// Selects the rows after a given row in the order (keyset pagination). The engines seek by the bound on
    /// the sort field; the other condition drops earlier rows with the same value.
    fn behind(&mut self, selection: &Selection, behind: &Behind) {
        let (sort, key) = (self.field(selection.sort), self.field(selection.subject.key()));
        let than = if selection.descending { "<" } else { ">" };
        self.sql(if selection.conditions.is_empty() { " WHERE " } else { " AND " });
        self.sql(format!("{sort} {than}= ")).value(&behind.sort);
        self.sql(format!(" AND ({sort} {than} ")).value(&behind.sort);
        self.sql(format!(" OR {key} {than} ")).value(&behind.key).sql(")");
    }

    fn in_order(&mut self, selection: &Selection) {
        let direction = if selection.descending { "DESC" } else { "ASC" };
        let (sort, key) = (self.field(selection.sort), self.field(selection.subject.key()));
        self.sql(format!(" ORDER BY {sort} {direction}"));
        if sort != key {
            self.sql(format!(", {key} {direction}"));
        }
    }
}

impl QueryId for Statement {
    type QueryId = ();
    // The statement is cached under its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement {
    type SqlType = Untyped;
}

impl<Conn> RunQueryDsl<Conn> for Statement {}

impl<DB> QueryFragment<DB> for Statement
where
    DB: Backend + HasSqlType<Text> + HasSqlType<BigInt>,
    String: ToSql<Text, DB>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if !self.kept {
            out.unsafe_to_cache_prepared();
        }
        for part in &self.parts {
            match part {
                Part::Sql(text) => out.push_sql(text),
                Part::Value(Value::Text(text)) => out.push_bind_param::<Text, _>(text)?,
                Part::Value(Value::Number(number)) => out.push_bind_param::<BigInt, _>(number)?,
                Part::Value(Value::Missing) => out.push_sql("NULL"),
            }
        }
        Ok(())
    }
}

/// A row as diesel loads it: diesel's traits can be implemented only for a type of this crate.
struct LoadedRow(SelectedRow);

impl QueryableByName<Sqlite> for LoadedRow {
    fn build<'a>(row: &impl NamedRow<'a, Sqlite>) -> deserialize::Result<Self> {
        let mut cells = SelectedRow::with_capacity(row.field_count());
        for place in 0..row.field_count() {
            let field = diesel::row::Row::get(row, place).ok_or("a row ended early")?;
            match field.value() {
                None => cells.push(Cell::Missing),
                Some(mut value) => match value.value_type() {
                    Some(SqliteType::Long | SqliteType::Integer | SqliteType::SmallInt) => {
                        cells.push(Cell::Number(value.read_long()));
                    }
                    Some(SqliteType::Text) => cells.push(Cell::Text(value.read_text())),
                    _ => return Err("a column that is neither text nor a whole number".into()),
                },
            }
        }
        Ok(LoadedRow(cells))
    }
}

/// Object ids of the two types that our columns have.
const PG_BIGINT: u32 = 20;
const PG_TEXT: u32 = 25;

impl QueryableByName<Pg> for LoadedRow {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> deserialize::Result<Self> {
        let mut cells = SelectedRow::with_capacity(row.field_count());
        for place in 0..row.field_count() {
            let field = diesel::row::Row::get(row, place).ok_or("a row ended early")?;
            match field.value() {
                None => cells.push(Cell::Missing),
                Some(value) => match value.get_oid().get() {
                    PG_BIGINT => cells.push(Cell::Number(i64::from_be_bytes(value.as_bytes().try_into()?))),
                    PG_TEXT => cells.push(Cell::Text(std::str::from_utf8(value.as_bytes())?)),
                    _ => return Err("a column that is neither text nor a whole number".into()),
                },
            }
        }
        Ok(LoadedRow(cells))
    }
}

fn is_sqlite(tx: &mut ReadTx<'_>) -> Result<bool, DbError> {
    Ok(matches!(tx.conn()?, DbConnection::Sqlite(_)))
}

fn load(tx: &mut ReadTx<'_>, mut statement: Statement) -> Result<Vec<SelectedRow>, DbError> {
    statement.kept = statement_forms::is_kept(statement.form());
    let rows: Vec<LoadedRow> = per_engine!(tx.conn()?, |conn| statement.load(conn)?);
    Ok(rows.into_iter().map(|LoadedRow(row)| row).collect())
}

fn columns<'f>(fields: impl IntoIterator<Item = &'f Field>) -> String {
    let names: Vec<&str> = fields.into_iter().map(|field| field.name).collect();
    names.join(", ")
}

/// Rows of a selection in its order, from the first or after a given row, at most `limit`, with the given
/// fields. The limit is in the text of the statement, because SQLite plans by a bound limit and would prepare
/// the statement anew for each page.
pub fn page(
    tx: &mut ReadTx<'_>,
    selection: &Selection,
    on: &OnDay<'_>,
    fields: &[&Field],
    behind: Option<&Behind>,
    limit: usize,
) -> Result<Vec<SelectedRow>, DbError> {
    let mut statement = Statement::new(selection, on, is_sqlite(tx)?);
    statement.sql(format!("SELECT {}", columns(fields.iter().copied())));
    statement.selected(selection);
    if let Some(behind) = behind {
        statement.behind(selection, behind);
    }
    statement.in_order(selection);
    statement.sql(format!(" LIMIT {limit}"));
    load(tx, statement)
}

/// `count, sum, sum …` of the selected rows.
fn counted<'f>(sums: impl Iterator<Item = &'f Field>) -> String {
    let sum = |field: &Field| format!(", CAST(COALESCE(SUM({}), 0) AS BIGINT)", field.name);
    format!("CAST(COUNT(*) AS BIGINT){}", sums.map(sum).collect::<String>())
}

/// Count of the whole selection and sums of these fields: one row, the count first.
pub fn totals<'f>(
    tx: &mut ReadTx<'_>,
    selection: &Selection,
    on: &OnDay<'_>,
    sums: impl IntoIterator<Item = &'f Field>,
) -> Result<SelectedRow, DbError> {
    let mut statement = Statement::new(selection, on, is_sqlite(tx)?);
    statement.sql(format!("SELECT {}", counted(sums.into_iter())));
    statement.selected(selection);
    load(tx, statement)?.pop().ok_or(DbError::Other("totals without a row".to_owned()))
}

/// The groups of a selection, in the order of their grouping fields, at most `limit`: the grouping fields, then
/// count and sums.
pub fn groups(
    tx: &mut ReadTx<'_>,
    selection: &Selection,
    on: &OnDay<'_>,
    limit: usize,
) -> Result<Vec<SelectedRow>, DbError> {
    let names: Vec<&str> = selection.group_by.iter().map(|field| field.name).collect();
    let names = names.join(", ");
    let mut statement = Statement::new(selection, on, is_sqlite(tx)?);
    statement.sql(format!("SELECT {names}, {}", counted(selection.subject.money())));
    statement.selected(selection);
    let order: Vec<String> = selection.group_by.iter().map(|field| statement.field(field)).collect();
    statement.sql(format!(" GROUP BY {names} ORDER BY {} LIMIT {limit}", order.join(", ")));
    load(tx, statement)
}

/// Passes the whole selection to `take`, one row at a time, as the engine finds the rows. `take` returns
/// whether to continue.
pub fn stream<E: From<DbError>>(
    tx: &mut ReadTx<'_>,
    selection: &Selection,
    on: &OnDay<'_>,
    take: impl FnMut(SelectedRow) -> Result<bool, E>,
) -> Result<(), E> {
    let mut statement = Statement::new(selection, on, is_sqlite(tx)?);
    statement.sql(format!("SELECT {}", columns(selection.subject.fields())));
    statement.selected(selection);
    statement.in_order(selection);
    let connection = tx.conn()?;
    let session = sessions::of(connection).unwrap_or_default();
    match connection {
        DbConnection::Postgres(conn) => {
            // The usual time limit of a statement is for answers that a caller waits for.
            conn.batch_execute("SET LOCAL statement_timeout = '1h'").map_err(DbError::from)?;
            session.may_take(sessions::LONGEST_SELECTION);
            // Row by row, the server finds the next rows while the earlier ones are processed.
            let rows = statement.load_iter::<LoadedRow, PgRowByRowLoadingMode>(conn).map_err(DbError::from)?;
            each(session.rows(rows), take)
        }
        DbConnection::Sqlite(conn) => {
            each(statement.load_iter::<LoadedRow, DefaultLoadingMode>(conn).map_err(DbError::from)?, take)
        }
    }
}

fn each<E: From<DbError>>(
    rows: impl Iterator<Item = QueryResult<LoadedRow>>,
    mut take: impl FnMut(SelectedRow) -> Result<bool, E>,
) -> Result<(), E> {
    for row in rows {
        let LoadedRow(row) = row.map_err(DbError::from)?;
        if !take(row)? {
            break;
        }
    }
    Ok(())
}
