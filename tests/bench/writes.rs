//! The write path: confirmed payments over HTTP with everything on (token, permission, key, rules,
//! ledger, audit log), compared with the same rows written by raw statements in the same run.

mod raw_rates;

use self::raw_rates::{Raw, per_second};
use crate::line;
use crate::load;
use crate::load::Run;
use crate::seeds::{self, Template};
use crate::server::{self, Place, Served};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use magnet_scheme::client::Person;
use magnet_scheme::service::start::FIRST_ADMINISTRATOR;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const CLIENTS: usize = 64;
/// The number of payments for the warm-up, and then for one client alone.
const WARM: i64 = 500;
const ALONE: i64 = 2_500;
const RAW_ALONE: i64 = 2_000;
const SINGLE_P99_MOST: Duration = Duration::from_millis(8);
const CROWD_P99_MOST: Duration = Duration::from_millis(50);
/// What readers and writers at full speed each keep of their rate alone.
const SHARE_LEAST: f64 = 0.5;
/// What paced writers reach of the rate that was asked, and their p99.
const PACE_LEAST: f64 = 0.98;
const PACED_P99_MOST: Duration = Duration::from_millis(60);
/// The length of what the service stores: the answer to one confirmation, its part of the answer to a
/// bulk, and the details in the audit log.
const ANSWER_BYTES: usize = 1_900;
const ITEM_BYTES: usize = 290;
const DETAILS_BYTES: usize = 290;
/// The rates of writes a second during which readers are measured, for this many seconds each.
const PACES: [i64; 3] = [100, 500, 1_000];
const PACED_SECONDS: i64 = 4;
/// The number of turns.
const TURNS: i64 = 4;
const READ_BESIDE: i64 = (PACES[0] + PACES[1] + PACES[2]) * PACED_SECONDS;
/// How often both kinds of bulk are sent; the growth of memory must not depend on it.
const BULKS: i64 = 4;
/// Requests in one bulk.
const BULK: i64 = 10_000;

/// The number of single disbursements by 64 clients.
fn singles() -> i64 {
    std::env::var("BENCH_WRITES").ok().and_then(|text| text.parse().ok()).unwrap_or(20_000)
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap()
}

/// The people, and the form of the seeds.
pub struct Scene {
    pub served: Served,
    pub administrator: Person,
    pub officer: Person,
    officer_id: String,
    pub template: Template,
}

/// Measures the writes on one engine. `ledger_rows` entries exist before it begins.
pub fn measure(engine: &str, place: &Place, ledger_rows: i64) {
    println!("\n{engine}, writes ({ledger_rows} ledger entries before)");
    println!("{:<46}{:>13}{:>13}{:>9}{:>11}", "", "service", "database", "ratio", "target");
    let mut scene = set_up(place);
    let seeds = singles() * 3 + ALONE + READ_BESIDE + BULKS * 2 * BULK + 10;
    fill(place, &scene, seeds, ledger_rows);
    scene.served.stop();
    let raw = raw_rates::measure(place, &scene);
    scene.serve_again(place);
    serve(&scene, &raw, engine);
}

impl Scene {
    /// The same people on a new process.
    pub fn serve_again(&mut self, place: &Place) {
        self.served = server::start(place);
        self.officer = Person::new(&self.served.client, self.officer.email.clone(), self.officer.password.clone());
        self.officer.sign_in().unwrap();
    }
}

/// A service with the sample story, and an officer who confirms payments.
pub fn set_up(place: &Place) -> Scene {
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
    Scene { served, administrator, officer, officer_id, template }
}

/// Seeds payments that wait for the bank's answer, and earlier entries of the ledger. The service has to start again
/// before it takes an act on them.
pub fn fill(place: &Place, scene: &Scene, seeds: i64, ledger_rows: i64) {
    match &place.url {
        None => {
            let mut conn = sqlite(place);
            let spelling = &seeds::SQLITE;
            conn.batch_execute(&seeds::payments(spelling, &scene.template, &scene.officer_id, 1, seeds)).unwrap();
            conn.batch_execute(&seeds::past(spelling, ledger_rows, "hex(randomblob(16))")).unwrap();
            conn.batch_execute(seeds::FORGET_NOTES_ON_SQLITE).unwrap();
            conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
        }
        Some(url) => {
            let mut conn = PgConnection::establish(url).unwrap();
            let spelling = &seeds::POSTGRES;
            conn.batch_execute(&seeds::payments(spelling, &scene.template, &scene.officer_id, 1, seeds)).unwrap();
            conn.batch_execute(&seeds::past(spelling, ledger_rows, "md5(random()::text)")).unwrap();
            conn.batch_execute(seeds::FORGET_NOTES_ON_POSTGRES).unwrap();
            // Autovacuum would run too, but at a time of its own.
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
        bulk(scene, raw, ALONE + 3 * singles() + READ_BESIDE + round * 2 * BULK);
        memory("memory grown by all of the above");
    }
}

/// The request that confirms a seeded payment.
pub fn requests(scene: &Scene) -> impl Fn(i64) -> String + Sync + use<> {
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

/// Two readers of pages and 64 writers, in turn alone and together. In turns, because the speed of a shared machine
/// changes from second to second.
fn readers(scene: &Scene, request: &(impl Fn(i64) -> String + Sync), from: i64) {
    let mut next = from;
    let mut write = |count: i64, most_per_second: f64| {
        let numbers = next..next + count;
        next = numbers.end;
        let run = load::paced(scene.served.address, CLIENTS, numbers, most_per_second, request);
        assert_eq!(run.not_ok, 0);
        run
    };
    let quiet_read = || reading(scene, || std::thread::sleep(Duration::from_secs(1)));
    let (mut reads_alone, mut reads, mut writes_alone, mut writes) = Default::default();
    for _ in 0..TURNS {
        add(&mut reads_alone, quiet_read());
        add(&mut writes_alone, written(&write(singles() / TURNS, f64::INFINITY)));
        let reading = reading(scene, || add(&mut writes, written(&write(singles() / TURNS, f64::INFINITY))));
        add(&mut reads, reading);
    }
    share("2 readers beside 64 writers / alone", &reads, &reads_alone, Some(SHARE_LEAST));
    share("64 writers beside 2 readers / alone", &writes, &writes_alone, Some(SHARE_LEAST));
    for a_second in PACES {
        let (mut reads_alone, mut reads, mut writes) = Default::default();
        let mut late = Vec::new();
        for _ in 0..TURNS {
            add(&mut reads_alone, quiet_read());
            let reading = reading(scene, || {
                let run = write(a_second * PACED_SECONDS / TURNS, a_second as f64);
                add(&mut writes, written(&run));
                late.extend(run.latencies);
            });
            add(&mut reads, reading);
        }
        share(&format!("reads beside {a_second} writes a second / alone"), &reads, &reads_alone, None);
        late.sort_unstable();
        paced(a_second, &writes, load::percentile(&late, 0.99));
    }
}

/// Prints how much of its rate alone something keeps beside others.
fn share(name: &str, beside: &Rate, alone: &Rate, least: Option<f64>) {
    let ratio = beside.per_second() / alone.per_second();
    let (ours, theirs) = (format!("{:.0}/s", beside.per_second()), format!("{:.0}/s", alone.per_second()));
    let target = least.map_or_else(String::new, |least| format!("≥ {least}"));
    line(name, &ours, &theirs, &format!("{ratio:.2}"), &target, least.map(|least| ratio >= least));
}

/// Prints whether writers reached the rate that was asked, and how long the slowest hundredth waited.
fn paced(a_second: i64, writes: &Rate, p99: Duration) {
    let ratio = writes.per_second() / a_second as f64;
    let met = ratio >= PACE_LEAST && p99 < PACED_P99_MOST;
    let p99 = format!("p99 {}", crate::milliseconds(p99));
    let target = format!("< {} ms", PACED_P99_MOST.as_millis());
    line(
        "  reached meanwhile",
        &format!("{:.0}/s", writes.per_second()),
        &p99,
        &format!("{ratio:.2}"),
        &target,
        Some(met),
    );
}

fn written(run: &Run) -> Rate {
    Rate { count: run.latencies.len(), took: run.took }
}

/// A count of events and the time they took.
#[derive(Default)]
struct Rate {
    count: usize,
    took: Duration,
}

fn add(sum: &mut Rate, more: Rate) {
    sum.count += more.count;
    sum.took += more.took;
}

impl Rate {
    fn per_second(&self) -> f64 {
        self.count as f64 / self.took.as_secs_f64()
    }
}

/// The pages read while `beside` runs.
fn reading(scene: &Scene, beside: impl FnOnce()) -> Rate {
    let address = scene.served.address;
    let token = scene.officer.token().unwrap();
    let request = format!(
        "GET /api/v1/disbursements?limit=20&totals=false HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    let (stop, count) = (AtomicBool::new(false), AtomicUsize::new(0));
    // Opened before anybody writes, so that the same worker serves them each time.
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
    Rate { count: count.load(Ordering::Relaxed), took: started.elapsed() }
}

/// One request with 10,000 confirmations: each on its own, and all or nothing.
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
