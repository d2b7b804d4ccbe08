//! Time travel: on a connection for reading history each table name resolves to a view of the table's rows at
//! the requested moment, so every existing query works unchanged. A moment is bitemporal: it limits acts by
//! when they were recorded (transaction time), and facts by their day (valid time).

use crate::db::engine::columns::Catalogue;
use crate::db::engine::connection::DbConnection;
use crate::db::engine::error::DbError;
use crate::db::engine::history::history_tables::{Kept, Since, TABLES};
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl, sql_query};
use std::fmt::Write as _;

/// A commit, as the log records it.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Commit {
    /// The last log entry that the commit wrote.
    #[diesel(sql_type = BigInt)]
    pub sequence: i64,
    /// The instant at which that entry was recorded.
    #[diesel(sql_type = Text)]
    pub recorded_at: String,
}

/// The requested moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Acts up to this commit count, with everything that they changed.
    pub acts: Commit,
    /// Facts with a day of their own count if they were recorded by this instant, which may be later.
    pub recorded_by: String,
    /// Such facts count if their day is not after this one.
    pub day: String,
}

/// Returns the last commit at or before an instant, or the newest commit if no instant is given. Returns `None`
/// if the history begins later.
pub fn commit_by(
    tx: &mut crate::db::engine::transaction::ReadTx<'_>,
    instant: Option<&str>,
) -> Result<Option<Commit>, DbError> {
    let conn = tx.conn()?;
    let order = "ORDER BY recorded_at DESC, sequence DESC LIMIT 1";
    let found = match (instant, &mut *conn) {
        (None, conn) => sql_query(format!("SELECT recorded_at, sequence FROM log_commits {order}")).get_result(conn),
        (Some(at), DbConnection::Sqlite(conn)) => {
            sql_query(format!("SELECT recorded_at, sequence FROM log_commits WHERE recorded_at <= ? {order}"))
                .bind::<Text, _>(at)
                .get_result(conn)
        }
        (Some(at), DbConnection::Postgres(conn)) => {
            sql_query(format!("SELECT recorded_at, sequence FROM log_commits WHERE recorded_at <= $1 {order}"))
                .bind::<Text, _>(at)
                .get_result(conn)
        }
    };
    Ok(found.optional()?)
}

/// Creates the views of all tables. In SQLite they are temporary, belong to this connection and hide the
/// tables. In PostgreSQL they are in a schema, created once, which the search path of a transaction puts before
/// the schema of the tables.
pub(in crate::db) fn views(conn: &mut DbConnection) -> Result<(), DbError> {
    let sqlite = matches!(conn, DbConnection::Sqlite(_));
    let mut text = String::new();
    if sqlite {
        text.push_str("CREATE TEMP TABLE moment (sequence INTEGER, acts_at TEXT, recorded_by TEXT, day TEXT);");
    } else {
        text.push_str("CREATE SCHEMA IF NOT EXISTS moment;");
    }
    let catalogue = Catalogue::read(conn)?;
    for kept in TABLES {
        let columns = catalogue.columns(kept.table);
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let key: Vec<&str> =
            columns.iter().filter(|column| column.key > 0).map(|column| column.name.as_str()).collect();
        let _ = write!(text, "{};", view(kept, &names, &key, sqlite));
    }
    let head = "AS SELECT 1 AS id, l.sequence, l.hash FROM";
    text.push_str(&if sqlite {
        format!("CREATE TEMP VIEW audit_head {head} main.audit_log l WHERE l.sequence = {};", moment("sequence", true))
    } else {
        let head = head.replace("1 AS id", "1::bigint AS id");
        format!(
            "CREATE OR REPLACE VIEW moment.audit_head {head} public.audit_log l WHERE l.sequence = {};",
            moment("sequence", false)
        )
    });
    conn.batch_execute(&text)?;
    Ok(())
}

/// The SQL for a member of the requested moment.
fn moment(member: &str, sqlite: bool) -> String {
    match (sqlite, member) {
        (true, _) => format!("(SELECT {member} FROM temp.moment)"),
        (false, "sequence") => "current_setting('moment.sequence')::bigint".to_owned(),
        (false, _) => format!("current_setting('moment.{member}')"),
    }
}

fn view(kept: &Kept, names: &[&str], key: &[&str], sqlite: bool) -> String {
    let table = kept.table;
    let asked = |member: &str| moment(member, sqlite);
    let (head, here, past) = if sqlite {
        (format!("CREATE TEMP VIEW {table}"), format!("main.{table}"), format!("main.{table}_past"))
    } else {
        // The view is dropped first, because a view cannot change its columns.
        let head = format!("DROP VIEW IF EXISTS moment.{table} CASCADE; CREATE VIEW moment.{table}");
        (head, format!("public.{table}"), format!("past.{table}"))
    };
    let schema = if sqlite { "main" } else { "public" };
    let since = match kept.since {
        Since::At(column) => format!("t.{column} <= {}", asked("acts_at")),
        Since::Dated { on, at } => format!("t.{on} <= {} AND t.{at} <= {}", asked("day"), asked("recorded_by")),
        Since::Entry(column) => format!("t.{column} <= {}", asked("sequence")),
        Since::Behind => format!("t.known_behind < {}", asked("sequence")),
        Since::With(column, other, id) => {
            // The view of the other table decides.
            let other = if sqlite { format!("temp.{other}") } else { format!("moment.{other}") };
            format!("EXISTS (SELECT 1 FROM {other} AS o WHERE o.{id} = t.{column})")
        }
        Since::WithAt(column, other, id, at) => format!(
            "EXISTS (SELECT 1 FROM {schema}.{other} AS o WHERE o.{id} = t.{column} AND o.{at} <= {})",
            asked("acts_at")
        ),
    };
    let shown: Vec<String> = names
        .iter()
        .map(|name| match kept.left_out.iter().find(|(left, _)| left == name) {
            Some((_, value)) => format!("{value} AS {name}"),
            None => format!("t.{name}"),
        })
        .collect();
    let shown = shown.join(", ");
    let same: Vec<String> = key.iter().map(|name| format!("p.{name} = t.{name}")).collect();
    let later =
        format!("SELECT 1 FROM {past} AS p WHERE {} AND p.until_sequence >= {}", same.join(" AND "), asked("sequence"));
    format!(
        "{head} AS SELECT {shown} FROM {here} AS t WHERE {since} AND NOT EXISTS ({later}) \
         UNION ALL SELECT {shown} FROM {past} AS t WHERE {since} AND t.until_sequence >= {} \
         AND NOT EXISTS ({later} AND p.change_number < t.change_number)",
        asked("sequence")
    )
}

/// Sets the moment for the next transaction (SQLite), or for the running one (PostgreSQL).
pub(in crate::db) fn set_moment(conn: &mut DbConnection, known: &Known) -> Result<(), DbError> {
    match conn {
        DbConnection::Sqlite(conn) => {
            conn.batch_execute("PRAGMA query_only = OFF; DELETE FROM temp.moment;")?;
            sql_query("INSERT INTO temp.moment (sequence, acts_at, recorded_by, day) VALUES (?, ?, ?, ?)")
                .bind::<BigInt, _>(known.acts.sequence)
                .bind::<Text, _>(&known.acts.recorded_at)
                .bind::<Text, _>(&known.recorded_by)
                .bind::<Text, _>(&known.day)
                .execute(conn)?;
            conn.batch_execute("PRAGMA query_only = ON;")?;
        }
        DbConnection::Postgres(conn) => {
            sql_query(
                "SELECT set_config('search_path', 'moment, public', true), set_config('moment.sequence', $1, true), \
                 set_config('moment.acts_at', $2, true), set_config('moment.recorded_by', $3, true), \
                 set_config('moment.day', $4, true)",
            )
            .bind::<Text, _>(known.acts.sequence.to_string())
            .bind::<Text, _>(&known.acts.recorded_at)
            .bind::<Text, _>(&known.recorded_by)
            .bind::<Text, _>(&known.day)
            .execute(conn)?;
        }
    }
    Ok(())
}
