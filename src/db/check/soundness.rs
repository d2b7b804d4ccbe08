//! What `verify` asks of the engine, and what it reads past the engine's indexes.

use crate::db::engine::connection::{DbConnection, per_engine};
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use std::collections::HashSet;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    value: String,
}

/// What the engine's own check of tables and indexes says is wrong: `integrity_check` of SQLite, and amcheck of
/// PostgreSQL where that extension is installed.
pub fn engine_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let checked = tx.in_savepoint(|tx| match tx.conn()? {
        DbConnection::Sqlite(conn) => {
            let found: Vec<Line> =
                sql_query("SELECT integrity_check AS value FROM pragma_integrity_check").load(conn)?;
            Ok::<_, DbError>(found.into_iter().map(|line| line.value).find(|line| line != "ok"))
        }
        DbConnection::Postgres(conn) => {
            let installed: Vec<Line> =
                sql_query("SELECT extname::text AS value FROM pg_extension WHERE extname = 'amcheck'").load(conn)?;
            if !installed.is_empty() {
                let all = "SELECT bt_index_check(i.indexrelid, true)::text AS value FROM pg_index i \
                           JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam \
                           JOIN pg_namespace n ON n.oid = c.relnamespace \
                           WHERE a.amname = 'btree' AND n.nspname IN ('public', 'past') AND i.indisvalid";
                sql_query(all).execute(conn)?;
            }
            Ok(None)
        }
    });
    match checked {
        // An index that does not hold what its table has is an error of PostgreSQL's own function.
        Err(DbError::Other(why)) => Ok(Some(format!("the engine's own check: {why}"))),
        checked => Ok(checked?.map(|why| format!("the engine's own check: {why}"))),
    }
}

/// References and numbers that stand once. Their unique indexes say so too, and an index can be damaged.
const ONCE: [(&str, &str, &str); 12] = [
    ("payments", "utr", "UTR"),
    ("payments", "number", "number"),
    ("disbursements", "number", "number"),
    ("tranches", "number", "number"),
    ("claims", "number", "number"),
    ("awards", "number", "number"),
    ("applications", "number", "number"),
    ("recoveries", "number", "number"),
    ("final_certificates", "number", "number"),
    ("budget_instruments", "number", "number"),
    ("letters", "number", "number"),
    ("payment_advices", "message_id", "message id"),
];

/// The first reference or number that stands twice, as it is read from the tables themselves.
pub fn first_twice(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    if let DbConnection::Postgres(conn) = tx.conn()? {
        conn.batch_execute(
            "SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_bitmapscan = off",
        )?;
    }
    for (table, column, what) in ONCE {
        let past_indexes = if matches!(tx.conn()?, DbConnection::Sqlite(_)) { "NOT INDEXED" } else { "" };
        let text = format!("SELECT {column} AS value FROM {table} {past_indexes} WHERE {column} IS NOT NULL");
        let values: Vec<Line> = per_engine!(tx.conn()?, |conn| sql_query(text).load(conn)?);
        let mut seen = HashSet::with_capacity(values.len());
        for Line { value } in values {
            // A UTR is the same in whatever spelling.
            let plain = if column == "utr" { value.replace([' ', '-'], "").to_uppercase() } else { value };
            if let Some(twice) = seen.replace(plain) {
                return Ok(Some(format!("{table}: the {what} {twice} stands twice")));
            }
        }
    }
    Ok(None)
}
