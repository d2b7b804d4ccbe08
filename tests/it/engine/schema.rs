//! Both engines have the same tables.

use crate::harness::app::{App, Engine};
use crate::harness::postgres;
use crate::tidy::portal::files as sources;
use magnet_scheme::db::engine::migrations::{StartLock, migrate};
use std::collections::BTreeSet;
use std::path::Path;

/// `table.column null|set text|number|…` of every column.
fn columns(app: &App) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for table in app.tables() {
        let rows = app.values(&match app.engine {
            Engine::Sqlite => format!(
                "SELECT name || ' ' || CASE WHEN \"notnull\" = 1 OR pk > 0 THEN 'set' ELSE 'null' END || ' ' || \
                 CASE type WHEN 'TEXT' THEN 'text' WHEN 'INTEGER' THEN 'whole' ELSE type END AS value FROM pragma_table_info('{table}')"
            ),
            Engine::Postgres => format!(
                "SELECT (column_name || ' ' || CASE is_nullable WHEN 'NO' THEN 'set' ELSE 'null' END || ' ' || \
                 CASE data_type WHEN 'text' THEN 'text' WHEN 'bigint' THEN 'whole' WHEN 'integer' THEN 'whole' ELSE data_type END)::text \
                 AS value FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}'"
            ),
        });
        assert!(!rows.is_empty(), "{table}");
        found.extend(rows.into_iter().map(|row| format!("{table}.{row}")));
    }
    found
}

#[apply(plain!)]
fn both_engines_have_the_same_tables_and_columns() {
    if postgres::find().is_err() {
        return;
    }
    let (sqlite, postgres) = (App::start(Engine::Sqlite), App::start(Engine::Postgres));
    assert_eq!(sqlite.tables(), postgres.tables());
    assert!(sqlite.tables().len() >= 22, "{:?}", sqlite.tables());
    let (left, right) = (columns(&sqlite), columns(&postgres));
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
    assert_eq!((only(&left, &right), only(&right, &left)), (Vec::new(), Vec::new()));
}

#[apply(plain!)]
fn migrations_have_the_same_names_on_both_engines() {
    let names = |engine: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        entries.map(|entry| entry.file_name().into_string().unwrap()).collect::<BTreeSet<String>>()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}

/// Text without line breaks of literals and without the names of tables before columns, for comparing conditions.
fn bare(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| *word != "\\");
    let column = |word: &str| match word.rsplit_once('.') {
        Some((table, column)) if !table.is_empty() && !column.is_empty() => column.to_owned(),
        _ => word.to_owned(),
    };
    words.map(column).collect::<Vec<_>>().join(" ")
}

/// SQLite uses an index with a condition only where a statement has the same condition with the values written in it,
/// so an index whose condition no statement has is dead: every worklist then reads the whole table.
#[apply(plain!)]
fn every_index_with_a_condition_serves_a_statement_that_has_it() {
    let app = App::start(Engine::Sqlite);
    let indexes = app.values(
        "SELECT sql AS value FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%' AND sql NOT LIKE '%UNIQUE%'",
    );
    let mut written = String::new();
    for ending in ["rs", "sql"] {
        written.extend(sources("src/db", ending).into_iter().map(|(_, text)| bare(&text) + " "));
    }
    let condition = |sql: &String| bare(sql.split_once("WHERE").unwrap().1);
    let dead: Vec<&String> = indexes.iter().filter(|sql| !written.contains(&condition(sql))).collect();
    assert!(indexes.len() >= 7, "{indexes:?}");
    assert!(dead.is_empty(), "no statement in src/db has the condition of {dead:?}");
}

#[apply(on_both!)]
fn a_second_migration_changes_nothing(mut app: App) {
    app.stop();
    let before = (columns(&app), app.content());
    let mut lock = StartLock::take(&app.database_url()).unwrap();
    assert_eq!(migrate(&app.database_url(), &mut lock).unwrap(), 0);
    assert_eq!((columns(&app), app.content()), before);
}

#[apply(on_both!)]
fn money_and_counts_are_whole_numbers(app: App) {
    let columns = columns(&app);
    let money: Vec<_> = columns.iter().filter(|column| column.contains("_paise")).collect();
    assert!(money.len() >= 12, "{money:?}");
    for column in columns.iter() {
        assert!(column.ends_with(" text") || column.ends_with(" whole"), "{column}");
        assert!(!column.contains("_paise") || column.ends_with(" whole"), "{column}");
    }
    if app.engine == Engine::Postgres {
        let narrow = app.values(
            "SELECT (table_name || '.' || column_name)::text AS value FROM information_schema.columns \
             WHERE table_schema = 'public' AND column_name LIKE '%paise%' AND data_type <> 'bigint'",
        );
        assert!(narrow.is_empty(), "{narrow:?}");
    } else {
        let loose = app.values(
            "SELECT name AS value FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%) STRICT' \
             AND sql NOT LIKE '%) STRICT, WITHOUT ROWID' \
             AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'",
        );
        assert!(loose.is_empty(), "{loose:?}");
    }
}

/// The constraints behind the code: the table itself refuses each forged row.
#[apply(on_both!)]
fn every_table_is_guarded_alike(app: App) {
    for forged in [
        "UPDATE instance SET mode = 'other'",
        "UPDATE instance SET clock_offset_micros = -1",
        "INSERT INTO instance VALUES (2, 'live', 0, 'x')",
        "UPDATE accounts SET balance_paise = -1",
        "UPDATE accounts SET stage = 'other'",
        "INSERT INTO audit_head VALUES (2, 0, 'x')",
        "INSERT INTO windows VALUES ('w', 's', '2026-05-02', '2026-05-01', 'r', 'nobody', 'x')",
        "INSERT INTO sessions VALUES ('s', 'nobody', 'x', 'x', NULL, NULL)",
        "INSERT INTO entries VALUES ('no journal', 1, 1, 5)",
        "INSERT INTO counters VALUES ('x', -1)",
        "INSERT INTO users SELECT 'other', email, name, roles, NULL, created_at, NULL, 1, 'x', 0, NULL FROM users",
    ] {
        assert!(app.try_sql(forged).is_err(), "{forged}");
    }
    app.must_verify();
}
