//! Time travel (bitemporal: valid time and transaction time). An answer that was served then is served
//! again, byte for byte; facts that were recorded late or corrected show the difference between valid
//! time and transaction time.

use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs};
use crate::harness::recovery_people::Recovers;
use crate::harness::treasury_people::TreasuryVerbs;
use magnet_scheme::client::Person;
use magnet_scheme::db::engine::connection::DatabaseUrl;
use magnet_scheme::db::engine::migrations::{StartLock, migrate};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Reads of this instance or of the log, whose history has its own proofs.
const NOT_OF_A_MOMENT: [&str; 4] = ["/log/", "/me", "/auth/", "/evidence/"];

/// Status and body of every read, by its path.
type Answers = BTreeMap<String, (u16, Vec<u8>)>;

/// Every read of a moment; `{id}` stands for a record.
fn reads(app: &App) -> Vec<String> {
    let reads = app.operations().into_iter().filter(|(method, ..)| method == "GET");
    let paths = reads.filter_map(|(_, path, _)| path.strip_prefix("/api/v1").map(str::to_owned));
    // Downloading an advice is an act of its own.
    let of_a_moment = |path: &String| {
        !NOT_OF_A_MOMENT.iter().any(|not| path.starts_with(not)) && !path.starts_with("/payment-advices/{id}/file")
    };
    let whole = |path: String| {
        path.replace("{code}", crate::harness::people::SCHEME).replace("{round}", "1").replace("{version}", "1")
    };
    paths.filter(of_a_moment).map(whole).collect()
}

/// The ids of the first records of a list; none where there is no list.
fn first_ids(auditor: &Person, noun: &str) -> Vec<String> {
    let list = auditor.get(noun).unwrap();
    let rows = if list.status == 200 { list.json()["data"].as_array().cloned() } else { None };
    rows.into_iter().flatten().take(3).map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// Every read that is possible for the stored records, and its answer.
fn everything(reads: &[String], auditor: &Person) -> Answers {
    let mut answers = BTreeMap::new();
    let mut ask = |path: String| {
        let answer = auditor.get(&path).unwrap();
        answers.insert(path, (answer.status, answer.bytes));
    };
    let mut known: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for path in reads {
        match path.split_once("/{id}") {
            None => ask(path.clone()),
            Some((noun, rest)) => {
                let ids = known.entry(noun).or_insert_with(|| first_ids(auditor, noun));
                ids.iter().for_each(|id| ask(format!("{noun}/{id}{rest}")));
            }
        }
    }
    answers
}

#[apply(on_both!)]
fn what_was_served_then_is_served_again_byte_for_byte(app: App) {
    let (auditor, reads) = (app.auditor(), reads(&app));
    auditor.sees("/me");
    let mut moments: Vec<(String, Answers)> = Vec::new();
    let mut keep = || {
        moments.push((app.now().to_string(), everything(&reads, &auditor)));
        app.wait_seconds(90);
    };
    keep();
    let sanctioned = app.sanctioned_15_crore();
    keep();
    let ddo = app.disbursing_officer();
    let advised = ddo.advises(&sanctioned).ok();
    let paid = ddo.confirms(&advised, "SBINR52026050100001", "2026-05-01").ok();
    keep();
    ddo.reports_failure(&paid, "failed_after_success").ok();
    keep();
    let again = ddo.advises(&app.tranche(&sanctioned)).ok();
    ddo.makes_advice(&[&again]).ok();
    let number = again["number"].as_str().unwrap();
    let file = format!(
        "HDR,SCROLL-1,,1,150000000.00\r\nLIN,{number},Success,SBINR52026050100002,2026-05-01,150000000.00,\r\nTRL,1,150000000.00\r\n"
    );
    ddo.uploads_return("text/csv", file.as_bytes()).ok();
    keep();
    let disbursement = auditor.sees("/disbursements?status=succeeded")["data"][0].clone();
    app.second("section").asks_back(&disbursement, CRORE).ok();
    auditor.post("/controls/runs", None, &json!({})).unwrap().ok();
    keep();
    let (mut compared, mut answered) = (0, 0);
    for (known_at, answers) in &moments {
        for (path, (status, bytes)) in answers {
            let joint = if path.contains('?') { '&' } else { '?' };
            let then = auditor.get(&format!("{path}{joint}known_at={known_at}")).unwrap();
            let told = String::from_utf8_lossy(bytes);
            assert_eq!(then.status, *status, "{path} at {known_at}: {} instead of {told}", then.text());
            compared += 1;
            if *status == 200 {
                assert_eq!(then.header("known-at"), Some(known_at.as_str()), "{path}");
                answered += 1;
                let (now, then) = (told.as_bytes(), then.text());
                let same = then.bytes().zip(now).take_while(|(one, other)| one == *other).count();
                let from = |text: &[u8]| {
                    String::from_utf8_lossy(&text[same.saturating_sub(200)..(same + 200).min(text.len())]).into_owned()
                };
                assert!(
                    then.as_bytes() == now,
                    "{path} at {known_at}:\n{}\ninstead of\n{}",
                    from(then.as_bytes()),
                    from(now)
                );
            }
        }
    }
    assert!(moments.len() == 6 && compared > 600 && answered > 500, "{compared} {answered}");
    // `now` is a valid moment too.
    let now = auditor.get("/selections/disbursements?known_at=now").unwrap();
    assert_eq!(now.text(), auditor.get("/selections/disbursements").unwrap().text());
    assert!(now.header("known-at").is_some_and(|instant| instant <= app.now().to_string().as_str()));
}

#[apply(on_both!)]
fn a_fact_that_came_late_was_true_before_it_was_known(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let (ddo, auditor) = (app.disbursing_officer(), app.auditor());
    let advised = ddo.advises(&sanctioned).ok();
    app.set_clock("2026-05-10T06:30:00Z");
    let paid = ddo.confirms(&advised, "SBINR52026050100001", "2026-05-01").ok();
    app.set_clock("2026-05-20T06:30:00Z");
    ddo.reports_failure(&paid, "failed_after_success").ok();
    app.set_clock("2026-05-30T06:30:00Z");
    let asked = |moment: &str| {
        let rows = auditor.sees(&format!("/selections/disbursements?{moment}"))["data"].as_array().unwrap().clone();
        rows.iter().map(|row| row["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // It was paid by the 5th, and the service did not know it yet.
    assert_eq!(asked("as_of=2026-05-05&known_at=2026-05-06T00:00:00Z"), Vec::<String>::new());
    assert_eq!(asked("as_of=2026-05-05"), ["succeeded"]);
    assert_eq!(asked("as_of=2026-04-30"), Vec::<String>::new());
    assert_eq!(asked("known_at=2026-05-09T23:00:00Z"), Vec::<String>::new());
    assert_eq!(asked("known_at=2026-05-10T07:00:00Z"), ["succeeded"]);
    // The payment that the bank took back on the 20th counted as paid on the 19th.
    assert_eq!(asked("as_of=2026-05-19"), ["succeeded"]);
    assert_eq!(asked("as_of=2026-05-20"), ["failed_after_success"]);
    assert_eq!(asked("known_at=now"), ["failed_after_success"]);
    // An act has the day on which it was done: the tranche was advised, and not yet disbursed.
    let tranche = |moment: &str| auditor.sees(&format!("/tranches?{moment}"))["data"][0]["status"].clone();
    assert_eq!((tranche("as_of=2026-05-05"), tranche("as_of=2026-05-10")), (json!("advised"), json!("disbursed")));
    // Totals and ready-made questions use the same moment.
    let totals = |moment: &str| auditor.sees(&format!("/disbursements?{moment}"))["totals"].clone();
    let all_of = |count: i64, amount: i64| json!({ "count": count, "amount_paise": amount, "returned_paise": 0, "kept_paise": 0, "net_paise": amount });
    assert_eq!(totals("as_of=2026-05-05"), all_of(1, 15 * CRORE));
    assert_eq!(totals("as_of=2026-04-30"), all_of(0, 0));
    let held = |moment: &str| -> i64 {
        let accounts = auditor.sees(&format!("/selections/grantees?{moment}"))["data"].as_array().unwrap().clone();
        accounts.iter().map(|row| row["amount_paise"].as_i64().unwrap()).sum()
    };
    assert_eq!((held("known_at=2026-05-11T00:00:00Z"), held("known_at=now")), (15 * CRORE, 0));
    // The chain also shows what was known: before the failure there is one version of the payment.
    let chain = |moment: &str| {
        let path = format!("/disbursements/{}/chain?{moment}", paid["disbursement"]["id"].as_str().unwrap());
        auditor.sees(&path)["acts"].as_array().unwrap().len()
    };
    assert!(chain("known_at=2026-05-11T00:00:00Z") < chain("known_at=now"));
}

#[apply(on_both!)]
fn a_moment_that_cannot_be_is_refused(app: App) {
    let auditor = app.auditor();
    let tomorrow = app.now().plus_seconds(24 * 60 * 60).to_string();
    for moment in [
        "known_at=yesterday".to_owned(),
        "known_at=".to_owned(),
        format!("known_at={tomorrow}"),
        format!("as_of={}", &tomorrow[..10]),
        "as_of=31-03-2026".to_owned(),
        "as_of=2026-02-30".to_owned(),
        "as_of=2026-03-01&as_of=2026-03-01".to_owned(),
        "known_at=now&known_at=now".to_owned(),
    ] {
        auditor.get(&format!("/disbursements?{moment}")).unwrap().refused(400, "bad_parameter");
        auditor.get(&format!("/selections/claims?sort=number&{moment}")).unwrap().refused(400, "bad_parameter");
    }
    let before = auditor.sees("/controls/runs")["data"].clone();
    auditor.post("/controls/runs?known_at=now", None, &json!({})).unwrap().refused(400, "bad_parameter");
    assert_eq!(auditor.sees("/controls/runs")["data"], before, "a write is of now");
    // An unknown parameter is refused together with a moment as it is without one.
    auditor.get("/selections/claims?known_at=now&colour=red").unwrap().refused(400, "bad_parameter");
    // Before the first act there is nothing to read, wherever it is asked for.
    for path in ["/selections/acts", "/selections/acts/export", "/public/data", "/budget"] {
        auditor.get(&format!("{path}?known_at=1999-12-31T00:00:00Z")).unwrap().refused(400, "bad_parameter");
    }
    app.anybody("GET", "/api/v1/disbursements?known_at=now", None).refused(401, "unauthenticated");
}

#[apply(on_both!)]
fn what_is_sealed_today_was_sealed_then(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    app.wait_seconds(90);
    let known_at = app.now().to_string();
    app.wait_seconds(90);
    let claim = app.auditor().sees("/claims")["data"][0].clone();
    let path = format!("/claims/{}?known_at={known_at}", claim["id"].as_str().unwrap());
    app.preparer_of("ferrite").get(&path).unwrap().refused(404, "not_found");
    assert_eq!(app.preparer_of("ferrite").sees(&format!("/claims?known_at={known_at}"))["data"], json!([]));
    assert_eq!(app.preparer_of("lodestone").sees(&path)["id"], claim["id"]);
    let tranche = format!("/tranches/{}?known_at={known_at}", sanctioned["id"].as_str().unwrap());
    let shown: Value = app.signatory_of("lodestone").sees(&tranche);
    assert_eq!(shown["status"], "sanctioned");
}

#[apply(on_both!)]
fn what_keeps_the_past_is_missed_by_the_next_start_and_made_again(mut app: App) {
    let sanctioned = app.sanctioned_15_crore();
    // A migration that recreates a table drops its triggers.
    for name in ["tranches_changed", "tranches_deleted"] {
        app.sql(&match app.database_url() {
            DatabaseUrl::Sqlite(_) => format!("DROP TRIGGER {name}"),
            DatabaseUrl::Postgres(_) => format!("DROP TRIGGER {name} ON tranches"),
        });
    }
    // Nobody may take them away unseen: the start stops, and the operator's command completes them.
    app.stop();
    assert!(app.start_problem(false).unwrap().contains("tranches_changed is gone"));
    let mut lock = StartLock::take(&app.database_url()).unwrap();
    migrate(&app.database_url(), &mut lock).unwrap();
    drop(lock);
    app.serve(false);
    app.wait_seconds(90);
    let known_at = app.now().to_string();
    app.wait_seconds(90);
    app.disbursing_officer().advises(&sanctioned).ok();
    let path = format!("/tranches/{}", sanctioned["id"].as_str().unwrap());
    let then = app.auditor().sees(&format!("{path}?known_at={known_at}"));
    assert_eq!((&then["status"], &app.auditor().sees(&path)["status"]), (&json!("sanctioned"), &json!("advised")));
}
