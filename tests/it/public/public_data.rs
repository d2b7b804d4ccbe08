//! The public data: its three packages agree with the auditor's figures to the paisa, need no sign-in,
//! and contain nothing confidential.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Sales, Verbs, at};
use crate::payment::disbursements::sample::seven;
use domain::base::digest::hex;
use magnet_scheme::client::Response;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use zip::ZipArchive;

const FILES: [&str; 13] = [
    "360giving.json",
    "ocds.json",
    "datapackage.zip",
    "datapackage.json",
    "schemes.csv",
    "beneficiaries.csv",
    "awards.csv",
    "ceilings.csv",
    "milestones.csv",
    "sanctions.csv",
    "disbursements.csv",
    "years.csv",
    "stages.csv",
];

fn file(app: &App, name: &str) -> Response {
    let answer = app.anybody("GET", &format!("/api/v1/public/data/{name}"), None);
    assert_eq!(answer.status, 200, "{name}: {}", answer.text());
    answer
}

fn index(app: &App) -> Value {
    app.anybody("GET", "/api/v1/public/data", None).ok()
}

/// The rows of a table, each a map by column name.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

/// `150000000.00` as paise, read without a float.
fn paise(rupees: &str) -> i64 {
    let (whole, part) = rupees.split_once('.').unwrap();
    assert_eq!(part.len(), 2, "{rupees}");
    format!("{whole}{part}").parse().unwrap()
}

/// The sum of the numbers after a key in a JSON text, as they are written there.
fn written(text: &str, key: &str) -> i64 {
    let key = format!("\"{key}\":");
    let parts = text.split(&key).skip(1);
    parts.map(|rest| paise(rest.split([',', '}']).next().unwrap())).sum()
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    text.split(from).skip(1).map(|rest| rest.split(to).next().unwrap()).collect()
}

fn unpacked(package: &[u8]) -> BTreeMap<String, String> {
    let mut archive = ZipArchive::new(Cursor::new(package)).unwrap();
    let mut files = BTreeMap::new();
    for place in 0..archive.len() {
        let mut file = archive.by_index(place).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        files.insert(file.name().unwrap().into_owned(), text);
    }
    files
}

#[apply(on_both!)]
fn every_package_adds_up_to_the_totals_to_the_paisa(app: App) {
    seven(&app);
    // Entitlements with odd paise: one is paid in whole rupees, one waits for its payment.
    let award = app.auditor().sees("/awards")["data"][0].clone();
    let odd = |from, to, paise: i64| {
        let sales = Sales::at_the_rate(from, to, 7);
        app.tranche_for_sales("lodestone", &award, Sales { claimed_paise: sales.claimed_paise - paise, ..sales })
    };
    app.paid(&odd("2027-04-06", "2027-04-07", 33), "UTR000000000008", "2027-04-12");
    app.sanctioned(&odd("2027-04-08", "2027-04-09", 99));
    let totals = index(&app)["totals"].clone();
    // The auditor gets the same figures.
    let told = app.auditor().sees("/disbursements?status=succeeded")["totals"].clone();
    assert_eq!(
        (&totals["disbursements"], &totals["disbursed_paise"]),
        (&told["count"], &told["amount_paise"]),
        "{totals}"
    );
    assert_eq!((&told["count"], told["amount_paise"].as_i64().unwrap() % 100), (&json!(7), 0));
    let standing = "/selections/sanctions?status=sanctioned&status=advised&status=disbursed";
    let told = app.auditor().sees(standing)["totals"].clone();
    assert_eq!(told["amount_paise"].as_i64().unwrap() % 100, 0, "{told}");
    assert_eq!((&totals["sanctions"], &totals["sanctioned_paise"]), (&told["count"], &told["amount_paise"]));
    let awards = app.auditor().sees("/awards");
    let ceilings = awards["data"].as_array().unwrap().iter().flat_map(|award| award["ceilings"].as_array().unwrap());
    let ceilings: i64 = ceilings.map(|ceiling| ceiling["amount_paise"].as_i64().unwrap()).sum();
    assert_eq!((&totals["ceilings_paise"], &totals["awards"]), (&json!(ceilings), &json!(2)));
    let [sanctioned, disbursed] = ["sanctioned_paise", "disbursed_paise"].map(|name| totals[name].as_i64().unwrap());
    let text = file(&app, "360giving.json").text();
    let sums = |from: &str| between(&text, from, "]").iter().map(|part| written(part, "value")).sum::<i64>();
    assert_eq!(sums("\"commitmentTransaction\":["), sanctioned);
    assert_eq!(sums("\"disbursementTransaction\":["), disbursed);
    assert_eq!((written(&text, "amountAwarded"), written(&text, "amountDisbursed")), (ceilings, disbursed));
    let text = file(&app, "ocds.json").text();
    let paid: i64 =
        between(&text, "\"transactions\":[", "]").iter().map(|part| written(part, "value\":{\"amount")).sum();
    let granted: i64 = between(&text, "\"awards\":[", "]").iter().map(|part| written(part, "value\":{\"amount")).sum();
    assert_eq!((paid, granted), (disbursed, ceilings));
    let package = unpacked(&file(&app, "datapackage.zip").bytes);
    let sum = |table: &str, column: &str| rows(&package[table]).iter().map(|row| paise(&row[column])).sum::<i64>();
    assert_eq!(sum("disbursements.csv", "amount_inr"), disbursed);
    assert_eq!(sum("sanctions.csv", "amount_inr"), sanctioned);
    assert_eq!((sum("ceilings.csv", "amount_inr"), sum("awards.csv", "ceiling_inr")), (ceilings, ceilings));
    // Each table downloaded alone is the same as in the package; so is the description, which names the tables.
    for (name, text) in &package {
        assert_eq!(&file(&app, name).text(), text, "{name}");
    }
    let description: Value = serde_json::from_str(&package["datapackage.json"]).unwrap();
    for resource in description["resources"].as_array().unwrap() {
        let header = package[resource["path"].as_str().unwrap()].lines().next().unwrap().to_owned();
        let fields = resource["schema"]["fields"].as_array().unwrap();
        let fields: Vec<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
        assert_eq!(header, fields.join(","));
    }
    assert_eq!((description["resources"].as_array().unwrap().len(), package.len()), (9, 10));
    // The years of all schemes add up to the totals too, and so do the figures of the schemes.
    for column in ["appropriated", "sanctioned", "disbursed", "recovered"] {
        let total = totals[format!("{column}_paise")].as_i64().unwrap();
        assert_eq!(sum("years.csv", &format!("{column}_inr")), total, "{column}");
        let schemes = index(&app)["schemes"].as_array().unwrap().clone();
        let years = schemes.iter().flat_map(|scheme| scheme["years"].as_array().unwrap());
        assert_eq!(years.map(|year| year[format!("{column}_paise")].as_i64().unwrap()).sum::<i64>(), total, "{column}");
    }
    assert!(totals["appropriated_paise"].as_i64() > Some(disbursed), "{totals}");
}

#[apply(on_both!)]
fn a_package_names_what_was_granted_and_paid(app: App) {
    let sample = seven(&app);
    let award = app.auditor().sees("/awards")["data"][0].clone();
    let number = award["number"].as_str().unwrap();
    let cin = app.auditor().sees("/organisations")["data"][0]["cin"].as_str().unwrap().to_owned();
    let grants = file(&app, "360giving.json").json();
    let grant = &grants["grants"][0];
    assert_eq!((&grants["version"], grants["grants"].as_array().unwrap().len()), (&json!("1.4"), 2));
    assert!(grants["license"].as_str().unwrap().contains("government-open-data-license-india"));
    assert_eq!(grant["id"], format!("360G-sample-{}", number.replace('/', "-")));
    assert_eq!(
        grant["recipientOrganization"],
        json!([{ "id": format!("IN-MCA-{cin}"), "name": "Sample lodestone Ltd" }])
    );
    assert_eq!(grant["fundingOrganization"], json!([{ "id": "XX-SAMPLE-MINISTRY", "name": "Sample Ministry" }]));
    assert_eq!((&grant["awardDate"], &grant["currency"]), (&award["awarded_on"], &json!("INR")));
    let paid = grant["disbursementTransaction"].as_array().unwrap();
    let numbers: Vec<&Value> = paid.iter().map(|one| &one["id"]).collect();
    let expected: Vec<&Value> = [0, 1, 3, 5].map(|place: usize| &sample.rows[place]["number"]).into();
    assert_eq!(numbers, expected);
    assert_eq!(
        (&paid[0]["transactionDate"], &paid[0]["recipient"]),
        (&json!("2026-05-01"), &json!(format!("IN-MCA-{cin}")))
    );
    let releases = file(&app, "ocds.json").json();
    let release = &releases["releases"][0];
    assert_eq!((&releases["version"], releases["releases"].as_array().unwrap().len()), (&json!("1.1"), 2));
    assert_eq!(release["ocid"], format!("ocds-000000-{}", number.replace('/', "-")));
    let contract = &release["contracts"][0];
    assert_eq!((&contract["id"], &contract["awardID"]), (&award["number"], &release["awards"][0]["id"]));
    let implementation = &contract["implementation"];
    let payments = implementation["transactions"].as_array().unwrap();
    assert_eq!(payments.len(), 4);
    // The capital subsidy is linked to its milestone; the sales incentive is linked to none.
    let first = &payments[0]["relatedImplementationMilestone"];
    let milestones = implementation["milestones"].as_array().unwrap();
    let met = milestones.iter().find(|one| one["id"] == first["id"]).unwrap();
    assert_eq!(
        (&met["status"], &met["dateMet"], &first["id"]),
        (&json!("met"), &json!("2026-05-01T00:00:00+05:30"), &json!("oxide_to_metal"))
    );
    assert!(payments[1].get("relatedImplementationMilestone").is_none());
    // The id of a release depends on its content, and the release's date is that of its newest fact.
    let ids = || {
        let releases = file(&app, "ocds.json").json()["releases"].clone();
        releases.as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>()
    };
    let before = ids();
    assert_eq!(release["date"], sample.rows[5]["recorded_at"]);
    // A milestone of the other award was verified later.
    assert!(releases["releases"][1]["date"].as_str().unwrap().starts_with("2027-04-12T06:3"), "{releases}");
    assert_eq!(releases["publishedDate"], releases["releases"][1]["date"]);
    app.paid(
        &app.tranche_for_sales("lodestone", &award, Sales::at_the_rate("2027-04-06", "2027-04-08", 7)),
        "UTR000000000009",
        "2027-04-12",
    );
    let after = ids();
    assert!(before[0] != after[0] && before[1] == after[1], "{before:?} {after:?}");
}

#[apply(on_sqlite!)]
fn what_is_not_for_everybody_is_in_no_file(app: App) {
    let sample = seven(&app);
    // A report under inspection is not published, and neither is a tranche without sanction.
    let award = app.auditor().sees("/awards")["data"][0].clone();
    let open = app.auditor().sees(&at("awards", &award))["milestones"].as_array().unwrap().clone();
    let open = open.iter().find(|one| one["status"] == "due").unwrap().clone();
    app.signatory_of("lodestone").reports(&open, open["needed_mtpa"].clone(), "2027-04-12").ok();
    let table = rows(&file(&app, "milestones.csv").text());
    let told = table.iter().find(|row| award["number"] == row["award_number"] && open["code"] == row["code"]).unwrap();
    assert_eq!((told["status"].as_str(), told["met_on"].as_str()), ("scheduled", ""));
    let tranche = app.tranche_for_sales("lodestone", &award, Sales::at_the_rate("2027-04-06", "2027-04-08", 7));
    let mut secrets: Vec<String> = Vec::new();
    for statement in [
        "SELECT bank_account AS value FROM organisations",
        "SELECT ifsc AS value FROM organisations",
        "SELECT pan AS value FROM organisations",
        "SELECT gstin AS value FROM organisations",
        "SELECT name AS value FROM users",
        "SELECT email AS value FROM users",
        "SELECT id AS value FROM users",
        "SELECT id AS value FROM organisations",
        "SELECT id AS value FROM awards",
        "SELECT id AS value FROM evidence",
        "SELECT digest AS value FROM evidence",
        "SELECT utr AS value FROM disbursements",
        "SELECT number AS value FROM applications",
        "SELECT number AS value FROM claims",
        "SELECT number AS value FROM payments",
    ] {
        let found = app.values(statement);
        assert!(!found.is_empty(), "{statement}");
        secrets.extend(found);
    }
    secrets.push(tranche["number"].as_str().unwrap().to_owned());
    // The payment that the bank took back.
    secrets.push(sample.rows[6]["number"].as_str().unwrap().to_owned());
    secrets.push("160000".to_owned() + ",");
    for name in FILES {
        let text = String::from_utf8_lossy(&file(&app, name).bytes).into_owned();
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{name} has {secret}");
        }
    }
    assert_eq!(sample.rows[0]["amount_paise"], 15 * CRORE);
}

#[apply(on_both!)]
fn a_file_is_made_once_until_something_happens(app: App) {
    seven(&app);
    for name in FILES {
        let first = file(&app, name);
        let digest = hex(&Sha256::digest(&first.bytes));
        assert_eq!(first.header("etag"), Some(format!("\"{digest}\"").as_str()), "{name}");
        assert_eq!(first.header("cache-control"), Some("public, max-age=60"), "{name}");
        assert!(first.header("repr-digest").is_some() && first.header("accept-ranges") == Some("bytes"), "{name}");
        // An act that changes no published record causes a rebuild with the same bytes.
        app.preparer().attaches("something");
        assert_eq!(file(&app, name).bytes, first.bytes, "{name}");
        let path = format!("/api/v1/public/data/{name}");
        let send = |headers: &[(&str, &str)]| app.client.send("GET", &path, headers, None).unwrap();
        assert_eq!(send(&[("If-None-Match", &format!("\"{digest}\""))]).status, 304, "{name}");
        let part = send(&[("Range", "bytes=10-19"), ("If-Range", &format!("\"{digest}\""))]);
        assert_eq!((part.status, part.bytes.as_slice()), (206, &first.bytes[10..20]), "{name}");
    }
    // A new payment appears in it at once.
    let (before, total) = (file(&app, "disbursements.csv").text(), index(&app)["totals"]["disbursements"].clone());
    let award = app.auditor().sees("/awards")["data"][0].clone();
    let sales = Sales::at_the_rate("2027-04-06", "2027-04-08", 7);
    app.paid(&app.tranche_for_sales("lodestone", &award, sales), "UTR000000000009", "2027-04-12");
    assert_eq!(file(&app, "disbursements.csv").text().lines().count(), before.lines().count() + 1);
    assert_eq!(index(&app)["totals"]["disbursements"].as_i64(), Some(total.as_i64().unwrap() + 1));
    // A request for an earlier day returns what was true then, and leaves the current files unchanged.
    let then = app.anybody("GET", "/api/v1/public/data/disbursements.csv?as_of=2026-06-29", None);
    assert_eq!((then.status, rows(&then.text()).len()), (200, 1), "{}", then.text());
    assert_eq!(file(&app, "disbursements.csv").text().lines().count(), before.lines().count() + 1);
    app.anybody("GET", "/api/v1/public/data/users.csv", None).refused(404, "not_found");
}

#[apply(on_sqlite!)]
fn before_the_first_award_there_is_nothing_but_schemes(app: App) {
    let index = index(&app);
    let none = json!({ "beneficiaries": 0, "awards": 0, "ceilings_paise": 0, "sanctions": 0, "sanctioned_paise": 0,
        "disbursements": 0, "disbursed_paise": 0, "appropriated_paise": 0, "recovered_paise": 0 });
    assert_eq!(index["totals"], none);
    assert_eq!(index["licence"]["name"], "GODL-India");
    let paths: Vec<String> = FILES.iter().map(|name| format!("/api/v1/public/data/{name}")).collect();
    let listed: Vec<&str> =
        index["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(listed, paths);
    assert_eq!(file(&app, "360giving.json").json()["grants"], json!([]));
    assert_eq!(file(&app, "ocds.json").json()["releases"], json!([]));
    assert_eq!(rows(&file(&app, "disbursements.csv").text()).len(), 0);
    let schemes = rows(&file(&app, "schemes.csv").text());
    let known = app.anybody("GET", "/api/v1/schemes", None).ok();
    let known = known["data"].as_array().unwrap();
    let codes: BTreeSet<&str> = known.iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(schemes.iter().map(|row| row["code"].as_str()).collect::<Vec<_>>(), Vec::from_iter(codes));
    assert!(schemes.iter().any(|row| row["outlay_inr"] == "13450000000.00"), "{schemes:?}");
}

/// The most that all awards may receive, which every file, the totals and the budget say alike.
fn ceilings_everywhere(app: &App) -> i64 {
    let totals = index(app)["totals"]["ceilings_paise"].as_i64().unwrap();
    assert_eq!(written(&file(app, "360giving.json").text(), "amountAwarded"), totals);
    let ocds = file(app, "ocds.json").text();
    for list in ["\"awards\":[", "\"contracts\":["] {
        let granted: i64 = between(&ocds, list, "]").iter().map(|part| written(part, "value\":{\"amount")).sum();
        assert_eq!(granted, totals, "{list}");
    }
    for (table, column) in [("ceilings.csv", "amount_inr"), ("awards.csv", "ceiling_inr")] {
        let rows = rows(&file(app, table).text());
        assert_eq!(rows.iter().map(|row| paise(&row[column])).sum::<i64>(), totals, "{table}");
    }
    let rows = app.budget_table().as_array().unwrap().clone();
    let awards = rows.iter().filter(|row| row["level"] == "beneficiary");
    assert_eq!(awards.map(|row| row["provided_paise"].as_i64().unwrap()).sum::<i64>(), totals, "the budget");
    totals
}

#[apply(on_both!)]
fn an_award_that_was_ended_counts_with_what_it_drew(app: App) {
    let tranche = app.sanctioned_15_crore();
    app.awarded("coercive", 600);
    let advised = app.disbursing_officer().advises(&tranche).ok();
    app.disbursing_officer().confirms(&advised, "SBINR52026050100001", "2026-05-01").ok();
    let awards = app.auditor().sees("/awards")["data"].as_array().unwrap().clone();
    let (ended, other): (Vec<Value>, Vec<Value>) =
        awards.into_iter().partition(|award| award["id"] == tranche["award_id"]);
    let most = |award: &Value| -> i64 {
        award["ceilings"].as_array().unwrap().iter().map(|one| one["amount_paise"].as_i64().unwrap()).sum()
    };
    assert_eq!(ceilings_everywhere(&app), most(&ended[0]) + most(&other[0]));
    assert_eq!(index(&app)["schemes"][0]["promised_mtpa"], 1_500);

    app.corrected("end_award", &ended[0]);
    assert_eq!(ceilings_everywhere(&app), 15 * CRORE + most(&other[0]), "what it had not used is not counted");
    let figures = index(&app);
    assert_eq!((&figures["totals"]["awards"], &figures["schemes"][0]["promised_mtpa"]), (&json!(2), &json!(600)));
    let stage = |name: &str| -> Vec<i64> {
        let stages = figures["schemes"][0]["stages"].as_array().unwrap();
        stages.iter().map(|stage| stage[name].as_i64().unwrap()).collect()
    };
    assert!(stage("installed_mtpa").iter().all(|mtpa| *mtpa == 0), "what it built is promised no more: {figures}");
    assert!(stage("promised_mtpa").iter().zip(stage("aimed_at_mtpa")).all(|(promised, aim)| *promised < aim));
    let listed = rows(&file(&app, "awards.csv").text());
    let days: Vec<&str> = listed.iter().map(|row| row["ended_on"].as_str()).collect();
    assert_eq!((days.len(), days.contains(&"2026-05-01"), days.contains(&"")), (2, true, true));
    let home = app.anybody("GET", "/en/", None).text();
    assert!(home.contains("15.00") && home.contains("600"), "the first page too: {home}");

    // The bank takes the payment back: it is owed again, and counts as drawn still; a part of it that is kept too.
    let paid = app.auditor().sees("/disbursements")["data"][0].clone();
    app.demanded(&paid, 5 * CRORE);
    let payment = app.auditor().sees(&format!("/payments/{}", paid["payment_id"].as_str().unwrap()));
    app.disbursing_officer().reports_failure(&payment, "failed_after_success").ok();
    assert_eq!(ceilings_everywhere(&app), 15 * CRORE + most(&other[0]));
    app.must_verify();
}
