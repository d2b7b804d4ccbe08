//! The pages of offices and auditors with many disbursements: the time of one page after another, as a browser with a
//! session asks for it, and what it weighs on the way.

use crate::data::{self, Loaded};
use crate::load::percentile;
use crate::server::{self, Place, Served};
use crate::{line, median, milliseconds, timed};
use magnet_scheme::client::{Person, Response};
use std::time::Duration;

const TIMES: usize = 220;
const TOOK_MOST: Duration = Duration::from_millis(15);
/// What one page in a hundred may take.
const SLOWEST_MOST: Duration = Duration::from_millis(60);
const BYTES_MOST: usize = 100 * 1024;

/// Where a page needs the number of a record: the list of the interface in which it is found.
const PAGES: &[(&str, Option<&str>)] = &[
    ("/en/disbursements", None),
    ("/en/inbox", None),
    ("/en/tranches", None),
    ("/en/tranches/{}", Some("/tranches")),
    ("/en/payments/{}", Some("/payments")),
    ("/en/claims", None),
    ("/en/claims/{}", Some("/claims")),
    ("/en/claims/{}/statement", Some("/claims")),
    ("/en/milestones", None),
    ("/en/budget", None),
    ("/en/budget/instruments", None),
    ("/en/find?q=SAMPLE", None),
];

/// Lists of the interface: the first page, a page of what is rare, and the totals of everything.
const LISTS: &[&str] = &[
    "/tranches?limit=50",
    "/tranches?limit=50&sort=-id",
    "/tranches?limit=50&status=concurred",
    "/tranches?limit=50&totals=true",
    "/payments?limit=50&status=succeeded",
    "/claims?limit=50&performance_year=2026-27",
];

/// Measures the pages and lists of one engine, each as the auditor reads it.
pub fn measure(engine: &str, place: &Place, rows: i64) {
    println!("\n{engine}, pages with {rows} disbursements");
    println!("{:<46}{:>13}{:>13}{:>9}{:>11}", "", "median", "compressed", "p99", "target");
    let loaded = data::load(place, rows);
    let served = server::start(place);
    let auditor = Person::new(&served.client, loaded.auditor_email.as_str(), loaded.auditor_password.as_str());
    let cookie = cookie(&served, &loaded);
    for (page, list) in PAGES {
        // The newest is one of the story: copies have no steps.
        let newest = |list| auditor.gets(&format!("{list}?limit=1&sort=-id")).unwrap();
        let number = list.map(|list| newest(list)["data"][0]["number"].clone());
        let number = number.as_ref().and_then(|number| number.as_str()).unwrap_or_default().replace('/', "-");
        let path = page.replace("{}", &number);
        measure_one(&path, || opens(&served, &cookie, &path));
    }
    for path in LISTS {
        measure_one(path, || auditor.get(path).unwrap());
    }
}

fn measure_one(path: &str, opens: impl Fn() -> Response) {
    let (mut times, mut bytes) = (Vec::new(), 0);
    for _ in 0..TIMES {
        times.push(timed(|| {
            let answer = opens();
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            bytes = answer.bytes.len();
        }));
    }
    // The first tenth warms up.
    let measured = &mut times[TIMES / 10..];
    let took = median(measured);
    let slowest = percentile(measured, 0.99);
    let met = took < TOOK_MOST && slowest < SLOWEST_MOST && bytes < BYTES_MOST;
    let weight = format!("{} kB", bytes.div_ceil(1_000));
    line(path, &milliseconds(took), &weight, &milliseconds(slowest), "< 15, 60", Some(met));
}

/// One page as it travels: the client is told of no compression and does not undo it.
fn opens(served: &Served, cookie: &str, path: &str) -> Response {
    let headers = [("Cookie", cookie), ("Accept-Encoding", "gzip")];
    served.client.send("GET", path, &headers, None).unwrap()
}

/// The cookie of the auditor's session.
fn cookie(served: &Served, loaded: &Loaded) -> String {
    let escaped = |text: &str| {
        let byte =
            |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        text.bytes().map(byte).collect::<String>()
    };
    let (email, password) = (escaped(&loaded.auditor_email), escaped(&loaded.auditor_password));
    let body = format!("%2Femail={email}&secret%3A%2Fpassword={password}&return=");
    let origin = served.client.base.clone();
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Origin", origin.as_str()),
        ("Sec-Fetch-Site", "same-origin"),
    ];
    let answer = served.client.send("POST", "/en/sign-in", &headers, Some(body.as_bytes())).unwrap();
    let cookie = answer.header("set-cookie").unwrap_or_else(|| panic!("{}: {}", answer.status, answer.text()));
    cookie.split(';').next().unwrap().to_owned()
}
