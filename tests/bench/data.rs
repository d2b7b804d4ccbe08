//! The data set: the sample story is played through the HTTP interface, and its disbursements are then
//! copied until there are enough, spread over days, years and amounts.

use crate::server::{self, Place, Served};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use magnet_scheme::client::Person;
use magnet_scheme::service::start::FIRST_ADMINISTRATOR;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::process::{Command, Stdio};

/// The argument under which this program plays the story (and prints it) in a process of its own.
pub const PLAY: &str = "play-the-story";

/// The auditor's sign-in and the beneficiary for the measured queries.
#[derive(Serialize, Deserialize)]
pub struct Loaded {
    pub auditor_email: String,
    pub auditor_password: String,
    pub beneficiary_id: String,
}

/// Fills a database, or reuses the one that an earlier run left.
pub fn load_or_keep(place: &Place, rows: i64) -> Loaded {
    let note = place.folder.with_extension("json");
    if let Ok(kept) = std::fs::read(&note) {
        return serde_json::from_slice(&kept).unwrap();
    }
    let loaded = load(place, rows);
    std::fs::write(note, serde_json::to_vec(&loaded).unwrap()).unwrap();
    loaded
}

/// Fills a fresh database.
pub fn load(place: &Place, rows: i64) -> Loaded {
    let loaded = play(place);
    match &place.url {
        None => {
            let mut connection = SqliteConnection::establish(&place.sqlite()).unwrap();
            connection.batch_execute("PRAGMA foreign_keys = ON;").unwrap();
            connection.batch_execute(&copies(&SQLITE, rows)).unwrap();
        }
        Some(url) => {
            let mut connection = PgConnection::establish(url).unwrap();
            connection.batch_execute(&copies(&POSTGRES, rows)).unwrap();
            // Autovacuum would run too, but at a time of its own.
            connection.batch_execute("VACUUM ANALYZE;").unwrap();
        }
    }
    loaded
}

/// Plays the sample story.
pub fn story(served: &Served, password: &str) {
    let story = Command::new(std::env::current_exe().unwrap())
        .args([PLAY, &served.client.base, password])
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(story.success(), "the sample story broke");
}

/// Plays the story, makes an auditor, and finds the beneficiary with the most disbursements.
fn play(place: &Place) -> Loaded {
    let served = server::start(place);
    let password = served.password.clone().expect("a fresh database makes its first administrator");
    story(&served, &password);
    let administrator = Person::new(&served.client, FIRST_ADMINISTRATOR, password);
    let auditor_email = "bench.auditor@audit.example".to_owned();
    let account = json!({ "email": auditor_email, "name": "Bench Auditor", "roles": ["auditor"] });
    let made = administrator.posts("/users", None, &account).unwrap();
    let auditor_password = made["password"].as_str().unwrap().to_owned();
    let auditor = Person::new(&served.client, auditor_email.as_str(), auditor_password.as_str());
    let first = auditor.gets("/disbursements?sort=paid_on&direction=ascending&limit=1").unwrap();
    let beneficiary_id = first["data"][0]["organisation_id"].as_str().unwrap().to_owned();
    Loaded { auditor_email, auditor_password, beneficiary_id }
}

/// The SQL of one engine that the copies need.
struct Spelling {
    /// The id of copy `n`; `{}` is its group of four hexadecimal digits.
    id: &'static str,
    /// The day of copy `n`: seven years from 1 April 2026.
    day: &'static str,
    /// The financial year of `day`.
    year: &'static str,
}

const SQLITE: Spelling = Spelling {
    id: "printf('0190{}-0000-7000-8000-%012x', n)",
    day: "date('2026-04-01', (n * 7919 % 2555) || ' days')",
    year: "(substr(date(day, '-3 months'), 1, 4) || '-' || printf('%02d', substr(date(day, '-3 months'), 3, 2) + 1))",
};

const POSTGRES: Spelling = Spelling {
    id: "'0190{}-0000-7000-8000-' || lpad(to_hex(n), 12, '0')",
    day: "to_char(date '2026-04-01' + (n * 7919 % 2555)::int, 'YYYY-MM-DD')",
    year: "to_char(day::date - interval '3 months', 'YYYY') || '-' || to_char(day::date + interval '9 months', 'YY')",
};

/// SQL that inserts a payment and its disbursement for every number, each copied from one of the story's in turn.
fn copies(spelling: &Spelling, rows: i64) -> String {
    let Spelling { id, day, year } = spelling;
    let (payment, disbursement) = (id.replace("{}", "aaaa"), id.replace("{}", "bbbb"));
    let copied = format!(
        "WITH RECURSIVE numbers(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows}), \
         dated AS (SELECT n, {day} AS day FROM numbers), \
         story AS (SELECT d.*, row_number() OVER (ORDER BY d.paid_on) - 1 AS place, count(*) OVER () AS places \
                   FROM disbursements d WHERE d.number NOT LIKE 'COPY%'), \
         copied AS (SELECT dated.n, dated.day, {year} AS year, \
                           1000000 + (n * 104729 % 1000003) * 100 AS paise, story.* \
                    FROM dated JOIN story ON story.place = dated.n % story.places) "
    );
    format!(
        "BEGIN; \
         {copied} INSERT INTO payments (id, number, tranche_id, organisation_id, amount_paise, bank_account, ifsc, status, \
                advised_by, advised_at, utr, paid_on, reason, settled_by, settled_at, version) \
         SELECT {payment}, 'COPY/' || copied.n, p.tranche_id, p.organisation_id, copied.paise, p.bank_account, p.ifsc, \
                'failed_after_success', p.advised_by, p.advised_at, 'COPY' || copied.n, copied.day, p.reason, p.settled_by, \
                p.settled_at, p.version \
         FROM copied JOIN payments p ON p.id = copied.payment_id; \
         {copied} INSERT INTO disbursements (id, number, scheme_code, component, organisation_id, beneficiary, award_id, claim_id, \
                tranche_id, payment_id, performance_year, payment_year, paid_on, amount_paise, utr, status, recorded_at) \
         SELECT {disbursement}, 'COPY/' || n, scheme_code, component, organisation_id, beneficiary, award_id, claim_id, tranche_id, \
                {payment}, performance_year, year, day, paise, 'COPY' || n, 'succeeded', recorded_at \
         FROM copied; \
         COMMIT;"
    )
}
