//! Rehearsals leave nothing: no row, number, key, entry or cached answer, whatever runs beside them.

use crate::engine::trouble::Holder;
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, SCHEME, Verbs, at, says, version};
use crate::harness::rehearsing::{Rehearses, compare, rehearsing, same};
use magnet_scheme::db::engine::counters;
use magnet_scheme::db::engine::error::DbError;
use magnet_scheme::db::engine::prefetch::Prefetch;
use magnet_scheme::db::engine::read_pool::ReadPool;
use magnet_scheme::db::engine::rehearsals::Until;
use magnet_scheme::db::engine::transaction::WriteTx;
use magnet_scheme::db::engine::writer::Writer;
use serde_json::{Value, json};
use std::time::Duration;

#[apply(on_both!)]
fn a_story_ends_as_each_of_its_steps_was_rehearsed_and_nothing_is_kept(app: App) {
    let numbers = |table: &str| app.values(&format!("SELECT number AS value FROM {table} ORDER BY number"));
    let ((), ends) = rehearsing(app.dump(), 1, || {
        let sanctioned = app.sanctioned_15_crore();
        let advised = app.disbursing_officer().advises(&sanctioned).ok();
        app.disbursing_officer().reports_failure(&advised, "failed").ok();
        let again = app.disbursing_officer().advises(&app.tranche(&sanctioned)).ok();
        app.disbursing_officer().confirms(&again, "SBINR52026050100001", "2026-05-01").ok();
        app.submitted("ferrite", 600);
    });
    assert!(ends["done"] >= 8, "{ends:?}");
    assert!(ends["not offered"] >= 4, "{ends:?}");
    // Every step was taken twice, once in vain, and every series is without a gap.
    assert_eq!(numbers("payments"), ["NDFEB/2026-27/PAY/0001", "NDFEB/2026-27/PAY/0002"]);
    assert_eq!(numbers("disbursements"), ["NDFEB/2026-27/DIS/0001"]);
    assert_eq!(numbers("tranches"), ["NDFEB/2026-27/TRN/0001"]);
    let serial = "SELECT CAST(value AS TEXT) AS value FROM counters WHERE name = 'NDFEB/2026-27/SAN'";
    assert_eq!(app.values(serial), ["1"]);
    app.must_verify();
}

#[apply(on_both!)]
fn a_rehearsal_tells_the_balances_before_and_after_and_draws_no_number(app: App) {
    let concurred = app.concurred(&app.tranche_of_15_crore());
    let authority = app.competent_authority();
    let path = format!("{}/sanction", at("tranches", &concurred));
    let rehearsed = authority.rehearsed(&path, version(&concurred), &json!({ "note": "seen" }));
    let balance = |code: &str| -> i64 {
        let query = format!("SELECT CAST(balance_paise AS TEXT) AS value FROM accounts WHERE code = '{code}'");
        app.values(&query).first().map_or(0, |text| text.parse().unwrap())
    };
    let moved = json!({ "dry_run": rehearsed["dry_run"], "balances": rehearsed["balances"], "result": Value::Null });
    let before: Vec<Value> = (rehearsed["balances"].as_array().unwrap().iter())
        .map(|change| {
            assert_eq!(change["before_paise"], balance(change["account"].as_str().unwrap()), "{change}");
            json!([
                change["account"].as_str().unwrap().rsplit(':').next(),
                change["before_paise"],
                change["after_paise"]
            ])
        })
        .collect();
    assert!(before.contains(&json!(["reserved", 15 * CRORE, 0])), "{moved}");
    assert!(before.contains(&json!(["sanctioned", 0, 15 * CRORE])), "{moved}");
    assert_eq!(rehearsed["result"]["status"], "sanctioned");
    assert_eq!(rehearsed["result"]["sanction"]["number"], Value::Null);
    assert_eq!(rehearsed["result"]["sanction"]["sanctioned_on"], "2026-05-01");
    assert_eq!(rehearsed["result"]["number"], concurred["number"]);
    assert_eq!(authority.sanctions(&concurred).ok()["sanction"]["number"], "NDFEB/2026-27/SAN/0001");
}

#[apply(on_both!)]
fn a_refusal_is_rehearsed_as_it_would_come_and_is_not_put_on_record(app: App) {
    let tranche = app.tranche_of_15_crore();
    let concurred = app.concurred(&tranche);
    let authority = app.competent_authority();
    let both = app.person("both", &["finance_officer", "competent_authority", "disbursing_officer"], None);
    let sanction = format!("{}/sanction", at("tranches", &concurred));
    let rejection = format!("{}/rejection", at("tranches", &concurred));
    let (note, reason) = (json!({ "note": "seen" }), json!({ "reason": "not in order" }));
    let sanctioned_by = |person: &magnet_scheme::client::Person, seen: Option<i64>, status: u16, code: &str| {
        person.get("/me").unwrap();
        let before = app.dump().everything();
        let rehearsed = person.rehearses(&sanction, seen, &note);
        same(code, &before, &app.dump().everything());
        let entries = app.audit_length();
        let ended = person.post(&sanction, seen, &note).unwrap();
        assert_eq!(compare(code, &rehearsed, &ended), code);
        rehearsed.refused(status, code);
        assert_eq!(app.audit_behind(entries), [format!("sanction_tranche refused {code}")]);
    };
    sanctioned_by(&app.section_officer(), version(&concurred), 403, "not_permitted");
    sanctioned_by(&authority, Some(1), 412, "stale_version");
    authority.rehearses(&sanction, None, &note).refused(428, "version_required");
    authority.rehearses(&sanction, version(&concurred), &json!({ "note": "" })).refused(422, "invalid_fields");
    app.anybody("POST", &format!("/api/v1{sanction}"), Some(&note)).refused(401, "unauthenticated");
    let other = app.submitted("ferrite", 600);
    says(&both.rehearses(&rejection, Some(1), &reason).refused(412, "stale_version"), "you saw version 1");
    both.rehearses(&format!("{}/scrutiny", at("applications", &other)), version(&other), &json!({ "findings": [] }))
        .refused(403, "not_permitted");

    // The same person on two steps, and a purse that is empty.
    let sanctioned = authority.sanctions(&concurred).ok();
    let advise = format!("{}/payments", at("tranches", &sanctioned));
    let twice = app.person("twice", &["competent_authority", "disbursing_officer"], None);
    let advised = twice.rehearsed(&advise, version(&sanctioned), &json!({}));
    assert_eq!((advised["result"]["number"].clone(), advised["balances"].clone()), (Value::Null, json!([])));
    let surrender = json!({ "kind": "surrender", "scheme_code": SCHEME, "component": "capital_subsidy",
        "financial_year": "2026-27", "amount_paise": 26 * CRORE, "reference": "S", "dated_on": "2026-05-01" });
    let proposed = app.scheme_administrator().post("/budget-instruments", None, &surrender).unwrap().ok();
    let approval = format!("{}/approval", at("budget-instruments", &proposed));
    app.scheme_administrator().rehearses(&approval, version(&proposed), &json!({})).refused(409, "same_person");
    let approver = app.other_scheme_administrator();
    let rehearsed = approver.rehearses(&approval, version(&proposed), &json!({}));
    assert_eq!(compare("surrender", &rehearsed, &approver.approves(&proposed)), "budget_exceeded");
    app.must_verify();
}

#[apply(on_both!)]
fn while_money_is_stopped_a_rehearsal_says_so(mut app: App) {
    let sanctioned = app.sanctioned_15_crore();
    app.sql("UPDATE accounts SET balance_paise = balance_paise + 1 WHERE code LIKE '%:available'");
    app.serve(false);
    let ddo = app.disbursing_officer();
    let advise = format!("{}/payments", at("tranches", &sanctioned));
    let rehearsed = ddo.rehearses(&advise, version(&sanctioned), &json!({}));
    assert_eq!(compare("advise", &rehearsed, &ddo.advises(&sanctioned)), "money_stopped");
}

#[apply(on_both!)]
fn the_steps_of_a_tranche_are_rehearsed_beside_the_writer_and_others_wait_for_it(app: App) {
    let concurred = app.concurred(&app.tranche_of_15_crore());
    let (authority, section) = (app.competent_authority(), app.section_officer());
    let sanction = format!("{}/sanction", at("tranches", &concurred));
    let rejection = format!("{}/rejection", at("tranches", &concurred));
    let note = json!({ "note": "seen" });
    // The account of sanctioned money is opened by the first sanction, and only the writer opens accounts.
    let sanctioned = authority.sanctions(&concurred).ok();
    let advise = format!("{}/payments", at("tranches", &sanctioned));
    let ddo = app.disbursing_officer();
    for person in [&ddo, &section] {
        person.get("/me").unwrap();
    }
    let held = Holder::of_the_writers_lock(&app);
    assert_eq!(ddo.rehearsed(&advise, version(&sanctioned), &json!({}))["result"]["status"], "advised");
    authority.rehearses(&sanction, version(&concurred), &note).refused(412, "stale_version");
    let reason = json!({ "reason": "not in order" });
    let late = section.asks_what_if(&rejection, version(&sanctioned), &reason);
    assert_eq!(late.header("retry-after"), Some("1"));
    late.refused(503, "cannot_preview_now");
    held.lets_go();
    section.rehearses(&rejection, version(&sanctioned), &reason).refused(409, "wrong_state");
    // After it the writer works as before.
    let advised = ddo.advises(&sanctioned).ok();
    assert_eq!(advised["number"], "NDFEB/2026-27/PAY/0001");
    let settlement = format!("{}/settlement", at("payments", &advised));
    let answer = json!({ "outcome": "succeeded", "utr": "SBINR52026050100001", "paid_on": "2026-05-01",
        "amount_paise": advised["amount_paise"] });
    let rehearsed = ddo.rehearsed(&settlement, version(&advised), &answer);
    assert_eq!(rehearsed["result"]["status"], "succeeded");
    app.must_verify();
}

#[apply(on_both!)]
fn only_a_few_rehearsals_wait_for_the_writer_and_they_take_no_place_of_a_command(app: App) {
    let writer = Writer::start(app.database_url(), 4, Duration::from_secs(30)).unwrap();
    let held = Holder::of_the_writers_lock(&app);
    let asked = std::cell::RefCell::new(Some(held));
    actix_web::rt::System::new().block_on(async {
        let number = |tx: &mut WriteTx<'_>| counters::next_number(tx, "rehearsed");
        let rehearse = || writer.rehearse(Until::longest(), number);
        let many = futures_util::future::join_all((0..72).map(|_| rehearse()));
        let commands = futures_util::future::join_all((0..4).map(|_| writer.write(Prefetch::default(), number)));
        let release = async {
            // All of them are queued before this runs: a joined future is polled in turn.
            if let Some(held) = asked.take() {
                held.lets_go();
            }
        };
        let (rehearsed, done, ()) = futures_util::future::join3(many, commands, release).await;
        let busy = rehearsed.iter().filter(|one| matches!(one, Err(DbError::Busy))).count();
        assert!((7..=8).contains(&busy), "{busy} of 72 found the queue full: {rehearsed:?}");
        for outcome in rehearsed {
            // One that began may run out of its time between two statements.
            let with_rehearsal =
                matches!(outcome, Ok(Ok(_) | Err(DbError::TooSlow)) | Err(DbError::Busy | DbError::TooSlow));
            assert!(with_rehearsal, "{outcome:?}");
        }
        let numbers: Vec<i64> = done.into_iter().map(Result::unwrap).collect();
        assert_eq!(numbers, [1, 2, 3, 4]);
    });
}

#[apply(on_both!)]
fn a_rehearsal_that_panics_or_fails_harms_nothing(app: App) {
    let writer = Writer::start(app.database_url(), 64, Duration::from_secs(30)).unwrap();
    let reads = ReadPool::open(&app.database_url(), 2).unwrap();
    let number = |tx: &mut WriteTx<'_>| counters::next_number(tx, "harmless");
    let panics = |tx: &mut WriteTx<'_>| -> Result<i64, DbError> {
        counters::next_number(tx, "harmless")?;
        panic!("a sample panic")
    };
    let system = actix_web::rt::System::new();
    let rehearsed = || {
        // A rehearsal of the writer's is late on a busy machine; then it is asked for again.
        let until_run = || loop {
            match system.block_on(writer.rehearse(Until::longest(), number)) {
                Err(DbError::TooSlow) => {}
                other => break other.unwrap().unwrap(),
            }
        };
        (until_run(), reads.rehearse(Until::longest(), number).unwrap().unwrap().unwrap())
    };
    assert_eq!(rehearsed(), (1, 1));
    let why = loop {
        match system.block_on(writer.rehearse(Until::longest(), panics)) {
            Err(DbError::TooSlow) => {}
            other => break other.unwrap_err().to_string(),
        }
    };
    assert!(why.contains("panicked"), "{why}");
    assert!(reads.rehearse(Until::longest(), panics).unwrap_err().to_string().contains("panicked"));
    assert_eq!(rehearsed(), (1, 1));
    assert_eq!(system.block_on(writer.write(Prefetch::default(), number)).unwrap(), 1);
    assert_eq!(rehearsed(), (2, 2));
    // What is buffered cannot be flushed beside the writer: the outcome does not count, whatever it is.
    let flushes = |tx: &mut WriteTx<'_>| {
        number(tx)?;
        magnet_scheme::db::budget::accounts::balances(tx).or::<DbError>(Ok(Vec::new()))
    };
    assert!(reads.rehearse(Until::longest(), flushes).unwrap().is_none());
    assert_eq!(rehearsed(), (2, 2));
    assert_eq!(system.block_on(writer.write(Prefetch::default(), number)).unwrap(), 2);
    app.must_verify();
}

#[apply(on_both!)]
fn twenty_officers_reload_while_money_moves_and_every_series_stays_whole(app: App) {
    let sanctioned = app.sanctioned_15_crore();
    let ddo = app.disbursing_officer();
    let path = format!("{}/payments", at("tranches", &sanctioned));
    let officers: Vec<_> = (0..20).map(|n| app.person(&format!("ddo-{n}"), &["disbursing_officer"], None)).collect();
    officers.iter().for_each(|officer| drop(officer.get("/me").unwrap()));
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for officer in &officers {
            let (path, seen, stop) = (&path, version(&sanctioned), &stop);
            scope.spawn(move || {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    let status = officer.asks_what_if(path, seen, &json!({})).status;
                    assert!([200, 409, 412, 503].contains(&status), "{status}");
                }
            });
        }
        for turn in 1..=12 {
            let advised = ddo.advises(&app.tranche(&sanctioned)).ok();
            assert_eq!(advised["number"], format!("NDFEB/2026-27/PAY/{turn:04}"));
            ddo.reports_failure(&advised, "failed").ok();
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    app.must_verify();
}
