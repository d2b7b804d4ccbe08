//! Exports to the programs that auditors and analysts already use: the same records in every format, to
//! the paisa. Small readers of our own read them here; `.ci/run` sets `REQUIRE_REFEREES=1`, and then
//! duckdb, openpyxl, hledger, ledger and beancount read them too.

use crate::harness::app::App;
use crate::harness::people::Verbs;
use crate::payment::disbursements::sample;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use magnet_scheme::client::{Person, Response};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field as Found;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;

type Record = Map<String, Value>;

/// Seven disbursements, two of them partly set off, and one to a name with special characters of every program.
pub fn planted(app: &App) {
    let sample = sample::seven(app);
    let id = |row: usize| sample.rows[row]["id"].as_str().unwrap().to_owned();
    app.sql(&format!("UPDATE disbursements SET set_off_paise = 1234567 WHERE id = '{}'", id(1)));
    app.sql(&format!("UPDATE disbursements SET set_off_paise = 99 WHERE id = '{}'", id(6)));
    let name = "=1+1 \"Lodestone\"; (Pvt) | <Ltd>, & चुंबक: \\\\ *";
    app.sql(&format!("UPDATE disbursements SET beneficiary = '{name}' WHERE id = '{}'", id(3)));
}

pub fn export(person: &Person, query: &str) -> Response {
    let answer = person.get(&format!("/selections/{query}")).unwrap();
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    answer
}

/// The records as the NDJSON export has them.
fn records(person: &Person, subject: &str) -> Vec<Record> {
    let text = export(person, &format!("{subject}/export?format=ndjson")).text();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every kind of record with the types of its fields.
fn subjects(app: &App) -> Vec<(String, Vec<(String, String)>)> {
    let list = app.auditor().sees("/selections");
    let pair =
        |field: &Value| (field["name"].as_str().unwrap().to_owned(), field["holds"].as_str().unwrap().to_owned());
    let view = |view: &Value| {
        let fields = view["fields"].as_array().unwrap().iter().map(pair).collect();
        (view["subject"].as_str().unwrap().to_owned(), fields)
    };
    list["data"].as_array().unwrap().iter().map(view).collect()
}

fn shown(name: &str, holds: &str) -> String {
    if holds == "paise" { name.replace("_paise", "_rupees") } else { name.to_owned() }
}

fn day(days: i64) -> String {
    (chrono::NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::Duration::days(days)).to_string()
}

#[apply(on_both!)]
fn parquet_has_every_record_with_its_types(app: App) {
    planted(&app);
    let auditor = app.auditor();
    let mut seen = 0;
    for (subject, fields) in subjects(&app) {
        let wanted = records(&auditor, &subject);
        let answer = export(&auditor, &format!("{subject}/export?format=parquet"));
        assert_eq!(answer.header("content-type"), Some("application/vnd.apache.parquet"));
        let again = export(&auditor, &format!("{subject}/export?format=parquet"));
        assert!(again.bytes == answer.bytes, "{subject}: the same selection is the same file");
        let file = SerializedFileReader::new(parquet_bytes(&answer)).unwrap();
        let kept: BTreeMap<String, String> = file
            .metadata()
            .file_metadata()
            .key_value_metadata()
            .unwrap()
            .iter()
            .map(|pair| (pair.key.clone(), pair.value.clone().unwrap()))
            .collect();
        assert_eq!(kept["magnet_scheme.rows"], wanted.len().to_string());
        assert!(kept["magnet_scheme.selection"].starts_with(&format!("{subject}?sort=")));
        let mut rows = 0;
        for (row, record) in file.get_row_iter(None).unwrap().zip(&wanted) {
            let row = row.unwrap();
            for ((column, found), (name, holds)) in row.get_column_iter().zip(&fields) {
                assert_eq!(*column, shown(name, holds));
                let found = match found {
                    Found::Null => Value::Null,
                    Found::Long(number) if holds == "number" => json!(number),
                    Found::Date(days) if holds == "day" => json!(day(i64::from(*days))),
                    Found::Str(text) if matches!(holds.as_str(), "text" | "year") => json!(text),
                    Found::TimestampMicros(micros) if holds == "instant" => {
                        let instant = chrono::DateTime::from_timestamp_micros(*micros).unwrap();
                        json!(instant.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
                    }
                    Found::Decimal(decimal) if holds == "paise" => {
                        assert_eq!((decimal.scale(), decimal.precision()), (2, 18));
                        json!(i64::from_be_bytes(decimal.data().try_into().unwrap()))
                    }
                    other => panic!("{subject}.{name} holds {holds} and is {other:?}"),
                };
                let wanted = if holds == "text" && record[name].is_number() {
                    json!(record[name].to_string())
                } else {
                    record[name].clone()
                };
                assert_eq!(found, wanted, "{subject}.{name}");
                seen += 1;
            }
            rows += 1;
        }
        assert_eq!(rows, wanted.len(), "{subject}");
    }
    assert!(seen > 500, "{seen} cells");
}

fn parquet_bytes(answer: &Response) -> actix_web::web::Bytes {
    actix_web::web::Bytes::from(answer.bytes.clone())
}

/// The sheets of a workbook: rows of cells by the letters of their column, each its style and content.
fn sheet(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The cells of a sheet by row: whether each is text, and its content.
fn cells(sheet: &str) -> Vec<BTreeMap<usize, (bool, String)>> {
    let mut rows = Vec::new();
    for row in sheet.split("<row ").skip(1) {
        let mut cells = BTreeMap::new();
        for cell in row.split("<c ").skip(1) {
            let place = cell.split('"').nth(1).unwrap();
            let letters = place.bytes().take_while(u8::is_ascii_uppercase);
            let column = letters.fold(0, |number, letter| number * 26 + usize::from(letter - b'A') + 1) - 1;
            assert!(!cell.contains("<f"), "{place} is a formula");
            let text = cell.contains("<is>") || cell.contains("t=\"s\"");
            let tag = if cell.contains("<is>") { "<t" } else { "<v" };
            let content = cell.split(tag).nth(1).unwrap().split_once('>').unwrap().1.split('<').next().unwrap();
            let content =
                content.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
            cells.insert(column, (text, content));
        }
        rows.push(cells);
    }
    rows
}

/// The paise of a number of rupees as it is written in a cell.
pub fn paise(rupees: &str) -> i64 {
    let (whole, part) = rupees.split_once('.').unwrap_or((rupees, ""));
    format!("{whole}{part:0<2}").parse().unwrap()
}

#[allow(clippy::float_arithmetic)] // a workbook's instants are fractions of days
#[apply(on_sqlite!)]
fn a_workbook_has_real_dates_and_numbers_and_says_what_it_is(app: App) {
    planted(&app);
    let auditor = app.auditor();
    for (subject, fields) in subjects(&app) {
        let wanted = records(&auditor, &subject);
        let answer = export(&auditor, &format!("{subject}/export?format=xlsx"));
        assert_eq!(answer.header("content-disposition"), Some(&*format!("attachment; filename=\"{subject}.xlsx\"")));
        let again = export(&auditor, &format!("{subject}/export?format=xlsx"));
        assert!(again.bytes == answer.bytes, "{subject}: the same selection of the same log is the same file");
        let text = sheet(&answer.bytes, "xl/worksheets/sheet1.xml");
        assert!(text.contains("state=\"frozen\"") && text.contains("<autoFilter ref=\"A1:"), "{subject}");
        let rows = cells(&text);
        let heads: Vec<&String> = rows[0].values().map(|(_, name)| name).collect();
        assert_eq!(
            heads,
            fields.iter().map(|(name, holds)| shown(name, holds)).collect::<Vec<_>>().iter().collect::<Vec<_>>()
        );
        assert_eq!(rows.len(), wanted.len() + 1, "{subject}");
        for (row, record) in rows[1..].iter().zip(&wanted) {
            for (place, (name, holds)) in fields.iter().enumerate() {
                let found = match row.get(&place) {
                    None => Value::Null,
                    Some((true, text)) => json!(text),
                    Some((false, number)) => match holds.as_str() {
                        "paise" => json!(paise(number)),
                        "number" => json!(number.parse::<i64>().unwrap()),
                        "day" => json!(day(number.parse::<i64>().unwrap() - 25_569)),
                        "instant" => {
                            let days: f64 = number.parse().unwrap();
                            let millis = ((days - 25_569.0) * 86_400_000.0).round() as i64;
                            let instant = chrono::DateTime::from_timestamp_millis(millis).unwrap();
                            json!(instant.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
                        }
                        _ => panic!("{subject}.{name} is a number"),
                    },
                };
                let wanted = match &record[name] {
                    Value::String(text) if text.is_empty() => Value::Null,
                    Value::String(text) if holds == "instant" => json!(format!("{}Z", &text[..23])),
                    Value::Number(number) if holds == "text" => json!(number.to_string()),
                    Value::String(text) => json!(text.replace('\r', "_x000D_")),
                    other => other.clone(),
                };
                assert_eq!(found, wanted, "{subject}.{name}");
            }
        }
    }
    let answer = export(&auditor, "disbursements/export?format=xlsx&status=succeeded");
    let styles = sheet(&answer.bytes, "xl/styles.xml");
    let crores = "##\\,##\\,##\\,##0.00";
    assert!(styles.contains(&format!("\"{crores};-{crores}\"")), "{styles}");
    let strings = sheet(&answer.bytes, "xl/sharedStrings.xml");
    let digest = Sha256::digest(&export(&auditor, "disbursements/export?format=ndjson&status=succeeded").bytes);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let total = auditor.sees("/selections/disbursements?status=succeeded")["totals"]["amount_paise"].as_i64().unwrap();
    let entry = app.audit_length();
    for said in [
        "disbursements?status=succeeded&amp;sort=-paid_on".to_owned(),
        format!("(entry {entry} of the audit log)"),
        format!("{}.{:02}", total / 100, total % 100),
        digest,
        "2027-04-12".to_owned(),
    ] {
        assert!(strings.contains(&said), "{said} in {strings}");
    }
}

pub fn referees_are_required() -> bool {
    std::env::var("REQUIRE_REFEREES").is_ok_and(|value| value == "1")
}

#[apply(on_both!)]
fn every_form_has_the_digest_of_the_same_records(app: App) {
    planted(&app);
    let auditor = app.auditor();
    let query = "disbursements/export?sort=amount_paise&component=sales_linked_incentive&format=";
    let rows = export(&auditor, &format!("{query}ndjson"));
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&rows.bytes)));
    for format in ["ndjson", "json", "parquet", "xlsx", "hledger", "ledger", "beancount"] {
        let answer = export(&auditor, &format!("{query}{format}"));
        assert_eq!(answer.header("selection-digest"), Some(&*digest), "{format}");
        let own = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&answer.bytes)));
        assert_eq!(answer.header("repr-digest"), Some(&*own), "{format}");
    }
    assert_eq!(export(&auditor, &format!("{query}csv")).header("selection-digest"), None);
    let left: Vec<_> = std::fs::read_dir(app.config.data.folder.join("downloads")).unwrap().collect();
    assert!(left.is_empty(), "nothing of a download stays on disk");
}

/// The formats that the referees read, and their file endings.
const FORMS: [(&str, &str); 8] = [
    ("csv", "csv"),
    ("ndjson", "ndjson"),
    ("json", "json"),
    ("parquet", "parquet"),
    ("xlsx", "xlsx"),
    ("hledger", "journal"),
    ("ledger", "ledger"),
    ("beancount", "beancount"),
];

/// Every format of one selection, read by the programs in `tests/read_exports.py`. Without
/// `REQUIRE_REFEREES=1` the test only checks that the files are served, because the programs are not
/// part of Rust.
#[apply(on_sqlite!)]
fn programs_that_are_not_ours_report_the_same_total(app: App) {
    planted(&app);
    let auditor = app.auditor();
    let required = referees_are_required();
    let take = |folder: &Path, query: &str| {
        for (format, ending) in FORMS {
            let answer = export(&auditor, &format!("disbursements/export?{query}&format={format}"));
            std::fs::write(folder.join(format!("disbursements.{ending}")), &answer.bytes).unwrap();
        }
        auditor.sees(&format!("/selections/disbursements?{query}"))["totals"].clone()
    };
    for (query, condition) in [
        ("", "1 = 1"),
        ("status=succeeded&sort=recorded_at", "status = 'succeeded'"),
        ("component=administration", "component = 'administration'"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let totals = take(folder.path(), query);
        let sum = format!(
            "SELECT CAST(COALESCE(SUM(amount_paise), 0) AS TEXT) AS value FROM disbursements WHERE {condition}"
        );
        assert_eq!(app.values(&sum), [totals["amount_paise"].to_string()], "the database itself");
        if required {
            let told = referees(folder.path(), &totals).unwrap_or_else(|fault| panic!("{query}: {fault}"));
            assert_eq!(told.lines().count(), 6, "{told}");
        }
    }
    if required {
        // The referees must also be able to refuse: each file in turn has one record less.
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let totals = take(folder.path(), "status=succeeded");
        take(other.path(), "status=succeeded&paid_on_from=2026-05-02");
        for (_, ending) in FORMS {
            let name = format!("disbursements.{ending}");
            let kept = std::fs::read(folder.path().join(&name)).unwrap();
            std::fs::copy(other.path().join(&name), folder.path().join(&name)).unwrap();
            assert!(referees(folder.path(), &totals).is_err(), "{ending} of other records is accepted");
            std::fs::write(folder.path().join(&name), kept).unwrap();
        }
        referees(folder.path(), &totals).unwrap();
    }
}

/// The report of the referees, or their complaint. `REFEREES` names the folder of the Python and of the
/// programs that came with its packages.
fn referees(folder: &Path, totals: &Value) -> Result<String, String> {
    let programs = std::env::var("REFEREES").expect("REFEREES names the folder of python and bean-check");
    let output = std::process::Command::new(format!("{programs}/python"))
        .arg("-B")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/read_exports.py"))
        .arg(folder)
        .args([totals["amount_paise"].to_string(), totals["count"].to_string(), programs])
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}
