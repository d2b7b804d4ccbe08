//! The benchmark, run by `cargo bench`: how fast the service starts, how little memory it holds, and how
//! much its interface adds to the database underneath, compared with the same statements run directly on
//! the same data in the same run. SQLite always, PostgreSQL when its server programs are found. It
//! prints a table and is no test: a missed target is reported and does not fail the run. `BENCH_ROWS`
//! sets the number of disbursements (100000), `BENCH_LEDGER_ROWS` the ledger entries that exist before
//! the writes (10000), `BENCH_WRITES` the writes (20000), `BENCH_LOG_ROWS` the entries of the log that
//! is verified (200000); `BENCH_ONLY` is `reads`, `desk`, `proof`, `portal` (the pages), `writes`, `rehearse` or
//! `rules`, `BENCH_ENGINE` the one engine to measure. `desk` compares the audit desk with the `sqlite3` and `psql`
//! programs (for its targets `BENCH_ROWS=1000000`); without `BENCH_ONLY` it is measured when `BENCH_DESK=1`.
//! `BENCH_KEEP` names a folder where the filled database of `reads` and `desk` is stored for the next run; on
//! PostgreSQL it is then the database of `BENCH_DATABASE_URL`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods, clippy::float_arithmetic)]

mod data;
mod desk;
mod harness;
mod load;
mod pages;
mod portal;
mod proof;
mod raw;
mod raw_writes;
mod rehearse;
mod rules;
mod seeds;
mod server;
mod writes;

use diesel::{Connection, PgConnection, SqliteConnection};
use magnet_scheme::client::Person;
use raw::{Raw, Selection};
use server::Served;
use std::hint::black_box;
use std::time::{Duration, Instant};

const STARTS: usize = 9;
const PAGES: usize = 150;
const EXPORTS: usize = 3;
const START_MOST: Duration = Duration::from_millis(300);
const RESIDENT_KIB_MOST: u64 = 64 * 1024;
const RATIO_MOST: f64 = 3.0;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, what, base, password] = arguments.as_slice()
        && what == data::PLAY
    {
        magnet_scheme::demo::play(base, password).unwrap();
        return;
    }
    let number = |name: &str, or: i64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(or);
    let (rows, ledger_rows) = (number("BENCH_ROWS", 100_000), number("BENCH_LEDGER_ROWS", 10_000));
    let only = std::env::var("BENCH_ONLY").unwrap_or_default();
    if only.is_empty() || only == "rules" {
        rules::measure();
    }
    if only == "rules" {
        return;
    }
    let asked = |part: &str| only.is_empty() || only == part;
    let both = |engine: &str, url: &dyn Fn() -> Option<String>| {
        if asked("reads") || asked("desk") {
            measure(engine, url, rows, &only);
        }
        let folder = tempfile::tempdir().unwrap();
        let place = |part: &str| server::Place { folder: folder.path().join(part), url: url() };
        if asked("proof") {
            proof::measure(engine, &place("proof"), number("BENCH_LOG_ROWS", 200_000));
        }
        if asked("portal") {
            portal::measure(engine, &place("portal"));
            pages::measure(engine, &server::Place { url: url(), ..place("pages") }, rows);
        }
        if asked("rehearse") {
            rehearse::measure(engine, &place("rehearse"), ledger_rows, number("BENCH_REHEARSE_WRITES", 8_000));
        }
        if asked("writes") {
            writes::measure(engine, &place("writes"), ledger_rows);
        }
    };
    let engine = std::env::var("BENCH_ENGINE").unwrap_or_default();
    if engine != "PostgreSQL" {
        both("SQLite", &|| None);
    }
    match harness::postgres::find() {
        _ if engine == "SQLite" => {}
        Ok(_) => {
            // As in production: what is acknowledged is on disk.
            let server = harness::postgres::Cluster::start(&["fsync=on", "full_page_writes=on"]).unwrap();
            both("PostgreSQL", &|| Some(server.new_database()));
        }
        Err(why) => println!("\nPostgreSQL: NOT MEASURED, {why}"),
    }
}

/// Measures reads and the audit desk on one engine.
fn measure(engine: &str, url: &dyn Fn() -> Option<String>, rows: i64, only: &str) {
    let folder = tempfile::tempdir().unwrap();
    let place = match std::env::var_os("BENCH_KEEP") {
        None => server::Place { folder: folder.path().join("data"), url: url() },
        Some(keep) => {
            let kept = || std::env::var("BENCH_DATABASE_URL").expect("BENCH_KEEP needs BENCH_DATABASE_URL");
            let url = (engine == "PostgreSQL").then(kept);
            server::Place { folder: std::path::Path::new(&keep).join(engine), url }
        }
    };
    println!("\n{engine}, {rows} disbursements");
    println!("{:<46}{:>13}{:>13}{:>9}{:>11}", "", "service", "database", "ratio", "target");
    let loaded = data::load_or_keep(&place, rows);
    startup(&place);
    let served = server::start(&place);
    let auditor = Person::new(&served.client, loaded.auditor_email, loaded.auditor_password);
    auditor.sign_in().unwrap();
    let id = &loaded.beneficiary_id;
    match &place.url {
        _ if only == "desk" => {}
        None => compare(&auditor, &mut SqliteConnection::establish(&place.sqlite()).unwrap(), id),
        Some(url) => compare(&auditor, &mut PgConnection::establish(url).unwrap(), id),
    }
    if only == "desk" || std::env::var("BENCH_DESK").is_ok() {
        desk::measure(&place, &served, &auditor, id);
    }
    memory_after(&served);
}

fn startup(place: &server::Place) {
    let mut times = Vec::new();
    let mut resident = Vec::new();
    for _ in 0..STARTS {
        let served = server::start(place);
        times.push(served.took);
        std::thread::sleep(Duration::from_millis(300));
        resident.push(served.resident_kib("VmRSS:"));
    }
    let took = median(&mut times);
    line("start to ready, existing database", &milliseconds(took), "", "", "< 300 ms", Some(took < START_MOST));
    resident.sort_unstable();
    let kib = resident[resident.len() / 2];
    line("resident memory, idle after start", &mebibytes(kib), "", "", "< 64 MiB", Some(kib < RESIDENT_KIB_MOST));
}

fn memory_after(served: &Served) {
    line("resident memory, after all of the above", &mebibytes(served.resident_kib("VmRSS:")), "", "", "", None);
    line("resident memory, at its peak", &mebibytes(served.resident_kib("VmHWM:")), "", "", "", None);
}

/// Runs the interface and the database in turns, so that both are measured on the same machine load.
fn compare(auditor: &Person, raw: &mut impl Raw, beneficiary_id: &str) {
    let selection = Selection::of(beneficiary_id);
    let path = format!("/disbursements?{}&limit=100&sort=paid_on", selection.query());
    page("page of 100, three filters", auditor, &format!("{path}&totals=false"), || {
        black_box(raw.page(&selection, None, 101).len());
    });
    page("the same with totals of the selection", auditor, &path, || {
        black_box(raw.page(&selection, None, 101).len());
        black_box(raw.totals(&selection));
    });
    page("page of 100, no filter", auditor, "/disbursements?limit=100&totals=false", || {
        black_box(raw.page(&Selection::default(), None, 101).len());
    });
    let (cursor, after) = deep(auditor);
    page(
        "page of 100, half way through by cursor",
        auditor,
        &format!("/disbursements?limit=100&totals=false&cursor={cursor}"),
        || {
            black_box(raw.page(&Selection::default(), Some(&after), 101).len());
        },
    );
    export("CSV of everything", auditor, "/selections/disbursements/export?sort=paid_on", || raw.everything());
    export("NDJSON of everything", auditor, "/selections/disbursements/export?sort=paid_on&format=ndjson", || {
        raw.everything()
    });
}

/// Pages to the middle of the listing; returns the cursor there, and the day and id that it encodes.
fn deep(auditor: &Person) -> (String, (String, String)) {
    let total = auditor.gets("/disbursements?limit=1").unwrap()["totals"]["count"].as_i64().unwrap();
    let (mut seen, mut path) = (0, "/disbursements?limit=200&totals=false".to_owned());
    loop {
        let page = auditor.gets(&path).unwrap();
        let data = page["data"].as_array().unwrap();
        seen += data.len() as i64;
        let cursor = page["page"]["next"].as_str().unwrap().to_owned();
        if seen >= total / 2 {
            let last = data.last().unwrap();
            let text = |field: &str| last[field].as_str().unwrap().to_owned();
            return (cursor, (text("paid_on"), text("id")));
        }
        path = format!("/disbursements?limit=200&totals=false&cursor={cursor}");
    }
}

fn page(name: &str, auditor: &Person, path: &str, mut raw: impl FnMut()) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..PAGES {
        ours.push(timed(|| {
            let answer = auditor.get(path).unwrap();
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            black_box(answer.bytes.len());
        }));
        theirs.push(timed(&mut raw));
    }
    // The first tenth warms both up.
    let (ours, theirs) = (median(&mut ours[PAGES / 10..]), median(&mut theirs[PAGES / 10..]));
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    let met = Some(ratio <= RATIO_MOST);
    line(name, &milliseconds(ours), &milliseconds(theirs), &format!("{ratio:.2}"), "≤ 3", met);
}

fn export(name: &str, auditor: &Person, path: &str, mut raw: impl FnMut() -> usize) {
    let (mut ours, mut theirs, mut rows) = (Vec::new(), Vec::new(), 0);
    for _ in 0..EXPORTS {
        ours.push(timed(|| {
            let answer = auditor.get(path).unwrap();
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            rows = answer.bytes.iter().filter(|byte| **byte == b'\n').count();
        }));
        theirs.push(timed(|| {
            black_box(raw());
        }));
    }
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    let per_second = |took: Duration| format!("{:.0}/s", rows as f64 / took.as_secs_f64());
    let ratio = format!("{:.2}", ours.as_secs_f64() / theirs.as_secs_f64());
    line(name, &per_second(ours), &per_second(theirs), &ratio, "", None);
}

fn timed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}

fn mebibytes(kib: u64) -> String {
    format!("{:.1} MiB", kib as f64 / 1_024.0)
}

fn line(name: &str, ours: &str, theirs: &str, ratio: &str, target: &str, met: Option<bool>) {
    let verdict = match met {
        Some(true) => " OK",
        Some(false) => " MISS",
        None => "",
    };
    println!("  {name:<44}{ours:>13}{theirs:>13}{ratio:>9}{target:>11}{verdict}");
}
