//! Somebody changes the schema behind the service: an index is dropped, a trigger is added, a view stands in the place
//! of a table. `verify` names it, and nobody serves from it. Nor is a sandbox served as live data.

use crate::harness::app::{App, Engine};
use crate::harness::disarm::tripwires;
use crate::harness::people::Verbs;
use crate::harness::postgres;
use crate::harness::program::run;
use magnet_scheme::db::check::schema_objects::{present, written};
use magnet_scheme::db::engine::connection::{DatabaseUrl, Purpose};
use magnet_scheme::db::engine::migrations::{StartLock, migrate};

/// A change of the schema, how it is undone, and what is said of it.
type Edit = (String, String, &'static str);

/// With `WRITE_POSTGRES_OBJECTS=1` the file is written anew, as after a new migration.
#[apply(plain!)]
fn the_file_has_the_objects_of_a_new_postgresql_database() {
    if postgres::find().is_err() {
        return;
    }
    let url = DatabaseUrl::Postgres(postgres::new_database());
    let mut lock = StartLock::take(&url).unwrap();
    migrate(&url, &mut lock).unwrap();
    drop(lock);
    let made = written(&present(&mut url.connect(Purpose::Read).unwrap()).unwrap());
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres-objects.tsv");
    if std::env::var_os("WRITE_POSTGRES_OBJECTS").is_some() {
        std::fs::write(file, &made).unwrap();
    }
    let kept = std::fs::read_to_string(file).unwrap();
    let only = |one: &str, other: &str| -> Vec<String> {
        one.lines().filter(|line| other.lines().all(|known| known != *line)).map(str::to_owned).collect()
    };
    assert_eq!((only(&made, &kept), only(&kept, &made)), (Vec::new(), Vec::new()), "made now, and in the file only");
    assert!(kept.lines().count() > 900, "{}", kept.lines().count());
}

fn edits_of_sqlite(app: &App) -> Vec<Edit> {
    let sql =
        |name: &str| app.values(&format!("SELECT sql AS value FROM sqlite_master WHERE name = '{name}'")).remove(0);
    let (one_live, changed) = (sql("payments_one_live"), sql("tranches_changed"));
    let dropped = "DROP INDEX payments_one_live";
    vec![
        (dropped.to_owned(), one_live.clone(), "index payments_one_live is gone"),
        (
            format!("{dropped}; {}", one_live.replace("CREATE UNIQUE", "CREATE")),
            format!("{dropped}; {one_live}"),
            "index payments_one_live was changed",
        ),
        ("DROP TRIGGER tranches_changed".to_owned(), changed, "trigger tranches_changed is gone"),
        (
            "CREATE TRIGGER quiet AFTER INSERT ON payments BEGIN UPDATE payments SET bank_account = '1'; END"
                .to_owned(),
            "DROP TRIGGER quiet".to_owned(),
            "trigger quiet was added",
        ),
        (
            "ALTER TABLE payments ADD COLUMN quiet TEXT".to_owned(),
            "ALTER TABLE payments DROP COLUMN quiet".to_owned(),
            "table payments was changed",
        ),
        (
            "ALTER TABLE tranches_past ADD COLUMN quiet TEXT".to_owned(),
            "ALTER TABLE tranches_past DROP COLUMN quiet".to_owned(),
            "column tranches_past.quiet was added",
        ),
        (
            "ALTER TABLE burned_numbers RENAME TO elsewhere; CREATE VIEW burned_numbers AS SELECT * FROM elsewhere"
                .to_owned(),
            String::new(),
            "view burned_numbers was added",
        ),
    ]
}

fn edits_of_postgres(app: &App) -> Vec<Edit> {
    let defined = |what: &str| app.values(&format!("SELECT {what} AS value")).remove(0);
    let one_live = defined("pg_get_indexdef('payments_one_live'::regclass)");
    let refuses = defined("pg_get_functiondef('refuse_change'::regproc)");
    let shows = defined("pg_get_viewdef('moment.payments'::regclass)");
    let dropped = "DROP INDEX payments_one_live";
    let body = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$";
    vec![
        (dropped.to_owned(), one_live.clone(), "index public.payments.payments_one_live is gone"),
        (
            format!("{dropped}; {}", one_live.replace("CREATE UNIQUE", "CREATE")),
            format!("{dropped}; {one_live}"),
            "index public.payments.payments_one_live was changed",
        ),
        (
            "ALTER TABLE tranches DISABLE TRIGGER tranches_changed".to_owned(),
            "ALTER TABLE tranches ENABLE TRIGGER tranches_changed".to_owned(),
            "trigger public.tranches.tranches_changed was changed",
        ),
        (
            "ALTER TABLE payments DISABLE TRIGGER ALL".to_owned(),
            "ALTER TABLE payments ENABLE TRIGGER ALL".to_owned(),
            "triggers of constraints that are off: public.payments was added",
        ),
        (
            format!(
                "CREATE FUNCTION quiet() {body}; \
                 CREATE TRIGGER quiet BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION quiet()"
            ),
            "DROP TRIGGER quiet ON payments; DROP FUNCTION quiet()".to_owned(),
            "trigger public.payments.quiet was added",
        ),
        (
            "CREATE RULE quiet AS ON INSERT TO payments DO ALSO UPDATE payments SET bank_account = '1'".to_owned(),
            "DROP RULE quiet ON payments".to_owned(),
            "rule public.payments.quiet was added",
        ),
        (
            format!("CREATE OR REPLACE FUNCTION refuse_change() {body}"),
            refuses,
            "function public.refuse_change() was changed",
        ),
        (
            format!("CREATE OR REPLACE VIEW moment.payments AS {} LIMIT 1", shows.trim_end_matches(';')),
            format!("CREATE OR REPLACE VIEW moment.payments AS {shows}"),
            "view moment.payments was changed",
        ),
        (
            "ALTER TABLE payments ALTER COLUMN version DROP NOT NULL".to_owned(),
            "ALTER TABLE payments ALTER COLUMN version SET NOT NULL".to_owned(),
            "column public.payments.version was changed",
        ),
        (
            "ALTER TABLE burned_numbers RENAME TO elsewhere; CREATE VIEW burned_numbers AS SELECT * FROM elsewhere"
                .to_owned(),
            String::new(),
            "view public.burned_numbers was added",
        ),
    ]
}

#[apply(on_both!)]
fn a_schema_that_was_changed_is_named_and_not_served(mut app: App) {
    app.sanctioned_15_crore();
    app.stop();
    assert!(run(app.program(&["verify", "--without-files"])).with(0).said.contains("everything agrees"));
    let edits = match app.engine {
        Engine::Sqlite => edits_of_sqlite(&app),
        Engine::Postgres => edits_of_postgres(&app),
    };
    for (edit, undo, said) in edits {
        app.sql(&edit);
        let found = run(app.program(&["verify", "--without-files"])).with(1).said;
        assert!(
            found.contains("the schema is not what the migrations made") && found.contains(said),
            "{edit}: {found}"
        );
        let why = app.start_problem(false).unwrap_or_else(|| panic!("{edit}: it starts"));
        assert!(why.contains(said) && why.contains("past the service"), "{edit}: {why}");
        if !undo.is_empty() {
            app.sql(&undo);
            assert_eq!(app.start_problem(false), None, "{undo}");
        }
    }
}

/// Statistics, and a table of the operator in a schema of its own, are no change of ours.
#[apply(on_postgres!)]
fn what_is_beside_our_schemas_stops_nobody(mut app: App) {
    app.stop();
    app.sql("ANALYZE; CREATE SCHEMA operator; CREATE TABLE operator.list (id bigint);");
    assert_eq!(app.start_problem(false), None);
}

#[apply(on_both!)]
fn a_start_completes_what_an_upgrade_began_only_when_it_is_told_to(mut app: App) {
    app.sanctioned_15_crore();
    app.stop();
    let armed = tripwires(&app);
    app.sql(match app.engine {
        Engine::Sqlite => "DROP TRIGGER tranches_changed",
        Engine::Postgres => "DROP TRIGGER tranches_changed ON tranches",
    });
    assert!(app.start_problem(false).unwrap().contains("run magnet-scheme migrate"));
    run(app.program(&["migrate"])).with(0);
    assert_eq!(app.start_problem(false), None);
    armed.again(&app);
}

#[apply(on_both!)]
fn a_sandbox_is_never_served_as_live_data(app: App) {
    let mut sandbox = App::sandbox(app.engine);
    sandbox.administrator().sees("/me");
    sandbox.stop();
    let says = |sandbox: &App, why: &str, fault: &str| {
        for as_sandbox in [false, true] {
            let problem = sandbox.start_problem(as_sandbox).unwrap();
            assert!(problem.contains(why), "{problem}");
        }
        let found = sandbox.verify().fault.unwrap();
        assert!(found.contains(fault), "{found}");
    };
    sandbox.sql("UPDATE instance SET mode = 'live'");
    says(&sandbox, "the log says that this database holds a sandbox", "instance: its mode is live");
    sandbox.sql("DELETE FROM instance");
    says(&sandbox, "its row is gone", "instance: the row that says whether the data are live is gone");
    sandbox.sql("INSERT INTO instance VALUES (1, 'sandbox', 0, 'then')");
    assert_eq!(sandbox.start_problem(true), None);
    sandbox.must_verify();
}

#[apply(on_both!)]
fn the_clock_of_live_data_is_not_moved(mut app: App) {
    app.administrator().sees("/me");
    app.stop();
    app.sql("UPDATE instance SET clock_offset_micros = 86400000000");
    let why = app.start_problem(false).unwrap();
    assert!(why.contains("it moves the clock, which live data never do"), "{why}");
    assert!(app.verify().fault.unwrap().contains("the clock of live data is moved by 86400000000 microseconds"));
}
