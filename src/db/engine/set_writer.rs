//! Writes sets of rows together. PostgreSQL accepts whole columns (`unnest`) and the statements of several
//! tables in one (`WITH`), so that a whole batch costs one round trip and one cached plan. SQLite has no round
//! trips, so its rows are written one by one through cached statements.

use crate::db::engine::connection::DbConnection;
use crate::db::engine::error::DbError;
use crate::db::engine::notes::newest_digests::{Left, Place};
use crate::db::engine::row_statement::Insert;
use crate::db::engine::schema::{accounts, audit_head, counters};
use crate::db::engine::sets::{Head, Kind, SetRow, Value, VersionedRow};
use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, SqliteConnection};
use std::collections::BTreeMap;

/// The values of one column, for `unnest`.
pub(in crate::db) enum Cells<'a> {
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

/// A statement whose text is fixed, except that whole columns are bound.
pub(in crate::db) struct Statement<'a> {
    pub table: &'static str,
    /// The number of rows that it must change; `None` if any number is valid.
    pub changes: Option<usize>,
    pub before: String,
    pub columns: Vec<Cells<'a>>,
    pub after: String,
}

impl QueryId for Statement<'_> {
    type QueryId = ();
    // The plan is cached under the text of the statement.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<PgConnection> for Statement<'_> {}

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

/// Several statements combined into one. It returns the number of changed rows for each statement that must
/// change a given number. No statement sees the changes of another; constraints between tables are checked at
/// the end.
struct Several<'a>(Vec<Statement<'a>>);

impl QueryId for Several<'_> {
    type QueryId = ();
    // The plan is cached under the text of the statement.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Several<'_> {
    type SqlType = Array<BigInt>;
}

impl RunQueryDsl<PgConnection> for Several<'_> {}

impl QueryFragment<Pg> for Several<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut counts = Vec::new();
        for (place, statement) in self.0.iter().enumerate() {
            out.push_sql(if place > 0 { ", " } else { "WITH " });
            out.push_sql(&format!("of_{} AS (", statement.table));
            statement.walk_ast(out.reborrow())?;
            if statement.changes.is_some() {
                out.push_sql(" RETURNING 1");
                counts.push(format!("(SELECT COUNT(*) FROM of_{})", statement.table));
            }
            out.push_sql(")");
        }
        out.push_sql(&format!(" SELECT ARRAY[{}]::bigint[]", counts.join(", ")));
        Ok(())
    }
}

/// A statement whose whole text is fixed and that is cached by its text.
pub(in crate::db) struct Fixed(pub &'static str);

impl QueryId for Fixed {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend> QueryFragment<DB> for Fixed {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

impl<C> RunQueryDsl<C> for Fixed {}

/// An UPDATE of one row. Diesel prepares its own UPDATE anew each time; this one is cached by its text.
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

/// Sets the newest digest of one row.
struct SetDigest<'a> {
    table: &'a str,
    key: &'a str,
    left: &'a Left,
}

impl QueryId for SetDigest<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Sqlite> for SetDigest<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("INSERT INTO row_digests (table_name, row_key, digest, sequence) VALUES (");
        for text in [self.table, self.key, &self.left.text] {
            out.push_bind_param::<Text, str>(text)?;
            out.push_sql(", ");
        }
        out.push_bind_param::<BigInt, _>(&self.left.sequence)?;
        out.push_sql(
            ") ON CONFLICT (table_name, row_key) DO UPDATE SET digest = excluded.digest, sequence = excluded.sequence",
        );
        Ok(())
    }
}

impl RunQueryDsl<SqliteConnection> for SetDigest<'_> {}

/// Gathers statements and sends them in order. Before a table is written a second time, the gathered statements
/// are sent.
pub struct SetWriter<'c, 'a> {
    conn: &'c mut DbConnection,
    gathered: Vec<Statement<'a>>,
}

impl<'c, 'a> SetWriter<'c, 'a> {
    pub fn on(conn: &'c mut DbConnection) -> Self {
        SetWriter { conn, gathered: Vec::new() }
    }

    /// Inserts all rows.
    pub fn insert<R: SetRow + 'a>(&mut self, rows: impl IntoIterator<Item = &'a R>) -> Result<(), DbError> {
        if let DbConnection::Sqlite(conn) = self.conn {
            rows.into_iter().try_for_each(|row| Insert::of(row).execute(conn).map(|_| ()))?;
            return Ok(());
        }
        let values: Vec<Vec<Value<'a>>> = rows.into_iter().map(R::values).collect();
        if values.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = R::COLUMNS.iter().map(|(name, _)| *name).collect();
        let before = format!("INSERT INTO {} ({}) SELECT * FROM unnest(", R::TABLE, names.join(", "));
        let cells =
            |(place, (_, kind)): (usize, &(_, Kind))| Cells::gather(*kind, values.iter().map(|values| values[place]));
        let columns = R::COLUMNS.iter().enumerate().map(cells).collect();
        self.gather(Statement { table: R::TABLE, changes: None, before, columns, after: ")".to_owned() })
    }

    /// Updates all rows from their stored form, each only if the table still holds that version (optimistic
    /// locking). Only columns that differ are written, so that no other index is touched.
    pub fn update<R: VersionedRow>(&mut self, changes: &[(&'a R, &'a R)]) -> Result<(), DbError> {
        if changes.is_empty() {
            return Ok(());
        }
        let values: Vec<(Vec<Value<'a>>, Vec<Value<'a>>)> =
            changes.iter().map(|(stored, row)| (stored.values(), row.values())).collect();
        if let DbConnection::Sqlite(conn) = self.conn {
            let mut changed = 0;
            for ((stored, _), (before, after)) in changes.iter().zip(&values) {
                let differing = R::COLUMNS.iter().zip(before.iter().zip(after)).filter(|(_, (old, new))| old != new);
                let columns = differing.map(|((name, _), (_, new))| (*name, *new)).collect();
                let one = ChangeOne { table: R::TABLE, columns, id: stored.id(), stored_version: stored.version() };
                changed += one.execute(conn)?;
            }
            return all_changed(R::TABLE, changed, changes.len());
        }
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
        self.gather(Statement { table: R::TABLE, changes: Some(changes.len()), before, columns, after })
    }

    /// Adds the change of each account to its balance. The buffer has checked every change before; behind it, the
    /// constraint `balance_floor` of the table refuses a balance below zero.
    pub fn update_balances(&mut self, changes: &BTreeMap<i64, i64>) -> Result<(), DbError> {
        let changes: Vec<(i64, i64)> =
            changes.iter().filter(|(_, change)| **change != 0).map(|(id, change)| (*id, *change)).collect();
        if changes.is_empty() {
            return Ok(());
        }
        if let DbConnection::Sqlite(conn) = self.conn {
            let mut changed = 0;
            for (id, change) in &changes {
                changed += diesel::update(accounts::table.find(*id))
                    .set(accounts::balance_paise.eq(accounts::balance_paise + *change))
                    .execute(conn)?;
            }
            return all_changed(ACCOUNTS, changed, changes.len());
        }
        let columns = vec![
            Cells::Numbers(changes.iter().map(|(id, _)| Some(*id)).collect()),
            Cells::Numbers(changes.iter().map(|(_, change)| Some(*change)).collect()),
        ];
        let before = "UPDATE accounts SET balance_paise = balance_paise + u.change FROM unnest(".to_owned();
        let after = ") AS u(id, change) WHERE accounts.id = u.id".to_owned();
        self.gather(Statement { table: ACCOUNTS, changes: Some(changes.len()), before, columns, after })
    }

    /// Sets number series to their current values.
    pub fn set_counters(&mut self, values: &'a BTreeMap<String, i64>) -> Result<(), DbError> {
        if values.is_empty() {
            return Ok(());
        }
        if let DbConnection::Sqlite(conn) = self.conn {
            for (name, value) in values {
                diesel::insert_into(counters::table)
                    .values((counters::name.eq(name), counters::value.eq(value)))
                    .on_conflict(counters::name)
                    .do_update()
                    .set(counters::value.eq(value))
                    .execute(conn)?;
            }
            return Ok(());
        }
        let columns = vec![
            Cells::Texts(values.keys().map(|name| Some(name.as_str())).collect()),
            Cells::Numbers(values.values().map(|value| Some(*value)).collect()),
        ];
        let before = "INSERT INTO counters (name, value) SELECT * FROM unnest(".to_owned();
        let after = ") ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value".to_owned();
        self.gather(Statement { table: "counters", changes: None, before, columns, after })
    }

    /// Sets the newest digests of indexed rows that the index does not have yet.
    pub fn set_digests(&mut self, digests: &'a BTreeMap<Place, Left>) -> Result<(), DbError> {
        let new: Vec<(&Place, &Left)> = digests.iter().filter(|(_, left)| !left.stored).collect();
        if new.is_empty() {
            return Ok(());
        }
        if let DbConnection::Sqlite(conn) = self.conn {
            for ((table, key), left) in new {
                SetDigest { table, key, left }.execute(conn)?;
            }
            return Ok(());
        }
        let columns = vec![
            Cells::Texts(new.iter().map(|((table, _), _)| Some(*table)).collect()),
            Cells::Texts(new.iter().map(|((_, key), _)| Some(key.as_str())).collect()),
            Cells::Texts(new.iter().map(|(_, left)| Some(left.text.as_str())).collect()),
            Cells::Numbers(new.iter().map(|(_, left)| Some(left.sequence)).collect()),
        ];
        let before = "INSERT INTO row_digests (table_name, row_key, digest, sequence) SELECT * FROM unnest(".to_owned();
        let after = ") ON CONFLICT (table_name, row_key) DO UPDATE \
                     SET digest = EXCLUDED.digest, sequence = EXCLUDED.sequence"
            .to_owned();
        self.gather(Statement { table: "row_digests", changes: None, before, columns, after })
    }

    /// Moves the head of the log, but only if the stored head is still the one that was read (guarded update).
    pub fn move_head(&mut self, stored: &'a Head, head: &'a Head) -> Result<(), DbError> {
        if let DbConnection::Sqlite(conn) = self.conn {
            let there =
                audit_head::table.filter(audit_head::sequence.eq(stored.0)).filter(audit_head::hash.eq(&stored.1));
            let to = (audit_head::sequence.eq(head.0), audit_head::hash.eq(&head.1));
            return all_changed("audit_head", diesel::update(there).set(to).execute(conn)?, 1);
        }
        let number = |number: i64| Cells::Numbers(vec![Some(number)]);
        let text = |text: &'a str| Cells::Texts(vec![Some(text)]);
        let columns = vec![number(stored.0), text(&stored.1), number(head.0), text(&head.1)];
        let before = "UPDATE audit_head AS t SET sequence = u.sequence, hash = u.hash FROM unnest(".to_owned();
        let after = ") AS u(stored_sequence, stored_hash, sequence, hash) \
                     WHERE t.sequence = u.stored_sequence AND t.hash = u.stored_hash"
            .to_owned();
        self.gather(Statement { table: "audit_head", changes: Some(1), before, columns, after })
    }

    fn gather(&mut self, statement: Statement<'a>) -> Result<(), DbError> {
        if self.gathered.iter().any(|earlier| earlier.table == statement.table) {
            self.send()?;
        }
        self.gathered.push(statement);
        Ok(())
    }

    /// Sends the gathered statements. After an error the caller must roll back the transaction.
    pub fn send(&mut self) -> Result<(), DbError> {
        let several = Several(std::mem::take(&mut self.gathered));
        let DbConnection::Postgres(conn) = self.conn else { return Ok(()) };
        if several.0.is_empty() {
            return Ok(());
        }
        let asked = several.0.iter().filter_map(|statement| Some((statement.table, statement.changes?)));
        let asked: Vec<(&'static str, usize)> = asked.collect();
        let changed: Vec<i64> = several.get_result(conn)?;
        let mut each = asked.into_iter().zip(changed);
        each.try_for_each(|((table, asked), changed)| all_changed(table, changed as usize, asked))
    }
}

const ACCOUNTS: &str = "accounts";

/// An account that was not changed had too little balance; any other row was changed by another writer.
fn all_changed(table: &'static str, changed: usize, asked: usize) -> Result<(), DbError> {
    match table {
        _ if changed == asked => Ok(()),
        table => Err(DbError::Conflict(table.to_owned())),
    }
}
