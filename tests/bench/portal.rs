//! The first page for everybody, compared with the least that the service can answer: how many requests a second it
//! serves while nothing is written.

use crate::data::story;
use crate::load::send;
use crate::server::{self, Place};

const CLIENTS: usize = 16;
const REQUESTS: i64 = 40_000;
/// Of the rate of `/health/live`.
const SHARE_LEAST: f64 = 0.5;

/// Measures the pages on one engine.
pub fn measure(engine: &str, place: &Place) {
    println!("\n{engine}, pages ({CLIENTS} clients)");
    let served = server::start(place);
    let password = served.password.clone().expect("a fresh database makes its first administrator");
    story(&served, &password);
    let rate = |path: &str, headers: &str| {
        let run = send(served.address, CLIENTS, 0..REQUESTS, |_| {
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")
        });
        assert_eq!(run.not_ok, 0, "{path}");
        run.per_second()
    };
    rate("/en/", "");
    let live = rate("/health/live", "");
    for (what, headers) in [("as browsers ask for it", "Accept-Encoding: gzip\r\n"), ("not compressed", "")] {
        let share = rate("/en/", headers) / live;
        let met = if share >= SHARE_LEAST { "" } else { "  MISSED" };
        println!("the first page, {what}: {share:.2} of the rate of /health/live ({live:.0} a second){met}");
    }
}
