//! Creates the history tables. Each table has one for its earlier rows, filled by triggers, with the number of
//! the last log entry up to which each row was valid (transaction time). They are created at start from the
//! columns of the tables themselves, so that a new column is in the history from its first day.

use crate::db::engine::columns::{Catalogue, ColumnOf};
use crate::db::engine::connection::DbConnection;
use crate::db::engine::error::DbError;
use crate::db::engine::history::history_tables::{Kept, TABLES};
use crate::db::engine::history::past;
use diesel::Connection;
use diesel::connection::SimpleConnection;
use std::fmt::Write as _;

/// Returns the names of columns as a list, each with a prefix.
pub(in crate::db) fn listed(names: &[&str], before: &str) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("{before}{name}")).collect();
    names.join(", ")
}

/// Creates the history tables and their triggers, or completes them; `anew` makes every trigger again.
pub(in crate::db) fn install(conn: &mut DbConnection, anew: bool) -> Result<(), DbError> {
    conn.transaction(|conn| {
        let catalogue = Catalogue::read(conn)?;
        let mut changed = false;
        for kept in TABLES {
            changed |= install_one(conn, &catalogue, kept, anew)?;
        }
        // In SQLite each connection creates these views for itself.
        if changed && matches!(conn, DbConnection::Postgres(_)) {
            past::views(conn)?;
        }
        Ok(())
    })
}

/// Returns whether anything had to be created.
fn install_one(conn: &mut DbConnection, catalogue: &Catalogue, kept: &Kept, anew: bool) -> Result<bool, DbError> {
    let table = kept.table;
    let is_kept = |column: &&ColumnOf| kept.left_out.iter().all(|(name, _)| *name != column.name);
    let today: Vec<&ColumnOf> = catalogue.columns(table).iter().filter(is_kept).collect();
    let sqlite = matches!(conn, DbConnection::Sqlite(_));
    let past = catalogue.columns(&if sqlite { format!("{table}_past") } else { format!("past.{table}") });
    let missing: Vec<&ColumnOf> =
        today.iter().copied().filter(|column| past.iter().all(|old| old.name != column.name)).collect();
    // A migration that recreates a table loses its triggers.
    let events = ["changed", "deleted"];
    if !anew
        && missing.is_empty()
        && events.iter().all(|event| catalogue.has_trigger(table, &format!("{table}_{event}")))
    {
        return Ok(false);
    }
    let names: Vec<&str> = today.iter().map(|column| column.name.as_str()).collect();
    let key: Vec<&str> = today.iter().filter(|column| column.key > 0).map(|column| column.name.as_str()).collect();
    let text = if sqlite {
        for_sqlite(kept, past.is_empty(), &missing, &names, &key)
    } else {
        for_postgres(kept, past.is_empty(), &missing, &names, &key)
    };
    conn.batch_execute(&text)?;
    Ok(true)
}

/// The condition under which an update of a history row is allowed: it only erases personal data.
fn erases(kept: &Kept, names: &[&str], same: &str) -> String {
    let column = |name: &&str| match kept.erased.iter().find(|(erased, _)| erased == name) {
        Some((_, with)) => format!("NEW.{name} = {with}"),
        None => format!("NEW.{name} {same} OLD.{name}"),
    };
    let all = ["change_number", "until_sequence"].iter().chain(names).map(column);
    all.collect::<Vec<_>>().join(" AND ")
}

/// A migration that adds a column gives the present rows its default value; the earlier rows get the same.
fn for_earlier_rows(column: &ColumnOf) -> String {
    column.default_value.as_ref().map_or_else(String::new, |value| format!("DEFAULT {value}"))
}

fn for_sqlite(kept: &Kept, new: bool, missing: &[&ColumnOf], names: &[&str], key: &[&str]) -> String {
    let (mut text, table) = (String::new(), kept.table);
    if new {
        let _ = write!(
            text,
            "CREATE TABLE {table}_past (change_number INTEGER PRIMARY KEY, until_sequence INTEGER NOT NULL, {}) STRICT; \
             CREATE INDEX {table}_past_key ON {table}_past ({}, until_sequence); \
             CREATE TRIGGER {table}_past_no_delete BEFORE DELETE ON {table}_past \
             BEGIN SELECT RAISE(ABORT, '{table}_past is append-only'); END;",
            missing.iter().map(|column| format!("{} {}", column.name, column.kind)).collect::<Vec<_>>().join(", "),
            key.join(", "),
        );
    } else {
        for column in missing {
            let (name, kind) = (&column.name, &column.kind);
            let _ = write!(text, "ALTER TABLE {table}_past ADD COLUMN {name} {kind} {};", for_earlier_rows(column));
        }
    }
    let but = if kept.erased.is_empty() { String::new() } else { format!("WHEN NOT ({})", erases(kept, names, "IS")) };
    let _ = write!(
        text,
        "DROP TRIGGER IF EXISTS {table}_past_no_update; CREATE TRIGGER {table}_past_no_update BEFORE UPDATE ON {table}_past \
         {but} BEGIN SELECT RAISE(ABORT, '{table}_past is append-only'); END;",
    );
    let of: Vec<&str> = names.iter().copied().filter(|name| *name != "known_behind").collect();
    for (name, event) in [("changed", format!("UPDATE OF {}", of.join(", "))), ("deleted", "DELETE".to_owned())] {
        let _ = write!(
            text,
            "DROP TRIGGER IF EXISTS {table}_{name}; CREATE TRIGGER {table}_{name} AFTER {event} ON {table} BEGIN \
             INSERT INTO {table}_past (until_sequence, {}) SELECT sequence, {} FROM audit_head; END;",
            names.join(", "),
            listed(names, "OLD."),
        );
    }
    text
}

fn for_postgres(kept: &Kept, new: bool, missing: &[&ColumnOf], names: &[&str], key: &[&str]) -> String {
    let (mut text, table) = (String::from("CREATE SCHEMA IF NOT EXISTS past;"), kept.table);
    if new {
        let _ = write!(
            text,
            "CREATE TABLE past.{table} (change_number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, until_sequence BIGINT NOT NULL); \
             CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON past.{table} \
             FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();"
        );
    }
    for column in missing {
        let collate = if column.kind == "text" { "COLLATE \"C\"" } else { "" };
        let value = if new { String::new() } else { for_earlier_rows(column) };
        let _ = write!(text, "ALTER TABLE past.{table} ADD COLUMN {} {} {collate} {value};", column.name, column.kind);
    }
    if new {
        let _ = write!(text, "CREATE INDEX ON past.{table} ({}, until_sequence);", key.join(", "));
    }
    if !kept.erased.is_empty() {
        let _ = write!(
            text,
            "DROP TRIGGER IF EXISTS {table}_append_only ON past.{table}; \
             CREATE TRIGGER {table}_append_only BEFORE DELETE OR TRUNCATE ON past.{table} \
             FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change(); \
             CREATE OR REPLACE TRIGGER {table}_erased_alone BEFORE UPDATE ON past.{table} FOR EACH ROW \
             WHEN (NOT ({})) EXECUTE FUNCTION public.refuse_change();",
            erases(kept, names, "IS NOT DISTINCT FROM"),
        );
    }
    let _ = write!(
        text,
        "CREATE OR REPLACE FUNCTION past.keep_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         INSERT INTO past.{table} (until_sequence, {}) SELECT h.sequence, {} FROM gone g, public.audit_head h; RETURN NULL; END $$; \
         CREATE OR REPLACE TRIGGER {table}_changed AFTER UPDATE ON public.{table} REFERENCING OLD TABLE AS gone \
         FOR EACH STATEMENT EXECUTE FUNCTION past.keep_{table}(); \
         CREATE OR REPLACE TRIGGER {table}_deleted AFTER DELETE ON public.{table} REFERENCING OLD TABLE AS gone \
         FOR EACH STATEMENT EXECUTE FUNCTION past.keep_{table}();",
        names.join(", "),
        listed(names, "g."),
    );
    text
}
