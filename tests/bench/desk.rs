//! The audit desk compared with the database's own tools: pages, totals by group, and exports against
//! the same statement run directly, by `sqlite3` and by `COPY … TO STDOUT`; and the memory that each
//! export takes.

use crate::server::{Place, Served};
use crate::{PAGES, line, mebibytes, median, milliseconds, timed};
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use magnet_scheme::client::Person;
use std::hint::black_box;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

const EXPORTS: usize = 3;
const PART_BYTES: usize = 1 << 16;
const RESIDENT_KIB_MOST: u64 = 100 * 1024;
/// The columns of an export, as the service selects them.
const COLUMNS: &str = "id, number, scheme_code, component, organisation_id, beneficiary, award_id, claim_id, tranche_id, payment_id, \
    performance_year, payment_year, payment_year || CASE WHEN substr(paid_on, 6, 2) < '04' THEN ' Q4' WHEN substr(paid_on, 6, 2) < '07' \
    THEN ' Q1' WHEN substr(paid_on, 6, 2) < '10' THEN ' Q2' ELSE ' Q3' END AS payment_quarter, substr(paid_on, 1, 7) AS payment_month, \
    paid_on, amount_paise, CASE status WHEN 'failed_after_success' THEN amount_paise ELSE 0 END AS returned_paise, kept_paise, set_off_paise, \
    CASE status WHEN 'succeeded' THEN amount_paise - set_off_paise ELSE 0 END AS net_paise, utr, status, recorded_at";

#[derive(QueryableByName)]
#[allow(dead_code)] // read in full, as the service does, and thrown away
struct Row {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    number: String,
    #[diesel(sql_type = Text)]
    scheme_code: String,
    #[diesel(sql_type = Text)]
    component: String,
    #[diesel(sql_type = Text)]
    organisation_id: String,
    #[diesel(sql_type = Text)]
    beneficiary: String,
    #[diesel(sql_type = Text)]
    award_id: String,
    #[diesel(sql_type = Text)]
    claim_id: String,
    #[diesel(sql_type = Text)]
    tranche_id: String,
    #[diesel(sql_type = Text)]
    payment_id: String,
    #[diesel(sql_type = Text)]
    performance_year: String,
    #[diesel(sql_type = Text)]
    payment_year: String,
    #[diesel(sql_type = Text)]
    payment_quarter: String,
    #[diesel(sql_type = Text)]
    payment_month: String,
    #[diesel(sql_type = Text)]
    paid_on: String,
    #[diesel(sql_type = BigInt)]
    amount_paise: i64,
    #[diesel(sql_type = BigInt)]
    returned_paise: i64,
    #[diesel(sql_type = BigInt)]
    kept_paise: i64,
    #[diesel(sql_type = BigInt)]
    set_off_paise: i64,
    #[diesel(sql_type = BigInt)]
    net_paise: i64,
    #[diesel(sql_type = Text)]
    utr: String,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Text)]
    recorded_at: String,
}

#[derive(QueryableByName)]
#[allow(dead_code)]
struct Group {
    #[diesel(sql_type = Text)]
    organisation_id: String,
    #[diesel(sql_type = Text)]
    payment_year: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = BigInt)]
    amount_paise: i64,
    #[diesel(sql_type = BigInt)]
    returned_paise: i64,
    #[diesel(sql_type = BigInt)]
    kept_paise: i64,
    #[diesel(sql_type = BigInt)]
    set_off_paise: i64,
    #[diesel(sql_type = BigInt)]
    net_paise: i64,
}

enum Direct {
    Sqlite(Box<SqliteConnection>),
    Postgres(PgConnection),
}

impl Direct {
    fn open(place: &Place) -> Direct {
        match &place.url {
            None => Direct::Sqlite(Box::new(SqliteConnection::establish(&place.sqlite()).unwrap())),
            Some(url) => Direct::Postgres(PgConnection::establish(url).unwrap()),
        }
    }

    fn rows(&mut self, statement: &str) -> usize {
        let rows: Vec<Row> = match self {
            Direct::Sqlite(conn) => sql_query(statement).load(&mut **conn).unwrap(),
            Direct::Postgres(conn) => sql_query(statement).load(conn).unwrap(),
        };
        black_box(rows).len()
    }

    fn groups(&mut self, statement: &str) -> usize {
        let rows: Vec<Group> = match self {
            Direct::Sqlite(conn) => sql_query(statement).load(&mut **conn).unwrap(),
            Direct::Postgres(conn) => sql_query(statement).load(conn).unwrap(),
        };
        black_box(rows).len()
    }
}

/// Measures the audit desk on one engine.
pub fn measure(place: &Place, served: &Served, auditor: &Person, beneficiary_id: &str) {
    let mut direct = Direct::open(place);
    let three = format!(
        "organisation_id = '{beneficiary_id}' AND component = 'capital_subsidy' AND payment_year = '2029-30' \
                 AND paid_on BETWEEN '2029-04-01' AND '2030-03-31'"
    );
    let asked = format!("organisation_id={beneficiary_id}&component=capital_subsidy&payment_year=2029-30");
    let page = format!("SELECT {COLUMNS} FROM disbursements WHERE {three} ORDER BY paid_on DESC, id DESC LIMIT 101");
    beside(
        "selection: page of 100, three filters",
        auditor,
        &format!("/selections/disbursements?{asked}&sort=-paid_on&limit=100&totals=false"),
        2.0,
        PAGES,
        || {
            black_box(direct.rows(&page));
        },
    );
    let sums = "CAST(COUNT(*) AS BIGINT) AS count, CAST(SUM(amount_paise) AS BIGINT) AS amount_paise, \
        CAST(SUM(CASE status WHEN 'failed_after_success' THEN amount_paise ELSE 0 END) AS BIGINT) AS returned_paise, \
        CAST(SUM(kept_paise) AS BIGINT) AS kept_paise, CAST(SUM(set_off_paise) AS BIGINT) AS set_off_paise, \
        CAST(SUM(CASE status WHEN 'succeeded' THEN amount_paise - set_off_paise ELSE 0 END) AS BIGINT) AS net_paise";
    let groups = format!(
        "SELECT organisation_id, payment_year, {sums} FROM disbursements GROUP BY organisation_id, payment_year \
         ORDER BY organisation_id, payment_year"
    );
    beside(
        "selection: totals by beneficiary and year",
        auditor,
        "/selections/disbursements?group_by=organisation_id,payment_year",
        1.5,
        7,
        || {
            black_box(direct.groups(&groups));
        },
    );
    drop(direct);
    let statement = format!("SELECT {COLUMNS} FROM disbursements ORDER BY paid_on, id");
    let tool = if place.url.is_some() { "COPY … TO STDOUT" } else { "sqlite3 -csv" };
    let (mut ours, mut theirs, mut rows) = (Vec::new(), Vec::new(), 0);
    for _ in 0..EXPORTS {
        ours.push(timed(|| rows = export(served, auditor, "csv")));
        let mut found = None;
        let took = timed(|| found = by_tool(place, &statement));
        if let Some(found) = found {
            assert_eq!(found, rows, "{tool}");
            theirs.push(took);
        }
    }
    let ours = median(&mut ours);
    let name = format!("CSV of everything, beside {tool}");
    if theirs.is_empty() {
        line(&name, &per_second(rows, ours), "no such tool", "", "≥ 0.8", None);
    } else {
        let theirs = median(&mut theirs);
        let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
        let (met, told) = (Some(ratio >= 0.8), format!("{ratio:.2}"));
        line(&name, &per_second(rows, ours), &per_second(rows, theirs), &told, "≥ 0.8", met);
    }
    for format in ["csv", "ndjson", "json", "parquet", "xlsx", "hledger"] {
        served.forget_peak();
        let took = timed(|| {
            black_box(export(served, auditor, format));
        });
        let kib = served.resident_kib("VmHWM:");
        let met = Some(kib < RESIDENT_KIB_MOST);
        line(
            &format!("{format}: seconds, and memory at its peak"),
            &milliseconds(took),
            &mebibytes(kib),
            "",
            "< 100 MiB",
            met,
        );
    }
}

fn per_second(rows: usize, took: Duration) -> String {
    format!("{:.0}/s", rows as f64 / took.as_secs_f64())
}

/// Reads the whole export and discards it, as `by_tool` does; returns the number of lines.
fn export(served: &Served, auditor: &Person, format: &str) -> usize {
    let mut stream = TcpStream::connect(served.address).unwrap();
    let (token, address) = (auditor.token().unwrap(), served.address);
    let path = format!("/api/v1/selections/disbursements/export?sort=paid_on&format={format}");
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = BufReader::with_capacity(PART_BYTES, stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(answer.read_line(&mut head).unwrap() > 0, "{format}: {head}");
    }
    assert!(head.starts_with("HTTP/1.1 200"), "{format}: {head}");
    lines(&mut answer)
}

/// Reads to the end; returns the number of lines.
fn lines(from: &mut impl Read) -> usize {
    let (mut part, mut lines) = (vec![0; PART_BYTES], 0);
    loop {
        let read = from.read(&mut part).unwrap();
        if read == 0 {
            return lines;
        }
        lines += part[..read].iter().filter(|byte| **byte == b'\n').count();
    }
}

/// Exports the same rows with the database's own program; returns the number of lines, or `None` without
/// that program.
fn by_tool(place: &Place, statement: &str) -> Option<usize> {
    let mut command = match &place.url {
        None => {
            let mut command = Command::new("sqlite3");
            command.args(["-csv", "-header", &place.sqlite(), statement]);
            command
        }
        Some(url) => {
            let mut command = Command::new("psql");
            command.args([url.as_str(), "-qc", &format!("COPY ({statement}) TO STDOUT (FORMAT csv, HEADER)")]);
            command
        }
    };
    let mut tool = match command.stdout(Stdio::piped()).spawn() {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        started => started.unwrap(),
    };
    let found = lines(&mut tool.stdout.take().unwrap());
    assert!(tool.wait().unwrap().success(), "the database's own tool failed");
    Some(found)
}

/// Runs the interface and the statement in turns, so that both are measured on the same machine load.
fn beside(name: &str, auditor: &Person, path: &str, most: f64, times: usize, mut direct: impl FnMut()) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..times {
        ours.push(timed(|| {
            let answer = auditor.get(path).unwrap();
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        }));
        theirs.push(timed(&mut direct));
    }
    let (ours, theirs) = (median(&mut ours[times / 10..]), median(&mut theirs[times / 10..]));
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    let met = Some(ratio <= most);
    line(name, &milliseconds(ours), &milliseconds(theirs), &format!("{ratio:.2}"), &format!("≤ {most}"), met);
}
