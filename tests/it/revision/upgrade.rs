//! The upgrade of an earlier program's database with money in it: every row is unchanged, every guard
//! exists, and every decision is recomputed with the same result.

use crate::harness::app::{App, Engine};
use crate::harness::disarm::{must_name, names};
use crate::harness::postgres;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use magnet_scheme::db::engine::connection::DatabaseUrl;
use magnet_scheme::db::engine::migrations::{StartLock, migrate};
use magnet_scheme::service::revision::recompute::recompute;
use std::path::Path;

/// One payment that was made and one that is under way, with all records behind them.
const ROWS: &str = "
    INSERT INTO users VALUES ('u', 'e', 'n', 'auditor', NULL, '2026-05-01T06:30:00.000000Z', NULL, 1, 'h', 0, NULL);
    INSERT INTO organisations VALUES ('o', 'n', 'c', 'p', 'g', 'b', 'i', '2026-05-01T06:30:00.000000Z', 1);
    INSERT INTO applications VALUES ('a', 's', 1, 'o', 'awarded', NULL, '{}', 'u', NULL, '[]', NULL, '2026-05-01T06:30:00.000000Z', 1);
    INSERT INTO awards VALUES ('w', 'n', 's', 1, 'a', 'o', 1, 1, '{}', 0, '2026-05-01', '2026-05-01', 'u', '2026-05-01T06:30:00.000000Z', NULL, 1);
    INSERT INTO claims VALUES ('c', NULL, 'w', 'o', 's', 1, 'capital_subsidy', NULL, NULL, NULL, '2026-27', 5, '[]',
        'verified', 'u', NULL, NULL, NULL, NULL, 0, 5, 0, NULL, '2026-05-01T06:30:00.000000Z', 1);
    INSERT INTO tranches VALUES ('t1', '1', 'c', 'w', 'o', 's', 'capital_subsidy', '2026-27', '2026-27', 5, '2026-05-01', 'disbursed', NULL, NULL, '2026-05-01T06:30:00.000000Z', 1);
    INSERT INTO tranches VALUES ('t2', '2', 'c', 'w', 'o', 's', 'capital_subsidy', '2026-27', '2026-27', 5, '2026-05-01', 'advised', NULL, NULL, '2026-05-01T06:30:00.000000Z', 1);
    INSERT INTO payments VALUES ('p1', '1', 't1', 'o', 5, 'b', 'i', 'succeeded', 'u', '2026-05-01T06:30:00.000000Z', 'UTR', '2026-05-01', NULL, 'u', '2026-05-01T06:30:00.000000Z', 2);
    INSERT INTO payments VALUES ('p2', '2', 't2', 'o', 5, 'b', 'i', 'advised', 'u', '2026-05-01T06:30:00.000000Z', NULL, NULL, NULL, NULL, NULL, 1);
    INSERT INTO disbursements VALUES ('d1', '1', 's', 'capital_subsidy', 'o', 'n', 'w', 'c', 't1', 'p1', '2026-27', '2026-27', '2026-05-01', 5,
        'UTR', 'succeeded', '2026-05-01T06:30:00.000000Z');";

/// Rows that the migrations themselves insert.
const EMPTY: &str = "DELETE FROM audit_head;";

/// A connection of either engine.
enum Either {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = diesel::sql_types::Text)]
    value: String,
}

impl Either {
    fn to(url: &DatabaseUrl) -> Either {
        match url {
            DatabaseUrl::Sqlite(path) => {
                let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
                connection.batch_execute("PRAGMA foreign_keys = ON").unwrap();
                Either::Sqlite(connection)
            }
            DatabaseUrl::Postgres(url) => Either::Postgres(PgConnection::establish(url).unwrap()),
        }
    }

    fn run(&mut self, statements: &str) -> Result<(), String> {
        match self {
            Either::Sqlite(connection) => connection.batch_execute(statements),
            Either::Postgres(connection) => connection.batch_execute(statements),
        }
        .map_err(|error| error.to_string())
    }

    fn values(&mut self, query: &str) -> Vec<String> {
        let rows: Vec<Row> = match self {
            Either::Sqlite(connection) => sql_query(query).load(connection),
            Either::Postgres(connection) => sql_query(query).load(connection),
        }
        .unwrap_or_else(|error| panic!("{query}: {error}"));
        rows.into_iter().map(|row| row.value).collect()
    }

    /// The columns that an upgrade must not change.
    fn kept(&mut self) -> [Vec<String>; 2] {
        let payment = "id || number || tranche_id || bank_account || ifsc || status || advised_by || COALESCE(utr, '~') \
            || COALESCE(paid_on, '~') || COALESCE(settled_by, '~') || CAST(amount_paise + version AS TEXT)";
        let disbursement = "id || number || beneficiary || award_id || claim_id || tranche_id || payment_id || paid_on \
            || utr || status || CAST(amount_paise AS TEXT)";
        [
            self.values(&format!("SELECT {payment} AS value FROM payments ORDER BY id")),
            self.values(&format!("SELECT {disbursement} AS value FROM disbursements ORDER BY id")),
        ]
    }
}

/// The rows that an earlier program wrote for its sample story.
const STORY: &str = include_str!("upgrade/sample_story_0011.sql");

fn private(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

/// A new database of an engine with these migrations and rows, and nothing later.
fn earlier_database(app: &App, folder: &Path, migrations: &[&str], rows: &str) -> DatabaseUrl {
    let (engine, url) = match app.engine {
        Engine::Sqlite => ("sqlite", DatabaseUrl::Sqlite(folder.join("magnet-scheme.sqlite3"))),
        Engine::Postgres => ("postgres", DatabaseUrl::Postgres(postgres::new_database())),
    };
    let mut old = Either::to(&url);
    for name in migrations {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine).join(name).join("up.sql");
        old.run(&std::fs::read_to_string(path).unwrap()).unwrap();
    }
    old.run(rows).unwrap();
    old.run(
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
         run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)",
    )
    .unwrap();
    for name in migrations {
        old.run(&format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{}')", &name[..4])).unwrap();
    }
    // Earlier programs left the modes to the umask. The operator's guide says to mend them before the new one starts.
    private(folder, 0o700);
    if let DatabaseUrl::Sqlite(path) = &url {
        private(path, 0o600);
    }
    url
}

/// The sample story as an earlier program left it, on which the service starts next.
fn earlier_story(app: &mut App, folder: &Path) -> DatabaseUrl {
    app.stop();
    let migrations = [
        "0001_spine",
        "0002_chart_of_accounts",
        "0003_treasury",
        "0004_budget_instruments",
        "0005_recoveries",
        "0006_staged_release",
        "0007_securities",
        "0011_weak",
    ];
    // The rows are ordered by table, not by their foreign keys.
    let rows = match app.engine {
        Engine::Sqlite => {
            format!("PRAGMA foreign_keys = OFF; BEGIN; {EMPTY} {STORY} COMMIT; PRAGMA foreign_keys = ON;")
        }
        Engine::Postgres => {
            format!(
                "SET session_replication_role = replica; BEGIN; {EMPTY} {STORY} COMMIT; RESET session_replication_role; \
                 SELECT setval(pg_get_serial_sequence('accounts', 'id'), (SELECT MAX(id) FROM accounts));"
            )
        }
    };
    let url = earlier_database(app, folder, &migrations, &rows);
    app.config.data.folder = folder.to_owned();
    if let DatabaseUrl::Postgres(url) = &url {
        app.config.database.url = url.clone();
    }
    // The story was recorded on another day than that of a test.
    app.accepts_clock = true;
    // That program did not sign its log yet.
    app.accepts.new_key = true;
    url
}

#[apply(on_both!)]
fn every_decision_of_an_earlier_program_comes_out_again(mut app: App) {
    let folder = tempfile::tempdir().unwrap();
    let url = earlier_story(&mut app, folder.path());
    let mut old = Either::to(&url);
    let before = (old.kept(), old.values("SELECT statement AS value FROM claims ORDER BY id"));
    assert_eq!(before.1.len(), 3);
    drop(old);
    app.serve(true);
    let mut new = Either::to(&url);
    assert_eq!((new.kept(), new.values("SELECT statement AS value FROM claims ORDER BY id")), before);
    app.must_verify();
    // Two scrutinies, two awards with terms, eligibility and schedule, three claims.
    let again = recompute(&url).unwrap();
    assert_eq!((again.decisions, again.differences), (2 + 2 * 3 + 3, Vec::new()));
    // The comparison can fail, too.
    new.run("UPDATE claims SET amount_claimed_paise = 1 WHERE component = 'sales_linked_incentive'").unwrap();
    new.run("UPDATE awards SET ends_on = '2034-04-06' WHERE number LIKE '%0001'").unwrap();
    let different = recompute(&url).unwrap().differences;
    assert_eq!(different.len(), 2, "{different:?}");
}

/// What somebody changed in the days of that program is adopted with the rest; from then on nothing is changed unseen.
#[apply(on_both!)]
fn rows_of_an_earlier_program_are_proven_from_their_adoption_on(mut app: App) {
    let folder = tempfile::tempdir().unwrap();
    let url = earlier_story(&mut app, folder.path());
    let rate = |by: i64| format!("UPDATE awards SET rate_paise_per_kg = rate_paise_per_kg + {by}");
    Either::to(&url).run(&rate(1)).unwrap();
    let mut lock = StartLock::take(&url).unwrap();
    migrate(&url, &mut lock).unwrap();
    drop(lock);
    let waiting = app.verify();
    assert_eq!((waiting.rows_proven_from, waiting.rows), (None, 0));
    app.serve(true);
    let adopted = "SELECT CAST(MAX(sequence) AS TEXT) AS value FROM audit_log WHERE command = 'adopt_rows'";
    let adopted = app.values(&format!("{adopted} AND subject = 'rows'"))[0].parse().unwrap();
    let verified = app.verify();
    assert_eq!((verified.fault, verified.rows_proven_from), (None, Some(adopted)));
    assert!(verified.rows > 40, "{}", verified.rows);
    must_name(&app, (&rate(-1), &rate(1)), ("awards", "1 = 1"), "rate_paise_per_kg");
    // The next start adopts nothing: a change between two starts stays what it is.
    app.stop();
    names(&app, &rate(-1), ("awards", "1 = 1"), "rate_paise_per_kg");
    app.serve(true);
    names(&app, "UPDATE awards SET version = version", ("awards", "1 = 1"), "rate_paise_per_kg");
    assert_eq!(app.verify().rows_proven_from, Some(adopted));
}

#[apply(on_both!)]
fn payments_and_disbursements_live_through_the_upgrade(mut app: App) {
    app.stop();
    let folder = tempfile::tempdir().unwrap();
    let url = earlier_database(&app, folder.path(), &["0001_spine", "0002_chart_of_accounts"], ROWS);
    let mut old = Either::to(&url);
    let before = old.kept();
    drop(old);
    let mut lock = StartLock::take(&url).unwrap();
    assert!(migrate(&url, &mut lock).unwrap() >= 1);
    let mut new = Either::to(&url);
    assert_eq!(new.kept(), before);
    if app.engine == Engine::Sqlite {
        assert_eq!(new.values("SELECT \"table\" AS value FROM pragma_foreign_key_check"), Vec::<String>::new());
    }
    new.run("UPDATE payments SET status = 'accepted' WHERE id = 'p2'").unwrap();
    let second = "INSERT INTO payments (id, number, tranche_id, organisation_id, amount_paise, bank_account, ifsc, status, \
        advised_by, advised_at, version) VALUES ('p3', '3', 't2', 'o', 5, 'b', 'i', 'advised', 'u', 'x', 1)";
    for forged in [
        second,
        "UPDATE payments SET status = 'perhaps'",
        "UPDATE payments SET utr = 'UTR' WHERE id = 'p2'",
        "UPDATE payments SET amount_paise = 0",
        "DELETE FROM payments WHERE id = 'p1'",
        "UPDATE disbursements SET payment_id = 'p9'",
        "UPDATE disbursements SET status = 'accepted'",
    ] {
        assert!(new.run(forged).is_err(), "{forged}");
    }
    // After the first payment has failed, there is room for another.
    new.run("UPDATE payments SET status = 'failed' WHERE id = 'p2'").unwrap();
    new.run(second).unwrap();
}
