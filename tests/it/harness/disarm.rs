//! The first step of an attacker who owns the database, and what `verify` must say of the next.

use crate::harness::app::{App, Engine};
use magnet_scheme::db::engine::notes::proven_tables::of_notes;

/// Removes every tripwire and, where the engine allows it, every check.
pub fn disarm(app: &App) {
    match app.engine {
        Engine::Sqlite => {
            for trigger in app.values("SELECT name AS value FROM sqlite_master WHERE type = 'trigger'") {
                app.sql(&format!("DROP TRIGGER {trigger}"));
            }
        }
        Engine::Postgres => app.sql(
            "DO $$ DECLARE one record; BEGIN \
             FOR one IN SELECT tgname, tgrelid::regclass AS of_table FROM pg_trigger WHERE NOT tgisinternal LOOP \
             EXECUTE format('DROP TRIGGER %I ON %s', one.tgname, one.of_table); END LOOP; \
             FOR one IN SELECT conname, conrelid::regclass AS of_table FROM pg_constraint \
             WHERE contype = 'c' AND conrelid <> 0 AND connamespace = 'public'::regnamespace LOOP \
             EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.of_table, one.conname); END LOOP; END $$",
        ),
    }
}

/// The rules that the engine keeps by itself, to be made again after they were dropped.
pub struct Tripwires(Vec<(String, String)>);

/// Every trigger, and in PostgreSQL every check of a table, with its definition.
pub fn tripwires(app: &App) -> Tripwires {
    let names = match app.engine {
        Engine::Sqlite => "SELECT name || '~' || sql AS value FROM sqlite_master WHERE type = 'trigger'",
        Engine::Postgres => {
            "SELECT tgrelid || '.' || tgname || '~' || pg_get_triggerdef(oid) AS value FROM pg_trigger \
             WHERE NOT tgisinternal UNION ALL \
             SELECT conrelid || '.' || conname || '~ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || conname \
             || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 \
             AND connamespace = 'public'::regnamespace"
        }
    };
    let pair = |line: String| line.split_once('~').map(|(name, text)| (name.to_owned(), text.to_owned())).unwrap();
    Tripwires(app.values(names).into_iter().map(pair).collect())
}

impl Tripwires {
    /// Makes those again that are gone.
    pub fn again(&self, app: &App) {
        let there = tripwires(app);
        for (name, text) in &self.0 {
            if there.0.iter().all(|(other, _)| other != name) {
                app.sql(text);
            }
        }
    }
}

/// Rows of a table as `verify` names them.
pub fn rows(app: &App, table: &str, which: &str) -> Vec<String> {
    let (key, _) = of_notes(table).unwrap();
    let key = key.join(" || '/' || ");
    let rows = app.values(&format!("SELECT {key} AS value FROM {table} WHERE {which}"));
    assert!(!rows.is_empty(), "{table}: no row with {which}");
    rows.into_iter().map(|key| format!("{table} {key}")).collect()
}

/// Whether a finding names one of these rows as changed and, where the history of the rows was kept, these columns.
/// What the change means may stand before it.
pub fn says_changed(fault: &str, rows: &[String], columns: &str) -> bool {
    let is_of =
        |part: &str, row: &String| part.strip_prefix(row.as_str()).is_some_and(|rest| rest.starts_with([' ', ':']));
    let mut parts = fault.split("; ").skip_while(|part| !rows.iter().any(|row| is_of(part, row)));
    let said =
        parts.next().is_some_and(|part| part.contains(": this row is not as the last act left it, audit entry "));
    said && parts.next().is_none_or(|part| part.strip_prefix("changed: ") == Some(columns))
}

/// Changes columns of rows behind the service. `verify` names one of the rows and, while the triggers of the history
/// are there, the columns. Returns the finding.
#[track_caller]
pub fn names(app: &App, edit: &str, (table, which): (&str, &str), columns: &str) -> String {
    let rows = rows(app, table, which);
    app.sql(edit);
    let fault = app.verify().fault.unwrap_or_else(|| panic!("not found: {edit}"));
    assert!(says_changed(&fault, &rows, columns), "{edit}: {fault}\nwanted one of {rows:?}: {columns}");
    // Without its triggers the history still has the row as it was only if an act left it so before.
    assert!(fault.contains("; changed: ") || !keeps_history(app, table), "{edit}: {fault}");
    fault
}

/// The same, and puts the rows right again.
#[track_caller]
pub fn must_name(app: &App, (edit, back): (&str, &str), row: (&str, &str), columns: &str) -> String {
    let fault = names(app, edit, row, columns);
    app.sql(back);
    app.must_verify();
    fault
}

/// Takes rows out behind the service. `verify` names one of them. Returns the finding.
#[track_caller]
pub fn must_miss(app: &App, (table, which): (&str, &str)) -> String {
    let rows = rows(app, table, which);
    app.sql(&format!("DELETE FROM {table} WHERE {which}"));
    let fault = app.verify().fault.unwrap_or_else(|| panic!("{table}, {which}: not missed"));
    let gone = rows.iter().any(|row| fault.contains(&format!("{row}: the row that entry ")));
    assert!(gone && fault.ends_with(" left was deleted"), "{table}, {which}: {fault}");
    fault
}

fn keeps_history(app: &App, table: &str) -> bool {
    let name = format!("'{table}_changed'");
    let triggers = match app.engine {
        Engine::Sqlite => format!("SELECT name AS value FROM sqlite_master WHERE type = 'trigger' AND name = {name}"),
        Engine::Postgres => format!("SELECT tgname::text AS value FROM pg_trigger WHERE tgname = {name}"),
    };
    !app.values(&triggers).is_empty()
}
