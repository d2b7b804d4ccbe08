//! Checks that the database keeps what it acknowledges (durability). The check runs at every start, before
//! anything is served, because an answer to a command means that the command is on disk.

use crate::db::engine::connection::{DatabaseUrl, DbConnection, Purpose};
use crate::db::engine::error::DbError;
use crate::db::engine::remote::address;
use diesel::sql_types::{BigInt, Bool, Integer, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

/// Refuses a database that may lose committed data when its machine fails.
pub fn check(url: &DatabaseUrl) -> Result<(), DbError> {
    let found = match url.connect(Purpose::Write)? {
        DbConnection::Sqlite(mut conn) => sqlite_problem(&mut conn)?,
        DbConnection::Postgres(mut conn) => postgres_problem(&mut conn)?,
    };
    match found {
        None => Ok(()),
        Some(problem) => Err(DbError::Setup(format!(
            "{problem}: it could forget what was acknowledged. Change that, or, for data of no value, set \
             database.allow_unsafe_settings"
        ))),
    }
}

#[derive(QueryableByName)]
struct Backend {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

/// Refuses a PostgreSQL server behind a pooler in transaction mode, which hands every transaction to another session:
/// settings such as `synchronous_commit`, and the locks of a start, belong to a session. Two connections are asked in
/// turn. Each has a session of its own, and the same one every time, unless a pooler hands sessions around.
pub fn check_sessions(url: &DatabaseUrl) -> Result<(), DbError> {
    let DatabaseUrl::Postgres(url) = url else { return Ok(()) };
    let session = |conn: &mut PgConnection| -> Result<i32, DbError> {
        let found: Backend = sql_query("SELECT pg_backend_pid() AS pid").get_result(conn)?;
        Ok(found.pid)
    };
    let (mut one, mut other) = (address::establish(url)?, address::establish(url)?);
    let found = [session(&mut one)?, session(&mut other)?, session(&mut other)?, session(&mut one)?];
    if found[0] == found[3] && found[1] == found[2] && found[0] != found[1] {
        return Ok(());
    }
    Err(DbError::Setup(
        "PostgreSQL is behind a pooler that hands its sessions around (transaction mode): settings and locks would not \
         hold. Set the pooler to session mode (pool_mode = session in PgBouncer), or connect to the server itself"
            .to_owned(),
    ))
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    value: String,
}

/// Whether a role sees the standbys for which the server waits, if it waits for any.
#[derive(QueryableByName)]
struct Standing {
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Bool)]
    sees: bool,
}

#[derive(QueryableByName)]
struct JournalMode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

#[derive(QueryableByName)]
struct Synchronous {
    #[diesel(sql_type = BigInt)]
    synchronous: i64,
}

/// A PRAGMA returns the mode in effect, which may differ from the requested one: a file system without shared
/// memory cannot have a write-ahead log.
fn sqlite_problem(conn: &mut SqliteConnection) -> Result<Option<String>, DbError> {
    const FULL: i64 = 2;
    let JournalMode { journal_mode } = sql_query("PRAGMA journal_mode").get_result(conn)?;
    if journal_mode != "wal" {
        return Ok(Some(format!("SQLite's journal_mode is {journal_mode}, not wal")));
    }
    let Synchronous { synchronous } = sql_query("PRAGMA synchronous").get_result(conn)?;
    Ok((synchronous < FULL).then(|| format!("SQLite's synchronous is {synchronous}, not FULL")))
}

fn postgres_problem(conn: &mut PgConnection) -> Result<Option<String>, DbError> {
    let settings: Vec<Setting> = sql_query(
        "SELECT name, setting AS value FROM pg_settings \
         WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name",
    )
    .load(conn)?;
    let safe = |setting: &&Setting| match setting.name.as_str() {
        "synchronous_commit" => matches!(setting.value.as_str(), "on" | "remote_apply"),
        _ => setting.value == "on",
    };
    let unsafe_one = settings.iter().find(|setting| !safe(setting));
    if let Some(setting) = unsafe_one {
        return Ok(Some(format!("the PostgreSQL server has {} = {}", setting.name, setting.value)));
    }
    let Standing { role, sees } = sql_query(
        "SELECT current_user::text AS role, current_setting('synchronous_standby_names') = '' \
         OR pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees",
    )
    .get_result(conn)?;
    Ok((!sees).then(|| {
        format!(
            "the PostgreSQL server waits for synchronous standbys, and the role {role} cannot see whether they have what \
             was committed (GRANT pg_read_all_stats TO {role})"
        )
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::Connection;
    use diesel::connection::SimpleConnection;

    #[test]
    fn sqlite_that_may_forget_is_told_from_one_that_does_not() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut conn = SqliteConnection::establish(&file.path().to_string_lossy()).unwrap();
        let mut after = |statements: &str| {
            conn.batch_execute(statements).unwrap();
            sqlite_problem(&mut conn).unwrap()
        };
        assert_eq!(after("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"), None);
        assert_eq!(after("PRAGMA synchronous = EXTRA;"), None);
        for (statements, named) in [
            ("PRAGMA synchronous = NORMAL;", "synchronous is 1, not FULL"),
            ("PRAGMA synchronous = OFF;", "synchronous is 0, not FULL"),
            ("PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE;", "journal_mode is delete, not wal"),
        ] {
            assert!(after(statements).is_some_and(|problem| problem.contains(named)), "{statements}");
        }
    }
}
