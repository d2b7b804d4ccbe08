//! The columns of a table, as the engine's own catalogue describes them.

use crate::db::engine::connection::DbConnection;
use crate::db::engine::error::DbError;
use crate::db::engine::query::Load;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryableByName, sql_query};

#[derive(QueryableByName, Clone)]
pub(in crate::db) struct ColumnOf {
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

/// Returns the columns of a table; none if the table does not exist. The schema is for PostgreSQL: in SQLite
/// the names of the history tables end with `_past`.
pub(in crate::db) fn columns(conn: &mut DbConnection, schema: &str, table: &str) -> Result<Vec<ColumnOf>, DbError> {
    let question = match conn {
        DbConnection::Sqlite(_) => {
            format!(
                "SELECT name, type AS kind, pk AS \"key\", dflt_value AS default_value FROM pragma_table_info('{table}', 'main') ORDER BY cid"
            )
        }
        DbConnection::Postgres(_) => format!(
            "SELECT a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS kind, \
             COALESCE(array_position(i.indkey::smallint[], a.attnum), -1)::bigint + 1 AS key, \
             pg_get_expr(d.adbin, d.adrelid) AS default_value \
             FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary \
             LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
             WHERE a.attrelid = to_regclass('{schema}.{table}') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
        ),
    };
    Ok(sql_query(question).load(conn)?)
}

/// Returns the columns of a current table (not of its history), with the primary key.
pub(in crate::db) fn columns_today(conn: &mut DbConnection, table: &str) -> Result<Vec<ColumnOf>, DbError> {
    columns(conn, "public", table)
}
