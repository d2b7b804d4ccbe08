//! The objects of the schema — tables, columns, constraints, indexes, triggers, views, rules and functions — compared
//! with those that the migrations make. A dropped index lets a reference stand twice, an added trigger changes rows
//! behind every act, and a view in place of a table shows what somebody likes.
//!
//! For SQLite the objects are read from an empty database in memory that is migrated for this. For PostgreSQL they are
//! in `migrations/postgres-objects.tsv`, which a test compares with a database that was just migrated.

use crate::db::engine::connection::{DatabaseUrl, DbConnection, Purpose};
use crate::db::engine::error::DbError;
use crate::db::engine::migrations;
use crate::db::engine::query::Load;
use crate::db::engine::transaction::ReadTx;
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, QueryableByName, SqliteConnection, sql_query};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The objects of a schema: the definition of each by its kind and name.
pub type Objects = BTreeMap<String, String>;

#[derive(QueryableByName)]
struct Object {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

#[derive(QueryableByName)]
struct Length {
    #[diesel(sql_type = BigInt)]
    entries: i64,
}

/// So many differences are named.
const NAMED_MOST: usize = 6;

/// Statistics of the engine are no objects of the schema. The columns of the history stand in the order in which
/// migrations added them, which is another one in a database that is migrated at once.
const OF_SQLITE: &str = "\
    SELECT type || ' ' || name AS name, CASE WHEN type = 'table' AND name LIKE '%\\_past' ESCAPE '\\' \
    THEN CASE WHEN sql LIKE '%) STRICT' THEN 'strict' ELSE 'loose' END \
    ELSE COALESCE(sql, '') END || ' on ' || tbl_name AS definition \
    FROM main.sqlite_master WHERE name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\' \
    UNION ALL \
    SELECT 'column ' || t.name || '.' || c.name, c.type || CASE c.\"notnull\" WHEN 0 THEN '' ELSE ' not null' END \
    || CASE c.pk WHEN 0 THEN '' ELSE ' key ' || c.pk END || CASE c.hidden WHEN 0 THEN '' ELSE ' hidden' END \
    FROM main.sqlite_master t, pragma_table_xinfo(t.name, 'main') c \
    WHERE t.type = 'table' AND t.name LIKE '%\\_past' ESCAPE '\\'";

/// The path is empty while this runs, so that every name is written with its schema. What belongs to an extension is
/// left out. Constraints of `NOT NULL` are said with their columns: newer servers list them too.
const OF_POSTGRES: &str = include_str!("postgres_objects.sql");

/// The objects that the migrations make in PostgreSQL.
const MADE_IN_POSTGRES: &str = include_str!("../../../migrations/postgres-objects.tsv");

/// Without what one version of an engine writes otherwise than another: blanks, quotes and brackets.
fn plain(text: &str) -> String {
    let kept = text.replace(['"', '(', ')'], " ");
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Of a view also without the names of tables before columns, which newer servers leave out where they can.
fn plain_view(text: &str) -> String {
    let word = |word: &str| word.rsplit_once('.').map_or(word, |(_, last)| last).to_owned();
    plain(text).split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn gathered(found: Vec<Object>) -> Objects {
    let plain = |Object { name, definition }: Object| {
        let definition = if name.starts_with("view ") { plain_view(&definition) } else { plain(&definition) };
        (name, definition)
    };
    found.into_iter().map(plain).collect()
}

/// The objects that a database has.
pub fn present(conn: &mut DbConnection) -> Result<Objects, DbError> {
    if matches!(conn, DbConnection::Sqlite(_)) {
        return Ok(gathered(sql_query(OF_SQLITE).load(conn)?));
    }
    // Within a transaction of its own or a savepoint, whose end sets the path back.
    conn.nest()?;
    let found = conn
        .batch_execute("SET LOCAL search_path = pg_catalog")
        .map_err(DbError::from)
        .and_then(|()| Ok(sql_query(OF_POSTGRES).load(conn)?));
    conn.roll_back()?;
    Ok(gathered(found?))
}

/// The objects that the migrations make in SQLite.
fn made_in_sqlite() -> Result<&'static Objects, DbError> {
    static MADE: OnceLock<Objects> = OnceLock::new();
    if let Some(made) = MADE.get() {
        return Ok(made);
    }
    let mut empty = DbConnection::Sqlite(SqliteConnection::establish(":memory:")?);
    migrations::migrate_on(&mut empty)?;
    let made = present(&mut empty)?;
    Ok(MADE.get_or_init(|| made))
}

/// Objects as a file has them: one a line, with a tab between name and definition.
pub fn written(objects: &Objects) -> String {
    objects.iter().map(|(name, definition)| format!("{name}\t{definition}\n")).collect()
}

fn read(text: &str) -> Objects {
    let line = |line: &str| line.split_once('\t').map(|(name, definition)| (name.to_owned(), definition.to_owned()));
    text.lines().filter_map(line).collect()
}

fn differences(made: &Objects, present: &Objects) -> Vec<String> {
    let mut found = Vec::new();
    for (name, definition) in present {
        match made.get(name) {
            None => found.push(format!("{name} was added")),
            Some(made) if made != definition => found.push(format!("{name} was changed")),
            Some(_) => {}
        }
    }
    found.extend(made.keys().filter(|name| !present.contains_key(*name)).map(|name| format!("{name} is gone")));
    // What stands in the place of a table, or acts by itself, comes before what follows from it.
    let rank = |said: &String| {
        let kinds = ["view", "table", "rule", "trigger", "function"];
        kinds.iter().position(|kind| said.starts_with(kind)).unwrap_or(kinds.len())
    };
    found.sort_by_key(rank);
    found
}

/// How the objects of a database differ from what the migrations of this program make.
pub fn first_difference(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    difference(tx.conn()?)
}

fn difference(conn: &mut DbConnection) -> Result<Option<String>, DbError> {
    let present = present(conn)?;
    let found = match conn {
        DbConnection::Sqlite(_) => differences(made_in_sqlite()?, &present),
        DbConnection::Postgres(_) => differences(&read(MADE_IN_POSTGRES), &present),
    };
    if found.is_empty() {
        return Ok(None);
    }
    let more = found.len().saturating_sub(NAMED_MOST);
    let more = if more == 0 { String::new() } else { format!(", and {more} more differences") };
    let named: Vec<&str> = found.iter().take(NAMED_MOST).map(String::as_str).collect();
    Ok(Some(format!("the schema is not what the migrations made: {}{more}", named.join(", "))))
}

/// Before a start completes anything: the schema of a database in use is what the migrations of this program made. That
/// of an earlier program is compared once it is migrated.
pub fn check_in_use(url: &DatabaseUrl) -> Result<(), DbError> {
    let mut conn = url.connect(Purpose::Write)?;
    if !migrations::is_current(&mut conn)? {
        return Ok(());
    }
    let length: Result<Vec<Length>, _> = sql_query("SELECT sequence AS entries FROM audit_head").load(&mut conn);
    // Nothing is lost where no act was recorded, and a start that was interrupted goes on.
    if length.is_ok_and(|rows| rows.first().is_some_and(|row| row.entries == 0)) {
        return Ok(());
    }
    refuse(difference(&mut conn)?)
}

/// After a start migrated the schema.
pub fn check_migrated(url: &DatabaseUrl) -> Result<(), DbError> {
    refuse(difference(&mut url.connect(Purpose::Write)?)?)
}

fn refuse(difference: Option<String>) -> Result<(), DbError> {
    let say = |why| {
        format!(
            "{why}. It was changed past the service: verify what the database holds, and put the schema right or the newest \
             backup back. After an upgrade that was interrupted, run magnet-scheme migrate"
        )
    };
    difference.map_or(Ok(()), |why| Err(DbError::Setup(say(why))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_changed_or_added_is_named() {
        let objects = |text: &str| read(text);
        let made = objects("index a\ton x\ntable x\tid text\ntrigger t\tafter\n");
        let present = objects("table x\tid text, more\ntrigger t\tafter\nview v\tselect\n");
        assert_eq!(differences(&made, &present), ["view v was added", "table x was changed", "index a is gone"]);
        assert_eq!(read(&written(&made)), made);
        assert_eq!(plain_view(" SELECT t.id\n FROM (public.x t)"), plain_view("SELECT id FROM x t"));
    }
}
