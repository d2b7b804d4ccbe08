//! The write path: confirmed payments over HTTP with everything on (token, permission, key, rules,
//! ledger, audit log), beside the same rows written by raw statements in the same run.

use crate::load::{self, Run};
use crate::raw_writes::{self, Given};
use crate::seeds::{self, Template};
use crate::server::{self, Place, Served};
use crate::{line, postgres};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, SqliteConnection, sql_query};
use magnet_scheme::client::Person;
use magnet_scheme::service::start::FIRST_ADMINISTRATOR;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const CLIENTS: usize = 64;
/// To warm up, and by one client after that.
const WARM: i64 = 500;
const ALONE: i64 = 2_500;
const RAW_ALONE: i64 = 2_000;
const SINGLE_P99_MOST: Duration = Duration::from_millis(8);
const CROWD_P99_MOST: Duration = Duration::from_millis(50);
/// As long as what the service keeps: the answer to one confirmation, its part of the answer to a
/// bulk, and the details in the audit log.
const ANSWER_BYTES: usize = 1_900;
const ITEM_BYTES: usize = 290;
const DETAILS_BYTES: usize = 290;
/// Writes a second beside which readers read, each for so many seconds.
const PACES: [i64; 3] = [100, 500, 1_000];
const PACED_SECONDS: i64 = 3;
const READ_BESIDE: i64 = (PACES[0] + PACES[1] + PACES[2]) * PACED_SECONDS;
/// How often both kinds of bulk are sent; what memory grows by must not depend on it.
const BULKS: i64 = 4;
/// Requests in one bulk.
const BULK: i64 = 10_000;

/// How many single disbursements by 64 clients.
fn singles() -> i64 {
    std::env::var("BENCH_WRITES").ok().and_then(|text| text.parse().ok()).unwrap_or(20_000)
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap()
}

/// Who confirms, and what the seeds look like.
struct Scene {
    served: Served,
    officer: Person,
    officer_id: String,
    template: Template,
}

/// Everything about one engine. `ledger_rows` entries are there before it begins.
pub fn measure(engine: &str, place: &Place, ledger_rows: i64) {
    println!("\n{engine}, writes ({ledger_rows} ledger entries before)");
    println!("{:<46}{:>13}{:>13}{:>9}{:>11}", "", "service", "database", "ratio", "target");
    let mut scene = set_up(place);
    let seeds = singles() * 2 + ALONE + READ_BESIDE + BULKS * 2 * BULK + 10;
    fill(place, &scene, seeds, ledger_rows);
    scene.served.stop();
    let raw = raw_rates(place, &scene);
    scene.serve_again(place);
    serve(&scene, &raw, engine);
}

impl Scene {
    /// The same people on a new process.
    fn serve_again(&mut self, place: &Place) {
        self.served = server::start(place);
        self.officer = Person::new(&self.served.client, self.officer.email.clone(), self.officer.password.clone());
        self.officer.sign_in().unwrap();
    }
}

fn set_up(place: &Place) -> Scene {
    let served = server::start(place);
    let password = served.password.clone().expect("a fresh database makes its first administrator");
    crate::data::story(&served, &password);
    let administrator = Person::new(&served.client, FIRST_ADMINISTRATOR, password);
    let make = |email: &str, role: &str| {
        let account = json!({ "email": email, "name": "Bench", "roles": [role] });
        let made = administrator.posts("/users", None, &account).unwrap();
        (text(&made, "id").to_owned(), Person::new(&served.client, email, text(&made, "password")))
    };
    let (_, auditor) = make("bench.auditor@audit.example", "auditor");
    let (officer_id, officer) = make("bench.officer@ministry.example", "disbursing_officer");
    let template = Template::find(&auditor);
    officer.sign_in().unwrap();
    Scene { served, officer, officer_id, template }
}

fn fill(place: &Place, scene: &Scene, seeds: i64, ledger_rows: i64) {
    match &place.url {
        None => {
            let mut conn = sqlite(place);
            let spelling = &seeds::SQLITE;
            conn.batch_execute(&seeds::payments(spelling, &scene.template, &scene.officer_id, 1, seeds)).unwrap();
            conn.batch_execute(&seeds::past(spelling, ledger_rows, "hex(randomblob(16))")).unwrap();
            conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
        }
        Some(url) => {
            let mut conn = PgConnection::establish(url).unwrap();
            let spelling = &seeds::POSTGRES;
            conn.batch_execute(&seeds::payments(spelling, &scene.template, &scene.officer_id, 1, seeds)).unwrap();
            conn.batch_execute(&seeds::past(spelling, ledger_rows, "md5(random()::text)")).unwrap();
            // Autovacuum would do it in its own time.
            conn.batch_execute("VACUUM ANALYZE").unwrap();
            conn.batch_execute("CHECKPOINT").unwrap();
        }
    }
}

fn sqlite(place: &Place) -> SqliteConnection {
    let mut conn = SqliteConnection::establish(&place.sqlite()).unwrap();
    conn.batch_execute(
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
    )
    .unwrap();
    conn
}

impl Given {
    /// The same, when it is one of many in a request.
    fn of_a_bulk(&self) -> Given {
        Given { body: "x".repeat(ITEM_BYTES), ..self.clone() }
    }
}

/// Disbursements a second by raw statements.
struct Raw {
    one_each: f64,
    sets_of_64: f64,
    sets_of_1000: f64,
    /// How long one took where nobody else writes; sorted.
    alone: Vec<Duration>,
    /// 64 in a transaction where the database keeps nothing of the past.
    without_past: f64,
}

/// What the database does by itself to keep the past: a trigger for each change and deletion.
const PAST: &str = "name LIKE '%_changed' OR name LIKE '%_deleted'";

#[derive(QueryableByName)]
struct Trigger {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    of: String,
}

/// On a copy of the database, so that the service finds its own untouched.
fn raw_rates(place: &Place, scene: &Scene) -> Raw {
    let alone = RAW_ALONE + 1 + singles() + BULK..2 * RAW_ALONE + 1 + singles() + BULK;
    // Behind all the others.
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
            Raw {
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
            }
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

/// A copy of a database that nobody uses.
fn copy_of(url: &str) -> String {
    let (server, options) = url.split_once('?').unwrap_or((url, ""));
    let (before, name) = server.rsplit_once('/').unwrap();
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

fn per_second(count: i64, work: impl FnOnce()) -> f64 {
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

fn serve(scene: &Scene, raw: &Raw, engine: &str) {
    let address = scene.served.address;
    let request = requests(scene);
    let memory_before = scene.served.resident_kib("VmRSS:");
    let warm = load::send(address, CLIENTS, 1..WARM, &request);
    assert_eq!(warm.not_ok, 0, "the first disbursements were refused (BENCH_SHOW=1 prints them)");
    let alone = load::send(address, 1, WARM..ALONE, &request);
    let crowd = load::send(address, CLIENTS, ALONE..ALONE + singles(), &request);
    assert_eq!(alone.not_ok + crowd.not_ok, 0, "some disbursements were refused");
    let rate = crowd.per_second();
    let against = |name: &str, theirs: f64, least: f64| {
        let ratio = rate / theirs;
        let (ours, theirs) = (format!("{rate:.0}/s"), format!("{theirs:.0}/s"));
        line(name, &ours, &theirs, &format!("{ratio:.2}"), &format!("≥ {least}"), Some(ratio >= least));
    };
    if engine == "PostgreSQL" {
        against("single, 64 clients : a transaction for each", raw.one_each, 3.0);
    }
    against("single, 64 clients : 64 in a transaction", raw.sets_of_64, 0.3);
    let late = |name: &str, run: &Run, most: Duration| {
        let p99 = run.percentile(0.99);
        let target = format!("< {} ms", most.as_millis());
        let median = format!("p50 {}", crate::milliseconds(run.percentile(0.5)));
        line(name, &crate::milliseconds(p99), &median, "", &target, Some(p99 < most));
    };
    late("single, 64 clients, p99", &crowd, CROWD_P99_MOST);
    late("single, one client, p99", &alone, SINGLE_P99_MOST);
    readers(scene, &request, ALONE + singles());
    let memory = |name: &str| {
        let grown = scene.served.resident_kib("VmRSS:").saturating_sub(memory_before);
        line(name, &crate::mebibytes(grown), "", "", "", None);
    };
    memory("memory grown by all of the above");
    for round in 0..BULKS {
        bulk(scene, raw, ALONE + 2 * singles() + READ_BESIDE + round * 2 * BULK);
        memory("memory grown by all of the above");
    }
}

/// The request that confirms a seeded payment.
fn requests(scene: &Scene) -> impl Fn(i64) -> String + Sync + use<> {
    let token = scene.officer.token().unwrap();
    let paid_on = scene.template.text("paid_on").to_owned();
    let address = scene.served.address;
    move |number| {
        let body = format!(
            r#"{{"outcome":"succeeded","utr":"BENCHUTR{number:010}","paid_on":"{paid_on}","amount_paise":{}}}"#,
            seeds::AMOUNT_PAISE
        );
        format!(
            "POST /api/v1/payments/{}/settlement HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nIf-Match: \"1\"\r\nIdempotency-Key: {}\r\nContent-Length: {}\r\n\r\n{body}",
            seeds::payment_id(number),
            uuid::Uuid::new_v4(),
            body.len(),
        )
    }
}

/// Two readers of pages alone, then beside 64 writers at full speed, which leaves them only a share
/// of the processors, and beside writers who make no more than so many payments a second.
fn readers(scene: &Scene, request: &(impl Fn(i64) -> String + Sync), from: i64) {
    let quiet = reading(scene, || std::thread::sleep(Duration::from_secs(2)));
    let beside = |name: &str, numbers: std::ops::Range<i64>, most_per_second: f64| {
        let mut writes = 0.0;
        let busy = reading(scene, || {
            let run = load::paced(scene.served.address, CLIENTS, numbers, most_per_second, request);
            assert_eq!(run.not_ok, 0);
            writes = run.per_second();
        });
        let ratio = busy / quiet;
        let (ours, theirs) = (format!("{busy:.0}/s"), format!("{quiet:.0}/s"));
        line(name, &ours, &theirs, &format!("{ratio:.2}"), "≥ 0.8", Some(ratio >= 0.8));
        line("  writes a second meanwhile", &format!("{writes:.0}/s"), "", "", "", None);
    };
    beside("reads beside 64 writers / alone", from..from + singles(), f64::INFINITY);
    let mut next = from + singles();
    for a_second in PACES {
        let name = format!("reads beside {a_second} writes a second / alone");
        let numbers = next..next + a_second * PACED_SECONDS;
        next = numbers.end;
        beside(&name, numbers, a_second as f64);
    }
}

/// Pages read in a second while `beside` goes on.
fn reading(scene: &Scene, beside: impl FnOnce()) -> f64 {
    let address = scene.served.address;
    let token = scene.officer.token().unwrap();
    let request = format!(
        "GET /api/v1/disbursements?limit=20&totals=false HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    let (stop, count) = (AtomicBool::new(false), AtomicUsize::new(0));
    // Opened before anybody writes: which worker serves them is the same each time.
    let connections = [load::Connection::open(address), load::Connection::open(address)];
    let started = Instant::now();
    std::thread::scope(|scope| {
        for mut connection in connections {
            let (stop, count, request) = (&stop, &count, &request);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    assert!(connection.exchange(request.as_bytes()));
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        beside();
        stop.store(true, Ordering::Relaxed);
    });
    count.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64()
}

/// One request with 10,000 confirmations, each on its own and all or nothing.
fn bulk(scene: &Scene, raw: &Raw, from: i64) {
    for (place, mode) in ["each", "all_or_nothing"].into_iter().enumerate() {
        let first = from + place as i64 * BULK;
        let request = bulk_request(scene, mode, first);
        let mut connection = load::Connection::open(scene.served.address);
        let rate = per_second(BULK, || assert!(connection.exchange(request.as_bytes()), "the bulk was refused"));
        let ratio = rate / raw.sets_of_1000;
        let name = format!("bulk of 10,000, {mode}");
        let (ours, theirs) = (format!("{rate:.0}/s"), format!("{:.0}/s", raw.sets_of_1000));
        line(&name, &ours, &theirs, &format!("{ratio:.2}"), "≥ 0.5", Some(ratio >= 0.5));
    }
}

fn bulk_request(scene: &Scene, mode: &str, first: i64) -> String {
    let token = scene.officer.token().unwrap();
    let paid_on = scene.template.text("paid_on");
    let item = |number: i64| {
        json!({ "payment_id": seeds::payment_id(number), "answer": {
            "outcome": "succeeded", "utr": format!("BENCHUTR{number:010}"), "paid_on": paid_on, "amount_paise": seeds::AMOUNT_PAISE,
        } })
    };
    let body = json!({ "mode": mode, "items": (first..first + BULK).map(item).collect::<Vec<_>>() }).to_string();
    format!(
        "POST /api/v1/payments/outcomes HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nIdempotency-Key: {}\r\nContent-Length: {}\r\n\r\n{body}",
        scene.served.address,
        uuid::Uuid::new_v4(),
        body.len(),
    )
}
