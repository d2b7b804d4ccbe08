//! Selections: every field of every kind of record can be queried as the catalogue describes, compared
//! with the same query evaluated by hand over all the records.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs, says};
use crate::harness::recovery_people::Recovers;
use crate::payment::disbursements::sample;
use crate::payment::disbursements::sample::Sample;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use magnet_scheme::client::{Person, Response};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

type Record = Map<String, Value>;

/// Whether it is a ready-made question, whose answer may be empty on a sound story.
fn is_question(app: &App, subject: &str) -> bool {
    let list = app.auditor().sees("/selections");
    list["data"].as_array().unwrap().iter().any(|view| view["subject"] == subject && view["question"].is_string())
}

/// Kinds of records that are not in the story of these tests; `tests/it/edge/lists.rs` reads them.
const ELSEWHERE: [&str; 5] = ["excuses", "securities", "final_certificates", "payment_advices", "treasury_returns"];

/// Seven disbursements of two makers; part of two of them is to be recovered.
fn seven(app: &App) -> Sample {
    let sample = sample::seven(app);
    for (row, paise) in [(0, CRORE), (2, CRORE / 100)] {
        app.second("section").asks_back(&sample.rows[row], paise).ok();
    }
    sample
}

/// Every kind of record: its name and its fields.
fn subjects(app: &App) -> Vec<(String, Vec<Value>)> {
    let list = app.auditor().sees("/selections");
    let view = |view: &Value| (text(&view["subject"]), view["fields"].as_array().unwrap().clone());
    list["data"].as_array().unwrap().iter().map(view).collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// All records that a question selects, page by page.
fn all(person: &Person, subject: &str, query: &str) -> Vec<Record> {
    let mut records = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = person.sees(&format!("/selections/{subject}?limit=200&{query}{cursor}"));
        records.extend(page["data"].as_array().unwrap().iter().map(|row| row.as_object().unwrap().clone()));
        match page["page"]["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => {
                assert_eq!(page["totals"]["count"], records.len(), "{subject}?{query}");
                return records;
            }
        }
    }
}

fn encoded(value: &Value) -> String {
    text(value).bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The order of two values, as columns compare.
fn ordered(one: &Value, other: &Value) -> std::cmp::Ordering {
    match (one.as_i64(), other.as_i64()) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => one.as_str().unwrap().as_bytes().cmp(other.as_str().unwrap().as_bytes()),
    }
}

fn same(mut found: Vec<Record>, mut wanted: Vec<Record>, question: &str) {
    let whole = |record: &Record| serde_json::to_string(record).unwrap();
    found.sort_by_key(whole);
    wanted.sort_by_key(whole);
    assert_eq!(found.len(), wanted.len(), "{question}");
    assert_eq!(found, wanted, "{question}");
}

#[apply(on_both!)]
fn every_field_is_compared_as_the_catalogue_says(app: App) {
    seven(&app);
    let auditor = app.auditor();
    for (subject, fields) in subjects(&app) {
        let records = all(&auditor, &subject, "");
        let may_be_empty = is_question(&app, &subject) || ELSEWHERE.contains(&subject.as_str());
        assert!(may_be_empty || records.len() > 1, "the story has {subject}");
        for field in &fields {
            let name = field["name"].as_str().unwrap();
            let given: Vec<&Record> = records.iter().filter(|record| !record[name].is_null()).collect();
            if field["always"] == true {
                assert_eq!(given.len(), records.len(), "{subject}.{name} is always there");
            } else {
                for there in [true, false] {
                    let wanted = records.iter().filter(|record| record[name].is_null() != there).cloned().collect();
                    let query = format!("{name}_given={there}");
                    same(all(&auditor, &subject, &query), wanted, &format!("{subject}?{query}"));
                }
            }
            let Some(middle) = given.get(given.len() / 2).map(|record| record[name].clone()) else { continue };
            let holds = |record: &Record, wanted: fn(std::cmp::Ordering) -> bool| {
                !record[name].is_null() && wanted(ordered(&record[name], &middle))
            };
            type Wanted = fn(std::cmp::Ordering) -> bool;
            let compared: [(&str, Wanted); 3] = [
                ("", std::cmp::Ordering::is_eq),
                ("_from", std::cmp::Ordering::is_ge),
                ("_to", std::cmp::Ordering::is_le),
            ];
            for (ending, wanted) in compared {
                let query = format!("{name}{ending}={}", encoded(&middle));
                let wanted = records.iter().filter(|record| holds(record, wanted)).cloned().collect();
                same(all(&auditor, &subject, &query), wanted, &format!("{subject}?{query}"));
            }
            if field["holds"] == "text" && !text(&middle).is_empty() {
                let part = text(&middle).chars().take(5).collect::<String>().to_uppercase();
                let query = format!("{name}_contains={}", encoded(&json!(part)));
                let has = |record: &&Record| text(&record[name]).to_uppercase().contains(&part);
                let wanted = records.iter().filter(|record| !record[name].is_null()).filter(has).cloned().collect();
                same(all(&auditor, &subject, &query), wanted, &format!("{subject}?{query}"));
            }
        }
    }
    // Several values of one field are alternatives; several fields must all match.
    let both = all(&auditor, "disbursements", "component=capital_subsidy&component=sales_linked_incentive");
    assert_eq!(both.len(), 7);
    let query = "component=capital_subsidy&paid_on_to=2026-05-31&payment_month=2026-05&payment_quarter=2026-27%20Q1";
    assert_eq!(all(&auditor, "disbursements", query).len(), 1);
    assert_eq!(all(&auditor, "disbursements", "payment_year=2027-28&payment_month=2026-05").len(), 0);
    // The bank's reference matches however it is spaced or cased.
    assert_eq!(all(&auditor, "disbursements", "utr=utr%20000-000%20000003").len(), 1);
}

#[apply(on_both!)]
fn pages_walk_every_order_without_gap_or_repeat(app: App) {
    seven(&app);
    let auditor = app.auditor();
    for (subject, fields) in subjects(&app) {
        let key = fields[0]["name"].as_str().unwrap();
        let records = all(&auditor, &subject, "");
        for field in fields.iter().filter(|field| field["always"] == true) {
            let name = field["name"].as_str().unwrap();
            for descending in [false, true] {
                let mut wanted = records.clone();
                wanted.sort_by(|one, other| {
                    let order = ordered(&one[name], &other[name]).then(ordered(&one[key], &other[key]));
                    if descending { order.reverse() } else { order }
                });
                let sort = format!("sort={}{name}", if descending { "-" } else { "" });
                let (mut walked, mut cursor) = (Vec::new(), String::new());
                let limit = records.len().div_ceil(3).clamp(1, 200);
                loop {
                    let page =
                        auditor.sees(&format!("/selections/{subject}?{sort}&limit={limit}&totals=false{cursor}"));
                    assert!(page["totals"].is_null());
                    let data = page["data"].as_array().unwrap();
                    assert!(data.len() <= limit && data.is_empty() == records.is_empty());
                    walked.extend(data.iter().map(|row| row.as_object().unwrap().clone()));
                    match page["page"]["next"].as_str() {
                        Some(next) => cursor = format!("&cursor={next}"),
                        None => break,
                    }
                }
                assert_eq!(walked, wanted, "{subject} by {sort}");
            }
        }
    }
}

#[apply(on_both!)]
fn groups_add_up_to_the_whole(app: App) {
    seven(&app);
    let auditor = app.auditor();
    for (subject, fields) in subjects(&app) {
        let records = all(&auditor, &subject, "");
        let money: Vec<&str> = fields
            .iter()
            .filter(|field| field["holds"] == "paise")
            .map(|field| field["name"].as_str().unwrap())
            .collect();
        for field in fields.iter().filter(|field| field["groups"] == true) {
            let name = field["name"].as_str().unwrap();
            let mut wanted: BTreeMap<String, Vec<&Record>> = BTreeMap::new();
            records.iter().for_each(|record| wanted.entry(text(&record[name])).or_default().push(record));
            let answer = auditor.sees(&format!("/selections/{subject}?group_by={name}"));
            let groups = answer["data"].as_array().unwrap();
            assert_eq!(groups.len(), wanted.len(), "{subject} by {name}");
            for group in groups {
                let members = &wanted[&text(&group[name])];
                assert_eq!(group["count"], members.len(), "{subject} by {name}");
                for sum in &money {
                    let wanted: i64 = members.iter().map(|record| record[*sum].as_i64().unwrap()).sum();
                    assert_eq!(group[*sum], wanted, "{subject} by {name}: {sum}");
                }
            }
            assert_eq!(answer["totals"]["count"], records.len());
        }
    }
    let answer = auditor.sees("/selections/disbursements?status=succeeded&group_by=beneficiary,payment_year");
    let rows: Vec<Value> = answer["data"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 4);
    let of = |beneficiary: &str, year: &str| {
        let found =
            rows.iter().find(|row| text(&row["beneficiary"]).contains(beneficiary) && row["payment_year"] == year);
        found.unwrap()["amount_paise"].as_i64().unwrap()
    };
    assert_eq!(of("magnetite", "2027-28"), 8_00_00_000);
    assert_eq!(of("lodestone", "2026-27"), 15_00_00_00_000 + 2 * 16_00_00_000);
}

fn export(person: &Person, query: &str, headers: &[(&str, &str)]) -> Response {
    person.send("GET", &format!("/selections/{query}"), headers, None).unwrap()
}

/// Rows of a CSV file with a header, each a map.
fn parsed(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(bytes).deserialize().map(Result::unwrap).collect()
}

#[apply(on_both!)]
fn an_export_is_the_whole_selection_and_goes_on_where_it_broke_off(app: App) {
    seven(&app);
    let auditor = app.auditor();
    for (subject, _) in subjects(&app) {
        let records = all(&auditor, &subject, "");
        let csv = export(&auditor, &format!("{subject}/export"), &[]);
        assert_eq!((csv.status, csv.header("content-type")), (200, Some("text/csv; charset=utf-8; header=present")));
        let wanted: Vec<BTreeMap<String, String>> = records
            .iter()
            .map(|record| {
                let cell = |value: &Value| if value.is_null() { String::new() } else { text(value) };
                record.iter().map(|(name, value)| (name.clone(), cell(value))).collect()
            })
            .collect();
        assert_eq!(parsed(&csv.bytes), wanted, "{subject}");
        let ndjson = export(&auditor, &format!("{subject}/export?format=ndjson"), &[]);
        let rows: Vec<Record> = ndjson.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(rows, records, "{subject}");
        let list = export(&auditor, &format!("{subject}/export?format=json"), &[]);
        assert_eq!(serde_json::from_str::<Vec<Record>>(&list.text()).unwrap(), records, "{subject}");
    }
    let query = "disbursements/export?component=sales_linked_incentive&sort=amount_paise";
    let whole = export(&auditor, query, &[]);
    assert_eq!(whole.header("content-disposition"), Some("attachment; filename=\"disbursements.csv\""));
    let bytes = &whole.bytes;
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(bytes)));
    assert_eq!(whole.header("repr-digest"), Some(&*digest));
    assert_eq!(whole.header("content-length"), Some(&*bytes.len().to_string()));
    let tag = whole.header("etag").unwrap();
    assert_eq!(export(&auditor, query, &[("If-None-Match", tag)]).status, 304);
    let rest = export(&auditor, query, &[("Range", "bytes=100-"), ("If-Range", tag)]);
    assert_eq!((rest.status, &rest.bytes[..]), (206, &bytes[100..]));
    let range = format!("bytes 100-{}/{}", bytes.len() - 1, bytes.len());
    assert_eq!((rest.header("content-range"), rest.header("repr-digest")), (Some(&*range), Some(&*digest)));
    // A range of another file would not fit: the whole file is served.
    let other = export(&auditor, query, &[("Range", "bytes=100-"), ("If-Range", "\"another\"")]);
    assert_eq!((other.status, &other.bytes), (200, bytes));
    let behind = format!("bytes={}-", bytes.len());
    export(&auditor, query, &[("Range", &behind)]).refused(416, "range_not_satisfiable");
    // An empty result is a file too.
    let none = export(&auditor, "disbursements/export?component=administration", &[]);
    assert_eq!(none.text().lines().count(), 1, "an empty table still says what its columns are");
    assert_eq!(export(&auditor, "disbursements/export?component=administration&format=json", &[]).json(), json!([]));
    assert_eq!(export(&auditor, "disbursements/export?component=administration&format=ndjson", &[]).text(), "");
    let left: Vec<_> = std::fs::read_dir(app.config.data.folder.join("downloads")).unwrap().collect();
    assert!(left.is_empty(), "nothing of a download stays on disk");
}

#[apply(on_both!)]
fn spreadsheets_are_given_no_formulas(app: App) {
    seven(&app);
    app.sql("UPDATE payments SET reason = '=1+1' WHERE utr = 'UTR000000000003'");
    let auditor = app.auditor();
    let csv = export(&auditor, "payments/export?format=csv_for_spreadsheets&utr=UTR000000000003", &[]);
    let bytes = &csv.bytes;
    assert!(bytes.starts_with("\u{feff}id,".as_bytes()));
    assert_eq!(parsed(&bytes[3..])[0]["reason"], "'=1+1");
    let plain = export(&auditor, "payments/export?utr=UTR000000000003", &[]);
    assert_eq!(parsed(&plain.bytes)[0]["reason"], "=1+1", "a program is given what is there");
}

#[apply(on_both!)]
fn spreadsheets_are_given_no_numbers_that_they_would_change(app: App) {
    seven(&app);
    let auditor = app.auditor();
    let id = all(&auditor, "payments", "utr=UTR000000000003")[0]["id"].as_str().unwrap().to_owned();
    let written = |utr: &str, reason: &str| {
        app.sql(&format!("UPDATE payments SET utr = '{utr}', reason = '{reason}' WHERE id = '{id}'"));
        let [sheet, plain] = ["csv_for_spreadsheets", "csv"].map(|format| {
            let csv = export(&auditor, &format!("payments/export?format={format}&id={id}"), &[]);
            let from = if format == "csv" { 0 } else { 3 };
            let row = parsed(&csv.bytes[from..]).remove(0);
            assert!(row["paid_on"].starts_with("20"), "a day stays a day");
            [row["utr"].clone(), row["reason"].clone()]
        });
        assert_eq!(plain, [utr, reason], "a program is given what is there");
        sheet
    };
    let guarded = |text: &str| format!("'{text}");
    for (utr, reason) in [
        ("6032026112900001234567", "＝1+1"),
        ("0012345", "＋1"),
        ("1234567890123456", "－2"),
        ("12E45", "＠sum"),
        ("6032026112900001234568", " =1+1"),
    ] {
        assert_eq!(written(utr, reason), [guarded(utr), guarded(reason)]);
    }
    assert_eq!(written("123456789012345", "account closed"), ["123456789012345", "account closed"]);
    assert_eq!(written("SBINR52026050100009", "0 of 3"), ["SBINR52026050100009", "0 of 3"]);
}

#[apply(on_both!)]
fn people_see_what_is_theirs(app: App) {
    let sample = seven(&app);
    let owner = app.signatory_of("lodestone");
    for (subject, fields) in subjects(&app) {
        let path = format!("/selections/{subject}");
        let of_organisations = fields.iter().any(|field| field["name"] == "organisation_id" && field["always"] == true);
        if is_question(&app, &subject) {
            owner.get(&path).unwrap().refused(403, "not_permitted");
            continue;
        }
        if !of_organisations {
            for path in [path.clone(), format!("{path}/export"), format!("{path}?group_by={}", "scheme_code")] {
                let answer = owner.get(&path).unwrap();
                assert!(answer.status == 403 || answer.status == 400, "{path}");
            }
            owner.get(&path).unwrap().refused(403, "not_permitted");
            continue;
        }
        let own = all(&owner, &subject, "");
        assert!(
            own.iter().all(|record| record["organisation_id"] == *sample.lodestone)
                && (!own.is_empty() || ELSEWHERE.contains(&subject.as_str())),
            "{subject}"
        );
        assert_eq!(own, all(&app.auditor(), &subject, &format!("organisation_id={}", sample.lodestone)), "{subject}");
        assert_eq!(parsed(&export(&owner, &format!("{subject}/export"), &[]).bytes).len(), own.len());
        let groups = owner.sees(&format!("{path}?group_by=organisation_id"));
        assert_eq!(groups["data"].as_array().unwrap().len(), usize::from(!own.is_empty()));
        let other = format!("organisation_id={}", sample.magnetite);
        for query in [
            format!("{path}?{other}"),
            format!("{path}/export?{other}"),
            format!("{path}?{other}&organisation_id={}", sample.lodestone),
        ] {
            owner.get(&query).unwrap().refused(404, "not_found");
        }
        // A manufacturer cannot find another's record by its content either.
        assert!(all(&owner, &subject, &format!("organisation_id_contains={}", sample.magnetite)).is_empty());
    }
}

#[apply(on_both!)]
fn what_cannot_be_asked_is_named(app: App) {
    let auditor = app.auditor();
    let first = |sort: &str| {
        app.auditor().sees(&format!("/selections/acts?limit=1&sort={sort}"))["page"]["next"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (by_number, by_text) = (first("sequence"), first("command"));
    for (query, named) in [
        ("colour=red".to_owned(), "colour: "),
        ("sequence=one".into(), "sequence: "),
        ("sequence_contains=1".into(), "sequence_contains: "),
        ("recorded_at_from=yesterday".into(), "recorded_at_from: "),
        ("sort=code".into(), "sort: "),
        ("sort=sequence&sort=hash".into(), "sort: stands here twice"),
        ("group_by=hash".into(), "group_by: "),
        ("group_by=outcome&limit=1".into(), "group_by: "),
        ("limit=0".into(), "limit: "),
        ("limit=201".into(), "limit: "),
        ("totals=perhaps".into(), "totals: "),
        ("format=csv".into(), "format: "),
        ("cursor=abc".into(), "cursor: "),
        (format!("cursor={by_text}"), "cursor: "),
        (format!("sort=command&cursor={by_number}"), "cursor: "),
        ("outcome_given=true".into(), "outcome_given: "),
    ] {
        let answer = auditor.get(&format!("/selections/acts?{query}")).unwrap();
        says(&answer.refused(400, "bad_parameter"), named);
    }
    for query in ["limit=1", "cursor=abc", "totals=true", "group_by=outcome", "format=pdf"] {
        auditor.get(&format!("/selections/acts/export?{query}")).unwrap().refused(400, "bad_parameter");
    }
    auditor.get("/selections/secrets").unwrap().refused(404, "not_found");
    app.anybody("GET", "/api/v1/selections/acts", None).refused(401, "unauthenticated");
    // A value that looks like SQL is a value like any other.
    assert!(all(&auditor, "acts", "command=%27%20OR%201%3D1%20--").is_empty());
    assert!(all(&auditor, "acts", "details_contains=%27%3B%20DROP%20TABLE%20audit_log%3B%20--").is_empty());
}
