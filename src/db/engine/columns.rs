//! The columns and triggers of all tables, as the engine's own catalogue describes them.

use crate::db::engine::connection::DbConnection;
use crate::db::engine::error::DbError;
use crate::db::engine::query::Load;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryableByName, sql_query};
use std::collections::{HashMap, HashSet};

#[derive(QueryableByName, Clone)]
pub(in crate::db) struct ColumnOf {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The type, as the engine names it.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// The position in the primary key, counted from 1; 0 for a column outside the key.
    #[diesel(sql_type = BigInt)]
    pub key: i64,
    /// The value of a row that does not name it, as SQL.
    #[diesel(sql_type = Nullable<Text>)]
    pub default_value: Option<String>,
}

#[derive(QueryableByName)]
struct TriggerOf {
    #[diesel(sql_type = Text)]
    name: String,
}

/// What the catalogue says. It is read in two statements, because a service reads it at every start.
pub(in crate::db) struct Catalogue {
    columns: HashMap<String, Vec<ColumnOf>>,
    triggers: HashSet<String>,
}

const SQLITE_COLUMNS: &str = "\
    SELECT t.name AS \"table\", c.name AS name, c.type AS kind, c.pk AS \"key\", \
    c.dflt_value AS default_value \
    FROM main.sqlite_master t, pragma_table_info(t.name, 'main') c WHERE t.type = 'table' ORDER BY t.name, c.cid";

const POSTGRES_COLUMNS: &str = "\
    SELECT CASE n.nspname WHEN 'past' THEN 'past.' ELSE '' END || t.relname AS \"table\", a.attname::text AS name, \
    format_type(a.atttypid, a.atttypmod) AS kind, \
    COALESCE(array_position(i.indkey::smallint[], a.attnum), -1)::bigint + 1 AS key, \
    pg_get_expr(d.adbin, d.adrelid) AS default_value \
    FROM pg_namespace n JOIN pg_class t ON t.relnamespace = n.oid AND t.relkind IN ('r', 'p') \
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped \
    LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary \
    LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum \
    WHERE n.nspname IN ('public', 'past') ORDER BY t.oid, a.attnum";

const SQLITE_TRIGGERS: &str = "SELECT tbl_name || ' ' || name AS name FROM main.sqlite_master WHERE type = 'trigger'";

const POSTGRES_TRIGGERS: &str = "\
    SELECT t.relname || ' ' || g.tgname AS name FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid \
    JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = 'public' AND NOT g.tgisinternal";

impl Catalogue {
    pub fn read(conn: &mut DbConnection) -> Result<Catalogue, DbError> {
        let (columns, triggers) = match conn {
            DbConnection::Sqlite(_) => (SQLITE_COLUMNS, SQLITE_TRIGGERS),
            DbConnection::Postgres(_) => (POSTGRES_COLUMNS, POSTGRES_TRIGGERS),
        };
        let mut catalogue = Catalogue { columns: HashMap::new(), triggers: HashSet::new() };
        let found: Vec<ColumnOf> = sql_query(columns).load(conn)?;
        for column in found {
            catalogue.columns.entry(column.table.clone()).or_default().push(column);
        }
        let found: Vec<TriggerOf> = sql_query(triggers).load(conn)?;
        catalogue.triggers.extend(found.into_iter().map(|TriggerOf { name }| name));
        Ok(catalogue)
    }

    /// The columns of a table; none if it does not exist. The history tables are named `<table>_past` in SQLite
    /// and `past.<table>` in PostgreSQL.
    pub fn columns(&self, table: &str) -> &[ColumnOf] {
        self.columns.get(table).map_or(&[], Vec::as_slice)
    }

    /// Whether a current table has the trigger.
    pub fn has_trigger(&self, table: &str, trigger: &str) -> bool {
        self.triggers.contains(&format!("{table} {trigger}"))
    }
}
