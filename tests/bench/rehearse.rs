//! Rehearsals: how much longer one takes than a read of the same record, and what writers lose while twenty
//! officers reload pages that show what their next step would do. Each officer reloads once a second: one
//! read, one rehearsal that runs beside the writer, and one that waits for the writer.

use crate::line;
use crate::load::{Connection, percentile, send};
use crate::seeds;
use crate::server::Place;
use crate::writes::{Scene, fill, requests, set_up};
use magnet_scheme::client::Person;
use serde_json::json;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const CLIENTS: usize = 64;
const OFFICERS: usize = 20;
const RELOAD_EVERY: Duration = Duration::from_secs(1);
const ALONE: usize = 400;
const MORE_THAN_A_READ_MOST: Duration = Duration::from_millis(5);
/// Writes in each part of a turn, and the number of turns.
const TURNS: i64 = 6;

/// The requests of a page.
struct Page {
    read: String,
    /// The bank's answer to a payment: its rows are buffered, so it needs no writer.
    beside: String,
    /// The refusal of an appropriation, whose table is not buffered, so the writer rehearses it.
    by_the_writer: String,
}

/// Measures rehearsals on one engine.
pub fn measure(engine: &str, place: &Place, ledger_rows: i64, writes: i64) {
    println!("\n{engine}, rehearsals ({writes} writes in each part of a turn)");
    println!("{:<46}{:>13}{:>13}{:>9}{:>11}", "", "rehearsal", "read", "ratio", "target");
    let mut scene = set_up(place);
    let last = writes * 3 * TURNS + 2_000;
    let (approver, proposed) = proposed(&scene);
    let refuser = (approver.token().unwrap(), proposed);
    fill(place, &scene, last, ledger_rows);
    // The standing check of money adds up what a running service posted; these rows it did not.
    scene.served.stop();
    scene.serve_again(place);
    let page = page(&scene, last - 1, &refuser);
    alone(&scene, &page);
    let request = requests(&scene);
    assert_eq!(send(scene.served.address, CLIENTS, 1..1_000, &request).not_ok, 0);
    let mut from = 1_000;
    let mut turn = |beside: Option<&[&str]>| {
        let numbers = from..from + writes;
        from = numbers.end;
        let write = || {
            let run = send(scene.served.address, CLIENTS, numbers.clone(), &request);
            assert_eq!(run.not_ok, 0, "some disbursements were refused");
            run.took
        };
        match beside {
            None => (write(), Shown::default()),
            Some(requests) => reloading(&scene, requests, write),
        }
    };
    let (mut by_themselves, mut reads, mut both) = (Vec::new(), Vec::new(), Vec::new());
    let (mut shown, mut ratios) = (Shown::default(), Vec::new());
    // In turns, because the speed of a shared machine changes from second to second.
    for _ in 0..TURNS {
        by_themselves.push(turn(None).0);
        let read = turn(Some(&[&page.read])).0;
        let (rehearsed, seen) = turn(Some(&[&page.read, &page.beside, &page.by_the_writer]));
        reads.push(read);
        both.push(rehearsed);
        ratios.push(read.as_secs_f64() / rehearsed.as_secs_f64());
        shown.add(seen);
    }
    let rate = |times: &[Duration]| {
        let all: Duration = times.iter().sum();
        (writes * TURNS) as f64 / all.as_secs_f64()
    };
    let (quiet, reads, both) = (rate(&by_themselves), rate(&reads), rate(&both));
    let rates = |one: f64, other: f64| (format!("{one:.0}/s"), format!("{other:.0}/s"), format!("{:.3}", one / other));
    let (ours, theirs, ratio) = rates(both, reads);
    line("writers, 20 reload with rehearsals / without", &ours, &theirs, &ratio, "≥ 0.97", Some(both / reads >= 0.97));
    ratios.sort_by(f64::total_cmp);
    line("  the same, the median of the turns", "", "", &format!("{:.3}", ratios[ratios.len() / 2]), "", None);
    let (ours, theirs, ratio) = rates(both, quiet);
    line("writers, 20 reload with rehearsals / nobody", &ours, &theirs, &ratio, "", None);
    let told = |count: usize| format!("{count}");
    line("  shown, and could not be shown, meanwhile", &told(shown.ok), &told(shown.not_now), "", "", None);
}

fn page(scene: &Scene, payment: i64, (refuser, proposed): &(String, String)) -> Page {
    let address = scene.served.address;
    let seeded = seeds::payment_id(payment);
    let token = scene.officer.token().unwrap();
    let read =
        format!("GET /api/v1/payments/{seeded} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n");
    let post = |token: &str, path: &str, version: i64, body: &str| {
        format!(
            "POST /api/v1{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             If-Match: \"{version}\"\r\nDry-Run: true\r\nContent-Length: {}\r\n\r\n{body}",
            body.len(),
        )
    };
    let answer = json!({ "outcome": "succeeded", "utr": "BENCHUTRDRYRUN01", "paid_on": scene.template.text("paid_on"),
        "amount_paise": seeds::AMOUNT_PAISE });
    let beside = post(&token, &format!("/payments/{seeded}/settlement"), 1, &answer.to_string());
    let path = format!("/budget-instruments/{proposed}/refusal");
    let by_the_writer = post(refuser, &path, 1, r#"{"reason":"not now"}"#);
    Page { read, beside, by_the_writer }
}

/// An appropriation that one scheme administrator proposed, and the other one who may refuse it.
fn proposed(scene: &Scene) -> (Person, String) {
    let administrator = |email: &str| {
        let account = json!({ "email": email, "name": "Bench", "roles": ["scheme_administrator"] });
        let made = scene.administrator.posts("/users", None, &account).unwrap();
        Person::new(&scene.served.client, email, made["password"].as_str().unwrap())
    };
    let provision = json!({
        "kind": "provision", "scheme_code": scene.template.text("scheme_code"), "component": scene.template.text("component"),
        "financial_year": "2031-32", "amount_paise": 1_000, "reference": "Bench", "dated_on": "2026-04-01",
    });
    let proposer = administrator("bench.one@ministry.example");
    let made = proposer.posts("/budget-instruments", None, &provision).unwrap();
    (administrator("bench.two@ministry.example"), made["id"].as_str().unwrap().to_owned())
}

/// One after another, on a service that does nothing else.
fn alone(scene: &Scene, page: &Page) {
    let mut connection = Connection::open(scene.served.address);
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ALONE {
        for (request, times) in [&page.read, &page.beside, &page.by_the_writer].into_iter().zip(&mut times) {
            let sent = Instant::now();
            let ok = connection.exchange(request.as_bytes());
            times.push((sent.elapsed(), ok));
        }
    }
    // The first tenth warms them up.
    let [read, beside, by_the_writer] = times.map(|times| {
        let times = &times[ALONE / 10..];
        assert!(times.iter().filter(|(_, ok)| *ok).count() > times.len() / 2, "refused (BENCH_SHOW=1 prints it)");
        let mut times: Vec<Duration> = times.iter().map(|(time, _)| *time).collect();
        times.sort_unstable();
        percentile(&times, 0.5)
    });
    for (name, ours) in [("beside the writer, median", beside), ("by the writer, median", by_the_writer)] {
        let ratio = format!("{:.2}", ours.as_secs_f64() / read.as_secs_f64());
        let met = ours < read + MORE_THAN_A_READ_MOST;
        line(name, &crate::milliseconds(ours), &crate::milliseconds(read), &ratio, "< +5 ms", Some(met));
    }
}

/// How many requests of the pages were answered.
#[derive(Default)]
struct Shown {
    ok: usize,
    not_now: usize,
}

impl Shown {
    fn add(&mut self, more: Shown) {
        self.ok += more.ok;
        self.not_now += more.not_now;
    }
}

/// Runs `work` while the officers reload, and returns what it returned and how their requests ended.
fn reloading<T>(scene: &Scene, requests: &[&str], work: impl FnOnce() -> T) -> (T, Shown) {
    let (stop, ok, not_now) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let worked = std::thread::scope(|scope| {
        for officer in 0..OFFICERS {
            let mut connection = Connection::open(scene.served.address);
            let (stop, ok, not_now) = (&stop, &ok, &not_now);
            scope.spawn(move || {
                // They do not all reload in the same instant.
                std::thread::sleep(RELOAD_EVERY * officer as u32 / OFFICERS as u32);
                while !stop.load(Ordering::Relaxed) {
                    let begun = Instant::now();
                    for request in requests {
                        let counted = if connection.exchange(request.as_bytes()) { ok } else { not_now };
                        counted.fetch_add(1, Ordering::Relaxed);
                    }
                    std::thread::sleep(RELOAD_EVERY.saturating_sub(begun.elapsed()));
                }
            });
        }
        let worked = work();
        stop.store(true, Ordering::Relaxed);
        worked
    });
    (worked, Shown { ok: ok.into_inner(), not_now: not_now.into_inner() })
}
