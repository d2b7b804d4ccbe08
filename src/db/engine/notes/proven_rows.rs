//! Reads the rows of any table that is proven by notes, in the order of their keys, and computes their digests. Of a
//! row that is not as its note says, it names the columns that were changed, as far as the history still has the row.

use crate::db::engine::columns::Catalogue;
use crate::db::engine::connection::{DbConnection, per_engine};
use crate::db::engine::error::DbError;
use crate::db::engine::notes::proven_tables;
use crate::db::engine::transaction::{ReadTx, WriteTx};
use diesel::backend::Backend;
use diesel::deserialize::{FromSql, Result as Read};
use diesel::row::{Field, NamedRow, Row};
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use domain::log::row_note::{RowDigest, RowHasher, RowNote, key_text};

/// A stored row: its key, its digest, and its number for people, if it has one.
pub struct ProvenRow {
    pub key: String,
    pub digest: RowDigest,
    pub number: Option<String>,
    /// The values of the key, for reading on after this row.
    pub place: Vec<String>,
}

/// The cells of a row as texts.
pub(in crate::db) struct Cells(pub Vec<Option<String>>);

impl<DB> QueryableByName<DB> for Cells
where
    DB: Backend,
    Option<String>: FromSql<Nullable<Text>, DB>,
{
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> Read<Self> {
        let cell = |place| {
            let field = Row::get(row, place).ok_or("a column is missing")?;
            <Option<String> as FromSql<Nullable<Text>, DB>>::from_nullable_sql(field.value())
        };
        (0..row.field_count()).map(cell).collect::<Read<Vec<_>>>().map(Cells)
    }
}

/// A column of the key, and whether it is a number.
struct KeyColumn {
    name: &'static str,
    number: bool,
    /// Where its value is among the cells.
    cell: usize,
}

/// Reads the rows of one table.
pub struct TableReader {
    pub table: &'static str,
    key: Vec<KeyColumn>,
    /// The proven columns in the order of their names.
    columns: Vec<String>,
    /// Where the number for people is among the cells.
    number: Option<usize>,
    /// The table with the history of the rows, if it has every proven column.
    past: Option<String>,
}

impl TableReader {
    /// Readers of all tables that are proven by notes.
    pub fn all(tx: &mut ReadTx<'_>) -> Result<Vec<TableReader>, DbError> {
        let catalogue = Catalogue::read(tx.conn()?)?;
        Ok(proven_tables::TABLES.iter().filter_map(|proven| TableReader::of(proven.table, &catalogue)).collect())
    }

    fn of(table: &'static str, catalogue: &Catalogue) -> Option<TableReader> {
        let (key, besides) = proven_tables::of_notes(table)?;
        let is_proven = |name: &&str| besides.iter().all(|(left_out, _)| left_out != name);
        let all = catalogue.columns(table);
        let names = all.iter().map(|column| column.name.as_str()).filter(is_proven);
        let mut columns: Vec<String> = names.map(str::to_owned).collect();
        columns.sort_unstable();
        let cell = |name: &str| columns.iter().position(|column| column == name);
        let of_key = |name: &&'static str| {
            let number = all.iter().any(|column| column.name == **name && !column.kind.eq_ignore_ascii_case("text"));
            Some(KeyColumn { name, number, cell: cell(name)? })
        };
        let key = key.iter().filter_map(of_key).collect();
        let number = ["number", "message_id", "guarantee_number", "cin"].into_iter().find_map(cell);
        let has_all = |past: &String| {
            let there = catalogue.columns(past);
            columns.iter().all(|name| there.iter().any(|column| column.name == *name))
        };
        let past = [format!("{table}_past"), format!("past.{table}")].into_iter().find(has_all);
        Some(TableReader { table, key, columns, number, past })
    }

    /// Selects the proven columns from a table with these columns, whose key is as the condition says, if there is one.
    fn text(&self, from: &str, condition: Option<&str>, order: &str, limit: i64, sqlite: bool) -> String {
        let cells: Vec<String> = self.columns.iter().map(|name| format!("CAST({name} AS TEXT)")).collect();
        let bound = |(place, column): (usize, &KeyColumn)| {
            let bound = if sqlite { "?".to_owned() } else { format!("${}", place + 1) };
            if column.number { format!("CAST({bound} AS BIGINT)") } else { bound }
        };
        let values: Vec<String> = self.key.iter().enumerate().map(bound).collect();
        let only = condition.map_or_else(String::new, |condition| {
            format!("WHERE ({}) {condition} ({})", self.key_columns(), values.join(", "))
        });
        format!("SELECT {} FROM {from} AS r {only} ORDER BY {order} LIMIT {limit}", cells.join(", "))
    }

    /// With their table, because a cell has the name of its column in PostgreSQL: by that, numbers would come in the
    /// order of their digits.
    fn key_columns(&self) -> String {
        self.key.iter().map(|column| format!("r.{}", column.name)).collect::<Vec<_>>().join(", ")
    }

    /// The rows behind one, or the first ones, at most `limit`.
    pub fn after(&self, tx: &mut ReadTx<'_>, place: &[String], limit: i64) -> Result<Vec<ProvenRow>, DbError> {
        let conn = tx.conn()?;
        let (behind, sqlite) = ((!place.is_empty()).then_some(">"), matches!(conn, DbConnection::Sqlite(_)));
        let rows = selected(conn, self.text(self.table, behind, &self.key_columns(), limit, sqlite), place)?;
        Ok(rows.into_iter().map(|row| self.row(row)).collect())
    }

    /// The columns in which a stored row differs from the row with a digest that its history has; none if the history
    /// has no such row.
    pub fn changed(&self, tx: &mut ReadTx<'_>, row: &ProvenRow, noted: RowDigest) -> Result<Vec<&str>, DbError> {
        /// So many changes of one row are looked at, the newest first.
        const CHANGES: i64 = 100;
        let Some(past) = &self.past else { return Ok(Vec::new()) };
        let conn = tx.conn()?;
        let sqlite = matches!(conn, DbConnection::Sqlite(_));
        let stored = selected(conn, self.text(self.table, Some("="), &self.key_columns(), 1, sqlite), &row.place)?;
        let before = self.text(past, Some("="), "r.change_number DESC", CHANGES, sqlite);
        let before = selected(conn, before, &row.place)?.into_iter().find(|Cells(cells)| self.digest(cells) == noted);
        let (Some(Cells(stored)), Some(Cells(before))) = (stored.first(), before) else { return Ok(Vec::new()) };
        let differing = self.columns.iter().zip(stored).zip(&before).filter(|((_, here), then)| here != then);
        Ok(differing.map(|((name, _), _)| name.as_str()).collect())
    }

    fn digest(&self, cells: &[Option<String>]) -> RowDigest {
        let mut hasher = RowHasher::of(self.table);
        for (name, value) in self.columns.iter().zip(cells) {
            if let Some(value) = value {
                hasher.text(name, value);
            }
        }
        hasher.finish()
    }

    fn row(&self, Cells(mut cells): Cells) -> ProvenRow {
        let digest = self.digest(&cells);
        let number = self.number.and_then(|cell| cells[cell].clone());
        let place: Vec<String> = self.key.iter().map(|column| cells[column.cell].take().unwrap_or_default()).collect();
        ProvenRow { key: key_text(place.iter().map(String::as_str)), digest, number, place }
    }

    /// Notes rows as they are stored, for an act that adopts them.
    pub fn adopt(&self, tx: &mut WriteTx<'_>, rows: &[ProvenRow]) {
        let note = |row: &ProvenRow| RowNote {
            table: self.table,
            key: row.key.clone(),
            before: None,
            digest: Some(row.digest),
        };
        tx.buffer().newest().notes.extend(rows.iter().map(note));
    }
}

/// How many rows a table has.
pub fn count(tx: &mut ReadTx<'_>, table: &str) -> Result<i64, DbError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }
    let query = sql_query(format!("SELECT COUNT(*) AS rows FROM {table}"));
    let counted: Count = per_engine!(tx.conn()?, |conn| RunQueryDsl::get_result(query, conn)?);
    Ok(counted.rows)
}

/// The rows of a statement with values for its key.
fn selected(conn: &mut DbConnection, text: String, place: &[String]) -> Result<Vec<Cells>, DbError> {
    Ok(per_engine!(conn, |conn| {
        let mut statement = sql_query(text).into_boxed();
        for value in place {
            statement = statement.bind::<Text, _>(value.clone());
        }
        RunQueryDsl::load(statement, conn)?
    }))
}
