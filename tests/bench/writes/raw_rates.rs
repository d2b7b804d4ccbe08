//! The same writes by raw statements, on a copy of the database, so that the service finds its own unchanged.

use super::{ANSWER_BYTES, BULK, DETAILS_BYTES, ITEM_BYTES, RAW_ALONE, Scene, singles, sqlite, text};
use crate::harness::postgres;
use crate::line;
use crate::load;
use crate::raw_writes::{self, Given};
use crate::seeds;
use crate::server::Place;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, SqliteConnection, sql_query};
use std::time::{Duration, Instant};

impl Given {
    /// The same for a payment that is one of many in a request.
    fn of_a_bulk(&self) -> Given {
        Given { body: "x".repeat(ITEM_BYTES), ..self.clone() }
    }
}

/// Disbursements a second by raw statements.
pub struct Raw {
    pub one_each: f64,
    pub sets_of_64: f64,
    pub sets_of_1000: f64,
    /// The duration of each while nobody else writes; sorted.
    alone: Vec<Duration>,
    /// 64 in a transaction, in a database without history triggers.
    without_past: f64,
}

/// The names of the history triggers: each table has one for changes and one for deletions.
const PAST: &str = "name LIKE '%_changed' OR name LIKE '%_deleted'";

#[derive(QueryableByName)]
struct Trigger {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    of: String,
}

/// Measures the raw rates.
pub fn measure(place: &Place, scene: &Scene) -> Raw {
    let alone = RAW_ALONE + 1 + singles() + BULK..2 * RAW_ALONE + 1 + singles() + BULK;
    // After all the others.
    let last = 2 * RAW_ALONE + 1 + singles() + BULK;
    let rates = match &place.url {
        None => {
            let folder = tempfile::tempdir().unwrap();
            let copy = Place { folder: folder.path().to_owned(), url: None };
            let mut conn = sqlite(place);
            conn.batch_execute(&format!("VACUUM INTO '{}';", copy.sqlite())).unwrap();
            let mut conn = sqlite(&copy);
            let given = given(&mut conn, scene);
            let item = given.of_a_bulk();
            let rate = |conn: &mut SqliteConnection, given: &Given, from: i64, count: i64, size: usize| {
                per_second(count, || raw_writes::in_turn(conn, given, from..from + count, size))
            };
            let set = singles().min(20_000) / 2;
            Raw {
                one_each: rate(&mut conn, &given, 1, RAW_ALONE, 1),
                sets_of_64: rate(&mut conn, &given, RAW_ALONE + 1, set, 64),
                sets_of_1000: rate(&mut conn, &item, RAW_ALONE + 1 + set, BULK, 1_000),
                alone: load::one_by_one(alone, |from| raw_writes::in_turn(&mut conn, &given, from..from + 1, 1)),
                without_past: {
                    let named = format!(
                        "SELECT name, tbl_name AS \"of\" FROM sqlite_master WHERE type = 'trigger' AND ({PAST})"
                    );
                    for trigger in sql_query(named).load::<Trigger>(&mut conn).unwrap() {
                        conn.batch_execute(&format!("DROP TRIGGER {}", trigger.name)).unwrap();
                    }
                    rate(&mut conn, &given, last, set, 64)
                },
            }
        }
        Some(url) => {
            let copy = copy_of(url);
            let mut conn = PgConnection::establish(&copy).unwrap();
            let given = given(&mut conn, scene);
            let item = given.of_a_bulk();
            let set = singles().min(20_000);
            let raw = Raw {
                one_each: one_each(&copy, &given),
                sets_of_64: per_second(set, || {
                    raw_writes::in_sets(&mut conn, &given, RAW_ALONE + 1..RAW_ALONE + 1 + set, 64)
                }),
                sets_of_1000: per_second(BULK, || {
                    let from = RAW_ALONE + 1 + set;
                    raw_writes::in_sets(&mut conn, &item, from..from + BULK, 1_000)
                }),
                alone: load::one_by_one(alone, |from| raw_writes::in_turn(&mut conn, &given, from..from + 1, 1)),
                without_past: {
                    let triggers = "SELECT tgname::text AS name, tgrelid::regclass::text AS \"of\" FROM pg_trigger WHERE NOT tgisinternal";
                    let named = format!("SELECT * FROM ({triggers}) AS triggers WHERE {PAST}");
                    for Trigger { name, of } in sql_query(named).load::<Trigger>(&mut conn).unwrap() {
                        conn.batch_execute(&format!("DROP TRIGGER {name} ON {of}")).unwrap();
                    }
                    per_second(set, || raw_writes::in_sets(&mut conn, &given, last..last + set, 64))
                },
            };
            // Otherwise the database would clean up while the service is measured.
            drop(conn);
            let (before, name, options) = parts(&copy);
            postgres::execute(&format!("{before}/postgres?{options}"), &format!("DROP DATABASE {name} WITH (FORCE)"));
            raw
        }
    };
    let rate = |rate: f64| format!("{rate:.0}/s");
    line("raw: a transaction for each", "", &rate(rates.one_each), "", "", None);
    line("raw: 64 in a transaction", "", &rate(rates.sets_of_64), "", "", None);
    let ratio = format!("{:.2}", rates.sets_of_64 / rates.without_past);
    line("  the same where no past is kept", "", &rate(rates.without_past), &ratio, "", None);
    line("raw: 1,000 in a transaction", "", &rate(rates.sets_of_1000), "", "", None);
    let (median, p99) = (load::percentile(&rates.alone, 0.5), load::percentile(&rates.alone, 0.99));
    let told = format!("p50 {}", crate::milliseconds(median));
    line("raw: one connection, p99", &told, &crate::milliseconds(p99), "", "", None);
    rates
}

/// A database URL split into its server, its name and the rest.
fn parts(url: &str) -> (&str, &str, &str) {
    let (server, options) = url.split_once('?').unwrap_or((url, ""));
    let (before, name) = server.rsplit_once('/').unwrap();
    (before, name, options)
}

/// A copy of a database that nobody uses.
fn copy_of(url: &str) -> String {
    let (before, name, options) = parts(url);
    postgres::execute(&format!("{before}/postgres?{options}"), &format!("CREATE DATABASE {name}_raw TEMPLATE {name}"));
    format!("{before}/{name}_raw?{options}")
}

/// Eight connections, each with a transaction for every disbursement.
fn one_each(url: &str, given: &Given) -> f64 {
    const CONNECTIONS: i64 = 8;
    let share = RAW_ALONE / CONNECTIONS;
    per_second(RAW_ALONE, || {
        std::thread::scope(|scope| {
            for part in 0..CONNECTIONS {
                let given = given.clone();
                scope.spawn(move || {
                    let mut conn = PgConnection::establish(url).unwrap();
                    let from = 1 + part * share;
                    raw_writes::in_turn(&mut conn, &given, from..from + share, 1);
                });
            }
        });
    })
}

pub fn per_second(count: i64, work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    count as f64 / started.elapsed().as_secs_f64()
}

#[derive(QueryableByName)]
struct AccountId {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    stage: String,
}

fn given<C>(conn: &mut C, scene: &Scene) -> Given
where
    C: Connection,
    diesel::query_builder::SqlQuery: diesel::query_dsl::LoadQuery<'static, C, AccountId>,
{
    let template = &scene.template;
    let rows: Vec<AccountId> = sql_query(format!(
        "SELECT id, stage FROM accounts WHERE scheme_code = '{}' AND component = '{}' AND stage IN ('sanctioned', 'disbursed') \
         AND (award_id = '{}' OR financial_year = '{}') ORDER BY id",
        template.text("scheme_code"),
        template.text("component"),
        template.text("award_id"),
        text(&template.tranche, "held_in"),
    ))
    .load(conn)
    .unwrap();
    assert_eq!(rows.len(), 4);
    let change =
        |row: AccountId| (row.id, if row.stage == "sanctioned" { -seeds::AMOUNT_PAISE } else { seeds::AMOUNT_PAISE });
    let like = ["scheme_code", "component", "organisation_id", "award_id", "claim_id", "payment_year"];
    Given {
        user_id: scene.officer_id.clone(),
        instant: "2026-06-01T00:00:00.000000Z".to_owned(),
        paid_on: template.text("paid_on").to_owned(),
        accounts: rows.into_iter().map(change).collect(),
        body: "x".repeat(ANSWER_BYTES),
        details: "x".repeat(DETAILS_BYTES),
        like: like.map(|field| template.text(field).to_owned()).to_vec(),
    }
}
