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

/// What the engine's own check says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    Sound,
    Wrong(String),
    /// PostgreSQL without amcheck, or with a role that may not use it.
    NotInstalled,
}

/// Asks the engine's own check of tables and indexes: `integrity_check` of SQLite, and amcheck of PostgreSQL where that
/// extension is installed and may be used.
pub fn ask_engine(tx: &mut ReadTx<'_>) -> Result<Asked, DbError> {
    let checked = tx.in_savepoint(|tx| match tx.conn()? {
        DbConnection::Sqlite(conn) => {
            let found: Vec<Line> =
                sql_query("SELECT integrity_check AS value FROM pragma_integrity_check").load(conn)?;
            let wrong = found.into_iter().map(|line| line.value).find(|line| line != "ok");
            Ok::<_, DbError>(wrong.map_or(Asked::Sound, Asked::Wrong))
        }
        DbConnection::Postgres(conn) => {
            // The extension may be in any schema, and only a superuser may use it unless it was granted.
            let usable: Vec<Line> = sql_query(
                "SELECT quote_ident(n.nspname) AS value FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace \
                 JOIN pg_proc p ON p.pronamespace = n.oid AND p.proname = 'bt_index_check' AND p.pronargs = 2 \
                 WHERE e.extname = 'amcheck' AND has_schema_privilege(n.oid, 'usage') \
                 AND has_function_privilege(p.oid, 'execute')",
            )
            .load(conn)?;
            let Some(Line { value: schema }) = usable.first() else { return Ok(Asked::NotInstalled) };
            // One by one: a statement may take as long as any other read.
            let indexes: Vec<Line> = sql_query(
                "SELECT i.indexrelid::bigint::text AS value FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
                 JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace \
                 WHERE a.amname = 'btree' AND n.nspname IN ('public', 'past') AND i.indisvalid",
            )
            .load(conn)?;
            for Line { value: index } in indexes {
                sql_query(format!("SELECT {schema}.bt_index_check({index}::regclass, true)")).execute(conn)?;
            }
            Ok(Asked::Sound)
        }
    });
    match checked {
        // An index that does not hold what its table has is an error of PostgreSQL's own function.
        Err(DbError::Other(why)) => Ok(Asked::Wrong(why)),
        checked => checked,
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
