//! The data set: the sample story is played through the HTTP interface, and its disbursements are then
//! copied until there are enough, spread over days, years and amounts, each with a payment, a tranche and a claim of
//! its own.

use crate::server::{self, Place, Served};
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};
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
            let columns =
                |table: &str| columns(diesel::sql_query(SQLITE.columns.replace("{}", table)).load(&mut connection));
            let copies = copies(&SQLITE, rows, columns);
            connection.batch_execute(&copies).unwrap();
        }
        Some(url) => {
            let mut connection = PgConnection::establish(url).unwrap();
            let columns =
                |table: &str| columns(diesel::sql_query(POSTGRES.columns.replace("{}", table)).load(&mut connection));
            let copies = copies(&POSTGRES, rows, columns);
            connection.batch_execute(&copies).unwrap();
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
    /// The columns of the table `{}`.
    columns: &'static str,
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
}

fn columns(found: diesel::QueryResult<Vec<Column>>) -> Vec<String> {
    found.unwrap().into_iter().map(|column| column.name).collect()
}

const SQLITE: Spelling = Spelling {
    id: "printf('0190{}-0000-7000-8000-%012x', n)",
    day: "date('2026-04-01', (n * 7919 % 2555) || ' days')",
    year: "(substr(date(day, '-3 months'), 1, 4) || '-' || printf('%02d', substr(date(day, '-3 months'), 3, 2) + 1))",
    columns: "SELECT name FROM pragma_table_info('{}') ORDER BY cid",
};

const POSTGRES: Spelling = Spelling {
    id: "'0190{}-0000-7000-8000-' || lpad(to_hex(n), 12, '0')",
    day: "to_char(date '2026-04-01' + (n * 7919 % 2555)::int, 'YYYY-MM-DD')",
    year: "to_char(day::date - interval '3 months', 'YYYY') || '-' || to_char(day::date + interval '9 months', 'YY')",
    columns: "SELECT column_name::text AS name FROM information_schema.columns \
              WHERE table_schema = current_schema() AND table_name = '{}' ORDER BY ordinal_position",
};

/// SQL that inserts a tranche, its payment and the disbursement for every number, each copied from one of the story's
/// in turn. What no column below says differently is copied as it is.
fn copies(spelling: &Spelling, rows: i64, mut columns: impl FnMut(&str) -> Vec<String>) -> String {
    let Spelling { id, day, year, .. } = spelling;
    let id_of = |group: &str| id.replace("{}", group);
    let copied = format!(
        "WITH RECURSIVE numbers(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows}), \
         dated AS (SELECT n, {day} AS day FROM numbers), \
         story AS (SELECT d.id AS origin, d.claim_id, d.tranche_id, d.payment_id, row_number() OVER (ORDER BY d.paid_on) - 1 AS place, \
                          count(*) OVER () AS places \
                   FROM disbursements d WHERE d.number NOT LIKE 'COPY%'), \
         copied AS (SELECT dated.n, dated.day, {year} AS year, \
                           1000000 + (n * 104729 % 1000003) * 100 AS paise, origin, \
                           story.claim_id AS claim_origin, story.tranche_id AS tranche_origin, story.payment_id AS payment_origin \
                    FROM dated JOIN story ON story.place = dated.n % story.places) "
    );
    let mut insert = |table: &str, origin: &str, changed: &[(&str, String)]| {
        let columns = columns(table);
        let value = |column: &String| {
            let new = changed.iter().find(|(name, _)| name == column).map(|(_, value)| value.clone());
            new.unwrap_or_else(|| format!("origin_row.{column}"))
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        format!(
            "{copied} INSERT INTO {table} ({}) SELECT {} FROM copied JOIN {table} origin_row ON origin_row.id = copied.{origin}; ",
            columns.join(", "),
            values.join(", "),
        )
    };
    let number = || ("number", "'COPY/' || copied.n".to_owned());
    let (claim, tranche) = (id_of("dddd"), id_of("cccc"));
    let (payment, disbursement) = (id_of("aaaa"), id_of("bbbb"));
    let of_tranche = || ("tranche_id", tranche.clone());
    let (paise, utr) = (|| ("amount_paise", "copied.paise".to_owned()), || ("utr", "'COPY' || copied.n".to_owned()));
    let paid_on = || ("paid_on", "copied.day".to_owned());
    let of_claim = || ("claim_id", claim.clone());
    let claims = insert("claims", "claim_origin", &[("id", claim.clone()), number()]);
    let tranches = insert("tranches", "tranche_origin", &[("id", tranche.clone()), number(), of_claim()]);
    let payments = insert(
        "payments",
        "payment_origin",
        &[
            ("id", payment.clone()),
            number(),
            of_tranche(),
            paise(),
            utr(),
            paid_on(),
            ("status", "'succeeded'".to_owned()),
        ],
    );
    let disbursements = insert(
        "disbursements",
        "origin",
        &[
            ("id", disbursement),
            number(),
            of_claim(),
            of_tranche(),
            ("payment_id", payment),
            paise(),
            utr(),
            paid_on(),
            ("payment_year", "copied.year".to_owned()),
            ("status", "'succeeded'".to_owned()),
            ("set_off_paise", "0".to_owned()),
        ],
    );
    format!("BEGIN; {claims}{tranches}{payments}{disbursements}COMMIT;")
}
